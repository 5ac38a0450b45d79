"""Puts the words into a post at the moment it is sent: a line of prompts/, kept texts and names in, `Content` out.

Erased words render as a line that says so; a post never fails because somebody was forgotten.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from bot.core.names import PersonId, WordKey
from bot.core.posts import Argument, NameRef, Post, WordRef
from bot.insights.consent import CHOICES_BY_RULE
from bot.markup import Block, Bullets, Button, Buttons, Content, Heading, Paragraph, Quote, Run
from bot.wording import Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The kept words that a post may refer to, already fetched."""

    texts: Mapping[WordKey, str]
    names: Mapping[PersonId, str]


def word_keys(post: Post) -> tuple[WordKey, ...]:
    """Return the keys of the texts that *post* refers to."""
    return tuple(value.key for value in _flat(post) if isinstance(value, WordRef))


def people_named(post: Post) -> tuple[PersonId, ...]:
    """Return the people whose names *post* refers to."""
    return tuple(value.person for value in _flat(post) if isinstance(value, NameRef))


def _flat(post: Post) -> list[Argument]:
    flat: list[Argument] = []
    for value in post.arguments.values():
        flat.extend(value if isinstance(value, tuple) else (value,))
    return flat


def render(post: Post, wording: Wording, kept: Kept) -> Content:
    """Return what *post* says in the language of *wording*."""
    filled = {name: _filled(value, wording, kept) for name, value in post.arguments.items()}
    special = _SPECIAL.get(post.line)
    if special is not None:
        return special(filled, wording)
    return Content(blocks=_blocks(post.line, filled, wording), label=post.line)


Filled = object


def _filled(value: Argument | tuple[Argument, ...], wording: Wording, kept: Kept) -> Filled:
    if isinstance(value, tuple):
        return tuple(_filled(part, wording, kept) for part in value)
    if isinstance(value, WordRef):
        return kept.texts.get(value.key) if value.key in _OPTIONAL else _text(value, wording, kept)
    if isinstance(value, NameRef):
        return kept.names.get(value.person, wording.line("post.unknown-name.text"))
    return value


_OPTIONAL = frozenset({WordKey("closing"), WordKey("why"), WordKey("guest"), WordKey("disclosure")})


def _text(ref: WordRef, wording: Wording, kept: Kept) -> str:
    return kept.texts.get(ref.key) or wording.line("post.erased.text")


def _blocks(line: str, filled: Mapping[str, Filled], wording: Wording) -> tuple[Block, ...]:
    blocks: list[Block] = []
    if f"{line}.heading" in wording:
        blocks.append(Heading(text=wording.line(f"{line}.heading", **filled)))
    if isinstance(filled.get("starts_at"), datetime):
        blocks.append(_moment(cast("datetime", filled["starts_at"]), str(filled["zone"]), wording))
    if f"{line}.text" in wording:
        blocks.append(Paragraph(runs=(Run(text=wording.line(f"{line}.text", **filled)),)))
    questions = filled.get("questions")
    if isinstance(questions, tuple) and questions:
        numbered = enumerate(questions, start=1)
        blocks.append(Bullets(items=tuple(f"Q{number}  {text}" for number, text in numbered)))
    if f"{line}.hint" in wording:
        blocks.append(_quiet(wording.line(f"{line}.hint", **filled)))
    return tuple(blocks)


def _quiet(text: str) -> Paragraph:
    return Paragraph(runs=(Run(text=text, weight="quiet"),))


def _moment(at: datetime, zone: str, wording: Wording) -> Paragraph:
    return Paragraph(runs=(Run(text=local_time(at, zone, wording.language), weight="strong", at=at),))


def local_time(at: datetime, zone: str, language: str) -> str:
    """Return *at* written out in the wall time of *zone*, with the zone's name: a time never goes without one."""
    pattern = Wording.load(language).line("date.moment")
    written: str = format_datetime(at.astimezone(ZoneInfo(zone)), pattern, locale=language)
    return f"{written} ({zone})"


def _question(filled: Mapping[str, Filled], wording: Wording) -> Content:
    line = "post.question-thinking" if filled.get("thinking") else "post.question"
    return Content(blocks=_blocks(line, filled, wording), label="post.question")


def _reminder(filled: Mapping[str, Filled], wording: Wording) -> Content:
    count, unit = _in_largest_unit(cast("int", filled["left"]))
    named = {**filled, "n": count, "unit": wording.line(f"unit.{unit}", n=count)}
    return Content(blocks=_blocks("post.reminder", named, wording), label="post.reminder")


def _in_largest_unit(minutes: int) -> tuple[int, str]:
    for size, unit in ((1440, "days"), (60, "hours")):
        if minutes >= size and minutes % size == 0:
            return minutes // size, unit
    return minutes, "minutes"


def _thanks(filled: Mapping[str, Filled], wording: Wording) -> Content:
    blocks = _blocks("post.thanks", filled, wording)
    next_at = filled.get("next_at")
    if not isinstance(next_at, datetime):
        return Content(blocks=blocks, label="post.thanks")
    upcoming = Run(text=local_time(next_at, str(filled["zone"]), wording.language), at=next_at)
    label = Run(text=wording.line("next-date.text") + " ")
    return Content(blocks=(*blocks, Paragraph(runs=(label, upcoming))), label="post.thanks")


def _consent(filled: Mapping[str, Filled], wording: Wording) -> Content:
    message, role = str(filled["message"]), _role(str(filled.get("group", "")), wording)
    buttons = tuple(
        Button(
            label=wording.line(f"consent.button.{choice}", role=role),
            command="consent",
            arguments=(("choice", choice), ("message", message)),
        )
        for choice in ("named", "role", "no")
    )
    blocks = _blocks("post.consent", filled, wording)
    quote = Quote(text=str(filled["text"]), by="")
    return Content(blocks=(*blocks[:2], quote, *blocks[2:], Buttons(buttons=buttons)), label="post.consent")


def _first_time(filled: Mapping[str, Filled], wording: Wording) -> Content:
    """Return the welcome of somebody new, with the choice about quotes under it: they need not look for it."""
    buttons = tuple(
        Button(
            label=wording.line(f"consent.choice.{choice}"), command="consent", arguments=(("choice", choice),)
        )
        for choice in CHOICES_BY_RULE[str(filled.get("quoting", "closed"))]
    )
    blocks = _blocks("post.first-time", filled, wording)
    if buttons:
        choose = Paragraph(runs=(Run(text=wording.line("post.first-time.choose"), weight="strong"),))
        blocks = (*blocks, choose, Buttons(buttons=buttons))
    return Content(blocks=blocks, label="post.first-time")


def _role(group: str, wording: Wording) -> str:
    """Return what a quote calls somebody of *group*; a group that the plan invented has no words: they are unnamed."""
    key = f"summary.role.{group}"
    return wording.line(key) if group and key in wording else ""


_SPECIAL: dict[str, Callable[[Mapping[str, Filled], Wording], Content]] = {
    "post.question": _question,
    "post.reminder": _reminder,
    "post.thanks": _thanks,
    "post.consent": _consent,
    "post.first-time": _first_time,
}
