"""Charts: bars measured here and drawn by the page's template, beside the same numbers as text."""

from dataclasses import dataclass

from bot.summary.document import Number, Point

WIDTH, HEIGHT, TICKS = 640, 112, 6
FEW = 24
"""Series with at most so many points are lying bars with a label each; longer ones are columns over time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One upright bar."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """What stands under a chart, *at* so many per cent of its width."""

    at: float
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """A course over time."""

    width: int
    height: int
    columns: tuple[Column, ...]
    ticks: tuple[Tick, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One lying bar, *share* of the longest (0 to 100)."""

    label: str
    value: float
    share: float


def columns(number: Number) -> Columns | None:
    """Return the course that *number* took, None when it has few points or none."""
    points = number.series
    if len(points) <= FEW:
        return None
    top = max(point.value for point in points) or 1
    step = WIDTH / len(points)
    drawn = tuple(_column(point, place * step, step, top) for place, point in enumerate(points))
    every = len(points) // TICKS
    marked = list(enumerate(points))[: every * TICKS : every]
    ticks = tuple(Tick(at=round(100 * place / len(points), 2), label=point.label) for place, point in marked)
    return Columns(width=WIDTH, height=HEIGHT, columns=drawn, ticks=ticks)


def _column(point: Point, left: float, step: float, top: float) -> Column:
    height = point.value / top * HEIGHT
    return Column(
        x=round(left + step * 0.1, 2),
        y=round(HEIGHT - height, 2),
        width=round(step * 0.8, 2),
        height=round(height, 2),
    )


def bars(number: Number) -> tuple[Bar, ...]:
    """Return a lying bar for each part of *number*."""
    top = max((point.value for point in number.series), default=0) or 1
    return tuple(
        Bar(label=point.label, value=point.value, share=round(100 * point.value / top, 2))
        for point in number.series
    )
