"""Takes the README's pictures from a demo that is running: `python -m tests.docs.pictures` (needs a browser)."""

import asyncio
import re
import sys
from asyncio.subprocess import PIPE
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.async_api import Browser, async_playwright

from tests.e2e.browser.conftest import ARGUMENTS

DOCS = Path(__file__).parents[2] / "docs"
LINK = re.compile(r"(Watch or join|Moderate it): +(http\S+)")
QUESTION = "Q3"
"""The question during which the pictures are taken: by then the room is lively and the card has something to show."""


async def take(browser: str) -> None:
    """Run a demo, take the pictures of the room while it lives and of the summary afterwards."""
    DOCS.mkdir(exist_ok=True)
    with TemporaryDirectory() as out:
        command = [sys.executable, "-m", "bot", "demo", "--speed", "40", "--out", out]
        demo = await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=PIPE)
        async with async_playwright() as playwright:
            chromium = await playwright.chromium.launch(executable_path=browser, args=list(ARGUMENTS))
            await _room(chromium, demo)
            await demo.communicate()
            await _summary(chromium, Path(out) / "summary.html")
            await chromium.close()


async def _room(chromium: Browser, demo: asyncio.subprocess.Process) -> None:
    links: dict[str, str] = {}
    while demo.stderr and (line := (await demo.stderr.readline()).decode()):
        links.update(LINK.findall(line))
        if QUESTION in line:
            break
    await _shot(chromium, links["Moderate it"], "Robin", (1280, 860), "room.png")
    await _shot(chromium, links["Watch or join"], "Sam", (390, 800), "phone.png", dark=True)


async def _shot(
    chromium: Browser, link: str, name: str, size: tuple[int, int], file: str, *, dark: bool = False
) -> None:
    viewport = {"width": size[0], "height": size[1]}
    scheme = "dark" if dark else "light"
    context = await chromium.new_context(viewport=viewport, color_scheme=scheme)  # type: ignore[arg-type]  # a TypedDict
    page = await context.new_page()
    await page.goto(link)
    await page.fill("#nickname", name)
    await page.click("button[type=submit]")
    await page.wait_for_selector("#feed article")
    for close in await page.locator(".notice button.icon").all():
        await close.click()
    await page.wait_for_timeout(3_000)
    await page.screenshot(path=DOCS / file)
    await context.close()


async def _summary(chromium: Browser, file: Path) -> None:
    page = await chromium.new_page(viewport={"width": 900, "height": 1100})
    await page.goto(file.as_uri())
    await page.screenshot(path=DOCS / "summary.png")


if __name__ == "__main__":
    asyncio.run(take(sys.argv[1] if len(sys.argv) > 1 else "/usr/bin/chromium"))
