"""The example plans that people copy."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from bot.plans.lines import lines_of
from bot.plans.lint import lint
from bot.plans.model import Plan, Question
from bot.plans.overlap import overlaps
from bot.plans.read import read_plan
from bot.plans.series import occurrences

CHATS = Path(__file__).parents[3] / "prompts" / "chats"
NAMES = ("first-chat", "rheumatology-hour", "two-people")


def example(name: str) -> Plan:
    """Return an example plan."""
    return read_plan((CHATS / f"{name}.toml").read_bytes(), name=name, languages=("en",))


@pytest.mark.parametrize("name", NAMES)
def test_an_example_is_a_plan_without_a_fault(name: str) -> None:
    """What we give people to copy has nothing that we would warn them of."""
    plan = example(name)

    assert lint(plan, now=plan.starts_at - timedelta(days=30)) == ()


def test_every_example_is_tested() -> None:
    """A new example joins this list."""
    assert sorted(file.stem for file in CHATS.glob("*.toml")) == sorted(NAMES)


@pytest.mark.parametrize(
    ("name", "opens"),
    [("first-chat", [8, 23, 38]), ("rheumatology-hour", [8, 19, 30, 42]), ("two-people", [2])],
)
def test_an_example_opens_its_questions_when_it_says(name: str, opens: list[int]) -> None:
    """Minutes, a plus, a time on the wall and no time at all mean what their comments say."""
    assert [slot.opens_after // timedelta(minutes=1) for slot in example(name).timetable] == opens


def test_the_full_example_shows_every_field() -> None:
    """Whoever looks for a field finds it in one place, but for the one that the bot writes."""
    shown = set(
        re.findall(r"^([a-z_]+) = ", (CHATS / "rheumatology-hour.toml").read_text("utf-8"), re.MULTILINE)
    )
    tables = {path[0] for path in lines_of((CHATS / "rheumatology-hour.toml").read_text("utf-8"))}

    assert shown | tables >= {*Plan.model_fields, *Question.model_fields} - {"series_starts"}


def test_the_example_series_keeps_its_hour_and_names_its_next_date() -> None:
    """Every first Thursday at 19:00, all year; the date in the file is the one the rule gives."""
    plan = example("rheumatology-hour")
    coming = occurrences(plan, plan.starts_at, 12)

    assert coming[0] == plan.next_at
    assert {f"{at:%a %H:%M}" for at in coming} == {"Thu 19:00"}


def test_examples_can_stand_side_by_side() -> None:
    """The two-person example does not want the room when another has it."""
    assert overlaps(example("two-people"), [example("first-chat"), example("rheumatology-hour")]) is None
