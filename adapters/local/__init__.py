"""The local room: a page that people open in a browser, and its server. `connect` gives the platform."""

from adapters.local.platform import CAPABILITIES, LocalPlatform
from adapters.local.premises import Settings
from bot.ports import Clock, Ids, RoomView

__all__ = ["CAPABILITIES", "LocalPlatform", "Settings", "connect"]


def connect(settings: Settings, view: RoomView, clock: Clock, ids: Ids, secret: bytes) -> LocalPlatform:
    """Return the local platform; *secret* signs cookies and links. Raises: BadInput for a secret that is too short."""
    return LocalPlatform(settings, view, clock, ids, secret)
