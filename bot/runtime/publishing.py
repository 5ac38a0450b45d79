"""The way of a summary: the draft as it stands, changes to it, publication, and what is out as it may be shown now."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from bot.core import commands as c
from bot.core.chat import Chat
from bot.core.names import ChatId, PersonId, RoomId, WordKey
from bot.core.phases import Phase
from bot.errors import Refused, StoreTrouble, SummaryUnsound, TweetchatError
from bot.markup import Content
from bot.ports import Clock, HeardCommand, Platform, Reply
from bot.runtime.composer import Composed, Composer
from bot.runtime.desk import HouseDesk
from bot.runtime.directory import platform_of
from bot.runtime.facilitator import PAUSE_AFTER_TROUBLE, Facilitator
from bot.summary.document import Quote, Summary

Known = TypeVar("Known")

MOST_ROUNDS = 5
"""How often a summary is made again because a line of it was deleted meanwhile."""
MOST_KEPT = 16
"""Chats whose summaries are kept at hand; the others are made again when somebody asks."""
SUMMARY = RoomId("summary")  # no platform's room is called so
SHORTEST_POST = 2_000
"""Length of a post where no room of a chat is connected: what the narrowest platform takes."""


@dataclass(slots=True, kw_only=True)
class Publisher:
    """Makes and publishes the summaries of one installation."""

    clock: Clock
    composer: Composer
    platforms: dict[str, Platform]
    link: Callable[[ChatId], str]
    desk: HouseDesk = field(init=False)
    _drafts: dict[ChatId, tuple[int, Summary]] = field(default_factory=dict)
    _published: dict[ChatId, tuple[int, Composed | None]] = field(default_factory=dict)
    # Hundreds of pages ask for a new summary in the same second: it is made once, and they wait for it.
    _making: defaultdict[ChatId, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))

    # --- as it stands --------------------------------------------------------------------------------------

    async def draft(self, chat: Chat) -> Summary:
        """Return the draft summary as it stands; made anew only when something happened since.

        Raises: SummaryUnsound.
        """
        async with self._making[chat.id]:
            known = self._drafts.get(chat.id)
            if known is None or known[0] != chat.version:
                version = chat.version
                composed = await self._compose(chat, link="")
                known = (version, composed.summary)
                _keep(self._drafts, chat.id, known)
            return known[1]

    async def published(self, chat: Chat) -> Summary | None:
        """Return the published summary as it may be shown now, None when there is none. Raises: SummaryUnsound."""
        composed = await self._out_now(chat)
        return composed.summary if composed else None

    async def part(self, chat: Chat, part: int) -> Content:
        """Return what the *part*-th post of the published summary says now; nothing when it is no longer that long."""
        composed = await self._out_now(chat)
        return composed.parts[part - 1] if composed and part <= len(composed.parts) else Content()

    async def _out_now(self, chat: Chat) -> Composed | None:
        async with self._making[chat.id]:
            known = self._published.get(chat.id)
            if known is None or known[0] != chat.version:
                version = chat.version
                link = self.link(chat.id)
                composed = await self.composer.published(chat.id, limit=self.post_length(chat), link=link)
                known = (version, composed)
                _keep(self._published, chat.id, known)
            return known[1]

    async def _compose(self, chat: Chat, link: str) -> Composed:
        at, limit = self.clock.now(), self.post_length(chat)
        return await self.composer.draft(chat.id, at=at, edition="public", limit=limit, link=link)

    def post_length(self, chat: Chat) -> int:
        """Return the longest post that every room of *chat* takes."""
        connected = [platform_of(room) for room in chat.plan.rooms if platform_of(room) in self.platforms]
        lengths = [self.platforms[name].capabilities.post_length for name in connected]
        return min(lengths, default=SHORTEST_POST)

    # --- what moderators do --------------------------------------------------------------------------------

    async def change_entry(self, facilitator: Facilitator, heard: HeardCommand) -> Reply:
        """Change the draft; where a cut names the part to keep in words, find where they stand."""
        part = heard.arguments.get("part", "").strip()
        if heard.arguments.get("change") != "cut" or not part:
            return await facilitator.put(heard)
        entry, draft = heard.arguments.get("entry", ""), await self.draft(facilitator.chat)
        messages = [WordKey(quote.message) for quote in _quotes(draft) if quote.id == entry]
        try:
            start, end = _cut_to(draft, await self.desk.texts(facilitator.id, messages), entry, part)
        except Refused as refused:
            return Reply(text=refused.reason, refused=True)
        arguments = {"change": "cut", "entry": entry, "start": str(start), "end": str(end)}
        return await facilitator.put(replace(heard, arguments=arguments))

    async def publish_for(self, facilitator: Facilitator, heard: HeardCommand) -> Reply:
        """Publish because somebody asks for it. Raises: SummaryUnsound."""
        # The link is checked and the person appointed first; only a moderator may set the composer to work.
        shown = await facilitator.put(replace(heard, command="moderate", arguments={}, expects=None))
        if shown.refused:
            return shown
        by = self.desk.people.known(platform_of(heard.room), heard.by.id)
        if by is None or by.person not in facilitator.chat.moderators:
            return Reply(text="refused.moderators-only", refused=True)
        return await self._publish(facilitator, by.person, heard.expects)

    # --- by itself -----------------------------------------------------------------------------------------

    @staticmethod
    def is_due(chat: Chat) -> bool:
        """Return whether *chat* wants to be published without anybody asking."""
        return chat.phase is Phase.REVIEW and chat.plan.publish == "auto"

    async def publish_by_itself(self, facilitator: Facilitator) -> None:
        """Publish without anybody asking; wait while nothing can be stored, and tell when there is no summary."""
        while True:  # until it is stored, or refused because somebody was faster
            try:
                await self._publish(facilitator, by=None)
            except StoreTrouble:
                await self.clock.sleep(PAUSE_AFTER_TROUBLE)
            except SummaryUnsound as unsound:
                self.desk.tell(facilitator.id, SUMMARY, str(unsound))
                return
            except TweetchatError:
                raise
            except Exception as bug:  # noqa: BLE001  # a worker killed again and again, too: no other chat's trouble
                self.desk.tell(facilitator.id, SUMMARY, type(bug).__name__)
                return
            else:
                return

    async def _publish(
        self, facilitator: Facilitator, by: PersonId | None, expects: str | None = None
    ) -> Reply:
        reply = Reply(text="refused.not-now", refused=True)
        for _ in range(MOST_ROUNDS):
            draft = await self._compose(facilitator.chat, link=self.link(facilitator.id))
            self.desk.tell(facilitator.id, SUMMARY, None)
            command = c.Publish(
                at=self.clock.now(),
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


def _keep(kept: dict[ChatId, Known], chat: ChatId, known: Known) -> None:
    """Keep what is *known* of *chat*, and let go of what was kept longest."""
    kept.pop(chat, None)
    kept[chat] = known
    while len(kept) > MOST_KEPT:
        del kept[next(iter(kept))]


def _cut_to(draft: Summary, texts: Mapping[WordKey, str], entry: str, part: str) -> tuple[int, int]:
    """Return where *part* stands in the message that *entry* quotes; *texts*: by message.

    Raises: Refused when it does not stand there letter by letter.
    """
    for quote in _quotes(draft):
        if quote.id == entry:
            start = texts.get(WordKey(quote.message), "").find(part)
            if start >= 0 and part:
                return start, start + len(part)
    raise Refused("refused.not-in-quote")


def _quotes(draft: Summary) -> Iterator[Quote]:
    """Give every quote of *draft*."""
    for chapter in draft.chapters:
        for section in chapter.sections:
            yield from (entry for entry in section.entries if isinstance(entry, Quote))
