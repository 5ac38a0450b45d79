"""Weakenings of the protocol, each of which must be caught: `python -m tests.sim.mutants` prints the table."""

import asyncio
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.core import commands as c
from bot.core import events as e
from bot.core.decide import DECIDE
from bot.errors import PlatformTrouble, StoreTrouble
from bot.ports import Look, Reply
from bot.runtime import backfill, clock, draft, facilitator, hearing, janitor, outbox, sending
from tests.sim import line as lines
from tests.sim.clock import SimClock
from tests.sim.nodes import House
from tests.sim.run import Scene, Verdict, play

MOST_SEEDS = 200
Patch = tuple[Any, Any, Any]
"""What is changed: an object or a mapping, the name of a part of it, and what stands there instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One weakening. *model*: the platform on which it matters, "" for either."""

    name: str
    patches: tuple[Patch, ...] = ()
    change: Callable[[House], None] | None = None
    model: str = ""


@contextmanager
def weakened(patches: tuple[Patch, ...]) -> Iterator[None]:
    """Change what *patches* say, and change it back."""
    before = [(whole, part, _get(whole, part)) for whole, part, _ in patches]
    try:
        for whole, part, instead in patches:
            _set(whole, part, instead)
        yield
    finally:
        for whole, part, old in before:
            _set(whole, part, old)


_NOT_ITS_OWN = object()


def _get(whole: Any, part: Any) -> Any:
    return (whole if isinstance(whole, dict) else vars(whole)).get(part, _NOT_ITS_OWN)


def _set(whole: Any, part: Any, instead: Any) -> None:
    if isinstance(whole, dict):
        whole[part] = instead
    elif instead is _NOT_ITS_OWN:
        delattr(whole, part)
    else:
        setattr(whole, part, instead)


def caught(mutant: Mutant, most: int = MOST_SEEDS, first: int = 0) -> tuple[int, Verdict] | None:
    """Return how many seeds it took to catch *mutant*, and what caught it; None when it was not caught."""
    for tried, seed in enumerate(range(first, first + most), start=1):
        with weakened(mutant.patches):
            verdict = play(Scene(seed=seed, change=mutant.change, model=mutant.model))
        # What the bot as it is does not get right proves nothing.
        if verdict.found and not play(Scene(seed=seed, model=mutant.model)).found:
            return tried, verdict
    return None


# --- what is weakened ---------------------------------------------------------------------------------------

_REQUEST = sending.Sending._request
_TRY = sending.Sending._try
_POST = lines.Line.post
_LOOK_UP = lines.Line.look_up
_HEAR = DECIDE[c.Hear]


async def _nothing(*_: object) -> None:
    return None


async def _wait(*_: object) -> None:
    await asyncio.get_running_loop().create_future()


async def _send_then_record(self: sending.Sending) -> Any:
    return await self._within_verdict(await self._made())


async def _cancel_on_timeout(self: sending.Sending, request: Callable[[], Any]) -> Any:
    try:
        answer = await asyncio.wait_for(sending._answer(request), self.verdict_after)
    except TimeoutError:
        raise PlatformTrouble("no answer", unknown=True) from None
    if isinstance(answer, Exception):
        raise answer
    return answer


async def _try_without_doubt(self: sending.Sending) -> None:
    try:
        await _TRY(self)
    except PlatformTrouble:
        self.in_doubt = False
        raise


async def _send_without_doubt(self: sending.Sending) -> None:
    self.row = sending.replace(self.row, state="planned")
    await _SEND(self)


_SEND = sending.Sending.send


async def _all_at_once(self: Any, tasks: asyncio.TaskGroup) -> None:
    while True:
        self._added.clear()
        while self._rows:
            tasks.create_task(self._send(self._rows.popleft(), tasks))
        await self._added.wait()


async def _post_again(self: lines.Line, key: Any, room: Any, content: Any, reply_to: Any = None) -> Any:
    for _ in range(2):
        try:
            return await _POST(self, key, room, content)
        except PlatformTrouble as trouble:
            if not trouble.unknown:
                raise
    return await _POST(self, key, room, content)


async def _look_up_blindly(self: lines.Line, key: Any, room: Any, since: Any) -> Look:
    return Look(copies=(await _LOOK_UP(self, key, room, since)).copies, shows=True)


def _acknowledge_first(self: lines.Line, told: lines.Told) -> None:
    self.site.world.oracles.answered(told.heard, Reply())
    told.done(Reply())
    self._inbox.put_nowait(lines.Told(told.heard))


async def _drop_what_fails(heard: Any, intake: Any) -> Reply:
    try:
        reply: Reply = await intake.hear(heard)
    except StoreTrouble:
        return Reply()
    return reply


