"""`run`: the bot with its settings, until it is told to stop."""

import asyncio
import gc
import io
import logging
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import TextIO

import structlog
from rich.console import Console

from bot.app import Fittings, House, open_house
from bot.config import Settings, load
from bot.core.chat import Chat
from bot.core.names import ChatId
from bot.errors import BadInput, TweetchatError
from bot.ports import Clock
from bot.runtime.clock import RandomIds, SystemClock
from bot.runtime.facilitator import GATHER
from bot.runtime.planbook import LOOK_EVERY

console = Console(stderr=True, highlight=False)
DRAIN = 10.0
"""Seconds that a stop waits for what is being sent."""

SPARING = (20_000, 20, 20)
"""After how many new objects the garbage collector looks, and how much more seldom at older ones."""


def run_bot(config: Path | None) -> None:
    """Run until SIGTERM or Ctrl-C. Raises: BadInput, OwnedByAnother, StoreUnusable."""
    settings = load(config)
    sys.stdout, sys.stderr = Forgiving(sys.stdout), Forgiving(sys.stderr)
    set_up_logging(settings)
    try:
        asyncio.run(_run(settings))
    except BaseExceptionGroup as group:
        raise _reason(group) from None


def _reason(group: BaseExceptionGroup) -> BaseException:
    """Return the one error of ours that ended every task: the store was lost once, however many noticed."""
    found: BaseException | None = group.subgroup(TweetchatError)
    while isinstance(found, BaseExceptionGroup):
        found = found.exceptions[0]
    return found or group


class Forgiving(io.TextIOBase):
    """Writes to *file*, and loses what it does not take: a full log disk must not stop a chat."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    @property
    def encoding(self) -> str:  # type: ignore[override]  # a plain attribute there
        return self._file.encoding

    def isatty(self) -> bool:
        """Return whether people read it."""
        return self._file.isatty()

    def fileno(self) -> int:
        """Return the file's number."""
        return self._file.fileno()

    def write(self, text: str) -> int:
        """Return the length of *text*, whether it could be written or not."""
        with suppress(OSError):
            self._file.write(text)
        return len(text)

    def flush(self) -> None:
        """Write what waits, if it can be written."""
        with suppress(OSError):
            self._file.flush()


def set_up_logging(settings: Settings) -> None:
    """Have our logs written as the settings say; libraries are kept from telling words or tokens."""
    level = logging.getLevelNamesMapping().get(settings.log_level.upper())
    if level is None:
        raise BadInput(
            "there is no such level.", place="BOT_LOG_LEVEL", fix="Choose debug, info, warning or error."
        )
    as_json = settings.log_format == "json"
    renderer = structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=False)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
    )
    # At DEBUG and INFO the platforms' libraries log message texts and tokens.
    logging.basicConfig(level=max(level, logging.WARNING))


def spare_what_is_loaded() -> None:
    """Have the garbage collector leave alone what is loaded by now, and look at the rest less often.

    Left as it is, it looks through all libraries again and again while people talk: a quarter of the work, and
    nothing else happens meanwhile.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*SPARING)


async def _run(settings: Settings) -> None:
    clock = SystemClock()
    async with open_house(
        settings, Fittings(clock=clock, ids=RandomIds(), on_problem=_tell_problem, gather=GATHER)
    ) as house:
        spare_what_is_loaded()
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, stop.set)
        async with asyncio.TaskGroup() as tasks:
            running = [
                tasks.create_task(house.service.run()),
                tasks.create_task(house.planbook.watch()),
                tasks.create_task(_greet(house, clock)),
            ]
            await stop.wait()
            await _drain(house)
            for task in running:
                task.cancel()


async def _drain(house: House) -> None:
    console.print("Stopping; what is being sent is finished first.")
    try:
        async with asyncio.timeout(DRAIN):
            await house.service.outbox.drained()
    except TimeoutError:
        console.print("Some posts are still waiting; they are sent after the next start.")


async def _greet(house: House, clock: Clock) -> None:
    await house.planbook.look()
    console.print(f"The room is open at {house.address}", markup=False, soft_wrap=True)
    console.print(f"Plan chats at      {house.owner_link}", markup=False, soft_wrap=True)
    told: set[ChatId] = set()
    while True:
        for chat in house.service.roster:
            if chat.id not in told:
                _tell_link(house, chat.chat)
                told.add(chat.id)
        await clock.sleep(LOOK_EVERY)


def _tell_link(house: House, chat: Chat) -> None:
    link = house.moderator_link(chat.id)
    if link:
        when = f"{chat.plan.hashtag}, {chat.plan.starts_at:%Y-%m-%d %H:%M} UTC"
        console.print(f"Moderators of {when}: {link}", markup=False, soft_wrap=True)


def _tell_problem(problem: BadInput) -> None:
    console.print(f"tweetchat: {problem}", markup=False, soft_wrap=True)
