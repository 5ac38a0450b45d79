"""Which posts an event calls for, and that each of them can be said in every language."""

from functools import cache

import pytest

from bot.core import commands as c
from bot.core import events as e
from bot.core.plan import TITLE
from bot.core.posts import Post, WordRef
from bot.core.react import react
from bot.markup import Content
from bot.runtime.rendering import Kept, people_named, render, word_keys
from bot.wording import Wording, languages
from tests.builders import MAIN, SIDE, Told, a_chat, asked, at, hears, minutes, publishing, told

BY_THE_SERVICE = "post.summary-part"
"""Made by the composer, not from a line."""


@cache
def everything() -> tuple[Post, ...]:
    """Return the posts of a chat in which everything is said that the bot can say."""
    chat = a_chat(rooms=(MAIN, SIDE), think=minutes(1), quoting="ask", next_at=at(7 * 24 * 60)).at(-60)
    chat.given(lambda now: c.PlanChat(at=now, plan=plan_of(chat, wrap=minutes(2)))).at(10)
    chat.given(told(c.Meet, person="mira", room=MAIN), hears("m1"), hears("m2"), asked(c.Keep, message="m1"))
    chat.given(asked(c.Remove, message="m2"), asked(c.Hold), asked(c.Resume), asked(c.Say, words="say/1"))
    chat.given(asked(c.Next), asked(c.Undo), asked(c.Next), asked(c.Back)).at(90)
    chat.given(publishing("m1"), told(c.HearDeletion, message="m1"), asked(c.Retract))
    return tuple(chat.posts)


def plan_of(chat: Told, **changes: object) -> object:
    """Return the plan of *chat*, changed."""
    return a_chat(
        rooms=(MAIN, SIDE), think=minutes(1), quoting="ask", next_at=at(7 * 24 * 60), **changes
    ).chat.plan


def lines() -> list[str]:
    """Return every line that a post can have."""
    return sorted({post.line for post in everything() if post.line and post.line != BY_THE_SERVICE})


def test_the_bot_has_eighteen_things_to_say() -> None:
    """About a dozen posts in the hour, and some that are rare: a new one belongs into this list."""
    assert lines() == [
        "post.announcement",
        "post.answers-please",
        "post.closing",
        "post.consent",
        "post.first-time",
        "post.held",
        "post.how-it-works",
        "post.last-thoughts",
        "post.plan-changed",
        "post.question",
        "post.question-again",
        "post.question-withdrawn",
        "post.reminder",
        "post.resumed",
        "post.said",
        "post.summary-retracted",
        "post.thanks",
        "post.welcome",
    ]


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("line", lines())
def test_every_post_can_be_said(line: str, language: str) -> None:
    """With all its words, and with all of them erased."""
    wording = Wording.load(language)
    for post in (post for post in everything() if post.line == line):
        texts = {key: f"the words of {key}" for key in word_keys(post)}
        names = dict.fromkeys(people_named(post), "Mira")

        assert render(post, wording, Kept(texts=texts, names=names)) != Content()
        assert render(post, wording, Kept(texts={}, names={})).label == line


def test_posts_hold_references_and_no_words() -> None:
    """What was erased is then in no queue either."""
    said = [value for post in everything() for value in post.arguments.values() if isinstance(value, str)]

    assert set(said) <= {"#hcchat", "Europe/Dublin", "m1", "ask"}


def test_every_post_has_a_key_of_its_own_and_goes_to_every_room() -> None:
    """Public posts come room by room, each under its own key."""
    public = [post for post in everything() if post.action in {"post", "edit"}]
    rooms = [{post.line for post in public if post.room == room} for room in (MAIN, SIDE)]

    assert len({post.key for post in everything()}) == len(everything())
    assert rooms[0] == rooms[1]


def test_an_announcement_names_the_questions_in_their_order() -> None:
    """With the title, the time and its zone."""
    (post,) = [post for post in a_chat().at(-60).posts if post.line == "post.announcement"]

    assert post.arguments["title"] == WordRef(key=TITLE)
    assert [ref.key for ref in post.arguments["questions"]] == [
        f"question/q{number}" for number in (1, 2, 3, 4)
    ]
    assert (post.arguments["starts_at"], post.arguments["zone"]) == (at(0), "Europe/Dublin")


def test_the_thanks_count_people_and_what_still_stands() -> None:
    """Neither bots nor deleted messages; somebody never met counts too, and is not met by being counted."""
    chat = a_chat().running(1).given(told(c.Meet, person="robot", room=MAIN, bot=True))
    chat.given(hears("m1", by="anna"), hears("m2", by="anna"), hears("m3", by="robot"), hears("m4", by="leo"))
    chat.given(told(c.HearDeletion, message="m4"), told(c.HearDeletion, message="m5")).at(61)
    (post,) = [post for post in chat.posts if post.line == "post.thanks"]

    assert (post.arguments["people"], post.arguments["messages"], post.arguments["hours"]) == (1, 3, 24)
    assert "next_at" not in post.arguments
    assert set(chat.chat.people) == {"robot"}


def test_nobody_is_asked_about_a_line_that_was_not_heard() -> None:
    """There is nothing to show them."""
    chat = a_chat().running(1).chat

    assert react(chat, e.ConsentAsked(at=at(9), message="m1", person="mira")) == ()


def test_what_nobody_heard_cannot_be_taken_out_of_a_room() -> None:
    """It is not known in which room it stands."""
    assert a_chat().running(1).says_of(asked(c.Remove, message="m9")) == []


def test_a_hold_outside_the_hour_is_nobodys_business() -> None:
    """Neither holding nor resuming is posted before the hour."""
    chat = a_chat().at(-60)

    assert chat.says_of(asked(c.Hold)) == []
    assert chat.says_of(asked(c.Resume)) == []


def test_an_hour_in_which_nobody_spoke_is_thanked_with_noughts() -> None:
    """FAULTS 28: neither the bot's own posts nor its echo count as people."""
    chat = (
        a_chat()
        .running(1)
        .given(
            told(
                c.NoteDelivery, key="chat/question/q1/1/local/main", room=MAIN, message="p1", posted_at=at(8)
            )
        )
    )
    (post,) = [post for post in chat.at(61).posts if post.line == "post.thanks"]

    assert (post.arguments["people"], post.arguments["messages"]) == (0, 0)
