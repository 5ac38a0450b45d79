"""What the outbox asks of the house: words put into a post, the address of a person, and what became of it noted."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from bot.core.chat import Chat
from bot.core.events import Settlement
from bot.core.names import ChatId, MessageId, PostKey, RoomId, WordKey
from bot.markup import Content
from bot.ports import Clock, Platform, Post, Reply, Store, Unsent
from bot.runtime.directory import People, platform_of
from bot.runtime.facilitator import Delivery
from bot.runtime.rendering import Kept, people_named, render, word_keys
from bot.runtime.roster import Roster
from bot.wording import Wording

log = structlog.get_logger(__name__)

LOOK_BACK = timedelta(seconds=60)
"""How much further back a look goes than it must: clocks differ."""


@dataclass(slots=True, kw_only=True)
class HouseDesk:
    """The `Desk` of one installation. *summary_part*: what the n-th post of a chat's published summary says now."""

    store: Store
    clock: Clock
    epoch: int
    roster: Roster
    people: People
    platforms: dict[str, Platform]
    summary_part: Callable[[Chat, int], Awaitable[Content]]
    may_speak: Callable[[], bool] = lambda: True
    trouble: dict[tuple[ChatId, RoomId | None], str] = field(default_factory=dict)

    async def deliver(self, chat: ChatId, delivery: Delivery) -> Reply:
        """Hand what became of a post to its chat; return when it is durable. Raises: StoreTrouble."""
        return await self.roster[chat].put(delivery)

    async def render(self, row: Unsent) -> Content:
        """Return what the post of *row* says, its words put in."""
        return await self.render_post(row.chat, row.post)

    async def render_post(self, id: ChatId, post: Post) -> Content:
        """Return what *post* says now, its words put in."""
        chat = self.roster[id].chat
        if post.line == "post.summary-part":
            return await self.summary_part(chat, int(str(post.arguments["part"])))
        texts = await self.texts(id, word_keys(post))
        names = await self.people.fetch_names(people_named(post))
        return render(post, Wording.load(chat.plan.language), Kept(texts=texts, names=names))

    async def texts(self, chat: ChatId, keys: Sequence[WordKey]) -> dict[WordKey, str]:
        """Return the newest text under each of *keys* that is still kept."""
        stored = await self.store.words(chat, keys) if keys else ()
        return {text.key: text.text for text in sorted(stored, key=lambda text: text.revision)}

    async def address(self, row: Unsent) -> str | None:
        """Return the platform id of the person that a private post is for."""
        person = row.post.person
        if person is None:
            return None
        await self.people.fetch_names([person])
        platform = platform_of(row.post.room)
        return next((known.id for known in self.people.addresses(person) if known.platform == platform), None)

    async def target(self, row: Unsent) -> str | None:
        """Return the platform id of what a post edits or deletes."""
        if row.post.action == "delete":
            return row.post.target
        facilitator = self.roster[row.chat]
        message = facilitator.chat.posts.get(PostKey(row.post.target or ""))
        where = facilitator.ledger.theirs.get(MessageId(message)) if message else None
        return where[1] if where else None

    def seen_since(self, row: Unsent) -> datetime | None:
        """Return from when on a moderator may have seen what *row* edits, None where no moderator said so."""
        chat = self.roster[row.chat].chat
        if chat.settled.get(PostKey(row.post.target or "")) != "there":
            return None
        return min(chat.entered.values(), default=chat.planned_at)

    def look_from(self, row: Unsent) -> datetime:
        """Return from when on the post of *row* may stand in its room, by the platform's clock.

        Our own clock may be wrong, or was: what stood in the room before is the better witness.
        """
        facilitator = self.roster[row.chat]
        chat, theirs = facilitator.chat, facilitator.ledger.theirs
        before = [
            chat.posted_at[key]
            for key, message in chat.posts.items()
            if theirs.get(message, ("", ""))[0] == row.post.room and key != row.post.key
        ]
        earliest = row.first_at or self.clock.now()
        return min([earliest, *before[-1:]]) - LOOK_BACK

    def settlement(self, row: Unsent) -> Settlement | None:
        """Return what a moderator said of a post in doubt."""
        return self.roster[row.chat].chat.settled.get(row.post.key)

    def tell(self, chat: ChatId, room: RoomId | None, trouble: str | None) -> None:
        """Show the moderators of *chat* that something (a *room*, the store) doesn't work, or that it does again."""
        known = self.trouble.get((chat, room))
        if trouble is None:
            self.trouble.pop((chat, room), None)
        else:
            self.trouble[chat, room] = trouble
        if known != trouble and chat in self.roster.chats:
            log.warning("trouble", chat=chat, room=room, reason=trouble or "over")
            self.refresh(self.roster[chat].chat)

    def refresh(self, chat: Chat) -> None:
        """Have the rooms of *chat* drawn anew."""
        for room in chat.plan.rooms:
            platform = self.platforms.get(platform_of(room))
            if platform is not None:
                platform.refresh(room)
