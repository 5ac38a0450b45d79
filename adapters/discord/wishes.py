"""Buttons as Discord carries them: the whole wish in a custom id of at most 100 characters, and back.

Nothing is remembered for a button: one pressed after a restart, or a week later, still says what it means. Arguments
that are too long for it leave a digest behind; whoever hears it finds the button in what the room shows now.
"""

import hashlib
import re
from base64 import b32encode, urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import quote, unquote

from adapters.discord.settings import PLATFORM
from bot.markup import Button
from bot.ports import PostKey, RoomId

LONGEST = 100
ABOUT_ME = "me"
"""The command of the button under every post: what one may do about oneself."""

_NAME = re.compile(r"[a-z][a-z-]{0,30}")
_VERSION = "h"
_BARE = "-_.:/, "  # signs of ids and times that need no quoting
Way = Literal["now", "form", "confirm"]
_WAYS: dict[str, Way] = {"n": "now", "f": "form", "c": "confirm"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """What a custom id says. *digest*: of a button that could not be spelled out. *way*: what comes before it acts."""

    command: str
    room: RoomId
    way: Way = "now"
    arguments: dict[str, str] = field(default_factory=dict)
    expects: str | None = None
    digest: str | None = None


def nonce(key: PostKey, room: RoomId) -> str:
    """Return the name under which Discord posts once: the same for every attempt at a post, 25 characters."""
    return b32encode(hashlib.sha256(f"{room} {key}".encode()).digest()).decode().lower()[:25]


def marker(key: PostKey, room: RoomId) -> str:
    """Return what the custom ids under a post begin with: 12 characters of its nonce, which history does not show."""
    return mark_of(nonce(key, room))


def mark_of(nonce: str) -> str:
    """Return the mark that goes with *nonce*."""
    return nonce[:12]


def mark_in(custom_id: str) -> str:
    """Return the mark of the post that *custom_id* stands under, nothing where it has none."""
    parts = custom_id.split("|")
    return parts[1] if len(parts) > 2 and parts[0] == _VERSION else ""


def menu_id(mark: str, number: int) -> str:
    """Return the custom id of a menu; what is wished for stands in its options."""
    return f"{_VERSION}|{mark}|{number}"


def custom_id(wish: Button, room: RoomId, mark: str, number: int, *, way: Way | None = None) -> str:
    """Return the custom id of *wish*; *number* keeps it apart from its neighbours."""
    chosen = way or ("form" if wish.asks else "confirm" if wish.confirm else "now")
    head = [_VERSION, mark, _room_code(room), str(number), chosen[0], wish.command]
    spelled = [_quoted(wish.expects or ""), *(f"{name}={_quoted(value)}" for name, value in wish.arguments)]
    whole = "|".join([*head, *spelled])
    return whole if len(whole) <= LONGEST else "|".join([*head, f"#{digest(wish)}"])


def read(custom_id: str) -> Pressed | None:
    """Return what *custom_id* says, None for one that is none of ours."""
    parts = custom_id.split("|")
    if len(custom_id) > LONGEST or len(parts) < 7 or parts[0] != _VERSION or parts[4] not in _WAYS:
        return None
    room, command, rest = _room(parts[2]), parts[5], parts[6:]
    if room is None or not _NAME.fullmatch(command):
        return None
    if rest[0].startswith("#"):
        return Pressed(command=command, room=room, way=_WAYS[parts[4]], digest=rest[0][1:])
    pairs = [pair.partition("=") for pair in rest[1:]]
    return Pressed(
        command=command,
        room=room,
        way=_WAYS[parts[4]],
        arguments={name: unquote(value) for name, _, value in pairs},
        expects=unquote(rest[0]) or None,
    )


def digest(wish: Button) -> str:
    """Return a short name for everything that *wish* says."""
    said = repr((wish.command, sorted(wish.arguments), wish.expects))
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def means(wish: Button, pressed: Pressed) -> bool:
    """Return whether *pressed* is the custom id of *wish*."""
    if wish.command != pressed.command:
        return False
    if pressed.digest is not None:
        return digest(wish) == pressed.digest
    return dict(wish.arguments) == pressed.arguments and (wish.expects or None) == pressed.expects


def _quoted(value: str) -> str:
    return quote(value, safe=_BARE)


def _room_code(room: RoomId) -> str:
    number = int(room.removeprefix(f"{PLATFORM}/"))
    return urlsafe_b64encode(number.to_bytes(8, "big")).decode().rstrip("=")


def _room(code: str) -> RoomId | None:
    if not re.fullmatch(r"[\w-]{11}", code, re.ASCII):
        return None
    return RoomId(f"{PLATFORM}/{int.from_bytes(urlsafe_b64decode(code + '='), 'big')}")
