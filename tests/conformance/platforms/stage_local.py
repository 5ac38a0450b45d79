"""The local room, held against its promises: the real page server, and visitors over loopback."""

import asyncio
import itertools
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from adapters.local import LocalPlatform, Settings, connect
from adapters.local.visitor import Answer, Visitor
from bot.ports import RoomId
from tests.conformance.platforms.recorder import Recorder
from tests.conformance.platforms.stage import Action, Stage, Standing
from tests.fakes.discord.house import FastClock

SECRET = b"a secret for tests, and only for tests"
Json = dict[str, Any]
Doing = Callable[[], Awaitable[Answer]]


@dataclass
class Names:
    """Ids as we want them. *nonce*: the next wish goes by this one, so that it can be made twice."""

    nonce: str = ""

    def new(self, kind: str, hint: str) -> str:
        """Return the name of a wish as it was set, every other by its hint."""
        return self.nonce if kind == "nonce" else f"{kind}-{hint.rpartition('/')[2]}".lower()


@dataclass
class Page:
    """Somebody's open page, and what it shows."""

    state: Json = field(default_factory=dict)
    posts: dict[str, Json] = field(default_factory=dict)
    notices: dict[str, Json] = field(default_factory=dict)

    def hear(self, message: Json) -> None:
        """Take what the room tells."""
        match message:
            case {"type": "welcome"}:
                self.state = message["state"]
                self.posts = {item["id"]: item for item in message["history"] if item["kind"] == "post"}
                self.notices = {notice["key"]: notice for notice in message["notices"]}
            case {"type": "state"}:
                self.state = message["state"]
            case {"type": "post", "post": dict(post)}:
                self.posts.setdefault(post["id"], post)
            case {"type": "post-edited", "post": dict(post)}:
                self.posts[post["id"]]["content"] = post["content"]
            case {"type": "post-deleted", "id": str(id)}:
                self.posts.pop(id, None)
            case {"type": "notice", "key": str(key)}:
                self.notices[key] = message
            case _:
                pass


