"""Turns what an adapter heard into commands of the core: platform ids become ours, a text becomes a reading.

Texts go to the words table from here; nothing further in ever sees one.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from bot.core import commands as c
from bot.core.events import MessageEdited
from bot.core.names import MessageId, PersonId, RoomId, WordKey
from bot.core.reading import read
from bot.core.table import COMMANDS
from bot.errors import Refused
from bot.insights import tags
from bot.ports import (
    Heard,
    HeardCommand,
    HeardDeletion,
    HeardEcho,
    HeardEdit,
    HeardGap,
    HeardMessage,
    HeardReaction,
    Mark,
    Reply,
    Somebody,
)
from bot.runtime.directory import platform_of
from bot.runtime.draft import Draft
from bot.runtime.wishes import read_wish

TEXT_LIMIT = 40_000
"""Longest message that is kept, in code points: the most that any platform delivers (Slack)."""


def people_in(heard: Heard) -> tuple[tuple[str, str], ...]:
    """Return the platform ids that have to be looked up before *heard* can be taken."""
    platform = platform_of(heard.room)
    wanted: list[str] = []
    match heard:
        case HeardMessage():
            wanted = [heard.author.id, *heard.mentions]
        case HeardEdit():
            wanted = [*heard.mentions, *((heard.by.id,) if heard.by else ())]
        case HeardReaction():
            wanted = [heard.by.id]
        case HeardCommand():
            wanted = [heard.by.id, *(value for name, value in heard.arguments.items() if name == "person")]
        case HeardDeletion():
            wanted = [heard.by.id] if heard.by else []
        case HeardEcho() | HeardGap():
            pass
    return tuple((platform, id) for id in wanted)


def take(heard: Heard, draft: Draft, at: datetime) -> Reply:
    """Carry *heard* into *draft* and return what its maker is told. Raises: Refused, with nothing changed."""
    if _is_of_something_erased(heard, draft):
        return Reply()
    return _TAKE[type(heard)](heard, draft, at)


def _meet(
    draft: Draft, room: RoomId, somebody: Somebody, at: datetime, generation: int | None = None
) -> PersonId:
    """Return our id for *somebody*, noting who they are. Raises: Refused for a moderator's link gone stale."""
    person, returning = draft.person(room, somebody)
    # First the role, then the greeting: a moderator is not told how to take part.
    if generation is not None or (somebody.may_moderate and person not in draft.chat.moderators):
        draft.carry(c.Appoint(at=at, person=person, generation=generation))
    known = draft.chat.people.get(person)
    if known is None or known.room is None or (somebody.group and known.group != somebody.group):
        group = somebody.group if somebody.group in draft.chat.plan.groups else None
        draft.carry(
            c.Meet(at=at, person=person, room=room, group=group, returning=returning, bot=somebody.bot)
        )
    return person


def _message(heard: HeardMessage, draft: Draft, at: datetime) -> Reply:
    if (heard.room, heard.id) not in draft.ledger.ours:
        _room_must_be_open(draft, heard.at)
    if draft.chat.may_be_forgotten(_known(draft, heard.room, heard.author), heard.at):
        return Reply()
    author = _meet(draft, heard.room, heard.author, at)
    message = draft.message(heard.room, heard.id, author)
    reply_to = draft.message(heard.room, heard.reply_to) if heard.reply_to else None
    thread = draft.message(heard.room, heard.thread) if heard.thread else None
    text = heard.text[:TEXT_LIMIT]
    events = draft.carry(
        c.Hear(
            at=at,
            message=message,
            room=heard.room,
            author=author,
            sent_at=heard.at,
            sequence=heard.sequence,
            reply_to=reply_to,
            thread=thread,
            reading=read(text, mentions=_mentioned(draft, heard.room, heard.mentions)),
        )
    )
    if events and not draft.chat.message(message).deleted:
        draft.keep_words(WordKey(message), text, author)
    draft.heard_up_to(heard.room, heard.at, heard.id)
    return Reply(message=message)


def _room_must_be_open(draft: Draft, at: datetime) -> None:
    """Return when messages were taken at *at*. Raises: Refused, as too early or too late."""
    if not draft.chat.was_open(at):
        early = draft.chat.entered.keys().isdisjoint({"after-hour"})
        raise Refused("refused.room-not-open" if early else "refused.room-closed")


def _was_heard(draft: Draft, room: RoomId, id: str) -> bool:
    """Return whether the message itself was heard. An id alone proves nothing: somebody may have replied to it."""
    known = draft.ledger.ours.get((room, id))
    return known is not None and draft.chat.message(known).heard is not None


def _is_of_something_erased(heard: Heard, draft: Draft) -> bool:
    """Return whether *heard* may be about a message that was erased with its author: it is not stored again.

    What only overtook its message is told again when the room is read back.
    """
    match heard:
        case HeardReaction() | HeardEdit(by=None) | HeardDeletion(by=None):
            return draft.chat.forgotten_until is not None and not _was_heard(draft, heard.room, heard.id)
        case _:
            return False


