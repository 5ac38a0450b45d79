"""A published summary is frozen: what is withdrawn leaves it, nothing else changes."""

from dataclasses import replace

import pytest

from bot.core import events as e
from bot.core.names import MessageId, PersonId
from bot.core.selection import Selection
from bot.errors import SummaryUnsound
from bot.summary.check import Problem, check
from bot.summary.compose import COMPOSER, compose, recompose, selection_of
from bot.summary.document import Label, Number, Question, Quote, Summary
from tests.unit.summary.chats import AFTERWARDS, MODERATOR, Story, a_full_hour

FIRST = "m9"


def published(story: Story) -> Selection:
    """Publish the draft of *story*, and return what it chose."""
    selection = selection_of(compose(story.chat, story.texts, edition="public", at=AFTERWARDS))
    story.happened(
        e.SummaryPublished(
            at=AFTERWARDS, edition=1, selection=selection, composer=COMPOSER, parts=1, cause="command"
        )
    )
    return selection


def again(story: Story, selection: Selection) -> Summary:
    """Return the published summary as it is shown now."""
    return recompose(selection, story.chat, story.texts, "public")


def labels(summary: Summary) -> list[str]:
    """Return our sentences about quotes that left."""
    return [entry.text for entry in summary.entries() if isinstance(entry, Label) and "quote" in entry.text]


def test_a_published_summary_is_built_again_from_what_it_chose() -> None:
    """The same lines under the same headings, to the letter."""
    story = (
        a_full_hour()
        .words("heading/1", "Desks")
        .change("heading", "question/q1/theme/1", heading="heading/1")
    )
    draft = compose(story.chat, story.texts, edition="public", at=AFTERWARDS)

    assert again(story, published(story)) == draft


def test_a_selection_holds_no_words() -> None:
    """What is frozen can be kept when the words are erased."""
    assert "standing desk" not in repr(published(a_full_hour()))


@pytest.mark.parametrize("how", ["deleted", "refused", "forgotten", "erased"])
def test_a_quote_its_author_took_back_leaves_a_label(how: str) -> None:
    """Deleted, refused, forgotten or erased: the words are gone and the page says that one was withdrawn."""
    story = a_full_hour()
    selection = published(story)
    if how == "deleted":
        story.delete(FIRST)
    elif how == "refused":
        story.choose("ada", "no", FIRST)
    elif how == "forgotten":
        story.happened(e.PersonForgotten(at=AFTERWARDS, person=PersonId("ada")))
    else:
        story.kept = [row for row in story.kept if row[0] != FIRST]

    summary = again(story, selection)

    assert FIRST not in {quote.message for quote in summary.quotes()}
    assert "One quote withdrawn by its author." in labels(summary)
    assert "standing desk" not in summary.model_dump_json().replace("standing asked desk", "")


def test_several_withdrawn_quotes_of_a_section_are_one_label() -> None:
    """The gap is counted, not listed."""
    story = a_full_hour()
    selection = published(story)
    story.delete("m9").delete("m58")

    found = [entry for entry in again(story, selection).entries() if entry.id == "exchange/i4/0/withdrawn"]

    assert [(entry.n, entry.text) for entry in found if isinstance(entry, Label)] == [
        (2, "2 quotes withdrawn by their authors.")
    ]


def test_a_locked_quote_was_removed_by_a_moderator() -> None:
    """Whose doing it was is told rightly."""
    story = a_full_hour()
    selection = published(story)
    story.happened(e.MessageLocked(at=AFTERWARDS, message=MessageId(FIRST), by=MODERATOR))

    assert "One quote removed by a moderator." in labels(again(story, selection))


def test_a_theme_takes_no_words_from_a_withdrawn_quote() -> None:
    """A heading made of shared words changes with them: nothing of the withdrawn quote stays."""
    story = Story().start().ask(1)
    for number in range(36):
        story.say(f"hello{number}", "Hello everyone!", 5)
    texts = ("Zebras calm my wrists", "Zebras calm my nerves", "Boss knows my flares", "Boss plans my flares")
    for place, text in enumerate(texts):
        story.say(f"p{place}", f"A1 {text}", 9 + place)
    selection = published(story)
    before = again(story, selection).model_dump_json()
    story.delete("m37").delete("m38")

    assert "zebras" in before
    assert "zebras" not in again(story, selection).model_dump_json().lower()


def test_an_edited_message_keeps_the_words_that_were_quoted() -> None:
    """Whoever edits after publication does not put other words into the summary."""
    story = a_full_hour()
    selection = published(story)
    story.edit(FIRST, "A1 buy my book instead, it is about desks and much cheaper", 130)

    assert again(story, selection).model_dump_json().count("standing desk") > 0
    assert "buy my book" not in again(story, selection).model_dump_json()


def test_who_was_quoted_by_role_is_not_named_later() -> None:
    """And who was named may step back to a role."""
    story = a_full_hour(quoting="named").choose("ada", "role")
    selection = published(story)
    story.choose("ada", "named").choose("ben", "role")

    authors = {quote.author for quote in again(story, selection).quotes()}

    assert "Ada" not in authors
    assert "Ben" not in authors
    assert "a clinician" in authors


def test_what_is_said_after_publication_is_not_counted() -> None:
    """A late answer of the next day does not change the numbers that were published."""
    story = a_full_hour()
    selection = published(story)
    before = list(again(story, selection).numbers())
    story.say("zoe", "A1 I only read this now and want to add my desk", 200)

    assert list(again(story, selection).numbers()) == before


