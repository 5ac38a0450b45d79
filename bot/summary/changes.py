"""What moderators changed in the draft: lines dropped, restored, moved and cut, and headings given."""

from dataclasses import replace

from bot.core.events import SummaryEntryChanged
from bot.core.selection import Selected, Selection, Theme
from bot.summary import spans
from bot.summary.view import View


def as_moderators_want(view: View, chosen: list[Selected]) -> Selection:
    """Return *chosen* with the changes to the draft, the last one of each kind on each entry."""
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
