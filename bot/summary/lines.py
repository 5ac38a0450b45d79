"""What every renderer says around quotes: who said it, where and when, in lines of plain text."""

from collections.abc import Iterable
from itertools import groupby
from zoneinfo import ZoneInfo

from babel.dates import format_time

from bot.insights import tags
from bot.summary import say
from bot.summary.document import Entry, Number, Question, Quote, Summary
from bot.wording import Wording

SHOWN_IN_A_LINE = 12
"""A longer series (minutes of an hour) is a chart where there are charts, and a peak elsewhere."""


def imprint(summary: Summary, words: Wording) -> list[str]:
    """Return the lines under the title: which chat, when, which edition, when composed."""
    zone, language = summary.zone, summary.language
    composed = say.moment(summary.composed_at, zone, language)
    return [
        f"{summary.hashtag} · {say.moment(summary.starts_at, zone, language)}",
        f"{words.line(f'summary.page.{summary.edition}')} · {words.line('summary.page.composed', at=composed)}",
    ]


def question(entry: Question, words: Wording) -> str:
    """Return a question with its number, or where it came from."""
    number = (
        "" if entry.number is None else f"{words.line('summary.page.to-question', number=entry.number)}: "
    )
    asked_by = (
        f" ({words.line('summary.page.audience')})" if entry.audience and entry.number is not None else ""
    )
    return f"{number}{entry.text}{asked_by}"


def number(entry: Number) -> str:
    """Return a number's line and, where it has few parts, those."""
    line = f"{entry.label}: {entry.text}"
    if not 0 < len(entry.series) <= SHOWN_IN_A_LINE:
        return line
    return f"{line} ({', '.join(f'{point.label} {point.value:g}' for point in entry.series)})"


def credit(quote: Quote, words: Wording) -> list[str]:
    """Return what stands beside a quote's author: question, time, tags, nominations, that it is a different view."""
    found = []
    if quote.question is not None and not quote.id.startswith("question/"):
        found.append(words.line("summary.page.to-question", number=quote.question))
    found += [tag_name(tag, words) for tag in quote.tags]
    if quote.nominations:
        found.append(words.line("summary.page.nominated", n=quote.nominations))
    if quote.dissent:
        found.append(words.line("summary.page.dissent"))
    return found


def tag_name(tag: str, words: Wording) -> str:
    """Return a tag's emoji and name; of one that is no longer in the list, its id."""
    name = words.line(f"tag.{tag}") if f"tag.{tag}" in words else tag
    return f"{tags.load().emoji(tag)} {name}".strip()


def spoken_at(quote: Quote, summary: Summary) -> str:
    """Return the time of day at which a quote was said."""
    return format_time(quote.at.astimezone(ZoneInfo(summary.zone)), "HH:mm", locale=summary.language)


def one_line(text: str) -> str:
    """Return *text* with every run of white space as one space."""
    return " ".join(text.split())


def by_kind(entries: Iterable[Entry]) -> list[tuple[bool, list[Entry]]]:
    """Return *entries* in runs: whether a run is of numbers, and the run."""
    return [(are, list(run)) for are, run in groupby(entries, lambda entry: isinstance(entry, Number))]
