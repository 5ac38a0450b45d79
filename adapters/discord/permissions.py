"""What the bot must be allowed to do in a channel, worked out from roles and overwrites as Discord does."""

from collections.abc import Iterable, Sequence

import discord

from adapters.discord.content import Json
from bot.ports import Lack

CHANNEL = "channel settings > Permissions, or the server role of the bot"
_NEEDED: tuple[tuple[discord.Permissions, str, str], ...] = (
    (discord.Permissions(view_channel=True), "VIEW_CHANNEL", "so that the bot sees the channel"),
    (discord.Permissions(send_messages=True), "SEND_MESSAGES", "so that it can post"),
    (
        discord.Permissions(read_message_history=True),
        "READ_MESSAGE_HISTORY",
        "so that nothing is posted twice",
    ),
    (discord.Permissions(manage_messages=True), "MANAGE_MESSAGES", "so that moderators can remove messages"),
)
_HELPFUL = frozenset({"MANAGE_MESSAGES"})
"""Without these a chat runs all the same."""
_READS_MESSAGES = 1 << 18 | 1 << 19
"""GATEWAY_MESSAGE_CONTENT, and the same for applications that few servers use."""
_INTENT = Lack(
    name="MESSAGE_CONTENT",
    fix="Switch on Developer Portal > Bot > Privileged Gateway Intents > Message Content Intent.",
)


def invitation() -> discord.Permissions:
    """Return the permissions to ask for when the bot is invited."""
    return discord.Permissions(sum(permission.value for permission, _, _ in _NEEDED))


def granted(guild: Json, roles: Sequence[str], channel: Json, me: str) -> discord.Permissions:
    """Return what the member *me* with *roles* may do in *channel* of *guild*: Discord's own order of computing."""
    everybody = str(guild["id"])
    held = {everybody, *roles}
    base = _sum(role["permissions"] for role in guild["roles"] if str(role["id"]) in held)
    if base.administrator or str(guild.get("owner_id")) == me:
        return discord.Permissions.all()
    overwrites = {str(one["id"]): one for one in channel.get("permission_overwrites", ())}
    for group in ([everybody], [role for role in roles if role != everybody], [me]):
        applying = [overwrites[id] for id in group if id in overwrites]
        denied = _sum(one["deny"] for one in applying)
        base.value = (base.value & ~denied.value) | _sum(one["allow"] for one in applying).value
    return base


def _sum(values: Iterable[object]) -> discord.Permissions:
    total = 0
    for value in values:
        total |= int(str(value))
    return discord.Permissions(total)


def lacking(allowed: discord.Permissions) -> tuple[Lack, ...]:
    """Return what of the needed is missing in *allowed*."""
    return tuple(
        Lack(name=name, fix=f"Allow it in {CHANNEL}, {why}.", stops=name not in _HELPFUL)
        for permission, name, why in _NEEDED
        if not permission.is_subset(allowed)
    )


def lacking_intent(application: Json) -> tuple[Lack, ...]:
    """Return whether the application may not read what people write."""
    has = int(application.get("flags", 0)) & _READS_MESSAGES
    return () if has else (_INTENT,)


def unseen(channel: str) -> tuple[Lack, ...]:
    """Return what is missing where even the channel cannot be asked about."""
    fix = f"Invite the bot to the server of channel {channel} and let it see the channel ({CHANNEL})."
    return (Lack(name="VIEW_CHANNEL", fix=fix),)
