"""People use the page of the room in a real browser: by mouse, by keyboard, on a phone, and with bad intentions."""

import re
from datetime import timedelta

import pytest
from playwright.async_api import Page, expect

from bot.ports import HeardCommand, HeardMessage, Somebody
from tests.e2e.browser.conftest import Browsing
from tests.fakes.room import ROOM, FakeRoom, furnish, opened, page_words

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

SMALL_SCREEN = {"viewport": {"width": 360, "height": 560}}
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


async def say(page: Page, text: str) -> None:
    """Write *text* and send it, as people do."""
    await page.get_by_label("Your message").fill(text)
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(page.locator("article.message:not(.waiting)").last).to_contain_text(text[:20])


async def choose(page: Page, message: int, *names: str) -> None:
    """Open the menu of a message and choose an entry."""
    article = page.locator("article.message").nth(message)
    await article.hover()
    await article.locator("[data-action=more]").click()
    for name in names:
        await page.locator("dialog").get_by_role("button", name=name, exact=True).click()


async def test_people_talk_with_each_other(browsing: Browsing) -> None:
    """One says something, the other sees it, answers and reacts; the answer quotes what it answers."""
    async with (
        opened(FakeRoom()) as room,
        browsing.person(room, "Jo") as jo,
        browsing.person(room, "Kofi") as kofi,
    ):
        await say(jo, "Mornings are the worst")
        await choose(kofi, 0, "Reply")
        await say(kofi, "A later start helped me")
        await choose(jo, 1, "React with 💡 insight")

        answer = jo.locator("article.message").nth(1)
        await expect(answer.locator(".parent")).to_have_text("JoMornings are the worst")
        await expect(kofi.locator("article.message .chip")).to_have_attribute("aria-label", "💡 insight: 1")
        await expect(kofi.locator("article.message .chip")).to_have_attribute("aria-pressed", "false")
        await expect(jo.locator("article.message .chip")).to_have_attribute("aria-pressed", "true")
        await jo.locator("article.message .chip").click()
        await expect(kofi.locator("article.message .chip")).to_have_count(0)


async def test_ones_own_words_can_be_changed_and_deleted(browsing: Browsing) -> None:
    """A change shows everywhere and says that it is one; a deletion asks first and then leaves nothing."""
    async with (
        opened(FakeRoom()) as room,
        browsing.person(room, "Jo") as jo,
        browsing.person(room, "Kofi") as kofi,
    ):
        await say(jo, "Mornings are the wurst")
        await choose(jo, 0, "Change")
        await jo.get_by_label("Your message").fill("Mornings are the worst")
        await jo.get_by_label("Your message").press("Enter")

        await expect(kofi.locator("article .text")).to_have_text("Mornings are the worst")
        await expect(kofi.locator("article .edited")).to_have_text("changed")

        await choose(jo, 0, "Delete")
        await jo.locator("dialog").get_by_role("button", name="Delete", exact=True).click()

        await expect(kofi.locator("article")).to_have_count(0)
        await expect(kofi.locator("#empty")).to_be_visible()


async def test_a_broken_line_keeps_one_copy(browsing: Browsing) -> None:
    """What is written while the room restarts is sent when it is back, and stands there once on every page."""
    fake = FakeRoom()
    async with opened(fake) as room:
        port = int(room.url.rpartition(":")[2])
        visit = browsing.person(room, "Jo")
        jo = await visit.__aenter__()
        await say(jo, "before")
        fake.gate.clear()
        await jo.get_by_label("Your message").fill("during")
        await jo.get_by_label("Your message").press("Enter")
        await expect(jo.locator("article.waiting")).to_have_count(1)
    await expect(jo.locator("#banner")).to_be_visible()
    fake.gate.set()
    async with opened(fake, port):
        await expect(jo.locator("article.message:not(.waiting)")).to_have_count(2)
        await expect(jo.locator("#banner")).to_be_hidden()
        await expect(jo.locator("article .text")).to_have_text(["before", "during"])
        await visit.__aexit__(None, None, None)

    assert [message.text for message in fake.messages.values()] == ["before", "during"]


