"""What is heard, and what becomes of our own posts: late, doubled and out of order."""

from datetime import timedelta
from itertools import permutations

import pytest

from bot.core import commands as c
from bot.core.attribution import attribute
from bot.core.phases import Phase
from bot.core.reading import read
from tests.builders import MAIN, SIDE, Wish, a_chat, asked, at, hears, kinds, minutes, quoting, told

REVIEW_AT = 60 + 24 * 60


def edits(message: str, sent: float, text: str = "A2 other words", by: str | None = None) -> Wish:
    """Return that a message was changed."""
    return told(c.HearEdit, message=message, edited_at=at(sent), reading=read(text), by=by)


def deletes(message: str, by: str | None = None) -> Wish:
    """Return that a message is gone."""
    return told(c.HearDeletion, message=message, by=by)


def reacts(
    message: str, sent: float, *, by: str = "jonas", present: bool = True, tag: str | None = "idea"
) -> Wish:
    """Return that somebody reacted, or took it back."""
    return told(
        c.HearReaction,
        message=message,
        person=by,
        reaction="✨" if tag else "👍",
        tag=tag,
        present=present,
        reacted_at=at(sent),
    )


# --- people --------------------------------------------------------------------------------------------------


def test_somebody_new_is_met_once() -> None:
    """However often the platform tells of them."""
    meet = told(c.Meet, person="mira", room=MAIN)
    chat = a_chat().running(1).given(meet)

    assert chat.when(meet) == ()
    assert chat.said().count("first-time") == 0
    assert [post.line for post in chat.posts if post.person == "mira"] == ["post.first-time"]


def test_who_says_later_for_whom_they_speak_is_welcomed_once() -> None:
    """A second private line under the same key would be lost, or doubled."""
    chat = a_chat().running(1).given(told(c.Meet, person="mira", room=MAIN))

    assert chat.says_of(told(c.Meet, person="mira", room=MAIN, group="patient")) == []
    assert chat.says_of(asked(c.Declare, "mira", group="clinician", room=MAIN)) == []
    assert chat.chat.people["mira"].group == "clinician"


@pytest.mark.parametrize("known", [{"returning": True}, {"bot": True}])
def test_regulars_and_bots_need_no_welcome(known: dict[str, bool]) -> None:
    """Silence is a feature."""
    assert a_chat().running(1).says_of(told(c.Meet, person="mira", room=MAIN, **known)) == []


def test_before_the_doors_nobody_is_welcomed() -> None:
    """Who proposes a question the day before has not come yet."""
    assert a_chat().at(-60).says_of(told(c.Meet, person="mira", room=MAIN)) == []


def test_a_moderator_needs_no_welcome() -> None:
    """They run the place."""
    assert a_chat().running(1).says_of(told(c.Meet, person="andrew", room=MAIN)) == []


# --- messages ------------------------------------------------------------------------------------------------


def test_a_message_is_heard_once() -> None:
    """FAULTS 30: delivered three times, it is one message."""
    chat = a_chat().running(1).given(hears("m1"))

    assert chat.when(hears("m1")) == ()


@pytest.mark.parametrize("phase", [Phase.DRAFT, Phase.ANNOUNCED, Phase.MISSED])
def test_before_the_doors_nothing_is_kept(phase: Phase) -> None:
    """Nobody was told yet that the hour is recorded."""
    assert a_chat().in_phase(phase).refusal(hears("m1")) == "refused.room-not-open"


@pytest.mark.parametrize("phase", [Phase.REVIEW, Phase.PUBLISHED, Phase.WITHDRAWN])
def test_after_the_late_answers_nothing_is_kept(phase: Phase) -> None:
    """The room is closed."""
    assert a_chat().in_phase(phase).refusal(hears("m1")) == "refused.room-closed"


@pytest.mark.parametrize("phase", [Phase.REVIEW, Phase.PUBLISHED, Phase.WITHDRAWN])
def test_a_message_sent_in_time_and_delivered_late_is_kept(phase: Phase) -> None:
    """FAULTS 32: 23 hours late, after the summary: stored, and the published summary stays as it was."""
    chat = a_chat().in_phase(phase)
    published = chat.chat.published

    assert kinds(chat.when(hears("m1", sent=30))) == ("message-heard",)
    assert chat.chat.published == published


def test_a_message_from_before_the_doors_is_not_kept_after_the_summary() -> None:
    """What was written the day before belongs to no chat."""
    assert a_chat().in_phase(Phase.REVIEW).refusal(hears("m1", sent=-60)) == "refused.room-closed"


def test_a_chat_that_never_opened_takes_no_late_message() -> None:
    """There was no room to write in."""
    assert a_chat().in_phase(Phase.MISSED).refusal(hears("m1", sent=30)) == "refused.room-not-open"


def test_somebody_muted_is_not_heard() -> None:
    """Until they may write again."""
    chat = a_chat().running(1).with_answer("m1", by="jonas").given(asked(c.Mute, person="jonas"))
    assert chat.refusal(hears("m2", by="jonas")) == "refused.muted"

    chat.given(asked(c.Mute, person="jonas", muted=False))
    assert chat.refusal(hears("m2", by="jonas")) is None


