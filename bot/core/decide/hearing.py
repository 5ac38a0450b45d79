"""What is heard: people, messages, edits, deletions, reactions, and what became of our own posts.

Deliveries come late, doubled and out of order; a second hearing changes nothing.
"""

from datetime import datetime

from bot.core import commands as c
from bot.core import events as e
from bot.core.apply import is_newer
from bot.core.chat import Chat
from bot.core.decide.keeping import ask_consent, author_of, insight_id, is_kept, why_not
from bot.core.names import MessageId, PersonId
from bot.core.phases import PHASES, Phase
from bot.errors import Refused


def meet(chat: Chat, command: c.Meet) -> tuple[e.Event, ...]:
    """Return that somebody is here, the first time, or that they now speak for a group."""
    known = chat.people.get(command.person)
    if known is not None and known.room is not None and command.group in (None, known.group):
        return ()
    return (
        e.PersonJoined(
            at=command.at,
            person=command.person,
            room=command.room,
            group=command.group,
            returning=command.returning,
            bot=command.bot,
        ),
    )


def hear(chat: Chat, command: c.Hear) -> tuple[e.Event, ...]:
    """Return that a message was written. Raises: Refused while the room is closed, or to somebody muted."""
    if chat.message(command.message).heard is not None:
        return ()
    _room_must_be_open(chat, command.sent_at)
    must_not_be_muted(chat, command.author)
    heard = e.MessageHeard(
        at=command.at,
        message=command.message,
        room=command.room,
        author=command.author,
        sent_at=command.sent_at,
        sequence=command.sequence,
        reply_to=command.reply_to,
        thread=command.thread,
        reading=command.reading,
    )
    # A moderator's reaction may overtake the message that it keeps.
    kept = chat.plan.quoting == "ask" and is_kept(chat, command.message)
    return (heard, *(ask_consent(chat, command.at, command.message, command.author) if kept else ()))


def _room_must_be_open(chat: Chat, sent_at: datetime) -> None:
    if chat.was_open(sent_at):
        return
    early = chat.phase in (Phase.DRAFT, Phase.ANNOUNCED, Phase.MISSED)
    raise Refused("refused.room-not-open" if early else "refused.room-closed")


def must_not_be_muted(chat: Chat, person: PersonId) -> None:
    """Return when *person* may write. Raises: Refused when a moderator asked them to pause."""
    if chat.person(person).muted:
        raise Refused("refused.muted")


def revision_of(edited_at: datetime) -> int:
    """Return the number of the revision made at *edited_at*: its time, so that the order of hearing does not matter."""
    return int(edited_at.timestamp() * 1000)


def hear_edit(chat: Chat, command: c.HearEdit) -> tuple[e.Event, ...]:
    """Return that a message reads otherwise now; an older or repeated edit changes nothing.

    Raises: Refused when somebody else than its author did it.
    """
    known = chat.message(command.message)
    if command.by is not None and command.by != author_of(chat, command.message):
        raise Refused("refused.not-yours")
    # Of a deleted message too: its place among the answers must not depend on what was heard first.
    if known.edited_at is not None and command.edited_at <= known.edited_at:
        return ()
    return (
        e.MessageEdited(
            at=command.at,
            message=command.message,
            edited_at=command.edited_at,
            revision=revision_of(command.edited_at),
            reading=command.reading,
        ),
    )


def hear_deletion(chat: Chat, command: c.HearDeletion) -> tuple[e.Event, ...]:
    """Return that a message is gone, from a published summary too. Raises: Refused for somebody else's message."""
    may = (
        command.by is None or command.by in chat.moderators or command.by == author_of(chat, command.message)
    )
    if not may:
        raise Refused("refused.not-yours")
    if chat.message(command.message).deleted:
        return ()
    gone = e.MessageDeleted(at=command.at, message=command.message, by=command.by)
    return (gone, *amended(chat, command.at, (command.message,), "deleted"))


def amended(
    chat: Chat, at: datetime, messages: tuple[MessageId, ...], reason: e.Withdrawal
) -> tuple[e.Event, ...]:
    """Return that the published summary loses the lines it quotes of *messages*; nothing when it quotes none."""
    if chat.published is None:
        return ()
    quoted = {quote.message for quote in chat.published.selection.quotes}
    lost = tuple(message for message in messages if message in quoted and message not in chat.amended)
    if not lost:
        return ()
    return (e.SummaryAmended(at=at, edition=chat.published.edition, messages=lost, reason=reason),)


def shown_anew(chat: Chat, at: datetime, messages: tuple[MessageId, ...]) -> tuple[e.Event, ...]:
    """Return that the published summary shows *messages* again, or under another name; nothing for what is gone."""
    if chat.published is None:
        return ()
    named = {quote.message for quote in chat.published.selection.quotes if quote.quoted_as == "named"}
    wanted = named | chat.amended
    there = tuple(one for one in messages if one in wanted and not chat.message(one).deleted)
    if not there:
        return ()
    return (e.SummaryAmended(at=at, edition=chat.published.edition, messages=there, reason="allowed"),)


def hear_reaction(chat: Chat, command: c.HearReaction) -> tuple[e.Event, ...]:
    """Return the reaction; a moderator's, standing for a tag, keeps the line as well."""
    if not PHASES[chat.phase].talking and chat.phase is not Phase.REVIEW:
        raise Refused("refused.not-now")
    name = command.tag or command.reaction
    known = chat.reactions.get(command.message, {}).get((command.person, name))
    if known is not None and not is_newer(command.reacted_at, command.present, known):
        return ()
    reacted = e.Reacted(
        at=command.at,
        message=command.message,
        person=command.person,
        reaction=name,
        present=command.present,
        reacted_at=command.reacted_at,
    )
    return (reacted, *_kept_by_reaction(chat, command))


def _kept_by_reaction(chat: Chat, command: c.HearReaction) -> tuple[e.Event, ...]:
    if command.tag is None or not command.present or command.person not in chat.moderators:
        return ()
    insight = insight_id(command.message, command.tag)
    if insight in chat.insights or why_not(chat, command.message):
        return ()
    kept = e.InsightKept(
        at=command.at, insight=insight, message=command.message, tag=command.tag, by=command.person
    )
    return (kept, *ask_consent(chat, command.at, command.message, author_of(chat, command.message)))


def note_gap(chat: Chat, command: c.NoteGap) -> tuple[e.Event, ...]:
    """Return that a room could not be heard; told twice it was one gap."""
    if any(
        (gap.room, gap.since, gap.until) == (command.room, command.since, command.until) for gap in chat.gaps
    ):
        return ()
    return (
        e.GapNoticed(
            at=command.at, room=command.room, since=command.since, until=command.until, filled=command.filled
        ),
    )
