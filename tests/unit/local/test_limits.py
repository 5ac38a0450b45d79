"""Nobody can flood the room, and nobody pays for somebody else's flood."""

import pytest

from adapters.local.limits import Limit, Rate

RATE = Rate(burst=3, per_minute=60)


def test_a_burst_is_let_through_and_then_slowed() -> None:
    """Three quick messages are fine; the fourth waits for a second."""
    limit = Limit(RATE)

    assert [limit.take("ann", 100.0) for _ in range(4)] == [0.0, 0.0, 0.0, 1.0]


def test_waiting_as_told_is_enough() -> None:
    """Whoever waits as long as they were told gets through."""
    limit = Limit(RATE)
    for _ in range(3):
        limit.take("ann", 0.0)

    assert limit.take("ann", 0.5) == pytest.approx(0.5)
    assert limit.take("ann", 1.0) == 0.0


def test_one_persons_flood_slows_nobody_else() -> None:
    """Somebody who hammers the room leaves the others as quick as before."""
    limit = Limit(RATE)
    for _ in range(100):
        limit.take("flood", 0.0)

    assert limit.take("ann", 0.0) == 0.0


def test_silence_saves_up_no_more_than_one_burst() -> None:
    """An hour of silence does not buy an hour's worth of messages."""
    limit = Limit(RATE)
    limit.take("ann", 0.0)

    assert sum(limit.take("ann", 3_600.0) == 0.0 for _ in range(10)) == 3


def test_a_clock_that_went_back_gives_nothing() -> None:
    """A clock that is set back makes no tokens and breaks nothing."""
    limit = Limit(RATE)
    for _ in range(3):
        limit.take("ann", 100.0)

    assert limit.take("ann", 50.0) > 0


def test_only_so_many_names_are_remembered() -> None:
    """A flood of new names cannot fill the memory; the one who was longest away is forgotten."""
    limit = Limit(RATE, at_most=2)
    for _ in range(3):
        limit.take("ann", 0.0)
    for name in ("bo", "cy", "di"):
        limit.take(name, 0.0)

    assert limit.take("ann", 0.0) == 0.0
