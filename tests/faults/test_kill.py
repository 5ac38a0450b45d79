"""The real bot is killed while a crowd talks in its room; what is left is what the crowd was told."""

from pathlib import Path

from tests import postgres
from tests.faults import kills


async def test_a_bot_that_is_killed_loses_and_doubles_nothing(tmp_path: Path) -> None:
    """Killed five times while it starts, hears, posts and publishes; `tests.faults.kills` does it fifty times."""
    harm = kills.Harm(kills=5, later=(0.7, 1.7), down=0.2)

    outcome = await kills.run(tmp_path, harm, seed=7, people=4)

    assert outcome.is_sound, outcome
    assert outcome.messages > 0
    assert outcome.questions > 0
    assert outcome.parts > 0


async def test_a_standby_takes_over_from_the_dead_and_from_the_frozen(tmp_path: Path) -> None:
    """Two processes on one PostgreSQL: whichever has the chat is killed or frozen, and nobody loses a word."""
    harm = kills.Harm(kills=2, pauses=1, later=(1.0, 2.0), down=0.0)

    outcome = await kills.run_pair(tmp_path, postgres.server().fresh(), harm, seed=7, people=4)

    assert outcome.is_sound, outcome
    assert outcome.messages > 0
    assert outcome.questions > 0
    assert outcome.parts > 0