def test_a_draft_can_be_built_again_before_it_is_published() -> None:
    """Review shows the same document that will be published."""
    story = a_full_hour()
    draft = compose(story.chat, story.texts, edition="public", at=AFTERWARDS)

    rebuilt = recompose(selection_of(draft), story.chat, story.texts, "public")

    assert rebuilt.chapters == draft.chapters
    assert rebuilt.composed_at == story.chat.latest_heard


def test_an_unheard_chat_can_be_built_again() -> None:
    """A summary of nothing has a date too."""
    story = Story()

    assert recompose(Selection(), story.chat, story.texts, "public").composed_at == story.chat.plan.starts_at


def test_a_summary_with_a_quote_that_cannot_be_found_is_not_built() -> None:
    """If the words are not there, they are not shown."""
    story = a_full_hour()
    selection = published(story)
    beyond = replace(selection.quotes[0], spans=((0, 10_000),))

    with pytest.raises(SummaryUnsound, match="question/q1/m9"):
        again(story, replace(selection, quotes=(beyond,)))


@pytest.mark.parametrize("spans", [(), ((5, 5),), ((9, 3),), ((-4, 3),)])
def test_a_quote_of_nothing_is_not_built(spans: tuple[tuple[int, int], ...]) -> None:
    """Empty, turned and negative spans show nothing that somebody said."""
    story = a_full_hour()
    selection = published(story)

    with pytest.raises(SummaryUnsound):
        again(story, replace(selection, quotes=(replace(selection.quotes[0], spans=spans),)))


def test_overlapping_spans_are_not_built() -> None:
    """A quote cannot say a thing twice that was said once."""
    story = a_full_hour()
    selection = published(story)
    twice = replace(selection.quotes[0], spans=((3, 20), (10, 30)))

    with pytest.raises(SummaryUnsound, match="not-found"):
        again(story, replace(selection, quotes=(twice,)))


# --- the checker ------------------------------------------------------------------------------------------


def changed(summary: Summary, kind: type, **update: object) -> Summary:
    """Return *summary* with its first entry of *kind* changed."""
    done = False
    chapters = []
    for chapter in summary.chapters:
        sections = []
        for section in chapter.sections:
            entries = []
            for entry in section.entries:
                if isinstance(entry, kind) and not done and (kind is not Number or entry.series):
                    entry, done = entry.model_copy(update=update), True  # noqa: PLW2901  # the one that is changed
                entries.append(entry)
            sections.append(section.model_copy(update={"entries": tuple(entries)}))
        chapters.append(chapter.model_copy(update={"sections": tuple(sections)}))
    return summary.model_copy(update={"chapters": tuple(chapters)})


def draft(story: Story) -> Summary:
    """Return the draft of *story*, without its activity chart."""
    summary = compose(story.chat, story.texts, edition="public", at=AFTERWARDS)
    return summary.model_copy(update={"chapters": summary.chapters[1:]})


def test_a_sound_summary_has_no_problems() -> None:
    """What was composed is borne out by the store."""
    story = a_full_hour()

    assert check(draft(story), story.texts, story.chat) == ()


@pytest.mark.parametrize(
    ("kind", "update", "what"),
    [
        (Quote, {"text": ("I never said that.",)}, "not-found"),
        (Quote, {"revision": 7}, "not-found"),
        (Quote, {"spans": ()}, "not-found"),
        (Quote, {"quoted_as": "named"}, "not-allowed"),
        (Quote, {"author": "Ada"}, "wrong-author"),
        (Quote, {"person": "p7"}, "wrong-author"),
        (Question, {"text": "Which pill do you love?"}, "wrong-words"),
        (Number, {"value": 99.0}, "wrong-number"),
    ],
)
def test_whatever_was_tampered_with_is_named(kind: type, update: dict[str, object], what: str) -> None:
    """A changed word, author, question or number is found, with its place."""
    story = a_full_hour()
    tampered = changed(draft(story), kind, **update)

    assert [problem.what for problem in check(tampered, story.texts, story.chat)] == [what]


def test_a_quote_that_may_not_be_shown_any_more_is_named() -> None:
    """A document made yesterday is checked against today's choices."""
    story = a_full_hour()
    summary = draft(story)
    story.choose("finn", "no").choose("dan", "no")

    assert {problem.what for problem in check(summary, story.texts, story.chat)} == {"not-allowed"}


def test_a_heading_that_is_not_the_moderators_is_named() -> None:
    """A heading kept in the store says what the store says."""
    story = (
        a_full_hour()
        .words("heading/1", "Desks")
        .change("heading", "question/q1/theme/1", heading="heading/1")
    )
    summary = draft(story)
    story.kept = [("heading/1", 0, "Chairs") if row[0] == "heading/1" else row for row in story.kept]

    assert check(summary, story.texts, story.chat) == (
        Problem(entry="question/q1/theme/1", what="wrong-words"),
    )


def test_a_proposed_question_is_checked_too() -> None:
    """What somebody proposed is shown as they wrote it."""
    story = a_full_hour().propose("Who pays?")
    summary = draft(story)
    story.kept = [("proposed/1", 0, "Who cares?") if row[0] == "proposed/1" else row for row in story.kept]

    assert [problem.what for problem in check(summary, story.texts, story.chat)] == ["wrong-words"]


def test_a_published_summary_is_checked_as_it_was_published() -> None:
    """People who come later do not change who p1 was."""
    story = a_full_hour()
    summary = again(story, published(story))
    story.say("zoe", "A1 I only read this now and want to add my desk", 200)

    assert check(summary, story.texts, story.chat) == ()