def _hear_again(chat: Any, command: c.Hear) -> tuple[e.Event, ...]:
    heard = chat.message(command.message).heard
    if heard is None:
        return tuple(_HEAR(chat, command))
    return (sending.replace(heard, at=command.at),)


def _note_first_only(chat: Any, command: c.NoteDelivery) -> tuple[e.Event, ...]:
    return () if command.key in chat.posts else tuple(_NOTE(chat, command))


_NOTE = DECIDE[c.NoteDelivery]


async def _sleep_at_once(self: SimClock, at: Any) -> None:
    await asyncio.sleep(max(0.0, (at - self.now()).total_seconds()))


async def _always_stands(self: lines.Line, room: Any, id: str, thread: Any) -> bool:
    return True


def _fail_but_remember(self: Any, waiting: Any, trouble: StoreTrouble) -> None:
    _FAIL(self, waiting, trouble)
    self._is_stale = False


_FAIL = facilitator.Facilitator._fail


def _without_fence(house: House) -> None:
    house.disk.image.fenced = False


def _long_window(house: House) -> None:
    for site in house.sites:
        site.window = 900.0


def _lying_disk(house: House) -> None:
    house.disk.lies = True


def _no_expectation(heard: Any, *rest: Any) -> Any:
    return _READ_WISH(sending.replace(heard, expects=None), *rest)


_READ_WISH = hearing.read_wish

MUTANTS = (
    Mutant(
        name="library defaults: send, then record",
        patches=((sending.Sending, "_request", _send_then_record),),
    ),
    Mutant(name="no settle", patches=((sending, "SETTLE", type(sending.SETTLE)()),), model="slack"),
    Mutant(name="no canary", patches=((lines.Line, "look_up", _look_up_blindly),), model="discord"),
    Mutant(name="acknowledge first", patches=((lines.Line, "take", _acknowledge_first),), model="slack"),
    Mutant(name="no dedupe", patches=((DECIDE, c.Hear, _hear_again),), model="slack"),
    Mutant(
        name="no backfill",
        patches=((backfill.Backfill, "_fill", _wait), (backfill.Backfill, "_sweep", _wait)),
    ),
    Mutant(name="no sweep", patches=((backfill.Backfill, "_sweep", _wait),), model="slack"),
    Mutant(name="one long sleep by the wall clock", patches=((SimClock, "sleep_until", _sleep_at_once),)),
    Mutant(name="any wall clock believed at once", patches=((clock, "JUMP", timedelta(days=1)),)),
    Mutant(name="no fence", change=_without_fence),
    Mutant(name="retry inside the library", patches=((lines.Line, "post", _post_again),), model="slack"),
    Mutant(name="cancel on timeout", patches=((sending.Sending, "_within_verdict", _cancel_on_timeout),)),
    Mutant(name="blind re-send", patches=((sending.Sending, "_look_up", _nothing),), model="slack"),
    Mutant(name="key re-sent past its window", change=_long_window, model="discord"),
    Mutant(
        name="no janitor",
        patches=((janitor.Janitor, "run", _wait), (DECIDE, c.NoteDelivery, _note_first_only)),
        model="slack",
    ),
    Mutant(
        name="unknown taken for not sent",
        patches=((sending.Sending, "_try", _try_without_doubt),),
        model="slack",
    ),
    Mutant(
        name="a restart forgets doubt",
        patches=((sending.Sending, "send", _send_without_doubt),),
        model="slack",
    ),
    Mutant(name="order not kept in doubt", patches=((outbox._Line, "run", _all_at_once),)),
    Mutant(name="tombstones omitted", patches=((lines.Line, "stands", _always_stands),)),
    Mutant(name="gaps are not told", patches=((lines.Line, "say_gap", lambda self, since: None),)),
    Mutant(
        name="drop what cannot be stored", patches=((lines.Line, "_try", staticmethod(_drop_what_fails)),)
    ),
    Mutant(
        name="memory kept when a write failed",
        patches=((facilitator.Facilitator, "_fail", _fail_but_remember),),
    ),
    Mutant(name="deleted words are kept", patches=((draft, "erasures", lambda event: ()),)),
    Mutant(name="acknowledge before the sync", change=_lying_disk),
    Mutant(name="a double click is two steps", patches=((hearing, "read_wish", _no_expectation),)),
)


def main() -> int:
    """Print the table; return 0 when every mutant was caught."""
    missed, wanted = 0, sys.argv[1:] or [""]
    mutants = [mutant for mutant in MUTANTS if any(word in mutant.name for word in wanted)]
    for mutant in mutants:
        found = caught(mutant)
        missed += found is None
        how = f"{found[0]:>4}  {found[1].found[0]}" if found else "   -  NOT CAUGHT"
        print(f"{mutant.name:<40}{how}", flush=True)
    print(f"{len(mutants)} mutants, {missed} not caught within {MOST_SEEDS} seeds")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