def test_a_hundred_answers_a_second_are_all_attributed() -> None:
    """FAULTS 27: a burst right after the second question loses nobody."""
    chat = a_chat().at(20)
    long = "A helpful leaflet is one that a person can read aloud to somebody else. " * 3
    chat.given(*(hears(f"m{n}", by=f"p{n}", sent=21.5 + n / 6000, text=long) for n in range(100)))

    found = attribute(chat.chat)
    assert len(found) == 100
    assert {answer.questions for answer in found.values()} == {("q2",)}


# --- edits and deletions -------------------------------------------------------------------------------------


def test_create_edit_edit_delete_end_the_same_in_every_order() -> None:
    """FAULTS 31: all twenty-four orders tell the same story."""
    deliveries = [
        hears("m1", sent=10, text="A1 words"),
        edits("m1", 11),
        edits("m1", 12, "A3 words"),
        deletes("m1"),
    ]
    ends = []
    for order in permutations(deliveries):
        chat = a_chat().running(1).given(*order).chat
        message = chat.messages["m1"]
        ends.append((message.reading, message.revision, message.deleted, message.edited_at, attribute(chat)))

    assert all(end == ends[0] for end in ends)
    assert ends[0][0].answers == (3,)


def test_an_older_or_repeated_edit_changes_nothing() -> None:
    """FAULTS 30: the newest words stand."""
    chat = a_chat().running(1).given(hears("m1", sent=9), edits("m1", 12))

    assert chat.when(edits("m1", 12)) == ()
    assert chat.when(edits("m1", 11)) == ()


def test_only_its_author_edits_a_message() -> None:
    """Nobody puts words into another's mouth, and nobody edits what is unknown."""
    chat = a_chat().running(1).given(hears("m1", by="mira"))

    assert chat.refusal(edits("m1", 12, by="jonas")) == "refused.not-yours"
    assert chat.refusal(edits("m9", 12, by="jonas")) == "refused.not-yours"
    assert kinds(chat.when(edits("m1", 12, by="mira"))) == ("message-edited",)


def test_an_edit_after_a_look_asks_for_another_look() -> None:
    """The moderator cleared other words: a telephone number added later waits again."""
    chat = a_chat().running(1).given(hears("m1"), asked(c.Clear, message="m1"), edits("m1", 12))

    assert not chat.chat.messages["m1"].cleared


@pytest.mark.parametrize(("by", "reason"), [("jonas", "refused.not-yours"), ("mira", None), ("andrew", None)])
def test_authors_and_moderators_delete(by: str, reason: str | None) -> None:
    """Nobody else does."""
    assert a_chat().running(1).given(hears("m1", by="mira")).refusal(deletes("m1", by)) == reason


def test_nobody_deletes_what_nobody_heard() -> None:
    """Only a platform tells of the end of an unknown message."""
    chat = a_chat().running(1)

    assert chat.refusal(deletes("m1", "jonas")) == "refused.not-yours"
    assert kinds(chat.when(deletes("m1"))) == ("message-deleted",)


def test_a_message_is_gone_once_and_for_good() -> None:
    """FAULTS 34: told twice, or of a message heard only afterwards."""
    chat = a_chat().running(1).given(deletes("m1"), hears("m1"))

    assert chat.chat.messages["m1"].deleted
    assert chat.when(deletes("m1")) == ()


def test_a_deletion_while_the_summary_is_out_takes_the_quote_with_it() -> None:
    """FAULTS 33: and only the first time; what was not quoted changes no summary."""
    chat = a_chat().running(1).with_answer("m1").with_answer("m2").at(61)
    chat.given(told(c.Publish, selection=quoting("m1"), composer=1, parts=1, by="andrew"))

    assert kinds(chat.when(deletes("m1"))) == ("message-deleted", "summary-amended")
    assert kinds(chat.when(deletes("m2"))) == ("message-deleted",)
    assert kinds(chat.when(asked(c.Lock, message="m1"))) == ("message-locked",)


# --- reactions -----------------------------------------------------------------------------------------------


def test_a_moderators_reaction_keeps_the_line() -> None:
    """A participant's only nominates it."""
    chat = a_chat().running(1).with_answer("m1")

    assert kinds(chat.when(reacts("m1", 10))) == ("reacted",)
    assert kinds(chat.when(reacts("m1", 10, by="andrew"))) == ("reacted", "insight-kept")


def test_only_a_tags_reaction_keeps_and_only_when_it_comes() -> None:
    """A thumbs-up keeps nothing, nor does taking a reaction back."""
    chat = a_chat().running(1).with_answer("m1")

    assert kinds(chat.when(reacts("m1", 10, by="andrew", tag=None))) == ("reacted",)
    assert kinds(chat.when(reacts("m1", 10, by="andrew", present=False))) == ("reacted",)


def test_a_second_moderators_reaction_keeps_nothing_new() -> None:
    """One line under one tag is one insight."""
    chat = a_chat().running(1).with_answer("m1").given(reacts("m1", 10, by="andrew"))

    assert kinds(chat.when(reacts("m1", 11, by="gary"))) == ("reacted",)


