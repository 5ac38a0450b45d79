"""The draft summary on the card: each line can go, come back, move or be cut, each theme can get a heading.

What a line says nobody can change: a cut names a part of the very words, and what is not found in them is refused.
"""

from collections.abc import Iterable, Iterator

from bot.core.chat import Chat
from bot.markup import Ask, Block, Button, Buttons, Heading, Paragraph, Quote, Run
from bot.runtime.wishes import TEXT_LIMIT
from bot.summary.document import Entry, Summary
from bot.summary.document import Heading as ThemeHeading
from bot.summary.document import Quote as Quoted
from bot.wording import Wording


def review(draft: Summary, chat: Chat, wording: Wording) -> Iterator[Block]:
    """Give *draft* chapter by chapter with what can be done about each line; a line that stands twice is shown once."""
    yield Heading(text=wording.line("card.draft"))
    shown: set[str] = set()
    for chapter in draft.chapters:
        entries = [
            entry for section in chapter.sections for entry in section.entries if _is_new(entry, shown)
        ]
        if entries:
            yield Paragraph(runs=(Run(text=chapter.heading.text, weight="strong"),))
        for entry in entries:
            yield from _entry(entry, chat, wording)
    yield from _dropped(chat, wording)


def _is_new(entry: Entry, shown: set[str]) -> bool:
    if not isinstance(entry, Quoted | ThemeHeading) or (
        isinstance(entry, ThemeHeading) and "/theme/" not in entry.id
    ):
        return False
    mark = f"{entry.message}/{entry.spans}" if isinstance(entry, Quoted) else entry.id
    is_new = mark not in shown
    shown.add(mark)
    return is_new


def _entry(entry: Entry, chat: Chat, wording: Wording) -> Iterable[Block]:
    if isinstance(entry, ThemeHeading):
        yield Paragraph(runs=(Run(text=entry.text),))
        yield Buttons(buttons=(_heading(entry, wording),))
    elif isinstance(entry, Quoted):
        yield Quote(text=" … ".join(entry.text), by=entry.author)
        yield Buttons(
            buttons=(_change(entry.id, "drop", wording), _cut(entry, wording), *_move(entry, chat, wording))
        )


def _change(entry: str, change: str, wording: Wording, *asks: Ask) -> Button:
    return Button(
        label=wording.line(f"card.review.{change}"),
        command="change-entry",
        arguments=(("change", change), ("entry", entry)),
        asks=asks,
    )


def _heading(entry: ThemeHeading, wording: Wording) -> Button:
    label = wording.line("command.change-entry.heading")
    return _change(entry.id, "heading", wording, Ask(name="heading", label=label, value=entry.text))


def _cut(entry: Quoted, wording: Wording) -> Button:
    label, text = wording.line("card.review.part"), " ".join(entry.text)
    return _change(
        entry.id, "cut", wording, Ask(name="part", label=label, kind="long", value=text, limit=TEXT_LIMIT)
    )


def _move(entry: Quoted, chat: Chat, wording: Wording) -> Iterable[Button]:
    """Give the button that moves a line to another question, where there is another one."""
    choices = tuple((f"question/{opening.question}", f"Q{opening.number}") for opening in chat.openings)
    label = wording.line("card.review.to")
    if entry.id.startswith("question/") and len(dict(choices)) > 1:
        ask = Ask(name="to", label=label, kind="choice", choices=tuple(dict(choices).items()))
        yield _change(entry.id, "move", wording, ask)


def _dropped(chat: Chat, wording: Wording) -> Iterable[Block]:
    latest = {
        change.entry: change.change for change in chat.draft_changes if change.change in ("drop", "restore")
    }
    gone = [entry for entry, change in latest.items() if change == "drop"]
    if gone:
        yield Paragraph(runs=(Run(text=wording.line("card.review.dropped", n=len(gone)), weight="quiet"),))
        yield Buttons(buttons=tuple(_change(entry, "restore", wording) for entry in gone))
