"""What a SIGHUP does: settings are read again. What can change while chats run does; the rest is named."""

from collections.abc import Callable, Sequence
from pathlib import Path

import structlog
from rich.console import Console

from bot.config import Settings, load
from bot.errors import BadInput
from bot.wording import Wording

log = structlog.get_logger(__name__)
console = Console(stderr=True, highlight=False)

AT_ONCE = frozenset({"log_level", "log_format"})
"""What is taken up at once. Plans need no reading again: their folder is watched."""


def reload(
    configs: Sequence[Path | None], running: Sequence[Settings], take_up: Callable[[Settings], None]
) -> None:
    """Read *configs* again and take up what can be, beside what was *running*; with an error all stays as it was."""
    words = Wording.load(running[0].language)
    try:
        read = [load(config) for config in configs]
        take_up(read[0])
    except BadInput as problem:
        log.warning("settings not read again")
        _say(words.line("operator.reload.refused", problem=str(problem)))
        return
    later = sorted(
        {name for old, new in zip(running, read, strict=True) for name in _changed(old, new)} - AT_ONCE
    )
    log.info("settings read again", later=later)
    _say(words.line("operator.reload.done"))
    if later:
        _say(words.line("operator.reload.later", names=", ".join(later)))


def _changed(old: Settings, new: Settings) -> list[str]:
    return [name for name in type(old).model_fields if getattr(old, name) != getattr(new, name)]


def _say(line: str) -> None:
    console.print(line, markup=False, soft_wrap=True)