@pytest.mark.parametrize("barrier", ["deleted", "locked", "own"])
def test_what_may_not_be_kept_is_not_kept_by_reaction_either(barrier: str) -> None:
    """Nor is a post of the bot, which is nobody's insight."""
    chat = a_chat().running(1).with_answer("m1")
    barriers = {
        "deleted": deletes("m1"),
        "locked": asked(c.Lock, message="m1"),
        "own": told(
            c.NoteDelivery, key="chat/question/q1/1/local/main", room=MAIN, message="m1", posted_at=at(8)
        ),
    }
    chat.given(barriers[barrier])

    assert kinds(chat.when(reacts("m1", 10, by="andrew"))) == ("reacted",)


def test_the_author_of_a_line_kept_by_reaction_is_asked() -> None:
    """Consent does not depend on how the moderator kept the line."""
    chat = a_chat(quoting="ask").running(1).with_answer("m1")

    assert kinds(chat.when(reacts("m1", 10, by="andrew"))) == ("reacted", "insight-kept", "consent-asked")


def test_a_line_kept_before_it_was_heard_is_asked_for_when_it_is() -> None:
    """FAULTS 31: the reaction overtook its message."""
    chat = a_chat(quoting="ask").running(1).given(reacts("m1", 10, by="andrew"))
    assert "consent-asked" not in kinds(tuple(chat.log))

    assert kinds(chat.when(hears("m1"))) == ("message-heard", "consent-asked")
    assert kinds(chat.when(hears("m2"))) == ("message-heard",)


def test_reactions_come_to_the_same_in_every_order() -> None:
    """FAULTS 31, 65: on, off, on again, and a tie: the newest holds, and of a tie the one taken back."""
    deliveries = [
        reacts("m1", 1),
        reacts("m1", 2, present=False),
        reacts("m1", 3),
        reacts("m1", 3, present=False),
    ]
    ends = {
        str(a_chat().running(1).given(*order, *order).chat.reactions["m1"])
        for order in permutations(deliveries)
    }

    assert len(ends) == 1
    assert "False" in ends.pop()


def test_a_repeated_reaction_changes_nothing() -> None:
    """FAULTS 65: counts stay right."""
    chat = a_chat().running(1).given(reacts("m1", 10))

    assert chat.when(reacts("m1", 10)) == ()


def test_a_published_summary_takes_no_more_reactions() -> None:
    """The count beside a quote is of its hour; in review it still helps to choose."""
    assert a_chat().in_phase(Phase.PUBLISHED).refusal(reacts("m1", 10)) == "refused.not-now"
    assert a_chat().in_phase(Phase.REVIEW).refusal(reacts("m1", 10)) is None


# --- our own posts -------------------------------------------------------------------------------------------


def test_a_question_opens_in_each_room_when_its_post_stands_there() -> None:
    """Room by room, by the platform's own time."""
    chat = a_chat(rooms=(MAIN, SIDE)).running(1)
    keys = [post.key for post in chat.posts if post.line == "post.question"]
    chat.given(told(c.NoteDelivery, key=keys[1], room=SIDE, message="p1", posted_at=at(8.3)))
    opening = chat.chat.openings[0]

    assert (opening.since(MAIN), opening.since(SIDE)) == (at(8), at(8.3))


def test_a_receipt_counts_once() -> None:
    """FAULTS 30: the platform's echo and its answer tell of one post."""
    receipt = told(c.NoteDelivery, key="k", room=MAIN, message="p1", posted_at=at(8))

    assert a_chat().running(1).given(receipt).when(receipt) == ()


def test_a_post_that_failed_and_then_appeared_did_appear() -> None:
    """And the other way round it stays: what stands has not failed."""
    failure = told(c.NoteFailure, key="k", room=MAIN, reason="forbidden")
    chat = a_chat().running(1).given(failure)
    assert chat.chat.failed == {"k": "forbidden"}
    assert chat.when(failure) == ()

    chat.given(told(c.NoteDelivery, key="k", room=MAIN, message="p1", posted_at=at(8)))
    assert chat.chat.failed == {}
    assert chat.when(failure) == ()


def test_a_gap_is_noted_once() -> None:
    """The same gap told twice is one gap; another one is another."""
    gap = told(c.NoteGap, room=MAIN, since=at(10), until=at(11))
    chat = a_chat().running(2).given(gap)

    assert chat.when(gap) == ()
    assert kinds(chat.when(told(c.NoteGap, room=SIDE, since=at(10), until=at(11)))) == ("gap-noticed",)


def test_the_heat_of_a_room_takes_no_memory() -> None:
    """FAULTS 65: of a thousand messages only the last minutes are remembered one by one."""
    chat = a_chat().at(21)
    for number in range(1000):
        chat.now += timedelta(seconds=1)
        chat.given(hears(f"m{number}"))

    assert len(chat.chat.recent) < 300
    assert chat.chat.latest_heard == at(21) + minutes(1000 / 60)
