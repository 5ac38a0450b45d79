"""Summaries are made beside a live bot, in a process of their own that reads the store by itself."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from bot.core.names import ChatId
from bot.runtime.clock import DerivedIds, SteppedClock
from bot.runtime.composer import InlineComposer, WorkerComposer
from bot.runtime.service import Service
from bot.store import LeasedStore, open_store
from tests.fakes.platform import FakePlatform
from tests.unit.runtime.house import TEXTS, AtWork, TroubledStore, a_plan, at


@asynccontextmanager
async def a_stored_chat(file: Path) -> AsyncIterator[tuple[LeasedStore, ChatId]]:
    """Give a store with one chat in which two people answered."""
    store = await open_store(file)
    clock = SteppedClock(at(1))
    service = Service(
        store=store,
        clock=clock,
        ids=DerivedIds("composer"),
        epoch=0,
        platforms={"fake": FakePlatform(clock)},
        composer=InlineComposer(store),
        summary_link=lambda _: "",
    )
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(service.run())
        chat = await service.plan(a_plan(starts_at=at(0) - timedelta(minutes=9)), dict(TEXTS), None)
        house = AtWork(
            service=service,
            store=TroubledStore(),
            clock=clock,
            platform=FakePlatform(clock),
            tasks=asyncio.TaskGroup(),
        )
        await service.settle()
        await house.say("m1", "A1 Pacing myself through the working day helped me most of all")
        await service.settle()
        running.cancel()
    yield store, chat
    await store.close()


async def test_the_worker_makes_the_same_summary(tmp_path: Path) -> None:
    """Made in another process from the stored chat, the draft is the one that would be made here."""
    file = tmp_path / "chats.db"
    async with a_stored_chat(file) as (store, chat):
        worker = WorkerComposer(partial(open_store, str(file)))
        try:
            there = await worker.draft(chat, at=at(70), edition="public", limit=2_000, link="")
            nothing = await worker.published(chat, limit=2_000, link="")
        finally:
            await worker.close()
        here = await InlineComposer(store).draft(chat, at=at(70), edition="public", limit=2_000, link="")

        assert there == here
        assert nothing is None
        assert "Pacing myself" in repr(there.summary)


async def test_a_worker_that_was_killed_is_replaced(tmp_path: Path) -> None:
    """A worker that the system ended for its memory costs one try, not all summaries to come."""
    file = tmp_path / "chats.db"
    async with a_stored_chat(file) as (_, chat):
        worker = WorkerComposer(partial(open_store, str(file)))
        try:
            await worker.draft(chat, at=at(70), edition="public", limit=2_000, link="")
            for pid in _children():
                os.kill(pid, signal.SIGKILL)

            again = await worker.draft(chat, at=at(70), edition="public", limit=2_000, link="")
        finally:
            await worker.close()

        assert "Pacing myself" in repr(again.summary)


def _children() -> list[int]:
    """Return the workers that this process started."""
    own = Path("/proc/self/task")
    found = [
        (task / "children").read_text().split() for task in own.iterdir() if (task / "children").exists()
    ]
    if not found:
        pytest.skip("this system does not say whose children are whose")
    pids = [int(pid) for pids in found for pid in pids]
    return [pid for pid in pids if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]
