"""What a published summary chose, without the words: enough to render the same summary again for ever."""

from dataclasses import dataclass
from typing import Literal

from bot.core.names import InsightId, MessageId, WordKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Selected:
    """One quote: spans of one revision of one message, and where in the summary it stands.

    section: ``question/q2``, ``insights/idea``, ``exchange/<insight>``, ``resources``, ``pledges``, ``parked``...
    theme: number of the theme inside the section. spans: (start, end) in code points of the stored text.
    quoted_as: what the author allowed when it was published.
    """

    entry: str
    section: str
    message: MessageId
    revision: int
    spans: tuple[tuple[int, int], ...]
    quoted_as: Literal["named", "role"]
    theme: int = 0
    insight: InsightId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """A theme of a section, with the heading that a moderator gave it (kept under *heading*)."""

    section: str
    number: int
    heading: WordKey | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """All that a published summary chose, in order."""

    quotes: tuple[Selected, ...] = ()
    themes: tuple[Theme, ...] = ()
