"""Who may do what, when: the whole matrix, drawn from the table of commands."""

from datetime import timedelta
from functools import cache
from itertools import product
from typing import Any

import pytest

from bot.core import commands as c
from bot.core import events as e
from bot.core.apply import apply
from bot.core.authorize import authorize, row_of
from bot.core.chat import Chat
from bot.core.phases import Phase
from bot.core.reading import Reading
from bot.core.table import COMMANDS, Argument, CommandRow
from bot.errors import Refused
from tests.builders import ANDREW, GARY, MAIN, a_chat, asked, at, publishing, quoting, told

ACTORS = ("stranger", "participant", "author", ANDREW, "co-moderator", "released", "old-link")
MODERATORS = {ANDREW, "co-moderator"}

SAMPLES: dict[str, Any] = {
    "message": "m1",
    "messages": ("m1", "m2"),
    "text": "words/1",
    "minutes": timedelta(minutes=2),
    "number": 1,
    "offset": 3,
    "tag": "idea",
    "choice": "role",
    "person": GARY,
    "insight": "m1/idea",
    "group": "patient",
    "entry": "entry/1",
    "section": "question/q1",
    "question": "q2",
}
"""Something of each kind that an argument can be."""

BESIDE: dict[str, dict[str, Any]] = {
    "ask": {"ask": True},
    "mute": {"muted": True},
    "unmute": {"muted": False},
    "group": {"room": MAIN, "group": "patient"},
    "publish": {"selection": quoting(), "composer": 1, "parts": 1},
}
"""What a command's name says beside its arguments."""


def sample(row: CommandRow, by: str) -> c.PersonsCommand:
    """Return the command of *row* with every argument filled in."""
    fields = {argument.field or argument.name: _value(argument) for argument in row.arguments}
    return row.makes(at=at(0), by=by, **fields | BESIDE.get(row.name, {}))


def _value(argument: Argument) -> Any:
    return GARY if argument.field == "person" else SAMPLES[argument.kind]


@cache
def chat_in(phase: Phase) -> Chat:
    """Return a chat in *phase* in which each of the actors is who they are."""
    chat = a_chat().given(
        told(c.Appoint, person="released", generation=1),
        told(c.Appoint, person="old-link", generation=1),
        asked(c.Release, person="released"),
        asked(c.RotateLink),
        told(c.Appoint, person="co-moderator", generation=2),
    )
    chat = chat.in_phase(phase).chat
    for message, author in (("m1", "author"), ("m2", "participant")):
        heard = e.MessageHeard(
            at=at(0), message=message, room=MAIN, author=author, sent_at=at(0), reading=Reading()
        )
        apply(chat, heard)
    return chat


def outcome(chat: Chat, command: c.PersonsCommand) -> str | None:
    """Return why *command* is not allowed, None when it is."""
    try:
        authorize(chat, command)
    except Refused as refused:
        return refused.reason
    return None


def expected(row: CommandRow, actor: str, phase: Phase) -> str | None:
    """Return what the table says."""
    may = row.who == "everyone" or actor in MODERATORS or (row.who == "author" and actor == "author")
    if not may:
        return "refused.not-yours" if row.who == "author" else "refused.moderators-only"
    return None if phase in row.phases else "refused.not-now"


@pytest.mark.parametrize("name", COMMANDS)
def test_everybody_may_do_exactly_what_the_table_says(name: str) -> None:
    """Strangers, participants, authors, moderators, and those who were moderators once, in every phase."""
    row = COMMANDS[name]
    found = {
        (actor, phase): outcome(chat_in(phase), sample(row, actor)) for actor, phase in product(ACTORS, Phase)
    }

    assert found == {(actor, phase): expected(row, actor, phase) for actor, phase in product(ACTORS, Phase)}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_judged_by_its_own_row(name: str) -> None:
    """Ask and add make the same command; each has its own phases."""
    row = COMMANDS[name]

    assert row_of(sample(row, ANDREW)).phases == row.phases


def test_an_author_is_one_by_what_was_heard() -> None:
    """Of an unknown message, or one of which only the end is known, nobody is the author."""
    chat = a_chat().running(1).given(told(c.HearDeletion, message="m9"))

    for message in ("m8", "m9"):
        assert chat.refusal(asked(c.Remove, "author", message=message)) == "refused.not-yours"


def test_the_clock_publishes_only_when_a_moderator_could() -> None:
    """It needs no rights, but it comes once, and never before the hour is over."""
    assert a_chat().running(1).refusal(publishing(by=None)) == "refused.not-now"
    assert a_chat().in_phase(Phase.PUBLISHED).refusal(publishing(by=None)) == "refused.not-now"
    assert a_chat().in_phase(Phase.REVIEW).refusal(publishing(by=None)) is None


def test_what_was_pressed_on_an_old_card_is_refused() -> None:
    """FAULTS 62: the button says from where it was pressed, and the chat has moved on."""
    chat = a_chat().running(2)

    assert chat.refusal(asked(c.Next, expects="question/q1")) == "refused.moved-on"
    assert chat.refusal(asked(c.Next, expects="question/q2")) is None
