"""Reads what code says about the keys of prompts/, and how a TOML file spells keys.

A key is the path to a text inside its language's TOML files (`page.send`, `refused.too-long`). A list of texts
(ways to say one thing) and a table of plural forms are one key each. A post (`post.welcome`) has up to three keys,
one for each of its parts, which bot/runtime/rendering.py puts together.
"""

import ast
import re
import tomllib
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

PLURAL_FORMS = frozenset({"zero", "one", "two", "few", "many", "other"})
KEY_SHAPE = re.compile(r"[a-z0-9]+(?:[-._][a-z0-9]+)*")
KEY_PART = re.compile(r"[a-z0-9._-]*")
# Functions and methods whose first argument, and keyword arguments whose value, can only be a key.
KEY_CALLS = frozenset({"Refused"})
KEY_METHODS = frozenset({"line"})
KEY_ARGUMENTS = frozenset({"line"})
KEY_ARGUMENTS_OF = frozenset({("Reply", "text")})

POST = "post."
POST_PARTS = ("heading", "text", "hint")
POST_NAME = re.compile(r"post\.[a-z0-9]+(?:-[a-z0-9]+)*")
# Classes whose `line` names a post, and what bot.core.react puts before that: PhaseRule(line="welcome").
POST_CLASSES = {"Post": "", "PhaseRule": POST}
# The f-strings that put posts together would let every post pass, also one that nobody names.
POST_FAMILIES = frozenset({re.escape(POST) + ".+", *(rf".+\.{part}" for part in POST_PARTS)})
WORDLESS_POSTS = frozenset({"post.summary-part"})
"""Posts whose words are a summary's own: bot.summary.parts writes them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Uses:
    """What code says about keys: texts that may be one, patterns of f-strings, keys and posts that must exist."""

    literals: set[str] = field(default_factory=set)
    families: set[str] = field(default_factory=set)
    needed: dict[str, str] = field(default_factory=dict)
    posts: dict[str, str] = field(default_factory=dict)

    def has(self, key: str) -> bool:
        """Return whether any code could be asking for *key*."""
        name, _, part = key.rpartition(".")
        if key in self.literals or (name in self.posts and part in POST_PARTS):
            return True
        return any(re.fullmatch(family, key) for family in self.families)

    def missing(self, keys: Container[str]) -> Iterator[tuple[str, str]]:
        """Yield what code needs and *keys* lacks, with its place in the code: a key, or a post without any part."""
        yield from ((key, place) for key, place in self.needed.items() if key not in keys)
        for name, place in self.posts.items():
            parts = (f"{name}.{part}" for part in POST_PARTS)
            if name not in WORDLESS_POSTS and not any(part in keys for part in parts):
                yield name, place


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
            if POST_NAME.fullmatch(text):
                uses.posts.setdefault(text, place)
        case ast.JoinedStr(values=parts) if family := _family(parts):
            uses.families.add(family)
        case ast.Call():
            _note_call(node, place, uses)
        case _:
            pass


def _note_call(call: ast.Call, place: str, uses: Uses) -> None:
    match call:
        case ast.Call(func=ast.Name(id=name), args=[ast.Constant(value=str(key)), *_]) if name in KEY_CALLS:
            uses.needed.setdefault(key, place)
        case ast.Call(func=ast.Attribute(attr=name), args=[ast.Constant(value=str(key)), *_]) if (
            name in KEY_METHODS
        ):
            uses.needed.setdefault(key, place)
        case _:
            pass
    callee = call.func.id if isinstance(call.func, ast.Name) else ""
    for given in call.keywords:
        match given:
            case ast.keyword(arg=str(name), value=ast.Constant(value=str(text))) if KEY_SHAPE.fullmatch(text):
                _note_argument(callee, name, text, place, uses)
            case _:
                pass


def _note_argument(callee: str, name: str, text: str, place: str, uses: Uses) -> None:
    if name == "line" and callee in POST_CLASSES:
        uses.posts.setdefault(POST_CLASSES[callee] + text, place)
    elif name in KEY_ARGUMENTS or (callee, name) in KEY_ARGUMENTS_OF:
        uses.needed.setdefault(text, place)


def _family(parts: list[ast.expr]) -> str | None:
    """Return the pattern of an f-string that can make keys (`f"group.{group}"`), or None when it can't."""
    said = [part.value if isinstance(part, ast.Constant) else None for part in parts]
    known = [str(text) for text in said if text is not None]
    if not any(len(text) > 1 for text in known) or not all(KEY_PART.fullmatch(text) for text in known):
        return None
    family = "".join(".+" if text is None else re.escape(str(text)) for text in said)
    return None if family in POST_FAMILIES else family
