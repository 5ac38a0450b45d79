"""What people write, press or pick becomes a command of the table, from strings alone."""

from datetime import timedelta
from typing import Any

import pytest

from bot.core import commands as c
from bot.core.apply import replay
from bot.core.events import ChatPlanned, MessageHeard
from bot.core.names import ChatId, MessageId, PersonId, WordKey
from bot.core.plan import question_words
from bot.core.reading import read
from bot.core.table import COMMANDS, CommandRow
from bot.errors import Refused
from bot.ports import Acquaintance, HeardCommand, Sighting
from bot.runtime.clock import DerivedIds
from bot.runtime.directory import Ledger, People
from bot.runtime.draft import Draft
from bot.runtime.wishes import TEXT_LIMIT, Wish, read_wish
from bot.store import MemoryStore
from tests.unit.runtime.house import ANDREW, MAIN, a_plan, at

BY, AUTHOR = PersonId("p-andrew"), PersonId("p-meera")
OURS, OTHER = MessageId("m-ours"), MessageId("m-other")
ARGUMENTS = {
    "message": "x1",
    "messages": "x1, x2",
    "minutes": "3",
    "number": "2",
    "offset": "5",
    "tag": "idea",
    "person": "u-meera",
    "insight": "i-1",
    "question": "q2",
    "group": "patient",
    "entry": "chapter-1/quote-1",
    "section": "chapter-2",
    "text": "In my own words",
}
CHOICES = {"consent": "role", "change-entry": "drop", "settle-post": "there"}


def strings_of(row: CommandRow) -> dict[str, str]:
    """Return something to give for every argument of a command."""
    return {
        one.name: CHOICES[row.name] if one.kind == "choice" else ARGUMENTS[one.kind] for one in row.arguments
    }


MADE: dict[str, Any] = {
    "message": OURS,
    "messages": (OURS, OTHER),
    "minutes": timedelta(minutes=3),
    "number": 2,
    "offset": 5,
    "tag": "idea",
    "person": AUTHOR,
    "insight": "i-1",
    "question": "q2",
    "group": "patient",
    "entry": "chapter-1/quote-1",
    "section": "chapter-2",
}
TABLE = [row for row in COMMANDS.values() if row.makes is not c.Publish]


def a_draft() -> Draft:
    """Return a chat that knows two messages of one author, and that author."""
    planned = ChatPlanned(at=at(-60), chat=ChatId("c-1"), plan=a_plan())
    said = [
        MessageHeard(at=at(1), message=id, room=MAIN, author=AUTHOR, sent_at=at(1), reading=read("Hello"))
        for id in (OURS, OTHER)
    ]
    ledger, people = Ledger(), People(MemoryStore(), DerivedIds("wishes"))
    ledger.note(Sighting(room=MAIN, id="x1", message=OURS))
    ledger.note(Sighting(room=MAIN, id="x2", message=OTHER))
    people.remember(Acquaintance(person=AUTHOR, platform="fake", id="u-meera", name="Meera", at=at(1)))
    return Draft(chat=replay([planned, *said]), ledger=ledger, people=people, ids=DerivedIds("wishes"))


def wished(command: str, draft: Draft | None = None, expects: str | None = None, **arguments: str) -> Wish:
    """Return what is read from the strings of a command."""
    heard = HeardCommand(
        room=MAIN, by=ANDREW, command=command, at=at(9), arguments=arguments, expects=expects
    )
    return read_wish(heard, BY, at(9), draft or a_draft())


def refusal(command: str, **arguments: str) -> Refused:
    """Return why a command is not read."""
    with pytest.raises(Refused) as refused:
        wished(command, **arguments)
    return refused.value


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
def test_every_command_of_the_table_can_be_given_in_strings(row: Any) -> None:
    """A button, a menu or a typed line can say everything that the table holds."""
    wish = wished(row.name, expects="question/q1", **strings_of(row))

    assert type(wish.command) is row.makes
    assert (wish.command.by, wish.command.at, wish.command.expects) == (BY, at(9), "question/q1")
    for argument in row.arguments:
        if argument.kind in MADE and not (argument.kind == "message" and argument.field == "person"):
            assert getattr(wish.command, argument.field or argument.name) == MADE[argument.kind]


@pytest.mark.parametrize(
    ("row", "argument"),
    [(row, argument) for row in TABLE for argument in row.arguments if argument.required],
    ids=lambda one: one.name,
)
def test_what_is_needed_and_missing_is_named(row: Any, argument: Any) -> None:
    """A command without something that it needs says what is missing."""
    refused = refusal(row.name, **(strings_of(row) | {argument.name: "   "}))

    assert refused.reason == "refused.missing-argument"
    assert refused.arguments == {"argument": argument.name}


