"""Reads what DiscordChatExporter writes as JSON: one file for one channel or thread.

It holds only the last wording of an edited message, and no times of reactions.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from bot.errors import BadInput
from bot.transcripts.entry import NOTHING, Author, Entry, sequence_of
from bot.transcripts.fields import Fields, part, parts, word
from bot.transcripts.moment import moment
from bot.transcripts.source import LogFile, Reading, document

# Kinds of messages that people wrote, newer ones by number; all others are the platform's own.
_SAID = frozenset({"Default", "Reply", "0", "19", "20", "23"})
_MENTION = re.compile(r"<@!?(\d+)>")
_EMOJI = re.compile(r"<a?(:\w+:)\d+>")
_MODERATORS = frozenset({"moderator", "moderators", "mod", "mods", "host", "hosts"})
_REACTION_TIMES = "Discord does not tell when people reacted: each reaction has its message's time."
_UNNAMED = "Some reactions are only counted: export with their users to know who reacted."


def read(file: LogFile) -> Reading:
    """Return the entries of *file*. Raises: BadInput when it is cut off or of another shape."""
    export = document(file)
    messages = export.get("messages") if isinstance(export, dict) else None
    if not isinstance(messages, list) or not all(isinstance(message, dict) for message in messages):
        fix = "Export the channel again with the format JSON."
        raise BadInput("This is not what DiscordChatExporter writes.", place=file.name, fix=fix)
    room = word(part(export, "channel"), "name") or "room"
    entries, notes = list[Entry](), dict[str, None]()
    for number, message in enumerate(messages, 1):
        if word(message, "type") not in _SAID and message.get("type") is not None:
            continue
        said = _said(message, room, f"{file.name}: message {number}")
        entries.append(said)
        entries.extend(_edit(message, said))
        entries.extend(_reactions(message, said, notes))
    return Reading(tuple(entries), tuple(notes))


def _said(message: Fields, room: str, place: str) -> Entry:
    number = word(message, "id")
    if not number:
        raise BadInput("This message has no id.", place=place, fix="Export the channel again.")
    author = part(message, "author")
    return Entry(
        kind="message",
        id=number,
        at=moment(message.get("timestamp"), place),
        author=_author(author),
        sequence=sequence_of(number),
        room=room,
        text=_plain(message),
        reply_to=word(part(message, "reference"), "messageId") or None,
        arguments=_attached(message),
        place=place,
        bot=author.get("isBot") is True,
    )


def _edit(message: Fields, said: Entry) -> Iterator[Entry]:
    if message.get("timestampEdited"):
        at = moment(message.get("timestampEdited"), said.place)
        yield replace(said, kind="edit", at=at, arguments=NOTHING)


def _reactions(message: Fields, said: Entry, notes: dict[str, None]) -> Iterator[Entry]:
    for reaction in parts(message, "reactions"):
        users = parts(reaction, "users")
        notes[_REACTION_TIMES if users else _UNNAMED] = None
        for user in users:
            yield Entry(
                kind="reaction",
                id=said.id,
                at=said.at,
                author=_author(user),
                sequence=said.sequence,
                room=said.room,
                reaction=word(part(reaction, "emoji"), "name"),
                place=said.place,
                bot=user.get("isBot") is True,
            )


def _author(user: Fields) -> Author:
    known_as = word(user, "id") or "unknown"
    roles = {word(role, "name").lower() for role in parts(user, "roles")}
    name = word(user, "nickname") or word(user, "name") or known_as
    return Author(id=known_as, name=name, role="moderator" if roles & _MODERATORS else None)


def _plain(message: Fields) -> str:
    """Return the words as people saw them; exports "without markdown" still hold ids in them."""
    text = word(message, "content")
    if "<" not in text:
        return text
    people = {word(user, "id"): _author(user).name for user in parts(message, "mentions")}
    named = _MENTION.sub(lambda found: "@" + people.get(found[1], found[1]), text)
    return _EMOJI.sub(r"\1", named)


def _attached(message: Fields) -> Mapping[str, str]:
    names = [word(file, "fileName") for file in parts(message, "attachments")]
    return {"attachments": ", ".join(name for name in names if name)} if any(names) else NOTHING
