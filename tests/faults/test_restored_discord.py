"""Last night's backup, put back under a bot on the pretended Discord: its real library looks for what stands there."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.cli.backup import put_back
from bot.store import open_store
from bot.store.backup import make
from tests.fakes.discord import FakeDiscord, opened
from tests.fakes.discord.house import DiscordHouse, FastClock, at_work


@asynccontextmanager
async def living(file: Path, discord: FakeDiscord, clock: FastClock) -> AsyncIterator[DiscordHouse]:
    """Give the bot at work on the store in *file*."""
    store = await open_store(file)
    try:
        epoch = await store.lease.acquire("bot")
        async with at_work(discord=discord, store=store, clock=clock, epoch=epoch) as house:
            yield house
        await store.lease.release()
    finally:
        await store.close()


async def until_asked(house: DiscordHouse, moderator: str) -> None:
    """Have a moderator go on to the first question."""
    await house.command(moderator, "next")
    await house.until(lambda: house.chat.openings)
    await house.until_posted("What helped you most")


async def test_posts_on_discord_are_recognised_after_a_restore(tmp_path: Path) -> None:
    """A moderator asks again what the backup forgot: nothing is read twice, and what was answered meanwhile is kept."""
    file, clock = tmp_path / "chats.db", FastClock()
    async with opened(clock) as discord:
        discord.world.remembers_nonces = False  # it was long ago
        maren, ada = discord.world.join("Maren"), discord.world.join("Ada", moderator=True)
        async with living(file, discord, clock) as house:
            await house.plan()
            await house.command(ada, "start")
            await house.until_posted("Welcome to")
            night = tmp_path / "night"
            copy = make(file, night, secret=None, at=clock.now(), watch=lambda _: None, force=False)
            await until_asked(house, ada)
            said = await discord.say(maren, "A1 A later start helped me.")
            await house.until(lambda: house.chat.messages)
        public = [post["id"] for post in discord.posts()]

        await put_back(copy, file, at=clock.now(), watch=lambda _: None)
        await clock.sleep(90)
        async with living(file, discord, clock) as house:
            await until_asked(house, ada)
            assert [post["id"] for post in discord.posts()] == public

            await house.command(ada, "next")
            await house.until_posted("What would you ask")
            await house.until(lambda: house.chat.messages)
            assert len(discord.posts()) == len(public) + 1
            sightings = (await house.service.store.load(house.chat.id)).sightings
            assert said in {sighting.id for sighting in sightings}
