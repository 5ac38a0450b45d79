"""The draft, its publication, and what may still happen to it then."""

from typing import Any

import pytest

from bot.core import commands as c
from bot.core.phases import Phase
from bot.core.reading import read
from tests.builders import MAIN, SIDE, Told, Wish, a_chat, asked, at, kinds, publishing, told


def drafted(**plan: Any) -> Told:
    """Return a chat that is over, in which Mira wrote m1 and m2."""
    return a_chat(**plan).running(1).with_answer("m1").with_answer("m2").at(61)


def change(change: str, entry: str = "entry/m1", **fields: Any) -> Wish:
    """Return that a moderator changes the draft."""
    return asked(c.ChangeEntry, change=change, entry=entry, **fields)


def test_the_draft_is_changed_line_by_line() -> None:
    """The same change twice in a row is one; dropped, restored and dropped again are three."""
    chat = drafted().given(change("drop"))
    assert chat.when(change("drop")) == ()

    chat.given(change("restore"), change("drop"), change("drop", "entry/m2"))
    assert [done.change for done in chat.chat.draft_changes] == ["drop", "restore", "drop", "drop"]


def test_a_change_there_is_none_of_is_refused() -> None:
    """A quote can be cut, never rewritten."""
    assert drafted().refusal(change("rewrite")) == "refused.no-such-change"


@pytest.mark.parametrize("phase", [Phase.AFTER_HOUR, Phase.REVIEW])
def test_a_published_summary_stands_in_every_room(phase: Phase) -> None:
    """In as many posts as it takes, in their order."""
    chat = a_chat(rooms=(MAIN, SIDE)).in_phase(phase)
    posts = chat.says_of(publishing(parts=2))

    assert [(post.room, post.arguments["part"]) for post in posts] == [
        (MAIN, 1),
        (MAIN, 2),
        (SIDE, 1),
        (SIDE, 2),
    ]
    assert chat.chat.phase is Phase.PUBLISHED


@pytest.mark.parametrize("by", ["andrew", None])
def test_a_summary_is_published_once(by: str | None) -> None:
    """FAULTS 55: by two clicks, or by a clock that comes twice."""
    chat = drafted().given(publishing("m1", by=by))

    assert chat.refusal(publishing("m1", by=by)) == "refused.not-now"
    assert chat.chat.published.cause == ("command" if by else "clock")


CHANGES = {
    "deleted": told(c.HearDeletion, message="m1"),
    "locked": asked(c.Lock, message="m1"),
    "edited": told(c.HearEdit, message="m1", edited_at=at(61), reading=read("Other words")),
    "refused": asked(c.Consent, "mira", choice="no", message="m1"),
    "refused altogether": asked(c.Consent, "mira", choice="no"),
    "forgotten": asked(c.Forget, "mira"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_changed_while_the_summary_was_made_is_not_published(what: str) -> None:
    """FAULTS 33: nothing appears of a line whose author, or a moderator, thought better of it a second ago."""
    chat = drafted().given(CHANGES[what])

    assert chat.refusal(publishing("m1")) == "refused.draft-changed"
    assert what in {"refused altogether", "forgotten"} or chat.refusal(publishing("m2")) is None


def test_who_chose_to_be_a_role_is_not_named() -> None:
    """FAULTS 33: even if the draft was made before they chose; the other way round harms nobody."""
    chat = drafted().given(asked(c.Consent, "mira", choice="role"))

    assert chat.refusal(publishing("m1", quoted_as="named")) == "refused.draft-changed"
    assert chat.refusal(publishing("m1", quoted_as="role")) is None


def test_an_edited_line_is_published_in_its_new_words() -> None:
    """Once the draft was made again."""
    chat = drafted().given(CHANGES["edited"])
    revision = chat.chat.messages["m1"].revision

    assert chat.refusal(publishing("m1", revision=revision)) is None


@pytest.mark.parametrize("message", ["m9", "m3"])
def test_nothing_is_quoted_that_was_not_heard(message: str) -> None:
    """Neither a message out of nowhere, nor one of which only an edit is known."""
    edit = told(c.HearEdit, message="m3", edited_at=at(10), reading=read("Other words"))

    assert drafted().given(edit).refusal(publishing(message)) == "refused.draft-changed"


def test_somebody_never_met_is_quoted_by_the_rule_of_the_chat() -> None:
    """A past chat's log knows authors, not people."""
    chat = (
        a_chat()
        .running(1)
        .given(told(c.Hear, message="m1", room=MAIN, author="anna", sent_at=at(9), reading=read("Words")))
    )

    assert chat.at(61).refusal(publishing("m1")) is None


def test_a_withdrawn_quote_changes_every_post_of_the_summary() -> None:
    """Each withdrawal is an edit of its own, under a key of its own."""
    chat = drafted(rooms=(MAIN, SIDE)).given(publishing("m1", "m2"))
    first = chat.says_of(told(c.HearDeletion, message="m1"))
    second = chat.says_of(told(c.HearDeletion, message="m2"))

    assert {post.action for post in (*first, *second)} == {"edit"}
    assert [post.target for post in first] == [post.key for post in chat.posts if post.key.count("/") == 5][
        -4:
    ]
    assert len({post.key for post in chat.posts}) == len(chat.posts)


def test_a_retracted_summary_leaves_no_quote_in_any_room() -> None:
    """Each of its posts now says that it was taken back, and so does a new one."""
    chat = drafted(rooms=(MAIN, SIDE)).given(publishing("m1"))
    posts = chat.says_of(asked(c.Retract))

    assert {post.line for post in posts} == {"post.summary-retracted"}
    assert [post.action for post in posts] == ["edit"] * 4 + ["post"] * 2
    assert chat.chat.published is None


def test_after_a_retraction_nothing_is_amended() -> None:
    """There is no summary to take a line out of."""
    chat = drafted().given(publishing("m1"), asked(c.Retract))

    assert kinds(chat.when(told(c.HearDeletion, message="m1"))) == ("message-deleted",)
    assert chat.refusal(asked(c.Retract)) == "refused.not-now"


def test_a_summary_taken_back_can_come_out_again() -> None:
    """Mended, it is published as a second edition."""
    chat = drafted().given(publishing("m1"), asked(c.Retract), change("drop", "entry/m1"), publishing("m2"))

    assert chat.chat.phase is Phase.PUBLISHED
    assert chat.chat.editions == 2
