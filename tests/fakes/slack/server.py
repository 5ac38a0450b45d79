"""Slack on this machine: the Web API and Socket Mode in front of a workspace, with faults on demand."""

import asyncio
import json
import socket
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aiohttp import WSMsgType, web

from tests.fakes.slack.people import People
from tests.fakes.slack.schema import typed, violations
from tests.fakes.slack.workspace import APP, BOT, BOT_USER, TEAM, Json, Refused, Workspace

BOT_TOKEN, APP_TOKEN = "xoxb-fake", "xapp-fake"
SCOPES = (
    "chat:write,commands,channels:read,groups:read,channels:history,groups:history,im:history,im:write,"
    "metadata.message:read,reactions:read,users:read"
)
PATIENCE = 40.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What happens to one request: whether it is *done* all the same, and what is answered, if anything is.

    is_cut: the answer ends in the middle of its body.
    """

    done: bool = False
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: Json | str = ""
    mime: str = "text/html"
    held: asyncio.Event | None = None
    is_cut: bool = False


def limited(seconds: int) -> Fault:
    """Return "not so fast"."""
    return Fault(
        status=429, headers={"Retry-After": str(seconds)}, body={"ok": False, "error": "ratelimited"}
    )


def broken(status: int = 502, *, done: bool = False) -> Fault:
    """Return an error page of some machine in between."""
    return Fault(status=status, body="<html>Bad gateway</html>", done=done)


def dropped(*, done: bool) -> Fault:
    """Return a connection that breaks before an answer comes."""
    return Fault(done=done)


def silent(until: asyncio.Event, *, done: bool) -> Fault:
    """Return no answer before *until* is set."""
    return Fault(held=until, done=done)


def garbled(body: str, *, mime: str = "application/json", done: bool = True) -> Fault:
    """Return an answer that is no answer."""
    return Fault(status=200, body=body, mime=mime, done=done)


def cut_short(*, done: bool = True) -> Fault:
    """Return an answer whose connection breaks in the middle of it."""
    return Fault(status=200, body='{"ok": true, "ts"', is_cut=True, done=done)


def refused(error: str, **more: str) -> Fault:
    """Return a refusal that is meant."""
    return Fault(status=200, body={"ok": False, "error": error, **more})


class FakeSlack(People):
    """One workspace and its servers."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__(Workspace(now))
        self.violations: list[str] = []
        self.asked: list[tuple[str, Json]] = []
        self.answers: list[Json] = []
        self.peers: list[object] = []
        self.views: list[Json] = []
        self.scopes = SCOPES
        self.dead_addresses = 0
        self.mute_addresses = 0
        self.tried_addresses: list[str] = []
        self._faults: dict[str, deque[Fault]] = {}
        self._links = 0

    # --- what a test says and asks ---

    def expect(self, method: str, *faults: Fault) -> None:
        """Have the next requests of *method* end so."""
        self._faults.setdefault(method, deque()).extend(faults)

    def requests(self, method: str) -> list[Json]:
        """Return what was asked of *method* so far."""
        return [given for asked, given in self.asked if asked == method]

    async def until(self, holds: Callable[[], object], what: str = "") -> None:
        """Return when *holds* does; looks whenever something happened here, and now and then."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not holds():
                    with suppress(TimeoutError):
                        await asyncio.wait_for(self.changed.wait(), 0.02)
                    self.changed.clear()
        except TimeoutError:
            raise AssertionError(f"never came true: {what or holds}") from None

    # --- the servers ---

    def application(self) -> web.Application:
        """Return everything as one web application."""
        app = web.Application()
        app.router.add_route("*", "/api/{method}", self._call)
        app.router.add_get("/link/{number}", self._link)
        app.router.add_post("/respond", self._respond)
        return app

    async def _respond(self, request: web.Request) -> web.Response:
        given = await request.json()
        self.violations += violations("response_url", given)
        self.answers.append(given)
        self.changed.set()
        return web.Response(text="ok")

    async def _call(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        given = await _given(request, method)
        self.asked.append((method, given))
        self.peers.append(request.transport.get_extra_info("peername") if request.transport else None)
        self.violations += violations(method, given)
        waiting = self._faults.get(method)
        fault = waiting.popleft() if waiting else None
        if fault is None:
            return self._answer(request, await self._do(method, given, request))
        if fault.done:
            await self._do(method, given, request)
        self.changed.set()
        return await self._fail(request, fault)

    async def _fail(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        if fault.held is not None:
            await fault.held.wait()
        if fault.status is None:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        if isinstance(fault.body, str):
            return await _text(request, fault, fault.body, fault.status)
        return web.json_response(fault.body, status=fault.status, headers=fault.headers)

    def _answer(self, request: web.Request, answer: Json) -> web.Response:
        self.changed.set()
        return web.json_response(answer, headers={"x-oauth-scopes": self.scopes})

    async def _do(self, method: str, given: Json, request: web.Request) -> Json:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if token != (APP_TOKEN if method == "apps.connections.open" else BOT_TOKEN):
            return {"ok": False, "error": "invalid_auth"}
        does = getattr(self, "_" + method.replace(".", "_"), None)
        if does is None:
            return {"ok": False, "error": "unknown_method"}
        try:
            return {"ok": True} | await does(given)
        except Refused as problem:
            return {"ok": False, "error": str(problem)}

    # --- methods ---

    async def _auth_test(self, _: Json) -> Json:
        return {"url": self.url, "team_id": TEAM, "user_id": BOT_USER, "bot_id": BOT, "user": "tweetchat"}

    async def _apps_connections_open(self, _: Json) -> Json:
        self._links += 1
        return {"url": f"{self.url.replace('http', 'ws')}/link/{self._links}"}

    async def _chat_postMessage(self, given: Json) -> Json:  # noqa: N802  # Slack's own names
        if not given.get("text") and not given.get("blocks"):
            raise Refused("no_text")
        kept = {name: given[name] for name in ("text", "blocks", "metadata", "thread_ts") if given.get(name)}
        message = self.workspace.write(
            given["channel"], {"user": BOT_USER, "bot_id": BOT, "app_id": APP, **kept}
        )
        await self.tell_of(given["channel"], message)
        return {"channel": given["channel"], "ts": message["ts"], "message": message}

    async def _chat_update(self, given: Json) -> Json:
        if (
            self.workspace.channel(given["channel"]).messages.get(given["ts"], {}).get("user", BOT_USER)
            != BOT_USER
        ):
            raise Refused("cant_update_message")
        before, now = self.workspace.change(
            given["channel"], given["ts"], text=given["text"], blocks=given.get("blocks", [])
        )
        await self.tell_of_change(given["channel"], before, now)
        return {"channel": given["channel"], "ts": given["ts"], "text": given["text"]}

    async def _chat_delete(self, given: Json) -> Json:
        message = self.workspace.channel(given["channel"]).messages.get(given["ts"], {})
        if message.get("user", BOT_USER) != BOT_USER:
            raise Refused("cant_delete_message")
        gone = self.workspace.remove(given["channel"], given["ts"])
        await self.tell_of_deletion(given["channel"], gone)
        return {"channel": given["channel"], "ts": given["ts"]}

    async def _chat_postEphemeral(self, given: Json) -> Json:  # noqa: N802
        self.answers.append(given)
        return {"message_ts": self.workspace.ts()}

    async def _conversations_history(self, given: Json) -> Json:
        return self.workspace.history(given)

    async def _conversations_replies(self, given: Json) -> Json:
        return self.workspace.replies(given)

    async def _conversations_info(self, given: Json) -> Json:
        channel = self.workspace.channel(given["channel"])
        member = BOT_USER in channel.members
        return {"channel": {"id": channel.id, "is_member": member, "is_archived": channel.is_archived}}

    async def _conversations_open(self, given: Json) -> Json:
        channel, known = self.workspace.direct(given["users"])
        return {"channel": {"id": channel.id}} | ({"no_op": True, "already_open": True} if known else {})

    async def _users_info(self, given: Json) -> Json:
        user = self.workspace.users.get(given["user"])
        if user is None:
            raise Refused("user_not_found")
        profile = {"display_name": user.name, "real_name": user.name}
        return {
            "user": {"id": user.id, "name": user.id.lower(), "is_admin": user.is_admin, "profile": profile}
        }

    async def _views_open(self, given: Json) -> Json:
        if given["trigger_id"] not in self.triggers:
            raise Refused("expired_trigger_id")
        self.views.append(given["view"])
        return {"view": {"id": f"V{len(self.views)}"}}

    # --- the socket ---

    async def _link(self, request: web.Request) -> web.StreamResponse:
        address = request.match_info["number"]
        self.tried_addresses.append(address)
        is_used = self.tried_addresses.count(address) > 1  # a ticket is good for one connection
        if is_used or self.dead_addresses:
            self.dead_addresses -= 0 if is_used else 1
            self.changed.set()
            return web.Response(status=404, text="no such link")
        line = web.WebSocketResponse(autoping=not self.mute_addresses)
        await line.prepare(request)
        if self.mute_addresses:
            self.mute_addresses -= 1
        else:
            await line.send_json({"type": "hello", "num_connections": 1, "connection_info": {"app_id": APP}})
            await self.connected(line, request)
        async for frame in line:
            if frame.type is WSMsgType.TEXT:
                self.acknowledged(json.loads(frame.data))
        self.disconnected(line)
        return line


async def _text(request: web.Request, fault: Fault, body: str, status: int) -> web.StreamResponse:
    if not fault.is_cut:
        return web.Response(status=status, text=body, content_type=fault.mime, headers=fault.headers)
    begun = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": "1000"})
    await begun.prepare(request)
    await begun.write(body.encode())
    assert request.transport is not None
    request.transport.abort()
    return begun


async def _given(request: web.Request, method: str) -> Json:
    if request.content_type == "application/json":
        body: Json = await request.json()
        return body
    form = await request.post() if request.method == "POST" else {}
    return typed(method, {**request.query, **{name: str(value) for name, value in form.items()}})


@asynccontextmanager
async def fake_slack(now: Callable[[], datetime]) -> AsyncIterator[FakeSlack]:
    """Serve a workspace with one channel for as long as the block lasts."""
    slack = FakeSlack(now)
    listening = socket.create_server(("127.0.0.1", 0))
    slack.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    runner = web.AppRunner(slack.application(), access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    await web.SockSite(runner, listening).start()
    try:
        yield slack
    finally:
        slack.cut()
        await runner.cleanup()


def settings_for(slack: FakeSlack, **more: Any) -> Json:
    """Return the settings of an app of that workspace, with a quick heart."""
    usual = {"bot_token": BOT_TOKEN, "app_token": APP_TOKEN, "api": f"{slack.url}/api/", "heartbeat": 0.5}
    return usual | more
