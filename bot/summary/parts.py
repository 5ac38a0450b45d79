"""The summary as posts for a room: as few as fit, each readable by itself, no quote torn apart."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.markup import Block, Content, Heading, Paragraph, Run
from bot.markup import Quote as QuoteBlock
from bot.summary import lines
from bot.summary.document import Chapter, Entry, Number, Question, Quote, Summary
from bot.summary.graphemes import boundary
from bot.summary.names import isolated
from bot.wording import Wording

LABEL = "summary"
IN_ROOMS = frozenset({"glance", "questions", "insights", "exchanges", "pledges", "next"})
"""The other chapters are tables and lists, for the page."""
# In some platform's markup each of these takes more than one letter.
_ESCAPED = {"&": 5, "<": 4, ">": 4, **dict.fromkeys("\\`*_[]|~#@:", 2)}
_BLOCK, _NUMBERING = 6, 40
"""What a block, and "part 2 of 3", cost beside their letters."""
_GAP, _MORE = " […] ", "…"


def parts(summary: Summary, *, post_length: int, link: str | None = None) -> list[Content]:
    """Return the posts, the first with what happened at a glance and the *link* to the whole.

    Only what is longer than a whole post is cut, between two characters, with a sign that there is more.
    """
    words = Wording.load(summary.language)
    room = max(1, post_length - _NUMBERING)
    packed: list[list[Block]] = []
    headings: list[Block] = []
    for block in _blocks(summary, words, link):
        fitting = _fitted(block, room)
        if isinstance(fitting, Heading):
            headings.append(fitting)
        else:
            _pack(packed, headings, fitting, room)
            headings = []
    return [_content(blocks, place, len(packed), words) for place, blocks in enumerate(packed, 1)]


def _pack(packed: list[list[Block]], headings: list[Block], block: Block, room: int) -> None:
    """Put *block* under its *headings* into the last post, or into a new one; apart only when they must be."""
    together = [*headings, block]
    if packed and length([*packed[-1], *together]) <= room:
        packed[-1] += together
    elif length(together) <= room:
        packed.append(together)
    else:
        packed += [[one] for one in together]


def length(blocks: Sequence[Block]) -> int:
    """Return how many letters *blocks* take at most, in any platform's markup."""
    return sum(_BLOCK + sum(map(_text_length, _texts(block))) for block in blocks)


def _texts(block: Block) -> tuple[str, ...]:
    match block:
        case Heading(text=text):
            return (text,)
        case QuoteBlock(text=text, by=by):
            return (text, by)
        case Paragraph(runs=runs):
            return tuple(part for run in runs for part in (run.text, run.link or ""))
        case _:
            return ()


def _text_length(text: str) -> int:
    return sum(_ESCAPED.get(character, 1) for character in text)


def _content(blocks: list[Block], place: int, of: int, words: Wording) -> Content:
    if of > 1:
        part = words.line("summary.page.part", part=place, parts=of)
        blocks = [*blocks, Paragraph(runs=(Run(text=part, weight="quiet"),))]
    return Content(blocks=tuple(blocks), label=LABEL)


def _blocks(summary: Summary, words: Wording, link: str | None) -> Iterator[Block]:
    yield Heading(text=lines.one_line(summary.title))
    for chapter in summary.chapters:
        if chapter.id in IN_ROOMS:
            yield from _chapter(chapter, words)
        if chapter.id == "glance" and link:
            yield Paragraph(runs=(Run(text=words.line("summary.page.read-all"), link=link),))


def _chapter(chapter: Chapter, words: Wording) -> Iterator[Block]:
    if chapter.id != "glance":
        yield Heading(text=chapter.heading.text)
    for section in chapter.sections:
        if section.heading:
            yield Heading(text=lines.one_line(section.heading.text))
        for entry in section.entries:
            yield _block(entry, words)


def _block(entry: Entry, words: Wording) -> Block:
    match entry:
        case Quote():
            by = " · ".join([isolated(entry.author), *lines.credit(entry, words)])
            return QuoteBlock(text=_GAP.join(entry.text), by=by)
        case Question():
            return Heading(text=lines.one_line(lines.question(entry, words)))
        case Number():
            return Paragraph(runs=(Run(text=lines.number(entry), weight="quiet"),))
        case _:
            return Paragraph(runs=(Run(text=entry.text),))


def _fitted(block: Block, room: int) -> Block:
    """Return *block*, made shorter when it would not even fit into a post of its own."""
    over = length([block]) - room
    match block:
        case QuoteBlock(text=text) | Heading(text=text) if over > 0:
            return replace(block, text=_shortened(text, _text_length(text) - over))
        case Paragraph(runs=(run,)) if over > 0:
            text = _shortened(run.text, _text_length(run.text) - over)
            return replace(block, runs=(replace(run, text=text),))
        case _:
            return block


def _shortened(text: str, room: int) -> str:
    """Return as much of *text* as takes up *room*, cut between two characters, and a sign that there is more."""
    taken, place = len(_MORE), 0
    while place < len(text) and taken + _ESCAPED.get(text[place], 1) <= room:
        taken += _ESCAPED.get(text[place], 1)
        place += 1
    return text[: boundary(text, place)] + _MORE
