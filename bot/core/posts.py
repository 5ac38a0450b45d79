"""What we want people to see: references to a line of prompts/ and to kept words, rendered only when it is sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from bot.core.names import PersonId, PostKey, RoomId, WordKey

Lane = Literal["once", "latest"]
"""``once``: durable, first in first out per room. ``latest``: only the newest of a key matters, loss is harmless."""
Action = Literal["post", "edit", "delete", "private"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WordRef:
    """Stands in a post's arguments for a kept text; an erased one renders as a line that says so."""

    key: WordKey


@dataclass(frozen=True, slots=True, kw_only=True)
class NameRef:
    """Stands in a post's arguments for the name somebody goes by."""

    person: PersonId


Argument = str | int | float | datetime | WordRef | NameRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One post under a key that is its own for ever.

    person: who alone shall see it (private). target: the message of ours or of theirs that it edits or deletes.
    """

    key: PostKey
    room: RoomId
    line: str
    arguments: Mapping[str, Argument | tuple[Argument, ...]] = field(default_factory=dict)
    action: Action = "post"
    lane: Lane = "once"
    person: PersonId | None = None
    target: str | None = None
