"""The pretended REST API: answers from the world, refuses what Discord refuses, and breaks where a test says so."""

import asyncio
import json
import re
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from aiohttp import web

from tests.fakes.discord import schema
from tests.fakes.discord.gateway import FakeGateway
from tests.fakes.discord.world import APPLICATION, BOT, GUILD, OWNER, Json, Refused, World

LONGEST = 2_000


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What becomes of one request. *stands*: it takes effect although its answer is lost."""

    kind: Literal["limited", "error", "dropped", "hung", "rubbish", "truncated", "page", "refused"]
    stands: bool = False
    status: int = 502
    retry_after: float = 0.05
    is_global: bool = False
    code: int = 0
    until: asyncio.Event | None = None


def limited(retry_after: float = 0.05, *, is_global: bool = False) -> Fault:
    """Return a 429."""
    return Fault(kind="limited", retry_after=retry_after, is_global=is_global)


def error(status: int = 502, *, stands: bool = False) -> Fault:
    """Return a server's error."""
    return Fault(kind="error", status=status, stands=stands)


def dropped(*, stands: bool) -> Fault:
    """Return a line that breaks before the answer comes."""
    return Fault(kind="dropped", stands=stands)


def hung(until: asyncio.Event, *, stands: bool = False) -> Fault:
    """Return no answer before *until* is set."""
    return Fault(kind="hung", until=until, stands=stands)


def page(status: int = 200, *, stands: bool = False) -> Fault:
    """Return the page of somebody who answers in Discord's place."""
    return Fault(kind="page", status=status, stands=stands)


def refused(code: int, status: int = 403) -> Fault:
    """Return a refusal that is meant, with Discord's own number for why."""
    return Fault(kind="refused", status=status, code=code)


