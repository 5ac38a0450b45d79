"""What people do in the workspace, and how Slack tells our app of it: events in envelopes, until acknowledged."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.fakes.slack.workspace import APP, BOT_USER, TEAM, Json, Workspace


@dataclass(slots=True)
class Envelope:
    """Something sent to our app. *answer*: what its acknowledgement carried, None before it came."""

    body: Json
    answer: Json | None = None
    sent: int = 0
    came: asyncio.Event = field(default_factory=asyncio.Event)


class People:
    """The workspace as people use it. *lossy*: what happens while no socket is open is never told of."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.url = ""
        self.changed = asyncio.Event()
        self.lines: dict[web.WebSocketResponse, web.Request] = {}
        self.envelopes: dict[str, Envelope] = {}
        self.triggers: set[str] = set()
        self.lossy = True
        self.twice = False
        self.held: list[str] | None = None
        self._count = 0

    # --- what people do ---

    async def say(self, user: str, channel: str, text: str, *, thread: str | None = None) -> str:
        """Have somebody write; return the message's id."""
        more = {"thread_ts": thread} if thread else {}
        message = self.workspace.write(channel, {"user": user, "text": text, **more})
        await self.tell_of(channel, message)
        return str(message["ts"])

    async def edit(self, channel: str, ts: str, text: str) -> None:
        """Have its author change a message."""
        user = self.workspace.channel(channel).messages[ts]["user"]
        edited = {"user": user, "ts": self.workspace.ts()}
        before, now = self.workspace.change(channel, ts, text=text, edited=edited)
        await self.tell_of_change(channel, before, now)

    async def delete(self, channel: str, ts: str) -> None:
        """Have its author take a message back."""
        gone = self.workspace.remove(channel, ts)
        await self.tell_of_deletion(channel, gone)

    async def react(self, user: str, channel: str, ts: str, name: str, *, present: bool = True) -> None:
        """Have somebody react, or take their reaction back."""
        self.workspace.react(channel, ts, name, user, present=present)
        item = {"type": "message", "channel": channel, "ts": ts}
        kind = "reaction_added" if present else "reaction_removed"
        event = {"type": kind, "user": user, "reaction": name, "item": item, "event_ts": self.workspace.ts()}
        await self.happen(event)

    async def slash(self, user: str, channel: str, text: str) -> Json:
        """Have somebody type ``/chat``; return what they read at once."""
        body = {
            "command": "/chat",
            "text": text,
            "user_id": user,
            "user_name": user.lower(),
            "channel_id": channel,
            "team_id": TEAM,
            **self._traces(),
        }
        return await self._ask("slash_commands", body)

    async def press(self, user: str, channel: str, ts: str, label: str) -> Json:
        """Have somebody press the button that says *label*."""
        message = self.workspace.channel(channel).messages[ts]
        elements = [
            one for block in message["blocks"] if block["type"] == "actions" for one in block["elements"]
        ]
        button = next(one for one in elements if one["text"]["text"] == label)
        action = {"type": "button", "action_id": button["action_id"], "value": button["value"]}
        body = {
            "type": "block_actions",
            "user": {"id": user},
            "channel": {"id": channel},
            "container": {"type": "message", "channel_id": channel, "message_ts": ts},
            "message": message,
            "actions": [action],
            **self._traces(),
        }
        return await self._ask("interactive", body)

    async def pick(self, user: str, channel: str, ts: str, callback_id: str) -> Json:
        """Have somebody choose an entry of a message's menu."""
        body = {
            "type": "message_action",
            "callback_id": callback_id,
            "user": {"id": user},
            "channel": {"id": channel},
            "message": self.workspace.channel(channel).messages[ts],
            "message_ts": ts,
            **self._traces(),
        }
        return await self._ask("interactive", body)

    async def submit(self, user: str, view: Json, **given: str) -> Json:
        """Have somebody fill in a form and send it; choices by their label, everything else as typed."""
        values = {
            block["block_id"]: _filled(block, given) for block in view["blocks"] if block["type"] == "input"
        }
        body = {
            "type": "view_submission",
            "user": {"id": user},
            "view": {**view, "id": "V1", "state": {"values": values}},
            "trigger_id": self._traces()["trigger_id"],
        }
        return await self._ask("interactive", body)

    def _traces(self) -> Json:
        self._count += 1
        trigger = f"trigger.{self._count}"
        self.triggers.add(trigger)
        return {"trigger_id": trigger, "response_url": f"{self.url}/respond", "api_app_id": APP}

    # --- how the app is told ---

    async def tell_of(self, channel: str, message: Json) -> None:
        """Tell that a message was written."""
        await self.happen(
            {**message, "channel": channel, "channel_type": "channel", "event_ts": message["ts"]}
        )

    async def tell_of_change(self, channel: str, before: Json, now: Json) -> None:
        """Tell that a message reads otherwise now."""
        about = {"message": now, "previous_message": before}
        await self._about_message(channel, "message_changed", about)

    async def tell_of_deletion(self, channel: str, gone: Json) -> None:
        """Tell that a message is gone; where a thread hangs on it, that is told as a change."""
        left = self.workspace.channel(channel).messages.get(gone["ts"])
        if left is not None:
            await self._about_message(channel, "message_changed", {"message": left, "previous_message": gone})
        else:
            about = {"deleted_ts": gone["ts"], "previous_message": gone}
            await self._about_message(channel, "message_deleted", about)

    async def _about_message(self, channel: str, subtype: str, about: Json) -> None:
        ts = self.workspace.ts()
        event = {
            "type": "message",
            "subtype": subtype,
            "channel": channel,
            "hidden": True,
            "ts": ts,
            "event_ts": ts,
        }
        await self.happen({**event, "channel_type": "channel", **about})

    async def happen(self, event: Json) -> None:
        """Tell of an event."""
        self._count += 1
        body = {
            "type": "event_callback",
            "team_id": TEAM,
            "api_app_id": APP,
            "event": event,
            "event_id": f"Ev{self._count}",
            "event_time": int(float(event["event_ts"])),
            "authorizations": [{"team_id": TEAM, "user_id": BOT_USER, "is_bot": True}],
            "is_ext_shared_channel": False,
        }
        await self.tell(body)

    async def tell(self, body: Json) -> None:
        """Send an envelope, if anybody is there to take it."""
        if self.lines or not self.lossy:
            id = self._new_envelope("events_api", body)
            if self.held is not None:
                self.held.append(id)
            else:
                await self._send(id)
        self.changed.set()

    async def _ask(self, kind: str, body: Json) -> Json:
        id = self._new_envelope(kind, body)
        await self._send(id)
        envelope = self.envelopes[id]
        await asyncio.wait_for(envelope.came.wait(), 10)
        return envelope.answer or {}

    def _new_envelope(self, kind: str, body: Json) -> str:
        id = f"envelope-{len(self.envelopes) + 1}"
        carried = {
            "type": kind,
            "envelope_id": id,
            "payload": body,
            "accepts_response_payload": kind != "events_api",
        }
        self.envelopes[id] = Envelope(carried)
        return id

    async def _send(self, id: str) -> None:
        envelope = self.envelopes[id]
        for line in tuple(self.lines)[-1:]:  # each envelope goes to one of the connections
            for _ in range(2 if self.twice else 1):
                envelope.sent += 1
                try:
                    await line.send_json(envelope.body | {"retry_attempt": envelope.sent - 1})
                except ConnectionError:
                    return

    # --- the lines ---

    async def connected(self, line: web.WebSocketResponse, request: web.Request) -> None:
        """Take note of a new connection, and deliver again what was never acknowledged."""
        self.lines[line] = request
        for id, envelope in self.envelopes.items():
            if not envelope.came.is_set() and (self.held is None or id not in self.held):
                await self._send(id)
        self.changed.set()

    def disconnected(self, line: web.WebSocketResponse) -> None:
        """Take note that a connection is gone."""
        self.lines.pop(line, None)
        self.changed.set()

    def acknowledged(self, answer: Json) -> None:
        """Take note of an acknowledgement."""
        envelope = self.envelopes[answer["envelope_id"]]
        envelope.answer = answer.get("payload") or {}
        envelope.came.set()
        self.changed.set()

    def go_silent(self) -> None:
        """Keep every connection open, and hear and say nothing on it any more."""
        for request in self.lines.values():
            if request.transport is not None:
                request.transport.pause_reading()  # type: ignore[attr-defined]  # a socket's has it
        self.lines.clear()

    def cut(self) -> None:
        """Break every connection without a word."""
        for request in self.lines.values():
            if request.transport is not None:
                request.transport.abort()
        self.lines.clear()

    async def ask_to_leave(self, reason: str = "refresh_requested") -> None:
        """Ask our app to connect anew, as Slack does every few hours."""
        for line in tuple(self.lines):
            await line.send_json({"type": "disconnect", "reason": reason})

    async def release(self, *, backwards: bool = False) -> None:
        """Deliver what was held back, in order or the other way round."""
        held, self.held = self.held or [], None
        for id in reversed(held) if backwards else held:
            await self._send(id)

    @property
    def unacknowledged(self) -> list[Any]:
        """Return what our app was told and has not acknowledged."""
        return [one.body for one in self.envelopes.values() if one.sent and not one.came.is_set()]

    # --- what people see ---

    def shown(self, channel: str) -> list[str]:
        """Return what our app said in *channel*, oldest first, as its notification text."""
        return [one["text"] for one in self.posts(channel)]

    def posts(self, channel: str) -> list[Json]:
        """Return what our app said in *channel*, oldest first."""
        here = self.workspace.channels.get(channel)
        return [
            one
            for _, one in sorted(here.messages.items() if here else ())
            if one.get("user") == BOT_USER and "subtype" not in one
        ]


def _filled(block: Json, given: dict[str, str]) -> Json:
    element = block["element"]
    answer = given.get(block["block_id"])
    if element["type"] == "static_select":
        chosen = next(
            (one for one in element["options"] if one["text"]["text"] == answer),
            element.get("initial_option"),
        )
        return {element["action_id"]: {"type": element["type"], "selected_option": chosen}}
    return {element["action_id"]: {"type": element["type"], "value": answer or element.get("initial_value")}}
