"""Turns the messages of one Slack channel into entries."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from bot.errors import BadInput
from bot.transcripts.entry import NOTHING, Author, Entry, sequence_of
from bot.transcripts.fields import Fields, part, parts, word
from bot.transcripts.moment import of_epoch
from bot.transcripts.readers.slack_text import Names, plain
from bot.transcripts.source import LogFile, document

# Without a subtype, or with one of these, people (or their bots) said something.
_SAID = frozenset({"", "me_message", "thread_broadcast", "file_share", "bot_message"})


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel's part of an export."""

    name: str
    prefix: str  # stands before each id where several channels are read: Slack's ids count per channel
    people: Mapping[str, Author]
    names: Names


def entries(file: LogFile, channel: Channel) -> Iterator[Entry]:
    """Yield what *file*, one day of *channel*, tells. Raises: BadInput."""
    for number, message in enumerate(objects(document(file), file.name), 1):
        place = f"{file.name}: message {number}"
        subtype = word(message, "subtype")
        if subtype in _SAID and message.get("type", "message") == "message":
            yield from _said(message, channel, place)
        elif subtype == "message_changed":
            yield from _changed(message, channel, place)
        elif subtype == "message_deleted":
            yield _deleted(message, channel, place)


def _said(message: Fields, channel: Channel, place: str) -> Iterator[Entry]:
    ts, thread = _ts(message, "ts", place), word(message, "thread_ts")
    parent = channel.prefix + thread if thread and thread != ts else None
    entry = Entry(
        kind="message",
        id=channel.prefix + ts,
        at=of_epoch(ts, place),
        author=_author(message, channel),
        sequence=sequence_of(ts),
        room=channel.name,
        text=plain(word(message, "text"), channel.names),
        reply_to=parent,
        thread=parent,
        arguments=_extras(message),
        place=place,
        bot=_is_bot(message),
    )
    yield entry
    yield from _edit(message, entry, channel)
    yield from _reactions(message, entry, channel)


def _edit(message: Fields, entry: Entry, channel: Channel) -> Iterator[Entry]:
    edited = part(message, "edited")
    if edited:
        at = of_epoch(_ts(edited, "ts", entry.place), entry.place)
        editor = _known(word(edited, "user"), channel) or entry.author
        yield replace(entry, kind="edit", at=at, author=editor, arguments=NOTHING)


def _changed(message: Fields, channel: Channel, place: str) -> Iterator[Entry]:
    """Yield the edit that an export with its history holds: the new wording of an older message."""
    new = part(message, "message")
    if new:
        said = next(_said(new, channel, place))
        yield replace(said, kind="edit", at=of_epoch(_ts(message, "ts", place), place), arguments=NOTHING)


def _deleted(message: Fields, channel: Channel, place: str) -> Entry:
    gone = part(message, "original") or part(message, "previous_message")
    ts = _ts(gone or {"ts": message.get("deleted_ts")}, "ts", place)
    return Entry(
        kind="delete",
        id=channel.prefix + ts,
        at=of_epoch(_ts(message, "ts", place), place),
        author=_known(word(message, "user"), channel),
        sequence=sequence_of(ts),
        room=channel.name,
        place=place,
    )


def _reactions(message: Fields, entry: Entry, channel: Channel) -> Iterator[Entry]:
    for reaction in parts(message, "reactions"):
        users = reaction.get("users")
        for user in users if isinstance(users, list) else []:
            yield Entry(
                kind="reaction",
                id=entry.id,
                at=entry.at,
                author=_known(str(user), channel) or Author(id=str(user), name=str(user)),
                sequence=entry.sequence,
                room=entry.room,
                reaction=word(reaction, "name"),
                place=entry.place,
            )


def _author(message: Fields, channel: Channel) -> Author:
    user = word(message, "user") or word(message, "bot_id") or "unknown"
    profile = part(message, "user_profile") or part(message, "bot_profile")
    name = called(profile) or word(message, "username") or user
    return _known(user, channel) or Author(id=user, name=name)


def _known(user: str, channel: Channel) -> Author | None:
    return channel.people.get(user)


def _is_bot(message: Fields) -> bool:
    return bool(message.get("bot_id")) or message.get("subtype") == "bot_message"


def _extras(message: Fields) -> Mapping[str, str]:
    """Return what came with the words: names of files, and that it was an action."""
    names = [word(file, "name") or word(file, "title") for file in parts(message, "files")]
    extras = {"attachments": ", ".join(name for name in names if name)}
    extras["action"] = "yes" if message.get("subtype") == "me_message" else ""
    return {key: value for key, value in extras.items() if value} or NOTHING


def _ts(fields: Fields, key: str, place: str) -> str:
    ts = word(fields, key)
    of_epoch(ts, place)
    return ts


def called(known: Fields) -> str:
    """Return the name of a person that others saw, "" when *known* holds none."""
    return next((word(known, key) for key in ("display_name", "real_name", "name") if known.get(key)), "")


def objects(given: object, place: str) -> list[Fields]:
    """Return *given*, a list of objects. Raises: BadInput when it is anything else."""
    if isinstance(given, list) and all(isinstance(each, dict) for each in given):
        return given
    raise BadInput("This is not how Slack writes an export.", place=place, fix="Export it again from Slack.")
