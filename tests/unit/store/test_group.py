"""All that wait are written together, and each is told its own outcome."""

import asyncio
from collections.abc import Sequence

import pytest

from bot.errors import Conflict, StoreTrouble, TweetchatError
from bot.store.group import WAITING, GroupWriter


class Ledger:
    """Somewhere to write numbers: remembers the groups; odd jobs make it fail."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def write(self, group: Sequence[int]) -> list[TweetchatError | None]:
        """Write *group*: 13 is refused, 66 fails all, 77 is a bug."""
        await self.gate.wait()
        if 66 in group:
            raise StoreTrouble("full")
        if 77 in group:
            raise ValueError("77")
        self.groups.append(list(group))
        return [Conflict("13") if number == 13 else None for number in group]


async def submitted(writer: GroupWriter[int], *numbers: int) -> list[BaseException | None]:
    """Return what each of *numbers*, submitted at once, was told."""
    return await asyncio.gather(*map(writer.submit, numbers), return_exceptions=True)


async def test_all_that_wait_are_written_together() -> None:
    """A hundred who come at once are one group, in their order."""
    ledger = Ledger()
    await submitted(GroupWriter(ledger.write), *range(100, 200))

    assert ledger.groups == [list(range(100, 200))]


async def test_those_who_come_back_at_once_share_the_next_group() -> None:
    """Writers that go on as soon as they are told are written with whoever came meanwhile, not after them."""
    ledger = Ledger()
    writer = GroupWriter(ledger.write)

    async def write_twice(number: int) -> None:
        for _ in range(2):
            await writer.submit(number)

    ledger.gate.clear()
    async with asyncio.TaskGroup() as tasks:
        for number in (1, 2):
            tasks.create_task(write_twice(number))
        for _ in range(3):
            await asyncio.sleep(0)
        tasks.create_task(writer.submit(3))
        await asyncio.sleep(0)
        ledger.gate.set()

    assert [sorted(group) for group in ledger.groups] == [[1, 2], [1, 2, 3]]


async def test_each_is_told_its_own() -> None:
    """One refusal is one writer's refusal."""
    outcomes = await submitted(GroupWriter(Ledger().write), 1, 13, 2)

    assert [type(outcome) for outcome in outcomes] == [type(None), Conflict, type(None)]


async def test_trouble_is_everybodys() -> None:
    """When the disk is full nobody who waits is told that it went well; the next may."""
    ledger = Ledger()
    writer = GroupWriter(ledger.write)

    assert {type(outcome) for outcome in await submitted(writer, 1, 66, 2)} == {StoreTrouble}
    assert await submitted(writer, 3) == [None]
    assert ledger.groups == [[3]]


async def test_a_bug_in_one_costs_the_others_nothing() -> None:
    """Work that cannot be written is told to its owner; the rest of its group is written without it."""
    ledger = Ledger()
    outcomes = await submitted(GroupWriter(ledger.write), 1, 77, 13, 2)

    assert [type(outcome) for outcome in outcomes] == [type(None), ValueError, Conflict, type(None)]
    assert ledger.groups == [[1], [13], [2]]


async def test_a_group_has_a_bound() -> None:
    """Heavy work makes smaller groups, so that no commit takes long."""
    ledger = Ledger()
    writer = GroupWriter(ledger.write, rows=10)
    await asyncio.gather(*(writer.submit(number, rows=4) for number in range(7)))

    assert ledger.groups == [[0, 1, 2], [3, 4, 5], [6]]


async def test_the_last_of_a_group_is_the_last() -> None:
    """Nothing is written together with what comes before it in time but must come after it."""
    ledger = Ledger()
    writer = GroupWriter(ledger.write)
    await asyncio.gather(writer.submit(1), writer.submit(2, last=True), writer.submit(3))

    assert ledger.groups == [[1, 2], [3]]


async def test_more_than_may_wait_are_all_written() -> None:
    """When the line is full the next ones wait to get into it, and nobody is forgotten."""
    ledger = Ledger()
    numbers = range(1_000, 1_000 + 2 * WAITING)

    assert set(await submitted(GroupWriter(ledger.write), *numbers)) == {None}
    assert [number for group in ledger.groups for number in group] == list(numbers)


async def test_who_no_longer_waits_is_not_written() -> None:
    """Work that was cancelled while in line is left out; the others are written."""
    ledger = Ledger()
    ledger.gate.clear()
    writer = GroupWriter(ledger.write)
    async with asyncio.TaskGroup() as tasks:
        first, second, third = (tasks.create_task(writer.submit(number)) for number in (1, 2, 3))
        await asyncio.sleep(0)
        second.cancel()
        await asyncio.sleep(0)
        ledger.gate.set()

    assert first.done()
    assert third.done()
    assert [number for group in ledger.groups for number in group] == [1, 3]


async def test_a_writer_that_is_cancelled_late_disturbs_nobody() -> None:
    """Work whose owner gave up during the commit is durable all the same, and so is everybody else's."""
    ledger = Ledger()
    ledger.gate.clear()
    writer = GroupWriter(ledger.write)
    async with asyncio.TaskGroup() as tasks:
        first, second = (tasks.create_task(writer.submit(number)) for number in (1, 2))
        for _ in range(3):
            await asyncio.sleep(0)
        first.cancel()
        ledger.gate.set()

    assert second.done()
    assert ledger.groups == [[1, 2]]


async def test_closing_writes_what_waits_and_takes_nothing_more() -> None:
    """A graceful stop loses nothing; who comes later is told."""
    ledger = Ledger()
    writer = GroupWriter(ledger.write)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(writer.submit(1))
        await asyncio.sleep(0)
        await writer.close()
        assert ledger.groups == [[1]]

    with pytest.raises(StoreTrouble, match="closed"):
        await writer.submit(2)
