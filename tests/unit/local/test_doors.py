"""Who gets in, under which name, and what every answer carries."""

import pytest

from adapters.local.paper import said
from bot.markup import Bullets, Buttons, Content, Fields, Heading, Paragraph, Quote, Run
from bot.ports import Reply
from tests.fakes.room import CHAT, ROOM, FakeRoom, opened
from tests.unit.local.browsers import browser, joined


async def test_a_stranger_sees_the_door_and_then_the_room() -> None:
    """A name is all it takes; after that the same address shows the room."""
    async with opened(FakeRoom()) as room, browser(room) as jo:
        assert "nickname" in await (await jo.get("/room/main")).text()

        answer = await jo.join("Jo Ellery", "patient")

        assert (answer.status, answer.headers["Location"]) == (303, "/room/main")
        assert 'id="feed"' in await (await jo.get("/room/main")).text()


async def test_the_session_cookie_is_out_of_reach_of_scripts() -> None:
    """The cookie can be read by no script, goes to no other site, and travels encrypted where we can."""
    async with opened(FakeRoom(), public_url="https://chat.example") as room, browser(room) as jo:
        cookie = (await jo.join("Jo")).headers["Set-Cookie"]

    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" in cookie


@pytest.mark.parametrize(
    ("name", "status", "says"),
    [
        ("", 422, "type a name"),
        ("\u202e\u200b", 422, "type a name"),
        ("x" * 41, 422, "too long"),
        ("Mοderator", 422, "kept for moderators"),
        ("tweetchat", 422, "kept for moderators"),
        ("KОFI", 409, "already goes by that name"),
    ],
)
async def test_some_names_are_refused_kindly(name: str, status: int, says: str) -> None:
    """The door says what is wrong with a name, keeps what was typed, and lets nobody in with it."""
    async with opened(FakeRoom()) as room, joined(room, "Kofi"), browser(room) as other:
        answer = await other.join(name)
        page = await answer.text()

        assert answer.status == status
        assert says in page
        assert "Set-Cookie" not in answer.headers


async def test_nobody_takes_the_name_of_a_present_moderator() -> None:
    """A name like the moderator's, or with it inside, is refused while they are here."""
    async with opened(FakeRoom()) as room, browser(room) as moderator, browser(room) as other:
        await moderator.get(room.moderator_url)
        await moderator.join("Rosalind")

        assert (await other.join("R0salind")).status == 422
        assert (await other.join("Rosalind (team)")).status == 422


async def test_a_moderator_may_be_called_moderator() -> None:
    """Whoever holds the moderator's link may use the names that are kept for them."""
    async with opened(FakeRoom()) as room, browser(room) as moderator:
        await moderator.get(room.moderator_url)

        assert (await moderator.join("Moderator Rosalind")).status == 303


async def test_a_name_is_kept_for_whoever_lost_their_line() -> None:
    """Somebody whose phone drops out is not replaced by a stranger of the same name."""
    async with opened(FakeRoom()) as room:
        async with joined(room, "Kofi"):
            pass
        async with browser(room) as other:
            assert (await other.join("Kofi")).status == 409


async def test_somebody_may_change_their_own_name() -> None:
    """A second visit to the door renames the same person."""
    fake = FakeRoom()
    async with opened(fake) as room, browser(room) as jo:
        await jo.join("Jo")
        assert "nickname" in await (await jo.get("/room/main?door")).text()
        await jo.join("Jo E.")
        async with jo.page() as page:
            await page.hear("welcome")
            await page.say("Hello")

    assert [message.author for message in fake.messages.values()] == ["Jo E."]


@pytest.mark.parametrize("origin", ["https://evil.example", "null", None, "file://", "http://127.0.0.1"])
async def test_another_site_cannot_join_in_somebodys_name(origin: str | None) -> None:
    """A form on another site, or without saying where it stands, is refused."""
    async with opened(FakeRoom()) as room, browser(room) as jo:
        answer = await jo.post("/room/main/join", {"nickname": "Jo"}, origin)

        assert answer.status == 403
        assert "Set-Cookie" not in answer.headers


async def test_the_public_address_counts_as_our_own() -> None:
    """Behind a proxy, the address people typed is where our pages come from."""
    async with opened(FakeRoom(), public_url="https://chat.example") as room, browser(room) as jo:
        assert (await jo.post("/room/main/join", {"nickname": "Jo"}, "https://chat.example")).status == 303


async def test_too_many_joins_from_one_address_wait() -> None:
    """A script that brings in hundreds is slowed at the door, address by address."""
    async with opened(FakeRoom(), joins_at_once=2, behind_proxy=True) as room, browser(room) as jo:
        answers = []
        for number in range(3):
            # What stands before the last address is whatever the caller likes to claim.
            jo.session.headers["X-Forwarded-For"] = f"203.0.113.{number}, 198.51.100.7"
            answers.append((await jo.join(f"Jo {number}")).status)
        jo.session.headers["X-Forwarded-For"] = "198.51.100.7, 198.51.100.8"

        assert answers == [303, 303, 429]
        assert (await jo.join("Jo 4")).status == 303


