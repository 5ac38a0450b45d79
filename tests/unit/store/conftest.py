"""A store in a file of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.store import LeasedStore, open_store


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Give the name of a store file that is not there yet, in a folder that is not there yet."""
    return tmp_path / "kept" / "chats.db"


@pytest.fixture
async def store(file: Path) -> AsyncIterator[LeasedStore]:
    """Give an empty store in that file."""
    opened = await open_store(file)
    yield opened
    await opened.close()
