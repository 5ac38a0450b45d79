"""A Slack workspace: channels, people, and what stands where. It knows nothing of wires."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Json = dict[str, Any]
TEAM, APP, BOT_USER, BOT = "T0HCCHAT", "A0TWEET", "U0BOT", "B0BOT"


@dataclass(slots=True)
class Channel:
    """A channel or a direct message."""

    id: str
    members: set[str]
    messages: dict[str, Json] = field(default_factory=dict)
    is_archived: bool = False
    with_person: str | None = None


@dataclass(slots=True)
class User:
    """Somebody."""

    id: str
    name: str
    is_admin: bool = False


class Refused(Exception):
    """What Slack says ``ok: false`` for."""


@dataclass(slots=True)
class Workspace:
    """Everything that people see. *now*: the workspace's own clock."""

    now: Callable[[], datetime]
    channels: dict[str, Channel] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    closed_to_bot: set[str] = field(default_factory=set)
    _last: int = 0

    def ts(self) -> str:
        """Return the id of a message written now; no two are the same."""
        self._last = max(int(self.now().timestamp() * 1_000_000), self._last + 1)
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"

    def add_channel(self, id: str) -> Channel:
        """Open a channel that our bot has been invited to, which the channel says."""
        channel = self.channels[id] = Channel(id=id, members={BOT_USER})
        joined = {
            "type": "message",
            "subtype": "channel_join",
            "user": BOT_USER,
            "ts": self.ts(),
            "text": "joined",
        }
        channel.messages[joined["ts"]] = joined
        return channel

    def add_user(self, id: str, name: str, *, is_admin: bool = False) -> User:
        """Let somebody in."""
        self.users[id] = User(id, name, is_admin)
        return self.users[id]

    def direct(self, person: str) -> tuple[Channel, bool]:
        """Return the direct messages with *person*, and whether there were any before."""
        if person not in self.users:
            raise Refused("user_not_found")
        if person in self.closed_to_bot:
            raise Refused("user_disabled")
        id = f"D{person[1:]}"
        known = id in self.channels
        if not known:
            self.channels[id] = Channel(id=id, members={BOT_USER, person}, with_person=person)
        return self.channels[id], known

    def channel(self, id: str) -> Channel:
        """Return a channel. Raises: Refused."""
        if id not in self.channels:
            raise Refused("channel_not_found")
        return self.channels[id]

    def _readable(self, id: str) -> Channel:
        here = self.channel(id)
        if BOT_USER not in here.members:
            raise Refused("not_in_channel")
        return here

    # --- messages ---

    def write(self, channel: str, message: Json) -> Json:
        """Put *message* into *channel*; return it as it stands."""
        here = self.channel(channel)
        if here.is_archived:
            raise Refused("is_archived")
        if BOT_USER not in here.members and message.get("user") == BOT_USER:
            raise Refused("not_in_channel")
        stands = {"type": "message", "team": TEAM, **message, "ts": self.ts()}
        here.messages[stands["ts"]] = stands
        parent = here.messages.get(stands.get("thread_ts", ""))
        if parent is not None:
            parent["thread_ts"] = parent["ts"]
            parent["reply_count"] = parent.get("reply_count", 0) + 1
            parent["latest_reply"] = stands["ts"]
        return stands

    def change(self, channel: str, ts: str, **changes: Any) -> tuple[Json, Json]:
        """Change a message; return how it was and how it is. Raises: Refused."""
        here = self.channel(channel)
        if ts not in here.messages:
            raise Refused("message_not_found")
        before = here.messages[ts]
        here.messages[ts] = {**before, **changes}
        return before, here.messages[ts]

    def remove(self, channel: str, ts: str) -> Json:
        """Take a message away; a thread that hangs on it keeps a tombstone. Raises: Refused."""
        here = self.channel(channel)
        if ts not in here.messages:
            raise Refused("message_not_found")
        gone = here.messages.pop(ts)
        if gone.get("reply_count"):
            kept = {name: gone[name] for name in ("type", "ts", "thread_ts", "reply_count", "latest_reply")}
            text = "This message was deleted."
            here.messages[ts] = kept | {
                "subtype": "tombstone",
                "user": "USLACKBOT",
                "text": text,
                "hidden": True,
            }
        return gone

    def react(self, channel: str, ts: str, name: str, user: str, *, present: bool) -> None:
        """Put a reaction under a message, or take it away."""
        message = self.channel(channel).messages[ts]
        users = {one["name"]: set(one["users"]) for one in message.get("reactions", ())}
        (users.setdefault(name, set()).add if present else users.setdefault(name, set()).discard)(user)
        message["reactions"] = [
            {"name": one, "users": sorted(who), "count": len(who)} for one, who in users.items() if who
        ]

    def history(self, given: Json) -> Json:
        """Return a page of what stands in a channel itself, newest first."""
        here = self._readable(given["channel"])
        top = [one for one in here.messages.values() if one.get("thread_ts", one["ts"]) == one["ts"]]
        return _page(sorted(top, key=lambda one: one["ts"], reverse=True), given)

    def replies(self, given: Json) -> Json:
        """Return a page of a thread, oldest first, its root before them."""
        here = self._readable(given["channel"])
        if given["ts"] not in here.messages:
            raise Refused("thread_not_found")
        thread = [one for one in here.messages.values() if one.get("thread_ts") == given["ts"]]
        return _page(sorted(thread, key=lambda one: one["ts"]), given, always=given["ts"])


def _page(messages: list[Json], given: Json, always: str = "") -> Json:
    oldest, latest = given.get("oldest", "0"), given.get("latest", "9")
    within = [one for one in messages if oldest <= one["ts"] <= latest or one["ts"] == always]
    limit, start = int(given.get("limit", 100)), int(given.get("cursor") or 0)
    page = [_shown(one, given) for one in within[start : start + limit]]
    more = start + limit < len(within)
    cursor = str(start + limit) if more else ""
    return {"messages": page, "has_more": more, "response_metadata": {"next_cursor": cursor}}


def _shown(message: Json, given: Json) -> Json:
    if given.get("include_all_metadata") or "metadata" not in message:
        return message
    return message | {"metadata": {"event_type": message["metadata"]["event_type"]}}
