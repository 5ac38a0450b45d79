"""A post gets its words when it is sent: every line in every language, and nothing of what was erased."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.core.names import PersonId, PostKey, RoomId, WordKey
from bot.core.plan import CLOSING, TITLE, question_words
from bot.core.posts import NameRef, Post, WordRef
from bot.markup import Buttons, Content, Heading, Quote
from bot.runtime.rendering import Kept, local_time, people_named, render, word_keys
from bot.wording import Wording, languages
from tests.fakes.platform import words_of

ROOM = RoomId("fake/main")
STARTS = datetime(2026, 12, 3, 19, 0, tzinfo=UTC)
MEERA = PersonId("p-meera")
KEPT = Kept(
    texts={
        TITLE: "Working with arthritis",
        CLOSING: "One thing you take home?",
        question_words("q1"): "What helped you?",
        question_words("q2"): "What would you ask for?",
        WordKey("m-1"): "Pacing <b>myself</b> & @everyone",
        WordKey("say/1"): "Five minutes more",
    },
    names={MEERA: "Meera"},
)
NOTHING = Kept(texts={}, names={})
BASICS: dict[str, Any] = {"hashtag": "#hcchat", "title": WordRef(key=TITLE), "minutes": 60}
QUESTION: dict[str, Any] = {
    "number": 1,
    "text": WordRef(key=question_words("q1")),
    "hashtag": "#hcchat",
    "thinking": 0,
}
ANNOUNCED: dict[str, Any] = {
    **BASICS,
    "starts_at": STARTS,
    "zone": "Europe/Dublin",
    "questions": (WordRef(key=question_words("q1")), WordRef(key=question_words("q2"))),
}
# Each line of a post with the arguments that the core gives it, and what the room must read of them.
LINES: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "post.announcement": (
        ANNOUNCED,
        ("#hcchat", "Working with arthritis", "60", "Q1  What helped", "Europe/Dublin"),
    ),
    "post.plan-changed": (ANNOUNCED, ("#hcchat", "Working with arthritis", "Q2  What would")),
    "post.reminder": ({**ANNOUNCED, "questions": (), "left": 1440}, ("#hcchat", "19:00")),
    "post.how-it-works": (BASICS, ("#hcchat",)),
    "post.welcome": (BASICS, ("#hcchat", "Working with arthritis")),
    "post.question": (QUESTION, ("Q1", "What helped you?", "#hcchat")),
    "post.question-again": (QUESTION, ("Q1", "What helped you?")),
    "post.answers-please": ({"number": 3}, ("Q3",)),
    "post.last-thoughts": ({"number": 3}, ("Q3",)),
    "post.question-withdrawn": ({"number": 3}, ("Q3",)),
    "post.closing": ({**BASICS, "closing": WordRef(key=CLOSING)}, ("One thing you take home?",)),
    "post.thanks": ({**BASICS, "messages": 123, "people": 17, "hours": 24}, ("123", "17", "24", "#hcchat")),
    "post.held": ({}, ()),
    "post.resumed": ({}, ()),
    "post.said": ({"text": WordRef(key=WordKey("say/1"))}, ("Five minutes more",)),
    "post.summary-retracted": ({}, ()),
    "post.first-time": ({"hashtag": "#hcchat"}, ()),
    "post.consent": (
        {"text": WordRef(key=WordKey("m-1")), "message": "m-1"},
        ("Pacing <b>myself</b> & @everyone",),
    ),
}


def rendered(line: str, arguments: dict[str, Any], kept: Kept = KEPT, language: str = "en") -> Content:
    """Return a post of *line* as it is sent."""
    post = Post(key=PostKey("k"), room=ROOM, line=line, arguments=arguments)
    return render(post, Wording.load(language), kept)


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("line", LINES)
def test_every_line_says_what_it_is_given(line: str, language: str) -> None:
    """In every language each post names its numbers, times and words, and leaves no gap."""
    arguments, wanted = LINES[line]

    content = rendered(line, arguments, language=language)

    said = words_of(content)
    assert content.label == line
    assert all(word in said for word in wanted), said
    assert "{{" not in said
    assert "None" not in said
    assert all(text.strip() for text in said.splitlines() if text)


@pytest.mark.parametrize("line", LINES)
def test_nothing_erased_keeps_a_post_from_being_sent(line: str) -> None:
    """When words were erased before a post was sent it is sent without them, and says so where they stood."""
    said = words_of(rendered(line, LINES[line][0], NOTHING))

    assert "Pacing" not in said
    assert "arthritis" not in said
    assert said


@pytest.mark.parametrize(
    ("quoting", "choices"),
    [
        ("named", ["named", "role", "no"]),
        ("ask", ["named", "role", "no"]),
        ("role", ["role", "no"]),
        ("closed", []),
    ],
)
def test_newcomers_are_offered_what_their_chat_allows(quoting: str, choices: list[str]) -> None:
    """One press under the welcome; where nothing is quoted nothing is asked."""
    content = rendered("post.first-time", {"quoting": quoting})

    buttons = [button for block in content.blocks if isinstance(block, Buttons) for button in block.buttons]
    assert [button.arguments for button in buttons] == [(("choice", choice),) for choice in choices]
    assert {button.command for button in buttons} <= {"consent"}


def test_every_post_that_the_core_calls_for_is_tried_here() -> None:
    """A new line in prompts/ for a post is rendered here as well."""
    families = {key.rpartition(".")[0] for key in Wording.load("en").lines if key.startswith("post.")}
    helping = {"post.question-thinking", "post.erased", "post.unknown-name"}

    assert {family for family in families if family.count(".") == 1} - helping <= set(LINES)


def test_a_minute_to_think_is_announced_as_such() -> None:
    """A question to think about first does not ask for answers yet."""
    thinking = words_of(rendered("post.question", {**QUESTION, "thinking": 1}))

    assert thinking != words_of(rendered("post.question", QUESTION))
    assert "What helped you?" in thinking


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (1440, "1 day"),
        (2880, "2 days"),
        (60, "1 hour"),
        (120, "2 hours"),
        (30, "30 minutes"),
        (90, "90 minutes"),
        (1, "1 minute"),
    ],
)
def test_a_reminder_counts_in_the_largest_whole_unit(minutes: int, said: str) -> None:
    """A day is a day, and ninety minutes are ninety minutes."""
    text = words_of(rendered("post.reminder", {**ANNOUNCED, "left": minutes}))

    assert f"{said}." in text


def test_a_time_is_told_in_the_zone_of_the_plan_by_name() -> None:
    """No time goes out without its zone, in summer as in winter."""
    summer = datetime(2026, 7, 2, 18, 0, tzinfo=UTC)

    assert local_time(STARTS, "Europe/Dublin", "en") == "Thursday 3 December, 19:00 (Europe/Dublin)"
    assert "19:00" in local_time(summer, "Europe/Dublin", "en")
    assert local_time(STARTS, "Asia/Tokyo", "de").startswith("Freitag")


def test_the_next_date_is_told_with_the_thanks() -> None:
    """Who says goodbye hears when the next hour is, when there is one."""
    arguments = LINES["post.thanks"][0]

    without, with_date = (
        words_of(rendered("post.thanks", arguments)),
        words_of(rendered("post.thanks", {**arguments, "next_at": STARTS, "zone": "UTC"})),
    )

    assert "3 December" not in without
    assert "3 December" in with_date


def test_consent_is_asked_for_with_the_words_and_three_answers() -> None:
    """The author sees their own line as it is, and can say by name, by role, or no."""
    content = rendered("post.consent", LINES["post.consent"][0])

    [quote] = [block for block in content.blocks if isinstance(block, Quote)]
    [buttons] = [block for block in content.blocks if isinstance(block, Buttons)]
    assert quote.text == "Pacing <b>myself</b> & @everyone"
    assert [dict(button.arguments)["choice"] for button in buttons.buttons] == ["named", "role", "no"]
    assert {dict(button.arguments)["message"] for button in buttons.buttons} == {"m-1"}


def test_what_people_wrote_is_never_a_template() -> None:
    """Somebody who writes curly brackets finds them again as they were."""
    kept = Kept(texts={WordKey("say/1"): "{{ title }} {% raw %}"}, names={})

    assert words_of(rendered("post.said", LINES["post.said"][0], kept)) == "{{ title }} {% raw %}"


def test_a_post_knows_whose_words_it_needs() -> None:
    """Before a post is rendered exactly its words and names are fetched."""
    arguments = {"names": (NameRef(person=MEERA),), "text": WordRef(key=TITLE), "number": 1}
    post = Post(key=PostKey("k"), room=ROOM, line="post.said", arguments=arguments)

    assert word_keys(post) == (TITLE,)
    assert people_named(post) == (MEERA,)


def test_a_heading_stands_first() -> None:
    """A question is found by its number."""
    [first, *_] = rendered("post.question", QUESTION).blocks

    assert isinstance(first, Heading)
    assert first.text == "Q1"
