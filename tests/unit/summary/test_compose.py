"""What a summary says, section by section."""

from datetime import timedelta

import pytest

from bot.core import events as e
from bot.core.names import MessageId, PersonId, QuestionId
from bot.core.phases import Phase, Stage
from bot.core.plan import PlannedQuestion
from bot.summary.compose import compose
from bot.summary.document import Edition, Entry, Heading, Label, Number, Question, Quote, Summary
from bot.summary.view import View
from tests.unit.summary.chats import AFTERWARDS, MODERATOR, START, Story, a_full_hour, minute

DESK = "I told my manager on day one and asked for a standing desk, it changed everything for my wrists."


def summary_of(story: Story, edition: Edition = "public") -> Summary:
    """Return the draft of *story*."""
    return compose(story.chat, story.texts, edition=edition, at=AFTERWARDS)


def chapter_of(summary: Summary, id: str) -> list[Entry]:
    """Return the entries of a chapter, none when the summary does not have it."""
    found = [chapter for chapter in summary.chapters if chapter.id == id]
    return [entry for chapter in found for section in chapter.sections for entry in section.entries]


def section_of(summary: Summary, id: str) -> list[Entry]:
    """Return the entries of a section, none when the summary does not have it."""
    return [entry for section in summary.sections() if section.id == id for entry in section.entries]


def words_of(entries: list[Entry]) -> list[str]:
    """Return what is quoted among *entries*."""
    return [" | ".join(entry.text) for entry in entries if isinstance(entry, Quote)]


def labels_of(entries: list[Entry]) -> list[str]:
    """Return the sentences of ours among *entries*."""
    return [entry.text for entry in entries if isinstance(entry, Label)]


def number_of(summary: Summary, id: str) -> Number:
    """Return the number that ends in *id*."""
    return next(number for number in summary.numbers() if number.id.endswith(f"number/{id}"))


def test_an_hour_gets_all_its_chapters() -> None:
    """From at a glance to the next date, in the order in which people read."""
    assert [chapter.id for chapter in summary_of(a_full_hour()).chapters] == [
        "glance",
        "questions",
        "insights",
        "exchanges",
        "resources",
        "pledges",
        "heard",
        "numbers",
        "record",
        "next",
    ]


def test_an_empty_chat_gets_five_honest_lines() -> None:
    """Nobody wrote: that is what it says, and no more."""
    story = Story().start().ask(1).finish()

    summary = summary_of(story)

    assert labels_of(chapter_of(summary, "glance")) == [
        "Nobody wrote anything this time.",
        "One question was asked; nobody answered it.",
        "Started on time: +0 s. Posts delivered: 1 of 1. Gaps: 0. Deleted messages: 0.",
        "The next date is not set yet.",
    ]
    assert [chapter.id for chapter in summary.chapters] == ["glance"]


def test_a_question_that_nobody_answered_says_so() -> None:
    """Silence is an answer worth recording."""
    story = Story(questions=("One?", "Two?")).start().ask(1)
    story.say("ada", DESK, 9)

    assert labels_of(section_of(summary_of(story.ask(2)), "question/q2")) == ["Nobody answered this one."]


def test_a_chat_that_never_began_does_not_claim_that_it_was_on_time() -> None:
    """What is not known is not estimated."""
    summary = summary_of(Story())

    assert "Started on time: not available here." in labels_of(chapter_of(summary, "glance"))[2]


def test_two_people_get_five_lines_and_what_they_said() -> None:
    """Shares and charts of two people would say nothing."""
    story = Story().start().ask(1)
    story.say("ada", DESK, 9)
    story.say("ben", "Flexible hours helped me more than any device ever did.", 10)

    summary = summary_of(story.finish())

    assert [chapter.id for chapter in summary.chapters] == ["glance", "questions"]
    assert len(words_of(chapter_of(summary, "questions"))) == 2


