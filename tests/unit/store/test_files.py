"""A store file is made for us alone, found again, and refused when it is not ours or not for us."""

import shutil
import sqlite3
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from bot.errors import BadInput, OwnedByAnother, StoreUnusable
from bot.ports import Checkpoint
from bot.store import MemoryStore, open_store
from bot.store.lease import FileLock
from bot.store.schema import REVISION
from tests.conformance.store.examples import CHAT, ROOM, events, heard, mark, met, minute, post, said, seen


def mode(path: Path) -> int:
    """Return who may do what with *path*."""
    return stat.S_IMODE(path.stat().st_mode)


def change(file: Path, statement: str) -> None:
    """Change a store behind its back."""
    connection = sqlite3.connect(file)
    connection.execute(statement)
    connection.commit()
    connection.close()


def overwrite(file: Path, *, after: int) -> None:
    """Overwrite the bytes of *file* that follow *after*, as a failing disk might."""
    raw = bytearray(file.read_bytes())
    raw[after:] = b"\x5a" * (len(raw) - after)
    file.write_bytes(raw)


def content(file: Path) -> bytes:
    """Return every byte of *file*."""
    return file.read_bytes()


async def made(file: Path) -> None:
    """Make a store with one event in it, and close it."""
    store = await open_store(file)
    await store.append(events(1))
    await store.close()


async def test_everything_is_found_again(file: Path) -> None:
    """After a restart the store holds what it held: log, words, people, sightings, line, checkpoints."""
    store = await open_store(file)
    batch = replace(events(1), words=(said(1, "Rest helps."),), sightings=(seen(1),), people=(met(),))
    point = Checkpoint(room=ROOM, at=minute(2), position="17")
    await store.append(
        replace(batch, posts=(post("q1"), post("q2")), checkpoints=(point,), source="winter.toml")
    )
    await store.mark(mark("q1", "posted"), epoch=0)
    await store.close()

    store = await open_store(f"sqlite+aiosqlite:///{file}")

    assert (await store.load(CHAT)).events == (heard(1),)
    assert (await store.load(CHAT)).sightings == (seen(1),)
    assert [text.text for text in await store.words(CHAT)] == ["Rest helps."]
    assert await store.acquaintance("local", "u-ann") == met()
    assert [row.post.key for row in await store.unsent()] == ["q2"]
    assert list(await store.delivered(CHAT)) == ["q1"]
    assert await store.checkpoint(ROOM) == point
    assert [row.source for row in await store.chats()] == ["winter.toml"]
    await store.close()


async def test_only_we_can_read_the_file(file: Path) -> None:
    """What people said is nobody else's on the machine: not the file, not what stands beside it, not the folder."""
    store = await open_store(file)
    await store.lease.acquire("bot 1")
    await store.append(events(1, epoch=1))

    assert mode(file.parent) == 0o700
    assert {path.name: mode(path) for path in file.parent.iterdir()} == dict.fromkeys(
        ("chats.db", "chats.db-wal", "chats.db-shm", "chats.db.lock"), 0o600
    )
    await store.lease.release()
    await store.close()


async def test_an_odd_name_is_a_name(tmp_path: Path) -> None:
    """A file may be called what its organiser likes."""
    file = tmp_path / "Ann's 100% chats?mode=ro#1 é.db"
    await made(file)

    assert file.exists()


async def test_memory_is_a_place() -> None:
    """A replay that keeps nothing asks for memory by name."""
    assert isinstance(await open_store("memory:"), MemoryStore)


async def test_another_kind_of_store_is_refused() -> None:
    """An address that we cannot open is bad input, told without the password in it."""
    with pytest.raises(BadInput, match="no kind of store: mysql") as caught:
        await open_store("mysql://ann:secret@localhost/chats")

    assert "secret" not in str(caught.value)


async def test_a_place_that_cannot_hold_a_file_is_refused(tmp_path: Path) -> None:
    """A folder, or a folder inside a file, is bad input: one sentence with the place and the fix."""
    (tmp_path / "plan.toml").write_text("")

    for place in (tmp_path, tmp_path / "plan.toml" / "chats.db"):
        with pytest.raises(BadInput, match="no store can be kept there") as caught:
            await open_store(place)
        assert str(caught.value).startswith(str(place))


