"""What only Discord has to be tried for, live."""

import aiohttp
from discord.http import Route

from adapters.discord import wishes
from adapters.discord.history import custom_ids
from adapters.discord.platform import DiscordPlatform
from adapters.discord.translate import channel_id
from adapters.discord.wire import PATIENCE, Wire
from bot.errors import PlatformTrouble
from bot.ports import Standing, Trial

LEAST_SIGN_INS = 100
"""Discord resets the token of a bot that has none left."""


def _wire(platform: DiscordPlatform) -> Wire:
    wire = Wire(platform.client, PATIENCE)
    wire.is_open.set()
    return wire


async def _marker(platform: DiscordPlatform, standing: Standing) -> str:
    """The mark by which a post is found again stands in the message, as Discord shows it."""
    mark, message = wishes.marker(standing.key, standing.room), await _message(platform, standing)
    if mark not in {wishes.mark_in(id) for id in custom_ids(message.get("components", ()))}:
        raise PlatformTrouble("no component bears the mark", permanent=True)
    return mark


async def _mentions(platform: DiscordPlatform, standing: Standing) -> str:
    """Nobody is called by what a post says."""
    message = await _message(platform, standing)
    if message.get("mention_everyone") or message.get("mentions") or message.get("mention_roles"):
        raise PlatformTrouble("somebody was called", permanent=True)
    return ""


async def _message(platform: DiscordPlatform, standing: Standing) -> dict[str, object]:
    found: dict[str, object] = await _wire(platform).request(
        "GET",
        "/channels/{channel_id}/messages/{message_id}",
        channel_id=channel_id(standing.room),
        message_id=standing.receipt.id,
    )
    return found


async def _sign_ins(platform: DiscordPlatform, _: Standing) -> str:
    """Enough sign-ins are left today for a bad day."""
    limit = (await _wire(platform).request("GET", "/gateway/bot"))["session_start_limit"]
    if limit["remaining"] < LEAST_SIGN_INS:
        raise PlatformTrouble(f"{limit['remaining']} of {limit['total']} left", permanent=True)
    return f"{limit['remaining']}/{limit['total']}"


async def _commands(platform: DiscordPlatform, _: Standing) -> str:
    """The slash commands and message menus are listed."""
    path = "/applications/{application_id}/commands"
    listed = await _wire(platform).request("GET", path, application_id=platform.client.application_id)
    if not listed:
        raise PlatformTrouble("none", permanent=True)
    return f"{len(listed)}"


async def _limits(platform: DiscordPlatform, standing: Standing) -> str:
    """Discord tells in each answer how many requests are left: the library waits by that."""
    path = f"/channels/{channel_id(standing.room)}/messages/{standing.receipt.id}"
    known = platform.client.http
    headers = {"Authorization": f"Bot {known.token}", "User-Agent": known.user_agent}
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE)) as http,
            http.get(Route.BASE + path, headers=headers) as answer,
        ):
            told = [
                answer.headers.get(f"X-RateLimit-{name}") for name in ("Remaining", "Limit", "Reset-After")
            ]
    except aiohttp.ClientError as lost:
        raise PlatformTrouble(f"no answer ({type(lost).__name__})") from None
    if None in told:
        raise PlatformTrouble("no limits are told", permanent=True)
    return "{}/{}, {} s".format(*told)


TRIALS = (
    Trial(name="discord-marker", run=_marker),
    Trial(name="discord-mentions", run=_mentions),
    Trial(name="discord-sign-ins", run=_sign_ins),
    Trial(name="discord-commands", run=_commands),
    Trial(name="discord-limits", run=_limits),
)
