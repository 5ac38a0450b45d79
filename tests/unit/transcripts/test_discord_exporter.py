"""DiscordChatExporter's JSON: messages, replies, edits, reactions."""

import json

import pytest

from bot.errors import BadInput
from bot.transcripts import Author, Transcript, read_content

ANNA = {
    "id": "11",
    "name": "anna",
    "nickname": "Anna R.",
    "isBot": False,
    "roles": [{"id": "1", "name": "Moderator"}],
}
BEN = {"id": "12", "name": "ben", "nickname": "", "roles": []}
HELLO = {
    "id": "1446",
    "type": "Default",
    "timestamp": "2026-12-03T19:00:05.25+00:00",
    "content": "hello",
    "author": ANNA,
}


def export(*messages: object) -> bytes:
    """Return an export of the channel hcchat, printed over many lines as the program does."""
    channel = {"id": "7", "type": "GuildTextChat", "name": "hcchat"}
    whole = {"guild": {"id": "1", "name": "HC"}, "channel": channel, "messages": list(messages)}
    return json.dumps(whole, indent=2).encode()


def read(*messages: object) -> Transcript:
    """Return what an export of *messages* says."""
    return read_content(export(*messages), name="hcchat.json")


def test_a_message_is_read_with_its_person_and_room() -> None:
    """The name is the one people saw in that server; a moderator's role is known."""
    log = read(HELLO)
    (entry,) = log.entries

    assert (log.format, entry.id, entry.sequence, entry.room) == ("discord", "1446", 1446, "hcchat")
    assert entry.at.isoformat() == "2026-12-03T19:00:05.250000+00:00"
    assert (entry.author, entry.text) == (Author(id="11", name="Anna R.", role="moderator"), "hello")


def test_a_reply_names_its_message() -> None:
    """Discord's own replies are the surest sign of what an answer answers."""
    reply = {**HELLO, "id": "1447", "type": "Reply", "author": BEN, "reference": {"messageId": "1446"}}

    entry = read(HELLO, reply).entries[1]

    assert (entry.reply_to, entry.author) == ("1446", Author(id="12", name="ben"))


def test_an_edited_message_is_followed_by_its_edit() -> None:
    """The export holds only the last wording, and when it was written."""
    edit = read({**HELLO, "timestampEdited": "2026-12-03T20:01:00+01:00"}).entries[1]

    assert (edit.kind, edit.id, edit.text, f"{edit.at:%H:%M}") == ("edit", "1446", "hello", "19:01")


def test_reactions_are_counted_by_person() -> None:
    """Each person's reaction is one; what is only counted is told."""
    named = {"emoji": {"id": "", "name": "💡"}, "count": 2, "users": [BEN, {**ANNA, "isBot": True}]}
    counted = {"emoji": {"name": "❤️"}, "count": 3}

    log = read({**HELLO, "reactions": [named]}, {**HELLO, "reactions": [counted]})

    assert [(entry.reaction, entry.author and entry.author.name, entry.bot) for entry in log.entries[1:]] == [
        ("💡", "ben", False),
        ("💡", "Anna R.", True),
        (None, "Anna R.", False),
    ]
    assert "when people reacted" in log.notes[0]
    assert "only counted" in log.notes[1]


def test_what_discord_itself_says_is_left_out() -> None:
    """Joins, pins and calls are no messages; bots are marked."""
    noise = [{**HELLO, "type": kind} for kind in ("GuildMemberJoin", "ChannelPinnedMessage", "Call", "18")]

    (entry,) = read(*noise, {**HELLO, "author": {**BEN, "isBot": True}}).entries

    assert entry.bot


def test_words_are_shown_as_people_saw_them() -> None:
    """Mentions and server emoji become names again; files are named beside the text."""
    written = {"content": "<@12> and <@!99> <:hand:123> a < b", "mentions": [BEN]}
    file = {"attachments": [{"id": "1", "fileName": "hands.png"}]}

    (entry,) = read({**HELLO, **written, **file}).entries

    assert (entry.text, dict(entry.arguments)) == ("@ben and @99 :hand: a < b", {"attachments": "hands.png"})


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (export(HELLO)[:-30], "ends in the middle"),
        (b'{"messages": [1]}', "not what DiscordChatExporter writes"),
        (b'{"messages": 5}', "not what DiscordChatExporter writes"),
        (b"[]", "not what DiscordChatExporter writes"),
        (b'{"messages": [}', "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (export({**HELLO, "id": None}), "has no id"),
        (export({**HELLO, "timestamp": "soon"}), "'soon' is not a time"),
        (export(), "Nothing was said"),
    ],
)
def test_a_broken_export_is_named(content: bytes, says: str) -> None:
    """Whatever is wrong in an export is said with its file."""
    with pytest.raises(BadInput, match=says) as caught:
        read_content(content, "discord", name="hcchat.json")

    assert caught.value.place.startswith("hcchat.json")
