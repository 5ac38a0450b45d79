"""Chooses what a summary quotes: from the chat and its texts to a Selection, the moderators' changes included."""

from collections.abc import Iterator
from dataclasses import replace

from bot.core.names import QuestionId
from bot.core.plan import question_words
from bot.core.selection import Selected, Selection
from bot.summary import gathered, kept
from bot.summary.changes import as_moderators_want
from bot.summary.quoting import given, line_quote
from bot.summary.rank import Line, Ranked, Regard, is_worth_reading, nods, ranked
from bot.summary.themes import pick
from bot.summary.view import Said, View


def choose(view: View) -> Selection:
    """Return what to quote, in the summary's order."""
    chosen = [
        *_answers(view),
        *kept.insights(view),
        *kept.exchanges(view),
        *kept.objectives(view),
        *gathered.audience(view),
        *gathered.resources(view),
        *gathered.parked(view),
    ]
    return as_moderators_want(view, chosen)


def _answers(view: View) -> Iterator[Selected]:
    regard = regard_of(view)
    candidates = {question: _ranked(view, question, regard) for question in view.chat.asked}
    picked = pick(candidates, len(view.said))
    for question in view.chat.asked:
        for number, theme in enumerate(picked.get(question, []), 1):
            quotes = (line_quote(view, f"question/{question}", ranked.line.id) for ranked in theme)
            yield from (replace(quote, theme=number) for quote in given(quotes))


def regard_of(view: View) -> Regard:
    """Return what people made of each message."""
    reactions = (message for message in view.chat.reactions if message in view.attributions)
    said = ((one.id, one.author, one.message.reading, one.heard.reply_to) for one in view.said)
    return Regard(
        kept=frozenset(view.kept),
        nominated={message: view.nominations(message) for message in reactions},
        nodded=nods(said),
    )


def _ranked(view: View, question: QuestionId, regard: Regard) -> list[Ranked]:
    lines = [line for said in view.answers[question] if (line := _line(view, said)) is not None]
    return ranked(lines, view.texts.text(question_words(question)) or "", regard)


def _line(view: View, said: Said) -> Line | None:
    reading = said.message.reading
    if said.id not in view.kept and (reading.asks or not is_worth_reading(reading)):
        return None
    text = view.text(said.message)
    if text is None or view.verdict(said.id).as_ is None:
        return None
    return Line(said.id, said.author, reading, text)
