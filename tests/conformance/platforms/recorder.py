"""Whoever listens behind a platform here: keeps what it hears, once, and shows it again, as the real house does."""

from collections.abc import Hashable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from bot.errors import StoreTrouble
from bot.markup import Ask, Button, Content
from bot.ports import (
    ChatId,
    Heard,
    HeardCommand,
    HeardDeletion,
    HeardEcho,
    HeardEdit,
    HeardMessage,
    HeardReaction,
    Receipt,
    Reply,
    RoomId,
    RoomState,
    ShownMessage,
    ShownPost,
)

H = TypeVar("H")
_MESSAGE = Ask(name="message", label="Which message?")
COMMANDS = (
    Button(label="Next", command="next", help="Go on."),
    Button(
        label="More time", command="extend", asks=(Ask(name="minutes", label="How many?", kind="number"),)
    ),
    Button(label="Say …", command="say", asks=(Ask(name="text", label="What?", kind="long"),)),
    Button(label="Keep as insight", command="keep", asks=(_MESSAGE,)),
)


@dataclass
class Recorder:
    """An Intake and a RoomView in one. *full*: nothing can be stored. *refusal*: what every command is told."""

    rooms_here: set[RoomId] = field(default_factory=set)
    everything: list[Heard] = field(default_factory=list)
    full: bool = False
    turned_away: int = 0
    refusal: str = ""
    leaders: tuple[str, ...] = ()
    card: Content | None = None
    header: Content | None = None
    messages: dict[str, ShownMessage] = field(default_factory=dict)
    posts: dict[str, ShownPost] = field(default_factory=dict)

    # --- hearing ---

    async def hear(self, heard: Heard) -> Reply:
        """Keep *heard*; commands are told that they are done, or why not."""
        if self.full:
            self.turned_away += 1
            raise StoreTrouble("the disk is full")
        self.everything.append(heard)
        self._keep(heard)
        if not isinstance(heard, HeardCommand):
            return Reply()
        return Reply(text=self.refusal or f"Done: {heard.command}.", refused=bool(self.refusal))

    def of(self, kind: type[H]) -> list[H]:
        """Return what was heard of one kind, in order; what was heard twice counts once."""
        known = {identity(heard): heard for heard in reversed(self.everything)}
        return [heard for heard in reversed(known.values()) if isinstance(heard, kind)]

    def texts(self) -> list[str]:
        """Return what people wrote, in the order in which it was first heard."""
        return list(dict.fromkeys(heard.text for heard in self.everything if isinstance(heard, HeardMessage)))

    def _keep(self, heard: Heard) -> None:
        match heard:
            case HeardMessage():
                self.messages.setdefault(heard.id, _shown(heard))
            case HeardEdit() if heard.id in self.messages:
                self.messages[heard.id] = replace(self.messages[heard.id], text=heard.text, edited=True)
            case HeardDeletion():
                self.messages.pop(heard.id, None)
            case _:
                pass

    def note(self, receipt: Receipt, content: Content) -> None:
        """Know that a post stands in the room, as the outbox does once it has the receipt."""
        self.posts[receipt.id] = ShownPost(id=receipt.id, at=receipt.at, content=content)

    # --- showing ---

    async def state(self, room: RoomId, person: str | None) -> RoomState:
        """Return how the room looks to *person*."""
        leads = person in self.leaders
        return RoomState(
            chat=ChatId("chat-1"),
            title="Working with arthritis",
            hashtag="#hcchat",
            language="en",
            open=True,
            moderating=leads,
            header=self.header,
            card=self.card if leads else None,
            menu=(),
            compose=(),
            words={},
            groups=(),
            reactions=(("insight", "💡 insight"),),
        )

    async def history(
        self, room: RoomId, person: str | None, before: datetime | None = None, limit: int = 200
    ) -> tuple[ShownMessage | ShownPost, ...]:
        """Return what stands in the room."""
        everything: list[ShownMessage | ShownPost] = [*self.messages.values(), *self.posts.values()]
        shown = [item for item in everything if before is None or item.at < before]
        return tuple(sorted(shown, key=lambda item: item.at))[-limit:]

    async def message(self, room: RoomId, person: str | None, id: str) -> ShownMessage | None:
        """Return one message as it stands."""
        return self.messages.get(id)

    def rooms(self, platform: str) -> frozenset[RoomId]:
        """Return where chats live."""
        return frozenset(self.rooms_here)

    async def moderators(self, room: RoomId) -> tuple[str, ...]:
        """Return who leads."""
        return self.leaders

    def commands(self) -> tuple[Button, ...]:
        """Return a few commands."""
        return COMMANDS


def identity(heard: Heard) -> Hashable:
    """Return what makes *heard* the same thing when it is heard again: how the core tells."""
    match heard:
        case HeardMessage() | HeardDeletion():
            return type(heard), heard.room, heard.id
        case HeardEdit():
            return type(heard), heard.room, heard.id, heard.text
        case HeardReaction():
            return type(heard), heard.room, heard.id, heard.by.id, heard.reaction, heard.present
        case HeardCommand():
            return type(heard), heard.room, heard.by.id, heard.id or id(heard)
        case HeardEcho():
            return type(heard), heard.room, heard.key, heard.id
        case _:
            return heard


def _shown(heard: HeardMessage) -> ShownMessage:
    return ShownMessage(
        id=heard.id,
        at=heard.at,
        author=heard.author.name,
        author_id=heard.author.id,
        group=heard.author.group,
        text=heard.text,
        reply_to=heard.reply_to,
    )
