"""Renders a post as Slack's blocks. Every word stands in rich text or plain text, where no sign means anything."""

from dataclasses import dataclass, field
from typing import Any, assert_never

from adapters.slack.settings import LONGEST_POST, MOST_BLOCKS
from adapters.slack.text import cut, fallback
from adapters.slack.wishes import pack
from bot.markup import (
    Block,
    Bullets,
    Button,
    Buttons,
    Content,
    Countdown,
    Fields,
    Heading,
    Paragraph,
    Picture,
    Quote,
    Run,
)
from bot.ports import PostKey, RoomId

Json = dict[str, Any]
MARK = "hc:"
"""Block ids that begin so hold the key of a post: a second marker beside its metadata."""
_LONGEST_ID = 255
_IN_A_ROW = 5  # a phone shows no more side by side
_STYLES = {"main": "primary", "danger": "danger"}
_WEIGHTS: dict[str, Json] = {
    "plain": {},
    "strong": {"style": {"bold": True}},
    "quiet": {"style": {"italic": True}},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a dialog needs to say beside a question of ours: the two buttons under it."""

    yes: str = "OK"
    no: str = "×"


@dataclass(frozen=True, slots=True, kw_only=True)
class Native:
    """A post in Slack's words: its blocks, and the text that stands for them in notifications."""

    text: str
    blocks: list[Json]


def render(
    content: Content,
    room: RoomId,
    *,
    key: PostKey | None = None,
    limit: int = LONGEST_POST,
    words: Words | None = None,
) -> Native:
    """Return *content* as Slack takes it; what is longer than *limit* is cut. *key*: marks the post."""
    making = _Making(room=room, left=limit, words=words or Words())
    for block in content.blocks:
        making.add(block)
    blocks = making.finish()[:MOST_BLOCKS]
    if blocks and key is not None and len(MARK + key) <= _LONGEST_ID:
        blocks[0] = {**blocks[0], "block_id": MARK + key}
    return Native(text=fallback("\n".join(making.said)) or "…", blocks=blocks)


def key_of(blocks: list[Json]) -> str | None:
    """Return the key that the first of *blocks* is marked with."""
    id = str(blocks[0].get("block_id", "")) if blocks else ""
    return id.removeprefix(MARK) if id.startswith(MARK) else None


@dataclass(slots=True, kw_only=True)
class _Making:
    """A message in the making. *left*: letters that still fit. *said*: every line so far."""

    room: RoomId
    left: int
    words: Words
    said: list[str] = field(default_factory=list)
    _blocks: list[Json] = field(default_factory=list)
    _rich: list[Json] = field(default_factory=list)
    _buttons: int = 0

    def add(self, block: Block) -> None:
        """Add *block* in its native form."""
        match block:
            case Heading() | Paragraph() | Countdown():
                self._section(_runs(block))
            case Quote():
                self._quote(block)
            case Bullets():
                self._bullets(block.items)
            case Fields():
                self._fields(block)
            case Buttons():
                self._add_buttons(block.buttons)
            case Picture():
                self._picture(block)
            case _:
                assert_never(block)

    def finish(self) -> list[Json]:
        """Return all blocks."""
        if self._rich:
            self._blocks.append({"type": "rich_text", "elements": self._rich})
            self._rich = []
        return self._blocks

    def _take(self, text: str) -> str:
        taken = cut(text, self.left)
        self.left -= len(taken)
        return taken

    def _elements(self, runs: tuple[Run, ...]) -> list[Json]:
        taken = [(run, self._take(run.text)) for run in runs]
        self.said.append("".join(text for _, text in taken))
        return [_element(run, text) for run, text in taken if text]  # Slack refuses an empty text

    def _section(self, runs: tuple[Run, ...]) -> None:
        if elements := self._elements(runs):
            self._rich.append({"type": "rich_text_section", "elements": elements})

    def _quote(self, quote: Quote) -> None:
        if elements := self._elements((Run(text=quote.text),)):
            self._rich.append({"type": "rich_text_quote", "elements": elements})
        if quote.by or quote.link:
            self._section((Run(text=f"– {quote.by}".strip(), weight="quiet", link=quote.link),))

    def _fields(self, fields: Fields) -> None:
        for label, value in fields.rows:
            self._section((Run(text=label, weight="strong"), Run(text=f" {value}")))

    def _bullets(self, items: tuple[str, ...]) -> None:
        lines = [self._elements((Run(text=item),)) for item in items]
        sections = [{"type": "rich_text_section", "elements": elements} for elements in lines if elements]
        if sections:
            self._rich.append({"type": "rich_text_list", "style": "bullet", "elements": sections})

    def _add_buttons(self, buttons: tuple[Button, ...]) -> None:
        self.finish()
        made = [self._button(button) for button in buttons]
        rows = [made[start : start + _IN_A_ROW] for start in range(0, len(made), _IN_A_ROW)]
        self._blocks += [{"type": "actions", "elements": row} for row in rows]

    def _button(self, button: Button) -> Json:
        self._buttons += 1
        made: Json = {
            "type": "button",
            "action_id": f"b{self._buttons}",
            "text": plain_text(button.label, 75),
            "value": pack(button, self.room),
        }
        if button.style in _STYLES:
            made["style"] = _STYLES[button.style]
        if button.confirm and not button.asks:
            made["confirm"] = self._confirm(button)
        return made

    def _confirm(self, button: Button) -> Json:
        return {
            "title": plain_text(button.label, 100),
            "text": plain_text(button.confirm or "", 300),
            "confirm": plain_text(self.words.yes, 30),
            "deny": plain_text(self.words.no, 30),
        }

    def _picture(self, picture: Picture) -> None:
        self.finish()
        alt = self._take(picture.alt)
        self.said.append(alt)
        self._blocks.append({"type": "image", "image_url": picture.url, "alt_text": cut(alt, 2_000) or "…"})


def _runs(block: Heading | Paragraph | Countdown) -> tuple[Run, ...]:
    match block:
        case Heading():
            return (Run(text=block.text, weight="strong"),)
        case Paragraph():
            return block.runs
        case Countdown():  # nothing ticks on Slack: everybody's own clock time it is
            return Run(text=f"{block.label} "), Run(text=f"{block.until:%H:%M} UTC", at=block.until)


def plain_text(text: str, limit: int) -> Json:
    """Return *text* as an element in which nothing is markup, not even ``:smile:``."""
    return {"type": "plain_text", "text": cut(text, limit) or "…", "emoji": False}


def _element(run: Run, text: str) -> Json:
    if run.at is not None:
        shown = "{date_short_pretty}, {time}"
        at = int(run.at.timestamp())
        return {"type": "date", "timestamp": at, "format": shown, "fallback": text} | _WEIGHTS[run.weight]
    if run.link is not None and run.link.startswith(("http://", "https://")):
        return {"type": "link", "url": run.link, "text": text} | _WEIGHTS[run.weight]
    return {"type": "text", "text": text} | _WEIGHTS[run.weight]
