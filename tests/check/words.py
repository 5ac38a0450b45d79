"""Compares the words in prompts/ between languages, and their keys with the code.

Run as `python -m tests.check.words`.
"""

import re
import sys
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from jinja2 import Environment, TemplateSyntaxError, meta

from tests.check.word_uses import read_uses, texts_of

ROOT = Path(__file__).parents[2]
REFERENCE = "en"
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]+)?")

_jinja = Environment(autoescape=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """The words of one language: what each key's text fills in, and what is wrong with its files."""

    name: str
    fills: dict[str, frozenset[str]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def find_problems(prompts: Path, code: tuple[Path, ...]) -> list[str]:
    """Return one line for every missing, unused, doubled or differently filled text."""
    languages = [read_language(folder) for folder in sorted(prompts.iterdir()) if _is_language(folder)]
    problems = [problem for language in languages for problem in language.problems]
    reference = next((language for language in languages if language.name == REFERENCE), None)
    if reference is None:
        return problems
    for other in languages:
        problems += compare(reference, other)
    return problems + _compare_with_code(reference, prompts, code)


def _compare_with_code(reference: Language, prompts: Path, code: tuple[Path, ...]) -> list[str]:
    uses = read_uses(prompts, code)
    unused = [f"{reference.name}: {key}: no code asks for it" for key in reference.fills if not uses.has(key)]
    # lint.toml and its like may come first: the bot's own lines are asked for once their file is there.
    if not (prompts / reference.name / "lines.toml").exists():
        return unused
    missing = uses.missing(reference.fills.keys())
    return unused + [f"{place}: {key}: not in {reference.name}" for key, place in missing]


def _is_language(folder: Path) -> bool:
    return folder.is_dir() and LANGUAGE.fullmatch(folder.name) is not None


def compare(reference: Language, other: Language) -> list[str]:
    """Return how *other* differs from *reference*: keys on one side only, texts that fill in other things."""
    missing = [f"{other.name}: {key}: missing" for key in reference.fills.keys() - other.fills.keys()]
    extra = [
        f"{other.name}: {key}: not in {reference.name}" for key in other.fills.keys() - reference.fills.keys()
    ]
    different = [
        f"{other.name}: {key}: fills in {sorted(other.fills[key])}, {reference.name} has {sorted(fills)}"
        for key, fills in reference.fills.items()
        if other.fills.get(key, fills) != fills
    ]
    return sorted(missing + extra + different)


def read_language(folder: Path) -> Language:
    """Return all texts of one language's folder."""
    language = Language(name=folder.name)
    for file in sorted(folder.glob("*.toml")):
        for key, texts in _entries(file, language):
            if key in language.fills:
                language.problems.append(f"{folder.name}/{file.name}: {key}: already in another file")
            try:
                language.fills[key] = frozenset().union(*map(_placeholders, texts))
            except TemplateSyntaxError as error:
                language.problems.append(f"{folder.name}/{file.name}: {key}: {error.message}")
            if not all(text.strip() for text in texts):
                language.problems.append(f"{folder.name}/{file.name}: {key}: empty")
    return language


def _entries(file: Path, language: Language) -> list[tuple[str, list[str]]]:
    try:
        return list(texts_of(tomllib.loads(file.read_text("utf-8"))))
    except tomllib.TOMLDecodeError as error:
        language.problems.append(f"{language.name}/{file.name}: {error}")
        return []


def _placeholders(text: str) -> set[str]:
    return meta.find_undeclared_variables(_jinja.parse(text))


def main() -> int:
    """Print what is wrong with the words; return 1 if anything is."""
    problems = find_problems(ROOT / "prompts", (ROOT / "bot", ROOT / "adapters"))
    for problem in problems:
        print(f"prompts: {problem}")
    print(f"words: {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
