"""A folder of plan files: new ones begin chats, edited ones change them, broken ones are told and left out."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from bot.errors import BadInput, StoreTrouble
from bot.ports import HeardCommand, Reply, Somebody
from bot.runtime.planbook import LARGEST, LOOK_EVERY, Planbook
from tests.unit.runtime.house import MAIN, STARTS, AtWork, TroubledStore, at, at_work, quiet

OWNER = Somebody(id="u-owner", name="", may_moderate=True)
FORM = {
    "title": "Working with arthritis",
    "hashtag": "#hcchat",
    "starts": "2026-12-03 19:00",
    "zone": "Europe/London",
    "minutes": "45",
    "questions": "What helped you this week?\n\n  What would you ask for?  \n",
    "objectives": "",
    "closing": "What do you take home?",
}


def plan_text(**changes: str) -> str:
    """Return a plan file; *changes* are written as TOML values."""
    fields = {
        "title": '"Working with arthritis"',
        "hashtag": '"#hcchat"',
        "starts": '"2026-12-03 19:00"',
        "zone": '"Europe/London"',
        "rooms": '["fake/main"]',
    } | changes
    lines = [f"{name} = {value}" for name, value in fields.items()]
    return "\n".join([*lines, "[[questions]]", 'text = "What helped you this week?"', ""])


def files_in(folder: Path) -> list[Path]:
    """Return what stands in *folder*."""
    return sorted(folder.iterdir())


@dataclass(slots=True, kw_only=True)
class Office:
    """A planbook over a folder, and what it complained of."""

    house: AtWork
    book: Planbook
    folder: Path
    problems: list[BadInput]
    saved: int = 0

    def save(self, name: str, text: str) -> None:
        """Save a file; each time a second later, for file systems that count in seconds."""
        file = self.folder / name
        file.write_text(text, "utf-8")
        self.saved += 1
        os.utime(file, (1_700_000_000 + self.saved,) * 2)

    async def create(self, by: Somebody = OWNER, **changes: str) -> Reply:
        """Send the form."""
        heard = HeardCommand(room=MAIN, by=by, command="new", at=at(-60), arguments=FORM | changes)
        return await self.house.service.hear(heard)

    def titles(self) -> list[str]:
        """Return the hashtag and start of each chat."""
        plans = [chat.chat.plan for chat in self.house.service.roster.chats.values()]
        return [f"{plan.hashtag} {plan.starts_at:%m-%d %H:%M}" for plan in plans]


@asynccontextmanager
async def an_office(folder: Path, store: TroubledStore | None = None) -> AsyncIterator[Office]:
    """Give a running bot with a folder of plans."""
    problems: list[BadInput] = []
    async with at_work(store=store) as house:
        book = Planbook(
            folder=folder,
            service=house.service,
            clock=house.clock,
            links=lambda chat: f"https://chat.example.org/m/{chat}",
            on_problem=problems.append,
        )
        house.service.create = book.create
        yield Office(house=house, book=book, folder=folder, problems=problems)


async def test_a_new_file_begins_a_chat_and_the_same_file_no_second(tmp_path: Path) -> None:
    """Looked at again and again, a plan is one chat."""
    async with an_office(tmp_path) as office:
        office.save("a.toml", plan_text())

        for _ in range(3):
            await office.book.look()

        assert office.titles() == ["#hcchat 12-03 19:00"]
        assert office.problems == []


async def test_files_that_are_no_plans_are_left_alone(tmp_path: Path) -> None:
    """A note beside the plans, or an editor's copy, begins nothing."""
    async with an_office(tmp_path) as office:
        office.save("notes.txt", "buy biscuits")
        office.save("a.toml~", plan_text())

        await office.book.look()

        assert office.titles() == []
        assert office.problems == []


async def test_an_edited_file_changes_its_chat(tmp_path: Path) -> None:
    """Who edits a plan changes the chat that it began."""
    async with an_office(tmp_path) as office:
        office.save("a.toml", plan_text())
        await office.book.look()
        office.save("a.toml", plan_text(starts='"2026-12-03 20:00"'))
        await office.book.look()

        assert office.titles() == ["#hcchat 12-03 20:00"]