@dataclass
class FakeRest:
    """The API. *seen*: every request. *violations*: those that break Discord's published schema or our own rules.

    revoked: the token counts no more.
    """

    world: World
    gateway: FakeGateway
    token: str = "token"
    seen: list[tuple[str, str, Any]] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    faults: list[tuple[str, re.Pattern[str], deque[Fault]]] = field(default_factory=list)
    commands: list[Json] = field(default_factory=list)
    answers: dict[str, Json] = field(default_factory=dict)
    interactions: dict[str, str] = field(default_factory=dict)
    headers: Callable[[str, str], dict[str, str]] = lambda _method, _path: {}
    content_intent: bool = True
    revoked: bool = False
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def expect(self, method: str, path: str, *faults: Fault) -> None:
        """Have the next requests of this kind end so."""
        self.faults.append((method, re.compile(path), deque(faults)))

    def asked(self, method: str, path: str) -> list[Any]:
        """Return the bodies of all requests of one kind."""
        return [body for how, where, body in self.seen if how == method and re.fullmatch(path, where)]

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        path = "/" + request.match_info["path"]
        body = await request.json() if request.can_read_body else None
        self.seen.append((request.method, path, body))
        self._check(request, path, body)
        fault = self._fault(request.method, path)
        if fault is not None:
            return await self._break(fault, request, path, body)
        return await self._answer(request, path, body)

    def _check(self, request: web.Request, path: str, body: Any) -> None:
        self.violations += schema.problems(request.method, path, body)
        said = body.get("data", body) if path.startswith("/interactions") and isinstance(body, dict) else body
        speaks = path.endswith("/messages") or "/messages/" in path or path.startswith("/interactions")
        is_form = isinstance(body, dict) and body.get("type") == 9 and path.startswith("/interactions")
        if (
            speaks
            and isinstance(said, dict)
            and not is_form
            and said.get("allowed_mentions") != {"parse": []}
        ):
            self.violations.append(f"{request.method} {path}: does not switch mentions off")

    def _fault(self, method: str, path: str) -> Fault | None:
        for how, pattern, waiting in self.faults:
            if how == method and waiting and pattern.fullmatch(path):
                return waiting.popleft()
        return None

    async def _break(self, fault: Fault, request: web.Request, path: str, body: Any) -> web.StreamResponse:
        if fault.stands:
            await self._answer(request, path, body)
        if fault.kind == "limited":
            limit = {"message": "slow down", "retry_after": fault.retry_after, "global": fault.is_global}
            return _json(
                limit, status=429, headers={"Via": "1.1 fake", "Retry-After": str(fault.retry_after)}
            )
        if fault.kind == "error":
            return _json({"message": "oh dear", "code": 0}, status=fault.status)
        if fault.kind == "rubbish":
            return web.Response(body=b"<html>", headers={"Content-Type": "application/json"})
        if fault.kind == "page":
            return web.Response(
                status=fault.status, text="<html>Please log in</html>", content_type="text/html"
            )
        if fault.kind == "refused":
            return _json({"message": "no", "code": fault.code}, status=fault.status)
        return await self._cut_off(fault, request)

    async def _cut_off(self, fault: Fault, request: web.Request) -> web.StreamResponse:
        """Break the line: at once, in the middle of the answer, or when the fault says so."""
        if fault.until is not None:
            await fault.until.wait()
        if fault.kind == "truncated":
            begun = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": "1000"})
            await begun.prepare(request)
            await begun.write(b'{"id": "1')
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

    async def _answer(self, request: web.Request, path: str, body: Any) -> web.StreamResponse:
        is_known = request.headers.get("Authorization") == f"Bot {self.token}" or path != "/users/@me"
        if self.revoked or not is_known:
            return _json({"message": "401: Unauthorized", "code": 0}, status=401)
        try:
            for method, pattern, answer in _ROUTES:
                if method == request.method and (found := re.fullmatch(pattern, path)):
                    said = await answer(self, found, body, request.query)
                    headers = self.headers(method, path)
                    return (
                        web.Response(status=204, headers=headers)
                        if said is None
                        else _json(said, headers=headers)
                    )
        except Refused as refused:
            return _json({"message": refused.message, "code": refused.code}, status=refused.status)
        self.violations.append(f"{request.method} {path}: not pretended")
        return _json({"message": "404", "code": 0}, status=404)

    # --- messages ---

    async def post(self, found: re.Match[str], body: Json, _query: Any) -> Json:
        """Take a message of the bot's."""
        if len(body.get("content") or "") > LONGEST:
            raise Refused(400, 50_035, "Invalid Form Body")
        if not body.get("content") and not body.get("embeds"):
            raise Refused(400, 50_006, "Cannot send an empty message")
        _unique_ids(body)
        message, is_new = self.world.post(found[1], body)
        if is_new:
            await self.tell_message(message | {"nonce": body.get("nonce")})
        return message

    async def tell_message(self, message: Json, event: str = "MESSAGE_CREATE") -> None:
        """Tell the gateway of a message."""
        channel = self.world.channels[message["channel_id"]]
        if channel["type"] != 1:  # the bot does not ask to hear of private messages
            who = message["author"]["id"]
            place = {"guild_id": str(GUILD), "member": self.world.members[who]}
            await self.gateway.tell(event, message | place)

    async def patch(self, found: re.Match[str], body: Json, _query: Any) -> Json:
        """Change a message of the bot's."""
        message = self.world.message(found[1], found[2])
        _unique_ids(body)
        message.update(
            {
                name: value
                for name, value in body.items()
                if name in ("content", "components", "embeds", "flags")
            }
        )
        message["edited_timestamp"] = self.world.clock.now().isoformat()
        await self.tell_message(message, "MESSAGE_UPDATE")
        return message

    async def delete(self, found: re.Match[str], _body: Any, _query: Any) -> None:
        """Delete a message."""
        self.world.message(found[1], found[2])
        del self.world.messages[found[1]][found[2]]
        gone = {"id": found[2], "channel_id": found[1], "guild_id": str(GUILD)}
        await self.gateway.tell("MESSAGE_DELETE", gone)

    async def one(self, found: re.Match[str], _body: Any, _query: Any) -> Json:
        """Show a message."""
        return self.world.message(found[1], found[2])

    async def page(self, found: re.Match[str], _body: Any, query: Any) -> Any:
        """Show history."""
        limit = int(query.get("limit", "50"))
        return self.world.page(found[1], query.get("after"), query.get("before"), limit)

    async def conversation(self, _found: re.Match[str], body: Json, _query: Any) -> Json:
        """Open a private conversation."""
        return self.world.conversation(str(body["recipient_id"]))

    # --- who and where ---

    async def me(self, _found: re.Match[str], _body: Any, _query: Any) -> Json:
        """Tell the bot who it is."""
        return self.world.users[str(BOT)]

    async def application(self, _found: re.Match[str], _body: Any, _query: Any) -> Json:
        """Show the application."""
        owner = {
            "id": str(OWNER),
            "username": "owner",
            "discriminator": "0",
            "avatar": None,
            "global_name": None,
        }
        return {
            "id": str(APPLICATION),
            "name": "tweetchat",
            "icon": None,
            "description": "",
            "bot_public": False,
            "bot_require_code_grant": False,
            "verify_key": "0" * 64,
            "flags": 1 << 19 if self.content_intent else 0,
            "owner": owner,
            "team": None,
            "summary": "",
        }

    async def channel(self, found: re.Match[str], _body: Any, _query: Any) -> Json:
        """Show a channel."""
        return self.world.place(found[1]) | {"permission_overwrites": [self.world.overwrite()]}

    async def guild(self, _found: re.Match[str], _body: Any, _query: Any) -> Json:
        """Show the server."""
        return self.world.guild()

    async def member(self, found: re.Match[str], _body: Any, _query: Any) -> Json:
        """Show a member."""
        return self.world.members[found[1]] | {"user": self.world.users[found[1]]}

    async def listed_commands(self, _found: re.Match[str], _body: Any, _query: Any) -> Any:
        """Show which commands there are."""
        return self.commands

    async def sign_ins(self, _found: re.Match[str], _body: Any, _query: Any) -> Json:
        """Say how often the bot may still sign in today."""
        left = {"total": 1_000, "remaining": 1_000 - self.gateway.identified, "reset_after": 0}
        return {"url": self.gateway.address, "shards": 1, "session_start_limit": left}

    async def list_commands(self, _found: re.Match[str], body: Any, _query: Any) -> Any:
        """Take the list of commands."""
        self.commands = body
        return []

    # --- answers to what people do ---

    async def callback(self, found: re.Match[str], body: Json, _query: Any) -> None:
        """Take the first answer to an interaction."""
        token = found[2]
        if token in self.answers:
            raise Refused(400, 40_060, "Interaction has already been acknowledged.")
        if self.interactions.get(found[1]) != token:
            raise Refused(404, 10_062, "Unknown interaction")
        self.answers[token] = {"first": body, "message": body.get("data") if body["type"] in (4, 9) else None}
        self._changed.set()

    async def amend(self, found: re.Match[str], body: Json, _query: Any) -> Json:
        """Take the answer proper."""
        if found[1] not in self.answers:
            raise Refused(404, 10_015, "Unknown Webhook")
        self.answers[found[1]]["message"] = body
        self._changed.set()
        return {"id": self.world.new_id(), "channel_id": "0", "content": body.get("content", "")}

    async def withdraw(self, found: re.Match[str], _body: Any, _query: Any) -> None:
        """Take the waiting sign away."""
        if found[1] not in self.answers:
            raise Refused(404, 10_015, "Unknown Webhook")
        self.answers[found[1]]["message"] = {}
        self._changed.set()

    async def answer_to(self, token: str) -> Json:
        """Return what the one who did it was told, once they were."""
        while self.answers.get(token, {}).get("message") is None:
            self._changed.clear()
            await asyncio.wait_for(self._changed.wait(), 10)
        message: Json = self.answers[token]["message"]
        return message


