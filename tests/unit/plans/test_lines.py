"""Finding the line of each key of a TOML text."""

import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.plans.lines import Path, lines_of, nearest

TRICKY = '''\
"a b" = 1
'c'.d = 2
many = [
  "x", # ] a bracket in a comment
  [1, 2],

  { in = 1, "to\\u0041" = [3] },
]
long = """
first " ] = 1
\\"""still""""
literal = \'\'\'
x = 'y' \'\'\'
when = 2026-12-03 19:00:00
[table]
k = { }
[table.inner]
k = []
[[rows]]
k = 1
[[rows.cells]]
k = 1
[[rows.cells]]
k = 2
[[rows]]
[[rows.cells]]
k = 3
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("a b",), 1),
        (("c", "d"), 2),
        (("many",), 3),
        (("many", 0), 4),
        (("many", 1, 1), 5),
        (("many", 2, "in"), 7),
        (("many", 2, "toA", 0), 7),
        (("long",), 9),
        (("literal",), 12),
        (("when",), 14),
        (("table", "k"), 16),
        (("table", "inner", "k"), 18),
        (("rows", 0, "k"), 20),
        (("rows", 0, "cells", 1, "k"), 24),
        (("rows", 1), 25),
        (("rows", 1, "cells", 0, "k"), 27),
    ],
)
def test_every_way_to_write_a_key_is_found(path: Path, line: int) -> None:
    """Dotted, quoted and nested keys, comments and long texts don't lead the count astray."""
    assert lines_of(TRICKY)[path] == line


def test_what_is_not_there_has_the_line_of_what_is_around_it() -> None:
    """A field that is missing from the second row is told at the second row."""
    lines = lines_of(TRICKY)

    assert nearest(lines, ("rows", 1, "absent")) == 25
    assert nearest(lines, ("absent",)) == 1


def paths(value: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the path of everything in a TOML document."""
    if path:
        yield path
    if isinstance(value, dict):
        for key, item in value.items():
            yield from paths(item, (*path, key))
    if isinstance(value, list):
        for place, item in enumerate(value):
            yield from paths(item, (*path, place))


def test_every_path_of_the_document_has_a_line_and_no_other_has() -> None:
    """The scanner sees exactly the keys that the parser sees."""
    assert set(lines_of(TRICKY)) == set(paths(tomllib.loads(TRICKY)))


@given(st.lists(st.sampled_from(TRICKY.splitlines(keepends=True)), max_size=12).map("".join))
def test_any_document_that_parses_is_scanned(text: str) -> None:
    """Whatever tomllib takes, the scanner walks to its end and finds the same keys."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    assert set(paths(document)) <= set(lines_of(text))
