"""Slack as a platform of the bot, over Socket Mode. `connect` gives it; the library is loaded only then."""

from typing import TYPE_CHECKING

from adapters.slack.manifest import manifest, text_of
from adapters.slack.settings import CAPABILITIES, Settings
from bot.ports import Clock, Ids, RoomView

if TYPE_CHECKING:
    from adapters.slack.platform import SlackPlatform

__all__ = ["CAPABILITIES", "Settings", "blueprint", "connect", "manifest"]


def blueprint(view: RoomView) -> str:
    """Return what the Slack app is made from, before there are any tokens: its manifest."""
    return text_of(view.commands())


def connect(settings: Settings, view: RoomView, clock: Clock, ids: Ids) -> "SlackPlatform":
    """Return the platform, not yet connected; *ids* stands here as for every adapter: no name is made up on Slack."""
    from adapters.slack.platform import SlackPlatform  # noqa: PLC0415  # who doesn't use Slack needs no slack-bolt

    return SlackPlatform(settings, view, clock)
