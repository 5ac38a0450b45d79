"""A copy of a store file is whole and verified, or there is none; put back, it never leaves the place half filled."""

import shutil
import sqlite3
import stat
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.core.names import WordKey
from bot.errors import BadInput, StoreUnusable
from bot.store import LeasedStore, open_store
from bot.store.backup import Copy, examine, make, put_in_place, unpack
from tests.conformance.store.examples import CHAT, events, heard, minute, post, said

SECRET = "s3cret"
RUBBISH = b"rubbish" * 1_000
AT = datetime(2026, 12, 4, 3, 0, tzinfo=UTC)


def backed_up(store: Path, file: Path, *, secret: str | None = SECRET, force: bool = False) -> Copy:
    """Return the copy of *store* in *file*."""
    return make(store, file, secret=secret, at=AT, watch=lambda _: None, force=force)


def put_back(copy: Copy, store: Path) -> Path | None:
    """Put *copy* in the place of *store*; return where the old one is."""
    return put_in_place(unpack(copy, store, lambda _: None), store)


def mode(file: Path) -> int:
    """Return who may do what with *file*."""
    return stat.S_IMODE(file.stat().st_mode)


def names(folder: Path) -> list[str]:
    """Return the files of *folder*."""
    return sorted(path.name for path in folder.iterdir() if path.is_file())


def rot(file: Path, change: Callable[[bytearray], None]) -> None:
    """Change the bytes of *file*, as a failing disk might."""
    raw = bytearray(file.read_bytes())
    change(raw)
    file.write_bytes(raw)


def change(file: Path, statement: str) -> None:
    """Change a file behind everybody's back."""
    connection = sqlite3.connect(file)
    connection.execute(statement)
    connection.commit()
    connection.close()


def _flip_a_bit(raw: bytearray) -> None:
    raw[raw.index(b"m-250")] ^= 1


def _wipe_pages(raw: bytearray) -> None:
    raw[8_192:] = b"\x5a" * (len(raw) - 8_192)


def _replace(raw: bytearray) -> None:
    raw[:] = RUBBISH


async def test_a_store_in_use_is_copied(file: Path, store: LeasedStore, tmp_path: Path) -> None:
    """What was durable when it began is in the copy, and the bot writes on meanwhile."""
    await store.append(replace(events(1), words=(said(1, "Rest helps."),), posts=(post("q1"),)))

    copy = backed_up(file, tmp_path / "kept.db")
    await store.append(events(2, expected=1))

    assert copy.counts == {"chats": 1, "events": 1, "words": 1, "people": 0, "outbox": 1}
    assert examine(copy.file) == copy
    assert copy.made_at == AT
    assert copy.secret == SECRET


async def test_a_copy_is_for_us_alone(file: Path, store: LeasedStore, tmp_path: Path) -> None:
    """It holds what people said: nobody else on the machine may read it, and nothing half-made stays behind."""
    await store.append(events(1))

    copy = backed_up(file, tmp_path / "kept.db")

    assert mode(copy.file) == 0o600
    assert names(tmp_path) == ["kept.db"]


async def test_a_file_that_is_there_is_not_overwritten(
    file: Path, store: LeasedStore, tmp_path: Path
) -> None:
    """A slip of the fingers costs nobody last week's backup, unless they insist."""
    await store.append(events(1))
    (tmp_path / "kept.db").write_text("the only picture of my cat")

    with pytest.raises(BadInput, match="--force"):
        backed_up(file, tmp_path / "kept.db")

    assert (tmp_path / "kept.db").read_text() == "the only picture of my cat"
    assert backed_up(file, tmp_path / "kept.db", force=True).counts["events"] == 1


async def test_a_damaged_store_is_not_copied_over_a_good_backup(file: Path, tmp_path: Path) -> None:
    """What cannot be read whole leaves the backup of yesterday where it is."""
    store = await open_store(file)
    await store.append(events(*range(500)))
    await store.close()
    good = backed_up(file, tmp_path / "kept.db")
    rot(file, _wipe_pages)

    with pytest.raises(StoreUnusable, match="damaged"):
        backed_up(file, tmp_path / "kept.db", force=True)

    assert examine(good.file) == good


async def test_a_backup_with_one_flipped_bit_is_refused(
    file: Path, store: LeasedStore, tmp_path: Path
) -> None:
    """A copy that rotted on its disk is found out before it replaces anything."""
    await store.append(events(*range(500)))
    copy = backed_up(file, tmp_path / "kept.db")
    rot(copy.file, _flip_a_bit)

    with pytest.raises(StoreUnusable, match="not as it was written"):
        examine(copy.file)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DELETE FROM events WHERE version = 2", "holes"),
        ("UPDATE alembic_version SET version_num = '9999'", "newer version"),
        ("DROP TABLE alembic_version", "no backup of ours"),
    ],
)
async def test_a_backup_that_cannot_be_used_says_why(
    file: Path, store: LeasedStore, tmp_path: Path, statement: str, said: str
) -> None:
    """A log with a hole, a newer bot's file, somebody else's file."""
    await store.append(events(1, 2, 3))
    copy = backed_up(file, tmp_path / "kept.db")
    change(copy.file, statement)

    with pytest.raises(StoreUnusable, match=said):
        examine(copy.file)


