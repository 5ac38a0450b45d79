"""How a line is found, chosen by number and filled in, and what is said of words that cannot be read."""

from pathlib import Path

import pytest

from bot.errors import BadInput
from bot.wording import Wording, languages

COUNTS = {"kept.one": "one line", "kept.other": "{{ n }} lines", "plain": "{{ n }} of them"}


def words(line: str, language: str = "en") -> Wording:
    """Return a language whose only line, ``line``, is *line*."""
    return Wording(language, {"line": line})


def a_folder(tmp_path: Path, text: str) -> Path:
    """Return a language's folder with one file that says *text*."""
    (tmp_path / "lines.toml").write_text(text, encoding="utf-8")
    return tmp_path


def test_there_are_words_in_three_languages() -> None:
    """The bot speaks German, English and French."""
    assert languages() == ("de", "en", "fr")


@pytest.mark.parametrize(
    ("count", "said"), [(1, "one line"), (0, "0 lines"), (2, "2 lines"), (1.5, "1.5 lines")]
)
def test_a_number_chooses_its_form(count: float, said: str) -> None:
    """One is one, nothing and two are many."""
    assert Wording("en", COUNTS).line("kept", n=count) == said


@pytest.mark.parametrize(("count", "said"), [(0, "one line"), (1, "one line"), (2, "2 lines")])
def test_each_language_counts_in_its_own_way(count: int, said: str) -> None:
    """In French nothing is counted like one."""
    assert Wording("fr", COUNTS).line("kept", n=count) == said


def test_a_form_that_a_language_leaves_out_is_the_general_one() -> None:
    """French has a form for millions; who does not write it down gets the one for all numbers."""
    assert Wording("fr", COUNTS).line("kept", n=1_000_000) == "1000000 lines"


def test_a_line_without_forms_is_the_same_for_every_number() -> None:
    """Not every line that holds a number needs two ways to say it."""
    assert Wording("en", COUNTS).line("plain", n=1) == "1 of them"


def test_a_line_is_known_in_any_of_its_forms() -> None:
    """Who asks whether there is a line need not know that it counts."""
    known = Wording("en", COUNTS)

    assert ("kept" in known, "plain" in known, "dropped" in known) == (True, True, False)


def test_a_line_that_nobody_wrote_is_a_bug() -> None:
    """The check of the words finds these; should one slip through, it is seen at once."""
    with pytest.raises(KeyError):
        Wording("en", COUNTS).line("dropped")


def test_what_people_write_is_never_a_template() -> None:
    """Braces in a message stay braces, however clever."""
    text = "{{ 7 * 7 }} {% for x in y %} {{ text.__class__ }}"

    assert words("{{ text }}").line("line", text=text) == text


@pytest.mark.parametrize(
    "line",
    [
        "{{ text.__class__.__mro__ }}",
        "{{ ''.__class__ }}",
        "{{ texts.append('x') }}",
        "{{ text.format.__globals__ }}",
        "{% for x in range(10**9) %}{% endfor %}",
        "{{ text + 1 }}",
        "{{ 1 / 0 }}",
        "{{ '%d' | format('x') }}",
        "{{ text",
        "{{ name }}",
    ],
)
def test_a_line_that_cannot_be_filled_in_is_named(line: str) -> None:
    """Whoever edits the words reaches nothing behind them; a slip is told with the line and its language."""
    with pytest.raises(BadInput, match="the line 'line' of language 'en' cannot be filled in"):
        words(line).line("line", text="Hello", texts=["Hello"])


def test_a_line_is_filled_in_anew_each_time() -> None:
    """What one person is told is not told to the next."""
    known = words("Hello {{ name }}")

    assert [known.line("line", name=name) for name in ("Ada", "Ben")] == ["Hello Ada", "Hello Ben"]


def test_a_language_without_words_is_refused() -> None:
    """The sentence says which languages there are."""
    with pytest.raises(BadInput, match=r"no words for the language 'xx'.*Choose one of: de, en, fr"):
        Wording.load("xx")


def test_a_language_is_read_once() -> None:
    """Every room of one language shares its words."""
    assert Wording.load("de") is Wording.load("de")


def test_only_toml_files_hold_words(tmp_path: Path) -> None:
    """An editor's backup beside the words is no trouble."""
    folder = a_folder(tmp_path, '[page]\nsend = "Send"\n[page.door]\nenter = "Come in"')
    (folder / "lines.toml~").write_text("[half a table")

    assert Wording.read("en", folder).lines == {"page.send": "Send", "page.door.enter": "Come in"}


@pytest.mark.parametrize("text", ['welcome = "Hello', "[page]\nsend = 3", "[page]\nsend = ['Send']"])
def test_a_damaged_file_is_named(tmp_path: Path, text: str) -> None:
    """A slip in a file of words is told with the file, not with a traceback."""
    with pytest.raises(BadInput, match=r"lines\.toml: this file of words cannot be read"):
        Wording.read("en", a_folder(tmp_path, text))


def test_a_file_in_another_encoding_is_named(tmp_path: Path) -> None:
    """Words saved by an old editor are told, too."""
    (tmp_path / "lines.toml").write_bytes('bye = "Tschüss"'.encode("latin-1"))

    with pytest.raises(BadInput, match=r"lines\.toml: this file of words cannot be read"):
        Wording.read("de", tmp_path)
