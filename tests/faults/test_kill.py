"""The real bot is killed while a crowd talks in its room; what is left is what the crowd was told."""

from pathlib import Path

from tests.faults import kills


async def test_a_bot_that_is_killed_loses_and_doubles_nothing(tmp_path: Path) -> None:
    """Killed five times while it starts, hears, posts and publishes; `tests.faults.kills` does it fifty times."""
    outcome = await kills.run(tmp_path, kills=5, seed=7, people=4, later=(1.5, 2.5), down=0.2)

    assert outcome.is_sound, outcome
    assert outcome.messages > 0
    assert outcome.questions > 0
    assert outcome.parts > 0
