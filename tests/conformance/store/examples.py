"""Small batches to fill stores with: a fictional chat of a fictional hour."""

from datetime import UTC, datetime, timedelta

from bot.core.events import MessageHeard, PersonForgotten
from bot.core.names import ChatId, MessageId, PersonId, PostKey, RoomId, WordKey
from bot.core.posts import Lane, NameRef, Post, WordRef
from bot.core.reading import Reading
from bot.ports import Acquaintance, Batch, Mark, PostState, Sighting, Words

CHAT = ChatId("c-7d1e")
OTHER_CHAT = ChatId("c-5b02")
ROOM = RoomId("local/main")
OTHER_ROOM = RoomId("local/garden")
ANN = PersonId("p-0f3a")
BEN = PersonId("p-9b2e")
BEGIN = datetime(2026, 12, 3, 19, 0, 0, 250_001, tzinfo=UTC)


def minute(number: int) -> datetime:
    """Return the time *number* minutes into the hour."""
    return BEGIN + timedelta(minutes=number)


def heard(number: int, author: PersonId = ANN) -> MessageHeard:
    """Return the event of message *number*."""
    return MessageHeard(
        at=minute(number),
        message=message(number),
        room=ROOM,
        author=author,
        sent_at=minute(number) - timedelta(microseconds=1),
        reading=Reading(length=12, answers=(1, 2), mentions=(BEN,)),
    )


def message(number: int) -> MessageId:
    """Return our name for message *number*."""
    return MessageId(f"m-{number}")


def events(*numbers: int, chat: ChatId = CHAT, expected: int = 0, epoch: int = 0) -> Batch:
    """Return a batch of messages, nothing beside the log."""
    return Batch(chat=chat, expected=expected, epoch=epoch, events=tuple(map(heard, numbers)))


def said(number: int, text: str, *, author: PersonId = ANN, revision: int = 0) -> Words:
    """Return the words of message *number*."""
    return Words(key=WordKey(message(number)), revision=revision, text=text, person=author)


def seen(number: int, author: PersonId = ANN, *, as_message: int | None = None) -> Sighting:
    """Return that the platform's message *number* is ours of the same number, or another."""
    ours = message(number if as_message is None else as_message)
    return Sighting(room=ROOM, id=f"x{number}", message=ours, person=author)


def met(
    person: PersonId = ANN, name: str = "Ann", *, at: datetime = BEGIN, id: str = "u-ann"
) -> Acquaintance:
    """Return somebody with a name."""
    return Acquaintance(person=person, platform="local", id=id, name=name, at=at)


def post(key: str, *, room: RoomId = ROOM, lane: Lane = "once", minutes: int = 8) -> Post:
    """Return a post with an argument of each type."""
    return Post(
        key=PostKey(key),
        room=room,
        line="question",
        arguments={
            "number": 2,
            "share": 0.5,
            "at": minute(minutes),
            "hashtag": "#hcchat",
            "text": WordRef(key=WordKey("question/q2")),
            "names": (NameRef(person=ANN), NameRef(person=BEN)),
        },
        lane=lane,
        target="m-1",
    )


def mark(key: str, state: PostState, minutes: int = 8, *, revision: int | None = None) -> Mark:
    """Return that a row came to *state*."""
    return Mark(key=PostKey(key), state=state, at=minute(minutes), revision=revision)


def forgotten(person: PersonId = ANN) -> PersonForgotten:
    """Return that somebody asked to be forgotten."""
    return PersonForgotten(at=minute(50), person=person)
