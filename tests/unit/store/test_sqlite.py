"""What can go wrong with a store file while the bot runs, and what erasing leaves in it."""

import resource
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from bot.core.names import PersonId, WordKey
from bot.errors import StoreTrouble, StoreUnusable
from bot.ports import Batch, Erasure, Words
from bot.store import LeasedStore, open_store
from bot.store.files import open_file
from bot.store.sql import SqlStore
from bot.store.sqlite import named
from tests.conformance.store.examples import (
    CHAT,
    OTHER_CHAT,
    events,
    forgotten,
    heard,
    mark,
    met,
    post,
    said,
    seen,
)


@contextmanager
def no_room_left(file: Path) -> Iterator[None]:
    """Let no file of this process grow by more than a page: as if the disk were full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    size = max(path.stat().st_size for path in file.parent.iterdir())
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 4_096, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def move_away(file: Path, *, replaced: bool) -> None:
    """Take a file away, and perhaps put an empty one in its place."""
    file.rename(file.with_suffix(".away"))
    if replaced:
        file.touch()


def raw(file: Path) -> bytes:
    """Return every byte in the store's folder."""
    return b"".join(path.read_bytes() for path in file.parent.iterdir())


class TestTrouble:
    """A store that cannot write says so to everybody, and goes on by itself when it can."""

    async def test_a_full_disk_is_trouble_that_passes(self, store: LeasedStore, file: Path) -> None:
        """While there is no room nothing is half-written; when there is, the same batch goes in."""
        await store.append(events(1))
        large = replace(
            events(2, expected=1),
            words=(said(2, "long " * 20_000),),
            sightings=(seen(2),),
            posts=(post("q1"),),
        )

        with no_room_left(file):
            for _ in range(2):
                with pytest.raises(StoreTrouble):
                    await store.append(large)
            assert (await store.load(CHAT)).events == (heard(1),)

        await store.append(large)
        assert (await store.load(CHAT)).events == (heard(1), heard(2))
        assert len(await store.unsent()) == 1

    async def test_reading_goes_on_while_somebody_writes(self, store: LeasedStore, file: Path) -> None:
        """A long write, ours or another program's, keeps no page waiting."""
        await store.append(events(1))
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            assert (await store.load(CHAT)).events == (heard(1),)

    @pytest.mark.parametrize("replaced", [False, True])
    async def test_a_file_that_is_gone_is_never_written_on(
        self, store: LeasedStore, file: Path, *, replaced: bool
    ) -> None:
        """A store removed or replaced under a running bot stops it, instead of writing where nobody will look."""
        await store.append(events(1))
        move_away(file, replaced=replaced)

        with pytest.raises(StoreUnusable, match="removed or replaced"):
            await store.append(events(2, expected=1))
        with pytest.raises(StoreUnusable, match="removed or replaced"):
            await store.mark(mark("q1", "intent"), epoch=0)

    async def test_a_table_that_is_gone_is_no_passing_trouble(self, store: LeasedStore, file: Path) -> None:
        """A store that somebody took apart is unusable."""
        with closing(sqlite3.connect(file)) as other:
            other.execute("DROP TABLE outbox")

        with pytest.raises(StoreUnusable, match="damaged"):
            await store.unsent()

    async def test_a_batch_that_breaks_the_tables_is_a_bug(self, store: LeasedStore, file: Path) -> None:
        """What we should never have asked for is not blamed on the disk, and shows nobody's words."""
        with closing(sqlite3.connect(file)) as other:
            other.execute("CREATE TRIGGER no BEFORE INSERT ON words BEGIN SELECT RAISE(ABORT, 'no'); END")

        with pytest.raises(IntegrityError) as caught:
            await store.append(replace(events(1), words=(said(1, "Rest helps."),)))

        assert "Rest helps" not in str(caught.value)
        assert await store.chats() == ()

    async def test_a_closed_store_takes_nothing(self, file: Path) -> None:
        """Who writes after the end is told, instead of waiting for ever."""
        store = await open_store(file)
        await store.close()

        with pytest.raises(StoreTrouble, match="closed"):
            await store.append(events(1))


