"""`backup` and `restore`: copies the store while the bot runs, and puts such a copy back while it doesn't."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from bot.cli.holding import held_file, process
from bot.config import Settings, load
from bot.errors import BadInput, StoreTrouble, StoreUnusable, TweetchatError
from bot.ports import Store
from bot.runtime import restored
from bot.runtime.clock import SystemClock
from bot.store import INSTALLATION, open_store
from bot.store.backup import Copy, Watch, examine, make, put_in_place, unpack
from bot.wording import Wording

console = Console(highlight=False)
progress = Console(stderr=True, highlight=False)
SQLITE = "sqlite+aiosqlite:///"


def back_up(file: Path, config: Path | None, *, force: bool) -> None:
    """Copy the store to *file*, with the secret beside it, and verify the copy. Raises: BadInput, StoreUnusable."""
    settings = load(config)
    store, words = _store_file(settings, _DUMP), Wording.load(settings.language)
    with _shown(words.line("operator.copying")) as watch:
        copy = make(store, file, secret=_secret(settings), at=SystemClock().now(), watch=watch, force=force)
    _tell(words, "operator.backed-up", copy)
    _say(words.line("operator.secret-inside" if copy.secret else "operator.secret-elsewhere"))


def restore(file: Path, config: Path | None) -> None:
    """Put the backup *file* in the place of the store, which is kept beside it.

    Raises: OwnedByAnother while a bot runs on the store; BadInput, StoreUnusable for a backup that cannot be used.
    """
    settings = load(config)
    store, words = _store_file(settings, _DUMP), Wording.load(settings.language)
    copy = examine(file)
    with held_file(store), _shown(words.line("operator.copying")) as watch:
        done = asyncio.run(put_back(copy, store, at=SystemClock().now(), watch=watch))
        _put_secret(settings, copy)
    _tell(words, "operator.restored", copy)
    if done.kept is not None:
        _say(words.line("operator.kept", file=str(done.kept)))
    _say(words.line("operator.after-restore"))
    if done.erased is None:
        _say(words.line("operator.not-erased"))
    else:
        _say(words.line("operator.erased-again", n=done.erased))


@dataclass(frozen=True, slots=True, kw_only=True)
class PutBack:
    """What came of a restore. *kept*: where the old store is now.

    erased: how much of what people had erased since the backup was erased in it too; None when the old store could not
    be read for it.
    """

    kept: Path | None
    erased: int | None


async def put_back(copy: Copy, store: Path, *, at: datetime, watch: Watch) -> PutBack:
    """Put *copy* in the place of *store*, noted as restored at *at*, without what people had erased meanwhile."""
    staged = unpack(copy, store, watch)
    when = restored.Restored(made_at=copy.made_at, at=at)
    async with _leased(str(staged)) as (new, epoch):
        await restored.note(new, epoch, when)
        erased = await _erase_again(store, new, epoch)
    examine(staged)
    kept = put_in_place(staged, store)
    staged.with_name(f"{staged.name}.lock").unlink(missing_ok=True)
    return PutBack(kept=kept, erased=erased)


async def _erase_again(store: Path, new: Store, epoch: int) -> int | None:
    if not _is_there(store):  # opening it would make one
        return None
    try:
        old = await open_store(store)
    except TweetchatError:  # a store that can be read no more is why there are backups
        return None
    try:
        return await restored.erase_again(old, new, epoch)
    except (StoreTrouble, StoreUnusable):
        return None
    finally:
        await old.close()


def _is_there(store: Path) -> bool:
    return store.is_file()


def note_restore(made_at: datetime, config: Path | None) -> None:
    """Note in the store, whatever kind it is, that it was put back as it stood at *made_at*.

    Raises: OwnedByAnother while a bot runs on it.
    """
    settings = load(config)
    when = restored.Restored(made_at=made_at, at=SystemClock().now())
    asyncio.run(_note(settings, when))
    _say(Wording.load(settings.language).line("operator.noted", at=f"{made_at:%Y-%m-%d %H:%M %Z}"))


async def _note(settings: Settings, when: restored.Restored) -> None:
    async with _leased(settings.store, settings.installation) as (store, epoch):
        await restored.note(store, epoch, when)


@asynccontextmanager
async def _leased(place: str, installation: str = INSTALLATION) -> AsyncIterator[tuple[Store, int]]:
    store = await open_store(place, installation=installation)
    try:
        epoch = await store.lease.acquire(f"a restore, {process()}")
        yield store, epoch
        await store.lease.release()
    finally:
        await store.close()


_DUMP = "Use PostgreSQL's own tools: README.md, under Backups, has the commands."


def _store_file(settings: Settings, otherwise: str) -> Path:
    place = settings.store.removeprefix(SQLITE)
    if "://" in place or place == "memory:":
        kind = place.partition(":")[0]
        raise BadInput(f"a store of the kind {kind} is no file.", place="store", fix=otherwise)
    return Path(place)


def _secret_file(settings: Settings) -> Path:
    return Path(f"{settings.store}.secret")


def _secret(settings: Settings) -> str | None:
    """Return the secret that stands beside the store; None where the operator keeps it."""
    if settings.secret is not None:
        return None
    with suppress(FileNotFoundError):
        return _secret_file(settings).read_text("ascii").strip() or None
    return None


def _put_secret(settings: Settings, copy: Copy) -> None:
    # One that is there already stays: it may have been changed because somebody learnt the old one.
    if copy.secret is None or _secret(settings) is not None or settings.secret is not None:
        return
    staged = _secret_file(settings).with_name(f"{_secret_file(settings).name}.new")
    with os.fdopen(os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as put:
        put.write(copy.secret)
    staged.replace(_secret_file(settings))


@contextmanager
def _shown(what: str) -> Iterator[Watch]:
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=progress, transient=True, disable=not progress.is_terminal) as shown:
        task = shown.add_task(what, total=1.0)
        yield lambda done: shown.update(task, completed=done)


def _tell(words: Wording, key: str, copy: Copy) -> None:
    at = f"{copy.made_at:%Y-%m-%d %H:%M} UTC"
    _say(
        words.line(key, file=str(copy.file), at=at, chats=copy.counts["chats"], events=copy.counts["events"])
    )


def _say(line: str) -> None:
    console.print(line, markup=False, soft_wrap=True)
