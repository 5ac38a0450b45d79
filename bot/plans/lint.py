"""What a good moderator would say on reading a plan: nothing that stops a chat, each with its fix.

The words are the lines of these keys in prompts/; this room only finds what they speak of.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

from bot.plans.lines import Path, nearest
from bot.plans.model import Plan
from bot.plans.repeats import begins_on, parse_rule
from bot.plans.series import dates
from bot.plans.wall_time import find_zone, show

LONGEST_QUESTION = 280
LONGEST_SENTENCE = 30
FEWEST, MOST = 3, 8
# Up to this length two people talk, and one question can be enough.
SHORT_CHAT = 30
SHORTEST_SLOT = timedelta(minutes=5)
YEAR_AHEAD = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class LintWarning:
    """One thing to mend: the key of its line in prompts/, what fills it, and where it stands in the file."""

    key: str
    arguments: Mapping[str, str | int] = field(default_factory=dict)
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    key: str
    arguments: Mapping[str, str | int]
    path: Path


def lint(plan: Plan, *, now: datetime, lines: Mapping[Path, int] | None = None) -> tuple[LintWarning, ...]:
    """Return what could be better in *plan*; with the *lines* of its file (`lines_of`) each says where."""
    found = [seen for rule in RULES for seen in rule(plan, now)]
    return tuple(
        LintWarning(key=seen.key, arguments=seen.arguments, line=nearest(lines, seen.path) if lines else None)
        for seen in found
    )


def _seen(key: str, *path: str | int, **arguments: str | int) -> _Seen:
    return _Seen(key=key, arguments=arguments, path=path)


def _when(plan: Plan, now: datetime) -> Iterator[_Seen]:
    if plan.starts_at <= now:
        yield _seen("lint-start-past", "starts", start=show(plan.starts), zone=plan.zone)
    elif plan.reminders_hours and plan.starts_at - timedelta(hours=plan.reminders_hours[-1]) <= now:
        yield _seen("lint-no-reminders", "reminders_hours", start=show(plan.starts), zone=plan.zone)


def _people(plan: Plan, _: datetime) -> Iterator[_Seen]:
    if len(plan.moderators) < 2:
        yield _seen("lint-one-moderator", "moderators")
    if plan.guest is not None and plan.disclosure is None:
        yield _seen("lint-no-disclosure", "guest", guest=plan.guest)
    if plan.sponsor is not None and not _names_sponsor(plan, plan.sponsor):
        yield _seen("lint-sponsor-unnamed", "sponsor", sponsor=plan.sponsor)


def _names_sponsor(plan: Plan, sponsor: str) -> bool:
    announced = " ".join(text for text in (plan.title, plan.why, plan.disclosure) if text)
    return sponsor.casefold() in announced.casefold()


def _shape(plan: Plan, _: datetime) -> Iterator[_Seen]:
    if len(plan.questions) < FEWEST and plan.minutes > SHORT_CHAT:
        yield _seen("lint-few-questions", "questions", minutes=plan.minutes, fewest=FEWEST)
    if len(plan.questions) > MOST:
        yield _seen("lint-many-questions", "questions", questions=len(plan.questions), most=MOST)
    if plan.closing is None:
        yield _seen("lint-no-closing", "closing")


def _served(plan: Plan, _: datetime) -> Iterator[_Seen]:
    served = {question.objective for question in plan.questions}
    for number in range(1, len(plan.objectives) + 1):
        if number not in served:
            yield _seen("lint-objective-unserved", "objectives", number - 1, objective=number)


def _wording(plan: Plan, _: datetime) -> Iterator[_Seen]:
    for place, question in enumerate(plan.questions):
        where, number, text = ("questions", place, "text"), place + 1, question.text
        if len(text) > LONGEST_QUESTION:
            yield _seen(
                "lint-question-long", *where, question=number, characters=len(text), limit=LONGEST_QUESTION
            )
        if text.count("?") > 1:
            yield _seen("lint-two-questions", *where, question=number)
        longest = max(len(sentence.split()) for sentence in re.split(r"[.?!:;]\s", text))
        if longest > LONGEST_SENTENCE:
            yield _seen("lint-question-hard", *where, question=number, words=longest, limit=LONGEST_SENTENCE)


def _repeated(plan: Plan, _: datetime) -> Iterator[_Seen]:
    asked: dict[str, int] = {}
    for place, question in enumerate(plan.questions):
        first = asked.setdefault(" ".join(re.findall(r"\w+", question.text.casefold())), place)
        if first != place:
            yield _seen("lint-same-question", "questions", place, "text", question=place + 1, other=first + 1)


def _time(plan: Plan, _: datetime) -> Iterator[_Seen]:
    for slot in plan.timetable:
        where = ("questions", slot.number - 1, "at")
        if slot.opens_after + slot.lasts > plan.length:
            yield _seen("lint-past-end", *where, question=slot.number, minutes=plan.minutes)
        elif slot.lasts < SHORTEST_SLOT:
            given = slot.lasts // timedelta(minutes=1)
            yield _seen("lint-little-time", *where, question=slot.number, minutes=given)
    for slot, following in pairwise(plan.timetable):
        if slot.opens_after + slot.lasts > following.opens_after:
            yield _seen(
                "lint-question-cut",
                *("questions", slot.number - 1, "minutes"),
                question=slot.number,
                following=following.number,
            )


def _series(plan: Plan, _: datetime) -> Iterator[_Seen]:
    if plan.repeats is None:
        return
    first = (plan.series_starts or plan.starts).replace(tzinfo=None)
    if not begins_on(parse_rule(plan.repeats), first):
        yield _seen("lint-off-series", "repeats", start=show(first))
    for date in dates(plan, plan.starts_at, YEAR_AHEAD):
        if date.moved:
            moved = show(date.at.astimezone(find_zone(plan.zone)).replace(tzinfo=None))
            yield _seen("lint-date-moved", "repeats", start=moved, zone=plan.zone)


RULES: tuple[Callable[[Plan, datetime], Iterator[_Seen]], ...] = (
    _when,
    _people,
    _shape,
    _served,
    _wording,
    _repeated,
    _time,
    _series,
)
