"""Chooses what moderators kept: lines by tag, exchanges, and the steps that serve an objective."""

from collections.abc import Iterator
from dataclasses import replace

from bot.core.selection import Selected
from bot.insights.board import Kept
from bot.summary import spans
from bot.summary.quoting import given, line_quote, quote
from bot.summary.view import View

VOICES = {"patient": 0, "carer": 1}
"""Whose words come first under each tag."""


def insights(view: View) -> Iterator[Selected]:
    """Yield every kept line, tag by tag; what patients and those who care for them said comes first."""
    lines = [kept for kept in view.board if not kept.insight.exchange]
    order = {tag: place for place, tag in enumerate(view.tags.tags)}
    lines.sort(
        key=lambda kept: (order.get(kept.insight.tag, len(order)), kept.insight.tag, _voice(view, kept))
    )
    return given(_kept_quote(view, f"insights/{kept.insight.tag}", kept) for kept in lines)


def _voice(view: View, kept: Kept) -> int:
    heard = view.chat.messages[kept.messages[0]].heard
    group = view.group(heard.author) if heard else None
    return VOICES.get((group or "").casefold(), len(VOICES))


def _kept_quote(view: View, section: str, kept: Kept) -> Selected | None:
    message = view.chat.messages[kept.messages[0]]
    text, insight = view.text(message) or "", kept.insight
    if insight.start is None and insight.end is None:
        hashtag = view.chat.plan.hashtag
        quoted = spans.whole(text, message.reading, hashtag, longest=spans.LONGEST_KEPT)
    else:
        quoted = spans.part(text, insight.start or 0, len(text) if insight.end is None else insight.end)
    return quote(view, section, message.id, quoted, insight.id)


def exchanges(view: View) -> Iterator[Selected]:
    """Yield the messages of every kept exchange, in their order."""
    for kept in view.board:
        if kept.insight.exchange:
            section = f"exchange/{kept.insight.id}"
            lines = given(line_quote(view, section, message) for message in kept.messages)
            yield from (replace(line, insight=kept.insight.id) for line in lines)


def objectives(view: View) -> Iterator[Selected]:
    """Yield the kept strategies and tactics under the objective of the question they answer."""
    if not view.chat.plan.objectives:
        return
    chain = [
        kept
        for kept in view.board
        if kept.insight.tag in {"strategy", "tactic"} and not kept.insight.exchange
    ]
    placed = [(_objective(view, kept), kept) for kept in chain]
    order = [*map(str, range(1, view.chat.plan.objectives + 1)), "isolated"]
    for objective, kept in sorted(placed, key=lambda pair: order.index(pair[0])):
        yield from given([_kept_quote(view, f"objective/{objective}", kept)])


def _objective(view: View, kept: Kept) -> str:
    attribution = view.attributions[kept.messages[0]]
    planned = {question.id: question.objective for question in view.chat.plan.questions}
    served = (planned.get(question) for question in attribution.questions)
    number = next((objective for objective in served if objective), None)
    return str(number) if number and number <= view.chat.plan.objectives else "isolated"
