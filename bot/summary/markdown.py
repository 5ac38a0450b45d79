"""The summary as Markdown (CommonMark with tables), and a decoder that gives its quotes back, letter by letter."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from urllib.parse import quote as url_quote

from bot.summary import lines
from bot.summary.document import Chapter, Entry, Heading, Number, Question, Quote, Section, Summary
from bot.summary.names import isolated
from bot.wording import Wording

# What CommonMark and its GitHub dialect read as markup wherever it stands, and what only at the start of a line.
_ANYWHERE = re.compile(r"[\\`*\[\]<>&|~$]|(?<![^\W_])_|_(?![^\W_])")
_AT_START = re.compile(r"(?m)^(?:[#+=-]|:(?=-)|(\d{1,9})(?=[.)]))")
_TAB_OR_EDGE = re.compile(r"\t|\r|(?m:^ +| +$)")
_GAP = "[…]"


def render(summary: Summary, *, transcript: str | None = None) -> str:
    """Return *summary* as Markdown, ending with a newline. *transcript*: the page on which each line has its anchor."""
    page = _Page(summary, Wording.load(summary.language), transcript)
    imprint = "\\\n".join(escape(line) for line in lines.imprint(summary, page.words))
    blocks = [f"# {_plain(summary.title)}", imprint]
    for chapter in summary.chapters:
        blocks += page.chapter(chapter)
    return "\n\n".join(blocks) + "\n"


def decode(text: str) -> list[tuple[str, ...]]:
    """Return the pieces of every quote in *text*, a document made by `render`, in order."""
    quotes = [block for block in text.split("\n\n") if block.startswith("> ") or block == ">"]
    return [tuple(_unescaped(piece) for piece in _pieces(quote)) for quote in quotes]


def escape(text: str) -> str:
    """Return Markdown that displays exactly the letters of *text*, on as many lines."""
    escaped = _ANYWHERE.sub(r"\\\g<0>", text)
    escaped = _AT_START.sub(_escaped_start, escaped)
    return _TAB_OR_EDGE.sub(lambda match: "".join(f"&#{ord(sign)};" for sign in match[0]), escaped)


def _escaped_start(match: re.Match[str]) -> str:
    # A number at the start of a line begins a list when a dot follows: the dot is escaped, after the number.
    return f"{match[1]}\\" if match[1] else f"\\{match[0]}"


def _pieces(quote: str) -> Iterator[str]:
    body = "\n".join(line[2:] for line in quote.split("\n"))
    return iter(body.split(f"\\\n{_GAP}\\\n"))


def _unescaped(piece: str) -> str:
    joined = piece.replace("\\\n", "\n")
    return re.sub(r"\\([!-/:-@\[-`{-~])|&#(\d+);", lambda m: m[1] or html.unescape(m[0]), joined)


def _quote_body(quote: Quote) -> str:
    body = f"\n{_GAP}\n".join(escape(piece) for piece in quote.text)
    return "\\\n".join(f"> {line}" for line in body.split("\n"))


def _plain(text: str) -> str:
    return escape(lines.one_line(text))


@dataclass(frozen=True, slots=True)
class _Page:
    summary: Summary
    words: Wording
    transcript: str | None

    def chapter(self, chapter: Chapter) -> Iterator[str]:
        yield f"## {_plain(chapter.heading.text)}"
        for section in chapter.sections:
            yield from self._section(section)

    def _section(self, section: Section) -> Iterator[str]:
        if section.heading:
            yield f"### {_plain(section.heading.text)}"
        for are_numbers, entries in lines.by_kind(section.entries):
            if are_numbers:
                yield "\n".join(
                    f"- {_plain(lines.number(entry))}" for entry in entries if isinstance(entry, Number)
                )
            else:
                yield from chain.from_iterable(map(self._entry, entries))

    def _entry(self, entry: Entry) -> Iterator[str]:
        match entry:
            case Quote():
                yield _quote_body(entry)
                yield self._credit(entry)
            case Question():
                yield f"### {_plain(lines.question(entry, self.words))}"
            case Heading():
                yield f"#### {_plain(entry.text)}"
            case _:
                yield _plain(entry.text)

    def _credit(self, quote: Quote) -> str:
        time = lines.spoken_at(quote, self.summary)
        if self.transcript is not None:
            time = f"[{time}](<{self.transcript}#{url_quote(quote.anchor)}>)"
        rest = [_plain(part) for part in lines.credit(quote, self.words)]
        return f"— {' · '.join([isolated(_plain(quote.author)), time, *rest])}"