class LocalStage(Stage):
    """One room and its pages."""

    sign = "insight"
    has_times = False  # a wish has the time of its arrival: nobody's own clock is believed

    def __init__(self, platform: LocalPlatform, recorder: Recorder, clock: FastClock, url: str) -> None:
        self.platform, self.recorder, self.clock = platform, recorder, clock
        self.room = RoomId("local/main")
        self.recorder.rooms_here.add(self.room)
        self.pages: dict[str, Page] = {}
        self._url, self._names = url, Names()
        self._visitors: dict[str, Visitor] = {}
        self._running: dict[str, asyncio.Task[None]] = {}
        self._nonces = itertools.count(1)
        self._times = 1
        self._later: list[Doing] | None = None
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> "LocalStage":
        """Open a page that watches the room."""
        await self._stack.__aenter__()
        self.watcher = await self.join("Watcher")
        return self

    async def __aexit__(self, *trouble: object) -> None:
        """Close every page."""
        await self._leave()
        await self._stack.__aexit__(None, None, None)

    # --- what people do ---

    async def join(self, name: str, link: str | None = None) -> str:
        """Let somebody in, with a moderator's *link* as a moderator; return their id."""
        who, page = f"person-{name}".lower(), Page()
        visitor = Visitor(self._url, "main", self.clock, self._names, page.hear)
        await self._stack.enter_async_context(visitor)
        await visitor.join(name, link=link)
        self._visitors[who], self.pages[who] = visitor, page
        await self._come(who)
        return who

    async def _come(self, who: str) -> None:
        self._running[who] = asyncio.get_running_loop().create_task(self._visitors[who].run())
        self.pages[who].state = {}
        await self.until(lambda: self.pages[who].state)

    async def cut(self) -> None:
        """Break the line of every page, and have them come back."""
        await self._leave()
        for who in self._visitors:
            await self._come(who)

    async def _leave(self) -> None:
        for task in self._running.values():
            task.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def say(self, who: str, text: str, *, reply_to: str | None = None) -> str:
        nonce = f"n{next(self._nonces)}"
        await self._do(lambda: self._visitors[who].say(text, reply_to), nonce)
        return f"{self._visitors[who].id}.{nonce}"

    async def say_in_thread(self, who: str, text: str, root: str) -> str:
        # No page of ours sends such a thing: the room has no threads.
        socket = self._visitors[who]._socket
        assert socket is not None
        await socket.send_json({"type": "say", "nonce": "thread", "text": text, "thread": root})
        return f"{self._visitors[who].id}.thread"

    async def edit(self, who: str, id: str, text: str) -> None:
        await self._do(lambda: self._visitors[who].edit(id, text))

    async def delete(self, who: str, id: str) -> None:
        await self._do(lambda: self._visitors[who].delete(id))

    async def react(self, who: str, id: str, *, present: bool = True) -> None:
        await self._do(lambda: self._visitors[who].react(id, self.sign, present=present))

    async def command(self, who: str, name: str, **given: str) -> str:
        return await self._ask(lambda: self._visitors[who].command(name, given))

    async def press(self, who: str, label: str) -> str:
        return await self.fill_in(who, label)

    async def fill_in(self, who: str, label: str, **given: str) -> str:
        button = next(one for one in _buttons(self.pages[who].state["card"]) if one["label"] == label)
        arguments = dict(button["arguments"]) | given
        visitor, expects = self._visitors[who], button["expects"]
        return await self._ask(lambda: visitor.command(button["command"], arguments, expects=expects))

    async def _do(self, doing: Doing, nonce: str = "") -> None:
        chosen = nonce or f"n{next(self._nonces)}"
        if self._later is None:
            await self._repeatedly(doing, chosen)
        else:
            self._later.append(lambda: self._repeatedly(doing, chosen))

    async def _ask(self, doing: Doing) -> str:
        return (await self._repeatedly(doing, f"n{next(self._nonces)}")).text

    async def _repeatedly(self, doing: Doing, nonce: str) -> Answer:
        answers = []
        for _ in range(self._times):
            self._names.nonce = nonce
            answers.append(await doing())
        return answers[0]

    # --- what people see ---

    def standing(self) -> list[Standing]:
        posts = sorted(self.pages[self.watcher].posts.values(), key=lambda post: post["at"])
        return [Standing(id=post["id"], text=_read(post["content"])) for post in posts]

    def letters(self, who: str) -> list[str]:
        return [_read(notice["content"] or {}) for notice in self.pages[who].notices.values()]

    def card(self, who: str) -> str:
        return _read(self.pages[who].state.get("card") or {})

    def header(self) -> str:
        return _read(self.pages[self.watcher].state.get("header") or {})

    # --- what goes wrong ---

    def tell_twice(self) -> None:
        self._times = 2

    @asynccontextmanager
    async def held_back(self) -> AsyncIterator[None]:
        self._later = []
        yield
        held, self._later = self._later, None
        for doing in reversed(held):
            await doing()

    @asynccontextmanager
    async def deaf(self) -> AsyncIterator[None]:
        await self._leave()
        self._later = []
        yield
        # A page keeps what it could not send, and sends it when it is back.
        kept, self._later = self._later, None
        async with asyncio.TaskGroup() as tasks:
            for doing in kept:
                tasks.create_task(_finish(doing))
            for who in self._visitors:
                await self._come(who)

    def be_busy(self, action: Action) -> None:
        """Do nothing: the room is ours."""

    def lose_answer(self) -> bool:
        return False

    def forbid(self) -> bool:
        return False

    def shut_out(self, who: str) -> bool:
        return False


async def _finish(doing: Doing) -> None:
    await doing()


def _buttons(content: Json) -> list[Json]:
    rows = [block["buttons"] for block in content["blocks"] if block["kind"] == "buttons"]
    return [button for row in rows for button in row]


def _read(content: Json) -> str:
    found: list[str] = []
    for block in content.get("blocks", ()):
        runs = [run["text"] for run in block.get("runs", ())]
        found += [str(block.get("text", "")), "".join(runs), *block.get("items", ())]
    return "\n".join(filter(None, found))


@asynccontextmanager
async def opened_stage() -> AsyncIterator[LocalStage]:
    """Give the room, served."""
    clock, recorder = FastClock(), Recorder()
    listening = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    platform = connect(Settings(public_url=url), recorder, clock, Names(), SECRET)
    runner = web.AppRunner(platform.application(), access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    await web.SockSite(runner, listening).start()
    try:
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(platform.run(recorder))
            async with LocalStage(platform, recorder, clock, url) as stage:
                yield stage
            running.cancel()
    finally:
        await runner.cleanup()