async def test_only_known_groups_can_be_declared() -> None:
    """A group comes from the chat's list and from nowhere else."""
    async with opened(FakeRoom()) as room, browser(room) as jo:
        assert (await jo.join("Jo", "wizard")).status == 422


async def test_a_room_without_a_chat_says_so() -> None:
    """Whoever comes before there is a chat reads when to come back, and cannot join."""
    async with opened(FakeRoom(chat=None)) as room, browser(room) as jo:
        answer = await jo.get("/room/main")

        assert answer.status == 404
        assert "No chat is planned" in await answer.text()
        assert (await jo.join("Jo")).status == 404


@pytest.mark.parametrize(
    "path", ["/room/Main!", "/room/..%2f", "/page/../doors.py", "/page/door.html", "/page/none"]
)
async def test_what_is_not_there_is_not_found(path: str) -> None:
    """No path leads out of the page's own files."""
    async with opened(FakeRoom()) as room, browser(room) as jo:
        assert (await jo.get(path)).status == 404


@pytest.mark.parametrize("path", ["/room/main", "/page/app.js", "/page/none", "/m/none", "/new"])
async def test_every_answer_is_guarded(path: str) -> None:
    """No page of ours runs foreign scripts, is framed, tells where people came from, or is taken for another type."""
    async with opened(FakeRoom()) as room, browser(room) as jo:
        headers = (await jo.get(path)).headers

    assert headers["Content-Security-Policy"].startswith(
        "default-src 'none'; script-src 'self'; style-src 'self'"
    )
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] in {"no-referrer", "same-origin"}


async def test_the_pages_files_are_asked_for_again_only_when_they_changed() -> None:
    """A browser that has the newest script is told so."""
    async with opened(FakeRoom()) as room, browser(room) as jo:
        first = await jo.get("/page/app.js")
        again = await jo.session.get(
            room.url + "/page/app.js", headers={"If-None-Match": first.headers["ETag"]}
        )

        assert (first.status, again.status) == (200, 304)
        assert first.content_type == "text/javascript"


@pytest.mark.parametrize("language", ["en", "de", "fr"])
async def test_the_door_speaks_the_language_of_the_chat(language: str) -> None:
    """The page says in which language it is, for screen readers and hyphens."""
    async with opened(FakeRoom(language=language)) as room, browser(room) as jo:
        page = await (await jo.get("/room/main")).text()

    assert f'<html lang="{language}">' in page
    assert "${" not in page
    assert ">page." not in page


async def test_a_title_is_text_and_never_markup() -> None:
    """Whatever an organiser types as a title stays letters on every page."""
    title = '</title><script>alert(1)</script>"onload="x'
    async with opened(FakeRoom(title=title)) as room, browser(room) as jo:
        door = await (await jo.get("/room/main")).text()
        refused = await (await jo.join('"><script>alert(2)</script>' + "x" * 40)).text()
        await jo.join("Jo")
        inside = await (await jo.get("/room/main")).text()

    for page in (door, refused, inside):
        assert "<script>" not in page
        assert 'title="' not in page.replace('title="$', "") or '"onload="' not in page


# --- moderators and the owner ---------------------------------------------------------------------------------


async def test_a_moderators_link_leaves_the_address() -> None:
    """The link is kept in the cookie; the address that others may see over a shoulder holds no secret."""
    async with opened(FakeRoom()) as room, browser(room) as moderator:
        answer = await moderator.get(room.moderator_url)

        assert (answer.status, answer.headers["Location"]) == (303, "/room/main")
        assert "moderator" in await (await moderator.get("/room/main")).text()


async def test_a_link_that_is_not_ours_opens_nothing() -> None:
    """A guessed or broken link gets a kind page and no cookie."""
    async with opened(FakeRoom()) as room, browser(room) as other:
        for path in ("/m/abc.def", room.moderator_url[:-2], "/owner/abc.def"):
            answer = await other.get(path)

            assert answer.status == 404
            assert "opens nothing" in await answer.text()
            assert "Set-Cookie" not in answer.headers


async def test_every_generation_has_a_link_of_its_own() -> None:
    """Changing the link gives another address."""
    async with opened(FakeRoom()) as room:
        assert room.platform.moderator_link(CHAT, ROOM, 1) != room.platform.moderator_link(CHAT, ROOM, 2)


FORM = {
    "title": "Sleep & pain",
    "hashtag": "#hcchat",
    "starts": "2026-12-03T19:00",
    "zone": "Europe/London",
    "minutes": "60",
    "language": "en",
    "questions": "What helps you sleep?\nWhat does not?",
    "room": "main",
    "guest": "",
    "csrf": "x",
}


