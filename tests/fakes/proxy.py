"""A proxy with TLS in front of the bot, as an operator would put there: it ends TLS and passes on everything else."""

import asyncio
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType, WSServerHandshakeError, web

HOP_BY_HOP = frozenset(
    {"connection", "keep-alive", "transfer-encoding", "upgrade", "content-length", "content-encoding"}
)


class Proxy:
    """Passes requests and WebSockets on to *target*, and says in X-Forwarded-For who asked it."""

    def __init__(self, target: str, client: ClientSession) -> None:
        self._target, self._client = target, client

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Pass one request on."""
        headers = {name: value for name, value in request.headers.items() if name.lower() not in HOP_BY_HOP}
        headers["X-Forwarded-For"] = request.remote or ""
        url = self._target + request.path_qs
        if request.headers.get("Upgrade", "").lower() == "websocket":
            return await self._socket(request, url, headers)
        body = await request.read()
        async with self._client.request(
            request.method, url, headers=headers, data=body, allow_redirects=False
        ) as answer:
            told = web.Response(status=answer.status, body=await answer.read())
            for name, value in answer.headers.items():
                if name.lower() not in HOP_BY_HOP:
                    told.headers.add(name, value)
            return told

    async def _socket(self, request: web.Request, url: str, headers: dict[str, str]) -> web.StreamResponse:
        handshake = {
            name: value for name, value in headers.items() if not name.lower().startswith("sec-websocket")
        }
        try:
            async with self._client.ws_connect(url, headers=handshake, max_msg_size=0) as inner:
                return await _joined(request, inner)
        except WSServerHandshakeError as refused:
            return web.Response(status=refused.status)


async def _joined(request: web.Request, inner: ClientWebSocketResponse) -> web.WebSocketResponse:
    outer = web.WebSocketResponse(max_msg_size=0)
    await outer.prepare(request)
    async with asyncio.TaskGroup() as tasks:
        up = tasks.create_task(_pass_on(outer, inner))
        await _pass_on(inner, outer)
        up.cancel()
    await outer.close()
    return outer


async def _pass_on(source: object, target: object) -> None:
    async for frame in source:  # type: ignore[attr-defined]  # two kinds of socket, read alike
        if frame.type is WSMsgType.TEXT:
            await target.send_str(frame.data)  # type: ignore[attr-defined]  # and written alike


def certificate(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return what a server for "localhost" and its visitors need, made for this one test by the openssl command."""
    key, cert = folder / "key.pem", folder / "cert.pem"
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost"
    subprocess.run(
        [*command.split(), "-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(cert)],
        check=True,
        capture_output=True,
        timeout=30,
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(cert, key)
    return server, ssl.create_default_context(cafile=str(cert))


@asynccontextmanager
async def proxied(target: str, port: int, context: ssl.SSLContext) -> AsyncIterator[None]:
    """Serve *target* with TLS on *port*."""
    async with ClientSession(auto_decompress=False) as client:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", Proxy(target, client).handle)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "localhost", port, ssl_context=context).start()
        try:
            yield
        finally:
            await runner.cleanup()
