"""What adapters deliver may come in any order and any number of times: the chat ends the same."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core import commands as c
from bot.core.attribution import attribute
from bot.core.chat import Chat
from bot.core.reading import read
from tests.builders import ANDREW, MAIN, SIDE, Wish, a_chat, asked, at, hears, told

MESSAGES = ("m1", "m2", "m3", "m4")
TEXTS = (
    "A1 plain words",
    "A2 and A3",
    "good evening",
    "what helps?",
    "call +353 1 234 5678",
    "plain words " * 9,
)
SENT = st.integers(0, 40).map(float)
"""Minutes from the start."""


def edit(message: str, sent: float, text: str) -> Wish:
    """Return that a message was changed."""
    return told(c.HearEdit, message=message, edited_at=at(40 + sent), reading=read(text))


def react(message: str, person: str, present: bool, sent: float) -> Wish:
    """Return that a participant reacted, or took it back."""
    given_at = {"present": present, "reacted_at": at(sent)}
    return told(c.HearReaction, message=message, person=person, reaction="✨", tag="idea", **given_at)


@st.composite
def deliveries(draw: st.DrawFn) -> list[Wish]:
    """Return what is told of some messages: each written once; edited, deleted and reacted to as people like."""
    reply = st.one_of(st.none(), st.sampled_from(MESSAGES))
    written = [
        hears(
            message,
            by=draw(st.sampled_from(["mira", "jonas", ANDREW])),
            text=draw(st.sampled_from(TEXTS)),
            sent=draw(SENT),
            reply_to=draw(reply),
            room=draw(st.sampled_from([MAIN, SIDE])),
        )
        for message in MESSAGES
    ]
    message = st.sampled_from(MESSAGES)
    # Of two edits at the same moment nobody can say which is the later: each has its own.
    edits = st.lists(
        st.tuples(message, SENT, st.sampled_from(TEXTS)), max_size=4, unique_by=lambda one: one[:2]
    )
    reactions = st.lists(
        st.tuples(message, st.sampled_from(["anna", "leo"]), st.booleans(), SENT), max_size=5
    )
    deleted = draw(st.sets(message, max_size=2))
    return [
        *written,
        *(edit(*one) for one in draw(edits)),
        *(react(*one) for one in draw(reactions)),
        *(told(c.HearDeletion, message=one) for one in sorted(deleted)),
    ]


def what_is_known(chat: Chat) -> tuple[Any, ...]:
    """Return everything that deliveries decide."""
    kept = {insight.id: insight.messages for insight in chat.insights.values()}
    return chat.messages, chat.reactions, kept, chat.consent_asked, chat.latest_heard, attribute(chat)


@settings(max_examples=100)
@given(told_of=deliveries(), data=st.data())
def test_late_doubled_and_reordered_deliveries_change_nothing(
    told_of: list[Wish], data: st.DataObject
) -> None:
    """FAULTS 30, 31: the same messages, reactions, kept lines and answers, in every order."""
    keeps = asked(c.Keep, message="m1")
    shuffled = data.draw(
        st.permutations([*told_of, *data.draw(st.lists(st.sampled_from(told_of), max_size=4))])
    )

    def after(order: list[Wish]) -> Chat:
        chat = a_chat(rooms=(MAIN, SIDE), quoting="ask").running(3)
        if chat.refusal(keeps) is None:
            chat.given(keeps)
        return chat.given(*order).chat

    assert what_is_known(after(shuffled)) == what_is_known(after(told_of))


@given(st.lists(st.tuples(st.integers(0, 3), st.booleans()), min_size=1, max_size=8))
def test_a_flapping_reaction_is_what_it_was_last(flaps: list[tuple[int, bool]]) -> None:
    """FAULTS 65: however often it comes and goes, the newest counts, and of a tie the one taken back."""
    chat = a_chat().running(1).given(*(react("m1", "anna", present, when) for when, present in flaps)).chat
    newest = max(when for when, _ in flaps)

    assert chat.reactions["m1"]["anna", "idea"] == (at(newest), (newest, False) not in flaps)
