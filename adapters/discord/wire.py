"""Requests to Discord's REST API: through the library's queues and rate limits, with our own patience and verdict.

What an answer means for a post is decided here: it surely did not happen, it may have, or it never can. A request is
never cancelled: cancelled during a global rate limit, the library would wait for its end for ever.
"""

import asyncio
from datetime import UTC, datetime
from typing import Any

import aiohttp
import discord
from discord.http import Route

from bot.errors import PlatformTrouble

PATIENCE = 12.0
"""Seconds for one try. The library's own five minutes would hold up a whole channel behind one lost answer."""
LONGEST_WAIT = 30.0
"""Longest rate limit that the library waits out by itself; longer ones come to the outbox, which tells."""
AFTER_A_BAN = 60.0

UNKNOWN_MESSAGE, UNKNOWN_CHANNEL, NO_ACCESS, NO_PERMISSION = 10_008, 10_003, 50_001, 50_013
UNAUTHORIZED = 401
TOO_MANY_EDITS, NO_PRIVATE_MESSAGES = 30_046, 50_007
OPENING_TOO_FAST = 40_003
_REASONS = {
    UNKNOWN_CHANNEL: "Discord knows no such channel",
    UNKNOWN_MESSAGE: "it is gone already, somebody deleted it",
    NO_ACCESS: "the bot may not see the channel (allow View Channel)",
    NO_PERMISSION: "the bot may not do that there (python -m bot doctor names what is missing)",
    NO_PRIVATE_MESSAGES: "this person takes no private messages",
    TOO_MANY_EDITS: "edited too often",
    OPENING_TOO_FAST: "too many private conversations at once",
    160_005: "the thread is locked",
    50_083: "the thread is archived",
    200_000: "the server's AutoMod blocks it (Server Settings > AutoMod: exempt the bot's role, or change the text)",
    200_001: "the server's AutoMod blocks the title (Server Settings > AutoMod: exempt the bot's role)",
    240_000: "Discord takes a link in it for harmful (change the text)",
}


_IMPOSTOR = "something else answers in Discord's place"


class Refusal(PlatformTrouble):
    """Discord said no for good; *code* is its own number for why."""

    def __init__(self, code: int, status: int) -> None:
        self.code = code
        super().__init__(
            _REASONS.get(code, f"Discord refuses it (HTTP {status}, code {code})"), permanent=True
        )


class Wire:
    """The REST side of one connection. *is_refused*: our token is not taken any more, and nothing is asked again."""

    def __init__(self, client: discord.Client, patience: float = PATIENCE) -> None:
        self._client, self._patience = client, patience
        self.is_open = asyncio.Event()
        self.is_refused = asyncio.Event()

    async def request(self, method: str, path: str, json: Any = None, /, **into: Any) -> Any:
        """Return what Discord answers to *method* *path*, its gaps filled from *into*; ``params`` is the query.

        Raises: PlatformTrouble, which says whether it may have happened all the same; Refusal when it never will.
        """
        if self.is_refused.is_set() or not self.is_open.is_set():
            raise PlatformTrouble("not connected to Discord")
        more: dict[str, Any] = {"params": into.pop("params", None)}
        if json is not None:
            more["json"] = json
        try:
            answer = await self._client.http.request(
                Route(method, path, **into), timeout=aiohttp.ClientTimeout(total=self._patience), **more
            )
        except (discord.DiscordException, aiohttp.ClientError, OSError, ValueError) as error:
            raise self._trouble(error) from None
        if isinstance(answer, str) and answer:
            raise PlatformTrouble(_IMPOSTOR, unknown=True)
        return answer

    def _trouble(self, error: Exception) -> PlatformTrouble:
        """Return what *error* means, and take note when our token counts no more."""
        match error:
            case discord.RateLimited():
                return _wait_for(error.retry_after)
            case discord.HTTPException():
                if _is_of_token(error):
                    self.is_refused.set()
                return _verdict(error)
            case aiohttp.ClientConnectorError():
                return PlatformTrouble("Discord cannot be reached")
        return PlatformTrouble(f"no answer from Discord ({type(error).__name__})", unknown=True)


def _verdict(answer: discord.HTTPException) -> PlatformTrouble:
    if answer.status == 429:
        wait = answer.response.headers.get("Retry-After", "")
        return _wait_for(float(wait) if wait.replace(".", "", 1).isdigit() else AFTER_A_BAN)
    if answer.status >= 500:
        return PlatformTrouble(f"Discord has trouble of its own (HTTP {answer.status})", unknown=True)
    if not _is_discords(answer):  # a proxy, or the log-in page of a network: nothing has come to Discord
        return PlatformTrouble(f"{_IMPOSTOR} (HTTP {answer.status})")
    if _is_of_token(answer):  # what was to be said is said when there is a token that counts
        return PlatformTrouble("Discord does not accept the token any more")
    return Refusal(answer.code, answer.status)


def _is_of_token(answer: discord.HTTPException) -> bool:
    """Return whether it is our own token that counts no more; the token of an old interaction has a number."""
    return answer.status == UNAUTHORIZED and not answer.code and _is_discords(answer)


def _is_discords(answer: discord.HTTPException) -> bool:
    """Return whether Discord itself said that: its API speaks JSON."""
    return "json" in answer.response.headers.get("Content-Type", "")


def _wait_for(seconds: float) -> PlatformTrouble:
    """Return that Discord wants to hear nothing for so long."""
    return PlatformTrouble(f"Discord asks to wait for {seconds:.0f} s", retry_after=seconds)


def moment_of(id: str | int) -> datetime:
    """Return when the thing with this id was made, by Discord's clock."""
    return discord.utils.snowflake_time(int(id)).astimezone(UTC)


def id_at(moment: datetime) -> str:
    """Return the id that divides what was made before *moment* from what came after."""
    return str(discord.utils.time_snowflake(moment))
