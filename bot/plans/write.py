"""Writes a plan as the TOML that `read.py` takes: what people look for, then what is not the default."""

import re
from collections.abc import Iterator
from datetime import datetime, time
from typing import Any

from pydantic import BaseModel

from bot.plans.model import Plan
from bot.plans.wall_time import show

ESCAPED = re.compile(r'["\\\x00-\x1f\x7f]')
SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}
# Written even when they are the default: a reader of the file looks for them.
ALWAYS = ("title", "hashtag", "starts", "zone", "minutes", "language", "rooms", "quoting")
TABLES = ("questions", "closing")


def write_plan(plan: Plan) -> str:
    """Return *plan* as TOML; reading it gives an equal plan."""
    return "\n".join((*_head(plan), *_questions(plan), *_closing(plan))) + "\n"


def _head(plan: Plan) -> Iterator[str]:
    rest = [name for name in Plan.model_fields if name not in (*ALWAYS, *TABLES)]
    for name in ALWAYS:
        yield _pair(name, getattr(plan, name))
    for name in rest:
        if not _is_default(plan, name):
            yield _pair(name, getattr(plan, name))


def _questions(plan: Plan) -> Iterator[str]:
    for question in plan.questions:
        yield "\n[[questions]]"
        yield from _given(question)


def _closing(plan: Plan) -> Iterator[str]:
    if plan.closing is not None:
        yield "\n[closing]"
        yield from _given(plan.closing)


def _given(table: BaseModel) -> Iterator[str]:
    for name, value in table:
        if value is not None:
            yield _pair(name, value)


def _is_default(plan: Plan, name: str) -> bool:
    field = Plan.model_fields[name]
    usual = field.get_default(call_default_factory=True, validated_data={"minutes": plan.minutes})
    return bool(getattr(plan, name) == usual)


def _pair(name: str, value: Any) -> str:
    return f"{name} = {_value(value)}"


def _value(value: Any) -> str:
    match value:
        case datetime():
            return f'"{show(value)}"'
        case time():
            return f'"{value:%H:%M}"'
        case str():
            return f'"{ESCAPED.sub(_escape, value)}"'
        case tuple():
            return f"[{', '.join(_value(item) for item in value)}]"
        case _:
            return repr(int(value) if value == int(value) else value)


def _escape(found: re.Match[str]) -> str:
    return SHORT.get(found[0]) or f"\\u{ord(found[0]):04X}"
