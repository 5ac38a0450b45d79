"""Looks at the start whether the bot may do its work in the rooms of its chats, and says what is missing.

Where it may work in no room of a platform, that is a mistake of the set-up: it is named, and the bot goes no further.
Where it may in some, their chats go on; the moderators of the others are told, until somebody has mended it.
"""

from dataclasses import dataclass

import structlog

from bot.core.names import RoomId
from bot.errors import PlatformTrouble
from bot.ports import Clock, Lack, Platform
from bot.runtime.desk import HouseDesk
from bot.runtime.roster import Roster

log = structlog.get_logger(__name__)

LOOK_AGAIN = 60.0
"""Seconds before a room in which something was missing is looked at again."""
ASK_AGAIN = 5.0
"""Seconds before a platform that did not answer is asked again."""


@dataclass(slots=True, kw_only=True)
class Inspection:
    """One look at every room that is still to be used, and more at those where something is missing."""

    desk: HouseDesk
    roster: Roster
    clock: Clock

    async def run(self) -> None:
        """Return when nothing is missing any more. Raises: PlatformTrouble where nothing can be done on a platform."""
        missing: dict[RoomId, tuple[Lack, ...]] = {}
        for platform in self.desk.platforms.values():
            rooms = {room: await self._lacks(platform, room) for room in self._rooms(platform)}
            stops = [(room, lack) for room, lacks in rooms.items() for lack in lacks if lack.stops]
            if rooms and {room for room, _ in stops} == set(rooms):
                room, lack = stops[0]
                raise PlatformTrouble(f"{room}: {lack.name} is missing. {lack.fix}".strip(), permanent=True)
            missing |= {room: lacks for room, lacks in rooms.items() if lacks}
        while missing:
            for room, lacks in missing.items():
                self._tell(room, lacks)
            await self.clock.sleep(LOOK_AGAIN)
            missing = await self._look_again(missing)

    async def _look_again(self, missing: dict[RoomId, tuple[Lack, ...]]) -> dict[RoomId, tuple[Lack, ...]]:
        found = {room: await self._lacks(self._platform(room), room) for room in missing}
        for room, lacks in found.items():
            if not lacks:
                self._tell(room, ())
        return {room: lacks for room, lacks in found.items() if lacks}

    def _rooms(self, platform: Platform) -> list[RoomId]:
        """Return the rooms of *platform* in which some chat is still to come, or runs."""
        rooms = sorted(self.roster.rooms_on(platform.name))
        return [room for room in rooms if any(not one.chat.is_over for one in self.roster.chats_in(room))]

    def _platform(self, room: RoomId) -> Platform:
        return self.desk.platforms[room.partition("/")[0]]

    async def _lacks(self, platform: Platform, room: RoomId) -> tuple[Lack, ...]:
        """Return what is missing in *room*, however long the platform takes to say it."""
        while True:
            try:
                return await platform.lacks(room)
            except PlatformTrouble as trouble:
                if trouble.permanent:
                    return (Lack(name=trouble.reason, fix=""),)
                log.info("not inspected yet", room=room, reason=trouble.reason)
                await self.clock.sleep(max(trouble.retry_after or 0.0, ASK_AGAIN))

    def _tell(self, room: RoomId, lacks: tuple[Lack, ...]) -> None:
        reason = " ".join(f"{lack.name}: {lack.fix}" for lack in lacks)
        for facilitator in self.roster.chats_in(room):
            if not facilitator.chat.is_over:
                # Under a name of its own: a post that goes through all the same takes nothing of this back.
                self.desk.tell(facilitator.id, RoomId(f"{room}/permissions"), reason or None)
