"""Reads crowd.toml: who comes to the demo, and the cues that they act on."""

import tomllib
from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


def _moment(typed: object) -> timedelta:
    """Return the time that ``m:ss`` or ``-m:ss`` names."""
    minutes, _, seconds = str(typed).lstrip("-").partition(":")
    length = timedelta(minutes=int(minutes), seconds=int(seconds))
    return -length if str(typed).startswith("-") else length


def _several(given: object) -> object:
    return (given,) if isinstance(given, str) else given


Moment = Annotated[timedelta, BeforeValidator(_moment)]
Reactions = Mapping[str, tuple[str, ...]]
BETWEEN = 12.0
"""Seconds within which a cue is acted on, unless it says otherwise."""


class _Read(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Person(_Read):
    """Somebody who comes. *joins*: when, counted from the start of the chat."""

    name: str
    joins: Moment
    group: str | None = None
    moderates: bool = False


class Cue(_Read):
    """What somebody does, and when; crowd.toml says what each field is for."""

    at: Moment
    who: str
    within: float = BETWEEN
    id: str = ""
    say: Annotated[tuple[str, ...], BeforeValidator(_several)] = ()
    to: str | None = None
    edits: str | None = None
    deletes: str | None = None
    order: str | None = None
    arguments: Mapping[str, str] = Field(default_factory=dict)
    liked: Reactions = Field(default_factory=dict)
    kept: str | None = None
    kept_by: str = "Mara"
    chance: Annotated[float, Field(gt=0, le=1)] = 1.0

    def refers_to(self) -> Iterator[str]:
        """Give the ids of the cues that must have happened before this one."""
        yield from (name for name in (self.to, self.edits, self.deletes) if name)
        for value in self.arguments.values():
            yield from (part[1:] for part in value.split(",") if part.startswith("@"))


class Scene(_Read):
    """Some minutes of the hour. *begins*: counted from the start of the chat."""

    title: str
    begins: Moment
    cues: tuple[Cue, ...]


class Crowd(_Read):
    """Everybody, and everything they may do."""

    people: tuple[Person, ...]
    scenes: tuple[Scene, ...]


@cache
def load() -> Crowd:
    """Return the crowd of crowd.toml."""
    return Crowd.model_validate(tomllib.loads((files("bot.demo") / "crowd.toml").read_text(encoding="utf-8")))