def test_what_the_plan_says_of_itself_stands_at_the_top() -> None:
    """Why, guest, disclosure and sponsor travel with the summary."""
    story = a_full_hour(next_at=START + timedelta(days=28))
    for key in ("why", "guest", "disclosure", "sponsor"):
        story.words(key, f"the {key}")

    summary = summary_of(story)

    assert labels_of(chapter_of(summary, "glance"))[3:] == [
        "Why: the why",
        "Guest: the guest",
        "Disclosure: the disclosure",
        "Sponsor: the sponsor",
    ]
    assert labels_of(chapter_of(summary, "next")) == [
        "The next chat is on Thursday, 31 December 2026, 19:00 GMT."
    ]


@pytest.mark.parametrize(
    ("language", "title"), [("en", "At a glance"), ("de", "Auf einen Blick"), ("fr", "En bref")]
)
def test_a_summary_speaks_the_language_of_its_chat(language: str, title: str) -> None:
    """Headings and numbers are in the language of the plan."""
    summary = summary_of(a_full_hour(language=language))

    assert summary.chapters[0].heading.text == title


def test_nothing_that_is_no_answer_is_quoted() -> None:
    """Greetings, nods, bots and the moderators' own announcements stay out."""
    story = a_full_hour().join("botty", bot=True)
    story.say("botty", "A1 I am a bot and have a long opinion about standing desks and managers.", 9)
    story.say("ada", "RT @ben A1 what he said about standing desks and managers was so very good", 9)
    story.say("mod", "Please keep your answers short and friendly, everybody, the next one is coming.", 9)

    quoted = words_of(chapter_of(summary_of(story), "questions"))

    assert not [text for text in quoted if text in {"so true!", "Hello everyone!"} or "RT @" in text]
    assert not [text for text in quoted if "bot" in text or "Please" in text]


def test_every_kept_line_is_shown_under_its_tag_patients_first() -> None:
    """The moderator's choice is complete, and the patients' voice leads."""
    story = a_full_hour()
    story.keep("m11", "insight")
    story.keep("m23", "insight")

    entries = section_of(summary_of(story), "insights/insight")

    assert [entry.author for entry in entries if isinstance(entry, Quote)] == ["a patient", "a clinician"]


def test_a_kept_part_is_quoted_as_that_part() -> None:
    """When a moderator kept a few words, those are the quote."""
    story = Story().start().ask(1)
    line = story.say("ada", "Well, you know, a standing desk changed everything.", 9)
    story.keep(line, "idea", start=16, end=31)

    assert words_of(section_of(summary_of(story), "insights/idea")) == ["a standing desk"]


def test_a_kept_end_runs_to_the_end_of_the_line() -> None:
    """A part may have only a beginning, or only an end."""
    story = Story().start().ask(1)
    line = story.say("ada", "Well, a standing desk", 9)
    story.keep(line, "idea", start=6)
    story.keep(line, "story", end=4)

    summary = summary_of(story)

    assert words_of(section_of(summary, "insights/idea")) == ["a standing desk"]
    assert words_of(section_of(summary, "insights/story")) == ["Well"]


def test_a_tag_that_left_the_list_is_shown_by_its_id_at_the_end() -> None:
    """Old chats keep their own tags."""
    story = a_full_hour()
    story.keep("m11", "gem")

    summary = summary_of(story)

    sections = [
        section for chapter in summary.chapters if chapter.id == "insights" for section in chapter.sections
    ]
    assert sections[-1].heading == Heading(id="insights/gem/heading", text="gem")
    assert number_of(summary, "insights").series[-1].label == "gem"


def test_an_exchange_keeps_order_and_says_what_is_left_out() -> None:
    """Who does not want to be quoted leaves a gap that can be seen."""
    story = a_full_hour().choose("ben", "no")

    entries = section_of(summary_of(story), "exchange/i4")

    assert words_of(entries) == [DESK, "She had one herself, we ended up comparing our backs."]
    assert labels_of(entries) == ["One line of this exchange is not quoted."]


def test_the_public_edition_quotes_only_with_consent() -> None:
    """In a chat that asks, only those who said yes are quoted; organisers see the others by role."""
    story = a_full_hour(quoting="ask").choose("ada", "named")

    public, internal = summary_of(story), summary_of(story, "internal")

    assert {quote.author for quote in public.quotes()} == {"Ada"}
    assert {quote.author for quote in internal.quotes()} > {"Ada", "a clinician"}


