"""What an adapter has tried of its own when its platform is tried out live, beside what every platform promises."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from bot.core.names import PostKey, RoomId
from bot.ports.platform import Receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A post of ours that stands in a room, for a trial to look at."""

    room: RoomId
    key: PostKey
    receipt: Receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One thing to try. *name*: of its line in prompts/, after ``operator.live.``.

    run: given the adapter's own platform, connected, returns what was found, in a few letters. Raises: PlatformTrouble
    with what is wrong.
    """

    name: str
    run: Callable[[Any, Standing], Awaitable[str]]