async def test_nothing_to_copy_is_bad_input(tmp_path: Path) -> None:
    """A wrong path makes no empty backup, and is named."""
    with pytest.raises(BadInput, match=r"chats\.db: there is no store"):
        backed_up(tmp_path / "chats.db", tmp_path / "kept.db")
    with pytest.raises(BadInput, match="no such backup"):
        examine(tmp_path / "kept.db")
    assert names(tmp_path) == []


async def test_a_place_that_takes_no_file_is_bad_input(
    file: Path, store: LeasedStore, tmp_path: Path
) -> None:
    """A folder that is not there is named, before anything is read."""
    with pytest.raises(BadInput, match="cannot write here"):
        backed_up(file, tmp_path / "nowhere" / "kept.db")


async def test_put_back_it_is_the_store_again(file: Path, tmp_path: Path) -> None:
    """The store stands as it did; the one that was there is kept, and can be opened."""
    store = await open_store(file)
    await store.append(replace(events(1), words=(said(1, "Rest helps."),)))
    copy = backed_up(file, tmp_path / "kept.db")
    await store.append(events(2, expected=1))
    await store.close()

    kept = put_back(copy, file)

    restored = await open_store(file)
    assert (await restored.load(CHAT)).events == (heard(1),)
    assert [text.key for text in await restored.words(CHAT)] == [WordKey("m-1")]
    await restored.close()
    assert kept is not None
    assert kept.name == "chats.db.before-restore"
    before = await open_store(kept)
    assert (await before.load(CHAT)).events == (heard(1), heard(2))
    await before.close()
    assert mode(file) == 0o600
    connection = sqlite3.connect(file)
    assert connection.execute("SELECT name FROM sqlite_master WHERE name = 'backup'").fetchall() == []
    connection.close()


async def test_each_restore_keeps_what_was_there(file: Path, tmp_path: Path) -> None:
    """The second restore does not throw away what the first one put aside."""
    store = await open_store(file)
    await store.append(events(1))
    await store.close()
    copy = backed_up(file, tmp_path / "kept.db")

    kept = [before.name for before in (put_back(copy, file), put_back(copy, file)) if before]

    assert kept == ["chats.db.before-restore", "chats.db.before-restore-2"]


async def test_a_store_that_was_killed_is_kept_with_its_newest_writes(file: Path, tmp_path: Path) -> None:
    """What a killed bot had made durable, but not yet moved into the file, is not lost with the restore."""
    store = await open_store(file)
    await store.append(events(1))
    copy = backed_up(file, tmp_path / "kept.db")
    await store.append(events(2, expected=1))
    killed = tmp_path / "killed.db"
    for suffix in ("", "-wal"):
        shutil.copy(file.with_name(file.name + suffix), killed.with_name(killed.name + suffix))
    await store.close()

    kept = put_back(copy, killed)

    assert kept is not None
    before = await open_store(kept)
    assert len((await before.load(CHAT)).events) == 2
    await before.close()


async def test_what_a_lost_store_left_behind_does_not_get_into_the_new_one(
    file: Path, tmp_path: Path
) -> None:
    """Somebody deleted the file and not what SQLite keeps beside it: the backup is restored as it is."""
    store = await open_store(file)
    await store.append(events(1))
    copy = backed_up(file, tmp_path / "kept.db")
    await store.append(events(2, expected=1))
    lost = tmp_path / "lost.db"
    shutil.copy(file.with_name(file.name + "-wal"), lost.with_name(lost.name + "-wal"))
    await store.close()

    assert put_back(copy, lost) is None

    restored = await open_store(lost)
    assert (await restored.load(CHAT)).events == (heard(1),)
    await restored.close()
    assert examine(lost).counts["events"] == 1


async def test_a_damaged_store_is_put_aside_as_it_is(file: Path, tmp_path: Path) -> None:
    """What cannot be opened any more does not stand in the way of its own backup."""
    store = await open_store(file)
    await store.append(events(1))
    copy = backed_up(file, tmp_path / "kept.db")
    await store.close()
    rot(file, _replace)

    kept = put_back(copy, file)

    assert kept is not None
    with pytest.raises(StoreUnusable, match="NOTADB"):
        await open_store(kept)
    restored = await open_store(file)
    assert (await restored.load(CHAT)).events == (heard(1),)
    await restored.close()


async def test_a_plain_copy_is_a_backup_too(file: Path, tmp_path: Path) -> None:
    """A file copied by hand after a clean stop can be restored; it is as old as its newest event."""
    store = await open_store(file)
    await store.append(events(1, 2))
    await store.close()
    plain = tmp_path / "by-hand.db"
    shutil.copy(file, plain)

    copy = examine(plain)

    assert copy.made_at == minute(2)
    assert copy.secret is None
    assert put_back(copy, tmp_path / "new.db") is None


async def test_progress_is_told(file: Path, store: LeasedStore, tmp_path: Path) -> None:
    """Whoever waits sees how far it is, and that it came to its end."""
    await store.append(events(*range(200)))
    seen: list[float] = []

    make(file, tmp_path / "kept.db", secret=None, at=AT, watch=seen.append, force=False)

    assert seen == sorted(seen)
    assert seen[-1] == 1.0
