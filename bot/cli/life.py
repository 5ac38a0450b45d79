"""The life of one installation in this process: it stands by while others have it, lives, and stands by again."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from rich.console import Console

from bot.app import Fittings, House, open_house
from bot.config import Settings
from bot.core.chat import Chat
from bot.core.names import ChatId
from bot.errors import BadInput, OwnedByAnother, StoreTrouble, TweetchatError
from bot.ports import Clock
from bot.runtime.clock import RandomIds, SystemClock
from bot.runtime.facilitator import GATHER
from bot.runtime.inspection import Inspection
from bot.runtime.lookout import Lookout
from bot.runtime.planbook import LOOK_EVERY
from bot.runtime.timekeeper import Timekeeper
from bot.store import is_shared

console = Console(stderr=True, highlight=False)
DRAIN = 10.0
"""Seconds that a stop waits for what is being sent."""
LOOK_AGAIN = 0.25
"""Seconds between looks whether an installation is free; longer for whoever has some already, so that they spread."""


@dataclass(slots=True, kw_only=True)
class Life:
    """One installation. *held*: returns how many this process has; *on_open*: called whenever a house is open."""

    settings: Settings
    stop: asyncio.Event
    held: Callable[[], int]
    on_open: Callable[[], None]
    clock: Clock = field(default_factory=SystemClock)
    house: House | None = None
    _has_lived: bool = False
    _told: str = ""

    async def run(self) -> None:
        """Live, and stand by in between, until `stop` is set.

        Raises: BadInput, StoreUnusable; OwnedByAnother and StoreTrouble where waiting cannot help.
        """
        async with asyncio.TaskGroup() as tasks:
            living = tasks.create_task(self._live_again_and_again())
            await self.stop.wait()
            if self.house is None:
                living.cancel()

    async def _live_again_and_again(self) -> None:
        while not self.stop.is_set():
            try:
                await self._live()
            except* (OwnedByAnother, StoreTrouble) as group:
                reason = reason_of(group)
                if not self._may_wait(reason):
                    raise
                await self._stand_by(reason)

    def _may_wait(self, reason: BaseException) -> bool:
        # Before we ever lived, a database that does not answer is more likely a wrong setting than an accident.
        is_worth_it = self._has_lived or isinstance(reason, OwnedByAnother)
        return is_worth_it and is_shared(self.settings.store)

    async def _live(self) -> None:
        fittings = Fittings(
            clock=self.clock,
            ids=RandomIds(),
            on_problem=_tell_problem,
            on_standby=self._stand_by,
            gather=GATHER,
        )
        async with open_house(self.settings, fittings) as house:
            self.house, self._has_lived, self._told = house, True, ""
            try:
                self.on_open()
                await self._carry(house)
            finally:
                self.house = None

    async def _carry(self, house: House) -> None:
        """Run *house* until we are told to stop, or it is no longer ours: then all of it is dropped."""
        async with asyncio.TaskGroup() as tasks:
            ends = [tasks.create_task(self.stop.wait()), tasks.create_task(house.store.lease.lost())]
            running = [
                tasks.create_task(house.service.run()),
                tasks.create_task(house.pulse.run()),
                tasks.create_task(Lookout(desk=house.service.desk, clock=self.clock).run()),
                tasks.create_task(Timekeeper(desk=house.service.desk, clock=self.clock).run()),
                tasks.create_task(house.planbook.watch()),
                tasks.create_task(self._inspect(house)),
                tasks.create_task(_greet(house, self.clock)),
            ]
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            if self.stop.is_set():
                await _drain(house)
            else:
                console.print(
                    f"The lease of {self.settings.installation} is lost: its chats are dropped here."
                )
            for task in (*running, *ends):
                task.cancel()

    async def _inspect(self, house: House) -> None:
        """Look whether the bot may do its work. Raises: PlatformTrouble where it may do none on a platform."""
        await house.planbook.look()
        service = house.service
        await Inspection(desk=service.desk, roster=service.roster, clock=self.clock).run()

    async def _stand_by(self, reason: BaseException) -> None:
        who = f"{reason.owner} has it" if isinstance(reason, OwnedByAnother) else str(reason)
        if who != self._told:
            self._told = who
            console.print(
                f"Standing by for {self.settings.installation}: {who}", markup=False, soft_wrap=True
            )
        await self.clock.sleep(LOOK_AGAIN * (1 + self.held()))


def reason_of(group: BaseExceptionGroup) -> BaseException:
    """Return the one error of ours that ended every task: the store was lost once, however many noticed."""
    found: BaseException | None = group.subgroup(TweetchatError)
    while isinstance(found, BaseExceptionGroup):
        found = found.exceptions[0]
    return found or group


async def _drain(house: House) -> None:
    console.print("Stopping; what is being sent is finished first.")
    try:
        async with asyncio.timeout(DRAIN):
            await house.service.outbox.drained()
    except TimeoutError:
        console.print("Some posts are still waiting; they are sent after the next start.")


async def _greet(house: House, clock: Clock) -> None:
    await house.planbook.look()
    console.print(f"The room is open at {house.address}", markup=False, soft_wrap=True)
    console.print(f"Plan chats at      {house.owner_link}", markup=False, soft_wrap=True)
    told: set[ChatId] = set()
    while True:
        for chat in house.service.roster:
            if chat.id not in told:
                _tell_link(house, chat.chat)
                told.add(chat.id)
        await clock.sleep(LOOK_EVERY)


def _tell_link(house: House, chat: Chat) -> None:
    link = house.moderator_link(chat.id)
    if link:
        when = f"{chat.plan.hashtag}, {chat.plan.starts_at:%Y-%m-%d %H:%M} UTC"
        console.print(f"Moderators of {when}: {link}", markup=False, soft_wrap=True)


def _tell_problem(problem: BadInput) -> None:
    console.print(f"tweetchat: {problem}", markup=False, soft_wrap=True)
