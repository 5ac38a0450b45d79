"""Makes summaries: in this process for small jobs and tests, in a worker process beside a live bot.

A summary of a long chat takes seconds of CPU. Made here it would hold up every question of every other room, so the
worker reads the log and the words from the store by itself and only the finished document comes back.
"""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from datetime import datetime
from multiprocessing import connection, get_context, parent_process
from threading import Thread
from typing import Literal, Protocol

from bot.core.apply import replay
from bot.core.chat import Chat
from bot.core.names import ChatId
from bot.core.selection import Selection
from bot.markup import Content
from bot.ports import Store
from bot.summary.compose import COMPOSER, compose, recompose, selection_of
from bot.summary.document import Summary
from bot.summary.parts import parts
from bot.summary.texts import Texts

Edition = Literal["public", "internal"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """A finished summary with what publishing it needs."""

    summary: Summary
    selection: Selection
    parts: tuple[Content, ...]
    composer: int = COMPOSER


class Composer(Protocol):
    """Makes the summary of a stored chat."""

    async def draft(self, chat: ChatId, *, at: datetime, edition: Edition, limit: int, link: str) -> Composed:
        """Return the summary as it would be published now; *limit*: the longest post, *link*: where it will stand."""

    async def published(self, chat: ChatId, *, limit: int, link: str) -> Composed | None:
        """Return the published summary as it may be shown now, None when none is published."""

    async def close(self) -> None:
        """Let go of everything."""


async def read_texts(store: Store, chat: Chat) -> Texts:
    """Return every text and name that a summary of *chat* may need."""
    stored = await store.words(chat.id)
    people = await store.people(tuple(chat.people))
    rows = ((text.key, text.revision, text.text) for text in stored)
    return Texts.gathered(rows, {somebody.person: somebody.name for somebody in people})


def make_draft(chat: Chat, texts: Texts, at: datetime, edition: Edition, limit: int, link: str) -> Composed:
    """Return the summary of *chat* as it would be published at *at*."""
    return _finish(compose(chat, texts, edition=edition, at=at), limit, link)


def make_published(chat: Chat, texts: Texts, limit: int, link: str) -> Composed | None:
    """Return the published summary of *chat*, without the lines that have left it since; None when none is out."""
    if chat.published is None:
        return None
    summary = recompose(chat.published.selection, chat, texts, edition="public")
    return _finish(summary, limit, link)


def _finish(summary: Summary, limit: int, link: str) -> Composed:
    contents = tuple(parts(summary, post_length=limit, link=link or None))
    return Composed(summary=summary, selection=selection_of(summary), parts=contents)


@dataclass(frozen=True, slots=True)
class InlineComposer:
    """Makes summaries right here."""

    store: Store

    async def draft(self, chat: ChatId, *, at: datetime, edition: Edition, limit: int, link: str) -> Composed:
        """Return the summary as it would be published now."""
        whole = await self._load(chat)
        return make_draft(whole, await read_texts(self.store, whole), at, edition, limit, link)

    async def published(self, chat: ChatId, *, limit: int, link: str) -> Composed | None:
        """Return the published summary as it may be shown now, None when none is published."""
        whole = await self._load(chat)
        return make_published(whole, await read_texts(self.store, whole), limit, link)

    async def _load(self, chat: ChatId) -> Chat:
        return replay((await self.store.load(chat)).events)

    async def close(self) -> None:
        """Hold nothing, so let nothing go."""


OpenStore = Callable[[], Awaitable[Store]]
Work = Callable[..., Awaitable[Composed | None]]


class WorkerComposer:
    """Makes summaries in one worker process, which opens the store for itself by calling *open_store*."""

    def __init__(self, open_store: OpenStore) -> None:
        self._open = open_store
        self._pool: ProcessPoolExecutor | None = None

    async def draft(self, chat: ChatId, *, at: datetime, edition: Edition, limit: int, link: str) -> Composed:
        """Return the summary as it would be published now."""
        job = {"chat": chat, "at": at, "edition": edition, "limit": limit, "link": link}
        composed = await self._run(InlineComposer.draft, job)
        if composed is None:
            raise LookupError(f"no chat {chat}")
        return composed

    async def published(self, chat: ChatId, *, limit: int, link: str) -> Composed | None:
        """Return the published summary as it may be shown now, None when none is published."""
        return await self._run(InlineComposer.published, {"chat": chat, "limit": limit, "link": link})

    async def _run(self, work: Work, job: dict[str, object]) -> Composed | None:
        try:
            return await self._in_pool(work, job)
        except BrokenProcessPool:
            self._pool = None  # the worker was killed, perhaps for its memory: another one may live
            return await self._in_pool(work, job)

    async def _in_pool(self, work: Work, job: dict[str, object]) -> Composed | None:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_settle_in)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, _in_worker, work, self._open, job)

    async def close(self) -> None:
        """Stop the worker."""
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)


def _settle_in() -> None:
    """Have this worker end with the bot, and no sooner: Ctrl-C in a terminal reaches workers as well."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()
    if parent is not None:
        # A bot that is killed tells nobody, and a worker waits for work for ever.
        Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    connection.wait([sentinel])
    os._exit(0)


def _in_worker(work: Work, open_store: OpenStore, job: dict[str, object]) -> Composed | None:
    """Do *work* with a store of this process's own."""

    async def do() -> Composed | None:
        store = await open_store()
        try:
            return await work(InlineComposer(store), **job)
        finally:
            await store.close()

    return asyncio.run(do())
