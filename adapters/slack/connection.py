"""The socket that events come through: opened, watched, left when it is dead, and opened again at a new address."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, wait_exponential_jitter

from adapters.slack.calls import LIBRARY_LOG, Calls
from bot.errors import PlatformTrouble
from bot.ports import Clock

log = structlog.get_logger(__name__)

OPEN_WITHIN = 2
"""Heartbeats within which an address has to lead to a hello. Some never do, and the library would try them for ever."""
BREATH = 1.0
"""Seconds before a socket that died at once is followed by the next."""
_BACKOFF = wait_exponential_jitter(multiplier=0.5, max=30, jitter=0.5)

Handler = Callable[[AsyncBaseSocketModeClient, SocketModeRequest], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A socket is open. *deaf_since*: when the one before it may have stopped hearing, None for the first one."""

    at: datetime
    deaf_since: datetime | None
    expected: bool


class Connection(SocketModeClient):
    """One socket, once: where the library would reconnect, to the same address if need be, this one is over."""

    def __init__(self, address: str, calls: Calls, heartbeat: float) -> None:
        super().__init__("", logger=LIBRARY_LOG, web_client=calls.client, ping_interval=heartbeat)
        self.wss_uri = address
        self.hello = asyncio.Event()
        self.over = asyncio.Event()
        self.announced = False
        self.message_listeners.append(self._note)

    async def _note(
        self, _: AsyncBaseSocketModeClient, message: dict[str, Any], __: str | None = None
    ) -> None:
        if message.get("type") == "hello":
            self.hello.set()

    async def connect_to_new_endpoint(self, force: bool = False) -> None:
        """Say that this socket is over. *force*: Slack announced it."""
        self.announced = self.announced or force
        self.over.set()

    async def close(self) -> None:
        """Let go of the socket and everything that serves it."""
        await super().close()  # type: ignore[no-untyped-call]  # the library's
        serving = (self.message_processor, self.current_session_monitor, self.message_receiver)
        await asyncio.gather(*(task for task in serving if task is not None), return_exceptions=True)


class Socket:
    """Keeps one connection open, whatever happens to it."""

    def __init__(self, calls: Calls, clock: Clock, heartbeat: float, handler: Handler) -> None:
        self._calls, self._clock, self._heartbeat, self._handler = calls, clock, heartbeat, handler
        self.is_open = False
        self._deaf_since: datetime | None = None
        self._expected = False

    async def run(self, on_open: Callable[[Opened], None]) -> None:
        """Stay connected until cancelled. Raises: PlatformTrouble when Slack refuses us for good."""
        while True:
            connection = await self._open_patiently()
            opened = self._clock.now()
            self.is_open = True
            try:
                on_open(Opened(at=opened, deaf_since=self._deaf_since, expected=self._expected))
                await connection.over.wait()
            finally:
                self.is_open = False
                await connection.close()
            self._note_end(connection)
            if self._clock.now() - opened < timedelta(seconds=BREATH):
                await self._clock.sleep(BREATH)

    def _note_end(self, connection: Connection) -> None:
        self._expected = connection.announced
        # A silent death is noticed two heartbeats late.
        unnoticed = timedelta() if connection.announced else timedelta(seconds=2 * self._heartbeat)
        self._deaf_since = self._clock.now() - unnoticed
        log.info("socket over", announced=connection.announced)

    async def _open_patiently(self) -> Connection:
        retrying = AsyncRetrying(
            sleep=self._clock.sleep,
            wait=_pause,
            retry=retry_if_exception(
                lambda error: isinstance(error, PlatformTrouble) and not error.permanent
            ),
            before_sleep=lambda state: log.warning("no socket yet", attempt=state.attempt_number),
            reraise=True,
        )
        return await retrying(self._open)

    async def _open(self) -> Connection:
        """Return an open connection at an address of its own. Raises: PlatformTrouble."""
        connection = Connection(await address_from(self._calls), self._calls, self._heartbeat)
        connection.socket_mode_request_listeners.append(self._handler)
        try:
            async with asyncio.timeout(OPEN_WITHIN * self._heartbeat):
                await connection.connect()  # type: ignore[no-untyped-call]  # the library's
                await connection.hello.wait()
        except TimeoutError:
            await connection.close()
            raise PlatformTrouble("the socket did not open") from None
        except BaseException:
            await connection.close()
            raise
        return connection


async def address_from(calls: Calls) -> str:
    """Return an address for one socket. Raises: PlatformTrouble, with the fix where the token is refused."""
    try:
        return await calls.socket_address()
    except PlatformTrouble as trouble:
        if not trouble.permanent:
            raise
        fix = "Make one with connections:write under Basic Information of the Slack app, and switch Socket Mode on."
        raise PlatformTrouble(f"{trouble.reason} (the app-level token). {fix}", permanent=True) from None


def _pause(state: RetryCallState) -> float:
    trouble = state.outcome.exception() if state.outcome else None
    asked = trouble.retry_after if isinstance(trouble, PlatformTrouble) else None
    return max(asked or 0.0, float(_BACKOFF(state)))