def _known(draft: Draft, room: RoomId, somebody: Somebody) -> PersonId | None:
    """Return our id for *somebody* if we have one already."""
    key = (platform_of(room), somebody.id)
    known = draft.met.get(key) or draft.people.known(*key)
    return known.person if known else None


def _mentioned(draft: Draft, room: RoomId, mentions: tuple[str, ...]) -> tuple[PersonId, ...]:
    platform = platform_of(room)
    known = [draft.met.get((platform, id)) or draft.people.known(platform, id) for id in mentions]
    return tuple(dict.fromkeys(somebody.person for somebody in known if somebody))


def _edit(heard: HeardEdit, draft: Draft, at: datetime) -> Reply:
    if not _was_heard(draft, heard.room, heard.id):
        # It may overtake its message; but what was refused in a closed room must not come in by another door.
        _room_must_be_open(draft, heard.at)
    by = _meet(draft, heard.room, heard.by, at) if heard.by else None
    message = _theirs(draft, heard.room, heard.id, by)
    text = heard.text[:TEXT_LIMIT]
    reading = read(text, mentions=_mentioned(draft, heard.room, heard.mentions))
    for event in draft.carry(c.HearEdit(at=at, message=message, edited_at=heard.at, reading=reading, by=by)):
        if isinstance(event, MessageEdited) and not draft.chat.message(message).deleted:
            known = draft.chat.message(message).heard
            author = known.author if known else None
            draft.keep_words(WordKey(message), text, author, event.revision)
    return Reply(message=message)


def _theirs(draft: Draft, room: RoomId, id: str, by: PersonId | None) -> MessageId:
    """Return the message a change is about. Raises: Refused when a person names one that nobody has heard of."""
    if by is not None and (room, id) not in draft.ledger.ours:
        raise Refused("refused.no-such-message")
    return draft.message(room, id)


def _deletion(heard: HeardDeletion, draft: Draft, at: datetime) -> Reply:
    by = _meet(draft, heard.room, heard.by, at) if heard.by else None
    message = _theirs(draft, heard.room, heard.id, by)
    draft.carry(c.HearDeletion(at=at, message=message, by=by))
    return Reply(message=message)


def _reaction(heard: HeardReaction, draft: Draft, at: datetime) -> Reply:
    person = _meet(draft, heard.room, heard.by, at)
    tag = tags.load().of_reaction(heard.reaction)
    draft.carry(
        c.HearReaction(
            at=at,
            message=draft.message(heard.room, heard.id),
            person=person,
            reaction=heard.reaction[:40],
            tag=tag.id if tag else None,
            present=heard.present,
            reacted_at=heard.at,
        )
    )
    return Reply()


def _command(heard: HeardCommand, draft: Draft, at: datetime) -> Reply:
    # A link that was replaced takes from nobody what everybody may: to choose, and to be forgotten.
    proof = None if _is_everyones(heard.command) else heard.generation
    person = _meet(draft, heard.room, heard.by, at, proof)
    if heard.command == "moderate":  # showing the link is all there is to it
        return Reply()
    if _is_known(heard, draft):
        return Reply(text=f"done.{heard.command}")
    wish = read_wish(heard, person, at, draft)
    if draft.carry(wish.command):
        for key, text in wish.words:
            draft.keep_words(key, text, person)
    if heard.id:
        draft.message(heard.room, _GESTURE + heard.id, person)
    return Reply(text=f"done.{heard.command}")


_GESTURE = "gesture/"  # no platform's message has such an id


def _is_known(heard: HeardCommand, draft: Draft) -> bool:
    """Return whether a command was done already: platforms tell some things twice, and "next" twice is two steps."""
    return bool(heard.id) and (heard.room, _GESTURE + heard.id) in draft.ledger.ours


def _is_everyones(command: str) -> bool:
    row = COMMANDS.get(command)
    return row is not None and row.who == "everyone"


def _echo(heard: HeardEcho, draft: Draft, at: datetime) -> Reply:
    message = draft.message(heard.room, heard.id)
    draft.carry(c.NoteDelivery(at=at, key=heard.key, room=heard.room, message=message, posted_at=heard.at))
    draft.marks.append(Mark(key=heard.key, state="posted", at=at, id=heard.id, via="echo"))
    return Reply(message=message)


def _gap(heard: HeardGap, draft: Draft, at: datetime) -> Reply:
    since = heard.since or heard.until
    draft.carry(c.NoteGap(at=at, room=heard.room, since=since, until=heard.until))
    return Reply()


# `Any`: each function takes its own kind of what is heard.
_TAKE: dict[type, Callable[[Any, Draft, datetime], Reply]] = {
    HeardMessage: _message,
    HeardEdit: _edit,
    HeardDeletion: _deletion,
    HeardReaction: _reaction,
    HeardCommand: _command,
    HeardEcho: _echo,
    HeardGap: _gap,
}
