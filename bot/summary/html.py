"""The summary as one HTML page that needs nothing else, and a decoder that gives its quotes back, letter by letter."""

from functools import cache
from html.parser import HTMLParser
from importlib.resources import files

from jinja2 import StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from bot.summary import charts, lines
from bot.summary.document import Summary
from bot.wording import Wording


def render(summary: Summary, *, transcript: str | None = None) -> str:
    """Return *summary* as a page. *transcript*: the page on which each quoted line has its anchor."""
    words = Wording.load(summary.language)
    return _template().render(
        summary=summary,
        say=lambda key, **arguments: words.line(f"summary.page.{key}", **arguments),
        words=words,
        lines=lines,
        charts=charts,
        transcript=transcript,
        anchor=_anchor,
    )


def decode(text: str) -> list[tuple[str, ...]]:
    """Return the pieces of every quote in *text*, a page made by `render`, in order."""
    reader = _Quotes()
    reader.feed(text)
    reader.close()
    return [tuple(pieces) for pieces in reader.quotes]


def letters(text: str) -> Markup:
    """Return *text* for a page, letter by letter: browsers read a lone carriage return as a new line."""
    return Markup(str(escape(text)).replace("\r", "&#13;"))  # noqa: S704  # escaped in the same line


def _anchor(section: str) -> str:
    return section.replace("/", "-").replace(" ", "-")


@cache
def _template() -> Template:
    environment = ImmutableSandboxedEnvironment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["letters"] = letters
    environment.filters["groupby_kind"] = lines.by_kind
    return environment.from_string((files("bot.summary") / "page.html").read_text(encoding="utf-8"))


class _Quotes(HTMLParser):
    """Collects the text of each ``.piece``, quote by quote."""

    def __init__(self) -> None:
        super().__init__()
        self.quotes: list[list[str]] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "blockquote":
            self.quotes.append([])
        self._inside = ("class", "piece") in attrs
        if self._inside:
            self.quotes[-1].append("")

    def handle_endtag(self, tag: str) -> None:  # any tag: a piece holds text alone
        self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.quotes[-1][-1] += data
