"""Keeps every bot off a store while one of the operator's commands must be alone with it."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.config import Settings
from bot.store import is_shared
from bot.store.lease import FileLock


@contextmanager
def held(settings: Settings) -> Iterator[None]:
    """Hold the store of *settings*, where it is a file that is there. Raises: OwnedByAnother when a bot is on it."""
    if is_shared(settings.store) or not Path(settings.store).is_file():
        yield
        return
    with held_file(Path(settings.store)):
        yield


@contextmanager
def held_file(store: Path) -> Iterator[None]:
    """Hold the file *store*, there or to come. Raises: OwnedByAnother when a bot is on it."""
    store.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = FileLock(store.with_name(f"{store.name}.lock"))
    lock.take(f"the operator, {process()}")
    try:
        yield
    finally:
        lock.drop()


def process() -> str:
    """Return how this process is called where others read it."""
    return f"process {os.getpid()} on {socket.gethostname()}"
