"""Which stores must keep the promises: one line each."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.store import LeasedStore, open_store
from tests import postgres

PLACES = {
    "memory": lambda folder: "memory:",
    "sqlite": lambda folder: folder / "chats.db",
    "postgres": lambda folder: postgres.server().fresh(),
}


@pytest.fixture(params=PLACES)
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[LeasedStore]:
    """Give an empty store of each kind."""
    opened = await open_store(PLACES[request.param](tmp_path))
    yield opened
    await opened.close()
