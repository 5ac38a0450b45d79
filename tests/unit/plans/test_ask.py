"""The questions of `plan new`, run as a terminal would run them."""

from typing import Any

import pytest

from bot.errors import BadInput
from bot.plans.ask import ASKS, build
from bot.plans.model import Plan
from bot.plans.write import write_plan
from tests.unit.plans.plan_texts import LANGUAGES, a_plan, read

TYPED = {
    "title": ["Sleep and shift work"],
    "hashtag": [" #HCchat "],
    "zone": ["Europe/London"],
    "starts": ["2026-12-03 19:00"],
    "questions": [
        "What keeps you awake after a night shift?",
        "What has helped you to sleep?",
        "What should your ward change?",
    ],
    "closing": ["What will you try tonight?"],
    "moderators": ["Andrew, Meera"],
}


def answer(typed: dict[str, list[str]]) -> dict[str, Any]:
    """Return the answers of somebody who types this and leaves everything else empty."""
    answers: dict[str, Any] = {}
    for ask in ASKS:
        given = typed.get(ask.field, [ask.default] if ask.default else [])
        if given and ask.is_due(answers):
            values = [ask.read(text, answers) for text in given]
            answers[ask.field] = values if ask.many else values[0]
    return answers


def refused(field: str, typed: str) -> BadInput:
    """Return what is said about one answer."""
    ask = next(ask for ask in ASKS if ask.field == field)
    with pytest.raises(BadInput) as caught:
        ask.read(typed, {"zone": "Europe/London", "starts": a_plan().starts})
    return caught.value


def test_the_answers_make_the_plan_that_a_file_would_make() -> None:
    """Who is asked gets the same plan as who writes."""
    assert build(answer(TYPED), languages=LANGUAGES) == a_plan()


def test_every_answer_can_be_given() -> None:
    """All fields that are asked reach the plan, and the plan reaches its file."""
    more = {
        "minutes": ["45"],
        "language": ["de"],
        "why": ["To hear what helps."],
        "guest": ["Dr Ana Lindqvist"],
        "disclosure": ["Unpaid."],
        "sponsor": ["Example Foundation"],
        "objectives": ["Learn one thing", "Learn another"],
        "rooms": ["local/main, slack/C0123"],
        "quoting": ["ask"],
        "repeats": ["FREQ=MONTHLY;BYDAY=1TH"],
    }

    plan = build(answer(TYPED | more), languages=LANGUAGES)

    assert (plan.minutes, plan.quoting, plan.rooms) == (45, "ask", ("local/main", "slack/C0123"))
    assert plan.objectives == ("Learn one thing", "Learn another")
    assert plan.repeats == "FREQ=MONTHLY;BYDAY=1TH"
    assert read(write_plan(plan)) == plan


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("hashtag", "hcchat", 'Write "#hcchat".'),
        ("zone", "london", 'Did you mean "Europe/London"?'),
        ("starts", "2027-03-28 01:30", "does not exist in Europe/London"),
        ("starts", "soon", "is not a date and time"),
        ("minutes", "an hour", '"minutes" must be a whole number'),
        ("minutes", "3", '"minutes" must be at least 5'),
        ("rooms", "main", '"rooms" must be "<platform>/<room>"'),
        ("moderators", "Ann, ann", "there twice"),
        ("quoting", "maybe", '"ask", "named", "role" or "closed"'),
        ("questions", "  ", "The text is empty"),
        ("closing", "  ", "The text is empty"),
        ("objectives", "  ", "The text is empty"),
        ("repeats", "monthly", "not a part of a rule"),
    ],
)
def test_a_wrong_answer_is_told_at_once(field: str, typed: str, says: str) -> None:
    """The terminal can ask again before the next question."""
    assert says in str(refused(field, typed))


def test_a_disclosure_is_asked_only_with_a_guest() -> None:
    """No guest, nothing to disclose."""
    disclosure = next(ask for ask in ASKS if ask.field == "disclosure")

    assert not disclosure.is_due({})
    assert disclosure.is_due({"guest": "Dr Ana Lindqvist"})


def test_what_only_shows_at_the_end_is_told_at_the_end() -> None:
    """A language that the bot does not have is found when the plan is made."""
    with pytest.raises(BadInput, match="does not speak"):
        build(answer(TYPED | {"language": ["tlh"]}), languages=LANGUAGES)


def test_the_table_asks_for_fields_that_a_plan_has() -> None:
    """Nothing is asked twice, nothing is asked for the bin, and whatever a plan needs is asked."""
    asked = [ask.field for ask in ASKS]
    required = {name for name, field in Plan.model_fields.items() if field.is_required()}

    assert len(set(asked)) == len(asked)
    assert set(asked) <= set(Plan.model_fields)
    assert {ask.field for ask in ASKS if ask.needed} == required
