"""The summary as one typed document (``summary.json``): chapters of sections of entries.

Every entry is a quote, a question, a number, a label or a heading. Renderers, review, consent and the checker all
work on this document; `summary.schema.json` beside this file describes it to others.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

FORMAT: Literal["tweetchat/summary/1"] = "tweetchat/summary/1"
Edition = Literal["public", "internal"]
Span = tuple[int, int]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Quote(_Part):
    """Somebody's words: *spans* (code points) of revision *revision* of one message, and the *text* they cut out.

    author: the name or role its author allowed. person: an alias that holds inside this document only.
    question: number of the question it answers. nominations: how many other people would have kept it.
    """

    kind: Literal["quote"] = "quote"
    id: str
    message: str
    revision: int
    spans: tuple[Span, ...]
    text: tuple[str, ...]
    author: str
    quoted_as: Literal["named", "role"]
    person: str
    at: datetime
    room: str
    anchor: str
    tags: tuple[str, ...] = ()
    nominations: int = 0
    insight: str | None = None
    question: int | None = None
    theme: int = 0
    dissent: bool = False


class Question(_Part):
    """A question as it was asked, and when. *message*: the one by which a person asked it; *author*: who that was."""

    kind: Literal["question"] = "question"
    id: str
    question: str
    number: int | None
    text: str
    audience: bool = False
    message: str | None = None
    at: datetime | None = None
    author: str | None = None


class Point(_Part):
    """One value of a series and what it belongs to."""

    label: str
    value: float


class Number(_Part):
    """Something counted. *value* None: this platform, or this chat, does not tell. *text*: as people read it."""

    kind: Literal["number"] = "number"
    id: str
    label: str
    value: float | None
    text: str
    unit: str = ""
    series: tuple[Point, ...] = ()


class Label(_Part):
    """A sentence of ours, or words of the plan (*key* says which). *n*: what it counts."""

    kind: Literal["label"] = "label"
    id: str
    key: str
    text: str
    n: int | None = None


class Heading(_Part):
    """A heading. *words*: where a moderator's heading is kept, None for one of ours or taken from the quotes."""

    kind: Literal["heading"] = "heading"
    id: str
    text: str
    words: str | None = None


Entry = Annotated[Quote | Question | Number | Label | Heading, Field(discriminator="kind")]


class Section(_Part):
    """Entries that stand together."""

    id: str
    heading: Heading | None = None
    entries: tuple[Entry, ...] = ()


class Chapter(_Part):
    """Sections of one kind."""

    id: str
    heading: Heading
    sections: tuple[Section, ...]


class Summary(_Part):
    """The whole document."""

    format: Literal["tweetchat/summary/1"] = FORMAT
    chat: str
    edition: Edition
    language: str
    title: str
    hashtag: str
    starts_at: datetime
    zone: str
    composed_at: datetime
    composer: int
    chapters: tuple[Chapter, ...] = ()

    def sections(self) -> Iterator[Section]:
        """Yield every section, in order."""
        for chapter in self.chapters:
            yield from chapter.sections

    def entries(self) -> Iterator[Entry]:
        """Yield every entry, in order."""
        for section in self.sections():
            yield from section.entries

    def quotes(self) -> Iterator[Quote]:
        """Yield every quote, in order."""
        return (entry for entry in self.entries() if isinstance(entry, Quote))

    def numbers(self) -> Iterator[Number]:
        """Yield every number, in order."""
        return (entry for entry in self.entries() if isinstance(entry, Number))
