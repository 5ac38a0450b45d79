"""Writing plans."""

from datetime import time
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.plans.fields import CONTROLS
from bot.plans.model import Plan
from bot.plans.write import write_plan
from tests.unit.plans.plan_texts import a_plan, read, wall

lines = (
    st.text(st.characters(codec="utf-8"), min_size=1, max_size=40)
    .map(lambda text: CONTROLS.sub("", text).replace("\n", " ").strip())
    .filter(bool)
)
texts = st.lists(lines, min_size=1, max_size=3).map("\n".join)
maybe = st.none


def halves(low: int, high: int) -> st.SearchStrategy[float]:
    """Return numbers such as people write: 2 or 2.5."""
    return st.integers(low * 2, high * 2).map(lambda number: number / 2)


def different(items: st.SearchStrategy[Any], most: int) -> st.SearchStrategy[list[Any]]:
    """Return lists in which nothing stands twice."""
    same = st.lists(items, max_size=most, unique_by=lambda item: str(item).casefold())
    return same.filter(lambda found: len({str(item).casefold() for item in found}) == len(found))


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Return any plan: all fields, any words."""
    objectives = draw(different(lines, 3))
    number = st.integers(1, len(objectives)) if objectives else st.none()
    question = st.fixed_dictionaries(
        {"text": texts}, optional={"minutes": halves(1, 30), "objective": number}
    )
    questions = draw(st.lists(question, min_size=1, max_size=4))
    questions[0]["at"] = draw(st.none() | halves(0, 20) | st.just(time(19, 5)))
    fields: dict[str, Any] = {
        "title": draw(lines),
        "hashtag": draw(st.from_regex(r"#[A-Za-z0-9_]{2,40}", fullmatch=True)),
        "zone": draw(st.sampled_from(["Europe/London", "UTC", "America/New_York"])),
        "starts": wall("2026-12-03 19:00"),
        "questions": questions,
        "objectives": objectives,
    }
    optional = {
        "minutes": st.integers(5, 240),
        "why": texts,
        "language": st.sampled_from(["en", "de", "fr"]),
        "rooms": st.just(["local/main", "slack/C0123"]),
        "moderators": different(lines, 3),
        "guest": lines,
        "disclosure": texts,
        "sponsor": lines,
        "quoting": st.sampled_from(["ask", "named", "role", "closed"]),
        "publish": st.sampled_from(["review", "auto"]),
        "pace": st.sampled_from(["clock", "manual"]),
        "introductions": halves(0, 20),
        "think": halves(0, 5),
        "wrap": halves(0, 10),
        "late_answers_hours": halves(0, 168),
        "reminders_hours": different(halves(1, 200), 4),
        "groups": different(lines, 4),
        "repeats": st.just("FREQ=WEEKLY"),
        "series_starts": st.just(wall("2026-11-26 19:00")),
        "closing": st.fixed_dictionaries({"text": texts}),
        "next_date": st.sampled_from(["2027-01-07 19:00", "2027-07-07 19:00"]),
    }
    return Plan.model_validate({**fields, **draw(st.fixed_dictionaries({}, optional=optional))})


@given(plans())
def test_what_is_written_is_read_back(plan: Plan) -> None:
    """A plan goes to a file and comes back as itself, whatever its words are."""
    assert read(write_plan(plan)) == plan


def test_only_what_somebody_chose_is_written() -> None:
    """A small plan is a small file."""
    written = write_plan(a_plan())

    assert "think" not in written
    assert "groups" not in written
    assert written.startswith(
        'title = "Sleep and shift work"\nhashtag = "#hcchat"\nstarts = "2026-12-03 19:00"\n'
    )


def test_an_offset_in_the_doubled_hour_is_kept() -> None:
    """Which of the two half past ones is meant is still there after writing."""
    plan = a_plan('next_date = "2027-10-31 01:30 +00:00"')

    assert 'next_date = "2027-10-31 01:30 +00:00"' in write_plan(plan)
    assert read(write_plan(plan)).next_at == plan.next_at


def test_awkward_words_stay_as_they_are() -> None:
    """Quotes, backslashes, emoji and line breaks are words, not syntax."""
    why = 'She said "no" \\ twice\n[[questions]]\n# 💡 ünïcode \\u0041'
    plan = a_plan().model_copy(update={"why": why})

    assert read(write_plan(plan)).why == why
