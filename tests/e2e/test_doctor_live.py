"""`doctor --live` against the pretended platforms: it finds what is well and what is not, and leaves nothing behind.

It has never been tried on the real ones.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from bot.app import trials_of, view_of_nothing
from bot.cli.live import try_everything
from bot.config import Settings
from bot.live.attempt import Attempt, Result
from bot.live.listener import Listener
from bot.ports import RoomId
from bot.store.lease import FileLock
from tests.conformance.platforms.stage import Stage
from tests.conformance.platforms.stage_discord import DiscordStage
from tests.conformance.platforms.stage_slack import CHANNEL, SlackStage
from tests.e2e.here import Here, here
from tests.e2e.test_platforms_cli import call, discord, on_discord, on_slack, slack
from tests.fakes.discord import opened
from tests.fakes.discord.house import FastClock
from tests.fakes.slack.server import fake_slack

__all__ = ["here"]

LEAST = 30
"""Checks that a platform has to pass."""


def limits(_method: str, _path: str) -> dict[str, str]:
    """Return what Discord tells of its limits."""
    return {"X-RateLimit-Limit": "5", "X-RateLimit-Remaining": "4", "X-RateLimit-Reset-After": "1.0"}


@asynccontextmanager
async def on_stage_discord() -> AsyncIterator[tuple[Stage, Listener]]:
    """Give Discord at its own pace, and who listens to it."""
    clock = FastClock(speed=1.0)
    async with opened(clock) as fake:
        fake.rest.headers = limits
        listener = listening(RoomId(f"discord/{fake.channel}"))
        yield DiscordStage(fake, clock, listener), listener


@asynccontextmanager
async def on_stage_slack() -> AsyncIterator[tuple[Stage, Listener]]:
    """Give Slack at its own pace, and who listens to it."""
    clock = FastClock(speed=1.0)
    async with fake_slack(clock.now) as fake:
        fake.workspace.add_channel(CHANNEL)
        listener = listening(RoomId(f"slack/{CHANNEL}"))
        yield SlackStage(fake, clock, listener), listener


def listening(room: RoomId) -> Listener:
    """Return who listens in *room*."""
    return Listener(rooms_here=frozenset({room}), view=view_of_nothing(Settings()))


_DEEDS = {
    "message": "_write",
    "reaction": "_reaction",
    "reply": "_reply",
    "edit": "_edit",
    "deletion": "_deletion",
}


class Participant:
    """Does in the room what the person at the terminal is asked for."""

    def __init__(self, stage: Stage, tasks: asyncio.TaskGroup) -> None:
        self._stage, self._tasks = stage, tasks
        self._who, self._message = "", ""

    def asked(self, key: str) -> None:
        """Do it, a moment later."""
        self._tasks.create_task(getattr(self, _DEEDS[key])())

    async def _write(self) -> None:
        self._who = await self._stage.join("Maren")
        self._message = await self._stage.say(self._who, "Here I am")

    async def _reaction(self) -> None:
        await self._stage.react(self._who, self._message)

    async def _reply(self) -> None:
        await self._stage.say(self._who, "And again", reply_to=self._message)

    async def _edit(self) -> None:
        await self._stage.edit(self._who, self._message, "Here I am now")

    async def _deletion(self) -> None:
        await self._stage.delete(self._who, self._message)


async def tried(
    stage: Stage, listener: Listener, *, person: str | None = None, with_somebody: bool = True
) -> dict[str, Result]:
    """Return how every check went."""
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(stage.platform.run(listener))
        await stage.until(lambda: stage.platform.is_connected)
        somebody = Participant(stage, tasks)
        attempt = Attempt(
            platform=stage.platform,
            listener=listener,
            clock=stage.clock,
            room=stage.room,
            run="r1",
            says="Only a trial",
            person=person,
            ask=somebody.asked if with_somebody else None,
        )
        trials = trials_of(stage.platform.name)
        results = {result.name: result async for result in try_everything(attempt, trials, tasks)}
        running.cancel()
    return results


def verdicts(results: dict[str, Result], verdict: str) -> set[str]:
    """Return which checks went so."""
    return {result.name for result in results.values() if result.verdict == verdict}


STAGES = pytest.mark.parametrize("stage_of", [on_stage_discord, on_stage_slack], ids=["discord", "slack"])


@STAGES
async def test_where_all_is_well_every_check_passes(
    stage_of: Callable[[], AbstractAsyncContextManager[tuple[Stage, Listener]]],
) -> None:
    """With somebody in the room and somebody to write to, nothing fails and nothing stays behind."""
    async with stage_of() as (stage, listener):
        person = await stage.join("Andrea")
        results = await tried(stage, listener, person=person)

        assert {name: results[name].found for name in verdicts(results, "failed")} == {}
        assert len(verdicts(results, "passed")) >= LEAST
        assert stage.standing() == []
        assert stage.violations() == []


@STAGES
async def test_what_is_not_allowed_is_found(
    stage_of: Callable[[], AbstractAsyncContextManager[tuple[Stage, Listener]]],
) -> None:
    """In a room where the bot may not post, the missing permission is named, and what needs a post is skipped."""
    async with stage_of() as (stage, listener):
        stage.forbid()
        results = await tried(stage, listener, with_somebody=False)

        assert {"permissions", "posts"} <= verdicts(results, "failed")
        assert results["permissions"].found
        assert {"looked-up", "edits", "deletes", "hears"} <= verdicts(results, "skipped")
        assert results["tidy"].verdict == "passed"


async def test_a_missing_mark_is_found() -> None:
    """A Discord that lost the components under a message would have every post made twice: that is told."""
    async with on_stage_discord() as (stage, listener):
        assert isinstance(stage, DiscordStage)
        world, post = stage.discord.world, stage.discord.world.post

        def without_components(channel: str, body: dict[str, object]) -> object:
            return post(channel, body | {"components": []})

        world.post = without_components  # type: ignore[method-assign,assignment]  # the pretended one's, not ours
        results = await tried(stage, listener, with_somebody=False)

        assert {"looked-up", "discord-marker"} <= verdicts(results, "failed")
        assert stage.standing() == []


# --- from the command line ------------------------------------------------------------------------------------


async def test_the_table_is_written_with_its_date(tmp_path: Path) -> None:
    """On Discord: exit 0, a table in the terminal and one in a file, and the room is as it was."""
    async with discord() as fake:
        room, fake.rest.headers = f"discord/{fake.channel}", limits
        ended = await call(
            "doctor",
            "--live",
            room,
            "--yes",
            "--report",
            "table.md",
            settings=on_discord(fake),
            folder=tmp_path,
        )

        assert ended.code == 0, ended.err + ended.out
        assert fake.posts() == []
    table = (tmp_path / "table.md").read_text("utf-8")
    assert f"## {room}, 20" in table
    assert "✗" not in table
    assert table.count("| ✓ |") >= LEAST - 9
    assert "a look-up finds a post" in table


async def test_what_failed_on_slack_is_exit_4(tmp_path: Path) -> None:
    """Without a scope Slack refuses us before anything is posted; the line says which."""
    async with slack() as fake:
        fake.workspace.channel(CHANNEL).members.clear()
        ended = await call(
            "doctor", "--live", f"slack/{CHANNEL}", "--yes", settings=on_slack(fake), folder=tmp_path
        )

    assert ended.code == 4
    assert "failed" in ended.err
    assert "Traceback" not in ended.err
    [report] = sorted(tmp_path.glob("doctor-20*.md"))  # noqa: ASYNC240  # a folder of our own
    assert "✗" in report.read_text("utf-8")


async def test_nothing_is_posted_without_a_yes(tmp_path: Path) -> None:
    """Whoever only looks, or has no terminal, changes nothing."""
    async with discord() as fake:
        room = f"discord/{fake.channel}"
        ended = await call("doctor", "--live", room, settings=on_discord(fake), folder=tmp_path)

        assert ended.code != 4
        assert fake.rest.asked("POST", r"/channels/\d+/messages") == []
    assert "Go on?" in ended.out


@pytest.mark.parametrize("rooms", [(), ("local/main",), ("slack/C1",)])
def test_only_rooms_that_are_named_are_tried(here: Here, rooms: tuple[str, ...]) -> None:
    """No room, the browser's, one of a platform that is not set up: exit 2."""
    answer = here("doctor", "--live", *rooms, "--yes", BOT_DISCORD__TOKEN="token")

    assert answer.returncode == 2
    assert len(answer.stderr.strip().splitlines()) == 1


async def test_a_running_bot_is_left_alone(tmp_path: Path) -> None:
    """Two connections of one application take each other's events: while the bot runs, nothing is tried."""
    (tmp_path / "tweetchat.db").touch()
    lock = FileLock(tmp_path / "tweetchat.db.lock")
    lock.take("process 1 on a machine")
    async with discord() as fake:
        ended = await call(
            "doctor",
            "--live",
            f"discord/{fake.channel}",
            "--yes",
            settings=on_discord(fake),
            folder=tmp_path,
        )
        assert fake.rest.asked("POST", r"/channels/\d+/messages") == []
    lock.drop()

    assert ended.code == 3
    assert "process 1 on a machine" in ended.err
