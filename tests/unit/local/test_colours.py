"""Text on the page can be read by people with weak sight, by day and by night."""

import re

import pytest

from adapters.local.paper import FOLDER

STYLE = (FOLDER / "style.css").read_text("utf-8")
ROOM = (FOLDER / "room.css").read_text("utf-8")
# WCAG 2.2, success criterion 1.4.3 for text and 1.4.11 for the edges of fields and buttons.
TEXT, EDGE = 4.5, 3.0
PAIRS = [
    *(
        (ink, paper, TEXT)
        for ink in ("ink", "soft")
        for paper in ("paper", "raised", "sunken", "accent-soft")
    ),
    *(("accent", paper, TEXT) for paper in ("paper", "raised", "accent-soft")),
    ("accent-ink", "accent", TEXT),
    ("card-ink", "card", TEXT),
    *((colour, paper, TEXT) for colour in ("warm", "bad") for paper in (f"{colour}-soft", "raised", "paper")),
    ("warm", "accent-soft", TEXT),
    ("warm", "sunken", TEXT),
    ("ink", "bad-soft", TEXT),
    *(("edge", paper, EDGE) for paper in ("paper", "raised")),
]


def colours(scheme: str) -> dict[str, str]:
    """Return the named colours of one scheme."""
    light, dark = STYLE.split("@media (prefers-color-scheme: dark)", 1)
    text = light if scheme == "light" else dark.split("@media", 1)[0]
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", text))


def luminance(colour: str) -> float:
    """Return the relative luminance of *colour*."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "paper", "least"), PAIRS)
def test_text_stands_out_from_its_paper(scheme: str, ink: str, paper: str, least: float) -> None:
    """Every colour of text has enough contrast with every paper it stands on."""
    named = colours(scheme)

    assert contrast(named[ink], named[paper]) >= least


def test_initials_stand_out_from_their_circle() -> None:
    """The letters in the coloured circles can be read in both schemes."""
    circles = re.findall(r"\.hue-\d \{ background: (#[0-9a-f]{6}); color: (#[0-9a-f]{6}); \}", ROOM)

    assert len(circles) == 16
    assert min(contrast(*circle) for circle in circles) >= TEXT
