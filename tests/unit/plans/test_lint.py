"""What is said about a plan that could be better."""

import tomllib
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from jinja2 import Environment, meta

from bot.plans.lines import lines_of
from bot.plans.lint import LintWarning, lint
from bot.plans.model import Plan
from tests.unit.plans.plan_texts import A_MONTH_BEFORE, GOOD, LANGUAGES, a_plan, read, spoilt, starting

TWO = GOOD[: GOOD.index('[[questions]]\ntext = "What should')] + GOOD[GOOD.index("[closing]") :]
NINE = GOOD + "".join(f'[[questions]]\ntext = "What about {word}?"\n' for word in "abcdef")
PROMPTS = Path(__file__).parents[3] / "prompts"
# Each weak plan with the warning it earns and the line of that.
WEAK = [
    (spoilt('guest = "Ana"'), "lint-no-disclosure", 6),
    (spoilt('sponsor = "Example Foundation"'), "lint-sponsor-unnamed", 6),
    (spoilt('objectives = ["Learn"]'), "lint-objective-unserved", 6),
    (spoilt('repeats = "FREQ=MONTHLY;BYDAY=2TH"'), "lint-off-series", 6),
    (GOOD.replace(', "Meera"', ""), "lint-one-moderator", 5),
    (GOOD[: GOOD.index("[closing]")], "lint-no-closing", 1),
    (GOOD.replace("night shift?", "night shift" + " or day" * 40 + "?"), "lint-question-long", 9),
    (GOOD.replace("night shift?", "night shift" + " or" * 30 + "?"), "lint-question-hard", 9),
    (GOOD.replace("night shift?", "night? And a day?"), "lint-two-questions", 9),
    (
        GOOD.replace("What has helped you to sleep?", "what keeps you awake: after a night shift"),
        "lint-same-question",
        12,
    ),
    (spoilt(question="minutes = 2"), "lint-little-time", 8),
    (spoilt(question="minutes = 20").replace('sleep?"', 'sleep?"\nat = 15'), "lint-question-cut", 10),
    (spoilt("minutes = 60").replace('change?"', 'change?"\nat = 70'), "lint-past-end", 16),
]


def said(text: str, now: datetime = A_MONTH_BEFORE) -> list[tuple[str, int | None]]:
    """Return the keys and lines of what is said about the plan in *text*."""
    return [(warning.key, warning.line) for warning in lint(read(text), now=now, lines=lines_of(text))]


def test_nothing_is_said_about_a_good_plan() -> None:
    """Silence means go."""
    assert lint(a_plan(), now=A_MONTH_BEFORE) == ()


@pytest.mark.parametrize(("text", "key", "line"), WEAK)
def test_each_weakness_is_told_at_its_line(text: str, key: str, line: int) -> None:
    """One weakness, one warning with its line."""
    assert (key, line) in said(text)


def test_questions_are_counted_against_the_hour() -> None:
    """Two questions are few for an hour and enough for half of one; nine are many."""
    assert said(TWO) == [("lint-few-questions", 8)]
    assert said(TWO.replace("# line 6", "minutes = 30")) == []
    assert ("lint-many-questions", 8) in said(NINE)


@pytest.mark.parametrize(
    ("before", "keys"),
    [
        (timedelta(hours=1), []),
        (timedelta(minutes=30), ["lint-no-reminders"]),
        (timedelta(minutes=1), ["lint-no-reminders"]),
        (timedelta(0), ["lint-start-past"]),
        (timedelta(days=-1), ["lint-start-past"]),
    ],
)
def test_a_start_too_close_is_told(before: timedelta, keys: list[str]) -> None:
    """Past starts and reminders that would be late are told; a plan without reminders wanted none."""
    plan = a_plan()

    assert [warning.key for warning in lint(plan, now=plan.starts_at - before)] == keys


def test_a_plan_without_reminders_hears_nothing_of_them() -> None:
    """Who switched reminders off is not reminded of them."""
    plan = a_plan("reminders_hours = []")

    assert lint(plan, now=plan.starts_at - timedelta(minutes=1)) == ()


def test_a_sponsor_named_in_the_reason_is_named() -> None:
    """It is enough that people read it in one of the texts of the announcement."""
    plan = a_plan('sponsor = "Example Foundation"\nwhy = "Paid by the EXAMPLE foundation."')

    assert lint(plan, now=A_MONTH_BEFORE) == ()


def test_a_series_date_in_the_skipped_hour_is_told_with_its_new_time() -> None:
    """Organisers hear in time that one night of the series moves to two o'clock."""
    plan = starting("2027-03-21 01:30", 'repeats = "FREQ=WEEKLY"')

    assert lint(plan, now=A_MONTH_BEFORE) == (
        LintWarning(
            key="lint-date-moved", arguments={"start": "2027-03-28 02:00", "zone": "Europe/London"}, line=None
        ),
    )


def test_a_warning_brings_what_its_line_needs() -> None:
    """The numbers in the sentence are those of the plan."""
    plan = a_plan().model_dump()
    long = Plan.model_validate({**plan, "questions": [{"text": "x" * 281}, *plan["questions"][1:]]})

    (warning,) = lint(long, now=A_MONTH_BEFORE)

    assert warning.arguments == {"question": 1, "characters": 281, "limit": 280}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_warning_has_its_words_and_fills_them(language: str) -> None:
    """In each language the sentence uses what the warning brings and asks for nothing else."""
    words = tomllib.loads((PROMPTS / language / "lint.toml").read_text("utf-8"))
    start = a_plan().starts_at
    late = [*lint(a_plan(), now=start), *lint(a_plan(), now=start - timedelta(minutes=1))]
    counted = [read(NINE), read(TWO), starting("2027-03-21 01:30", 'repeats = "FREQ=WEEKLY"')]
    plans = [*(read(text) for text, _, _ in WEAK), *counted]
    found = [*late, *(warning for plan in plans for warning in lint(plan, now=A_MONTH_BEFORE))]

    for warning in found:
        filled = meta.find_undeclared_variables(Environment(autoescape=True).parse(words[warning.key]))
        assert filled <= set(warning.arguments)
    assert {warning.key for warning in found} == set(words)