async def test_the_owner_plans_a_chat_with_a_form() -> None:
    """The owner's link leads to the form; the form becomes one command, its fields named as in a plan file."""
    fake = FakeRoom()
    async with opened(fake) as room, browser(room) as owner:
        assert (await owner.get(room.platform.owner_link())).headers["Location"] == "/new"
        assert "What helps" not in await (await owner.get("/new")).text()

        answer = await owner.post("/new", FORM)

        assert answer.status == 200
        assert 'href="/room/main"' in await answer.text()
    (command,) = fake.heard
    assert command.command == "new"  # type: ignore[union-attr]  # a command is all that was heard
    assert command.by.may_moderate  # type: ignore[union-attr]
    assert command.arguments == {  # type: ignore[union-attr]
        "title": "Sleep & pain",
        "hashtag": "#hcchat",
        "starts": "2026-12-03 19:00",
        "zone": "Europe/London",
        "minutes": "60",
        "language": "en",
        "questions": "What helps you sleep?\nWhat does not?",
    }


async def test_a_form_that_is_refused_keeps_what_was_typed() -> None:
    """The reason stands above the form, and nothing has to be typed twice."""
    async with opened(FakeRoom()) as room, browser(room) as owner:
        await owner.get(room.platform.owner_link())

        answer = await owner.post("/new", FORM | {"title": ""})
        page = await answer.text()

    assert answer.status == 422
    assert "The chat needs a title." in page
    assert "What helps you sleep?\nWhat does not?" in page


@pytest.mark.parametrize("is_moderator", [False, True])
async def test_nobody_but_the_owner_plans_chats(is_moderator: bool) -> None:
    """Neither a participant nor a moderator gets the form, or can send it without."""
    fake = FakeRoom()
    async with opened(fake) as room, browser(room) as other:
        if is_moderator:
            await other.get(room.moderator_url)
        await other.join("Jo")

        assert (await other.get("/new")).status == 403
        assert (await other.post("/new", FORM)).status == 403
    assert fake.heard == []


async def test_another_site_cannot_plan_a_chat_in_the_owners_name() -> None:
    """The owner's cookie alone is not enough: the form must stand on our page."""
    fake = FakeRoom()
    async with opened(fake) as room, browser(room) as owner:
        await owner.get(room.platform.owner_link())

        assert (await owner.post("/new", FORM, "https://evil.example")).status == 403
    assert fake.heard == []


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data; boundary=x", b"no boundary"),
        ("multipart/form-data", b""),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\nno name\r\n--x--\r\n"),
        ("application/x-www-form-urlencoded; charset=nonsense", b"nickname=Jo"),
        ("application/x-www-form-urlencoded; charset=utf-8", b"nickname=\xff"),
    ],
)
async def test_a_form_that_no_browser_sends_is_bad_and_no_more(kind: str, body: bytes) -> None:
    """It breaks nothing and fills no log."""
    async with opened(FakeRoom()) as room, browser(room) as jo:
        headers = {"Origin": room.url, "Content-Type": kind}
        async with jo.session.post(f"{room.url}/room/main/join", data=body, headers=headers) as answer:
            assert answer.status == 400


def test_a_moderators_link_can_be_tapped() -> None:
    """It is sixty letters of nonsense: nobody types it on a phone. What is no link stays text."""
    page = said(Reply(text='Yours: https://chat.example/m/x?a&b <i> javascript:"1"'))

    assert 'Yours: <a href="https://chat.example/m/x?a&amp;b" rel=' in page
    assert page.count("<a ") == 1
    assert "<i>" not in page


async def test_the_page_of_a_new_chat_names_no_other() -> None:
    """The room still shows the chat before; the page says once what was done."""
    async with opened(FakeRoom()) as room, browser(room) as owner:
        await owner.get(room.platform.owner_link())
        page = await (await owner.post("/new", FORM)).text()

    assert page.count("The chat is planned.") == 2  # in the title of the window, and on the page
    assert "Sleep &amp; pain" not in page


async def test_a_full_disk_loses_no_form() -> None:
    """When nothing can be stored, the form comes back as it was."""
    async with opened(FakeRoom(is_full=True)) as room, browser(room) as owner:
        await owner.get(room.platform.owner_link())

        answer = await owner.post("/new", FORM)

        assert answer.status == 422
        assert "Sleep &amp; pain" in await answer.text()


async def test_what_the_owner_is_told_is_shown_as_text() -> None:
    """The answer to a new chat may hold links, lists and quotes; none of it is taken for markup."""
    said = Content(
        blocks=(
            Heading(text="Planned <b>"),
            Paragraph(runs=(Run(text="Moderators: "), Run(text="link", link="https://chat.example/m/x?a&b"))),
            Paragraph(runs=(Run(text="not a link", weight="strong", link="javascript:alert(1)"),)),
            Bullets(items=("<i>one</i>",)),
            Fields(rows=(("Starts", "<19:00>"),)),
            Quote(text="<q>", by="<Jo>"),
            Buttons(buttons=()),
        )
    )
    fake = FakeRoom(answer=said)
    async with opened(fake) as room, browser(room) as owner:
        await owner.get(room.platform.owner_link())
        page = await (await owner.post("/new", FORM)).text()

    assert 'href="https://chat.example/m/x?a&amp;b"' in page
    assert "javascript:" not in page
    assert "&lt;i&gt;one&lt;/i&gt;" in page
    for tag in ("<b>", "<i>", "<q>", "<Jo>", "<19"):
        assert tag not in page
