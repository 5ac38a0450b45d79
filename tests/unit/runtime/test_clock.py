"""What time it is: the machine's wall clock is believed as long as it goes with the clock that nobody can set."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from bot.core.names import RoomId
from bot.runtime.clock import SystemClock
from bot.runtime.timekeeper import Timekeeper
from bot.wording import languages
from tests.unit.runtime.house import AtWork, at, at_work

BEGIN = datetime(2026, 12, 3, 19, 0, tzinfo=UTC).timestamp()
HOUR = 3600.0


@dataclass(slots=True)
class Machine:
    """A machine whose clocks stand still until somebody moves them."""

    up: float = 1_000.0
    set_by: float = 0.0
    clock: SystemClock = field(init=False)

    def __post_init__(self) -> None:
        """Start the bot."""
        self.restart()

    def restart(self) -> None:
        """Start the bot again."""
        self.clock = SystemClock(wall=lambda: BEGIN + self.up - 1_000 + self.set_by, steady=lambda: self.up)

    def pass_by(self, seconds: float) -> None:
        """Let time pass, in which somebody looks at the clock now and then."""
        for _ in range(int(seconds)):
            self.up += 1
            self.clock.now()

    @property
    def passed(self) -> float:
        """Return the seconds since the beginning, by what the bot believes."""
        return round(self.clock.now().timestamp() - BEGIN, 3)


@pytest.mark.parametrize("by", [0.4, -0.4, 29, -29])
def test_a_clock_that_was_set_a_little_is_followed_at_once(by: float) -> None:
    """Machines that keep the time right do that all day."""
    machine = Machine()
    machine.pass_by(60)
    machine.set_by = by

    assert machine.passed == 60 + by
    assert machine.clock.set_by() == timedelta()


@pytest.mark.parametrize("by", [31, -31, HOUR, -HOUR, 400 * 24 * HOUR])
def test_a_clock_that_was_set_by_a_lot_is_not_believed_at_once(by: float) -> None:
    """The chat goes on by the time before; by how much the clock is off is known."""
    machine = Machine()
    machine.pass_by(60)
    machine.set_by = by
    machine.pass_by(290)

    assert machine.passed == 350
    assert machine.clock.set_by() == timedelta(seconds=by)


@pytest.mark.parametrize("by", [HOUR, -HOUR])
def test_a_clock_that_stays_set_is_believed_after_five_minutes(by: float) -> None:
    """It may have been wrong until now."""
    machine = Machine()
    machine.set_by = by
    machine.pass_by(302)

    assert machine.passed == 302 + by
    assert machine.clock.set_by() == timedelta()


def test_a_clock_that_is_set_back_was_never_wrong() -> None:
    """Twenty seconds of nonsense leave no trace."""
    machine = Machine()
    machine.set_by = HOUR
    machine.pass_by(20)
    machine.set_by = 0.0
    machine.pass_by(1)

    assert machine.passed == 21
    assert machine.clock.set_by() == timedelta()


def test_a_clock_that_jumps_every_minute_is_never_believed() -> None:
    """Each jump has to hold for five minutes of its own."""
    machine = Machine()
    for number in range(20):
        machine.set_by = HOUR * (number % 3 + 1)
        machine.pass_by(60)

    assert machine.passed == 1_200


def test_a_doubted_clock_may_drift() -> None:
    """What is set a little while it is doubted is still the same doubt."""
    machine = Machine()
    for number in range(31):
        machine.set_by = HOUR + number / 2
        machine.pass_by(10)

    assert machine.passed == 310 + HOUR + 15


def test_a_machine_that_slept_is_believed() -> None:
    """Both clocks went on meanwhile: nobody set anything."""
    machine = Machine()
    machine.up += 40 * 60

    assert machine.passed == 2_400
    assert machine.clock.set_by() == timedelta()


def test_a_restart_believes_the_clock() -> None:
    """Nothing is known of the time before."""
    machine = Machine()
    machine.set_by = HOUR
    machine.restart()

    assert machine.passed == HOUR


async def test_who_waits_for_a_time_goes_by_what_is_believed() -> None:
    """A clock set forward wakes nobody early; and nobody has to wait until a wrong clock is right again."""
    machine = Machine()
    machine.set_by = HOUR
    waiting = asyncio.get_running_loop().create_task(
        machine.clock.sleep_until(datetime.fromtimestamp(BEGIN + 0.01, UTC))
    )

    done, _ = await asyncio.wait({waiting}, timeout=0.02)
    assert not done
    machine.up += 0.01
    async with asyncio.timeout(5):
        await waiting


def test_the_machine_itself_is_believed() -> None:
    """Here and now, the bot's time is the wall clock's."""
    clock = SystemClock()

    assert abs((clock.now() - datetime.now(UTC)).total_seconds()) < 1  # noqa: TID251  # what it is compared with


class TestTimekeeper:
    """Who tells the moderators."""

    def told(self, house: AtWork) -> dict[RoomId, str]:
        """Return the trouble with the clock that moderators are told of."""
        return {room: words for (_, room), words in house.service.desk.trouble.items() if room == "clock"}

    async def test_moderators_are_told_at_once_and_when_it_is_over(self) -> None:
        """On the card and in the log, once each, with how much it is."""
        machine = Machine()
        async with at_work() as house:
            await house.plan()
            await house.until(at(9))
            keeper = Timekeeper(desk=house.service.desk, clock=machine.clock)
            keeper.look()
            assert self.told(house) == {}

            machine.set_by = HOUR
            with capture_logs() as logs:
                keeper.look()
                keeper.look()
            [words] = self.told(house).values()
            assert "60 min" in words
            assert [entry["minutes"] for entry in logs if entry["event"].startswith("the machine's")] == [60]

            machine.set_by = 0.0
            with capture_logs() as logs:
                keeper.look()
            assert self.told(house) == {}
            assert [entry["believed"] for entry in logs if entry["event"].startswith("the machine's")] == [
                True
            ]

    async def test_a_chat_that_is_not_on_is_not_troubled(self) -> None:
        """Next month's chat has no moderator who could do anything about it."""
        machine = Machine()
        async with at_work() as house:
            await house.plan()
            await house.until(at(-60))
            machine.set_by = -HOUR

            Timekeeper(desk=house.service.desk, clock=machine.clock).look()

            assert self.told(house) == {}

    @pytest.mark.parametrize("language", languages())
    async def test_they_are_told_in_their_language(self, language: str) -> None:
        """In that of the chat's plan; less than a minute is a minute."""
        machine = Machine()
        async with at_work() as house:
            await house.plan(language=language)
            await house.until(at(9))
            machine.clock.now()
            machine.set_by = -45.0

            Timekeeper(desk=house.service.desk, clock=machine.clock).look()

            [words] = self.told(house).values()
            assert "-1 min" in words


async def test_who_only_sleeps_looks_at_the_clock_too() -> None:
    """A standby asks for no time before it takes over; by then a clock that was put right long ago is believed."""
    machine = Machine(set_by=-HOUR)
    machine.set_by = 0.0
    for _ in range(7):
        machine.up += 60
        await machine.clock.sleep(0)

    assert machine.passed == 7 * 60
