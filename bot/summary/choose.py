"""Chooses what a summary quotes: from the chat and its texts to a Selection, the moderators' changes included."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from bot.core.events import SummaryEntryChanged
from bot.core.names import InsightId, MessageId, QuestionId
from bot.core.plan import question_words
from bot.core.selection import Selected, Selection, Theme
from bot.insights.board import Kept
from bot.summary import links, spans
from bot.summary.document import Span
from bot.summary.rank import Line, Ranked, Regard, is_worth_reading, nods, ranked
from bot.summary.themes import OF_A_PERSON, pick
from bot.summary.view import Said, View

AUDIENCE_QUESTIONS, RESOURCES = 5, 30
THOUGHT_OUT = 8
"""Words from which on a question of the audience is worth listing though nobody marked it."""


def choose(view: View) -> Selection:
    """Return what to quote, in the summary's order."""
    chosen = [
        *_answers(view),
        *_insights(view),
        *_exchanges(view),
        *_objectives(view),
        *_audience(view),
        *_resources(view),
        *_parked(view),
    ]
    return _as_moderators_want(view, chosen)


def _quote(
    view: View, section: str, message: MessageId, quoted: tuple[Span, ...], insight: InsightId | None = None
) -> Selected | None:
    as_ = view.verdict(message).as_
    if as_ is None or not quoted:
        return None
    entry = f"{section}/{insight}/{message}" if insight else f"{section}/{message}"
    return Selected(
        entry=entry,
        section=section,
        message=message,
        revision=view.chat.messages[message].revision,
        spans=quoted,
        quoted_as=as_,
        insight=insight,
    )


def _given(quotes: Iterable[Selected | None]) -> Iterator[Selected]:
    return (quote for quote in quotes if quote is not None)


# --- answers ----------------------------------------------------------------------------------------------


def _answers(view: View) -> Iterator[Selected]:
    regard = regard_of(view)
    candidates = {question: _ranked(view, question, regard) for question in view.chat.asked}
    picked = pick(candidates, len(view.said))
    for question in view.chat.asked:
        for number, theme in enumerate(picked.get(question, []), 1):
            quotes = (_line_quote(view, f"question/{question}", ranked.line.id) for ranked in theme)
            yield from (replace(quote, theme=number) for quote in _given(quotes))


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


def _line_quote(view: View, section: str, message: MessageId) -> Selected | None:
    known = view.chat.messages[message]
    text = view.text(known) or ""
    longest = spans.LONGEST_KEPT if message in view.kept else spans.LONGEST
    return _quote(
        view, section, message, spans.whole(text, known.reading, view.chat.plan.hashtag, longest=longest)
    )


# --- what moderators kept ---------------------------------------------------------------------------------


def _insights(view: View) -> Iterator[Selected]:
    """Yield every kept line, tag by tag; what patients and those who care for them said comes first."""
    lines = [kept for kept in view.board if not kept.insight.exchange]
    order = {tag: place for place, tag in enumerate(view.tags.tags)}
    lines.sort(
        key=lambda kept: (order.get(kept.insight.tag, len(order)), kept.insight.tag, _voice(view, kept))
    )
    return _given(_kept_quote(view, f"insights/{kept.insight.tag}", kept) for kept in lines)


VOICES = {"patient": 0, "carer": 1}


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
    return _quote(view, section, message.id, quoted, insight.id)


def _exchanges(view: View) -> Iterator[Selected]:
    for kept in view.board:
        if kept.insight.exchange:
            section = f"exchange/{kept.insight.id}"
            for message in kept.messages:
                quote = _line_quote(view, section, message)
                if quote:
                    yield replace(quote, insight=kept.insight.id)


def _objectives(view: View) -> Iterator[Selected]:
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
        yield from _given([_kept_quote(view, f"objective/{objective}", kept)])


def _objective(view: View, kept: Kept) -> str:
    attribution = view.attributions[kept.messages[0]]
    planned = {question.id: question.objective for question in view.chat.plan.questions}
    served = (planned.get(question) for question in attribution.questions)
    number = next((objective for objective in served if objective), None)
    return str(number) if number and number <= view.chat.plan.objectives else "isolated"


# --- what people asked, recommended and left for another day ------------------------------------------------