def error_of(pragma: str, statement: str, file: Path) -> sqlite3.Error:
    """Return what SQLite says to *statement* after *pragma*."""
    with closing(sqlite3.connect(file, timeout=0)) as connection:
        connection.execute(pragma)
        with pytest.raises(sqlite3.Error) as caught:
            connection.execute(statement)
        return caught.value


class TestNames:
    """Errors are named for what they mean to whoever runs the bot."""

    def test_a_full_database_is_trouble(self, tmp_path: Path) -> None:
        """A full disk passes."""
        error = error_of("PRAGMA max_page_count=1", "CREATE TABLE t (a)", tmp_path / "a.db")

        assert isinstance(named(error, "a.db"), StoreTrouble)
        assert str(named(error, "a.db")) == "a.db: cannot be used now (SQLITE_FULL)"

    def test_no_database_is_unusable(self, tmp_path: Path) -> None:
        """A file of something else does not pass."""
        (tmp_path / "a.db").write_bytes(b"something else " * 100)
        error = error_of("SELECT 1", "CREATE TABLE t (a)", tmp_path / "a.db")

        assert isinstance(named(error, "a.db"), StoreUnusable)

    def test_an_error_without_a_name_is_trouble(self) -> None:
        """What the driver does not explain is tried again."""
        assert (
            str(named(sqlite3.InterfaceError("odd"), "a.db")) == "a.db: cannot be used now (InterfaceError)"
        )