NASTY = (
    "<img src=x onerror=alert(1)>",
    "<script>alert(2)</script>",
    '"><svg onload=alert(3)>',
    "javascript:alert(4)",
    'https://evil.example/"onmouseover=alert(5)',
    "http://user:pw@evil.example/ and https://еvil.example/x and data:text/html,<script>alert(6)</script>",
    "{{constructor.constructor('alert(7)')()}} ${alert(8)} <!--#exec-->",
    "\u202etxet desrever\u202c \u0000 \ufeff",
    "</p></article><style>*{display:none}</style>",
    "A1 " + "wide" * 300,
)


async def test_no_text_and_no_name_does_anything(browsing: Browsing) -> None:
    """Whatever people write or call themselves stays letters: no dialog, no error, no request to anybody else."""
    fake = FakeRoom()
    async with opened(fake, messages_at_once=50) as room, browsing.person(room, "Kofi") as kofi:
        async with browsing.person(room, "<img src=x onerror=alert()>") as jo:
            for text in NASTY:
                await jo.get_by_label("Your message").fill(text)
                await jo.get_by_label("Your message").press("Enter")
            await expect(kofi.locator("article.message")).to_have_count(len(NASTY))
            await choose(kofi, 0, "Reply")
            await say(kofi, NASTY[0])
        await kofi.reload()
        await expect(kofi.locator("article.message")).to_have_count(len(NASTY) + 1)

        assert (
            await kofi.locator(
                "article :is(img, script, style, svg:not(.shape), [onerror], [onmouseover])"
            ).count()
            == 0
        )
        links = await kofi.locator("article .text a").evaluate_all(
            "all => all.map(a => [a.protocol, a.rel, a.username])"
        )
        assert await kofi.locator("article .author").first.inner_text() == "<img src=x onerror=alert()>"
        assert {protocol for protocol, _, _ in links} <= {"http:", "https:"}
        assert {rel for _, rel, _ in links} == {"noopener noreferrer nofollow ugc"}
        assert not any(user for _, _, user in links)
        # A host in look-alike letters shows what it really is.
        await expect(kofi.locator("article .host").first).to_contain_text("(xn--")


async def test_the_keyboard_is_enough(browsing: Browsing) -> None:
    """Without a mouse: skip to the conversation, walk through it, react from a menu, and write."""
    fake = FakeRoom()
    async with opened(fake) as room:
        await furnish(fake)
        async with browsing.person(room, "Jo") as jo:
            await expect(jo.locator("article").last).to_be_visible()
            await jo.reload()
            await expect(jo.locator("article.current")).to_have_count(1)
            await jo.keyboard.press("Tab")
            await expect(jo.locator(".skip")).to_be_focused()
            await jo.keyboard.press("Enter")
            await jo.keyboard.press("Tab")
            await expect(jo.locator("article").last).to_be_focused()
            await jo.keyboard.press("ArrowUp")
            await jo.keyboard.press("Tab")
            await jo.keyboard.press("Tab")
            await expect(jo.locator("article:nth-last-child(2) [data-action=react]")).to_be_focused()
            await jo.keyboard.press("Enter")
            await jo.keyboard.press("ArrowRight")
            await jo.keyboard.press("Enter")

            await expect(jo.locator("article:nth-last-child(2) .chip[aria-pressed=true]")).to_have_count(1)
            await expect(jo.locator("article:nth-last-child(2) [data-action=react]")).to_be_focused()
            await jo.keyboard.press("Tab")
            await jo.keyboard.press("Tab")
            await expect(jo.get_by_label("Your message")).to_be_focused()
            await jo.keyboard.type("Hello from the keyboard")
            await jo.keyboard.press("Enter")
            await expect(jo.locator("article .text").last).to_have_text("Hello from the keyboard")


