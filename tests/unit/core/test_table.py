"""The tables are whole: every event, command, refusal and post has what it needs, words included."""

import ast
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import get_args

import pytest

import bot.core
from bot.core import commands as c
from bot.core import events as e
from bot.core.apply import APPLY
from bot.core.authorize import row_of
from bot.core.decide import DECIDE
from bot.core.due import due
from bot.core.phases import PHASES, Phase
from bot.core.react import REACT
from bot.core.table import COMMANDS, CommandRow
from bot.wording import Wording, languages
from tests.builders import ANDREW, a_chat
from tests.unit.core.test_authorize import sample

CORE = sorted(Path(bot.core.__path__[0]).rglob("*.py"))


def constants(*files: Path) -> Iterator[str]:
    """Return every text that stands in the code of *files*."""
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def test_every_event_changes_the_chat_in_one_place() -> None:
    """None is forgotten, and none stands there that does not happen."""
    assert set(APPLY) == set(get_args(e.Event))


def test_every_reaction_is_to_something_that_happens() -> None:
    """What is not in the table says nothing in public."""
    assert set(REACT) <= set(get_args(e.Event))


def test_every_event_has_a_kind_of_its_own() -> None:
    """The log knows them by it, for ever."""
    kinds = [event.KIND for event in get_args(e.Event)]

    assert len(set(kinds)) == len(kinds)


def test_every_command_is_decided() -> None:
    """None is forgotten."""
    assert set(DECIDE) == set(get_args(c.Command))


def test_every_command_of_a_person_stands_in_the_table() -> None:
    """There is no second way to give one."""
    assert {row.makes for row in COMMANDS.values()} == set(get_args(c.PersonsCommand))


@pytest.mark.parametrize("row", COMMANDS.values(), ids=COMMANDS)
def test_a_row_fills_the_fields_of_its_command(row: CommandRow) -> None:
    """Every argument has a field, and every field that must be filled is."""
    known = {field.name for field in fields(row.makes)}

    assert {argument.field or argument.name for argument in row.arguments} <= known
    assert row_of(sample(row, ANDREW)).makes is row.makes


@pytest.mark.parametrize("row", COMMANDS.values(), ids=COMMANDS)
def test_what_a_row_does_not_require_may_be_left_out(row: CommandRow) -> None:
    """The command has a default of its own for it."""
    required = replace(row, arguments=tuple(argument for argument in row.arguments if argument.required))

    assert sample(required, ANDREW).by == ANDREW


@pytest.mark.parametrize("phase", Phase)
def test_every_phase_has_its_rules_and_knows_when_to_wake(phase: Phase) -> None:
    """And its opening line, where it has one, is written."""
    rule = PHASES[phase]
    chat = a_chat().in_phase(phase).chat

    assert set(rule.follows) <= set(Phase)
    assert due(chat) is None or due(chat) > chat.planned_at or phase is Phase.DRAFT
    assert rule.line is None or f"post.{rule.line}.text" in Wording.load("en")


@pytest.mark.parametrize("language", languages())
def test_every_refusal_has_its_words(language: str) -> None:
    """A refusal says what to do instead, in every language."""
    reasons = {text for text in constants(*CORE) if text.startswith("refused.")}

    assert len(reasons) > 20
    assert not [reason for reason in sorted(reasons) if reason not in Wording.load(language)]


@pytest.mark.parametrize("language", languages())
def test_every_command_has_its_words(language: str) -> None:
    """A label, a line of help, and a question where it asks once more."""
    wording = Wording.load(language)
    wanted = [f"command.{row.name}.{part}" for row in COMMANDS.values() for part in ("label", "help")]
    wanted += [f"command.{row.name}.confirm" for row in COMMANDS.values() if row.confirm]

    assert not [key for key in wanted if key not in wording]
