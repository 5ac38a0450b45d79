"""What holds of attribution in every history."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bot.core import events as e
from bot.core.apply import apply, replay
from bot.core.attribution import LOOK_BACK, attribute, unsure
from bot.core.names import MessageId, PersonId
from bot.core.phases import Phase
from tests.unit.core.attribution_chats import MAIN, SIDE, Hour, at

TEXTS = (
    "A1 plain words",
    "A2 A3: both",
    "A5",
    "Q2: what?",
    "hi all",
    "+1",
    "what helps?",
    "plain words " * 9,
)
PEOPLE = ("mira", "jonas", "andrew")
NAMES = [f"m{number}" for number in range(12)]
LINKS = st.one_of(st.none(), st.sampled_from([*NAMES, "post", "unknown"]))
MESSAGE = st.tuples(
    st.sampled_from(TEXTS),
    st.integers(min_value=0, max_value=400),
    st.sampled_from(PEOPLE),
    LINKS,
    LINKS,
    st.sampled_from([MAIN, SIDE]),
)


@st.composite
def hours(draw: st.DrawFn) -> Hour:
    """Return an hour with up to twelve messages anywhere in it, replying to whatever they like."""
    hour = Hour().appoints("andrew").asks(1, 8).asks(2, 16)
    hour.posts(2, 16.1)
    hour.asks(3, 24).asks(2, 32, back=True).enters(Phase.CLOSING, 48).enters(Phase.AFTER_HOUR, 54)
    for name, (text, when, by, reply_to, thread, room) in zip(
        NAMES, draw(st.lists(MESSAGE, max_size=12)), strict=False
    ):
        hour.says(text, when / 6, by=by, reply_to=reply_to, thread=thread, room=room, name=name)
    return hour


def heard(hour: Hour) -> list[e.Event]:
    """Return what people wrote in *hour*."""
    return [event for event in hour.log if isinstance(event, e.MessageHeard)]


def rearranged(hour: Hour, order: Sequence[e.Event]) -> tuple[e.Event, ...]:
    """Return the log of *hour* with what people wrote arriving in another order."""
    return (*(event for event in hour.log if not isinstance(event, e.MessageHeard)), *order)


@given(hour=hours(), data=st.data())
def test_the_order_of_arrival_changes_no_attribution(hour: Hour, data: st.DataObject) -> None:
    """Late, doubled and re-ordered deliveries leave every answer where it was."""
    order = data.draw(st.permutations(heard(hour)))
    twice = data.draw(st.lists(st.sampled_from(order), max_size=3)) if order else []

    assert list(attribute(replay(rearranged(hour, [*order, *twice]))).items()) == list(
        attribute(hour.chat).items()
    )


@given(hour=hours(), data=st.data())
def test_erasing_moves_no_answer(hour: Hour, data: st.DataObject) -> None:
    """Deleting messages and forgetting people leaves the counts of every question as they were."""
    chat, before = hour.chat, attribute(hour.chat)
    for message in data.draw(st.sets(st.sampled_from(NAMES))) & set(before):
        apply(chat, e.MessageDeleted(at=at(70), message=MessageId(message)))
    for person in data.draw(st.sets(st.sampled_from(PEOPLE))):
        apply(chat, e.PersonForgotten(at=at(71), person=PersonId(person)))

    assert attribute(chat) == before


@given(hour=hours())
def test_every_message_has_one_place_in_the_order_of_time(hour: Hour) -> None:
    """Nothing is lost, nothing comes twice, and only questions of the plan are answered."""
    chat = hour.chat
    found = attribute(chat)

    assert set(found) == {event.message for event in heard(hour) if isinstance(event, e.MessageHeard)}
    assert all(chat.messages[a].order < chat.messages[b].order for a, b in pairwise(found))
    assert all(0 < one.confidence <= 1 for one in found.values())
    assert {question for one in found.values() for question in one.questions} <= {
        q.id for q in chat.plan.questions
    }


@given(hour=hours())
def test_the_card_agrees_with_the_whole(hour: Hour) -> None:
    """What the card calls unsure is unsure in the summary too, but where replies run in a ring."""
    straight = all(
        event.reply_to is None and event.thread is None
        for event in hour.log
        if isinstance(event, e.MessageHeard)
    )
    found = attribute(hour.chat)
    expected = tuple(message for message in reversed(found) if found[message].is_unsure)

    assert set(unsure(hour.chat, limit=LOOK_BACK)) <= set(found)
    assert unsure(hour.chat, limit=LOOK_BACK) == expected or not straight


@given(st.integers(min_value=1, max_value=400))
def test_a_chain_of_replies_of_any_length_is_followed_to_its_end(length: int) -> None:
    """Nothing runs out of stack, and the question at the root is found."""
    hour = Hour().asks(1, 8).asks(2, 16)
    hour.says("A1 plain words", 20, name="c0")
    for place in range(1, length):
        hour.says(
            "and so on",
            20 - timedelta(seconds=place) / timedelta(minutes=1),
            name=f"c{place}",
            reply_to=f"c{place - 1}",
        )

    assert {one.questions for one in attribute(hour.chat).values()} == {("q1",)}
