"""Discord's Markdown: plain text in, the same text on the screen, whatever signs it is made of."""

import re
import unicodedata
from datetime import datetime
from urllib.parse import quote

# Discord takes all of this for an address and shows it as it is, backslashes too: so none may be put in.
_ADDRESS = re.compile(r"(?:https?|steam)://[^\s<]+")
# One that holds signs of markup is no link: then it shows as it was written.
_LINKED = re.compile(r"https?://[^\s<>*`|\\\[\]\"]+[\]\"'.,:;)]*")
_MARKUP = re.compile(r"[\\*_~`|<>\[\]@#]")
# Lists, headings and small print only begin where a line does.
_LINE_START = re.compile(r"^(\s*)(-|\d+(?=\.))", re.MULTILINE)
_JOINER = "\u200d"


def escape(text: str) -> str:
    """Return Markdown that Discord shows as *text*, letter by letter; addresses become links by themselves."""
    parts: list[str] = []
    end = 0
    for address in _ADDRESS.finditer(text):
        is_alone = (
            text[address.end() : address.end() + 1] != "<"
        )  # its backslash would be taken for more address
        whole = address[0] if is_alone and _LINKED.fullmatch(address[0]) else _unlinked(address[0])
        parts += [_escape(text[end : address.start()]), whole]
        end = address.end()
    return _at_line_starts("".join([*parts, _escape(text[end:])]))


def escape_all(text: str) -> str:
    """Return Markdown that shows *text* and links nothing: what stands inside a link of ours."""
    return _at_line_starts(_unlinked(text))


def _unlinked(text: str) -> str:
    return _escape(text).replace("://", ":\\//")


def _escape(text: str) -> str:
    return _MARKUP.sub(r"\\\g<0>", text)


def _at_line_starts(text: str) -> str:
    return _LINE_START.sub(
        lambda found: found[1] + (f"\\{found[2]}" if found[2] == "-" else f"{found[2]}\\"), text
    )


def strong(markdown: str) -> str:
    """Return *markdown* in bold; the space at its edges stays outside, where Discord wants it."""
    inner = markdown.strip()
    if not inner:
        return markdown
    before, after = markdown[: markdown.index(inner)], markdown[markdown.index(inner) + len(inner) :]
    return f"{before}**{inner}**{after}"


def link(text: str, address: str) -> str:
    """Return *text* leading to *address*; only the text when that is no web address."""
    if not re.match(r"https?://", address):
        return escape(text)
    safe = quote(address, safe=":/?#&=%+,;@!$'*~.-_")
    return safe if text == address else f"[{escape_all(text)}](<{safe}>)"


def moment(at: datetime, style: str = "F") -> str:
    """Return *at* as everybody's own wall time; with style ``R``: how long until then."""
    return f"<t:{int(at.timestamp())}:{style}>"


def cut(text: str, limit: int) -> str:
    """Return plain *text* in at most *limit* code points, cut between what people see as characters."""
    if len(text) <= limit:
        return text
    end = limit - 1
    while end > 0 and _joins(text[end - 1], text[end]):
        end -= 1
    return text[:end].rstrip() + "…"


def _joins(before: str, after: str) -> bool:
    """Return whether both belong to one character; two flags side by side are rather kept together than torn."""
    return (
        _JOINER in {before, after}
        or unicodedata.category(after) in {"Mn", "Mc", "Me"}
        or 0x1F3FB <= ord(after) <= 0x1F3FF
        or (_is_flag(before) and _is_flag(after))
    )


def _is_flag(character: str) -> bool:
    return 0x1F1E6 <= ord(character) <= 0x1F1FF


# What may not be torn: an escape, bold begun or ended, a link, a moment, an address; else single letters.
_WHOLE = re.compile(r"\\.|\*\*|\[(?:\\.|[^\]\\])*\]\(<[^>]*>\)|<t:\d+:\w>|https?://[^\s<*]+|.", re.DOTALL)


def cut_markdown(markdown: str, limit: int) -> str:
    """Return *markdown* of ours in at most *limit* code points, with nothing of it left half open."""
    if len(markdown) <= limit:
        return markdown
    room, end, is_bold = limit - len("…**"), 0, False
    for whole in _WHOLE.finditer(markdown):
        if whole.end() > room:
            break
        end, is_bold = whole.end(), is_bold != (whole[0] == "**")
    while end > 0 and _joins(markdown[end - 1], markdown[end]):
        end -= 1
    return markdown[:end].rstrip() + "…" + ("**" if is_bold else "")
