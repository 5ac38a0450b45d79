"""The connection as its owner holds it."""

import asyncio

from adapters.discord.client import Gateway
from adapters.discord.settings import Settings
from bot.runtime.clock import SystemClock


class Overhearing(Gateway):
    """A client that overhears the first time it is cancelled, as the library may while it reconnects."""

    async def connect(self, *, reconnect: bool = True) -> None:
        """Stay."""
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await asyncio.Event().wait()


async def test_a_stop_in_the_middle_of_reconnecting_is_heard() -> None:
    """However deaf the library is just then, whoever stops the bot does not wait for ever."""
    client = Overhearing(Settings.model_validate({"token": "token"}), SystemClock())
    async with client, asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        staying = tasks.create_task(client.stay())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        staying.cancel()

    assert staying.cancelled()
