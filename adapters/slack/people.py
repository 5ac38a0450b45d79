"""Who is who in the workspace: names and roles, looked up once in a while and never waited for for long."""

import asyncio
from collections import OrderedDict
from collections.abc import Iterable

import structlog

from adapters.slack.calls import Calls
from adapters.slack.payloads import User
from adapters.slack.settings import Settings
from bot.errors import PlatformTrouble
from bot.ports import Clock, Somebody

log = structlog.get_logger(__name__)

GOOD_FOR = 600.0
"""Seconds for which a name and a role count as known; who gives a command is always asked for anew."""
MOST_KNOWN = 5_000
WAIT_AT_MOST = 3.0
"""Seconds that a message waits for the name of its author; then it goes under the id, and the next one mends it."""


class People:
    """Everybody met lately. Lookups run beside one another, so that many newcomers hold up nobody."""

    def __init__(self, settings: Settings, calls: Calls, clock: Clock, tasks: asyncio.TaskGroup) -> None:
        self._settings, self._calls, self._clock, self._tasks = settings, calls, clock, tasks
        self._known: OrderedDict[str, tuple[Somebody, float]] = OrderedDict()
        self._asking: dict[str, asyncio.Task[Somebody | None]] = {}
        self._not_before = 0.0

    async def get(self, ids: Iterable[str], *, fresh: bool = False) -> dict[str, Somebody]:
        """Return everybody of *ids*; who cannot be asked for now goes by their id."""
        wanted = tuple(dict.fromkeys(ids))
        asked = [task for id in wanted if (task := self._ask(id, fresh=fresh))]
        if asked:
            await asyncio.wait(asked, timeout=WAIT_AT_MOST)
        return self._all_of(wanted)

    def at_hand(self, ids: Iterable[str]) -> dict[str, Somebody] | None:
        """Return everybody of *ids* when nobody has to be waited for, else None."""
        wanted = tuple(ids)
        if any(self._ask(id, fresh=False) for id in wanted):
            return None
        return self._all_of(wanted)

    def _all_of(self, ids: Iterable[str]) -> dict[str, Somebody]:
        return {id: self._known[id][0] if id in self._known else self._stranger(id) for id in ids}

    def _ask(self, id: str, *, fresh: bool) -> asyncio.Task[Somebody | None] | None:
        """Return the lookup to wait for, None when there is nothing to ask or it would be refused."""
        now = self._clock.monotonic()
        known = self._known.get(id)
        if (known and not fresh and now - known[1] < GOOD_FOR) or now < self._not_before:
            return None
        if id not in self._asking:
            self._asking[id] = self._tasks.create_task(self._look_up(id))
        return self._asking[id]

    async def _look_up(self, id: str) -> Somebody | None:
        try:
            user = await self._calls.user(id)
        except PlatformTrouble as trouble:
            log.warning("person not looked up", reason=trouble.reason)
            self._not_before = self._clock.monotonic() + (trouble.retry_after or 0.0)
            return None
        finally:
            del self._asking[id]
        return self._remember(user)

    def _remember(self, user: User) -> Somebody:
        admin = self._settings.admins_moderate and (user.is_admin or user.is_owner)
        may_moderate = user.id in self._settings.moderators or admin
        somebody = Somebody(id=user.id, name=user.shown, bot=user.is_bot, may_moderate=may_moderate)
        self._known[user.id] = (somebody, self._clock.monotonic())
        self._known.move_to_end(user.id)
        if len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)
        return somebody

    def _stranger(self, id: str) -> Somebody:
        return Somebody(id=id, name=id, may_moderate=id in self._settings.moderators)
