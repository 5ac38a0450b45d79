"""Notices that a platform tells us nothing any more, and has the moderators of its rooms told while there is time."""

from dataclasses import dataclass, field

from bot.core.names import ChatId, RoomId
from bot.ports import Clock
from bot.runtime.desk import HouseDesk
from bot.runtime.directory import platform_of
from bot.wording import Wording

EVERY = 5.0
"""Seconds between looks."""
TELL_AFTER = 15.0
"""Seconds that a line may be cut before it is told: lines break for a moment all day, and 30 s is the latest."""


@dataclass(slots=True, kw_only=True)
class Lookout:
    """Watches the lines to all platforms of one house."""

    desk: HouseDesk
    clock: Clock
    _cut_since: dict[str, float] = field(default_factory=dict)
    _told: set[tuple[ChatId, RoomId]] = field(default_factory=set)

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            self.look()
            await self.clock.sleep(EVERY)

    def look(self) -> None:
        """Tell of each line that is cut for long, and take back what is over."""
        now = self.clock.monotonic()
        for name, platform in self.desk.platforms.items():
            if platform.is_connected:
                self._cut_since.pop(name, None)
            else:
                self._cut_since.setdefault(name, now)
        cut = {name for name, since in self._cut_since.items() if now - since >= TELL_AFTER}
        concerned = dict(self._concerned(cut))
        for chat, line in self._told - concerned.keys():
            self.desk.tell(chat, line, None)
        for (chat, line), language in concerned.items():
            self.desk.tell(chat, line, Wording.load(language).line("operator.deaf", platform=line))
        self._told = set(concerned)

    def _concerned(self, cut: set[str]) -> list[tuple[tuple[ChatId, RoomId], str]]:
        """Return each chat that people talk in with each cut line of its rooms, and its language."""
        return [
            # A name without a room, so that what is told of one of the rooms stays apart.
            ((facilitator.id, RoomId(name)), facilitator.chat.plan.language)
            for facilitator in self.desk.roster
            if facilitator.chat.hears
            for name in sorted({platform_of(room) for room in facilitator.chat.plan.rooms} & cut)
        ]
