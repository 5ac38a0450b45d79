"""Reads a plan file: TOML bytes in, a `Plan` out, and for every slip the line it stands on."""

import re
import tomllib
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError

from bot.errors import BadInput
from bot.plans.complaints import Found, explain
from bot.plans.lines import lines_of, nearest
from bot.plans.model import Plan

# More are no help: whoever has so many reads an example first.
MOST_OTHERS = 20
MAX_BYTES = 64 * 1024
# tomllib needs 6 seconds for one key of 20,000 dotted parts; no plan needs more than two.
LONG_KEY = re.compile(
    r"""(?:(?:(?<![\w-])[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){16}""", re.ASCII
)  # fmt: skip
NEW_LINE = "\n"
WORDS = re.compile(r"\s*[^\s#]")
AT_LINE = re.compile(r"(.*) \(at line (\d+), column (\d+)\)", re.DOTALL)
# What tomllib says at the end of the text, and the quote that was opened last by then.
QUOTES = {'Expected "\'"': "'", "Expected \"'''\"": "'''", "Unterminated string": '"'}
PLAIN_FIELD = 'A field is written like  title = "Our first chat"  with the text between quotes.'
STILL_OPEN = "Is a list above it still open? It ends with ]."
# Further ahead the year is a slip of the finger.
FURTHEST = timedelta(days=5 * 366)


def read_plan(
    text: str | bytes,
    *,
    name: str,
    languages: Collection[str],
    today: datetime | None = None,
    past: Mapping[str, Any] | None = None,
) -> Plan:
    """Return the plan in *text*, the contents of the file *name*.

    *past*: of a chat that was held already, and what its log tells of fields that the file leaves out. What was asked
    then counts, so neither the number nor the length of its questions is bound.

    Raises: BadInput for the first slip, by line, with all the others in `others`.
    """
    typed = _decoded(text, name)
    content = _parsed(typed, name)
    context = {"languages": tuple(languages), "past": past is not None}
    try:
        plan = Plan.model_validate({**(past or {}), **content}, context=context)
    except ValidationError as error:
        raise _bad(explain(error), typed, name) from None
    if today is not None and plan.starts_at - today > FURTHEST:
        late = Found(("starts",), f"The chat starts in {plan.starts.year}.", "Is the year right?")
        raise _bad([late], typed, name)
    return plan


def _decoded(text: str | bytes, name: str) -> str:
    encoded = text if isinstance(text, bytes) else text.encode("utf-8", "replace")
    if len(encoded) > MAX_BYTES:
        raise BadInput(
            f"A plan has at most {MAX_BYTES // 1024} KiB; this is {len(encoded) // 1024 + 1} KiB.",
            place=name,
            fix="Is it the right file?",
        )
    try:
        # Windows editors put a byte order mark in front.
        return encoded.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = encoded.count(b"\n", 0, error.start) + 1
        raise BadInput(
            "This is not UTF-8 text.", place=f"{name}:{line}", fix="Save the file as UTF-8."
        ) from None


def _parsed(text: str, name: str) -> dict[str, Any]:
    long_key = LONG_KEY.search(text)
    if long_key is not None:
        line = text.count(NEW_LINE, 0, long_key.start()) + 1
        raise BadInput("A key has too many dots.", place=f"{name}:{line}", fix="Fields have one plain name.")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _bad_toml(str(error), text, name) from None
    except (RecursionError, ValueError):
        # Brackets a thousand deep; a number of thousands of digits.
        raise BadInput("This is not a plan.", place=f"{name}:1", fix="Start from an example plan.") from None


def _bad_toml(message: str, text: str, name: str) -> BadInput:
    found = AT_LINE.fullmatch(message)
    reason = found[1] if found else message.removesuffix(" (at end of document)")
    line = _slip_line(text, reason, found)
    if reason.startswith(("Cannot overwrite", "Cannot declare")):
        return BadInput("This is there twice.", place=f"{name}:{line}", fix="Keep one of them.")
    written = text.split(NEW_LINE)[line - 1].strip()
    fix = STILL_OPEN if written.startswith("[") else PLAIN_FIELD
    return BadInput(f"The line  {written[:60]}  cannot be read ({reason}).", place=f"{name}:{line}", fix=fix)


def _slip_line(text: str, reason: str, found: re.Match[str] | None) -> int:
    """Return the line where the slip was made: tomllib names the one where it could not go on."""
    if found is None:
        opened = text.rfind(QUOTES[reason]) if reason in QUOTES else len(text.rstrip())
        return text.count(NEW_LINE, 0, max(opened, 0)) + 1
    line = int(found[2])
    if reason.startswith("Unclosed") and found[3] == "1":
        return max(
            place + 1
            for place, written in enumerate(text.split(NEW_LINE)[: line - 1])
            if WORDS.match(written)
        )
    return line


def _bad(found: list[Found], text: str, name: str) -> BadInput:
    lines = lines_of(text)
    placed = sorted(((nearest(lines, slip.path), slip) for slip in found), key=lambda pair: pair[0])
    slips = [BadInput(slip.problem, place=f"{name}:{line}", fix=slip.fix) for line, slip in placed]
    first, *others = {str(slip): slip for slip in slips}.values()
    return BadInput(
        first.problem, place=first.place, fix=first.fix, others=tuple(map(str, others[:MOST_OTHERS]))
    )
