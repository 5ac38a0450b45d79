"""Makes the entries of the document: each takes the view and says one thing."""

from collections.abc import Iterable

from bot.core.chat import Opening
from bot.core.names import MessageId
from bot.core.selection import Selected
from bot.errors import SummaryUnsound
from bot.insights.consent import As
from bot.summary import say, spans
from bot.summary.dissent import is_dissent
from bot.summary.document import Entry, Heading, Label, Number, Point, Question, Quote
from bot.summary.view import View

# Why a line that was chosen may not be shown any more: its author's doing, or somebody else's.
_WITHDRAWN = frozenset({"deleted", "author-said-no", "forgotten", "erased", "no-answer", "not-asked"})


def label(view: View, key: str, /, *, id: str | None = None, **arguments: object) -> Label:
    """Return the sentence ``summary.<key>``; *n* among its arguments is what it counts."""
    n = arguments.get("n")
    return Label(id=id or key, key=key, text=view.say(key, **arguments), n=n if isinstance(n, int) else None)


def planned(view: View, key: str, /, words: str) -> list[Label]:
    """Return the words of the plan kept under *words*, introduced by the line ``summary.<key>``; none if erased."""
    text = view.written(words)
    return [label(view, key, text=text)] if text else []


def heading(view: View, key: str, /, *, id: str, **arguments: object) -> Heading:
    """Return the heading ``summary.<key>``."""
    return Heading(id=id, text=view.say(key, **arguments))


def number(
    view: View,
    id: str,
    value: float | None,
    text: str | None = None,
    *,
    series: Iterable[Point] = (),
    unit: str = "",
) -> Number:
    """Return a number under the line ``summary.number.<id>``; *text* None: the value itself, or that it isn't told."""
    if text is None:
        text = view.say("not-available") if value is None else say.count(value, view.words.language)
    name = view.say(f"number.{id}")
    return Number(id=f"number/{id}", label=name, value=value, text=text, unit=unit, series=tuple(series))


def question(view: View, id: str, number: int, *, audience: bool, opening: Opening | None) -> Question:
    """Return a question as it was asked in *opening*; erased words leave only its number."""
    text = view.written(f"question/{id}") or view.say("question-erased")
    asked = Question(id=f"asked/{id}", question=id, number=number, text=text, audience=audience)
    return asked.model_copy(update=_asking(view, opening)) if opening else asked


def _asking(view: View, opening: Opening) -> dict[str, object]:
    """Return when a question was asked and, where a person did it, in which message and who they may be called."""
    message = opening.asked_as
    known = view.chat.messages.get(message) if message else None
    if message is None or known is None or known.heard is None:
        return {"at": min((opening.asked_at, *opening.rooms.values())), "message": message}
    quoted_as = view.verdict(message).as_
    author = view.author(known.heard, quoted_as) if quoted_as else None
    return {"at": known.heard.sent_at, "message": message, "author": author}


def quotes(view: View, selected: Iterable[Selected]) -> list[Entry]:
    """Return the quotes of *selected*; those that may not be shown any more are counted at the end.

    Raises: SummaryUnsound when a text is there and a quote is not in it.
    """
    shown: list[Entry] = []
    gone = {"withdrawn": 0, "removed": 0}
    section = ""
    for one in selected:
        section = section or f"{one.section}/{one.theme}"
        why = _gone(view, one)
        if why:
            gone[why] += 1
        else:
            shown.append(_quote(view, one))
    return shown + [label(view, key, id=f"{section}/{key}", n=n) for key, n in gone.items() if n]


def _gone(view: View, selected: Selected) -> str | None:
    verdict = view.verdict(selected.message)
    if verdict.as_ is None:
        return "withdrawn" if verdict.why in _WITHDRAWN else "removed"
    return None if view.texts.revision(selected.message, selected.revision) is not None else "withdrawn"


def _quote(view: View, selected: Selected) -> Quote:
    text = view.texts.revision(selected.message, selected.revision) or ""
    _assure(selected, text)
    heard = view.heard(selected.message)
    quoted_as = _lesser(selected.quoted_as, view.verdict(selected.message).as_)
    kept = view.kept.get(selected.message, ())
    return Quote(
        id=selected.entry,
        message=selected.message,
        revision=selected.revision,
        spans=selected.spans,
        text=spans.pieces(text, selected.spans),
        author=view.author(heard, quoted_as),
        quoted_as=quoted_as,
        person=view.aliases.get(heard.author, "p0"),
        at=heard.sent_at,
        room=heard.room,
        anchor=selected.message,
        tags=tuple(dict.fromkeys(one.insight.tag for one in kept)),
        nominations=view.nominations(selected.message),
        insight=selected.insight,
        question=_answered(view, selected.message),
        theme=selected.theme,
        dissent=selected.section.startswith("question/") and is_dissent(text),
    )


def _assure(selected: Selected, text: str) -> None:
    if not selected.spans or any(not 0 <= start < end <= len(text) for start, end in selected.spans):
        raise SummaryUnsound(selected.entry)


def _lesser(chosen: As, allowed: As | None) -> As:
    """Return what an author allowed at both times: who was quoted by role is not named later, nor the reverse."""
    return "named" if chosen == "named" and allowed == "named" else "role"


def _answered(view: View, message: MessageId) -> int | None:
    attribution = view.attributions.get(message)
    if attribution is None or not attribution.questions:
        return None
    return next((q.number for q in view.chat.plan.questions if q.id == attribution.questions[0]), None)


def proposal(words: str, text: str) -> Question:
    """Return a question that somebody proposed and nobody asked yet; who proposed it is not shown."""
    return Question(id=f"audience/{words}", question=words, number=None, text=text, audience=True)