def test_a_name_that_is_not_known_any_more_is_a_role() -> None:
    """Who may be named and has no name is called by their role."""
    story = a_full_hour(quoting="named")
    story.names.clear()

    assert "a patient" in {quote.author for quote in summary_of(story).quotes()}


def test_roles_are_the_groups_people_gave_themselves() -> None:
    """A group we have no words for is named as it is; a moderator and a stranger are called what they are."""
    story = Story().start().ask(1).join("nia", group="Nurse").join("mod").join("zed")
    for person in ("nia", "mod", "zed"):
        story.keep(story.say(person, f"A1 what {person} thinks about desks and managers", 9))

    authors = [quote.author for quote in summary_of(story).quotes() if quote.id.startswith("insights/")]

    assert authors == ["a participant (Nurse)", "a moderator", "a participant"]
    assert [point.label for point in number_of(summary_of(story), "voices").series] == ["Nurse", "not said"]


def test_themes_of_a_question_are_headed_by_the_words_they_share() -> None:
    """A busy question has several themes, in people's own words, or a plain heading where they share none."""
    story = Story().start().ask(1)
    for place, text in enumerate(
        (
            "My standing desk and my keyboard saved these wrists of mine last winter.",
            "A standing desk and a keyboard, paid for by the insurance after two letters.",
            "Telling the manager early made every later flare a normal piece of planning.",
            "The manager who knows about flare days plans the week with me on Mondays.",
        )
    ):
        for number in range(9):
            story.say(f"hello{place}{number}", "Hello everyone!", 5)
        story.say(f"p{place}", f"A1 {text}", 9 + place)

    entries = section_of(summary_of(story), "question/q1")

    assert {entry.text for entry in entries if isinstance(entry, Heading)} == {
        "On keyboard, standing, desk",
        "On manager, flare",
    }


def test_themes_without_a_word_in_common_have_a_plain_heading() -> None:
    """No word is made up."""
    story = Story().start().ask(1)
    for place, text in enumerate(
        (
            "Coffee before seven",
            "Gardens calm me down",
            "Swimming twice weekly outdoors",
            "Painting tiny wooden birds",
        )
    ):
        for number in range(9):
            story.say(f"hello{place}{number}", "Hello everyone!", 5)
        story.say(f"p{place}", f"A1 {text}", 9 + place)

    entries = section_of(summary_of(story), "question/q1")

    assert {entry.text for entry in entries if isinstance(entry, Heading)} == {"Other voices"}


def test_objectives_list_what_serves_them_and_what_serves_none() -> None:
    """Strategies and tactics stand under the objective of the question they answer."""
    questions = (
        PlannedQuestion(id=QuestionId("q1"), number=1, opens_after=timedelta(minutes=8), objective=1),
        PlannedQuestion(id=QuestionId("q2"), number=2, opens_after=timedelta(minutes=16)),
    )
    story = Story(questions=("One?", "Two?"), objectives=2).words("objective/1", "Keep people in work")
    story.chat.plan = story.chat.plan.__class__(
        **{name: getattr(story.chat.plan, name) for name in story.chat.plan.__slots__}
        | {"questions": questions}
    )
    story.start().ask(1)
    story.keep(story.say("ada", "A1 we offer desks to everybody who asks", 9), "tactic")
    story.ask(2)
    story.keep(story.say("ben", "A2 we train managers every year in spring", 17), "strategy")

    summary = summary_of(story)

    assert words_of(section_of(summary, "objective/1")) == ["we offer desks to everybody who asks"]
    assert labels_of(section_of(summary, "objective/2")) == ["Nothing was kept for this objective."]
    assert words_of(section_of(summary, "objective/isolated")) == ["we train managers every year in spring"]
    sections = [section for section in summary.sections() if section.id.startswith("objective/")]
    headings = [section.heading.text for section in sections if section.heading]
    assert headings == ["Keep people in work", "(this text was erased)", "Not tied to an objective"]


