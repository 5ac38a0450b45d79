"""Turns what pydantic found wrong with a plan into sentences with a fix."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bot.plans.lines import Path
from bot.plans.model import Closing, Plan, Question

# How each field is written: the fix of a slip that has no better one.
EXAMPLES: Mapping[str, str] = {
    "title": 'title = "Living with arthritis at work"',
    "hashtag": 'hashtag = "#hcchat"',
    "zone": 'zone = "Europe/London"',
    "starts": 'starts = "2026-12-03 19:00"',
    "minutes": "minutes = 60",
    "why": 'why = "To hear what helps."',
    "language": 'language = "en"',
    "rooms": 'rooms = ["local/main"]',
    "moderators": 'moderators = ["Andrew"]',
    "guest": 'guest = "Dr Ana Lindqvist"',
    "disclosure": 'disclosure = "Advises a patient charity, unpaid."',
    "sponsor": 'sponsor = "Example Foundation"',
    "objectives": 'objectives = ["Learn what helps at work"]',
    "quoting": 'quoting = "role"',
    "publish": 'publish = "review"',
    "pace": 'pace = "clock"',
    "introductions": "introductions = 8",
    "think": "think = 1",
    "wrap": "wrap = 1",
    "late_answers_hours": "late_answers_hours = 24",
    "reminders_hours": "reminders_hours = [24, 0.5]",
    "groups": 'groups = ["patient", "carer", "clinician"]',
    "repeats": 'repeats = "FREQ=MONTHLY;BYDAY=1TH"',
    "series_starts": 'series_starts = "2026-12-03 19:00"',
    "questions": '[[questions]] and below it text = "What helps you?"',
    "closing": '[closing] and below it text = "What do you take home?"',
    "next_date": 'next_date = "2027-01-07 19:00"',
    "text": 'text = "What helps you?"',
    "at": "at = 8",
    "objective": "objective = 1",
}


@dataclass(frozen=True, slots=True)
class Found:
    """One slip: the path of its field, what is wrong, how to mend it."""

    path: Path
    problem: str
    fix: str


def explain(error: ValidationError, *under: str) -> list[Found]:
    """Return a sentence with a fix for everything in *error*, but not for what follows from another.

    *under* is the field that was checked, where it was not a whole plan.
    """
    details = error.errors(include_url=False)
    for detail in details:
        detail["loc"] = (*under, *detail["loc"])
    guessed = {
        (*detail["loc"][:-1], guess)
        for detail in details
        if detail["type"] == "extra_forbidden" and (guess := _meant(detail["loc"]))
    }
    inside = {detail["loc"][:-depth] for detail in details for depth in range(1, len(detail["loc"]))}
    follows: Mapping[str, Collection[Path]] = {"missing": guessed, "too_short": inside}
    return [
        _found(detail)
        for detail in details
        if detail["type"] != "default_factory_not_called"
        and detail["loc"] not in follows.get(detail["type"], ())
    ]


def _found(detail: ErrorDetails) -> Found:
    context: Mapping[str, Any] = detail.get("ctx", {})
    if detail["type"] == "plan":
        return Found((*detail["loc"], *context["path"]), context["problem"], context["fix"])
    say = SENTENCES.get(detail["type"])
    name = _name(detail["loc"])
    problem = say(name, context) if say else f'"{name}" cannot be used: {detail["msg"]}.'
    return Found(detail["loc"], problem, _fix(detail))


def _name(path: Path) -> str:
    """Return the last field on *path*: a list item is called by its list."""
    return next((step for step in reversed(path) if isinstance(step, str)), "plan")


def _fix(detail: ErrorDetails) -> str:
    path = detail["loc"]
    if detail["type"] != "extra_forbidden":
        return f"Write it like  {EXAMPLES[_name(path)]}" if _name(path) in EXAMPLES else ""
    guess, field = _meant(path), str(path[-1])
    if len(path) > 1 and field in Plan.model_fields:
        return "Put it above the first [[questions]]: in TOML all that follows belongs to the question."
    if len(path) == 1 and field in Question.model_fields:
        return "Put it below the [[questions]] that it belongs to."
    return (
        f'Did you mean "{guess}"?' if guess else "Take it away; the example plans show every field there is."
    )


def _fields(path: Path) -> tuple[str, ...]:
    tables: Mapping[str | int, type[BaseModel]] = {"questions": Question, "closing": Closing}
    return tuple(tables[path[0]].model_fields if len(path) > 1 and path[0] in tables else Plan.model_fields)


def _meant(path: Path) -> str | None:
    return next(iter(get_close_matches(str(path[-1]).lower(), _fields(path), n=1, cutoff=0.7)), None)


def _bound(words: str, key: str) -> Callable[[str, Mapping[str, Any]], str]:
    return lambda name, context: f'"{name}" must be {words} {context[key]:g}.'


def _kind(words: str) -> Callable[[str, Mapping[str, Any]], str]:
    return lambda name, _: f'"{name}" must be {words}.'


SENTENCES: Mapping[str, Callable[[str, Mapping[str, Any]], str]] = {
    "missing": lambda name, _: f'"{name}" is missing.',
    "extra_forbidden": lambda name, _: f'There is no field "{name[:40]}".',
    "string_type": _kind("a text between quotes"),
    "string_too_long": lambda name, context: f'"{name}" has more than {context["max_length"]} characters.',
    "string_pattern_mismatch": _kind('"<platform>/<room>"'),
    "int_type": _kind("a whole number without quotes"),
    "int_from_float": _kind("a whole number without quotes"),
    "float_type": _kind("a number without quotes"),
    "finite_number": _kind("a number without quotes"),
    "greater_than": _bound("more than", "gt"),
    "greater_than_equal": _bound("at least", "ge"),
    "less_than_equal": _bound("at most", "le"),
    "literal_error": lambda name, context: (
        f'"{name}" must be {context["expected"].replace(chr(39), chr(34))}.'
    ),
    "tuple_type": _kind("a list between [ and ]"),
    "too_short": lambda name, _: f'"{name}" is empty.',
    "too_long": lambda name, context: f'"{name}" has more than {context["max_length"]} entries.',
    "model_type": lambda name, _: f'"{name}" must be a table of its own.',
}
