"""Reads what code says about the keys of prompts/, and how a TOML file spells keys.

A key is the path to a text inside its language's TOML files (`welcome`, `lint.too-long`). A list of texts
(ways to say one thing) and a table of plural forms are one key each.
"""

import ast
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

PLURAL_FORMS = frozenset({"zero", "one", "two", "few", "many", "other"})
KEY_SHAPE = re.compile(r"[a-z0-9]+(?:[-._][a-z0-9]+)*")
KEY_PART = re.compile(r"[a-z0-9._-]*")
# Calls whose first argument, and keyword arguments whose value, can only be a key.
KEY_CALLS = frozenset({"Refused"})
KEY_ARGUMENTS = frozenset({"line"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Uses:
    """What code says about keys: texts that may be one, patterns of f-strings, and keys that must exist."""

    literals: set[str] = field(default_factory=set)
    families: set[str] = field(default_factory=set)
    needed: dict[str, str] = field(default_factory=dict)

    def has(self, key: str) -> bool:
        """Return whether any code could be asking for *key*."""
        return key in self.literals or any(re.fullmatch(family, key) for family in self.families)


def texts_of(table: Mapping[str, object], path: str = "") -> Iterator[tuple[str, list[str]]]:
    """Yield every key of a TOML file with its texts: one, several ways to say it, or its plural forms."""
    for name, value in table.items():
        key = f"{path}{name}"
        if isinstance(value, dict) and not ("other" in value and value.keys() <= PLURAL_FORMS):
            yield from texts_of(value, f"{key}.")
        elif isinstance(value, dict):
            yield key, [str(text) for text in value.values()]
        else:
            yield key, [str(text) for text in value] if isinstance(value, list) else [str(value)]


def read_uses(prompts: Path, code: tuple[Path, ...]) -> Uses:
    """Return what the Python files under *code* and the tables at the top of prompts/ say about keys."""
    uses = Uses()
    for folder in code:
        for file in sorted(folder.rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_bytes())):
                _note(node, f"{file.relative_to(folder.parent)}:{getattr(node, 'lineno', 0)}", uses)
    for file in prompts.glob("*.toml"):
        for key, texts in texts_of(tomllib.loads(file.read_text("utf-8"))):
            uses.literals.update(texts, key.split("."))
    return uses


def _note(node: ast.AST, place: str, uses: Uses) -> None:
    match node:
        case ast.Constant(value=str(text)):
            uses.literals.add(text)
        case ast.JoinedStr(values=parts) if family := _family(parts):
            uses.families.add(family)
        case ast.Call(func=ast.Name(id=name), args=[ast.Constant(value=str(key)), *_]) if name in KEY_CALLS:
            uses.needed.setdefault(key, place)
        case ast.keyword(arg=str(name), value=ast.Constant(value=str(key))) if name in KEY_ARGUMENTS:
            if KEY_SHAPE.fullmatch(key):
                uses.needed.setdefault(key, place)
        case _:
            pass


def _family(parts: list[ast.expr]) -> str | None:
    """Return the pattern of an f-string that can make keys (`f"lint.{rule}"`), or None when it can't."""
    said = [part.value if isinstance(part, ast.Constant) else None for part in parts]
    known = [str(text) for text in said if text is not None]
    if not any(len(text) > 1 for text in known) or not all(KEY_PART.fullmatch(text) for text in known):
        return None
    return "".join(".+" if text is None else re.escape(str(text)) for text in said)
