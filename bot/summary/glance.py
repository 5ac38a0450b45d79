"""The chapters that open and close a summary: what happened, at a glance, and when people meet again."""

from bot.core.plan import DISCLOSURE, GUEST, SPONSOR, WHY
from bot.summary import measure, say, write
from bot.summary.chapters import chapter
from bot.summary.document import Chapter, Entry, Label, Number, Point, Section
from bot.summary.record import quality_line
from bot.summary.view import View

FEW = 2
"""Up to so many people the numbers about many are left out."""


def is_small(view: View) -> bool:
    """Return whether so few people wrote that the summary is five lines and what they said."""
    return len(view.aliases) <= FEW


def glance(view: View) -> Chapter:
    """Return what happened, in a few lines; all there is to say of a chat in which nobody wrote."""
    labels: list[Entry] = [_who(view), _asked(view)]
    if view.board:
        lines, exchanges = _kept(view)
        labels.append(write.label(view, "glance.kept", n=lines, exchanges=exchanges))
    labels += [
        *write.planned(view, "glance.why", WHY),
        *write.planned(view, "glance.guest", GUEST),
        *write.planned(view, "glance.disclosure", DISCLOSURE),
        *write.planned(view, "glance.sponsor", SPONSOR),
    ]
    labels += [quality_line(view), _next(view)] if is_small(view) else [_activity(view)]
    return chapter(view, "glance", [Section(id="glance", entries=tuple(labels))])


def _kept(view: View) -> tuple[int, int]:
    exchanges = sum(kept.insight.exchange for kept in view.board)
    return len(view.board) - exchanges, exchanges


def _who(view: View) -> Label:
    if not view.said:
        return write.label(view, "glance.nobody")
    minutes = round(say.minutes(measure.ended_at(view) - view.chat.starts_at))
    return write.label(view, "glance.who", n=len(view.aliases), messages=len(view.said), minutes=minutes)


def _asked(view: View) -> Label:
    answered = sum(1 for question in view.chat.asked if view.answers[question])
    return write.label(view, "glance.asked", n=len(view.chat.asked), answered=answered)


def _activity(view: View) -> Number:
    minutes = measure.per_minute(view)
    zone, language = view.chat.plan.zone, view.words.language
    start = view.chat.starts_at
    series = [
        Point(label=say.clock(start + number * measure.MINUTE, zone, language), value=count)
        for number, count in enumerate(minutes)
    ]
    peak = max(minutes)
    text = view.say("value.peak", n=peak, at=series[minutes.index(peak)].label)
    return write.number(view, "per-minute", peak, text, series=series)


def next_chat(view: View) -> Chapter:
    """Return when the next chat is, if the plan says so."""
    return chapter(view, "next", [Section(id="next", entries=(_next(view),))])


def _next(view: View) -> Label:
    plan = view.chat.plan
    if plan.next_at is None:
        return write.label(view, "next-unknown")
    return write.label(view, "next-at", at=say.moment(plan.next_at, plan.zone, plan.language))
