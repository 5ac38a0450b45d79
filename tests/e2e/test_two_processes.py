"""Bots on one PostgreSQL as an operator meets them: standing by, taking over, losing the database, set up wrongly."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.app import Fittings, open_house
from bot.config import Settings
from bot.errors import BadInput
from bot.runtime.clock import RandomIds, SystemClock
from tests import postgres
from tests.faults.meeting import AT_MOST, in_history, page, plan
from tests.faults.pair import SECRET, STANDING, pair
from tests.faults.process import Bot

OPENED = "Plan chats at"


@pytest.fixture
def store() -> str:
    """Give the address of an empty database."""
    return postgres.server().fresh()


class Counted:
    """A server that counts who comes and tells nobody anything."""

    def __init__(self) -> None:
        self.came = 0
        self.port = 0

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Counted"]:
        """Give the server, open."""

        def count(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self.came += 1
            writer.transport.abort()

        server = await asyncio.start_server(count, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()


async def test_whoever_stands_by_speaks_to_no_platform(tmp_path: Path, store: str) -> None:
    """Two processes never use one platform's tokens at once: the second opens nothing until it takes over."""
    async with pair(tmp_path, store) as both, Counted().open() as slack, asyncio.timeout(AT_MOST):
        first, second = both.bots
        second.settings |= {
            "BOT_SLACK__BOT_TOKEN": "xoxb-1",
            "BOT_SLACK__APP_TOKEN": "xapp-1",
            "BOT_SLACK__API": f"http://127.0.0.1:{slack.port}/",
        }
        plan(first)
        await both.start()
        assert f"{STANDING} for main: process {first.pid} on " in second.said
        assert OPENED not in second.said
        assert not second.is_open()
        assert slack.came == 0

        await first.stop()

        await second.until(lambda: slack.came > 0, "the second one to sign in")
        await both.standby(first)
        assert await first.stop() == 0


async def test_a_database_that_restarts_loses_nobody_a_word(tmp_path: Path, store: str) -> None:
    """A fail-over in the middle of the hour: nothing acknowledged is lost, what was said meanwhile comes after."""
    settings = {"BOT_STORE": store, "BOT_SECRET": SECRET, "BOT_LEASE": "2"}
    bot = Bot(tmp_path, settings)
    plan(bot)
    try:
        async with asyncio.timeout(AT_MOST):
            await bot.start()
            await bot.until_planned()
            async with page(bot, "Ines") as ines:
                assert not (await ines.visitor.say("Said before")).refused
                postgres.server().stop(signal.SIGINT)
                saying = asyncio.get_running_loop().create_task(ines.visitor.say("Said meanwhile"))
                await bot.until(lambda: "cannot be" in bot.said, "the bot to notice")
                assert not saying.done()
                postgres.server().start()
                assert not (await saying).refused
            assert await in_history(bot) == ["Said before", "Said meanwhile"]
            assert await bot.stop() == 0
    finally:
        postgres.server().start()
        await bot.make_sure_it_is_gone()


async def test_one_process_runs_several_bots(tmp_path: Path, store: str) -> None:
    """Each configuration is a bot of its own: its page, its plans, its chats, in one database."""
    configs = []
    for name in ("north", "south"):
        (tmp_path / name).mkdir()
        config = tmp_path / f"{name}.toml"
        config.write_text(
            f'store = "{store}"\ninstallation = "{name}"\nsecret = "{SECRET}"\n'
            f'port = 0\nplans = "{tmp_path / name}"\n',
            "utf-8",
        )
        configs.append(config)
    arguments = [part for config in configs for part in ("--config", str(config))]
    several = Configured(tmp_path, arguments=arguments)
    try:
        async with asyncio.timeout(AT_MOST):
            await several.launch()
            await several.until(lambda: several.said.count(OPENED) == 2, "both to open")
            assert await several.stop() == 0
    finally:
        await several.make_sure_it_is_gone()


async def test_two_configurations_of_one_bot_are_refused(tmp_path: Path) -> None:
    """Who names the same bot twice is told so, before anything is opened; exit 2."""
    config = tmp_path / "bot.toml"
    config.write_text('language = "en"\n', "utf-8")
    twice = Configured(tmp_path, arguments=["--config", str(config)] * 2)

    await twice.launch()

    assert await twice.left() == 2
    assert "two configurations are of the same installation" in twice.said


class Configured(Bot):
    """A process with configuration files, and no settings in its environment: those would win."""

    def environment(self) -> dict[str, str]:
        """Return the environment."""
        given = Bot.environment(self)
        return {name: value for name, value in given.items() if not name.startswith("BOT_")}


async def refused(folder: Path, **settings: str) -> tuple[int, str]:
    """Return exit code and words of a bot that will not start."""
    bot = Bot(folder, settings)
    try:
        async with asyncio.timeout(AT_MOST):
            await bot.launch()
            return await bot.left(), bot.said.strip()
    finally:
        await bot.make_sure_it_is_gone()


async def test_a_database_that_refuses_us_is_told_in_one_line(tmp_path: Path) -> None:
    """The operator reads what to mend, and nobody reads the password; exit 5."""
    server = postgres.server()
    server.execute(f"DROP ROLE IF EXISTS {postgres.GUARDED}")
    server.execute(f"CREATE ROLE {postgres.GUARDED} LOGIN PASSWORD 'the right one'")
    address = server.url("postgres", postgres.GUARDED, "mistyped")

    code, said = await refused(tmp_path, BOT_STORE=address, BOT_SECRET=SECRET)

    assert code == 5
    assert said.startswith(
        "tweetchat: PostgreSQL database postgres: it refuses our user or password; check them"
    )
    assert "\n" not in said
    assert "mistyped" not in said


async def test_a_shared_store_needs_a_shared_secret(tmp_path: Path, store: str) -> None:
    """Links that one process signed must open at the other: without a secret in the settings no room is opened."""
    fittings = Fittings(clock=SystemClock(), ids=RandomIds(), on_problem=lambda _: None)

    with pytest.raises(BadInput, match="BOT_SECRET: processes that share a store must sign alike"):
        async with open_house(Settings(store=store, plans=tmp_path, port=0), fittings):
            pytest.fail("the room is open")