class TestErasing:
    """What was erased is not in the file any more: not in a free page, not in the log beside it."""

    async def test_words_and_names_stand_in_their_own_tables_only(
        self, store: LeasedStore, file: Path
    ) -> None:
        """Events and posts refer to words; they hold none."""
        batch = replace(events(1), words=(said(1, "heliotrope"),), people=(met(name="Heliotrope"),))
        await store.append(replace(batch, sightings=(seen(1),), posts=(post("q1"),)))

        with closing(sqlite3.connect(file)) as other:
            for table in ("events", "outbox", "chats", "checkpoints", "leases"):
                rows = other.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608 - a constant
                assert "heliotrope" not in repr(rows).lower()
                assert "u-ann" not in repr(rows)

    async def test_erased_words_are_in_no_byte_of_the_store(self, store: LeasedStore, file: Path) -> None:
        """As soon as the erasing is acknowledged, words, name and platform ids are nowhere to be found."""
        batch = replace(events(1), words=(said(1, "heliotrope"),), people=(met(name="Heliotrope"),))
        await store.append(replace(batch, sightings=(seen(1),)))
        await store.append(replace(events(2, chat=OTHER_CHAT), words=(said(2, "heliotrope " * 9_000),)))
        assert b"heliotrope" in raw(file)

        gone = replace(
            events(expected=1), events=(forgotten(),), erasures=(Erasure(person=PersonId("p-0f3a")),)
        )
        await store.append(gone)

        for trace in (b"heliotrope", b"Heliotrope", b"u-ann", b"x1"):
            assert trace not in raw(file)

    async def test_a_deleted_message_is_in_no_byte_of_the_store(self, store: LeasedStore, file: Path) -> None:
        """The same holds for one message, while its author stays."""
        await store.append(
            replace(events(1), words=(said(1, "heliotrope"), said(1, "heliotropes", revision=1)))
        )
        await store.append(replace(events(expected=1), erasures=(Erasure(keys=(WordKey("m-1"),)),)))

        assert b"heliotrope" not in raw(file)

    async def test_erased_words_leave_a_large_file_at_once(self, file: Path) -> None:
        """A file too large to be rewritten during a chat is blanked where the words stood."""
        store = await open_file(file, rewrite_below=-1)
        await store.append(replace(events(1), words=(said(1, "heliotrope " * 9_000),)))
        await store.append(replace(events(expected=1), erasures=(Erasure(keys=(WordKey("m-1"),)),)))

        assert b"heliotrope" not in raw(file)
        await store.close()

    async def test_a_large_file_is_clean_once_its_owner_stops(self, file: Path) -> None:
        """Too large to be rewritten during a chat, it is rewritten at the end: no stale copy of a page is left."""
        store = await open_file(file, rewrite_below=-1)
        epoch = await store.lease.acquire("bot 1")
        gone = await much_written_and_erased(store, epoch)
        await store.lease.release()

        assert [trace for trace in gone if trace in raw(file)] == []
        with closing(sqlite3.connect(file)) as other:
            # Otherwise it would be rewritten at every start.
            assert other.execute("PRAGMA user_version").fetchone() == (0,)
        await store.close()

    async def test_a_large_file_is_clean_after_a_crash(self, file: Path) -> None:
        """A bot that was killed before it could rewrite the file does so when it starts again."""
        store = await open_file(file, rewrite_below=-1)
        gone = await much_written_and_erased(store, epoch=0)
        copy = file.parent.with_name("after the crash") / file.name
        copy.parent.mkdir()
        for path in file.parent.iterdir():
            (copy.parent / path.name).write_bytes(path.read_bytes())
        await store.close()

        reopened = await open_store(copy)
        await reopened.lease.acquire("bot 2")

        assert [trace for trace in gone if trace in raw(copy)] == []
        await reopened.lease.release()
        await reopened.close()

    async def test_only_the_owner_rewrites_the_file(self, store: LeasedStore, file: Path) -> None:
        """A page or a summary's own process that opens the store changes nothing in it, whatever is owed."""
        await store.append(events(1))
        with closing(sqlite3.connect(file)) as other:
            other.execute("PRAGMA user_version=1")
            visitor = await open_store(file)
            assert (await visitor.load(CHAT)).events == (heard(1),)
            await visitor.close()
            assert other.execute("PRAGMA user_version").fetchone() == (1,)

    async def test_a_reader_that_lingers_delays_no_answer(self, file: Path) -> None:
        """While another program reads the file its log cannot be emptied; that is made up for later."""
        store = await open_store(file)
        await store.append(replace(events(1), words=(said(1, "heliotrope"),)))
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN")
            other.execute("SELECT * FROM chats").fetchall()
            await store.append(replace(events(expected=1), erasures=(Erasure(keys=(WordKey("m-1"),)),)))
            assert await store.words(CHAT) == ()
        await store.append(events(2, expected=1))

        assert b"heliotrope" not in raw(file)
        await store.close()


async def much_written_and_erased(store: SqlStore, epoch: int) -> list[bytes]:
    """Write and erase so that pages are split and merged; return what must not be found any more.

    With SQLite 3.40 and these numbers secure_delete alone leaves one text behind.
    """
    people = [PersonId(f"p-{number}") for number in range(40)]
    said_by: dict[PersonId, list[bytes]] = {person: [] for person in people}
    gone: list[bytes] = []
    for turn in range(60):
        words = []
        for number in range(turn * 25 + 1, turn * 25 + 26):
            person, trace = people[number * 7 % 40], f"heliotrope {number} "
            text = trace + "w" * (number * number * 7 % (900 if number % 7 else 5_000))
            key = WordKey(f"{number * 2_654_435_761 % 2**32:x}")
            words.append(Words(key=key, text=text, person=person))
            said_by[person].append(trace.encode())
        await store.append(Batch(chat=CHAT, expected=0, epoch=epoch, words=tuple(words)))
        if turn % 3 == 2:
            person = people[turn * 7 % 40]
            await store.append(Batch(chat=CHAT, expected=0, epoch=epoch, erasures=(Erasure(person=person),)))
            gone += said_by.pop(person)
            said_by[person] = []
    return gone
