"""What a post is made of, in no platform's language, and the codecs that turn text into Markdown and HTML and back.

A `Content` is a row of blocks. Adapters render it natively; nothing in it is markup: every string is plain text, so
a quote that says ``<b>`` or ``@everyone`` stays those letters everywhere.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Weight = Literal["plain", "strong", "quiet"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run of plain text; *link*: where it leads. *at*: the moment it names, for showing in the reader's own time."""

    text: str
    weight: Weight = "plain"
    link: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """Runs that stand together."""

    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading inside a post."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """Somebody's words, verbatim; *by*: as they allowed to be called. *link*: where they were said."""

    text: str
    by: str
    link: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bullets:
    """A list, one line each."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """Label and value, side by side. A *countdown* value is shown as the time left until then, where that can be."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Countdown:
    """The time left until *until*; *label* says until what. Shown as a clock time where nothing can tick."""

    label: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One thing a button asks before it acts."""

    name: str
    label: str
    kind: Literal["text", "long", "number", "choice"] = "text"
    choices: tuple[tuple[str, str], ...] = ()
    value: str = ""
    limit: int = 600
    required: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A wish ready to be made: the command's name with its arguments, and the stage its maker saw.

    asks: what the platform asks for first, in a form. confirm: a question to answer before it acts.
    help: what it does, in a sentence, where a platform lists commands.
    """

    label: str
    command: str
    arguments: tuple[tuple[str, str], ...] = ()
    expects: str | None = None
    style: Literal["main", "plain", "danger"] = "plain"
    asks: tuple[Ask, ...] = ()
    confirm: str | None = None
    help: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Buttons:
    """Buttons in a row."""

    buttons: tuple[Button, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture and the text that says the same."""

    url: str
    alt: str


Block = Paragraph | Heading | Quote | Bullets | Fields | Countdown | Buttons | Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What one post says. *label*: what kind of post it is, for a marker and for assistive technology.

    alert: the line of it that must be noticed now, where a post is folded away or quietly replaced; empty for none.
    alarm: names what the alert is about: another line about the same thing rings no second time.
    """

    blocks: tuple[Block, ...] = field(default=())
    label: str = ""
    alert: str = ""
    alarm: str = ""
