"""The words check sees what a translator or a developer may forget."""

from pathlib import Path

import pytest

from tests.check.words import find_problems

CODE = """\
def speak(rule, words): return Refused("moderators-only"), say(line="welcome"), f"lint.{rule}", words.line("bye")
def post(line): return f"post.{line}", f"{line}.hint", Post(line="post.held"), PhaseRule(line="closing")
"""
LINES = """\
moderators-only = "Only moderators."
welcome = "Hello {{ name }}."
bye = "Goodbye."
[lint]
too-long = "Shorten it."
[post]
held.text = "We pause."
closing.heading = "Before we close"
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a small project whose words are all in order."""
    for language in ("en", "de"):
        (tmp_path / "prompts" / language).mkdir(parents=True)
        (tmp_path / "prompts" / language / "lines.toml").write_text(LINES)
    (tmp_path / "bot").mkdir()
    (tmp_path / "bot" / "speak.py").write_text(CODE)
    return tmp_path


def problems(project: Path) -> list[str]:
    """Return what the check says of *project*."""
    return find_problems(project / "prompts", (project / "bot",))


def rewrite(file: Path, old: str, new: str) -> None:
    """Replace one text in *file*."""
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def test_words_in_order_raise_no_problem(project: Path) -> None:
    """A project whose languages and code agree is left in peace."""
    assert problems(project) == []


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('moderators-only = "Only moderators."', "", "de: moderators-only: missing"),
        ("welcome", 'farewell = "Bye."\nwelcome', "de: farewell: not in en"),
        ("{{ name }}", "{{ nickname }}", "de: welcome: fills in ['nickname'], en has ['name']"),
        ("Shorten it.", " ", "de/lines.toml: lint.too-long: empty"),
    ],
)
def test_a_translation_that_differs_is_named(project: Path, old: str, new: str, says: str) -> None:
    """A text that a translator forgot, added, emptied or filled in differently is named with its language."""
    rewrite(project / "prompts/de/lines.toml", old, new)

    assert problems(project) == [says]


def test_a_broken_template_is_named(project: Path) -> None:
    """A placeholder that is never closed is named with its file."""
    rewrite(project / "prompts/de/lines.toml", "{{ name }}", "{{ name")

    assert any(problem.startswith("de/lines.toml: welcome:") for problem in problems(project))


def test_a_broken_file_is_named(project: Path) -> None:
    """A file that is no TOML is named with its line, not with a traceback."""
    rewrite(project / "prompts/de/lines.toml", '"Only moderators."', "Only moderators.")

    assert any(problem.startswith("de/lines.toml:") and "line 1" in problem for problem in problems(project))


@pytest.mark.parametrize("key", ["moderators-only", "welcome", "bye"])
def test_a_key_that_code_needs_must_exist(project: Path, key: str) -> None:
    """A sentence that was never written is named with its place in the code."""
    rewrite(project / "bot/speak.py", f'"{key}"', '"no-such-key"')

    assert "bot/speak.py:1: no-such-key: not in en" in problems(project)


@pytest.mark.parametrize("name", ["held", "closing"])
def test_a_post_needs_at_least_one_part(project: Path, name: str) -> None:
    """A post without heading, text and hint would be an empty one; a phase's post is meant by its short name."""
    for language in ("en", "de"):
        rewrite(project / f"prompts/{language}/lines.toml", f"{name}.", f"not-{name}.")

    assert f"bot/speak.py:2: post.{name}: not in en" in problems(project)


@pytest.mark.parametrize(
    "extra", ["[post.gone]\nhint = 'Never seen.'", "[post.held]\nfootnote = 'Never seen.'"]
)
def test_a_part_of_no_post_is_named(project: Path, extra: str) -> None:
    """The code that puts posts together asks for their parts by name; that alone makes no text a used one."""
    for language in ("en", "de"):
        (project / f"prompts/{language}/more.toml").write_text(extra)

    assert [problem.partition(": ")[2] for problem in problems(project)] == [
        f"post.{'gone.hint' if 'gone' in extra else 'held.footnote'}: no code asks for it"
    ]


def test_a_reply_must_exist(project: Path) -> None:
    """What somebody is told after a press is looked for by the name of its answer."""
    (project / "bot/answer.py").write_text('def answer(): return Reply(text="done.waved")')

    assert problems(project) == ["bot/answer.py:1: done.waved: not in en"]


def test_a_key_that_no_code_asks_for_is_named(project: Path) -> None:
    """A sentence that nobody can ever read is named."""
    rewrite(project / "bot/speak.py", 'f"lint.{rule}"', "rule")

    assert problems(project) == ["en: lint.too-long: no code asks for it"]


def test_plural_forms_and_variants_are_one_key(project: Path) -> None:
    """Languages may have other plural forms, and more or fewer ways to say a thing."""
    (project / "prompts/en/counts.toml").write_text(
        'thanks = ["Thanks.", "Thank you."]\n[kept]\none = "One."\nother = "{{ n }}."'
    )
    (project / "prompts/de/counts.toml").write_text('thanks = ["Danke."]\n[kept]\nother = "{{ n }}."')
    (project / "bot/count.py").write_text('KEYS = ("thanks", "kept")')

    assert problems(project) == []


def test_one_key_in_two_files_is_named(project: Path) -> None:
    """A key written twice would leave it to chance which text people read."""
    (project / "prompts/de/more.toml").write_text('welcome = "Hallo {{ name }}."')

    assert problems(project) == ["de/more.toml: welcome: already in another file"]
