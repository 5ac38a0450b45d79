"""What stands before two processes of one bot: leads people to the one that answers, and cuts off one that stops."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

BETWEEN_LOOKS = 0.05
ANSWERS_WITHIN = 1.0
"""Seconds after which a process counts as gone: what proxies call a health check."""
_QUESTION = b"GET / HTTP/1.1\r\nHost: front\r\nConnection: close\r\n\r\n"


@dataclass(slots=True)
class Front:
    """A TCP proxy on *port* before *behind*; *up*: the one that people are led to, None while nobody answers."""

    port: int
    behind: tuple[int, ...]
    up: int | None = None
    _lines: set[asyncio.StreamWriter] = field(default_factory=set)

    async def watch(self) -> None:
        """Keep an eye on who answers, until cancelled."""
        while True:
            if self.up is None or not await answers(self.up):
                self.cut()
                self.up = await self._first_that_answers()
            await asyncio.sleep(BETWEEN_LOOKS)

    async def _first_that_answers(self) -> int | None:
        answered = await asyncio.gather(*map(answers, self.behind))
        return next((port for port, answer in zip(self.behind, answered, strict=True) if answer), None)

    def cut(self) -> None:
        """Let everybody go."""
        self.up = None
        for writer in self._lines:
            writer.transport.abort()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass one line on, both ways, until either end closes it."""
        if self.up is None:
            writer.transport.abort()
            return
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self.up)
        except OSError:
            writer.transport.abort()
            return
        self._lines |= {writer, back}
        async with asyncio.TaskGroup() as ways:
            ways.create_task(_pass(reader, back))
            ways.create_task(_pass(there, writer))
        self._lines -= {writer, back}


@asynccontextmanager
async def standing(port: int, *behind: int) -> AsyncIterator[Front]:
    """Give a front before *behind* for as long as the block lasts."""
    front = Front(port, behind)
    server = await asyncio.start_server(front.serve, "127.0.0.1", port)
    async with asyncio.TaskGroup() as tasks:
        watching = tasks.create_task(front.watch())
        try:
            yield front
        finally:
            server.close()
            watching.cancel()
            front.cut()


async def answers(port: int) -> bool:
    """Return whether a process on *port* answers a question now."""
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout(ANSWERS_WITHIN):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                writer.write(_QUESTION)
                return bool(await reader.readline())
            finally:
                writer.transport.abort()
    return False


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while some := await reader.read(65_536):
            writer.write(some)
            await writer.drain()
    writer.close()
