"""What is so on the pretended Discord: people, roles, channels, messages. No wire."""

import itertools
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

Json = dict[str, Any]

EPOCH = 1_420_070_400_000
BOT, GUILD, APPLICATION, OWNER = (
    900_000_000_000_000_001,
    900_000_000_000_000_002,
    900_000_000_000_000_003,
    900_000_000_000_000_004,
)
MODERATORS = 900_000_000_000_000_005
VIEW, SEND, HISTORY, MANAGE = 1 << 10, 1 << 11, 1 << 16, 1 << 13
USUAL = VIEW | SEND | HISTORY | MANAGE
NEVER_SET = "1970-01-01T00:00:00+00:00"


class HasNow(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Return it."""


class Refused(Exception):
    """Discord says no, with its own code."""

    def __init__(self, status: int, code: int, message: str) -> None:
        self.status, self.code, self.message = status, code, message
        super().__init__(message)


@dataclass
class World:
    """One server, its people and channels, and conversations with single people."""

    clock: HasNow
    everyone: int = VIEW | SEND | HISTORY
    bot_may: int = USUAL
    channels: dict[str, Json] = field(default_factory=dict)
    users: dict[str, Json] = field(default_factory=dict)
    members: dict[str, Json] = field(default_factory=dict)
    messages: dict[str, dict[str, Json]] = field(default_factory=dict)
    nonces: dict[str, tuple[str, str]] = field(default_factory=dict)
    closed_to_bot: set[str] = field(default_factory=set)
    remembers_nonces: bool = True
    _below: Any = field(default_factory=lambda: itertools.cycle(range(4096)))

    def __post_init__(self) -> None:
        """Let the bot in."""
        self.join("tweetchat", BOT, bot=True)

    def new_id(self) -> str:
        """Return an id for something made now."""
        milliseconds = int(self.clock.now().timestamp() * 1000) - EPOCH
        return str((milliseconds << 22) | next(self._below))

    # --- people ---

    def join(self, name: str, id: int | None = None, *, bot: bool = False, moderator: bool = False) -> str:
        """Let somebody join the server; return their id."""
        who = str(id or self.new_id())
        self.users[who] = {
            "id": who,
            "username": name.lower(),
            "discriminator": "0",
            "global_name": name,
            "avatar": None,
            "bot": bot,
            "flags": 0,
            "public_flags": 0,
        }
        self.members[who] = {
            "roles": [str(MODERATORS)] if moderator else [],
            "nick": None,
            "joined_at": "2026-01-01T00:00:00+00:00",
            "deaf": False,
            "mute": False,
            "flags": 0,
            "avatar": None,
            "premium_since": None,
        }
        return who

    def permissions(self, who: str) -> int:
        """Return what somebody may do on the server."""
        return self.everyone | (MANAGE if str(MODERATORS) in self.members[who]["roles"] else 0)

    # --- places ---

    def add_channel(self, name: str) -> str:
        """Open a text channel; return its id."""
        id = self.new_id()
        self.channels[id] = {
            "id": id,
            "type": 0,
            "guild_id": str(GUILD),
            "name": name,
            "position": 0,
            "topic": None,
            "nsfw": False,
            "parent_id": None,
            "last_message_id": None,
            "rate_limit_per_user": 0,
            "flags": 0,
            "permission_overwrites": [],
        }
        self.messages[id] = {}
        return id

    def add_thread(self, channel: str, message: str, name: str = "more on this") -> str:
        """Begin a thread at a message; return its id, which is the message's."""
        self.channels[message] = {
            "id": message,
            "type": 11,
            "guild_id": str(GUILD),
            "parent_id": channel,
            "owner_id": self.messages[channel][message]["author"]["id"],
            "name": name,
            "last_message_id": None,
            "message_count": 0,
            "member_count": 1,
            "rate_limit_per_user": 0,
            "flags": 0,
            "thread_metadata": {
                "archived": False,
                "auto_archive_duration": 1440,
                "archive_timestamp": "2026-01-01T00:00:00+00:00",
                "locked": False,
            },
        }
        self.messages[message] = {}
        return message

    def conversation(self, who: str) -> Json:
        """Return the private channel between the bot and somebody."""
        if who in self.closed_to_bot:
            raise Refused(403, 50_007, "Cannot send messages to this user")
        for channel in self.channels.values():
            if channel["type"] == 1 and channel["recipients"][0]["id"] == who:
                return channel
        id = self.new_id()
        self.channels[id] = {
            "id": id,
            "type": 1,
            "last_message_id": None,
            "flags": 0,
            "recipients": [self.users[who]],
        }
        self.messages[id] = {}
        return self.channels[id]

    def place(self, channel: str) -> Json:
        """Return a channel as the bot may see it. Raises: Refused."""
        if channel not in self.channels:
            raise Refused(404, 10_003, "Unknown Channel")
        if not self.bot_may & VIEW and self.channels[channel]["type"] != 1:
            raise Refused(403, 50_001, "Missing Access")
        return self.channels[channel]

    def message(self, channel: str, id: str) -> Json:
        """Return a message. Raises: Refused."""
        self.place(channel)
        if id not in self.messages[channel]:
            raise Refused(404, 10_008, "Unknown Message")
        return self.messages[channel][id]

    # --- what is written ---

    def write(self, channel: str, who: str, content: str, **more: Any) -> Json:
        """Store a message and return it."""
        id = self.new_id()
        message: Json = {
            "id": id,
            "channel_id": channel,
            "author": self.users[who],
            "content": content,
            "timestamp": self.clock.now().isoformat(),
            "edited_timestamp": None,
            "tts": False,
            "mention_everyone": False,
            "mentions": [],
            "mention_roles": [],
            "attachments": [],
            "embeds": [],
            "pinned": False,
            "type": 0,
            "flags": 0,
            "components": [],
        } | more
        self.messages[channel][id] = message
        self.channels[channel]["last_message_id"] = id
        return message

    def post(self, channel: str, body: Json) -> tuple[Json, bool]:
        """Store what the bot posts; return it and whether it is new. Raises: Refused."""
        place = self.place(channel)
        if place["type"] != 1 and not self.bot_may & SEND:
            raise Refused(403, 50_013, "Missing Permissions")
        nonce = body.get("nonce")
        if nonce in self.nonces and body.get("enforce_nonce") and self.remembers_nonces:
            where, id = self.nonces[nonce]
            return self.message(where, id), False
        taken = ("components", "embeds", "flags", "message_reference")
        more = {name: body[name] for name in taken if name in body}
        if "message_reference" in more:
            more["message_reference"] = {"channel_id": channel, **more["message_reference"]}
            more["type"] = 19
        message = self.write(channel, str(BOT), body.get("content") or "", **more)
        if nonce is not None:
            self.nonces[nonce] = (channel, message["id"])
        return message, True

    def page(self, channel: str, after: str | None, before: str | None, limit: int) -> list[Json]:
        """Return a page of history, newest first; an empty one to whom Discord shows none."""
        place = self.place(channel)
        if place["type"] != 1 and not self.bot_may & HISTORY:
            return []
        ids = sorted(map(int, self.messages[channel]))
        if after is not None:
            ids = [id for id in ids if id > int(after)][:limit]
        elif before is not None:
            ids = [id for id in ids if id < int(before)]
        return [self.messages[channel][str(id)] for id in reversed(ids[-limit:])]

    # --- as the gateway tells it ---

    def guild(self) -> Json:
        """Return the server as it is told to a new session."""
        threads = [channel for channel in self.channels.values() if channel["type"] == 11]
        texts = [channel for channel in self.channels.values() if channel["type"] == 0]
        return {
            "id": str(GUILD),
            "name": "A server",
            "owner_id": str(OWNER),
            "roles": self.roles(),
            "channels": [self._seen_channel(channel) for channel in texts],
            "threads": threads,
            "members": [self.members[str(BOT)] | {"user": self.users[str(BOT)]}],
            "member_count": len(self.members),
            "emojis": [],
            "stickers": [],
            "features": [],
            "large": False,
            "joined_at": "2026-01-01T00:00:00+00:00",
            "voice_states": [],
            "presences": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
            "unavailable": False,
            "premium_tier": 0,
            "verification_level": 0,
            "default_message_notifications": 0,
            "explicit_content_filter": 0,
            "mfa_level": 0,
            "nsfw_level": 0,
            "system_channel_flags": 0,
            "preferred_locale": "en-US",
            "afk_timeout": 300,
            "premium_progress_bar_enabled": False,
            "icon": None,
            "splash": None,
            "discovery_splash": None,
            "afk_channel_id": None,
            "application_id": None,
            "system_channel_id": None,
            "rules_channel_id": None,
            "vanity_url_code": None,
            "description": None,
            "banner": None,
            "public_updates_channel_id": None,
            "safety_alerts_channel_id": None,
            "region": "",
        }

    def roles(self) -> list[Json]:
        """Return the server's roles; the bot's rights come by an overwrite in each channel."""
        return [
            _role(str(GUILD), "@everyone", self.everyone),
            _role(str(MODERATORS), "moderators", MANAGE),
        ]

    def _seen_channel(self, channel: Json) -> Json:
        return channel | {"permission_overwrites": [self.overwrite()]}

    def overwrite(self) -> Json:
        """Return what the bot itself is allowed and denied in the channels."""
        return {"id": str(BOT), "type": 1, "allow": str(self.bot_may), "deny": str(USUAL & ~self.bot_may)}


def _role(id: str, name: str, permissions: int) -> Json:
    return {
        "id": id,
        "name": name,
        "permissions": str(permissions),
        "position": 0,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": False,
        "mentionable": False,
        "flags": 0,
        "icon": None,
        "unicode_emoji": None,
    }
