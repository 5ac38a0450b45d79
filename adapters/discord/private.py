"""Private messages to one person: what the bot tells them alone, under a key that replaces what stood there."""

from adapters.discord import content as native
from adapters.discord.content import Frame, Json
from adapters.discord.wire import OPENING_TOO_FAST, UNKNOWN_MESSAGE, Refusal, Wire
from adapters.discord.wishes import nonce
from bot.errors import PlatformTrouble
from bot.ports import Content, PostKey

LONGEST_WAIT = 5.0
"""Seconds. Whoever opens many conversations has to wait for minutes; no question of a chat waits behind them."""
MOST_REMEMBERED = 10_000


class PrivateMessages:
    """The conversations with single people."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._channels: dict[str, str] = {}
        self._shown: dict[tuple[str, PostKey], str] = {}

    async def show(self, key: PostKey, person: str, content: Content, frame: Frame) -> str:
        """Show *content* to *person* in place of what stood under *key*; return its id. Raises: PlatformTrouble."""
        body = native.message(content, frame)
        shown = self._shown.get((person, key))
        if shown is not None and await self.edit(person, shown, body):
            return shown
        name = nonce(key, frame.room)
        id = await self.send(person, body | {"nonce": name, "enforce_nonce": True})
        if len(self._shown) >= MOST_REMEMBERED:
            self._shown.clear()
        self._shown[person, key] = id
        return id

    async def send(self, person: str, body: Json) -> str:
        """Send a new private message; return its id. Raises: PlatformTrouble."""
        channel = await self.channel(person)
        sent = await self._wire.request("POST", "/channels/{channel_id}/messages", body, channel_id=channel)
        return str(sent["id"])

    async def edit(self, person: str, id: str, body: Json) -> bool:
        """Change a private message; return whether it was still there. Raises: PlatformTrouble."""
        path = "/channels/{channel_id}/messages/{message_id}"
        try:
            channel = await self.channel(person)
            await self._wire.request("PATCH", path, body, channel_id=channel, message_id=id)
        except Refusal as refusal:
            if refusal.code != UNKNOWN_MESSAGE:
                raise
            return False
        return True

    async def delete(self, person: str, id: str) -> None:
        """Take a private message back, if it is still there. Raises: PlatformTrouble."""
        path = "/channels/{channel_id}/messages/{message_id}"
        try:
            channel = await self.channel(person)
            await self._wire.request("DELETE", path, channel_id=channel, message_id=id)
        except Refusal as refusal:
            if refusal.code != UNKNOWN_MESSAGE:
                raise

    async def channel(self, person: str) -> str:
        """Return the channel of the conversation with *person*. Raises: PlatformTrouble."""
        if person not in self._channels:
            try:
                opened = await self._wire.request("POST", "/users/@me/channels", {"recipient_id": person})
            except PlatformTrouble as trouble:
                if (trouble.retry_after or 0.0) > LONGEST_WAIT:
                    raise Refusal(OPENING_TOO_FAST, 429) from None
                raise
            self._channels[person] = str(opened["id"])
        return self._channels[person]
