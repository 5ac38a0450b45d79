"""The real bot leaves: while a post hangs, and because its platform wants it no more; what waits is said afterwards."""

import asyncio
import signal
from pathlib import Path

from tests.e2e.test_platforms_cli import CHANNEL, on_slack, plan_in, slack
from tests.fakes.slack.server import silent
from tests.faults.process import Bot

DRAINED = 14.0
"""Seconds: ten for what is being sent, and some for a busy machine."""


async def test_a_stop_waits_ten_seconds_for_a_post_that_hangs_and_the_next_start_says_it_once(
    tmp_path: Path,
) -> None:
    """It says that something is left over; the room has it once, whether Slack took it or not."""
    async with slack() as fake:
        gate = asyncio.Event()
        fake.expect("chat.postMessage", silent(gate, done=True))
        bot = Bot(tmp_path, on_slack(fake))
        plan_in(bot, f"slack/{CHANNEL}")
        try:
            await bot.start()
            await fake.until(lambda: fake.requests("chat.postMessage"), "the first post")
            began = bot.clock.monotonic()
            bot.send(signal.SIGTERM)

            assert await bot.left() == 0
            assert bot.clock.monotonic() - began < DRAINED
            assert "still waiting" in bot.said
            gate.set()
            [first] = fake.shown(CHANNEL)
            await bot.start()
            await fake.until(lambda: len(fake.shown(CHANNEL)) > 1, "what comes next")

            assert fake.shown(CHANNEL).count(first) == 1
        finally:
            gate.set()
            await bot.make_sure_it_is_gone()


async def test_an_app_that_is_taken_out_in_the_middle_ends_the_run_in_one_line(tmp_path: Path) -> None:
    """Exit 4, which no supervisor should answer with another start, and what to do."""
    async with slack() as fake:
        bot = Bot(tmp_path, on_slack(fake))
        plan_in(bot, f"slack/{CHANNEL}")
        try:
            await bot.start()
            await fake.until(lambda: fake.lines and fake.shown(CHANNEL), "the chat")
            await fake.happen({"type": "app_uninstalled", "event_ts": fake.workspace.ts()})

            assert await bot.left() == 4
            last = bot.said.strip().splitlines()[-1]
            assert "Install the app again" in last
            assert "Traceback" not in bot.said
        finally:
            await bot.make_sure_it_is_gone()
