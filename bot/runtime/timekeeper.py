"""Notices that the machine's clock was set, and has the moderators of the chats that run told at once."""

from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from bot.core.names import ChatId, RoomId
from bot.ports import Clock
from bot.runtime.desk import HouseDesk
from bot.wording import Wording

log = structlog.get_logger(__name__)

EVERY = 5.0
"""Seconds between looks."""

_CLOCK = RoomId("clock")  # no platform's room is called so


@dataclass(slots=True, kw_only=True)
class Timekeeper:
    """Keeps an eye on the clock of one house."""

    desk: HouseDesk
    clock: Clock
    _told: dict[ChatId, str] = field(default_factory=dict)
    _minutes: int = 0

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            self.look()
            await self.clock.sleep(EVERY)

    def look(self) -> None:
        """Tell of a clock that was set, and take it back once the clock is as before, or believed."""
        minutes = _whole_minutes(self.clock.set_by())
        if minutes != self._minutes:
            self._minutes = minutes
            log.warning("the machine's clock was set", minutes=minutes, believed=not minutes)
        concerned = dict(self._concerned(minutes)) if minutes else {}
        for chat in self._told.keys() - concerned.keys():
            self.desk.tell(chat, _CLOCK, None)
        for chat, words in concerned.items():
            self.desk.tell(chat, _CLOCK, words)
        self._told = concerned

    def _concerned(self, minutes: int) -> list[tuple[ChatId, str]]:
        """Return each chat that people talk in, with the words that say how far the clock is off."""
        return [
            (
                facilitator.id,
                Wording.load(facilitator.chat.plan.language).line("operator.clock", minutes=minutes),
            )
            for facilitator in self.desk.roster
            if facilitator.chat.hears
        ]


def _whole_minutes(set_by: timedelta) -> int:
    """Return *set_by* in minutes, never rounded to nothing."""
    if not set_by:
        return 0
    return round(set_by / timedelta(minutes=1)) or (1 if set_by > timedelta() else -1)