async def test_a_restart_knows_which_file_began_which_chat(tmp_path: Path) -> None:
    """A bot that comes back finds the chat of each plan, and changes it when it was edited meanwhile."""
    async with an_office(tmp_path) as office:
        office.save("a.toml", plan_text())
        await office.book.look()
        store = office.house.store
    async with an_office(tmp_path, store) as office:
        office.saved = 1
        office.save("a.toml", plan_text(starts='"2026-12-03 20:00"'))
        await office.book.look()

        assert office.titles() == ["#hcchat 12-03 20:00"]


async def test_a_broken_plan_is_told_once_a_version_and_keeps_its_chat(tmp_path: Path) -> None:
    """A mistake in an edit is told with its place, not every five seconds, and the chat stays as it was."""
    async with an_office(tmp_path) as office:
        office.save("a.toml", plan_text())
        office.save("b.toml", plan_text(zone='"Mars/Olympus"'))
        for _ in range(3):
            await office.book.look()
        assert [problem.place.partition(":")[0] for problem in office.problems] == ["b.toml"]

        office.save("a.toml", plan_text(minutes='"long"'))
        await office.book.look()
        await office.book.look()

        assert len(office.problems) == 2
        assert "a.toml" in office.problems[1].place
        assert office.titles() == ["#hcchat 12-03 19:00"]


async def test_a_mended_plan_is_taken_up(tmp_path: Path) -> None:
    """Once the mistake is gone the chat begins."""
    async with an_office(tmp_path) as office:
        office.save("a.toml", "title = ")
        await office.book.look()
        office.save("a.toml", plan_text())
        await office.book.look()

        assert office.titles() == ["#hcchat 12-03 19:00"]
        assert len(office.problems) == 1


async def test_two_plans_for_one_room_and_time_are_one_chat_and_one_problem(tmp_path: Path) -> None:
    """The second of two overlapping plans is refused, and names the first."""
    async with an_office(tmp_path) as office:
        office.save("a.toml", plan_text())
        office.save("b.toml", plan_text(hashtag='"#hcother"', starts='"2026-12-03 19:30"'))
        await office.book.look()

        assert office.titles() == ["#hcchat 12-03 19:00"]
        [problem] = office.problems
        assert problem.place == "b.toml"
        assert "#hcchat" in problem.problem
        assert "fake/main" in problem.problem


@pytest.mark.parametrize("more", [{}, {"repeats": '"FREQ=WEEKLY"'}])
async def test_a_plan_in_anothers_way_is_told_once_and_taken_up_when_the_way_is_free(
    tmp_path: Path, more: dict[str, str]
) -> None:
    """Whoever moves the other chat need not touch this file; nor is the terminal filled every five seconds."""
    async with an_office(tmp_path) as office:
        office.save("a.toml", plan_text())
        office.save("b.toml", plan_text(hashtag='"#hcnext"', **more))
        for _ in range(3):
            await office.book.look()
        assert len(office.problems) == 1

        office.save("a.toml", plan_text(starts='"2026-12-04 09:00"'))
        for _ in range(2):
            await office.book.look()

        assert "#hcnext 12-03 19:00" in office.titles()
        assert len(office.problems) == 1


async def test_a_room_on_a_platform_that_is_not_set_up_is_named(tmp_path: Path) -> None:
    """A plan for a room that the bot cannot reach says which ones it can."""
    async with an_office(tmp_path) as office:
        office.save("a.toml", plan_text(rooms='["discord/12/34"]'))
        await office.book.look()

        [problem] = office.problems
        assert "discord/12/34" in problem.problem
        assert "fake" in problem.fix
        assert office.titles() == []


async def test_a_file_far_too_long_is_not_read(tmp_path: Path) -> None:
    """Nobody fills the memory with a plan."""
    async with an_office(tmp_path) as office:
        office.save("a.toml", plan_text() + "#" * LARGEST)
        await office.book.look()

        [problem] = office.problems
        assert "too long" in problem.problem


