"""The pages that the server writes itself: templates with gaps, everything that fills them escaped."""

import re
from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path
from string import Template
from typing import assert_never
from urllib.parse import urlsplit

from aiohttp import web

from adapters.local.words import WORDS, say
from bot.markup import (
    Block,
    Bullets,
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
from bot.ports import Reply, RoomState

FOLDER = Path(__file__).parent / "page"
TYPES = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
}

# In escaped text: neither a bracket nor a quotation mark is left in it.
_ADDRESS = re.compile(r"https?://[^\s]+")


class _Page(Template):
    """A template whose gaps are named like words: ``${page.send}``."""

    idpattern = r"[a-z][a-z0-9._-]*"


def read_assets() -> dict[str, tuple[str, bytes]]:
    """Return type and content of every file that a page may ask for by name."""
    return {
        file.name: (TYPES[file.suffix], file.read_bytes())
        for file in sorted(FOLDER.iterdir())
        if file.suffix in TYPES
    }


def fill(name: str, words: Mapping[str, str], texts: Mapping[str, str], **parts: str) -> str:
    """Return the page *name* with *words* and *texts* escaped; *parts* are markup that was made here."""
    said = {key: escape(say(words, key)) for key in WORDS}
    plain = {key: escape(text) for key, text in texts.items()}
    return _Page((FOLDER / f"{name}.html").read_text("utf-8")).substitute(said | plain | parts)


def plain(state: RoomState, key: str, *, status: int = 200, more: str = "") -> web.Response:
    """Return a page that says one thing, and *more* that was made here."""
    said = state.words.get(key, key)
    texts = {"title": state.title or said, "language": state.language}
    body = f"<p>{escape(said)}</p>" if state.title else ""
    page = fill("plain", state.words, texts, body=body + more)
    return web.Response(text=page, content_type="text/html", status=status)


def options(pairs: Iterable[tuple[str, str]], chosen: str | None = None) -> str:
    """Return the options of a select."""
    return "".join(
        f'<option value="{escape(id)}"{" selected" if id == chosen else ""}>{escape(label)}</option>'
        for id, label in pairs
    )


def problem(text: str) -> str:
    """Return a line that says what to mend, or nothing."""
    return f'<p class="problem" role="alert" id="problem">{escape(text)}</p>' if text else ""


def notice(text: str) -> str:
    """Return a line that says something good to know."""
    return f'<p class="hint-box">{escape(text)}</p>'


def said(answer: Reply) -> str:
    """Return what the core answered."""
    linked = _ADDRESS.sub(r'<a href="\g<0>" rel="noopener noreferrer">\g<0></a>', escape(answer.text))
    return (f"<p>{linked}</p>" if linked else "") + content(answer.content)


def link(path: str, text: str) -> str:
    """Return a link to a page of ours."""
    return f'<p><a class="button main" href="{escape(path)}">{escape(text)}</a></p>'


def content(post: Content | None) -> str:
    """Return *post* as HTML; a plain page has no buttons to press, and nothing that ticks."""
    return "".join(_block(block) for block in post.blocks) if post else ""


def _block(block: Block) -> str:
    match block:
        case Paragraph():
            return f"<p>{''.join(map(_run, block.runs))}</p>"
        case Heading():
            return f"<h2>{escape(block.text)}</h2>"
        case Quote():
            return f"<blockquote><p>{escape(block.text)}</p><footer>{escape(block.by)}</footer></blockquote>"
        case Bullets():
            return f"<ul>{''.join(f'<li>{escape(item)}</li>' for item in block.items)}</ul>"
        case Fields():
            rows = (f"<dt>{escape(label)}</dt><dd>{escape(value)}</dd>" for label, value in block.rows)
            return f"<dl>{''.join(rows)}</dl>"
        case Buttons() | Picture() | Countdown():
            return ""
        case _:
            assert_never(block)


def _run(run: Run) -> str:
    text = escape(run.text)
    if run.weight == "strong":
        text = f"<strong>{text}</strong>"
    if run.link and urlsplit(run.link).scheme in {"http", "https"}:
        text = f'<a href="{escape(run.link)}" rel="noopener noreferrer">{text}</a>'
    return text