@pytest.mark.parametrize(
    ("command", "arguments", "reason"),
    [
        ("dance", {}, "refused.no-such-command"),
        ("publish", {}, "refused.no-such-command"),
        ("", {}, "refused.no-such-command"),
        ("extend", {"minutes": "two"}, "refused.bad-number"),
        ("answer-to", {"message": "x1", "number": "1.5"}, "refused.bad-number"),
        ("keep", {"message": "x1", "start": "0x10"}, "refused.bad-number"),
        ("keep", {"message": "x1", "tag": "gossip"}, "refused.no-such-tag"),
        ("handover", {"person": "u-nobody"}, "refused.no-such-person"),
        ("mute", {"message": "never-heard-of"}, "refused.no-such-message"),
        ("consent", {"choice": "perhaps"}, "refused.missing-argument"),
        ("say", {"text": "x" * (TEXT_LIMIT + 1)}, "refused.too-long"),
    ],
)
def test_what_cannot_be_read_is_refused(command: str, arguments: dict[str, str], reason: str) -> None:
    """Each thing that people get wrong has its own sentence."""
    assert refusal(command, **arguments).reason == reason


def test_a_number_of_absurd_size_is_refused() -> None:
    """Nobody brings the bot down with a number that no clock can hold."""
    assert refusal("extend", minutes="9" * 30).reason == "refused.bad-number"
    assert refusal("extend", minutes="9" * 5000).reason == "refused.bad-number"


def test_defaults_of_the_table_stand_in() -> None:
    """Two more minutes, and a plain insight, are what a bare press means."""
    extended, kept = wished("extend").command, wished("keep", message="x1").command

    assert isinstance(extended, c.Extend)
    assert isinstance(kept, c.Keep)
    assert extended.length == timedelta(minutes=2)
    assert kept.tag == "insight"


def test_what_the_commands_name_says_is_taken_along() -> None:
    """Ask asks at once, add waits; mute silences, unmute lets speak; a group can be none."""
    asked, added = wished("ask", text="Why?", audience="yes").command, wished("add", text="Why?").command
    muted, unmuted = wished("mute", message="x1").command, wished("unmute", message="x1").command
    nobody = wished("group", group="").command

    assert (asked.ask, asked.audience, added.ask, added.audience) == (True, True, False, False)  # type: ignore[union-attr]
    assert (muted.muted, unmuted.muted) == (True, False)  # type: ignore[union-attr]
    assert (muted.person, unmuted.person) == (AUTHOR, AUTHOR)  # type: ignore[union-attr]
    assert nobody.group is None  # type: ignore[union-attr]


def test_texts_stay_out_of_commands() -> None:
    """What somebody typed is kept apart, under a key that the command carries."""
    said, asked = wished("say", text="Hello all"), wished("ask", text="What else?")

    assert isinstance(said.command, c.Say)
    assert isinstance(asked.command, c.AddQuestion)
    assert said.words == ((said.command.words, "Hello all"),)
    assert asked.words == ((question_words(asked.command.question), "What else?"),)
    assert "Hello" not in repr(said.command)


def test_a_text_delivered_twice_is_one_text() -> None:
    """The same press delivered twice has the same key, so that it is said once."""
    assert wished("say", text="Hello").words == wished("say", text="Hello").words
    assert wished("say", text="Hello").words != wished("say", text="Hello again").words


def test_messages_go_by_the_platforms_id_and_by_ours() -> None:
    """The message menu knows the platform's id, the card ours; both mean the same message."""
    assert wished("park", message="x1").command == wished("park", message=OURS).command


def test_a_message_that_is_still_on_its_way_can_be_named() -> None:
    """A command may overtake the message it is about."""
    draft = a_draft()

    wish = wished("park", draft, message="x-late")

    assert isinstance(wish.command, c.Park)
    assert draft.ledger.theirs[wish.command.message] == (MAIN, "x-late")
    assert [seen.id for seen in draft.sightings] == ["x-late"]


def test_the_heading_of_an_entry_is_a_text_of_its_own() -> None:
    """A new heading is kept like any text that people type."""
    wish = wished("change-entry", change="heading", entry="t-1", heading="Pacing")

    assert isinstance(wish.command, c.ChangeEntry)
    assert wish.words == ((WordKey(str(wish.command.heading)), "Pacing"),)
