"""A Discord of our own on the loopback address: the real library connects to it, people act on it, and it can break.

`opened` gives one. Requests are held against Discord's published schemas where those lie beside the checkout.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from tests.fakes.discord.gateway import FakeGateway
from tests.fakes.discord.people import FakeDiscord
from tests.fakes.discord.rest import FakeRest
from tests.fakes.discord.world import HasNow, World

__all__ = ["FakeDiscord", "opened"]


@asynccontextmanager
async def opened(clock: HasNow) -> AsyncIterator[FakeDiscord]:
    """Give a running Discord with one channel."""
    world = World(clock)
    gateway = FakeGateway(world)
    rest = FakeRest(world, gateway)
    application = web.Application()
    application.router.add_get("/gateway", gateway.serve)
    application.router.add_get("/gateway/", gateway.serve)
    application.router.add_route("*", "/api/v10/{path:.*}", rest.serve)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.2, handler_cancellation=True)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    gateway.address = f"ws://{host}:{port}/gateway/"
    fake = FakeDiscord(world, gateway, rest, f"http://{host}:{port}/api/v10")
    try:
        yield fake
    finally:
        await gateway.close()
        await runner.cleanup()