def test_the_audiences_questions_are_answered_open_or_asked_along_the_way() -> None:
    """Nobody's question gets lost."""
    story = Story().start().ask(1).propose("Who pays for the desk?").propose("How do I tell my team?")
    audience = PlannedQuestion(
        id=QuestionId("a1"), number=2, opens_after=timedelta(minutes=20), audience=True
    )
    story.words("question/a1", "Who pays for the desk?").happened(
        e.QuestionAdded(at=minute(12), question=audience)
    )
    stage = story.chat.stage.__class__(phase=story.chat.stage.phase, question=QuestionId("a1"))
    story.happened(e.StageEntered(at=minute(20), stage=stage, cause="command", due=minute(20)))
    story.say("ada", "The insurance does, after two letters and a long phone call.", 21)
    wanted = story.say("ben", "Has anybody tried to get the money from the pension fund?", 22)
    story.say("ben", "Really?", 23)
    story.react("ada", wanted)
    kept = story.say("cleo", "Why is it so hard", 24)
    story.keep(kept, "question")

    summary = summary_of(story)

    def asked(id: str) -> list[str]:
        return [entry.text for entry in section_of(summary, id) if isinstance(entry, Question)]

    assert asked("audience/answered") == ["Who pays for the desk?"]
    assert asked("audience/open") == ["How do I tell my team?"]
    assert words_of(section_of(summary, "audience")) == [
        "Has anybody tried to get the money from the pension fund?",
        "Why is it so hard",
    ]
    assert number_of(summary, "audience").text == "1 asked, 1 of them answered; 1 open"


def test_no_more_than_five_questions_of_the_audience_and_two_of_a_person() -> None:
    """The list stays one that can be read."""
    story = Story().start().ask(1)
    for number in range(12):
        story.say(
            f"p{number // 3}",
            f"Has anybody here ever tried plan number {number} for their desk?",
            10 + number,
        )

    assert len(words_of(section_of(summary_of(story), "audience"))) == 5


def test_each_link_is_listed_once_with_whoever_shared_it_first() -> None:
    """A resource that three people share is one resource; a link kept by a moderator leads."""
    story = Story().start().ask(1)
    story.say("ada", "A1 look at https://a.example/desk and https://b.example/chair", 9)
    story.say("ben", "A1 yes, https://a.example/desk is the best list I know", 10)
    story.keep(story.say("cleo", "A1 and there is https://c.example/", 11), "resource")

    summary = summary_of(story)

    quotes = [entry for entry in section_of(summary, "resources") if isinstance(entry, Quote)]
    assert [quote.text for quote in quotes] == [
        ("https://c.example/",),
        ("https://a.example/desk", "https://b.example/chair"),
    ]
    assert number_of(summary, "resources").value == 3


def test_a_flood_of_links_is_cut_off() -> None:
    """Thirty links are a shelf, three hundred are none."""
    story = Story().start().ask(1)
    for number in range(40):
        story.say(f"p{number}", f"A1 read https://example.org/{number}", 9 + number / 10)

    assert len(words_of(section_of(summary_of(story), "resources"))) == 30


def test_parked_lines_wait_in_the_parking_lot() -> None:
    """What was left for another day is not forgotten; what never arrived is left out."""
    story = a_full_hour()
    for message in ("m23", "m99"):
        story.happened(e.MessageParked(at=AFTERWARDS, message=MessageId(message), by=MODERATOR))

    assert len(words_of(section_of(summary_of(story), "parked"))) == 1