WIDTH = "() => Math.max(document.documentElement.scrollWidth, document.body.scrollWidth)"
SMALL = """() => [...document.querySelectorAll("button, a.button, textarea, input, select")]
    .filter((each) => each.offsetParent && !each.matches(".parent, .chip"))
    .filter((each) => each.getBoundingClientRect().height < 44 || each.getBoundingClientRect().width < 44)
    .map((each) => each.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("language", ["en", "de", "fr"])
async def test_a_phone_shows_everything_without_scrolling_sideways(browsing: Browsing, language: str) -> None:
    """At 360 pixels, in the longest words, nothing sticks out, and every button is large enough for a thumb."""
    fake = FakeRoom(language="en")
    async with opened(fake) as room:
        await furnish(fake)
        async with browsing.person(room, "Rosalind", link=room.moderator_url, **PHONE) as phone:
            fake.language = language
            await phone.reload()
            await expect(phone.locator("article").last).to_be_visible()
            await say_on_phone(phone, "https://example.org/" + "a-very-long-address-" * 20)
            assert await phone.evaluate(WIDTH) <= 360
            assert await phone.evaluate(SMALL) == []

            await phone.locator("#panel-toggle").click()
            await expect(phone.locator("#card [data-command=next]")).to_be_in_viewport()
            assert await phone.evaluate(WIDTH) <= 360
            assert await phone.evaluate(SMALL) == []

            await phone.locator("#panel-toggle").click()
            await phone.locator("article.message [data-action=more]").last.click()
            await expect(phone.locator("dialog")).to_be_in_viewport(ratio=0.99)
            assert await phone.evaluate(WIDTH) <= 360
            assert await phone.evaluate(SMALL) == []


async def test_the_open_card_covers_nothing_however_long_the_title(browsing: Browsing) -> None:
    """A moderator with a thumb can close it again, and can write beside it."""
    fake = FakeRoom(title="What would make outpatient appointments less tiring for everybody " * 3)
    async with (
        opened(fake) as room,
        browsing.person(room, "Jo") as jo,
        browsing.person(room, "Rosalind", link=room.moderator_url, **(PHONE | SMALL_SCREEN)) as phone,
    ):
        for number in range(12):
            await say(jo, f"Line {number}")
        await phone.locator("#panel-toggle").tap()
        await expect(phone.locator("#card")).to_be_visible()
        await phone.locator("#scroller").evaluate("place => place.scrollTo(0, 0)")
        await say(jo, "Line 13")
        await expect(phone.locator("#jump")).to_be_visible()

        await phone.locator("#text").tap()
        await phone.locator("#panel-toggle span").first.tap()
        await expect(phone.locator("#card")).to_be_hidden()


async def say_on_phone(page: Page, text: str) -> None:
    """Write and send with the button; on a phone Enter begins a new line."""
    await page.locator("#text").fill(text)
    await page.locator("#send").click()
    await expect(page.locator("article.waiting")).to_have_count(0)


async def test_a_moderator_runs_the_hour_with_the_card(browsing: Browsing) -> None:
    """Buttons send the command with the stage they were drawn for; dangerous ones ask first, some ask for more."""
    fake = FakeRoom()
    async with opened(fake) as room, browsing.person(room, "Rosalind", link=room.moderator_url) as page:
        card = page.get_by_role("complementary", name="Moderator card")
        await card.get_by_role("button", name="Ask the next question").click()
        await expect(page.locator("article.kind-question")).to_contain_text("Q1")
        await expect(card.get_by_role("heading", name="Question 1 of 3")).to_be_visible()
        await expect(page.locator("#standing .ticking")).to_have_text(re.compile("8:5[0-9]"))

        await card.get_by_role("button", name="More time").click()
        await page.get_by_label("How many minutes more?").fill("3")
        await page.locator("dialog").get_by_role("button", name="More time").click()
        await card.get_by_role("button", name="Close the chat").click()
        await page.locator("dialog").get_by_role("button", name="Cancel").click()
        await card.get_by_role("button", name="Close the chat").click()
        await page.locator("dialog").get_by_role("button", name="Close the chat").click()
        await expect(page.locator("dialog")).to_have_count(0)
        await say(page, "done")

    commands = [
        heard for heard in fake.heard if isinstance(heard, HeardCommand) and heard.command != "moderate"
    ]
    assert [(each.command, each.expects, dict(each.arguments)) for each in commands] == [
        ("next", "introductions", {}),
        ("extend", "question/q1", {"minutes": "3"}),
        ("close", "question/q1", {}),
    ]
    assert {(each.chat, each.generation) for each in commands} == {("chat-1", 1)}


async def test_a_moderator_keeps_a_line_and_an_exchange(browsing: Browsing) -> None:
    """A kept message wears its badge; several that belong together are picked and kept in the order they were said."""
    fake = FakeRoom()
    async with opened(fake) as room:
        await furnish(fake)
        async with browsing.person(room, "Rosalind", link=room.moderator_url) as page:
            await choose(page, 6, "Keep as insight", "Keep as insight")
            await expect(page.locator("article.message").nth(6).locator(".badge")).to_have_text("💡 insight")
            await expect(page.get_by_role("status").filter(has_text="Kept as an insight.")).to_be_visible()

            await choose(page, 9, "Keep exchange")
            await page.locator("article.message").nth(8).click()
            await expect(page.locator("#selection")).to_contain_text("Selected: 2")
            await page.locator("#selection").get_by_role("button", name="Keep exchange").click()
            await expect(page.locator("#selection")).to_be_hidden()

    (kept,) = [
        each for each in fake.heard if isinstance(each, HeardCommand) and each.command == "keep-exchange"
    ]
    ids = list(fake.messages)
    assert kept.arguments == {"messages": f"{ids[8]},{ids[9]}"}


async def test_a_closed_room_says_why(browsing: Browsing) -> None:
    """Where one cannot write there is no field to write in, but the reason; it comes and goes by itself."""
    fake = FakeRoom(open=False)
    async with opened(fake) as room, browsing.person(room, "Jo") as jo:
        await expect(jo.locator("#reason")).to_have_text(page_words("en")["page.closed"])
        await expect(jo.locator("#text")).to_be_hidden()
        fake.open = True
        room.platform.refresh(ROOM)
        await expect(jo.locator("#text")).to_be_visible()


async def test_what_is_new_is_announced_to_whoever_reads_further_up(browsing: Browsing) -> None:
    """Somebody who scrolled up stays where they read, and is told how much is new."""
    fake = FakeRoom()
    async with opened(fake) as room:
        await furnish(fake)
        async with browsing.person(room, "Jo") as jo, browsing.person(room, "Kofi") as kofi:
            await jo.locator("#scroller").evaluate("(it) => { it.scrollTop = 0 }")
            await expect(jo.locator("article").first).to_be_in_viewport()
            await say(kofi, "Something new")

            await expect(jo.locator("#jump")).to_have_text("New messages · 1")
            await expect(jo.locator("article").first).to_be_in_viewport()
            await jo.locator("#jump").click()
            await expect(jo.locator("article").last).to_be_in_viewport()
            await expect(jo.locator("#jump")).to_be_hidden()


async def test_a_long_history_is_read_upwards(browsing: Browsing) -> None:
    """Earlier messages come at the press of a button, in their place, each once."""
    fake = FakeRoom()
    start = fake.clock.now() - timedelta(hours=1)
    for number in range(150):
        author = Somebody(id=f"p{number % 7}", name=f"Person {number % 7}")
        at = start + timedelta(seconds=20 * number)
        await fake.hear(
            HeardMessage(room=ROOM, id=f"m.{number}", author=author, at=at, text=f"line {number}")
        )
    async with opened(fake) as room:
        async with browsing.person(room, "Jo") as jo:
            await expect(jo.locator("article")).to_have_count(100)
            await jo.get_by_role("button", name="Show earlier messages").click()
            await expect(jo.locator("article")).to_have_count(150)
            await expect(jo.locator("#earlier")).to_be_hidden()
            times = await jo.locator("article").evaluate_all("all => all.map((each) => each.dataset.at)")

        assert times == sorted(times)


async def test_the_page_is_built_for_screen_readers(browsing: Browsing) -> None:
    """Landmarks, a live log, names on every button, and the language of the chat are where readers look for them."""
    fake = FakeRoom(language="de")
    async with opened(fake) as room:
        await furnish(fake)
        fake.language = "en"
        async with browsing.person(room, "Jo") as jo:
            fake.language = "de"
            await jo.reload()
            await expect(jo.locator("article").last).to_be_visible()

            assert await jo.locator("html").get_attribute("lang") == "de"
            await expect(jo.get_by_role("banner")).to_have_count(1)
            await expect(jo.get_by_role("main")).to_have_count(1)
            await expect(jo.get_by_role("log", name="Gespräch")).to_have_attribute("aria-live", "polite")
            await expect(jo.get_by_label("Ihre Nachricht")).to_be_enabled()
            nameless = (
                "all => all.filter((b) => !(b.ariaLabel || b.textContent.trim())).map((b) => b.outerHTML)"
            )
            assert await jo.locator("button:visible").evaluate_all(nameless) == []
            await expect(jo.locator("article time").first).to_have_attribute(
                "datetime", next(iter(fake.posts.values())).at.isoformat()
            )
