"""The bot at work: every chat with its facilitator, what is heard shared out among them, what they decide sent.

`Service` is what adapters speak to (`Intake`) and what the outbox asks for words and addresses (`Desk`).
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import structlog

from bot.core import commands as c
from bot.core.apply import replay
from bot.core.chat import Chat
from bot.core.events import ChatPlanned, PlanChanged
from bot.core.names import ChatId, MessageId, PersonId, PostKey, RoomId, WordKey
from bot.core.phases import PHASES, Phase
from bot.core.plan import Plan, question_words
from bot.errors import Refused, StoreTrouble, SummaryUnsound
from bot.markup import Content
from bot.ports import Batch, Clock, Heard, HeardCommand, Ids, Platform, Post, Reply, Store, Unsent, Words
from bot.runtime.composer import Composed, Composer
from bot.runtime.directory import People, platform_of
from bot.runtime.facilitator import PAUSE_AFTER_TROUBLE, Delivery, Facilitator, PlanChange
from bot.runtime.outbox import Outbox
from bot.runtime.planning import recognised
from bot.runtime.rendering import Kept, people_named, render, word_keys
from bot.runtime.review import cut_to, quotes
from bot.summary.document import Summary
from bot.wording import Wording

log = structlog.get_logger(__name__)

# Which of several chats of one room is meant, when nothing else says so: the one that runs, else the one to come.
_TURN = {phase: 0 if rule.talking else 1 for phase, rule in PHASES.items()} | {
    Phase.REVIEW: 2,
    Phase.PUBLISHED: 3,
    Phase.MISSED: 3,
    Phase.WITHDRAWN: 4,
}


async def _cannot_create(_heard: HeardCommand) -> Reply:
    return Reply(text=Wording.load("en").line("refused.moderators-only"), refused=True)


@dataclass(slots=True, kw_only=True)
class Service:
    """Everything that runs for one installation."""

    store: Store
    clock: Clock
    ids: Ids
    epoch: int
    platforms: dict[str, Platform]
    composer: Composer
    summary_link: Callable[[ChatId], str]
    create: Callable[[HeardCommand], Awaitable[Reply]] = field(default=_cannot_create)
    people: People = field(init=False)
    outbox: Outbox = field(init=False)
    chats: dict[ChatId, Facilitator] = field(default_factory=dict)
    trouble: dict[tuple[ChatId, RoomId | None], str] = field(default_factory=dict)
    _rooms: dict[RoomId, list[Facilitator]] = field(default_factory=dict)
    _drafts: dict[ChatId, tuple[int, Summary]] = field(default_factory=dict)
    _composed: dict[ChatId, tuple[int, Composed | None]] = field(default_factory=dict)
    _tasks: asyncio.TaskGroup | None = None

    def __post_init__(self) -> None:
        """Set up what stands beside the chats."""
        self.people = People(self.store, self.ids)
        self.outbox = Outbox(desk=self, platforms=self.platforms)

    # --- life ----------------------------------------------------------------------------------------------

    async def load(self) -> None:
        """Read every chat and every unsent post from the store."""
        for row in await self.store.chats():
            facilitator = self._facilitator(row.chat, row.source)
            await facilitator.load()
            self._know(facilitator)
        for unsent in await self.store.unsent():
            if platform_of(unsent.post.room) in self.platforms:
                self.outbox.add(unsent)

    async def run(self) -> None:
        """Run every chat, the outbox and the platforms until cancelled. `load` comes first."""
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            tasks.create_task(self.outbox.run(), name="outbox")
            for facilitator in self.chats.values():
                tasks.create_task(facilitator.run(), name=f"chat {facilitator.id}")
            for platform in self.platforms.values():
                tasks.create_task(platform.run(self), name=f"platform {platform.name}")
            for facilitator in self.chats.values():
                self._publish_if_due(facilitator)

    async def settle(self) -> None:
        """Return when everything that could be done by now is done: for those who step the clock themselves."""
        version = None
        while version != (version := [facilitator.chat.version for facilitator in self.chats.values()]):
            for facilitator in self.chats.values():
                await facilitator.put(c.Tick(at=self.clock.now()))
            await self.outbox.drained()

    def _facilitator(self, chat: ChatId, source: str | None) -> Facilitator:
        return Facilitator(
            id=chat,
            store=self.store,
            clock=self.clock,
            ids=self.ids,
            people=self.people,
            epoch=self.epoch,
            on_commit=self._committed,
            on_trouble=self._store_trouble,
            source=source,
        )

    def _know(self, facilitator: Facilitator) -> None:
        self.chats[facilitator.id] = facilitator
        self._know_rooms(facilitator)
        if self._tasks is not None:
            self._tasks.create_task(facilitator.run(), name=f"chat {facilitator.id}")

    def _know_rooms(self, facilitator: Facilitator) -> None:
        """Note which rooms the chat is in, now that its plan may name others."""
        for here in self._rooms.values():
            if facilitator in here:
                here.remove(facilitator)
        for room in facilitator.chat.plan.rooms:
            self._rooms.setdefault(room, []).append(facilitator)

    # --- plans ---------------------------------------------------------------------------------------------

    async def plan(self, plan: Plan, words: dict[WordKey, str], source: str | None) -> ChatId:
        """Begin the chat of *plan*, or change it where its plan file has one already; return its id.

        Raises: Refused when the chat is over; StoreTrouble.
        """
        known = next((chat for chat in self.chats.values() if source and chat.source == source), None)
        if known is None:
            return await self._begin(plan, words, source)
        await self._change(known, plan, words)
        return known.id

    async def _begin(self, plan: Plan, words: dict[WordKey, str], source: str | None) -> ChatId:
        at = self.clock.now()
        id = ChatId(self.ids.new("chat", f"{source}/{plan.hashtag}/{plan.starts_at.isoformat()}"))
        planned = ChatPlanned(at=at, chat=id, plan=plan)
        kept = tuple(Words(key=key, text=text) for key, text in words.items())
        batch = Batch(chat=id, expected=0, epoch=self.epoch, events=(planned,), words=kept, source=source)
        await self.store.append(batch)
        facilitator = self._facilitator(id, source)
        facilitator.adopt(replay([planned]))
        self._know(facilitator)
        return id

    async def _change(self, facilitator: Facilitator, plan: Plan, words: dict[WordKey, str]) -> None:
        known = facilitator.chat
        keys = [question_words(question.id) for question in known.plan.questions]
        stored = await self.texts(facilitator.id, [*words, *keys])
        plan, words = recognised(plan, words, known, stored)
        changed = {key: text for key, text in words.items() if stored.get(key) != text}
        reply = await facilitator.put(PlanChange(plan=plan, words=changed))
        if reply.refused:
            raise Refused(reply.text)

    # --- hearing -------------------------------------------------------------------------------------------

    async def hear(self, heard: Heard) -> Reply:
        """Return once *heard* is durable or refused, with the words for whoever did it. Raises: StoreTrouble."""
        if isinstance(heard, HeardCommand) and heard.command == "new":
            return await self.create(heard)
        facilitator = self.chat_for(heard)
        if facilitator is None:
            return self._said(Reply(text="refused.no-chat-here", refused=True), "en")
        if isinstance(heard, HeardCommand) and heard.command in self._own_ways:
            reply = await self._own_ways[heard.command](facilitator, heard)
        else:
            reply = await facilitator.put(heard)
        return self._said(reply, facilitator.chat.plan.language)

    @property
    def _own_ways(self) -> dict[str, Callable[[Facilitator, HeardCommand], Awaitable[Reply]]]:
        """Return the commands that concern more than one chat's log."""
        return {"publish": self._publish_for, "forget": self._forget, "change-entry": self._change_entry}

    async def _change_entry(self, facilitator: Facilitator, heard: HeardCommand) -> Reply:
        """Change the draft; where a cut names the part to keep in words, find where they stand."""
        part = heard.arguments.get("part", "").strip()
        if heard.arguments.get("change") != "cut" or not part:
            return await facilitator.put(heard)
        entry, draft = heard.arguments.get("entry", ""), await self.draft(facilitator.chat)
        messages = [WordKey(quote.message) for quote in quotes(draft) if quote.id == entry]
        try:
            texts = await self.texts(facilitator.id, messages)
            start, end = cut_to(draft, texts, entry, part)
        except Refused as refused:
            return Reply(text=refused.reason, refused=True)
        arguments = {"change": "cut", "entry": entry, "start": str(start), "end": str(end)}
        return await facilitator.put(replace(heard, arguments=arguments))

    async def _forget(self, facilitator: Facilitator, heard: HeardCommand) -> Reply:
        """Forget somebody in every chat they took part in: their words and their name stand in all of them."""
        platform = platform_of(heard.room)
        await self.people.look_up([(platform, heard.by.id)])
        known = self.people.known(platform, heard.by.id)
        for other in tuple(self.chats.values()) if known else ():
            if other is not facilitator and known is not None and known.person in other.chat.people:
                await other.put(c.Forget(at=self.clock.now(), by=known.person))
        return await facilitator.put(heard)

    def _said(self, reply: Reply, language: str) -> Reply:
        if not reply.text:
            return reply
        wording = Wording.load(language)
        text = wording.line(reply.text, **reply.arguments) if reply.text in wording else ""
        return replace(reply, text=text, arguments={})

    def chat_for(self, heard: Heard) -> Facilitator | None:
        """Return the chat that *heard* belongs to, None when its room has none."""
        if isinstance(heard, HeardCommand) and heard.chat is not None:
            return self.chats.get(heard.chat)
        here = self._rooms.get(heard.room, [])
        id = getattr(heard, "id", None)
        if id is not None:
            known = [chat for chat in here if (heard.room, id) in chat.ledger.ours]
            here = known or here
        return self._current(here, self.clock.now())

    def chats_in(self, room: RoomId) -> Sequence[Facilitator]:
        """Return every chat of *room*."""
        return self._rooms.get(room, [])

    def rooms(self) -> Sequence[RoomId]:
        """Return every room that some chat lives in."""
        return tuple(self._rooms)

    def chat_in(self, room: RoomId) -> Facilitator | None:
        """Return the chat that people in *room* mean now, None when there is none."""
        return self._current(self._rooms.get(room, []), self.clock.now())

    @staticmethod
    def _current(here: list[Facilitator], now: datetime) -> Facilitator | None:
        def turn(facilitator: Facilitator) -> tuple[int, float]:
            chat = facilitator.chat
            return _TURN[chat.phase], abs((chat.starts_at - now).total_seconds())

        return min(here, key=turn, default=None)

    # --- what follows from a commit ------------------------------------------------------------------------

    def _committed(self, facilitator: Facilitator, batch: Batch) -> None:
        for post in batch.posts:
            if platform_of(post.room) in self.platforms:
                self.outbox.add(_row(batch.chat, post))
        for room in facilitator.chat.plan.rooms if batch.events else ():
            platform = self.platforms.get(platform_of(room))
            if platform is not None:
                platform.refresh(room)
        if any(isinstance(event, PlanChanged) for event in batch.events):
            self._know_rooms(facilitator)
        self._publish_if_due(facilitator)

    def _store_trouble(self, facilitator: Facilitator, trouble: str | None) -> None:
        self.tell(facilitator.id, None, trouble)

    def tell(self, chat: ChatId, room: RoomId | None, trouble: str | None) -> None:
        """Show the moderators of *chat* that something (a *room*, the store) doesn't work, or that it does again."""
        known = self.trouble.get((chat, room))
        if trouble is None:
            self.trouble.pop((chat, room), None)
        else:
            self.trouble[chat, room] = trouble
        if known != trouble and chat in self.chats:
            log.warning("trouble", chat=chat, room=room, reason=trouble or "over")
            for shown in self.chats[chat].chat.plan.rooms:
                if platform_of(shown) in self.platforms:
                    self.platforms[platform_of(shown)].refresh(shown)

    # --- publishing ----------------------------------------------------------------------------------------

    def _publish_if_due(self, facilitator: Facilitator) -> None:
        chat = facilitator.chat
        if chat.phase is Phase.REVIEW and chat.plan.publish == "auto" and self._tasks is not None:
            self._tasks.create_task(self._publish_by_itself(facilitator), name=f"publication of {chat.id}")

    async def _publish_by_itself(self, facilitator: Facilitator) -> None:
        """Publish without anybody asking; wait while nothing can be stored, and tell when there is no summary."""
        while True:  # until it is stored, or refused because somebody was faster
            try:
                await self._publish(facilitator, by=None)
            except StoreTrouble:
                await self.clock.sleep(PAUSE_AFTER_TROUBLE)
            except SummaryUnsound as unsound:
                self.tell(facilitator.id, None, str(unsound))
                return
            else:
                return

    async def _publish_for(self, facilitator: Facilitator, heard: HeardCommand) -> Reply:
        # The link is checked and the person appointed first; only a moderator may set the composer to work.
        shown = await facilitator.put(replace(heard, command="moderate", arguments={}, expects=None))
        if shown.refused:
            return shown
        by = self.people.known(platform_of(heard.room), heard.by.id)
        if by is None or by.person not in facilitator.chat.moderators:
            return Reply(text="refused.moderators-only", refused=True)
        return await self._publish(facilitator, by.person, heard.expects)

    async def _publish(
        self, facilitator: Facilitator, by: PersonId | None, expects: str | None = None
    ) -> Reply:
        reply = Reply(text="refused.not-now", refused=True)
        # A line deleted while the summary was made sends it back; who deletes faster than that stops it in the end.
        for _ in range(5):
            at = self.clock.now()
            draft = await self.composer.draft(
                facilitator.id,
                at=at,
                edition="public",
                limit=self.post_length(facilitator.chat),
                link=self.summary_link(facilitator.id),
            )
            command = c.Publish(
                at=at,
                selection=draft.selection,
                composer=draft.composer,
                parts=len(draft.parts),
                by=by,
                expects=expects,
            )
            reply = await facilitator.put(command)
            if reply.text != "refused.draft-changed":
                break
        return reply if reply.refused else Reply(text="done.publish")

    async def draft(self, chat: Chat) -> Summary:
        """Return the draft summary as it stands; made anew only when something happened since."""
        known = self._drafts.get(chat.id)
        if known is None or known[0] != chat.version:
            version = chat.version
            composed = await self.composer.draft(
                chat.id, at=self.clock.now(), edition="public", limit=self.post_length(chat), link=""
            )
            known = self._drafts[chat.id] = (version, composed.summary)
        return known[1]

    def post_length(self, chat: Chat) -> int:
        """Return the longest post that every room of *chat* takes."""
        lengths = [
            self.platforms[platform_of(room)].capabilities.post_length
            for room in chat.plan.rooms
            if platform_of(room) in self.platforms
        ]
        return min(lengths, default=2_000)

    # --- what the outbox asks ------------------------------------------------------------------------------

    async def deliver(self, chat: ChatId, delivery: Delivery) -> Reply:
        """Hand what became of a post to its chat; return when it is durable. Raises: StoreTrouble."""
        return await self.chats[chat].put(delivery)

    async def render(self, row: Unsent) -> Content:
        """Return what the post of *row* says, its words put in."""
        return await self.render_post(row.chat, row.post)

    async def render_post(self, id: ChatId, post: Post) -> Content:
        """Return what *post* says now, its words put in."""
        chat = self.chats[id].chat
        if post.line == "post.summary-part":
            return await self._summary_part(chat, int(str(post.arguments["part"])))
        texts = await self.texts(id, word_keys(post))
        names = await self.people.fetch_names(people_named(post))
        return render(post, Wording.load(chat.plan.language), Kept(texts=texts, names=names))

    async def texts(self, chat: ChatId, keys: Sequence[WordKey]) -> dict[WordKey, str]:
        """Return the newest text under each of *keys* that is still kept."""
        stored = await self.store.words(chat, keys) if keys else ()
        return {text.key: text.text for text in sorted(stored, key=lambda text: text.revision)}

    async def _summary_part(self, chat: Chat, part: int) -> Content:
        composed = await self._published_now(chat)
        return composed.parts[part - 1] if composed and part <= len(composed.parts) else Content()

    async def published(self, chat: Chat) -> Summary | None:
        """Return the published summary as it may be shown now, None when there is none."""
        composed = await self._published_now(chat)
        return composed.summary if composed else None

    async def _published_now(self, chat: Chat) -> Composed | None:
        """Return what is published; made anew only when something happened since."""
        known = self._composed.get(chat.id)
        if known is None or known[0] != chat.version:
            version = chat.version
            limit, link = self.post_length(chat), self.summary_link(chat.id)
            composed = await self.composer.published(chat.id, limit=limit, link=link)
            known = self._composed[chat.id] = (version, composed)
        return known[1]

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
        facilitator = self.chats[row.chat]
        message = facilitator.chat.posts.get(PostKey(row.post.target or ""))
        where = facilitator.ledger.theirs.get(MessageId(message)) if message else None
        return where[1] if where else None


def _row(chat: ChatId, post: Post) -> Unsent:
    return Unsent(chat=chat, post=post, sequence=0, state="planned", attempts=0, first_at=None, last_at=None)
