"""How a row of the outbox may change its state: a table, the same for every store."""

from collections.abc import Mapping

from bot.errors import Conflict
from bot.ports import Mark, PostState

UNDONE: tuple[PostState, ...] = ("planned", "intent", "ask")

BEFORE: Mapping[PostState, tuple[PostState, ...]] = {
    "planned": (*UNDONE, "failed"),
    "intent": UNDONE,
    "ask": UNDONE,
    "failed": UNDONE,
    "cancelled": (*UNDONE, "failed"),
    # It may turn up in the room after everybody gave it up. Posted is for ever: nothing may send it again.
    "posted": (*UNDONE, "failed", "cancelled"),
}
"""The states from which each state can be reached."""


def refused(mark: Mark) -> Conflict:
    """Return what a lone mark is told that changed nothing."""
    return Conflict(f"{mark.key} cannot become {mark.state}: read it again")