def test_a_moderator_drops_restores_moves_and_cuts_lines() -> None:
    """The draft is the moderator's; the last word on each line holds."""
    story = a_full_hour()
    first = "question/q1/m9"
    story.change("drop", "question/q2/m25").change("drop", "exchange/i4/m57").change(
        "restore", "exchange/i4/m57"
    )
    story.change("move", first, to="question/q3").change("cut", first, start=0, end=24)
    story.change("move", "insights/story/i1/m9", to="insights/idea").change(
        "cut", "question/q1/m57", start=99
    )
    story.change("move", "exchange/i4/m58", to="nowhere")

    summary = summary_of(story)

    assert "question/q2/m25" not in {quote.id for quote in summary.quotes()}
    assert "question/q1/m57" not in {quote.id for quote in summary.quotes()}
    assert words_of(section_of(summary, "question/q3"))[-1] == "I told my manager on"
    assert words_of(section_of(summary, "insights/idea")) == [DESK]
    assert len(words_of(section_of(summary, "exchange/i4"))) == 3


def test_a_cut_without_an_end_reaches_to_the_end() -> None:
    """Only the beginning may be cut away."""
    story = a_full_hour().change("cut", "question/q1/m9", start=48)

    assert words_of(section_of(summary_of(story), "question/q1"))[0].startswith("standing desk, it")


def test_a_moderators_heading_heads_even_a_single_theme() -> None:
    """A heading is a moderator's to give."""
    story = a_full_hour().words("heading/1", "Desks and other small wonders")
    story.change("heading", "question/q1/theme/1", heading="heading/1")

    headings = [entry for entry in section_of(summary_of(story), "question/q1") if isinstance(entry, Heading)]

    assert [(heading.text, heading.words) for heading in headings] == [
        ("Desks and other small wonders", "heading/1")
    ]


def test_people_are_numbered_in_the_order_in_which_they_spoke() -> None:
    """The document's names for people say nothing about who they are."""
    quotes = {quote.message: quote.person for quote in summary_of(a_full_hour()).quotes()}

    assert quotes["m9"] == "p1"
    assert quotes["m57"] == "p2"


def test_numbers_count_people_messages_and_answers() -> None:
    """The twelve numbers, and "not available here" for what nobody can know."""
    summary = summary_of(a_full_hour())

    assert number_of(summary, "people").text == "8 (5 new, 3 returning)"
    assert number_of(summary, "messages").text == "58, 0 of them after the hour"
    assert number_of(summary, "question-answers").text == "10, from 8 people"
    assert number_of(summary, "first-answer").text == "after 60 s"
    assert number_of(summary, "longest-exchange").value == 3
    assert number_of(summary, "readers").text == "not available here"
    assert number_of(summary, "posts").text == "3 of 3"


def test_late_edited_and_deleted_messages_are_counted() -> None:
    """The quality of the record says what happened to it."""
    story = a_full_hour()
    story.say("zoe", "A1 I come late and still want to say that desks are fine", 70)
    story.edit("m9", "A1 something else", 50).delete("m11")
    story.happened(
        e.GapNoticed(
            at=minute(31), room=story.chat.plan.rooms[0], since=minute(30), until=minute(31), filled=3
        )
    )

    summary = summary_of(story)

    assert number_of(summary, "messages").text == "59, 1 of them after the hour"
    assert number_of(summary, "edits").value == 1
    assert number_of(summary, "deletions").value == 1
    assert number_of(summary, "gaps").text == "1 (60 s, 3 messages fetched afterwards)"


def test_an_early_start_is_told_with_its_sign() -> None:
    """Five seconds early are minus five."""
    summary = summary_of(Story().start(-0.1).ask(1).finish())

    assert "Started on time: −6 s." in labels_of(chapter_of(summary, "glance"))[2]


def test_messages_before_the_hour_are_in_no_minute_of_it() -> None:
    """Somebody who writes at the door is counted, but not in the chart."""
    story = a_full_hour()
    story.say("zoe", "I am early and look forward to this a lot", -5)

    series = number_of(summary_of(story), "per-minute").series

    assert len(series) == 60
    assert sum(point.value for point in series) == 58


def test_only_organisers_read_what_was_held_back() -> None:
    """Safety numbers are for the internal edition; zero would be stated as zero."""
    story = a_full_hour()
    story.say("ada", "My number is at ada@example.org if you want the list", 50)

    public, internal = summary_of(story), summary_of(story, "internal")

    assert "number/held-back" not in {number.id for number in public.numbers()}
    assert number_of(internal, "held-back").text == "1, 0 of them looked at"
    assert number_of(internal, "adverse-events").value is None


