"""What became of our own posts: delivered, failed, in doubt, settled by a moderator, or there twice."""

from bot.core import commands as c
from bot.core import events as e
from bot.core.chat import Chat
from bot.errors import Refused


def note_delivery(chat: Chat, command: c.NoteDelivery) -> tuple[e.Event, ...]:
    """Return that our post stands; the same receipt again changes nothing, another one is a second copy."""
    if command.key in chat.posts:
        return _note_double(chat, command)
    return (
        e.PostDelivered(
            at=command.at,
            key=command.key,
            room=command.room,
            message=command.message,
            posted_at=command.posted_at,
        ),
    )


def _note_double(chat: Chat, command: c.NoteDelivery) -> tuple[e.Event, ...]:
    if command.message in chat.own or command.message in chat.doubles:
        return ()
    return (e.PostDoubled(at=command.at, key=command.key, room=command.room, message=command.message),)


def note_failure(chat: Chat, command: c.NoteFailure) -> tuple[e.Event, ...]:
    """Return that our post will not appear."""
    if command.key in chat.posts or command.key in chat.failed:
        return ()
    return (e.PostFailed(at=command.at, key=command.key, room=command.room, reason=command.reason),)


def note_doubt(chat: Chat, command: c.NoteDoubt) -> tuple[e.Event, ...]:
    """Return that the moderators are asked about a post; they are asked once."""
    if command.key in chat.posts or command.key in chat.in_doubt:
        return ()
    return (e.PostInDoubt(at=command.at, key=command.key, room=command.room, since=command.since),)


def settle_post(chat: Chat, command: c.SettlePost) -> tuple[e.Event, ...]:
    """Return what a moderator said of a post in doubt. Raises: Refused when it is in doubt no more."""
    doubt = chat.in_doubt.get(command.key)
    if doubt is None:
        raise Refused("refused.not-in-doubt")
    settled = e.PostSettled(
        at=command.at, key=command.key, room=doubt.room, answer=command.answer, by=command.by
    )
    return (settled,)
