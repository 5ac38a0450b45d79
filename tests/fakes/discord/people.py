"""What people do on the pretended Discord, and what they then see."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.discord.gateway import FakeGateway
from tests.fakes.discord.rest import FakeRest
from tests.fakes.discord.world import APPLICATION, BOT, GUILD, Json, World


@dataclass
class FakeDiscord:
    """Everything of it in one hand."""

    world: World
    gateway: FakeGateway
    rest: FakeRest
    api: str
    channel: str = ""
    _tokens: itertools.count[int] = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        """Open the first channel."""
        self.channel = self.world.add_channel("chat")

    # --- what is there to be seen ---

    def posts(self, channel: str | None = None) -> list[Json]:
        """Return the bot's messages in a channel, oldest first."""
        here = self.world.messages[channel or self.channel].values()
        return sorted(
            (one for one in here if one["author"]["id"] == str(BOT)), key=lambda one: int(one["id"])
        )

    def letters(self, who: str) -> list[Json]:
        """Return the bot's private messages to somebody, oldest first."""
        return [
            message
            for channel in self.world.channels.values()
            if channel["type"] == 1 and channel["recipients"][0]["id"] == who
            for message in self.posts(channel["id"])
        ]

    # --- writing ---

    async def say(
        self, who: str, text: str, *, channel: str | None = None, to: str | None = None, **more: Any
    ) -> str:
        """Have somebody write; *to*: which message they answer. Return the new message's id."""
        where = channel or self.channel
        if to is not None:
            reference = {"type": 0, "message_id": to, "channel_id": where, "guild_id": str(GUILD)}
            more |= {"type": 19, "message_reference": reference}
        message = self.world.write(where, who, text, **more)
        await self.rest.tell_message(message)
        return str(message["id"])

    async def edit(self, message: str, text: str, *, channel: str | None = None) -> None:
        """Have the author change a message."""
        known = self.world.messages[channel or self.channel][message]
        known |= {"content": text, "edited_timestamp": self.world.clock.now().isoformat()}
        await self.rest.tell_message(known, "MESSAGE_UPDATE")

    async def delete(self, *messages: str, channel: str | None = None) -> None:
        """Delete messages: one, or several at once."""
        where = channel or self.channel
        for message in messages:
            del self.world.messages[where][message]
        place = {"channel_id": where, "guild_id": str(GUILD)}
        if len(messages) == 1:
            await self.gateway.tell("MESSAGE_DELETE", {"id": messages[0], **place})
        else:
            await self.gateway.tell("MESSAGE_DELETE_BULK", {"ids": list(messages), **place})

    async def react(self, who: str, message: str, emoji: str, *, present: bool = True) -> None:
        """Have somebody put a reaction under a message, or take it away."""
        reaction: Json = {
            "user_id": who,
            "channel_id": self.channel,
            "message_id": message,
            "guild_id": str(GUILD),
            "emoji": {"id": None, "name": emoji},
            "type": 0,
            "burst": False,
        }
        if present:
            reaction |= {"member": self._member(who), "message_author_id": str(BOT)}
        await self.gateway.tell(f"MESSAGE_REACTION_{'ADD' if present else 'REMOVE'}", reaction)

    async def cut_all(self) -> None:
        """Cut every connection, also those whose session is forgotten."""
        await self.gateway.cut()

    async def begin_thread(self, message: str) -> str:
        """Begin a thread at a message; return its id."""
        thread = self.world.add_thread(self.channel, message)
        await self.gateway.tell("THREAD_CREATE", self.world.channels[thread] | {"newly_created": True})
        return thread

    # --- pressing ---

    async def slash(self, who: str, name: str, /, **given: Any) -> str:
        """Have somebody type ``/chat name``; return the token that the answer comes under."""
        options = [{"type": 3, "name": option, "value": value} for option, value in given.items()]
        return await self._interact(
            who,
            2,
            {
                "id": "1",
                "name": "chat",
                "type": 1,
                "options": [{"type": 1, "name": name, "options": options}],
            },
        )

    async def slash_about(self, who: str, name: str, /, **given: Any) -> str:
        """Have somebody type ``/chat message name``; return the token that the answer comes under."""
        options = [{"type": 3, "name": option, "value": value} for option, value in given.items()]
        inside = [{"type": 1, "name": name, "options": options}]
        group = {"type": 2, "name": "message", "options": inside}
        return await self._interact(who, 2, {"id": "1", "name": "chat", "type": 1, "options": [group]})

    async def pick(self, who: str, message: str, name: str) -> str:
        """Have somebody pick *name* from the menu of a message."""
        known = self.world.messages[self.channel][message]
        data = {
            "id": "2",
            "name": name,
            "type": 3,
            "target_id": message,
            "resolved": {"messages": {message: known}},
        }
        return await self._interact(who, 2, data)

    async def press(self, who: str, message: Json, label: str, *, channel: str | None = None) -> str:
        """Have somebody press the button (or choose the option) *label* under *message*."""
        for row in message["components"]:
            for inside in row["components"]:
                if inside.get("label") == label:
                    data = {"component_type": 2, "custom_id": inside["custom_id"]}
                    return await self._interact(who, 3, data, message, channel)
                for option in inside.get("options", ()):
                    if option["label"] == label:
                        data = {
                            "component_type": 3,
                            "custom_id": inside["custom_id"],
                            "values": [option["value"]],
                        }
                        return await self._interact(who, 3, data, message, channel)
        raise LookupError(f"there is no button {label!r}")

    async def hand_in(self, who: str, form: Json, *, channel: str | None = None, **given: str) -> str:
        """Have somebody fill in a form."""
        components = []
        for asked in form["components"]:
            inside = asked["component"]
            value = given[inside["custom_id"]]
            filled = {"values": [value]} if inside["type"] == 3 else {"value": value}
            field = {"type": inside["type"], "id": 2, "custom_id": inside["custom_id"], **filled}
            components.append({"type": 18, "id": 1, "component": field})
        return await self._interact(
            who, 5, {"custom_id": form["custom_id"], "components": components}, None, channel
        )

    async def _interact(
        self, who: str, kind: int, data: Json, message: Json | None = None, channel: str | None = None
    ) -> str:
        where = self.world.channels[channel or (message or {}).get("channel_id") or self.channel]
        id, token = self.world.new_id(), f"token-{next(self._tokens)}"
        self.rest.interactions[id] = token
        interaction: Json = {
            "id": id,
            "application_id": str(APPLICATION),
            "type": kind,
            "token": token,
            "version": 1,
            "data": data,
            "channel_id": where["id"],
            "channel": where,
            "locale": "en-GB",
            "app_permissions": str(self.world.bot_may),
            "entitlements": [],
            "authorizing_integration_owners": {"0": str(GUILD)},
            "context": 1 if where["type"] == 1 else 0,
            "attachment_size_limit": 10_485_760,
        }
        if where["type"] == 1:
            interaction["user"] = self.world.users[who]
        else:
            rights = {"permissions": str(self.world.permissions(who))}
            interaction |= {"guild_id": str(GUILD), "member": self._member(who) | rights}
        if message is not None:
            interaction["message"] = message
        await self.gateway.tell("INTERACTION_CREATE", interaction)
        return token

    def _member(self, who: str) -> Json:
        return self.world.members[who] | {"user": self.world.users[who]}
