"""The record of a chat: what everybody may read, and what organisers may."""

from bot.core import events as e
from bot.core.names import MessageId, PersonId, QuestionId
from bot.core.phases import Phase, Stage
from bot.summary.transcript import entries_of, to_page
from tests.unit.summary.chats import AFTERWARDS, MODERATOR, Story, minute


def a_record() -> Story:
    """Return a chat that quotes by role, with one line of each fate."""
    story = Story().start().join("ada", group="patient")
    asking = story.say("mod", "So what helps you at work?", 8)
    stage = Stage(phase=Phase.QUESTION, question=QuestionId("q1"))
    asked_as = MessageId(asking)
    story.happened(
        e.StageEntered(at=minute(8), stage=stage, cause="command", due=minute(8), asked_as=asked_as)
    )
    for number, text in enumerate(
        ("a desk", "I refuse", "I am locked", "I am deleted", "<b>edited</b> once"), 9
    ):
        story.say("ada", text, number)
    story.say("zed", "who am I", 20)
    story.choose("ada", "no", "m3").delete("m5").edit("m6", "<b>edited</b> twice", 15)
    return story.happened(e.MessageLocked(at=AFTERWARDS, message=MessageId("m4"), by=MODERATOR))


def test_the_public_record_holds_only_what_may_be_quoted() -> None:
    """Refused, locked and deleted lines are not in it, and nobody's id is."""
    story = a_record()
    entries = list(entries_of(story.chat, story.texts, "public"))

    assert [entry.id for entry in entries] == ["m1", "m2", "m6", "m7"]
    assert {(entry.author.id, entry.author.name) for entry in entries if entry.author} == {("", "?")}
    assert entries[2].text == "<b>edited</b> twice"


def test_the_internal_record_leaves_out_what_is_locked_and_deleted() -> None:
    """Organisers see who said what, but never what a moderator or the author took away."""
    story = a_record()
    entries = list(entries_of(story.chat, story.texts, "internal"))

    assert [entry.id for entry in entries] == ["m1", "m2", "m3", "m6", "m7"]
    assert [entry.author.name for entry in entries if entry.author][1] == "Ada"


def test_erased_words_are_not_in_the_record() -> None:
    """A line without words is no line; an author without a name is somebody."""
    story = a_record()
    story.kept = [row for row in story.kept if row[0] != "m2"]
    story.names.pop(PersonId("zed"))
    entries = list(entries_of(story.chat, story.texts, "internal"))

    assert "m2" not in {entry.id for entry in entries}
    assert entries[-1].author is not None
    assert entries[-1].author.name == "?"


def test_each_line_of_the_page_has_its_anchor_and_its_letters() -> None:
    """Quotes of the summary lead to their place, under the question that was open."""
    story = a_record()
    page = to_page(story.chat, story.texts, "public")

    assert '<li id="m6">' in page
    assert "&lt;b&gt;edited&lt;/b&gt; twice" in page
    assert '<h2 dir="auto">Q1: What helps you at work?</h2>' in page
    assert "<bdi>Patient</bdi>" in page
    assert "<bdi>somebody</bdi>" in page


def test_the_page_of_a_chat_without_words_still_opens() -> None:
    """When all was erased, the hashtag and the number of the question remain."""
    story = a_record()
    story.kept = [row for row in story.kept if row[0] == "m1"]
    page = to_page(story.chat, story.texts, "internal")

    assert '<h1 dir="auto">#hcchat</h1>' in page
    assert '<h2 dir="auto">Q1: </h2>' in page


def test_a_named_person_is_named() -> None:
    """Who allowed their name is found under it."""
    story = Story(quoting="named").start().ask(1)
    story.say("ada", "a desk", 9)

    assert "<bdi>Ada</bdi>" in to_page(story.chat, story.texts, "public")
