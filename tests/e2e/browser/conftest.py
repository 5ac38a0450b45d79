"""A real browser for the tests of the page, and a watch on what it must never do."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlsplit

import pytest_asyncio
from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Error,
    Page,
    Request,
    async_playwright,
)

ARGUMENTS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
# The line to a room that is being restarted is refused, and the browser says so on its own.
LINE_LOST = re.compile(r"WebSocket connection to .* failed")


class Place(Protocol):
    """A room that is being served."""

    @property
    def url(self) -> str:
        """Return where it is served."""

    @property
    def room_url(self) -> str:
        """Return where people go."""


@dataclass
class Watch:
    """What happened that must not: dialogs of the browser, errors in the console, requests to other hosts."""

    dialogs: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    strays: list[str] = field(default_factory=list)
    host: str = ""

    def over(self, page: Page) -> None:
        """Begin to watch *page*."""
        page.on("dialog", self._see_dialog)
        page.on("console", self._see_console)
        page.on("pageerror", self._see_error)
        page.on("request", self._see_request)

    async def _see_dialog(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        await dialog.dismiss()

    def _see_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not LINE_LOST.search(message.text):
            self.errors.append(message.text)

    def _see_error(self, error: Error) -> None:
        self.errors.append(str(error))

    def _see_request(self, request: Request) -> None:
        if urlsplit(request.url).netloc != self.host and not request.url.startswith("data:"):
            self.strays.append(request.url)


@dataclass
class Browsing:
    """The browser of one test; every person gets cookies of their own."""

    browser: Browser
    watch: Watch

    @asynccontextmanager
    async def person(
        self, room: Place, name: str = "Jo", *, link: str = "", **look: object
    ) -> AsyncIterator[Page]:
        """Bring somebody in through the door, by a moderator's link if one is given."""
        self.watch.host = urlsplit(room.url).netloc
        wanted = {"viewport": {"width": 1280, "height": 800}, "locale": "en-GB", **look}
        context: BrowserContext = await self.browser.new_context(**wanted)  # type: ignore[arg-type]  # typed by name
        context.set_default_timeout(8_000)
        page = await context.new_page()
        self.watch.over(page)
        await page.goto(link or room.room_url)
        await page.get_by_label("Your name here").fill(name)
        await page.get_by_role("button", name="Join the chat").click()
        await page.wait_for_selector("#text:enabled, #reason:not([hidden])")
        yield page
        await context.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium(browser_path: str) -> AsyncIterator[Browser]:
    """Start the browser once for all tests of a worker: that takes longer than any of them."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=browser_path, args=list(ARGUMENTS))
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def browsing(chromium: Browser) -> AsyncIterator[Browsing]:
    """Give a test its people; at the end nothing may have happened that must not."""
    watch = Watch()
    yield Browsing(chromium, watch)
    for context in chromium.contexts:
        await context.close()
    assert watch == Watch(host=watch.host)
