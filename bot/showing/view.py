"""What a local room's page may read: how the room looks to one person, and what stands in it."""

from collections.abc import Callable, Sequence, Set
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from bot.core.chat import Chat, Message
from bot.core.events import ConsentAsked
from bot.core.names import ChatId, MessageId, PersonId, RoomId, WordKey
from bot.core.plan import TITLE
from bot.core.react import react
from bot.core.table import DRAFTED
from bot.errors import SummaryUnsound
from bot.insights import tags
from bot.markup import Button, Content
from bot.ports import RoomState, ShownMessage, ShownPost
from bot.runtime.directory import platform_of
from bot.runtime.facilitator import Facilitator
from bot.runtime.service import Service
from bot.showing.card import card, header, wanted_people, wanted_words
from bot.showing.menus import all_commands, compose, group_name, menu, mine, page_words, reactions
from bot.showing.sheet import CardFacts, CardWords
from bot.summary.document import Summary
from bot.wording import Wording

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Addresses: of the moderator's link of a generation, of a published summary, of a draft."""

    moderator: Callable[[ChatId], str | None]
    summary: Callable[[ChatId], str]
    draft: Callable[[ChatId], str]


@dataclass(slots=True, kw_only=True)
class View:
    """Reads the live chats and the store for the pages of a room."""

    service: Service
    links: Links
    language: str = "en"
    _drawn: dict[tuple[RoomId, bool], tuple[object, Content | None, Content | None, str]] = field(
        default_factory=dict
    )

    # --- how the room looks --------------------------------------------------------------------------------

    async def state(self, room: RoomId, person: str | None) -> RoomState:
        """Return how the room looks to *person* (a platform id; None for a stranger at the door)."""
        who = await self._person(room, person)
        facilitator = self.service.roster.chat_seen_in(room, who)
        if facilitator is None:
            return self._empty()
        chat = facilitator.chat
        wording = Wording.load(chat.plan.language)
        moderating = who in chat.moderators
        head, panel, title = await self._drawing(facilitator, room, wording, moderating=moderating)
        known = chat.people.get(who) if who else None
        return RoomState(
            chat=chat.id,
            title=title,
            hashtag=chat.plan.hashtag,
            language=chat.plan.language,
            open=chat.hears and not (known and known.muted),
            moderating=moderating,
            header=head,
            card=panel,
            menu=tuple(menu(chat, wording, moderating=moderating)),
            compose=tuple(compose(chat, wording)),
            words=page_words(wording),
            groups=tuple((group, group_name(wording, group)) for group in chat.plan.groups),
            reactions=reactions(wording),
            mine=tuple(mine(chat, wording, known)),
            muted=bool(known and known.muted),
            notices=await self._unanswered(chat, who),
        )

    async def _unanswered(self, chat: Chat, who: PersonId | None) -> tuple[tuple[str, Content], ...]:
        """Return the questions of consent that *who* has not answered: a page that comes back shows them again."""
        asked = [message for message in chat.consent_asked if who and _waits_for(chat, message, who)]
        posts = [
            post
            for message in sorted(asked)
            for post in react(
                chat, ConsentAsked(at=chat.planned_at, message=message, person=PersonId(who or ""))
            )
        ]
        return tuple([(post.key, await self.service.desk.render_post(chat.id, post)) for post in posts])

    def _empty(self) -> RoomState:
        wording = Wording.load(self.language)
        return RoomState(
            chat=None,
            title="",
            hashtag="",
            language=self.language,
            open=False,
            moderating=False,
            header=None,
            card=None,
            menu=(),
            compose=(),
            words=page_words(wording),
            groups=(),
            reactions=reactions(wording),
        )

    async def _person(self, room: RoomId, person: str | None) -> PersonId | None:
        if person is None:
            return None
        platform = platform_of(room)
        await self.service.people.look_up([(platform, person)])
        known = self.service.people.known(platform, person)
        return known.person if known else None

    async def _drawing(
        self, facilitator: Facilitator, room: RoomId, wording: Wording, *, moderating: bool
    ) -> tuple[Content | None, Content | None, str]:
        """Return header, card (for moderators) and title, drawn once for everybody who sees the same."""
        chat = facilitator.chat
        trouble = tuple(reason for (id, _), reason in self.service.desk.trouble.items() if id == chat.id)
        mark = (chat.id, chat.version, trouble)
        known = self._drawn.get((room, moderating))
        if known is not None and known[0] == mark:
            return known[1], known[2], known[3]
        words = await self._card_words(chat)
        head = header(chat, words, wording)
        panel = None
        if moderating:
            panel = card(chat, words, await self._facts(chat, trouble), wording)
        self._drawn[room, moderating] = (mark, head, panel, words.texts.get(TITLE, ""))
        return head, panel, words.texts.get(TITLE, "")

    async def _card_words(self, chat: Chat) -> CardWords:
        texts = await self.service.desk.texts(chat.id, wanted_words(chat))
        return CardWords(texts=texts, names=await self.service.people.fetch_names(wanted_people(chat)))

    async def _facts(self, chat: Chat, trouble: tuple[str, ...]) -> CardFacts:
        drafted = chat.phase in DRAFTED
        return CardFacts(
            trouble=trouble,
            moderator_link=self.links.moderator(chat.id),
            draft=await self._draft(chat) if drafted else None,
            draft_link=self.links.draft(chat.id) if drafted else None,
            summary_link=self.links.summary(chat.id) if chat.published else None,
        )

    async def _draft(self, chat: Chat) -> Summary | None:
        """Return the draft, None when none can be made: the card is there all the same."""
        try:
            return await self.service.publisher.draft(chat)
        except (SummaryUnsound, BrokenProcessPool) as error:
            log.warning("no draft", chat=chat.id, version=chat.version, kind=type(error).__name__)
            return None

    # --- what stands in it ---------------------------------------------------------------------------------

    async def history(
        self, room: RoomId, person: str | None, before: datetime | None = None, limit: int = 200
    ) -> tuple[ShownMessage | ShownPost, ...]:
        """Return the newest *limit* things said before *before*, oldest first."""
        facilitator = self.service.roster.chat_seen_in(room, await self._person(room, person))
        if facilitator is None:
            return ()
        messages = _newest(facilitator.chat, room, before, limit)
        shown: list[ShownMessage | ShownPost] = list(
            await self._messages(facilitator, room, person, messages)
        )
        shown += await self._posts(facilitator, room, before)
        return tuple(sorted(shown, key=lambda item: (item.at, item.id))[-limit:])

    def rooms(self, platform: str) -> Set[RoomId]:
        """Return every room of *platform* that some chat lives in."""
        return self.service.roster.rooms_on(platform)

    async def moderators(self, room: RoomId) -> tuple[str, ...]:
        """Return the platform ids of those who moderate the chat of *room* and are on its platform."""
        facilitator = self.service.roster.chat_in(room)
        moderators = tuple(facilitator.chat.moderators) if facilitator else ()
        await self.service.people.fetch_names(moderators)
        return tuple(id for person in moderators if (id := self._platform_id(room, person)))

    def commands(self) -> tuple[Button, ...]:
        """Return every command there is, with what it asks for, in the language of the installation."""
        return all_commands(Wording.load(self.language))

    async def message(self, room: RoomId, person: str | None, id: str) -> ShownMessage | None:
        """Return one message as it stands now, None when it is not shown (deleted, removed, never heard)."""
        for facilitator in self.service.roster.chats_in(room):
            ours = facilitator.ledger.ours.get((room, id))
            known = facilitator.chat.messages.get(ours) if ours else None
            if known is not None and known.heard is not None and not known.deleted:
                return (await self._messages(facilitator, room, person, [known]))[0]
        return None

    async def _messages(
        self, facilitator: Facilitator, room: RoomId, person: str | None, messages: Sequence[Message]
    ) -> list[ShownMessage]:
        chat, me = facilitator.chat, await self._person(room, person)
        texts = await self.service.desk.texts(chat.id, [WordKey(message.id) for message in messages])
        authors = {message.heard.author for message in messages if message.heard}
        names = await self.service.people.fetch_names(authors)
        ids = {author: self._platform_id(room, author) for author in authors}
        wording = Wording.load(chat.plan.language)
        return [
            _shown(message, texts.get(WordKey(message.id), ""), _Reader(facilitator, names, ids, me, wording))
            for message in messages
        ]

    def _platform_id(self, room: RoomId, person: PersonId) -> str:
        platform = platform_of(room)
        known = [found.id for found in self.service.people.addresses(person) if found.platform == platform]
        return known[0] if known else ""

    async def _posts(
        self, facilitator: Facilitator, room: RoomId, before: datetime | None
    ) -> list[ShownMessage | ShownPost]:
        chat = facilitator.chat
        delivered = await self.service.store.delivered(chat.id)
        shown: list[ShownMessage | ShownPost] = []
        for key, post in delivered.items():
            at = chat.posted_at.get(key)
            if post.action != "post" or post.room != room or at is None or (before and at >= before):
                continue
            where = facilitator.ledger.theirs.get(chat.posts[key])
            content = await self.service.desk.render_post(chat.id, post)
            if where is not None and content.blocks:
                shown.append(ShownPost(id=where[1], at=at, content=content))
        return shown


