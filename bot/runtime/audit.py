"""Holds everything a store keeps against what its logs say: words, sightings, posts and published summaries.

Each check names the places where the two differ. Places are ids and numbers, never words or names.
"""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from bot.core.apply import replay
from bot.core.chat import Chat, Message
from bot.core.events import Event
from bot.core.names import ChatId, PersonId, PostKey, WordKey
from bot.core.posts import Post
from bot.core.react import part_key
from bot.errors import StoreUnusable, SummaryUnsound
from bot.ports import ChatRow, Sighting, Store, StoredText
from bot.runtime import restored
from bot.runtime.composer import read_texts
from bot.summary.check import check, check_rendered
from bot.summary.compose import recompose
from bot.summary.texts import Texts

GESTURE = "gesture/"
"""What the ids of commands begin with, which are noted among the messages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that does not fit. *check*: which rule, *place*: where."""

    check: str
    chat: ChatId
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Everything a store keeps of one chat, and the chat that its log tells.

    undone: posts still to be sent. was_restored: it is older than a backup that was put back, so that posts and
    receipts may have been lost with the hours between.
    """

    chat: Chat
    sightings: tuple[Sighting, ...]
    stored: tuple[StoredText, ...]
    texts: Texts
    posted: Mapping[PostKey, Post]
    undone: frozenset[PostKey]
    was_restored: bool

    def standing(self) -> Iterator[Message]:
        """Give every message that stands, of people who were not forgotten."""
        for message in self.chat.messages.values():
            if message.heard and not message.deleted and not self.is_forgotten(message.heard.author):
                yield message

    def is_forgotten(self, person: PersonId | None) -> bool:
        """Return whether *person* asked to be forgotten."""
        known = self.chat.people.get(person) if person else None
        return known is not None and known.forgotten


async def audit(store: Store) -> AsyncIterator[tuple[ChatId, tuple[Finding, ...]]]:
    """Give every chat of *store* with what does not fit in it, one after the other. Raises: StoreTrouble."""
    put_back = await restored.read(store)
    for row in await store.chats():
        found = await _findings(store, row, put_back)
        # A bot that runs writes between two looks of ours: what does not fit must not fit twice.
        again = await _findings(store, await _now(store, row), put_back) if found else []
        yield row.chat, tuple(finding for finding in found if finding in again)


async def _now(store: Store, row: ChatRow) -> ChatRow:
    return next((now for now in await store.chats() if now.chat == row.chat), row)


async def _findings(store: Store, row: ChatRow, put_back: restored.Restored | None) -> list[Finding]:
    finding = partial(Finding, chat=row.chat)
    try:
        chat = replay(await _whole_log(store, row))
        sightings = (await store.load(row.chat)).sightings
    except (StoreUnusable, ValueError, LookupError) as broken:
        what = str(broken) if isinstance(broken, _Hole) else type(broken).__name__
        return [finding(check="log", place=what)]
    kept = Kept(
        chat=chat,
        sightings=sightings,
        stored=await store.words(row.chat),
        texts=await read_texts(store, chat),
        posted=await store.delivered(row.chat),
        undone=frozenset(unsent.post.key for unsent in await store.unsent() if unsent.chat == row.chat),
        was_restored=put_back is not None and chat.planned_at <= put_back.at,
    )
    return [finding(check=name, place=place) for name, look in CHECKS.items() for place in look(kept)]


class _Hole(ValueError):
    """Events are missing, or too many; says how many."""


async def _whole_log(store: Store, row: ChatRow) -> tuple[Event, ...]:
    """Return the log up to its version, all of it at once: pages would close over a hole. Raises: _Hole."""
    events = await store.events(row.chat, 0, row.version + 1)
    if len(events) == row.version or len(events) > row.version < (await _now(store, row)).version:
        return events[: row.version]
    raise _Hole(f"version {row.version}, events {len(events)}")


def _log(kept: Kept) -> Iterator[str]:
    """A log that can be replayed was found whole already."""
    yield from ()


def _receipts(kept: Kept) -> Iterator[str]:
    """Every public post that is done has its receipt in the log, or the word of a moderator who saw it."""
    for key, post in kept.posted.items():
        if post.action == "post" and key not in kept.chat.posts and kept.chat.settled.get(key) != "there":
            yield key


def _rows(kept: Kept) -> Iterator[str]:
    """Every receipt in the log has its post in the outbox, done."""
    for key in kept.chat.posts:
        if key in kept.undone or (key not in kept.posted and not kept.was_restored):
            yield key


def _sightings(kept: Kept) -> Iterator[str]:
    """Every platform id leads to a message of the log, and every message that stands has one."""
    known = {*kept.chat.messages, *kept.chat.own, *kept.chat.doubles}
    for sighting in kept.sightings:
        if sighting.message not in known and not sighting.id.startswith(GESTURE):
            yield sighting.message
    seen = {sighting.message for sighting in kept.sightings}
    yield from (message.id for message in kept.standing() if message.id not in seen)


def _words(kept: Kept) -> Iterator[str]:
    """Every message that stands has the words of its newest revision."""
    for message in kept.standing():
        if kept.texts.revision(message.id, message.revision) is None:
            yield f"{message.id}, revision {message.revision}"


def _erased(kept: Kept) -> Iterator[str]:
    """Nothing is left of what was deleted, nor of people who asked to be forgotten."""
    deleted = {WordKey(message.id) for message in kept.chat.messages.values() if message.deleted}
    for text in kept.stored:
        if text.key in deleted or kept.is_forgotten(text.person):
            yield text.key
    yield from (person for person in kept.texts.names if kept.is_forgotten(person))


def _summary(kept: Kept) -> Iterator[str]:
    """A published summary says what the store bears out, in every form."""
    published = kept.chat.published
    if published is None:
        return
    try:
        summary = recompose(published.selection, kept.chat, kept.texts, edition="public")
    except SummaryUnsound as unsound:
        yield from unsound.entries
        return
    for problem in (*check(summary, kept.texts, kept.chat), *check_rendered(summary)):
        yield f"{problem.entry} ({problem.what})"


def _parts(kept: Kept) -> Iterator[str]:
    """Every part of a published summary was posted, is still to be, or was given up and told."""
    published, chat = kept.chat.published, kept.chat
    known = {*kept.posted, *kept.undone, *chat.posts, *chat.failed, *chat.settled}
    for room in chat.plan.rooms if published else ():
        for part in range(1, chat.parts + 1):
            key = part_key(chat, chat.editions, part, room)
            if key not in known:
                yield key


CHECKS: Mapping[str, Callable[[Kept], Iterator[str]]] = {
    "log": _log,
    "receipts": _receipts,
    "rows": _rows,
    "sightings": _sightings,
    "words": _words,
    "erased": _erased,
    "summary": _summary,
    "parts": _parts,
}
"""What is held against what, in the order in which it is told."""
