"""Every event that a released version stored can still be read, and says what it said."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.store.codec import CLASSES, Encoded, decode, encode

FILES = sorted(Path(__file__).parent.glob("*.jsonl"))
LINES = [json.loads(line) for file in FILES for line in file.read_text("utf-8").splitlines()]


def stored(line: dict[str, Any]) -> Encoded:
    """Return a line of the file as the store would hold it."""
    return Encoded(kind=line["kind"], schema=line["schema"], body=json.dumps(line["event"]))


def holds(new: object, old: object) -> bool:
    """Return whether *new* says all that *old* says; fields that came since are welcome."""
    if isinstance(old, dict) and isinstance(new, dict):
        return all(name in new and holds(new[name], value) for name, value in old.items())
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(map(holds, new, old))
    return new == old


def test_every_kind_has_its_line() -> None:
    """Whoever adds a kind of event adds a line of it to the newest file here."""
    assert {line["kind"] for line in LINES} == set(CLASSES)


@pytest.mark.parametrize("line", LINES, ids=lambda line: line["kind"])
def test_an_old_line_still_says_what_it_said(line: dict[str, Any]) -> None:
    """An event read and stored again has lost nothing, and is read as the same event."""
    event = decode(stored(line), place="golden")
    again = encode(event)

    assert decode(again, place="golden") == event
    if again.schema == line["schema"]:
        assert holds(json.loads(again.body), line["event"])
