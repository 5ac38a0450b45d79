"""One live trial of one platform in one room: what its checks share, how each is judged, and how it is tidied up."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from bot.errors import PlatformTrouble
from bot.live.listener import Listener
from bot.markup import Content, Paragraph, Run
from bot.ports import Clock, Platform, PostKey, Receipt, RoomId, Standing

PATIENCE = 60.0
"""Seconds that one check may take: a lookup behind a rate limit takes long."""
FOR_PEOPLE = 120.0
"""Seconds that somebody has to do what they were asked for."""
LOOK_BACK = timedelta(seconds=60)

Verdict = Literal["passed", "failed", "skipped"]


class Failed(Exception):
    """A promise was not kept; says what was found instead."""


class Skipped(Exception):
    """There is nothing to check here; says why."""


def must(holds: object, found: str) -> None:
    """Return when the promise *holds*. Raises: Failed with what was *found* instead."""
    if not holds:
        raise Failed(found)


def text(words: str) -> Content:
    """Return a post that says *words*."""
    return Content(blocks=(Paragraph(runs=(Run(text=words),)),), label="live")


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How one check went. *name*: of its line in prompts/, after ``operator.live.``."""

    name: str
    verdict: Verdict
    found: str
    seconds: float


@dataclass(slots=True, kw_only=True)
class Attempt:
    """What the checks share. *ask*: tells somebody at the terminal what to do in the room; None when nobody is there.

    run: a name for this trial, so that two of them never share a key. says: what its posts say to whoever reads them.
    person: who may be told something alone.
    """

    platform: Platform
    listener: Listener
    clock: Clock
    room: RoomId
    run: str
    says: str
    person: str | None = None
    ask: Callable[[str], None] | None = None
    began: datetime = field(init=False)
    posts: dict[str, Receipt] = field(default_factory=dict)
    made: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Note when it began."""
        self.began = self.clock.now()

    @property
    def since(self) -> datetime:
        """Return from when on a look back reaches everything of this trial."""
        return self.began - LOOK_BACK

    def key(self, name: str) -> PostKey:
        """Return the key of the post *name*."""
        return PostKey(f"live-{self.run}/{name}")

    async def post(self, name: str, content: Content, reply_to: str | None = None) -> Receipt:
        """Post under *name*, to be taken away afterwards. Raises: PlatformTrouble."""
        receipt = await self.platform.post(self.key(name), self.room, content, reply_to)
        self.posts[name] = receipt
        if receipt.id not in self.made:
            self.made.append(receipt.id)
        return receipt

    def posted(self, name: str) -> Receipt:
        """Return the receipt of the post *name*. Raises: Skipped when it could not be made."""
        if name not in self.posts:
            raise Skipped(f"there is no post {name}")
        return self.posts[name]

    def standing(self, name: str) -> Standing:
        """Return the post *name* for a trial of the adapter's own. Raises: Skipped."""
        receipt = self.posted(name)
        return Standing(
            room=self.room, key=self.key(name), receipt=receipt, person=self.person, says=self.says
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One promise: returns what was found, in a few letters. Raises: Failed, Skipped, PlatformTrouble."""

    name: str
    run: Callable[[Attempt], Awaitable[str]]
    patience: float = PATIENCE


async def judge(attempt: Attempt, checks: Iterable[Check], tasks: asyncio.TaskGroup) -> AsyncIterator[Result]:
    """Give the result of each of *checks*, one after the other."""
    for check in checks:
        began = attempt.clock.monotonic()
        verdict, found = await _judge(attempt, check, tasks)
        seconds = attempt.clock.monotonic() - began
        yield Result(name=check.name, verdict=verdict, found=found, seconds=seconds)


async def _judge(attempt: Attempt, check: Check, tasks: asyncio.TaskGroup) -> tuple[Verdict, str]:
    # Not cancelled when it takes too long: a cancelled request can lock a library up, and the rest with it.
    trying = tasks.create_task(_tried(check, attempt))
    done, _ = await asyncio.wait({trying}, timeout=check.patience)
    return trying.result() if done else ("failed", f"nothing within {check.patience:g} s")


async def _tried(check: Check, attempt: Attempt) -> tuple[Verdict, str]:
    try:
        return "passed", await check.run(attempt)
    except Skipped as why:
        return "skipped", str(why)
    except (Failed, PlatformTrouble) as why:
        return "failed", str(why)
    except Exception as bug:  # noqa: BLE001  # one check's: the others go on, and what stands is taken away
        return "failed", f"a bug ({type(bug).__name__})"


async def tidy_up(attempt: Attempt) -> str:
    """Take away everything that this trial posted. Raises: Failed with what is left."""
    left = []
    for id in reversed(attempt.made):  # a reply goes before what it hangs on, or a stump would stay
        with suppress(PlatformTrouble):
            await attempt.platform.delete(attempt.key(f"tidy/{id}"), attempt.room, id)
        if await attempt.platform.stands(attempt.room, id, None):
            left.append(id)
    if left:
        raise Failed(f"still there: {', '.join(left)}")
    return f"{len(attempt.made)}"
