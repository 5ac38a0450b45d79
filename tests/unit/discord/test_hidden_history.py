"""A history that Discord hides from the bot looks empty, and is not."""

import pytest

from bot.errors import PlatformTrouble
from bot.ports import HeardMessage, RoomId
from tests.fakes.discord.listener import listening
from tests.fakes.discord.rest import dropped
from tests.fakes.discord.world import VIEW


async def test_a_hidden_history_deletes_nothing() -> None:
    """Whoever takes "Read Message History" from the bot has not taken people's words back."""
    async with listening() as ear:
        maren = ear.discord.world.join("Maren")
        await ear.discord.say(maren, "A later start")
        await ear.until_heard(HeardMessage)
        await ear.clock.sleep(10)
        ear.discord.world.bot_may = VIEW

        with pytest.raises(PlatformTrouble) as hidden:
            [heard async for heard in ear.platform.history(ear.room, ear.clock.now())]

        assert "history" in hidden.value.reason


async def test_trouble_with_history_is_told_as_trouble_with_a_platform() -> None:
    """Nobody behind the port needs to know the library's own errors."""
    async with listening() as ear:
        ear.discord.rest.expect("GET", r"/channels/\d+/messages", *[dropped(stands=False)] * 3)

        with pytest.raises(PlatformTrouble) as raised:
            [heard async for heard in ear.platform.history(ear.room, ear.clock.now())]

        assert not raised.value.permanent


async def test_a_deleted_thread_takes_its_messages_along() -> None:
    """Discord tells of no message in it, and knows no such channel: its words are gone like any other."""
    async with listening() as ear:
        maren = ear.discord.world.join("Maren")
        root = await ear.discord.say(maren, "A later start")
        thread = ear.discord.world.add_thread(ear.discord.channel, root)
        answer = ear.discord.world.write(thread, maren, "Why?")["id"]
        assert await ear.platform.stands(ear.room, answer, thread)

        del ear.discord.world.channels[thread]

        assert not await ear.platform.stands(ear.room, answer, thread)
        with pytest.raises(PlatformTrouble):
            await ear.platform.stands(RoomId("discord/1"), answer, None)
