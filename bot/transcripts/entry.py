"""One line of a chat log, in our words, whatever program wrote it.

No order, no counting and no meaning here: entries stand as they arrived, and the core makes sense of them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Literal

Kind = Literal["message", "edit", "delete", "reaction", "command"]

NOTHING: Mapping[str, str] = MappingProxyType({})
"""The arguments of an entry that has none."""

_LAST_NUMBER = re.compile(r"([0-9]+)[^0-9]*$")
_MOST_DIGITS = 18  # what every store's 64-bit integer holds


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """A person as the log knows them; *role* is "moderator" or a self-declared group, None when not known."""

    id: str
    name: str
    role: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A message, or something that happened to one, or a moderator's command.

    *id* is the message's id in its source; an edit, a deletion and a reaction carry the id of the message
    that they concern, a command its own. *sequence* orders equal times; it comes from the line itself
    or from the id, so that shuffled or doubled lines change nothing.
    """

    kind: Kind
    id: str
    at: datetime  # aware, UTC; of an edit: when it was edited
    author: Author | None  # None only for a deletion whose actor is not known
    sequence: int = 0
    room: str = "room"
    text: str = ""
    reply_to: str | None = None
    thread: str | None = None
    reaction: str | None = None  # a removed one has the argument removed = yes
    command: str | None = None
    arguments: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    place: str = field(default="", compare=False)  # for errors: where it was read, not what it is
    bot: bool = False


def sequence_of(id: str) -> int:
    """Return the number that orders *id* among equal times: its last digits, 0 without any."""
    found = _LAST_NUMBER.search(id)
    return int(found[1][-_MOST_DIGITS:]) if found else 0
