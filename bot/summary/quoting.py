"""Makes one choice: spans of a message for a section, if this edition may show them."""

from collections.abc import Iterable, Iterator

from bot.core.names import InsightId, MessageId
from bot.core.selection import Selected
from bot.summary import spans
from bot.summary.document import Span
from bot.summary.view import Said, View


def quote(
    view: View, section: str, message: MessageId, quoted: tuple[Span, ...], insight: InsightId | None = None
) -> Selected | None:
    """Return *quoted* of *message* for *section*, None when there is nothing to show or it may not be shown."""
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


def given(quotes: Iterable[Selected | None]) -> Iterator[Selected]:
    """Yield those of *quotes* that there are."""
    return (one for one in quotes if one is not None)


def line_quote(view: View, section: str, message: MessageId) -> Selected | None:
    """Return the whole of *message* for *section*, None when it may not be shown."""
    known = view.chat.messages[message]
    text = view.text(known) or ""
    longest = spans.LONGEST_KEPT if message in view.kept else spans.LONGEST
    return quote(
        view, section, message, spans.whole(text, known.reading, view.chat.plan.hashtag, longest=longest)
    )


def kept_as(view: View, said: Said, tag: str) -> bool:
    """Return whether a moderator kept it under *tag*."""
    return any(kept.insight.tag == tag for kept in view.kept.get(said.id, ()))