def _newest(chat: Chat, room: RoomId, before: datetime | None, limit: int) -> list[Message]:
    there = [
        message
        for message in chat.messages.values()
        if message.heard is not None
        and message.heard.room == room
        and not message.deleted
        and (before is None or message.heard.sent_at < before)
    ]
    return sorted(there, key=lambda message: message.order)[-limit:]


def _waits_for(chat: Chat, message: MessageId, who: PersonId) -> bool:
    known, person = chat.messages.get(message), chat.people.get(who)
    if known is None or known.heard is None or known.deleted or known.heard.author != who:
        return False
    return person is None or (person.choice is None and message not in person.choices)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Who reads, and what is needed to show them a message."""

    facilitator: Facilitator
    names: dict[PersonId, str]
    ids: dict[PersonId, str]
    me: PersonId | None
    wording: Wording


def _shown(message: Message, text: str, reader: _Reader) -> ShownMessage:
    chat, ledger, heard = reader.facilitator.chat, reader.facilitator.ledger, message.heard
    if heard is None:
        raise ValueError(f"message {message.id} was not heard")
    person = chat.people.get(heard.author)
    parent = ledger.theirs.get(heard.reply_to) if heard.reply_to else None
    return ShownMessage(
        id=ledger.theirs[message.id][1] if message.id in ledger.theirs else message.id,
        at=heard.sent_at,
        author=reader.names.get(heard.author, reader.wording.line("post.unknown-name.text")),
        author_id=reader.ids.get(heard.author, ""),
        group=group_name(reader.wording, person.group) if person and person.group else None,
        text=text,
        reply_to=parent[1] if parent else None,
        edited=message.edited_at is not None,
        moderator=heard.author in chat.moderators,
        reactions=_counts(chat, message.id, reader.me),
        badges=_badges(chat, message.id, reader.wording),
    )


def _counts(chat: Chat, message: MessageId, me: PersonId | None) -> tuple[tuple[str, int, bool], ...]:
    people: dict[str, set[PersonId]] = {}
    for (person, reaction), (_, present) in chat.reactions.get(message, {}).items():
        if present:
            people.setdefault(reaction, set()).add(person)
    return tuple((reaction, len(who), me in who) for reaction, who in people.items())


def _badges(chat: Chat, message: MessageId, wording: Wording) -> tuple[str, ...]:
    known = tags.load()
    kept = [insight.tag for insight in chat.insights.values() if message in insight.messages]
    return tuple(f"{known.emoji(tag)} {wording.line(f'tag.{tag}')}" for tag in dict.fromkeys(kept))
