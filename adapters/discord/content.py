"""A `Content` as a Discord message: Markdown, pictures, buttons or menus under it; none of it ever mentions anybody."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, assert_never

from adapters.discord import wishes
from adapters.discord.settings import LONGEST_TEXT
from adapters.discord.text import cut, cut_markdown, escape, link, moment, strong
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
from bot.ports import RoomId

Json = dict[str, Any]
_T = TypeVar("_T")
ROWS, IN_A_ROW, IN_A_MENU = 5, 5, 25
LONGEST_LABEL, LONGEST_OPTION, LONGEST_ALT = 80, 100, 1_024
MOST_PICTURES = 10
NO_MENTIONS: Json = {"parse": []}
EPHEMERAL, NO_PREVIEWS = 1 << 6, 1 << 2

_ROW, _BUTTON, _MENU = 1, 2, 3
_STYLES = {"main": 1, "plain": 2, "danger": 4}


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What a message is put into: its *room*, the *mark* it is found again by, and the *standing* button under it."""

    room: RoomId
    mark: str = ""
    standing: Button | None = None


def message(content: Content, frame: Frame) -> Json:
    """Return what to send to Discord for *content*."""
    body: Json = {
        "content": cut_markdown(markdown(content.blocks), LONGEST_TEXT),
        "components": components(content.blocks, frame),
        "allowed_mentions": NO_MENTIONS,
    }
    pictures = [_picture(block) for block in content.blocks if isinstance(block, Picture)]
    if pictures:
        body["embeds"] = pictures[:MOST_PICTURES]
    else:
        body["flags"] = NO_PREVIEWS  # a preview would show words that nobody has checked
    return body


def markdown(blocks: Sequence[Block]) -> str:
    """Return what *blocks* say as Discord's Markdown."""
    return "\n".join(line for block in blocks for line in _lines(block)).strip()


def _lines(block: Block) -> Iterator[str]:
    match block:
        case Heading():
            yield f"### {escape(_one_line(block.text))}"
        case Paragraph():
            yield _paragraph(block)
        case Quote():
            yield from _quote(block)
        case Bullets():
            yield from (f"- {escape(_one_line(item))}" for item in block.items)
        case Fields():
            yield from (f"{strong(escape(label))} {escape(value)}" for label, value in block.rows)
        case Countdown():
            yield f"{escape(block.label)} {moment(block.until, 'R')}"
        case Buttons() | Picture():
            pass
        case _:
            assert_never(block)


def _paragraph(block: Paragraph) -> str:
    text = "".join(_run(run) for run in block.runs)
    if block.runs and all(run.weight == "quiet" for run in block.runs):
        return "\n".join(f"-# {line}" if line.strip() else line for line in text.split("\n"))
    return text


def _run(run: Run) -> str:
    if run.at is not None:
        text = moment(run.at)
    elif run.link is not None:
        text = link(run.text, run.link)
    else:
        text = escape(run.text)
    return strong(text) if run.weight == "strong" else text


def _quote(block: Quote) -> Iterator[str]:
    yield from (f"> {line}" for line in escape(block.text).split("\n"))
    if block.by or block.link:
        by = f"— {block.by}" if block.by else "↗"
        yield f"> -# {link(by, block.link) if block.link else escape(by)}"


def _one_line(text: str) -> str:
    return " ".join(text.split("\n"))


def _picture(block: Picture) -> Json:
    return {"image": {"url": block.url}, "description": cut(escape(block.alt), LONGEST_ALT)}


# --- buttons ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Offer:
    """A button and the words above it, which say what it is about."""

    button: Button
    about: str


def components(blocks: Sequence[Block], frame: Frame) -> list[Json]:
    """Return the rows under a message: the first buttons as buttons, those about single lines as menus.

    Discord has room for five rows. Menus hold 25 wishes each; what goes beyond them is left out, last first.
    """
    offers = _offers(blocks)
    first, rest = (offers[0], offers[1:]) if offers else ([], [])
    buttons = [offer.button for offer in first]
    if frame.standing is not None:
        buttons.append(frame.standing)
    numbers = iter(range(1_000))
    rows = [_row(_buttons(part, frame, numbers)) for part in _parts(buttons, IN_A_ROW)][:ROWS]
    others = [offer for about in rest for offer in about]
    menus = [_row([_menu(part, frame, numbers)]) for part in _parts(others, IN_A_MENU)]
    return [*rows, *menus[: ROWS - len(rows)]]


def _offers(blocks: Sequence[Block]) -> list[list[_Offer]]:
    offers: list[list[_Offer]] = []
    about = ""
    for block in blocks:
        if isinstance(block, Buttons):
            offers.append([_Offer(button, about) for button in block.buttons])
        elif isinstance(block, Quote | Heading):
            about = block.text
        elif isinstance(block, Paragraph):
            about = "".join(run.text for run in block.runs)
    return [offer for offer in offers if offer]


def _row(inside: list[Json]) -> Json:
    return {"type": _ROW, "components": inside}


def _buttons(wished: Sequence[Button], frame: Frame, numbers: Iterator[int]) -> list[Json]:
    return [
        {
            "type": _BUTTON,
            "style": _STYLES[wish.style],
            "label": cut(wish.label, LONGEST_LABEL),
            "custom_id": wishes.custom_id(wish, frame.room, frame.mark, next(numbers)),
        }
        for wish in wished
    ]


def _menu(offers: Sequence[_Offer], frame: Frame, numbers: Iterator[int]) -> Json:
    return {
        "type": _MENU,
        "custom_id": wishes.menu_id(frame.mark, next(numbers)),
        "options": [_option(offer, frame, number) for offer, number in zip(offers, numbers, strict=False)],
    }


def _option(offer: _Offer, frame: Frame, number: int) -> Json:
    option: Json = {
        "label": cut(offer.button.label, LONGEST_OPTION),
        "value": wishes.custom_id(offer.button, frame.room, frame.mark, number),
    }
    if about := _one_line(offer.about).strip():
        option["description"] = cut(about, LONGEST_OPTION)
    return option


def _parts(things: Sequence[_T], size: int) -> list[Sequence[_T]]:
    return [things[start : start + size] for start in range(0, len(things), size)]
