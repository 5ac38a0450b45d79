"""A moderator with a browser runs a real chat in the real house, from the open doors to the published summary."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from bot.app import Fittings, House, open_house
from bot.config import Settings
from bot.core.names import RoomId
from bot.plans.model import Plan
from bot.runtime.clock import RandomIds, SystemClock
from bot.runtime.planning import plan_of, words_of
from tests.e2e.browser.conftest import Browsing
from tests.e2e.browser.test_page import PHONE, choose, say

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

QUESTIONS = ("What helps you most at work?", "What would you tell your boss?")


def a_plan() -> Plan:
    """Return a plan whose doors are open now and whose start is left to the moderator."""
    start = datetime.now(UTC) + timedelta(minutes=8)  # noqa: TID251  # a browser lives in real time
    return Plan.model_validate(
        {
            "title": "Work and arthritis",
            "hashtag": "#hcchat",
            "starts": start.strftime("%Y-%m-%d %H:%M"),
            "zone": "UTC",
            "pace": "manual",
            "questions": [{"text": text} for text in QUESTIONS],
        },
        context={"languages": ("en",)},
    )


@dataclass(frozen=True)
class Served:
    """Where the house is served."""

    url: str
    room_url: str


@asynccontextmanager
async def a_house(folder: Path) -> AsyncIterator[tuple[House, Served, str]]:
    """Give the running house, its room and the moderator's link."""
    settings = Settings(store=str(folder / "chats.db"), plans=folder, port=0)
    fittings = Fittings(clock=SystemClock(), ids=RandomIds(), on_problem=print, inline=True)
    async with open_house(settings, fittings) as house:
        running = asyncio.create_task(house.service.run())  # noqa: TID251  # cancelled below
        plan = a_plan()
        chat = await house.service.plan(plan_of(plan), words_of(plan), None)
        room = Served(house.address, house.room_link(RoomId("local/main")))
        try:
            yield house, room, house.moderator_link(chat) or ""
        finally:
            running.cancel()
            await asyncio.wait({running})


async def press(page: Page, name: str, *, confirm: bool = False) -> None:
    """Press a button of the moderator card, and confirm it where it asks once more."""
    await page.locator("#card").get_by_role("button", name=name, exact=True).first.click()
    if confirm:
        await page.locator("dialog").get_by_role("button", name=name, exact=True).click()


async def test_a_moderator_runs_an_hour_and_publishes_it(browsing: Browsing, tmp_path: Path) -> None:
    """Start, ask, keep, look at a held-back line, close, review, publish: everything with the card."""
    async with (
        a_house(tmp_path) as (_, room, link),
        browsing.person(room, "Mara", link=link) as mara,
        browsing.person(room, "Jo", **PHONE) as jo,
        browsing.person(room, "Kofi") as kofi,
    ):
        await press(mara, "Start now", confirm=True)
        await expect(jo.locator("#feed")).to_contain_text("Welcome to #hcchat")
        await press(mara, "Next")
        await expect(jo.locator("#feed")).to_contain_text(QUESTIONS[0])
        await say(kofi, "A chair that I can adjust, and a boss who asks instead of guessing")
        await say(kofi, "Ring me about the chair: +44 1632 960123")
        await choose(mara, 0, "Keep as insight")
        await mara.locator("dialog").get_by_role("button", name="Keep as insight", exact=True).click()
        await expect(kofi.locator(".badge")).to_contain_text("Insight")
        await expect(mara.locator("#card")).to_contain_text("+44 1632 960123")
        await press(mara, "Next")
        await expect(jo.locator("#standing")).to_contain_text(QUESTIONS[1])
        await press(mara, "Close the hour", confirm=True)
        await expect(mara.locator("#card")).to_contain_text("The draft summary")
        await press(mara, "Publish the summary", confirm=True)

        await expect(jo.locator("#feed")).to_contain_text("A chair that I can adjust")
        summary = await kofi.context.request.get(await summary_link(mara))
        page = await summary.text()
        assert "A chair that I can adjust, and a boss who asks instead of guessing" in page
        assert "960123" not in page
        assert "Kofi" not in page


async def summary_link(page: Page) -> str:
    """Return where the card says that the summary stands."""
    found = page.locator("#card").get_by_role("link", name="published summary")
    return await found.get_attribute("href") or ""
