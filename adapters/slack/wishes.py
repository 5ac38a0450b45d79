"""Buttons, forms and typed commands: a wish packed into what Slack carries for us, and read back.

Nothing is remembered for a button: one pressed after a restart, or a week later, still says what it means. One that
is too long to be spelled out leaves a digest; whoever hears it finds the button in what the room shows now.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from adapters.slack.settings import channel_id, room_id
from adapters.slack.text import unescape
from bot.markup import Ask, Button
from bot.ports import RoomId

LONGEST_VALUE = 2_000
_Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z-]{0,30}$")]
_LINK = re.compile(r"<?https?://[^\s<>|]+/archives/[A-Z0-9]+/p(\d{10,12})(\d{6})[^\s<>|]*(?:\|[^<>]*)?>?")
_PERSON = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>")


class Wish(BaseModel):
    """What a button or a form of ours carries. *form*: it asks first. *digest*: it was too long to be spelled out."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    command: _Name
    channel: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{2,20}$")]
    arguments: Annotated[
        dict[_Name, Annotated[str, StringConstraints(max_length=2_000)]], Field(max_length=20)
    ] = {}
    expects: Annotated[str, StringConstraints(max_length=120)] | None = None
    form: bool = False
    digest: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")] | None = None

    @property
    def room(self) -> RoomId:
        """Return the room that it is about."""
        return room_id(self.channel)


def pack(button: Button, room: RoomId) -> str:
    """Return *button* as the value that Slack gives back when it is pressed."""
    wish = Wish.model_construct(
        command=button.command,
        channel=channel_id(room),
        arguments=dict(button.arguments),
        expects=button.expects,
        form=bool(button.asks),
    )
    packed = _packed(wish)
    if len(packed.encode("utf-16-le")) // 2 <= LONGEST_VALUE:
        return packed
    return _packed(wish.model_copy(update={"arguments": {}, "expects": None, "digest": digest(button)}))


def _packed(wish: Wish) -> str:
    kept = wish.model_dump(exclude_defaults=True)
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))


def unpack(value: str) -> Wish | None:
    """Return the wish that *value* carries, None for what is none of ours."""
    try:
        return Wish.model_validate_json(value)
    except ValidationError:
        return None


def digest(button: Button) -> str:
    """Return a short name for everything that *button* says."""
    said = repr((button.command, button.arguments, button.expects))
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def find(wish: Wish, buttons: Iterable[Button]) -> Button | None:
    """Return the button of *buttons* that *wish* came from, None when none of them says that any more."""
    for button in buttons:
        if button.command != wish.command:
            continue
        same = (dict(button.arguments), button.expects) == (wish.arguments, wish.expects)
        if digest(button) == wish.digest if wish.digest else same:
            return button
    return None


# --- typed commands ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What somebody typed after /chat. *missing*: what the command cannot do without."""

    command: str
    arguments: Mapping[str, str]
    missing: tuple[Ask, ...] = ()


def parse(text: str, commands: Iterable[Button]) -> Typed | None:
    """Return the command that *text* spells (``extend 5``, ``keep <link> tag=idea``, ``say Hello``), None for none."""
    name, _, rest = _ids(unescape_links(text)).strip().partition(" ")
    if not name:
        return None
    button = next((one for one in commands if one.command == name.lower()), None)
    if button is None:
        return Typed(command=name.lower()[:40], arguments={})
    arguments = _arguments(button.asks, rest.strip())
    missing = tuple(ask for ask in button.asks if ask.required and not arguments.get(ask.name))
    return Typed(command=button.command, arguments=arguments, missing=missing)


def unescape_links(text: str) -> str:
    """Return *text* with links to messages as the messages' ids."""
    return _LINK.sub(lambda found: f"{found[1]}.{found[2]}", text)


def _ids(text: str) -> str:
    return unescape(_PERSON.sub(lambda found: found[1], text))


def _arguments(asks: tuple[Ask, ...], text: str) -> dict[str, str]:
    """Return what *text* gives: named values first, then a long text whole, or words in the order they are asked."""
    found: dict[str, str] = {}
    names = {ask.name for ask in asks}
    while text and (pair := re.match(r"([a-z-]+)=(\S+)\s*", text)) and pair[1] in names:
        found[pair[1]] = pair[2]
        text = text[pair.end() :]
    open_asks = [ask for ask in asks if ask.name not in found]
    long = next((ask for ask in open_asks if ask.kind == "long"), None)
    if long is not None:
        return found | ({long.name: text} if text else {})
    for ask, word in zip(open_asks, text.split(maxsplit=max(len(open_asks) - 1, 0)), strict=False):
        found[ask.name] = word
    return found
