"""The rules of a time zone change before a chat that is planned: it begins when its people's clocks say so."""

import zoneinfo
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from importlib.resources import files
from pathlib import Path

from tests.faults.test_restarts import HOURS, STARTS, World


@contextmanager
def new_rules(folder: Path, zone: str, like: str) -> Iterator[None]:
    """Have *zone* go by the rules of the zone *like*, as after an update of the machine's zone data."""
    file = folder / zone
    file.parent.mkdir(parents=True)
    file.write_bytes(files("tzdata").joinpath("zoneinfo", like).read_bytes())
    try:
        zoneinfo.reset_tzpath(to=[folder])
        zoneinfo.ZoneInfo.clear_cache()
        yield
    finally:
        zoneinfo.reset_tzpath()
        zoneinfo.ZoneInfo.clear_cache()


async def test_a_zone_whose_rules_change_keeps_the_local_time(tmp_path: Path) -> None:
    """Planned for 19:00 in London, it begins at 19:00 in London, and the room reads once more when that is."""
    world = World(tmp_path)
    await world.live(until=-25 * HOURS)

    with new_rules(tmp_path / "zones", "Europe/London", like="Europe/Paris"):
        await world.live(until=-20 * HOURS)
        async with world._running() as service:
            [facilitator] = service.roster
            starts_at = facilitator.chat.starts_at

    assert starts_at == STARTS - timedelta(hours=1)
    assert [key.split("/")[1] for key in world.platform.keys("fake/main")].count("plan-changed") == 1