def _audience(view: View) -> Iterator[Selected]:
    """Yield the questions that people asked along the way: the kept, the wanted, the thought-out ones."""
    asked = [said for said in view.said if _asks_something(view, said)]
    replied = Counter(said.heard.reply_to for said in view.said if said.heard.reply_to)
    asked.sort(key=lambda said: (-view.nominations(said.id) - replied[said.id], -said.message.reading.words))
    kept = [said for said in asked if _kept_as(view, said, "question")]
    others = [said for said in asked if said.id not in view.kept and _is_thought_out(said)]
    asking = [*kept, *_few_of_each(others, AUDIENCE_QUESTIONS - len(kept))]
    return _given(
        _line_quote(view, "audience", said.id) for said in sorted(asking, key=lambda said: said.message.order)
    )


def _asks_something(view: View, said: Said) -> bool:
    is_question = said.message.reading.question or _kept_as(view, said, "question")
    own = said.author in view.chat.moderators or view.attributions[said.id].reason == "asked"
    return is_question and not own and view.verdict(said.id).as_ is not None


def _is_thought_out(said: Said) -> bool:
    return is_worth_reading(said.message.reading) and said.message.reading.words >= THOUGHT_OUT


def _few_of_each(asked: Iterable[Said], most: int) -> list[Said]:
    spoken: Counter[str] = Counter()
    found: list[Said] = []
    for said in asked:
        if len(found) < most and spoken[said.author] < OF_A_PERSON:
            spoken[said.author] += 1
            found.append(said)
    return found


def _kept_as(view: View, said: Said, tag: str) -> bool:
    return any(kept.insight.tag == tag for kept in view.kept.get(said.id, ()))


def _resources(view: View) -> Iterator[Selected]:
    """Yield each link once, in the words of whoever shared it first; kept ones come first."""
    sharing = [said for said in view.said if said.message.reading.links]
    sharing.sort(key=lambda said: not _kept_as(view, said, "resource"))
    seen: set[str] = set()
    for said in sharing:
        text = view.text(said.message) or ""
        new = links.spans_of_links(text, seen)
        quote = _quote(view, "resources", said.id, new)
        if quote:
            seen.update(text[start:end] for start, end in new)
            yield quote
        if len(seen) >= RESOURCES:
            break


def _parked(view: View) -> Iterator[Selected]:
    parked = sorted(view.chat.parked, key=lambda message: (view.chat.parked[message], message))
    heard = (message for message in parked if message in view.attributions)
    return _given(_line_quote(view, "parked", message) for message in heard)


# --- what moderators changed in the draft -------------------------------------------------------------------


def _as_moderators_want(view: View, chosen: list[Selected]) -> Selection:
    changes = view.chat.draft_changes
    latest = {(_aspect(change), change.entry): change for change in changes}
    quotes = [_changed(view, quote, latest) for quote in chosen if not _is_dropped(quote, latest)]
    kept = [quote for quote in quotes if quote.spans]
    sections = dict.fromkeys((quote.section, quote.theme) for quote in kept)
    themes = tuple(
        Theme(section=section, number=number, heading=change.heading if change else None)
        for section, number in sections
        if (change := latest.get(("heading", f"{section}/theme/{number}"))) or number
    )
    return Selection(quotes=tuple(_in_order(kept)), themes=themes)


_ASPECTS = {"drop": "shown", "restore": "shown"}


def _aspect(change: SummaryEntryChanged) -> str:
    """Return what of an entry *change* settles: the last change of each aspect holds."""
    return _ASPECTS.get(change.change, change.change)


Changes = dict[tuple[str, str], SummaryEntryChanged]


def _is_dropped(quote: Selected, latest: Changes) -> bool:
    change = latest.get(("shown", quote.entry))
    return change is not None and change.change == "drop"


def _changed(view: View, quote: Selected, latest: Changes) -> Selected:
    moved, shortened = latest.get(("move", quote.entry)), latest.get(("cut", quote.entry))
    if moved and moved.to and moved.to.startswith(("question/", "insights/", "parked")):
        quote = replace(quote, section=moved.to, theme=1 if moved.to.startswith("question/") else 0)
    if shortened:
        end = max((end for _, end in quote.spans), default=0) if shortened.end is None else shortened.end
        text = view.texts.revision(quote.message, quote.revision) or ""
        quote = replace(quote, spans=spans.cut(text, quote.spans, shortened.start or 0, end))
    return quote


def _in_order(quotes: list[Selected]) -> list[Selected]:
    """Return *quotes* with those that were moved at the end of the section they were moved to."""
    places: dict[str, int] = {}
    for quote in quotes:
        places.setdefault(quote.section, len(places))
    return sorted(quotes, key=lambda quote: (places[quote.section], quote.theme, _is_moved(quote)))


def _is_moved(quote: Selected) -> bool:
    return not quote.entry.startswith(f"{quote.section}/")
