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
}


class Refusal(PlatformTrouble):
    """Discord said no for good; *code* is its own number for why."""

    def __init__(self, code: int, status: int) -> None:
        self.code = code
        super().__init__(
            _REASONS.get(code, f"Discord refuses it (HTTP {status}, code {code})"), permanent=True
        )


class Wire:
    """The REST side of one connection."""

    def __init__(self, client: discord.Client, patience: float = PATIENCE) -> None:
        self._client, self._patience = client, patience
        self.is_open = asyncio.Event()

    async def request(self, method: str, path: str, json: Any = None, /, **into: Any) -> Any:
        """Return what Discord answers to *method* *path*, its gaps filled from *into*; ``params`` is the query.

        Raises: PlatformTrouble, which says whether it may have happened all the same; Refusal when it never will.
        """
        if not self.is_open.is_set():
            raise PlatformTrouble("not connected to Discord yet")
        more: dict[str, Any] = {"params": into.pop("params", None)}
        if json is not None:
            more["json"] = json
        try:
            return await self._client.http.request(
                Route(method, path, **into), timeout=aiohttp.ClientTimeout(total=self._patience), **more
            )
        except discord.RateLimited as limited:
            raise PlatformTrouble("Discord asks for patience", retry_after=limited.retry_after) from None
        except discord.HTTPException as answer:
            raise _verdict(answer) from None
        except aiohttp.ClientConnectorError:
            raise PlatformTrouble("Discord cannot be reached") from None
        except (aiohttp.ClientError, OSError, ValueError) as lost:  # a time-out is an OSError
            raise PlatformTrouble(f"no answer from Discord ({type(lost).__name__})", unknown=True) from None


def _verdict(answer: discord.HTTPException) -> PlatformTrouble:
    if answer.status == 429:
        wait = answer.response.headers.get("Retry-After", "")
        patience = float(wait) if wait.replace(".", "", 1).isdigit() else AFTER_A_BAN
        return PlatformTrouble("Discord asks for patience", retry_after=patience)
    if answer.status >= 500:
        return PlatformTrouble(f"Discord has trouble of its own (HTTP {answer.status})", unknown=True)
    return Refusal(answer.code, answer.status)


def moment_of(id: str | int) -> datetime:
    """Return when the thing with this id was made, by Discord's clock."""
    return discord.utils.snowflake_time(int(id)).astimezone(UTC)


def id_at(moment: datetime) -> str:
    """Return the id that divides what was made before *moment* from what came after."""
    return str(discord.utils.time_snowflake(moment))
