"""Last night's backup, put back into a season that went on: what the room has read already it does not read again."""

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from bot.cli.backup import put_back
from bot.ports import PostKey
from bot.store.backup import Copy, make
from tests.faults.test_restarts import ROOM, SAID, World, at, without_last_thoughts


class Season(World):
    """A world whose store is backed up and put back."""

    @property
    def store(self) -> Path:
        """Return the file that the chats are kept in."""
        return self.folder / "chats.db"

    def back_up(self) -> Copy:
        """Return a copy of the store as it stands now."""
        file = self.folder / "last-night.backup"
        return make(self.store, file, secret=None, at=self.clock.now(), watch=lambda _: None, force=False)

    async def restore(self, copy: Copy) -> None:
        """Put *copy* back, and take a minute to start the bot again."""
        await put_back(copy, self.store, at=self.clock.now(), watch=lambda _: None)
        self.clock.step(self.clock.now() + timedelta(minutes=1))

    def looked_up(self) -> set[PostKey]:
        """Return the posts that were looked for in the room."""
        return {key for what, key in self.platform.asked if what == "look_up"}


@pytest.mark.parametrize("restored_at", [9, 31, 55, 61, 125])
async def test_what_is_public_already_is_recognised_after_a_restore(
    tmp_path: Path, restored_at: float
) -> None:
    """A backup of the night before, put back in the middle of the hour, at its end, after the summary."""
    season = Season(tmp_path)
    await season.live(until=-20)
    copy = season.back_up()
    await season.live(until=restored_at)
    public = Counter(season.platform.keys(ROOM))

    await season.restore(copy)
    await season.live(until=190)

    assert Counter(season.platform.keys(ROOM)) >= public
    assert [text for text, count in Counter(season.platform.texts(ROOM)).items() if count > 1] == []
    assert len(season.platform.keys(ROOM)) == len(set(season.platform.keys(ROOM)))


async def test_what_the_lost_hours_never_said_is_said(tmp_path: Path) -> None:
    """Put back before anything else was said, the backup costs the room nothing: the hour goes on as planned."""
    season = Season(tmp_path)
    await season.live(until=-20)
    await season.restore(season.back_up())

    await season.live(until=190)

    assert without_last_thoughts(season) == SAID
    assert len(season.parts()) == 1


async def test_a_chat_planned_after_the_restore_is_never_in_doubt(tmp_path: Path) -> None:
    """Only what the backup knew may have been posted without it: what is new is posted without a look."""
    season = Season(tmp_path)
    (tmp_path / "chat.toml").rename(tmp_path / "chat.kept")
    await season.live(until=-25 * 60)
    await season.restore(season.back_up())
    (tmp_path / "chat.kept").rename(tmp_path / "chat.toml")
    season.clock.step(at(-25 * 60 + 1))

    await season.live(until=130)

    assert season.looked_up() == set()
    assert "q2" in without_last_thoughts(season)
