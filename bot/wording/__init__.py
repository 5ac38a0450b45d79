"""The words the bot says: lines of prompts/<language>/*.toml, filled in with plain values.

Lines are templates that organisers may edit, so they run in a sandbox; what fills them is data and never a template.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from babel import Locale
from jinja2 import StrictUndefined, Template, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from bot.errors import BadInput

# A line is a small program of its editor's: a slip in it may also be a sum of words or a division by nothing.
_MISFILLED = (TemplateError, ArithmeticError, TypeError, ValueError)
_SANDBOX = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)  # plain text, no HTML


def _prompts() -> Traversable:
    return files("prompts")


@cache
def languages() -> tuple[str, ...]:
    """Return the languages that prompts/ holds, in alphabetical order."""
    return tuple(sorted(entry.name for entry in _prompts().iterdir() if (entry / "lines.toml").is_file()))


class Wording:
    """Every line of one language."""

    def __init__(self, language: str, lines: Mapping[str, str]) -> None:
        self.language = language
        self.lines = lines
        self._plural = Locale.parse(language).plural_form
        self._compiled: dict[str, Template] = {}

    @classmethod
    def load(cls, language: str) -> "Wording":
        """Return the words of *language*, loaded once. Raises: BadInput when prompts/ has none or they are damaged."""
        return _load(language)

    @classmethod
    def read(cls, language: str, folder: Traversable) -> "Wording":
        """Return the words of *language* in the TOML files of *folder*. Raises: BadInput for a damaged file."""
        lines: dict[str, str] = {}
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
            if entry.name.endswith(".toml"):
                lines.update(_read(entry))
        return cls(language, lines)

    def line(self, key: str, /, **arguments: object) -> str:
        """Return the line *key*, filled in; with an argument ``n``, its ``.one`` or ``.other`` form where it has them.

        Raises: KeyError for a key that prompts/ lacks; BadInput for a line that cannot be filled in.
        """
        found = self._form(key, arguments.get("n"))
        if "{" not in self.lines[found]:
            return self.lines[
                found
            ]  # most lines have nothing to fill in, and a page asks for dozens at a time
        try:
            return self._template(found).render(arguments)
        except _MISFILLED as problem:
            raise BadInput(
                f"the line {found!r} of language {self.language!r} cannot be filled in: {problem}"
            ) from None

    def __contains__(self, key: str) -> bool:
        """Return whether there is a line *key*, in any of its plural forms."""
        return key in self.lines or f"{key}.other" in self.lines

    def _form(self, key: str, count: object) -> str:
        if isinstance(count, int | float) and f"{key}.other" in self.lines:
            plural = f"{key}.{self._plural(count)}"
            return plural if plural in self.lines else f"{key}.other"
        return key

    def _template(self, key: str) -> Template:
        template = self._compiled.get(key)
        if template is None:
            template = self._compiled[key] = _SANDBOX.from_string(self.lines[key])
        return template


@cache
def _load(language: str) -> Wording:
    if language not in languages():
        raise BadInput(
            f"there are no words for the language {language!r}.",
            fix=f"Choose one of: {', '.join(languages())}.",
        )
    return Wording.read(language, _prompts() / language)


def _read(entry: Traversable) -> dict[str, str]:
    try:
        return dict(flatten(tomllib.loads(entry.read_text(encoding="utf-8"))))
    except (tomllib.TOMLDecodeError, ValueError) as problem:
        raise BadInput(f"this file of words cannot be read: {problem}", place=str(entry)) from None


def flatten(table: Mapping[str, object], prefix: str = "") -> list[tuple[str, str]]:
    """Return the lines of a TOML table by dotted key. Raises: ValueError for a value that is no text."""
    found: list[tuple[str, str]] = []
    for key, value in table.items():
        if isinstance(value, Mapping):
            found.extend(flatten(value, f"{prefix}{key}."))
        elif isinstance(value, str):
            found.append((f"{prefix}{key}", value))
        else:
            raise ValueError(f"{prefix}{key} is not a text")  # a wrong value in a file, not a bug
    return found
