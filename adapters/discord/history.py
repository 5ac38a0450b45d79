"""What stands in a channel: whether a post of ours does, and what was said while nobody listened."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import aiohttp
import discord

from adapters.discord import permissions, translate, wishes
from adapters.discord.content import Json
from adapters.discord.people import Acquaintances
from adapters.discord.wire import NO_ACCESS, UNKNOWN_CHANNEL, UNKNOWN_MESSAGE, Refusal, Wire, id_at, moment_of
from bot.errors import PlatformTrouble
from bot.ports import Heard, Lack, Look, PostKey, Receipt, RoomId

PAGE = 100
MOST_PAGES = 50
"""As far as one look goes: 5,000 messages of one room."""
_BLIND = "the bot may not read the channel's history"


class History:
    """Reads channels back."""

    def __init__(self, wire: Wire, client: discord.Client, people: Acquaintances) -> None:
        self._wire, self._client, self._people = wire, client, people

    async def lacks(self, room: RoomId) -> tuple[Lack, ...]:
        """Return what the bot may not do in *room*, asked afresh. Raises: PlatformTrouble."""
        application = await self._wire.request("GET", "/oauth2/applications/@me")
        return (*await self._forbidden(room), *permissions.lacking_intent(application))

    async def _forbidden(self, room: RoomId) -> tuple[Lack, ...]:
        channel_id = translate.channel_id(room)
        try:
            channel = await self._wire.request("GET", "/channels/{channel_id}", channel_id=channel_id)
            if "guild_id" not in channel:
                return permissions.unseen(channel_id)
            return permissions.lacking(await self._granted(channel))
        except Refusal as refusal:
            if refusal.code in {UNKNOWN_CHANNEL, NO_ACCESS}:
                return permissions.unseen(channel_id)
            raise

    async def _granted(self, channel: Json) -> discord.Permissions:
        here, me = channel["guild_id"], str(self._client.user.id) if self._client.user else ""
        guild = await self._wire.request("GET", "/guilds/{guild_id}", guild_id=here)
        member = await self._wire.request(
            "GET", "/guilds/{guild_id}/members/{member_id}", guild_id=here, member_id=me
        )
        return permissions.granted(guild, member["roles"], channel, me)

    # --- is it there? ---------------------------------------------------------------------------------------

    async def look_up(self, key: PostKey, room: RoomId, since: datetime) -> Look:
        """Return how the post *key* stands in the history of *room*.

        Raises: PlatformTrouble, also where history is hidden: Discord shows an empty one to whom it shows none.
        """
        if await self._forbidden(room):
            raise PlatformTrouble(_BLIND, unknown=True)
        mark = wishes.marker(key, room)
        seen = [message async for message in self._messages(room, since)]
        copies = tuple(
            Receipt(id=str(message["id"]), at=moment_of(message["id"]), via="history")
            for message in seen
            if _is_marked(message, mark)
        )
        return Look(copies=copies, shows=bool(seen or await self._page(room, before=id_at(since), limit=1)))

    async def stands(self, room: RoomId, id: str, thread: str | None) -> bool:
        """Return whether message *id* stands in *room* or its *thread*. Raises: PlatformTrouble."""
        place = thread or translate.channel_id(room)
        try:
            await self._wire.request(
                "GET", "/channels/{channel_id}/messages/{message_id}", channel_id=place, message_id=id
            )
        except Refusal as refusal:
            gone = {UNKNOWN_MESSAGE, UNKNOWN_CHANNEL} if thread else {UNKNOWN_MESSAGE}
            if refusal.code not in gone:  # a thread that is deleted takes its messages along
                raise
            return False
        return True

    async def standing(self, channel: str, mark: str) -> Json | None:
        """Return our newest message in a private *channel* that bears *mark*."""
        newest = await self._wire.request(
            "GET", "/channels/{channel_id}/messages", channel_id=channel, params={"limit": PAGE}
        )
        return next((message for message in newest if _is_marked(message, mark)), None)

    async def _messages(self, room: RoomId, since: datetime) -> AsyncIterator[Json]:
        after = id_at(since)
        for _ in range(MOST_PAGES):
            page = await self._page(room, after=after, limit=PAGE)
            for message in sorted(page, key=lambda message: int(message["id"])):
                after = str(message["id"])
                yield message
            if len(page) < PAGE:
                return

    async def _page(self, room: RoomId, **params: Any) -> list[Json]:
        page: list[Json] = await self._wire.request(
            "GET", "/channels/{channel_id}/messages", channel_id=translate.channel_id(room), params=params
        )
        return page

    # --- what was said --------------------------------------------------------------------------------------

    async def said(self, room: RoomId, since: datetime) -> AsyncIterator[Heard]:
        """Give everything that people said in *room* and its open threads since then, oldest first, as it stands.

        Raises: PlatformTrouble, at the end where history turns out to be hidden from us.
        """
        channel = self._client.get_channel(int(translate.channel_id(room)))
        if not isinstance(channel, discord.TextChannel | discord.VoiceChannel):
            raise PlatformTrouble("the channel is not there to be read")
        threads, is_empty = channel.threads if isinstance(channel, discord.TextChannel) else [], True
        for place in (channel, *threads):
            async for message in self._read(place, since):
                is_empty = False
                for heard in self._told(message, room):
                    yield heard
        # To whom Discord shows no history it shows an empty one: nobody may take that for "everything was deleted".
        if is_empty and await self._forbidden(room):
            raise PlatformTrouble(_BLIND, permanent=True)

    async def _read(
        self, place: discord.TextChannel | discord.VoiceChannel | discord.Thread, since: datetime
    ) -> AsyncIterator[discord.Message]:
        try:
            # Read to its end: what a bound left out would look as if it had been deleted.
            async for message in place.history(limit=None, after=since, oldest_first=True):
                yield message
        except (discord.DiscordException, aiohttp.ClientError, OSError) as lost:
            is_refused = isinstance(lost, discord.Forbidden | discord.NotFound)
            raise PlatformTrouble(
                f"history cannot be read ({type(lost).__name__})", permanent=is_refused
            ) from None

    def _told(self, message: discord.Message, room: RoomId) -> Iterator[Heard]:
        if self._client.user is not None and message.author.id == self._client.user.id:
            return
        # History tells nobody's roles or nicknames: we go by what was seen live.
        author = self._people.remembered(message.author)
        heard = translate.message(message, room, replace(author, may_moderate=False))
        if heard is not None:
            yield heard
        if changed := translate.edit(message, room):
            yield changed


def _is_marked(message: Json, mark: str) -> bool:
    return any(wishes.mark_in(id) == mark for id in custom_ids(message.get("components", ())))


def custom_ids(components: Any) -> Iterator[str]:
    """Give the custom id of everything that can be pressed under a message."""
    for component in components:
        yield str(component.get("custom_id", ""))
        yield from custom_ids(component.get("components", ()))
