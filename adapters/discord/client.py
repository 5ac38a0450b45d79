"""The library's client, made fit for us: every event in order into one path, and a connection that is made again.

Events never become tasks of their own: the library would start one for each, and they would overtake one another.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any

import aiohttp
import discord
import structlog
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from adapters.discord.settings import Settings
from adapters.discord.wire import LONGEST_WAIT
from bot.errors import PlatformTrouble
from bot.ports import Clock

log = structlog.get_logger(__name__)

BETWEEN_IDENTIFIES = 5.0
"""Seconds; Discord resets the token of a bot that identifies a thousand times in a day."""
BETWEEN_CANCELS = 1.0
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0

_NONSENSE = (LookupError, TypeError, ValueError)
"""What the library raises when something else answers in Discord's place, a hotel's log-in page for example."""

_WHERE = "Developer Portal > Bot"
WRONG_TOKEN = f"Discord does not accept the token: copy it anew from {_WHERE} > Reset Token"
_NO_INTENT = f"Discord keeps message texts from the bot: switch on {_WHERE} > Message Content Intent"


def intents() -> discord.Intents:
    """Return what we ask to hear, and no more."""
    return discord.Intents(guilds=True, guild_messages=True, guild_reactions=True, message_content=True)


_LINE = {"ready": True, "resumed": True, "disconnect": False}
"""What the library tells of the line, and whether we hear anything after it."""


class Gateway(discord.Client):
    """One connection. *takers*: what is done with an event, at once and without waiting, as it comes in."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        # The library tells texts and tokens at DEBUG, and tracebacks at ERROR for what we mend ourselves.
        logging.getLogger("discord").setLevel(logging.CRITICAL)
        super().__init__(
            intents=intents(),
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,  # people's words are kept in one place, and that is not here
            member_cache_flags=discord.MemberCacheFlags.none(),
            max_ratelimit_timeout=LONGEST_WAIT,
        )
        self.takers: Mapping[str, Callable[..., None]] = {}
        self.is_connected = False
        self._settings, self._clock = settings, clock

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:
        """Hand *event* to its taker, else to the library."""
        self.is_connected = _LINE.get(event, self.is_connected)
        taker = self.takers.get(event)
        if taker is None:
            super().dispatch(event, *args, **kwargs)
        else:
            taker(*args)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Wait a little before a new session that follows a lost one."""
        if not initial:
            await self._clock.sleep(BETWEEN_IDENTIFIES)

    def point(self) -> None:
        """Have the library speak to the addresses in the settings; it takes them for the whole process."""
        Route.BASE = self._settings.api.rstrip("/")
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(self._settings.gateway)

    async def log_in(self) -> None:
        """Return when Discord knows us, however long it is away. Raises: PlatformTrouble for a wrong token."""
        self.point()
        pause = FIRST_PAUSE
        while True:
            try:
                await self.login(self._settings.token.get_secret_value())
            except discord.LoginFailure:
                raise PlatformTrouble(WRONG_TOKEN, permanent=True) from None
            except (discord.HTTPException, aiohttp.ClientError, OSError, *_NONSENSE) as trouble:
                log.warning("cannot log in", reason=type(trouble).__name__, again_in=pause)
                await self._start_over()
                await self._clock.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
            else:
                return

    async def _start_over(self) -> None:
        # The library would open a second session beside the first, and never close that.
        await self.http.close()
        self.http.clear()
        self.http.connector = discord.utils.MISSING

    async def stay(self) -> None:
        """Stay connected until cancelled. Raises: PlatformTrouble when Discord wants none of us."""
        pause = FIRST_PAUSE
        while not self.is_closed():
            try:
                await self._connected()
            except discord.PrivilegedIntentsRequired:
                raise PlatformTrouble(_NO_INTENT, permanent=True) from None
            except discord.ConnectionClosed as closed:
                raise PlatformTrouble(_closed(closed.code), permanent=True) from None
            except AttributeError:
                # The library trips over its own feet when the very first connection fails.
                if self.ws is not None:
                    raise
                log.warning("cannot connect", again_in=pause)
            await self._clock.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _connected(self) -> None:
        """Stay in the library's own loop, and leave it when cancelled."""
        # While it reconnects it may overhear being cancelled; a task group would tell it only once.
        connecting = asyncio.create_task(self.connect(reconnect=True))  # noqa: TID251  # its parent waits right here
        try:
            await asyncio.wait({connecting})
        finally:
            self.is_connected = False
            while not connecting.done():
                connecting.cancel()
                await asyncio.wait({connecting}, timeout=BETWEEN_CANCELS)
        connecting.result()


def _closed(code: int) -> str:
    return WRONG_TOKEN if code == 4004 else f"Discord ended the connection for good (close code {code})"
