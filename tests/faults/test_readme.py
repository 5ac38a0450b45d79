"""The list of faults is true: every test that it names is there, and no fault is missing."""

import re
from pathlib import Path

HERE = Path(__file__).parent
TESTS = HERE.parent
LIST = (HERE / "README.md").read_text("utf-8")


def test_every_test_in_the_list_exists() -> None:
    """A renamed test is renamed in the list as well."""
    code = "\n".join(file.read_text("utf-8") for file in TESTS.rglob("test_*.py"))
    known = set(re.findall(r"def (test_\w+)\(", code))

    assert set(re.findall(r"`(test_\w+)`", LIST)) <= known


def test_every_fault_has_a_test_or_a_reason() -> None:
    """All seventy are there, each with a test or a folder of tests, or with the reason why there is none."""
    rows = re.findall(r"^\| (\d+) \|[^|]+\|(.+)\|$", LIST, re.MULTILINE)

    assert [int(number) for number, _ in rows] == list(range(1, 71))
    assert all("`test" in proof or "fifty kills" in proof or "not here" in proof for _, proof in rows)


def test_nothing_is_put_off() -> None:
    """What is missing says why, in the same breath; no row waits for a better day."""
    assert "**later**" not in LIST
    assert re.findall(r"not here(?!,\s+because )(?!\*)", LIST) == []


def test_no_name_stands_for_two_tests_that_have_nothing_to_do_with_one_another() -> None:
    """A row is proved by tests that anybody finds by their names: not by one that a helper has too."""
    named = set(re.findall(r"`(test_\w+)`", LIST))
    code = [file for file in TESTS.rglob("*.py") if not file.name.startswith("test_")]
    helpers = {name for file in code for name in re.findall(r"def (test_\w+)\(", file.read_text("utf-8"))}

    assert named & helpers == set()


def test_every_file_in_the_list_exists() -> None:
    """Where the list sends you there is something."""
    for path in re.findall(r"`(tests/[\w/.]+)`", LIST):
        assert (TESTS.parent / path).exists()