async def test_a_series_has_its_next_chat_and_goes_on(tmp_path: Path) -> None:
    """A repeating plan begins one chat at a time: the next when the one before is over."""
    async with an_office(tmp_path) as office:
        office.save("a.toml", plan_text(repeats='"FREQ=WEEKLY;COUNT=3"'))
        await office.book.look()
        await office.book.look()
        assert office.titles() == ["#hcchat 12-03 19:00"]

        await office.house.until(STARTS + timedelta(minutes=61))
        await office.book.look()
        await office.book.look()
        assert office.titles() == ["#hcchat 12-03 19:00", "#hcchat 12-10 19:00"]

        await office.house.until(STARTS + timedelta(days=8))
        await office.book.look()
        assert office.titles()[2:] == ["#hcchat 12-17 19:00"]

        await office.house.until(STARTS + timedelta(days=20))
        await office.book.look()
        assert len(office.titles()) == 3
        assert office.problems == []


async def test_a_plan_that_cannot_be_stored_is_taken_up_later(tmp_path: Path) -> None:
    """A full disk loses no plan: it is tried again at the next look."""
    async with an_office(tmp_path) as office:
        office.save("a.toml", plan_text())
        office.house.store.full = True
        await office.book.look()
        assert office.titles() == []

        office.house.store.full = False
        await office.book.look()

        assert office.titles() == ["#hcchat 12-03 19:00"]
        assert office.problems == []


async def test_the_folder_is_watched(tmp_path: Path) -> None:
    """A plan saved while the bot runs is taken up within seconds."""
    async with an_office(tmp_path) as office, asyncio.TaskGroup() as tasks:
        watching = tasks.create_task(office.book.watch())
        await quiet()
        office.save("a.toml", plan_text())
        await office.house.pass_by(LOOK_EVERY + 1)

        assert office.titles() == ["#hcchat 12-03 19:00"]
        watching.cancel()


# --- the form -------------------------------------------------------------------------------------------------


async def test_the_form_makes_a_chat_a_file_and_a_link(tmp_path: Path) -> None:
    """Who fills in the form gets a moderator's link, and the plan stands in the folder like any other."""
    async with an_office(tmp_path / "plans") as office:
        reply = await office.create()

        [chat] = office.house.service.roster.chats
        assert not reply.refused
        assert f"https://chat.example.org/m/{chat}" in reply.text
        assert office.titles() == ["#hcchat 12-03 19:00"]
        [file] = files_in(tmp_path / "plans")
        assert "What would you ask for?" in file.read_text("utf-8")

        await office.book.look()
        assert office.titles() == ["#hcchat 12-03 19:00"]
        assert office.problems == []


async def test_the_form_of_somebody_without_the_owners_link_is_refused(tmp_path: Path) -> None:
    """Only who holds the owner's link creates chats."""
    async with an_office(tmp_path) as office:
        reply = await office.create(Somebody(id="u-x", name="X"))

        assert reply.refused
        assert office.titles() == []
        assert files_in(tmp_path) == []


async def test_a_form_with_a_mistake_says_which_and_makes_nothing(tmp_path: Path) -> None:
    """A wrong field is named in one sentence; no chat begins and no file is written."""
    async with an_office(tmp_path) as office:
        for changes in (
            {"zone": "Mars/Olympus"},
            {"minutes": "soon"},
            {"questions": ""},
            {"starts": "tomorrow"},
        ):
            reply = await office.create(**changes)
            assert reply.refused
            assert reply.text

        assert office.titles() == []
        assert files_in(tmp_path) == []


async def test_a_form_for_a_taken_hour_is_refused(tmp_path: Path) -> None:
    """Two chats cannot have the same room at the same time, however they were planned."""
    async with an_office(tmp_path) as office:
        office.save("a.toml", plan_text(hashtag='"#hcother"'))
        await office.book.look()

        reply = await office.create()

        assert reply.refused
        assert "#hcother" in reply.text


async def test_a_form_that_cannot_be_stored_is_sent_again(tmp_path: Path) -> None:
    """With a full disk the form is not taken, and nothing of it stands anywhere."""
    async with an_office(tmp_path) as office:
        office.house.store.full = True
        with pytest.raises(StoreTrouble):
            await office.create()

        assert files_in(tmp_path) == []
        assert office.titles() == []
