"""Composes the summary: a pure function of a chat and its texts. A published one is built again from its selection."""

from datetime import datetime

from bot.core.chat import Chat
from bot.core.names import InsightId, MessageId, WordKey
from bot.core.plan import TITLE
from bot.core.selection import Selected, Selection, Theme
from bot.summary import chapters, counts, glance, questions, record
from bot.summary.check import assure
from bot.summary.choose import choose
from bot.summary.document import Chapter, Edition, Heading, Quote, Summary
from bot.summary.texts import Texts
from bot.summary.view import View

COMPOSER = 1
"""Version of the rules that choose; a published summary keeps the number of those that made it."""


def compose(chat: Chat, texts: Texts, *, edition: Edition, at: datetime) -> Summary:
    """Return the summary of *chat* as it is now, the moderators' changes to the draft included.

    Raises: SummaryUnsound when it would say what *texts* don't bear out.
    """
    view = View(chat, texts, edition=edition, at=at)
    return _build(view, choose(view), COMPOSER)


def recompose(selection: Selection, chat: Chat, texts: Texts, edition: Edition) -> Summary:
    """Return a published summary again: the same lines, but for those withdrawn, deleted, locked or erased since.

    Raises: SummaryUnsound when a quote is not in the text that it was taken from.
    """
    published = chat.published
    at = published.at if published else chat.latest_heard or chat.plan.starts_at
    view = View(chat, texts, edition=edition, at=at, until=published.at if published else None)
    return _build(view, selection, published.composer if published else COMPOSER)


def selection_of(summary: Summary) -> Selection:
    """Return what *summary* chose, without any of its words."""
    quotes: list[Selected] = []
    themes: list[Theme] = []
    for section in summary.sections():
        quotes += [_selected(section.id, entry) for entry in section.entries if isinstance(entry, Quote)]
        themes += [
            Theme(
                section=section.id,
                number=_theme_number(entry),
                heading=WordKey(entry.words) if entry.words else None,
            )
            for entry in section.entries
            if isinstance(entry, Heading)
        ]
    return Selection(quotes=tuple(quotes), themes=tuple(themes))


def _selected(section: str, quote: Quote) -> Selected:
    return Selected(
        entry=quote.id,
        section=section,
        message=MessageId(quote.message),
        revision=quote.revision,
        spans=quote.spans,
        quoted_as=quote.quoted_as,
        theme=quote.theme,
        insight=InsightId(quote.insight) if quote.insight else None,
    )


def _theme_number(heading: Heading) -> int:
    return int(heading.id.rpartition("/")[2])


def _build(view: View, selection: Selection, composer: int) -> Summary:
    chat = view.chat
    found = [glance.glance(view), *(_said(view, selection) if view.said else [])]
    if not glance.is_small(view):
        found += [
            counts.heard(view),
            counts.numbers(view, selection),
            record.record(view),
            glance.next_chat(view),
        ]
    summary = Summary(
        chat=chat.id,
        edition=view.edition,
        language=view.words.language,
        title=view.written(TITLE) or chat.plan.hashtag,
        hashtag=chat.plan.hashtag,
        starts_at=chat.starts_at,
        zone=chat.plan.zone,
        composed_at=view.at,
        composer=composer,
        chapters=tuple(chapter for chapter in found if chapter.sections),
    )
    assure(summary, view)
    return summary


def _said(view: View, selection: Selection) -> list[Chapter]:
    """Return the chapters of what people said; of a chat in which nobody wrote there are none."""
    return [
        questions.questions(view, selection),
        chapters.insights(view, selection),
        chapters.exchanges(view, selection),
        chapters.objectives(view, selection),
        chapters.audience(view, selection),
        chapters.resources(view, selection),
        chapters.pledges(view, selection),
    ]