async def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    """Somebody who names the wrong file loses nothing."""
    file = tmp_path / "notes.txt"
    file.write_text("Things to ask the guest on Thursday.\n" * 200)
    before = file.read_bytes()

    with pytest.raises(StoreUnusable, match="SQLITE_NOTADB"):
        await open_store(file)

    assert file.read_bytes() == before


async def test_somebody_elses_database_is_left_alone(tmp_path: Path) -> None:
    """A database of another program is named as such, and nothing is added to it."""
    file = tmp_path / "photos.db"
    change(file, "CREATE TABLE photos (id INTEGER)")

    with pytest.raises(StoreUnusable, match="not one of ours"):
        await open_store(file)

    connection = sqlite3.connect(file)
    assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("photos",)]
    connection.close()


async def test_a_newer_store_is_refused(file: Path) -> None:
    """An older bot does not touch the store of a newer one, and says which is which."""
    await made(file)
    change(file, "UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(
        StoreUnusable, match=rf"is at revision 9999, .* knows up to {REVISION}; update the bot"
    ):
        await open_store(file)


async def test_an_older_store_is_brought_up_to_date(file: Path) -> None:
    """A store of the first version opens with all that it held, and with the tables of today."""
    await made(file)
    change(file, "DROP TABLE tenures")
    change(file, "UPDATE alembic_version SET version_num = '0001'")

    store = await open_store(file)

    assert (await store.load(CHAT)).events == (heard(1),)
    await store.close()
    change(file, "INSERT INTO tenures (epoch, expires) VALUES (1, 1)")


async def test_a_store_is_not_migrated_under_a_running_bot(file: Path) -> None:
    """While another version runs on the store, its tables stay as they are."""
    file.parent.mkdir()
    lock = FileLock(file.with_name("chats.db.lock"))
    lock.take("bot 1")

    with pytest.raises(OwnedByAnother, match="bot 1"):
        await open_store(file)

    lock.drop()
    await made(file)


async def test_a_damaged_event_is_named(file: Path) -> None:
    """Chat and version of what cannot be read are told, so that somebody can look."""
    await made(file)
    change(file, "UPDATE events SET body = '{'")
    store = await open_store(file)

    with pytest.raises(StoreUnusable, match=f"chat {CHAT}, version 1: message-heard/1 is damaged"):
        await store.load(CHAT)

    await store.close()


async def test_a_damaged_file_is_named(file: Path) -> None:
    """A file whose pages were overwritten is unusable, and says so when it is read."""
    store = await open_store(file)
    await store.append(events(*range(500)))
    await store.close()
    overwrite(file, after=8_192)
    store = await open_store(file)

    with pytest.raises(StoreUnusable, match="damaged"):
        await store.load(CHAT)

    await store.close()


async def test_a_copy_is_a_backup(file: Path, tmp_path: Path) -> None:
    """After a clean stop the one file is the whole store: copied elsewhere, it opens."""
    await made(file)
    assert [path.name for path in file.parent.iterdir()] == ["chats.db", "chats.db.lock"]
    shutil.copy(file, tmp_path / "backup.db")

    store = await open_store(tmp_path / "backup.db")

    assert (await store.load(CHAT)).events == (heard(1),)
    await store.close()


async def test_a_file_with_a_damaged_page_has_no_owner(file: Path) -> None:
    """A store is examined before a bot takes it, not in the middle of an hour: nothing is written into it."""
    store = await open_store(file)
    await store.append(events(*range(500)))
    await store.close()
    overwrite(file, after=40_960)
    before = content(file)
    store = await open_store(file)

    with pytest.raises(StoreUnusable, match="python -m bot restore FILE"):
        await store.lease.acquire("bot 1")

    await store.close()
    assert content(file) == before
    lock = FileLock(file.with_name("chats.db.lock"))
    lock.take("bot 2")
    lock.drop()
