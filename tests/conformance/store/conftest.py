"""Which stores must keep the promises: one line each."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.store import LeasedStore, open_store
from tests import postgres
from tests.sim.disk import Disk, DiskStore

PLACES = {
    "memory": lambda folder: "memory:",
    "sqlite": lambda folder: folder / "chats.db",
    "postgres": lambda folder: postgres.server().fresh(),
    "simulated": lambda folder: DiskStore(Disk()),
}


@pytest.fixture(params=PLACES)
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[LeasedStore]:
    """Give an empty store of each kind."""
    place = PLACES[request.param](tmp_path)
    opened = place if isinstance(place, DiskStore) else await open_store(place)
    yield opened
    await opened.close()
