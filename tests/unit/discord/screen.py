"""What Discord shows of a text, by the rules of its own Markdown; anything that acts as markup is an error."""

import re

_ADDRESS = re.compile(r"(?:https?|steam)://[^\s<]+[^<.,:; \"'\]\s]")
_ESCAPED = re.compile(r"\\([^0-9A-Za-z\s])")
_BLOCK = re.compile(r"\s*(?:[-*] |-# |\d+\. |#{1,3} |> )")
_ACTING = frozenset("*_~`|<>[@#")


class ActsAsMarkup(AssertionError):
    """A letter of the text would not be shown."""


def shown(markdown: str) -> str:
    """Return the letters that people see. Raises: ActsAsMarkup."""
    letters: list[str] = []
    place = 0
    while place < len(markdown):
        if (place == 0 or markdown[place - 1] == "\n") and _BLOCK.match(markdown, place):
            raise ActsAsMarkup(f"a block at {place} of {markdown!r}")
        if found := _ADDRESS.match(markdown, place):
            letters.append(found[0])
        elif found := _ESCAPED.match(markdown, place):
            letters.append(found[1])
        elif markdown[place] in _ACTING:
            raise ActsAsMarkup(f"{markdown[place]!r} at {place} of {markdown!r}")
        else:
            letters.append(markdown[place])
        place = found.end() if found else place + 1
    return "".join(letters)
