"""Checks a summary: every quote is found in the store, its author called as they allowed, and every form shows it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import zip_longest

from bot.core.chat import Chat
from bot.core.names import MessageId
from bot.errors import SummaryUnsound
from bot.summary import canonical, delimited, html, markdown
from bot.summary.document import Heading, Number, Question, Quote, Summary
from bot.summary.spans import pieces
from bot.summary.texts import Texts
from bot.summary.view import View


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What is wrong with one entry.

    *what*: not-found, not-allowed, wrong-author, wrong-words, wrong-number; or the form that does not show it rightly.
    """

    entry: str
    what: str


Form = tuple[str, Callable[[Summary], str], Callable[[str], list[tuple[str, ...]]]]
"""A target's name, its renderer, and the decoder that reads the quotes back."""
FORMS: tuple[Form, ...] = (
    ("markdown", markdown.render, markdown.decode),
    ("html", html.render, html.decode),
    ("json", canonical.render, canonical.decode),
    ("csv", delimited.render, delimited.decode),
)


def check_rendered(summary: Summary, forms: Iterable[Form] = FORMS) -> tuple[Problem, ...]:
    """Return the first quote of each form that, read back, is not what *summary* says letter by letter."""
    quotes = list(summary.quotes())
    found = []
    for name, render, decode in forms:
        for quote, shown in zip_longest(quotes, decode(render(summary))):
            if quote is None or quote.text != shown:
                found.append(Problem(entry=quote.id if quote else "", what=name))
                break
    return tuple(found)


def check(summary: Summary, texts: Texts, chat: Chat) -> tuple[Problem, ...]:
    """Return everything in *summary* that the store does not bear out."""
    until = chat.published.at if chat.published else None
    return problems(summary, View(chat, texts, edition=summary.edition, at=summary.composed_at, until=until))


def assure(summary: Summary, view: View) -> None:
    """Let a sound summary pass. Raises: SummaryUnsound for any other."""
    found = problems(summary, view)
    if found:
        raise SummaryUnsound(*(f"{problem.entry} ({problem.what})" for problem in found))


def problems(summary: Summary, view: View) -> tuple[Problem, ...]:
    """Return what *view* does not bear out of *summary*."""
    found = []
    for entry in summary.entries():
        match entry:
            case Quote():
                what = _wrong_quote(entry, view)
            case Question():
                what = _wrong_question(entry, view)
            case Number():
                what = _wrong_number(entry)
            case Heading(words=str(words)) if view.written(words) not in {entry.text, None}:
                what = "wrong-words"
            case _:
                what = None
        if what:
            found.append(Problem(entry=entry.id, what=what))
    return tuple(found)


def _wrong_quote(quote: Quote, view: View) -> str | None:
    message = MessageId(quote.message)
    text = view.texts.revision(message, quote.revision)
    if text is None or not _are_spans(quote, text) or pieces(text, quote.spans) != quote.text:
        return "not-found"
    allowed = view.verdict(message).as_
    if allowed is None or (quote.quoted_as == "named" and allowed != "named"):
        return "not-allowed"
    heard = view.heard(message)
    if quote.author != view.author(heard, quote.quoted_as) or quote.person != view.aliases.get(heard.author):
        return "wrong-author"
    return None


def _are_spans(quote: Quote, text: str) -> bool:
    """Return whether the spans follow one another inside *text* and each shows something."""
    ends = [0, *(end for _, end in quote.spans)]
    ordered = all(before <= start < end for before, (start, end) in zip(ends, quote.spans, strict=False))
    return bool(quote.spans) and ordered and quote.spans[-1][1] <= len(text)


def _wrong_question(question: Question, view: View) -> str | None:
    key = question.question if question.number is None else f"question/{question.question}"
    return None if view.written(key) in {question.text, None} else "wrong-words"


# Numbers whose series are the parts of a whole; the others show a course, a choice or a share.
_WHOLES = frozenset({"number/answers", "number/voices", "number/insight-voices", "number/insights"})


def _wrong_number(number: Number) -> str | None:
    if number.id in _WHOLES and number.series and sum(point.value for point in number.series) != number.value:
        return "wrong-number"
    return None
