"""One connection to one platform: what it can do, what it must do, and how it says no."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from bot.core.names import PostKey, RoomId
from bot.markup import Content
from bot.ports.heard import Heard, Intake


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a platform can do, declared by its adapter. Lengths in code points, times in seconds.

    idempotency_window: how long a re-sent key is recognised, None when the platform has no such key.
    durable_marker: our key can be read back from its history. header: it shows a standing line above the room.
    history: it may fail to tell us something, and can be asked afterwards what was said.
    """

    threads: bool
    edits: bool
    deletes: bool
    private: bool
    buttons: bool
    forms: bool
    reactions: bool
    header: bool
    post_length: int
    idempotency_window: float | None
    durable_marker: bool
    history: bool


Via = Literal["response", "echo", "history", "dedupe", "moderator"]
"""How we know that a post stands in its room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A post stands in its room under *id* since *at*, by the platform's clock."""

    id: str
    at: datetime
    via: Via = "response"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a room's history shows of one post: every copy of it, oldest first.

    shows: whether it shows anything at all. A history that does not may only be hidden from us, so that no copy in it
    means nothing.
    """

    copies: tuple[Receipt, ...] = ()
    shows: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """Something that a platform does not let us do in a room: the permission's or scope's own name, and the fix.

    stops: no chat can be run without it.
    """

    name: str
    fix: str
    stops: bool = True


class Platform(Protocol):
    """One connection to one platform."""

    name: str
    capabilities: Capabilities

    @property
    def is_connected(self) -> bool:
        """Return whether we hear what happens there now."""

    async def run(self, intake: Intake) -> None:
        """Connect, hand everything heard to *intake* in order, and stay until cancelled.

        Lost connections are made again. Raises: PlatformTrouble when the platform refuses us for good.
        """

    def asking(self) -> AbstractAsyncContextManager[None]:
        """Give a connection for asking only: nothing is heard, so no event is taken from a bot that runs meanwhile.

        Raises: PlatformTrouble when the platform refuses us.
        """

    async def invitation(self) -> str:
        """Return what brings the bot into a room: a link to open, or the manifest of an app to create."""

    async def lacks(self, room: RoomId) -> tuple[Lack, ...]:
        """Return what keeps us from running a chat in *room*, nothing when all is well. Raises: PlatformTrouble."""

    async def post(
        self, key: PostKey, room: RoomId, content: Content, reply_to: str | None = None
    ) -> Receipt:
        """Post once. Raises: PlatformTrouble, which says whether it may stand there all the same."""

    async def edit(self, key: PostKey, room: RoomId, id: str, content: Content) -> None:
        """Replace what post *id* says. Raises: PlatformTrouble."""

    async def delete(self, key: PostKey, room: RoomId, id: str) -> None:
        """Take message *id* out of the room. Raises: PlatformTrouble."""

    async def private(self, key: PostKey, room: RoomId, person: str, content: Content) -> None:
        """Show *content* to one person, replacing what stood under *key*. Raises: PlatformTrouble."""

    async def look_up(self, key: PostKey, room: RoomId, since: datetime) -> Look:
        """Return how the post *key* stands in the room's history since then. Raises: PlatformTrouble."""

    async def stands(self, room: RoomId, id: str, thread: str | None) -> bool:
        """Return whether message *id* (of *thread*, where it has one) stands in the room, asked for it alone.

        Raises: PlatformTrouble when that cannot be told.
        """

    def refresh(self, room: RoomId, person: str | None = None) -> None:
        """Take note that the card and the standing line of *room* may look otherwise now; draw them when it suits."""

    def history(self, room: RoomId, since: datetime) -> AsyncIterator[Heard]:
        """Give everything that people said in the room and its threads since then, as it stands now, oldest first.

        Raises: PlatformTrouble when that cannot be told: a history hidden from us is not an empty one.
        """
