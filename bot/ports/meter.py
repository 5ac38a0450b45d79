"""Who counts what the house does: one observer, told of four things. What it makes of them holds no words."""

from typing import Protocol

from bot.ports.heard import Heard
from bot.ports.store import Batch, Unsent


class Meter(Protocol):
    """Counts. Whatever it makes of it, it never waits and never fails."""

    def heard(self, heard: Heard, seconds: float, *, refused: bool) -> None:
        """Take note that *heard* was durable, or refused, so many seconds after an adapter told it."""

    def lined_up(self, row: Unsent) -> None:
        """Take note that a post waits to be sent."""

    def left_line(self, row: Unsent) -> None:
        """Take note that a post waits no more, whatever became of it."""

    def committed(self, batch: Batch) -> None:
        """Take note that *batch* is durable."""


class Uncounted:
    """A `Meter` for a house that nobody measures."""

    def heard(self, heard: Heard, seconds: float, *, refused: bool) -> None:
        pass

    def lined_up(self, row: Unsent) -> None:
        pass

    def left_line(self, row: Unsent) -> None:
        pass

    def committed(self, batch: Batch) -> None:
        pass