def _json(said: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    # Without a charset: the library only reads what is called exactly this.
    return web.Response(
        body=json.dumps(said).encode(),
        status=status,
        headers={**(headers or {}), "Content-Type": "application/json"},
    )


def _unique_ids(body: Json) -> None:
    ids = [inside.get("custom_id") for row in body.get("components", ()) for inside in row["components"]]
    if len(ids) != len(set(ids)):
        raise Refused(400, 50_035, "Component custom id cannot be duplicated")


_Answer = Callable[[FakeRest, re.Match[str], Any, Any], Awaitable[Any]]
_ID = r"(\d+)"
_ROUTES: list[tuple[str, str, _Answer]] = [
    ("POST", f"/channels/{_ID}/messages", FakeRest.post),
    ("GET", f"/channels/{_ID}/messages", FakeRest.page),
    ("GET", f"/channels/{_ID}/messages/{_ID}", FakeRest.one),
    ("PATCH", f"/channels/{_ID}/messages/{_ID}", FakeRest.patch),
    ("DELETE", f"/channels/{_ID}/messages/{_ID}", FakeRest.delete),
    ("POST", "/users/@me/channels", FakeRest.conversation),
    ("GET", "/users/@me", FakeRest.me),
    ("GET", "/oauth2/applications/@me", FakeRest.application),
    ("GET", f"/channels/{_ID}", FakeRest.channel),
    ("GET", r"/guilds/\d+", FakeRest.guild),
    ("GET", rf"/guilds/\d+/members/{_ID}", FakeRest.member),
    ("PUT", r"/applications/\d+/commands", FakeRest.list_commands),
    ("GET", r"/applications/\d+/commands", FakeRest.listed_commands),
    ("GET", r"/gateway/bot", FakeRest.sign_ins),
    ("POST", f"/interactions/{_ID}/([^/]+)/callback", FakeRest.callback),
    ("PATCH", r"/webhooks/\d+/([^/]+)/messages/@original", FakeRest.amend),
    ("DELETE", r"/webhooks/\d+/([^/]+)/messages/@original", FakeRest.withdraw),
]
