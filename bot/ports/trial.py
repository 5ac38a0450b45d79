"""What an adapter has tried of its own when its platform is tried out live, beside what every platform promises."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from bot.core.names import PostKey, RoomId
from bot.ports.platform import Receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A post of ours that stands in a room, for a trial to look at. *person*: whom something may be told alone.

    says: what may be said to whoever reads it.
    """

    room: RoomId
    key: PostKey
    receipt: Receipt
    says: str
    person: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One thing to try. *name*: of its line in prompts/, after ``operator.live.``.

    run: given the adapter's own platform, connected, returns what was found, in a few letters; None when there is
    nothing to try it with. Raises: PlatformTrouble with what is wrong.
    """

    name: str
    run: Callable[[Any, Standing], Awaitable[str | None]]
