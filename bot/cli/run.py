"""`run`: the bot with its settings, until it is told to stop."""

import asyncio
import gc
import io
import logging
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TextIO

import structlog

from bot.cli.life import Life, reason_of
from bot.cli.reload import reload
from bot.config import Settings, load
from bot.errors import BadInput

SPARING = (20_000, 20, 20)
"""After how many new objects the garbage collector looks, and how much more seldom at older ones."""


def run_bot(configs: Sequence[Path]) -> None:
    """Run the installations of *configs* until SIGTERM or Ctrl-C; without any, what the environment says.

    Raises: BadInput, OwnedByAnother, StoreTrouble, StoreUnusable.
    """
    files = configs or (None,)
    all_settings = [load(file) for file in files]
    _check_apart(all_settings)
    sys.stdout, sys.stderr = Forgiving(sys.stdout), Forgiving(sys.stderr)
    set_up_logging(all_settings[0])
    try:
        asyncio.run(_run(all_settings, lambda: reload(files, all_settings, set_up_logging)))
    except BaseExceptionGroup as group:
        raise reason_of(group) from None


def _check_apart(all_settings: Sequence[Settings]) -> None:
    """Return when no two name the same installation. Raises: BadInput."""
    if len({(settings.store, settings.installation) for settings in all_settings}) < len(all_settings):
        raise BadInput(
            "two configurations are of the same installation.",
            place="--config",
            fix="Give each its own store or installation; the environment wins over every file.",
        )


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
    gc.unfreeze()  # what an installation left behind that is no longer ours
    gc.collect()
    gc.freeze()
    gc.set_threshold(*SPARING)


async def _run(all_settings: Sequence[Settings], on_hangup: Callable[[], None]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    loop.add_signal_handler(signal.SIGHUP, on_hangup)
    lives: list[Life] = []
    for settings in all_settings:
        lives.append(
            Life(
                settings=settings,
                stop=stop,
                held=lambda: sum(life.house is not None for life in lives),
                on_open=spare_what_is_loaded,
            )
        )
    async with asyncio.TaskGroup() as tasks:
        for life in lives:
            tasks.create_task(life.run(), name=f"installation {life.settings.installation}")