def test_a_room_without_replies_says_that_it_cannot_tell() -> None:
    """Where nobody can reply, nobody is called unanswered."""
    story = Story().start().ask(1)
    for person in ("ada", "ben", "cleo"):
        story.say(person, f"A1 {person} has this to say about desks", 9)

    assert number_of(summary_of(story), "unanswered-people").text == "not available here"


def test_replies_mentions_and_reactions_connect_people() -> None:
    """Who was answered in any way is not alone; a reply to oneself connects nobody."""
    story = Story().start().ask(1)
    story.say("ada", "A1 my desk is the best desk there is", 9)
    story.say("ada", "and it is green all over", 10, reply_to="m1")
    story.say("ben", "I have seen it, it is", 11, mentions=("ada", "nobody"))
    story.say("cleo", "Mine is blue and rather small", 12, reply_to="m99")
    story.say("dan", "Mine is not a desk at all", 13)
    story.react("dan", "m4").react("dan", "m5").react("eve", "m77")

    summary = summary_of(story)

    assert number_of(summary, "reply-pairs").value == 1
    assert number_of(summary, "longest-exchange").value == 0
    assert number_of(summary, "unanswered-people").value == 2


def test_a_question_whose_words_were_erased_keeps_its_number() -> None:
    """The record shows that something was asked."""
    story = a_full_hour()
    story.kept = [row for row in story.kept if row[0] != "question/q2"]

    questions = [entry for entry in summary_of(story).entries() if isinstance(entry, Question)]

    assert [question.text for question in questions][1] == "(this text was erased)"


def test_lines_whose_words_are_gone_are_not_quoted() -> None:
    """Erased words cannot be shown, whatever was kept."""
    story = a_full_hour()
    story.kept = [row for row in story.kept if row[0] != "m9"]

    assert "m9" not in {quote.message for quote in summary_of(story).quotes()}


def test_a_title_that_is_gone_is_the_hashtag() -> None:
    """Every page has a title."""
    story = a_full_hour()
    story.kept = [row for row in story.kept if row[0] != "title"]

    assert summary_of(story).title == "#hcchat"


def test_dissent_is_marked_as_a_different_view() -> None:
    """Both sides stand side by side."""
    quotes = [quote for quote in summary_of(a_full_hour()).quotes() if quote.dissent]

    assert len(quotes) >= 1
    assert all("disagree" in " ".join(quote.text) for quote in quotes)


def test_forgotten_people_are_neither_named_nor_quoted() -> None:
    """Who asks to be forgotten is."""
    story = a_full_hour(quoting="named").happened(e.PersonForgotten(at=AFTERWARDS, person=PersonId("ada")))

    assert "Ada" not in {quote.author for quote in summary_of(story).quotes()}


def test_a_question_that_a_person_asked_is_no_answer_to_itself() -> None:
    """In a transcript the moderator's own line asks; the question knows the line, and it is quoted nowhere."""
    story = Story().start()
    asking = story.say("ada", "So what helps you at work, from day to day, everybody?", 8)
    stage = Stage(phase=Phase.QUESTION, question=QuestionId("q1"))
    asked_as = MessageId(asking)
    story.happened(
        e.StageEntered(at=minute(8), stage=stage, cause="command", due=minute(8), asked_as=asked_as)
    )
    story.say("ben", "A standing desk and an honest talk with my manager", 10)

    summary = summary_of(story)

    assert [entry.message for entry in summary.entries() if isinstance(entry, Question)] == [asking]
    assert [quote.message for quote in summary.quotes()] == ["m2"]


def test_asking_when_a_message_was_heard_that_never_was_is_a_mistake() -> None:
    """A deletion alone tells nothing of the message it is for."""
    story = a_full_hour().delete("m99")
    view = View(story.chat, story.texts, edition="public", at=AFTERWARDS)

    with pytest.raises(KeyError, match="m99"):
        view.heard(MessageId("m99"))
