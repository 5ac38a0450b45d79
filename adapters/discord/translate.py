"""Between discord.py's objects and what the core hears. Nothing here waits, sends or remembers."""

import re
from collections.abc import Callable, Collection
from datetime import datetime

import discord

from adapters.discord.settings import PLATFORM
from bot.ports import HeardDeletion, HeardEdit, HeardMessage, HeardReaction, RoomId, Somebody

SPOKEN = frozenset({discord.MessageType.default, discord.MessageType.reply})
"""All other messages are Discord's own: somebody joined, pinned, began a thread."""

_MENTION = re.compile(r"<(@!?|@&|#|a?:\w+:)(\d{15,20})>")
_BELOW_TIME = (1 << 22) - 1
"""The part of an id that tells apart what was made in the same millisecond."""


def room_id(channel: int | str) -> RoomId:
    """Return our name for a channel."""
    return RoomId(f"{PLATFORM}/{channel}")


def channel_id(room: RoomId) -> str:
    """Return the channel that *room* is."""
    return room.removeprefix(f"{PLATFORM}/")


def somebody(user: discord.abc.User, roles: Collection[str]) -> Somebody:
    """Return *user* as the core knows people; *roles*: which of the server's let somebody moderate."""
    return Somebody(
        id=str(user.id),
        name=user.display_name,
        bot=user.bot,
        may_moderate=isinstance(user, discord.Member) and may_moderate(user, roles),
    )


def may_moderate(member: discord.Member, roles: Collection[str]) -> bool:
    """Return whether *member* moderates here now: by a role that was named for it, or by what they may do anyway."""
    if any(str(role.id) in roles for role in member.roles):
        return True
    allowed = member.guild_permissions
    return allowed.administrator or allowed.manage_guild or allowed.manage_messages


def message(heard: discord.Message, room: RoomId, author: Somebody) -> HeardMessage | None:
    """Return what was written, None for what is no one's words: Discord's own notices, pictures without a line."""
    if heard.type not in SPOKEN or not heard.content:
        return None
    return HeardMessage(
        room=room,
        id=str(heard.id),
        author=author,
        at=heard.created_at,
        text=readable(heard),
        sequence=heard.id & _BELOW_TIME,
        reply_to=_answered(heard),
        thread=str(heard.channel.id) if isinstance(heard.channel, discord.Thread) else None,
        mentions=_mentions(heard),
    )


def edit(heard: discord.Message, room: RoomId) -> HeardEdit | None:
    """Return how a message reads now, None when only its look changed (a preview, a pin)."""
    if heard.edited_at is None or heard.type not in SPOKEN or not heard.content:
        return None
    return HeardEdit(
        room=room, id=str(heard.id), at=heard.edited_at, text=readable(heard), mentions=_mentions(heard)
    )


def deletion(id: int, room: RoomId, at: datetime) -> HeardDeletion:
    """Return that a message is gone since about *at*; Discord tells neither when nor by whom."""
    return HeardDeletion(room=room, id=str(id), at=at)


def reaction(
    heard: discord.RawReactionActionEvent, room: RoomId, by: Somebody, at: datetime
) -> HeardReaction:
    """Return that a reaction came or went."""
    return HeardReaction(
        room=room,
        id=str(heard.message_id),
        by=by,
        reaction=heard.emoji.name or str(heard.emoji.id),
        at=at,
        present=heard.event_type == "REACTION_ADD",
    )


def readable(heard: discord.Message) -> str:
    """Return the text as people see it: names for mentions, never an id."""
    names: dict[str, Callable[[int], str | None]] = {
        "@": lambda id: _name(id, heard.mentions),
        "@&": lambda id: _name(id, heard.role_mentions),
        "#": lambda id: _name(id, heard.channel_mentions),
    }

    def spelled(found: re.Match[str]) -> str:
        sign, id = found[1].removesuffix("!"), int(found[2])
        if sign not in names:  # an emoji of the server
            return f":{sign.split(':')[1]}:"
        return sign[0] + (names[sign](id) or "…")

    return _MENTION.sub(spelled, heard.content)


def _name(id: int, known: Collection[object]) -> str | None:
    found = next((one for one in known if getattr(one, "id", None) == id), None)
    name = getattr(found, "display_name", None) or getattr(found, "name", None)
    return str(name) if name else None


def _answered(heard: discord.Message) -> str | None:
    """Return which message was replied to; a forwarded one is no reply."""
    reference = heard.reference
    if (
        reference is None
        or reference.message_id is None
        or reference.type is not discord.MessageReferenceType.reply
    ):
        return None
    return str(reference.message_id)


def _mentions(heard: discord.Message) -> tuple[str, ...]:
    return tuple(str(user.id) for user in heard.mentions)
