"""What a page may send over its WebSocket: one small model for each kind, nothing else gets through."""

import re
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidationError,
)

Nonce = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,40}$")]
"""Chosen by the page, its own for ever: what is sent twice under one nonce is one thing."""
Id = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9._-]{0,40}$")]
Value = Annotated[str, StringConstraints(max_length=8_000)]
MOST_ARGUMENTS = 20
# One who asks for what was said before the last moment of all asks for a moment after it.
END_OF_TIME = datetime(9999, 1, 1, tzinfo=UTC)

# Signs that are no writing: a store or a terminal may stumble over them, and no reader would miss them.
_UNWRITTEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class Unreadable(ValueError):
    """A page sent something that is no wish."""


class Wish(BaseModel):
    """What all wishes share."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    nonce: Nonce


class Say(Wish):
    """Say *text* in the room."""

    type: Literal["say"]
    text: str
    reply_to: Id | None = None


class Edit(Wish):
    """Let a message of one's own say *text*."""

    type: Literal["edit"]
    id: Id
    text: str


class Delete(Wish):
    """Take a message of one's own back."""

    type: Literal["delete"]
    id: Id


class React(Wish):
    """Put a reaction under a message, or take it away."""

    type: Literal["react"]
    id: Id
    reaction: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    present: bool


class Order(Wish):
    """Give a command: a button, a menu entry, a form."""

    type: Literal["command"]
    command: Name
    arguments: Annotated[dict[Name, Value], Field(max_length=MOST_ARGUMENTS)] = {}
    expects: Annotated[str, StringConstraints(max_length=120)] | None = None


class Earlier(Wish):
    """Show what was said before *before*."""

    type: Literal["earlier"]
    before: Annotated[AwareDatetime, Field(lt=END_OF_TIME)]


class Dismiss(Wish):
    """Put a private notice away."""

    type: Literal["dismiss"]
    key: Id


class Here(Wish):
    """Ask whether the line is still open."""

    type: Literal["here"]


AnyWish = Say | Edit | Delete | React | Order | Earlier | Dismiss | Here
_adapter: TypeAdapter[AnyWish] = TypeAdapter(Annotated[AnyWish, Field(discriminator="type")])


def read_wish(raw: str) -> AnyWish:
    """Return the wish that *raw* spells. Raises: Unreadable."""
    try:
        return _adapter.validate_json(raw)
    except ValidationError as error:
        # Not "from error": it quotes what people wrote.
        raise Unreadable(f"{error.error_count()} problems in a wish") from None


def written(text: str) -> str:
    """Return *text* as it is kept: verbatim, but for control signs and the space around it."""
    return _UNWRITTEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
