"""The kinds of value that a plan is made of, each with its bounds; outside them is a complaint with a fix."""

import re
from collections.abc import Callable
from datetime import datetime, time
from typing import Annotated, TypeVar

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainSerializer,
    PlainValidator,
    Strict,
    ValidationInfo,
)
from pydantic_core import PydanticCustomError, PydanticKnownError

from bot.errors import BadInput
from bot.plans.wall_time import find_zone, parse_wall

# Control characters break files and feeds; the bidi ones let a text read differently from what it says.
CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)(?::00)?", re.ASCII)
MINUTES = re.compile(r"\+\d{1,3}(?:\.5)?", re.ASCII)
ROOM = r"^[a-z][a-z0-9_-]{1,30}/[A-Za-z0-9._:#@/-]{1,120}$"
LOCAL_ROOM = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
MAX_MINUTES = 240
LONGEST_TEXT, MOST_QUESTIONS = 2000, 30

Value = TypeVar("Value")
Item = TypeVar("Item")


def complaint(problem: str, fix: str, *path: str | int) -> PydanticCustomError:
    """Return what a validator raises: a problem, its fix and, from a check of the whole plan, the field."""
    return PydanticCustomError("plan", "{problem}", {"problem": problem, "fix": fix, "path": path})


def kindly(check: Callable[[Value], Item]) -> Callable[[Value], Item]:
    """Return *check* with its `BadInput` turned into a complaint: pydantic then says which field it was."""

    def checked(value: Value) -> Item:
        try:
            return check(value)
        except BadInput as bad:
            raise complaint(bad.problem, bad.fix) from None

    return checked


def _clean(text: str) -> str:
    stripped = text.replace("\r\n", "\n").strip()
    hidden = CONTROLS.search(stripped)
    if hidden is not None:
        raise complaint(
            f"There is a hidden character (U+{ord(hidden[0]):04X}) in the text.", "Type the text again."
        )
    if not stripped:
        raise complaint("The text is empty.", "Write something, or leave the field out.")
    return stripped


def _one_line(text: str) -> str:
    if "\n" in text:
        raise complaint("The text runs over two lines.", "Put it on one line.")
    return text


def _hashtag(text: str) -> str:
    if not re.fullmatch(r"#[A-Za-z0-9_]{2,40}", text, re.ASCII):
        bare = re.sub(r"[^A-Za-z0-9_]", "", text)
        example = f"#{bare.lower()[:40]}" if len(bare) > 1 else "#hcchat"
        raise complaint(
            "A hashtag is # and 2 to 40 letters (a to z), digits or underscores.", f'Write "{example}".'
        )
    return text.lower()


def _openable(room: str) -> str:
    """Return *room* if people can open it: the name of a browser room stands in its address."""
    platform, _, name = room.partition("/")
    if platform == "local" and not LOCAL_ROOM.fullmatch(name):
        plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40] or "main"
        raise complaint(
            "A room in the browser has a name of a to z, digits and -.", f'Write "local/{plain}".'
        )
    return room


def _known_language(text: str, info: ValidationInfo) -> str:
    known: tuple[str, ...] = (info.context or {}).get("languages", ())
    if known and text not in known:
        raise complaint(f'The bot does not speak "{text}".', f"Write one of: {', '.join(sorted(known))}.")
    return text


def _question_time(typed: object) -> float | time:
    """Minutes as a number or "+8" become a number; "19:08" becomes a time of the wall."""
    value = _typed_time(typed) if isinstance(typed, str) else typed
    if isinstance(value, time) and not (value.second or value.microsecond):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= MAX_MINUTES:
        return float(value)
    raise complaint(
        f'"{str(typed)[:40]}" is not a time in the chat.',
        'Write minutes from the start (8), or a time ("19:08").',
    )


def _stored_time(at: float | time) -> float | str:
    return f"{at:%H:%M}" if isinstance(at, time) else at


def _typed_time(typed: str) -> object:
    if MINUTES.fullmatch(typed):
        return float(typed)
    clock = CLOCK.fullmatch(typed)
    return typed if clock is None else time(int(clock[1]), int(clock[2]))


def _wall(typed: object) -> object:
    if not isinstance(typed, str | datetime):
        raise complaint("This is not a date with a time.", 'Write it like "2026-12-03 19:00".')
    return kindly(parse_wall)(typed)


def _zone(name: str) -> str:
    kindly(find_zone)(name)
    return name


def different(items: tuple[Item, ...]) -> tuple[Item, ...]:
    """Return *items*. Raises: a complaint when one stands there twice, upper case or lower."""
    seen: set[object] = set()
    for item in items:
        same = item.casefold() if isinstance(item, str) else item
        if same in seen:
            raise complaint(f'"{item}" is there twice.', "Take one of them away.")
        seen.add(same)
    return items


def _longest_first(hours: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(sorted(hours, reverse=True))


def _is_past(info: ValidationInfo) -> bool:
    return bool((info.context or {}).get("past"))


def _postable(text: str, info: ValidationInfo) -> str:
    if len(text) > LONGEST_TEXT and not _is_past(info):
        raise PydanticKnownError("string_too_long", {"max_length": LONGEST_TEXT})
    return text


def askable(questions: tuple[Item, ...], info: ValidationInfo) -> tuple[Item, ...]:
    """Return *questions*. Raises: an error for none or too many, but in the plan of a chat that is past."""
    if _is_past(info) or 0 < len(questions) <= MOST_QUESTIONS:
        return questions
    if not questions:
        raise PydanticKnownError("too_short", {"field_type": "Tuple", "min_length": 1, "actual_length": 0})
    lengths = {"max_length": MOST_QUESTIONS, "actual_length": len(questions)}
    raise PydanticKnownError("too_long", {"field_type": "Tuple", **lengths})


Text = Annotated[str, Field(max_length=LONGEST_TEXT), AfterValidator(_clean)]
QuestionText = Annotated[str, AfterValidator(_clean), AfterValidator(_postable)]
Line = Annotated[str, Field(max_length=200), AfterValidator(_clean), AfterValidator(_one_line)]
Name = Annotated[str, Field(max_length=60), AfterValidator(_clean), AfterValidator(_one_line)]
Hashtag = Annotated[str, AfterValidator(_hashtag)]
Zone = Annotated[str, AfterValidator(_zone)]
Language = Annotated[str, AfterValidator(_known_language)]
Room = Annotated[str, Field(pattern=ROOM), AfterValidator(_openable)]
WallTime = Annotated[datetime, BeforeValidator(_wall)]
Whole = Annotated[int, Strict()]
Number = Annotated[float, Strict(), Field(allow_inf_nan=False)]
QuestionTime = Annotated[
    float | time, PlainValidator(_question_time), PlainSerializer(_stored_time, when_used="json")
]
Hours = Annotated[Number, Field(gt=0, le=24 * 60)]

Names = Annotated[tuple[Name, ...], Field(max_length=20), AfterValidator(different)]
Lines = Annotated[tuple[Line, ...], Field(max_length=20), AfterValidator(different)]
Rooms = Annotated[tuple[Room, ...], Field(min_length=1, max_length=20), AfterValidator(different)]
Reminders = Annotated[
    tuple[Hours, ...], Field(max_length=12), AfterValidator(different), AfterValidator(_longest_first)
]
