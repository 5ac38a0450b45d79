"""Measures the whole line and the store alone on a PostgreSQL with every sync to disk, one process, a Unix socket."""

import asyncio
import tempfile
from pathlib import Path

import ingest
import store

from tests import postgres


def measure(messages: int = 20_000) -> None:
    """Print what `ingest` and `store` print, for a database each."""
    with postgres.running(durable=True) as server, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for chats, senders in ((1, ingest.PEOPLE), (1, 5 * ingest.PEOPLE), (8, ingest.PEOPLE)):
            line = ingest.whole_line(folder, messages, chats=chats, senders=senders, address=server.fresh())
            asyncio.run(line)
        asyncio.run(store.measure(folder, messages, address=server.fresh()))


if __name__ == "__main__":
    measure()
