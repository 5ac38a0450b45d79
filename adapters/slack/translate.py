"""Slack's events and histories in our words. Pure: people have been looked up, times come with the payload."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from adapters.slack import blocks
from adapters.slack.payloads import MARKER, Message, MessageEvent, ReactionEvent
from adapters.slack.settings import room_id
from adapters.slack.text import mentions, moment, plain
from bot.ports import (
    Heard,
    HeardDeletion,
    HeardEcho,
    HeardEdit,
    HeardMessage,
    HeardReaction,
    PostKey,
    Receipt,
    RoomId,
    Somebody,
)

_SAID = frozenset({None, "thread_broadcast", "file_share", "me_message", "bot_message"})
"""Subtypes of what somebody said. All others tell of the channel: somebody joined, the topic changed."""
_CHANGED, _DELETED = "message_changed", "message_deleted"
TOMBSTONE = "tombstone"
"""What is left of a deleted message that a thread hangs on."""

People = Mapping[str, Somebody]


@dataclass(frozen=True, slots=True, kw_only=True)
class Me:
    """Who we are in this workspace."""

    user: str
    bot: str

    def wrote(self, message: Message) -> bool:
        """Return whether *message* is ours."""
        return message.user == self.user or (message.bot_id is not None and message.bot_id == self.bot)


def channel_of(event: MessageEvent | ReactionEvent) -> str:
    """Return where *event* happened."""
    return event.channel if isinstance(event, MessageEvent) else event.item.channel


def people_in(event: Message | ReactionEvent, me: Me) -> tuple[str, ...]:
    """Return the ids of everybody who has to be looked up before *event* can be told; not ourselves."""
    if isinstance(event, ReactionEvent):
        return (event.user,) if event.user != me.user else ()
    message = event.message if isinstance(event, MessageEvent) and event.message else event
    if me.wrote(message):
        return tuple({user: None for reaction in message.reactions for user in reaction.users})
    reacted = [user for reaction in message.reactions for user in reaction.users]
    written = [message.user] if message.user else []
    return tuple(dict.fromkeys([*written, *mentions(message.text), *reacted]))


def heard(event: MessageEvent | ReactionEvent, me: Me, people: People) -> tuple[Heard, ...]:
    """Return what *event* tells, nothing for what does not concern a chat. Raises: ValueError for a broken time."""
    if isinstance(event, ReactionEvent):
        return _reaction(event, me, people)
    room = room_id(event.channel)
    if event.subtype == _CHANGED and event.message is not None:
        return _changed(event, event.message, me, people)
    if event.subtype == _DELETED and event.deleted_ts:
        return _deleted(event, event.deleted_ts, me)
    return tuple(_written(event, room, me, people))


def _reaction(event: ReactionEvent, me: Me, people: People) -> tuple[Heard, ...]:
    if event.item.type != "message" or event.user == me.user:
        return ()
    reaction = HeardReaction(
        room=room_id(event.item.channel),
        id=event.item.ts,
        by=people[event.user],
        reaction=_bare(event.reaction),
        at=moment(event.event_ts),
        present=event.type == "reaction_added",
    )
    return (reaction,)


def _bare(reaction: str) -> str:
    return reaction.partition("::")[0]  # "::skin-tone-3" colours it and changes nothing


def _changed(event: MessageEvent, message: Message, me: Me, people: People) -> tuple[Heard, ...]:
    if message.subtype == TOMBSTONE:
        return _deleted(event, message.ts, me)
    before = event.previous_message
    # Links that unfold and threads that grow are changes as well; only its author changes what it says.
    if message.edited is None or (before is not None and before.text == message.text):
        return ()
    return tuple(_edit(message, room_id(event.channel), me, people))


def _edit(message: Message, room: RoomId, me: Me, people: People) -> Iterator[HeardEdit]:
    if message.edited is None or me.wrote(message):
        return
    yield HeardEdit(
        room=room,
        id=message.ts,
        at=moment(message.edited.ts),
        text=plain(message.text, _names(people)),
        mentions=mentions(message.text),
    )


def _deleted(event: MessageEvent, id: str, me: Me) -> tuple[Heard, ...]:
    if event.previous_message is not None and me.wrote(event.previous_message):
        return ()
    return (HeardDeletion(room=room_id(event.channel), id=id, at=moment(event.event_ts or event.ts)),)


def _written(message: Message, room: RoomId, me: Me, people: People) -> Iterator[Heard]:
    if message.subtype not in _SAID or not message.ts or not message.author:
        return
    if me.wrote(message):
        key = key_of(message)
        if key is not None:
            yield HeardEcho(room=room, key=key, id=message.ts, at=moment(message.ts))
        return
    yield HeardMessage(
        room=room,
        id=message.ts,
        author=_author(message, people),
        at=moment(message.ts),
        text=plain(message.text, _names(people)),
        reply_to=message.thread,
        thread=message.thread,
        mentions=mentions(message.text),
    )


def _author(message: Message, people: People) -> Somebody:
    known = people.get(message.user or "")
    is_bot = message.bot_id is not None
    if known is not None:
        return replace(known, bot=True) if is_bot and not known.bot else known
    profile = message.bot_profile.name if message.bot_profile else ""
    return Somebody(id=message.author, name=profile or message.username or message.author, bot=is_bot)


def _names(people: People) -> dict[str, str]:
    return {id: somebody.name for id, somebody in people.items()}


def key_of(message: Message) -> PostKey | None:
    """Return which post of ours *message* is, by its metadata or by the id of its first block; None for none."""
    if message.metadata is not None and message.metadata.event_type == MARKER:
        key = message.metadata.event_payload.get("k")
        if isinstance(key, str):
            return PostKey(key)
    marked = blocks.key_of(message.blocks)
    return PostKey(marked) if marked is not None else None


# --- histories --------------------------------------------------------------------------------------------


def as_it_stands(
    message: Message, room: RoomId, me: Me, people: People, read_at: datetime
) -> Iterator[Heard]:
    """Give everything that a message of a history tells: that it was written, how it reads now, who reacted."""
    yield from _written(message, room, me, people)
    yield from _edit(message, room, me, people)
    for reaction in message.reactions:
        for user in reaction.users:
            if user != me.user and user in people:
                # A history has no time for it: at the moment of reading it surely stood there.
                yield HeardReaction(
                    room=room, id=message.ts, by=people[user], reaction=_bare(reaction.name), at=read_at
                )


def receipts_in(messages: list[Message], key: PostKey, me: Me) -> tuple[Receipt, ...]:
    """Return the receipts of every copy of the post *key* among *messages*, oldest first."""
    found = sorted(message.ts for message in messages if me.wrote(message) and key_of(message) == key)
    return tuple(Receipt(id=ts, at=moment(ts), via="history") for ts in found)
