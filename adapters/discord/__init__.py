"""Discord as a platform of the bot. `connect` gives it; the library is loaded only then."""

from typing import TYPE_CHECKING

from adapters.discord.settings import CAPABILITIES, Settings
from bot.ports import Clock, Ids, RoomView

if TYPE_CHECKING:
    from adapters.discord.platform import DiscordPlatform

__all__ = ["CAPABILITIES", "Settings", "blueprint", "connect"]


def blueprint(_: RoomView) -> str:
    """Return nothing: a Discord application is made by hand, and asked what brings it in once it has a token."""
    return ""


def connect(settings: Settings, view: RoomView, clock: Clock, ids: Ids) -> "DiscordPlatform":
    """Return the platform, not yet connected; *ids* stands here as for every adapter: no name is made up on Discord."""
    from adapters.discord.platform import DiscordPlatform  # noqa: PLC0415  # who doesn't use Discord needs no discord.py

    return DiscordPlatform(settings, view, clock)
