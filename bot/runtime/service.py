"""The bot at work: plans become chats, what is heard is shared out among them, and what they decide is sent.

`Service` is what adapters speak to (`Intake`).
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

from bot.core import commands as c
from bot.core.apply import replay
from bot.core.events import ChatPlanned, Event, PlanChanged, PostSettled, StageEntered
from bot.core.names import ChatId, WordKey
from bot.core.plan import Plan, question_words
from bot.errors import Conflict, Refused, StoreTrouble, SummaryUnsound, TweetchatError
from bot.ports import (
    Batch,
    Clock,
    Heard,
    HeardCommand,
    HeardGap,
    Ids,
    Meter,
    Platform,
    Post,
    Reply,
    Store,
    Uncounted,
    Unsent,
    Words,
)
from bot.runtime.backfill import Backfill
from bot.runtime.composer import Composer
from bot.runtime.desk import HouseDesk
from bot.runtime.directory import People, platform_of
from bot.runtime.facilitator import Facilitator, PlanChange
from bot.runtime.janitor import WATCH, Janitor
from bot.runtime.oneself import Oneself
from bot.runtime.outbox import Outbox
from bot.runtime.planning import recognised
from bot.runtime.publishing import SUMMARY, Publisher
from bot.runtime.restored import Restored, read
from bot.runtime.roster import Roster
from bot.wording import Wording


async def _cannot_create(_heard: HeardCommand) -> Reply:
    return Reply(text=Wording.load("en").line("refused.moderators-only"), refused=True)


@dataclass(slots=True, kw_only=True)
class Service:
    """Everything that runs for one installation. *gather*: as each chat's `Facilitator` takes it."""

    store: Store
    clock: Clock
    ids: Ids
    epoch: int
    platforms: dict[str, Platform]
    composer: Composer
    summary_link: Callable[[ChatId], str]
    gather: float = 0.0
    create: Callable[[HeardCommand], Awaitable[Reply]] = field(default=_cannot_create)
    may_speak: Callable[[], bool] = lambda: True
    meter: Meter = field(default_factory=Uncounted)
    people: People = field(init=False)
    roster: Roster = field(init=False)
    oneself: Oneself = field(init=False)
    publisher: Publisher = field(init=False)
    desk: HouseDesk = field(init=False)
    outbox: Outbox = field(init=False)
    janitor: Janitor = field(init=False)
    backfill: Backfill = field(init=False)
    _tasks: asyncio.TaskGroup | None = None
    _restored: Restored | None = None

    def __post_init__(self) -> None:
        """Set up what stands beside the chats."""
        self.people = People(self.store, self.ids)
        self.roster = Roster(clock=self.clock)
        self.oneself = Oneself(people=self.people, roster=self.roster, clock=self.clock)
        self.publisher = Publisher(
            clock=self.clock, composer=self.composer, platforms=self.platforms, link=self.summary_link
        )
        self.desk = self.publisher.desk = HouseDesk(
            store=self.store,
            clock=self.clock,
            epoch=self.epoch,
            roster=self.roster,
            people=self.people,
            platforms=self.platforms,
            summary_part=self.publisher.part,
            may_speak=self.may_speak,
        )
        self.janitor = Janitor(
            clock=self.clock, platforms=self.platforms, hear=self.hear, look_from=self.desk.look_from
        )
        self.outbox = Outbox(desk=self.desk, platforms=self.platforms, on_sent=self._left_line)
        self.backfill = Backfill(
            clock=self.clock, roster=self.roster, platforms=self.platforms, hear=self.hear
        )

    # --- life ----------------------------------------------------------------------------------------------

    async def load(self) -> None:
        """Read every chat and every unsent post from the store."""
        for row in await self.store.chats():
            facilitator = self._facilitator(row.chat, row.source)
            await facilitator.load()
            self._take_in(facilitator)
        self._restored = await read(self.store)
        for unsent in await self.store.unsent():
            self._line_up(unsent)
        for sent in await self.store.resent(self.clock.now() - WATCH):
            self.janitor.watch(sent)
        await self.backfill.load(self.store)

    async def run(self) -> None:
        """Run every chat, the outbox and the platforms until cancelled. `load` comes first."""
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            tasks.create_task(self.outbox.run(), name="outbox")
            tasks.create_task(self.janitor.run(), name="janitor")
            tasks.create_task(self.backfill.run(), name="backfill")
            tasks.create_task(self.oneself.catch_up(), name="forgotten")
            for facilitator in self.roster:
                tasks.create_task(facilitator.run(), name=f"chat {facilitator.id}")
            for platform in self.platforms.values():
                tasks.create_task(platform.run(self), name=f"platform {platform.name}")
            for facilitator in self.roster:
                self._publish_if_due(facilitator)

    async def settle(self) -> None:
        """Return when everything that could be done by now is done: for those who step the clock themselves."""
        version = None
        while version != (version := [facilitator.chat.version for facilitator in self.roster]):
            for facilitator in self.roster:
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
            gather=self.gather,
            on_commit=self._committed,
            on_trouble=lambda facilitator, trouble: self.desk.tell(facilitator.id, None, trouble),
            on_reload=self._reloaded,
            source=source,
            behind=self.backfill.behind,
        )

    def _take_in(self, facilitator: Facilitator) -> None:
        self.roster.add(facilitator)
        if self._tasks is not None:
            self._tasks.create_task(facilitator.run(), name=f"chat {facilitator.id}")

    # --- plans ---------------------------------------------------------------------------------------------

    async def plan(self, plan: Plan, words: dict[WordKey, str], source: str | None) -> ChatId:
        """Begin the chat of *plan*, or change it where its plan file has one already; return its id.

        Raises: Refused when the chat is over; StoreTrouble.
        """
        known = self.roster.from_source(source)
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
        try:
            await self.store.append(batch)
        except (StoreTrouble, Conflict):
            # It may have been stored although we were told that it was not, now or the last time that we tried.
            known = await self._find(source)
            if known is None:
                raise
            return known.id
        facilitator = self._facilitator(id, source)
        facilitator.adopt(replay([planned]))
        self._take_in(facilitator)
        return id

    async def _find(self, source: str | None) -> Facilitator | None:
        """Return the chat that the store has of the plan file *source*, taken in; None when it has none."""
        for row in await self.store.chats() if source else ():
            if row.source == source:
                facilitator = self._facilitator(row.chat, source)
                await facilitator.load()
                self._take_in(facilitator)
                await self._reloaded(facilitator)
                return facilitator
        return None

    async def _change(self, facilitator: Facilitator, plan: Plan, words: dict[WordKey, str]) -> None:
        known = facilitator.chat
        keys = [question_words(question.id) for question in known.plan.questions]
        stored = await self.desk.texts(facilitator.id, [*words, *keys])
        plan, words = recognised(plan, words, known, stored)
        changed = {key: text for key, text in words.items() if stored.get(key) != text}
        reply = await facilitator.put(PlanChange(plan=plan, words=changed))
        if reply.refused:
            raise Refused(reply.text)

    # --- hearing -------------------------------------------------------------------------------------------

    async def hear(self, heard: Heard) -> Reply:
        """Return once *heard* is durable or refused, with the words for whoever did it. Raises: StoreTrouble."""
        since = self.clock.monotonic()
        reply = await self._hear(heard)
        self.meter.heard(heard, self.clock.monotonic() - since, refused=reply.refused)
        return reply

    async def _hear(self, heard: Heard) -> Reply:
        if isinstance(heard, HeardCommand) and heard.command == "new":
            return await self.create(heard)
        facilitator = self.roster.chat_for(heard)
        if facilitator is None:
            return _said(Reply(text="refused.no-chat-here", refused=True), "en")
        if isinstance(heard, HeardGap):
            return await self._note_gap(facilitator, heard)
        if isinstance(heard, HeardCommand) and heard.command in self._own_ways:
            reply = await self._in_its_own_way(facilitator, heard)
        else:
            reply = await facilitator.put(heard)
        return _said(reply, facilitator.chat.plan.language)

    async def _in_its_own_way(self, facilitator: Facilitator, heard: HeardCommand) -> Reply:
        """Return what comes of a command of more than one log; where no summary can be made, that is told."""
        try:
            return await self._own_ways[heard.command](facilitator, heard)
        except SummaryUnsound as unsound:
            self.desk.tell(facilitator.id, SUMMARY, str(unsound))
        except TweetchatError:
            raise
        except Exception as bug:  # noqa: BLE001  # raised to an adapter, it would end every chat
            self.desk.tell(facilitator.id, SUMMARY, type(bug).__name__)
        return Reply(text="refused.not-now", refused=True)

    async def _note_gap(self, facilitator: Facilitator, gap: HeardGap) -> Reply:
        """Have the room read back; a gap in a chat that runs is told to its moderators."""
        self.backfill.note(gap)
        if gap.quiet or gap.since is None or not facilitator.chat.was_open(gap.since):
            return Reply()
        return await facilitator.put(gap)

    @property
    def _own_ways(self) -> dict[str, Callable[[Facilitator, HeardCommand], Awaitable[Reply]]]:
        """Return the commands that concern more than one chat's log."""
        return {
            "publish": self.publisher.publish_for,
            "change-entry": self.publisher.change_entry,
            "forget": self.oneself.forget,
            "consent": self.oneself.consent,
        }

    # --- what follows from a commit ------------------------------------------------------------------------

    def _committed(self, facilitator: Facilitator, batch: Batch) -> None:
        for post in batch.posts:
            self._line_up(_row(batch.chat, post))
        self.meter.committed(batch)
        for event in batch.events:
            self._note(facilitator, event)
        if batch.events:
            self.desk.refresh(facilitator.chat)
        self._publish_if_due(facilitator)

    async def _reloaded(self, facilitator: Facilitator) -> None:
        """Catch up with what was stored without our hearing of it: the answer to a commit can get lost."""
        for row in await self.store.unsent():
            if row.chat == facilitator.id:
                self._line_up(row)
        for key in facilitator.chat.settled:
            self.outbox.settle(key)
        self.roster.add(facilitator)
        self.backfill.stir()
        self.desk.refresh(facilitator.chat)
        self._publish_if_due(facilitator)

    def _note(self, facilitator: Facilitator, event: Event) -> None:
        """Tell those who wait for it that *event* happened."""
        match event:
            case PlanChanged():
                self.roster.add(facilitator)
            case StageEntered():
                self.backfill.stir()
            case PostSettled():
                self.outbox.settle(event.key)

    def _line_up(self, row: Unsent) -> None:
        if platform_of(row.post.room) in self.platforms:
            planned_at = self.roster[row.chat].chat.planned_at
            self.meter.lined_up(row)
            now = self.clock.now()
            self.outbox.add(self._restored.doubted(row, planned_at, now) if self._restored else row)

    def _left_line(self, row: Unsent) -> None:
        self.janitor.watch(row)
        self.meter.left_line(row)

    def _publish_if_due(self, facilitator: Facilitator) -> None:
        if self.publisher.is_due(facilitator.chat) and self._tasks is not None:
            publication = self.publisher.publish_by_itself(facilitator)
            self._tasks.create_task(publication, name=f"publication of {facilitator.id}")


def _said(reply: Reply, language: str) -> Reply:
    """Return *reply* in words."""
    if not reply.text:
        return reply
    wording = Wording.load(language)
    text = wording.line(reply.text, **reply.arguments) if reply.text in wording else ""
    return replace(reply, text=text, arguments={})


def _row(chat: ChatId, post: Post) -> Unsent:
    return Unsent(chat=chat, post=post, sequence=0, state="planned", attempts=0, first_at=None, last_at=None)
