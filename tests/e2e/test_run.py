"""The bot as its operator meets it: started, stopped, started twice, set up wrongly, and read in the log."""

import asyncio
import re
import signal
import socket
from pathlib import Path

import pytest
from aiohttp import ClientSession, CookieJar

from tests.faults.meeting import Page, in_history, page, plan, processes_of, running
from tests.faults.process import Bot

CANARY = "zephyrine"
"""A word that people say, and no log may."""


def last_line(bot: Bot) -> str:
    """Return the last thing that the bot said."""
    return bot.said.strip().splitlines()[-1]


async def refused(bot: Bot) -> tuple[int, str]:
    """Return exit code and last words of a bot that will not start."""
    try:
        await bot.launch()
        return await bot.left(), last_line(bot)
    finally:
        await bot.make_sure_it_is_gone()


# --- stopping and starting ------------------------------------------------------------------------------------


async def test_a_stop_is_orderly_and_the_next_start_goes_on(tmp_path: Path) -> None:
    """Told to stop, the bot finishes what it sends and leaves with 0; started again it knows everything."""
    async with running(tmp_path) as bot:
        async with page(bot, "Ines") as ines:
            answer = await ines.visitor.say("Said before the stop")
            assert not answer.refused
            clock = bot.clock.monotonic()
            bot.send(signal.SIGTERM)
            code = await bot.left()
            took = bot.clock.monotonic() - clock

        assert code == 0
        assert took < 12
        assert "Traceback" not in bot.said
        await bot.start()
        assert await in_history(bot) == ["Said before the stop"]
        assert bot.said.count("/m/") == 2
        assert bot.moderator_link == re.findall(r"http\S+/m/\S+", bot.said)[0]


async def test_ctrl_c_leaves_no_traceback(tmp_path: Path) -> None:
    """Ctrl-C in a terminal reaches the worker that makes summaries as well, and nobody prints a traceback."""
    async with running(tmp_path) as bot:
        async with page(bot, "Andrea", bot.moderator_link) as andrea:
            await publish(andrea)
        assert len(list(processes_of(bot.pid))) > 1
        group = bot.pid

        bot.send_to_all(signal.SIGINT)

        assert await bot.left() == 0
        assert "Traceback" not in bot.said
        await bot.until(lambda: not list(processes_of(group)), "the worker to leave")


async def test_a_killed_bot_leaves_no_worker_behind(tmp_path: Path) -> None:
    """The worker that makes summaries ends with the bot, even when nobody could tell it to."""
    async with running(tmp_path) as bot:
        async with page(bot, "Andrea", bot.moderator_link) as andrea:
            await publish(andrea)
        group = bot.pid
        assert len(list(processes_of(group))) > 1

        await bot.kill()

        await bot.until(lambda: not list(processes_of(group)), "the worker to leave")


async def publish(andrea: Page) -> None:
    """Say something, close the hour and publish it."""
    await andrea.visitor.say("A1 Asking a second time is not rude, it is how I learnt what I have")
    closed = await andrea.visitor.command("close")
    published = await andrea.visitor.command("publish")
    assert (closed.refused, published.refused) == (False, False)


async def test_a_second_bot_on_the_same_store_is_turned_away(tmp_path: Path) -> None:
    """Started twice by mistake, the second leaves with 3 and says who is at work; the first notices nothing."""
    async with running(tmp_path) as bot:
        second = Bot(tmp_path / "second", {"BOT_STORE": str(bot.store), "BOT_PLANS": str(bot.plans)})

        code, said = await refused(second)

        assert code == 3
        assert f"process {bot.pid} on {socket.gethostname()}" in said
        assert "Traceback" not in second.said
        async with page(bot, "Ines") as ines:
            assert not (await ines.visitor.say("Nothing noticed")).refused


async def test_a_killed_bot_stands_in_nobodys_way(tmp_path: Path) -> None:
    """The store of a bot that was killed is free at once."""
    async with running(tmp_path) as bot:
        await bot.kill()
        second = Bot(tmp_path / "second", {"BOT_STORE": str(bot.store), "BOT_PLANS": str(bot.plans)})
        await second.start()

        assert await second.stop() == 0


async def test_an_empty_secret_is_replaced(tmp_path: Path) -> None:
    """The disk was full when the bot started first: what it could not write then, it makes now."""
    secret = tmp_path / "chats.db.secret"
    secret.touch()

    async with running(tmp_path):
        made = secret.read_text()

    assert len(made) >= 32
    assert secret.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(("setting", "is_told_apart"), [("true", True), ("false", False)])
async def test_behind_a_proxy_people_are_told_apart_by_their_own_addresses(
    tmp_path: Path, setting: str, *, is_told_apart: bool
) -> None:
    """Otherwise a whole city shares what one address may do; without a proxy nobody can invent an address."""
    async with running(tmp_path, BOT_BEHIND_PROXY=setting) as bot, ClientSession() as asking:
        answers = {await _knock(asking, bot, number) for number in range(130)}

    assert answers == ({303} if is_told_apart else {303, 429})


async def _knock(asking: ClientSession, bot: Bot, number: int) -> int:
    headers = {"Origin": bot.address, "X-Forwarded-For": f"198.51.100.{number}"}
    join = {"nickname": f"Guest {number}"}
    url = f"{bot.address}/room/main/join"
    async with asking.post(url, data=join, headers=headers, allow_redirects=False) as answer:
        return answer.status


# --- bad settings ---------------------------------------------------------------------------------------------


async def test_a_taken_port_is_named(tmp_path: Path) -> None:
    """When something else listens there the bot says where, what to do, and leaves with 2."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        bot = Bot(tmp_path, port=port)

        code, said = await refused(bot)

    assert code == 2
    assert f"127.0.0.1:{port}" in said
    assert "another port" in said
    assert "Traceback" not in bot.said


@pytest.mark.parametrize(
    ("setting", "value", "place"),
    [
        ("BOT_PORT", "eighty-eighty", "BOT_PORT"),
        ("BOT_LOG_LEVEL", "chatty", "BOT_LOG_LEVEL"),
        ("BOT_CONFIG", "/nowhere/tweetchat.toml", "/nowhere/tweetchat.toml"),
        ("BOT_SECRET", "sesame-9", "secret"),
        ("BOT_STORE", "mysql://somewhere", "store"),
        ("BOT_PUBLIC_URL", "chat.example.org", "BOT_PUBLIC_URL"),
    ],
)
async def test_a_wrong_setting_is_named_and_never_shown(
    tmp_path: Path, setting: str, value: str, place: str
) -> None:
    """One line says which setting, and what to do; a secret is not repeated; exit 2."""
    bot = Bot(tmp_path, {setting: value})

    code, said = await refused(bot)

    assert code == 2
    assert place in said
    assert "sesame" not in bot.said
    assert "Traceback" not in bot.said
    assert bot.said.count("\n") == 1


async def test_a_bad_plan_is_told_and_the_others_run(tmp_path: Path) -> None:
    """A plan with a mistake is named with its line; the chat beside it goes on."""
    bot = Bot(tmp_path)
    plan(bot)
    plan(bot, name="wrong.toml")
    wrong = bot.plans / "wrong.toml"
    wrong.write_text(wrong.read_text("utf-8").replace('zone = "UTC"', 'zone = "Mars/Olympus"'), "utf-8")
    try:
        await bot.start()
        await bot.until_planned()

        assert "wrong.toml" in bot.said
        assert "Mars" in bot.said
        async with page(bot, "Ines") as ines:
            assert not (await ines.visitor.say("Here all the same")).refused
    finally:
        await bot.make_sure_it_is_gone()


async def test_a_plan_saved_while_the_bot_runs_is_taken_up(tmp_path: Path) -> None:
    """Nobody restarts the bot for a new plan: it is found within seconds, and its moderator's link is printed."""
    bot = Bot(tmp_path)
    try:
        await bot.start()
        plan(bot)

        async with asyncio.timeout(30), ClientSession() as asking:
            while await _chats(asking, bot) == 0:
                await bot.clock.sleep(0.1)
        await bot.until(lambda: "Moderators of #" in bot.said, "the moderator's link")
    finally:
        await bot.make_sure_it_is_gone()


async def _chats(asking: ClientSession, bot: Bot) -> int:
    async with asking.get(f"{bot.address}/metrics") as answer:
        counts = re.findall(r"^tweetchat_chats\{.+\} (\S+)$", await answer.text(), re.MULTILINE)
        return round(sum(map(float, counts)))


# --- the log --------------------------------------------------------------------------------------------------


async def test_no_log_says_what_people_say(tmp_path: Path) -> None:
    """At the most talkative level, over every path with words in it, the log holds none of them."""
    async with running(tmp_path, title=f"An hour with {CANARY}", BOT_LOG_LEVEL="debug") as bot:
        async with page(bot, f"Ines {CANARY}") as ines, page(bot, "Andrea", bot.moderator_link) as andrea:
            await _everything_with_words(ines, andrea)
            await _rubbish(bot)
            said = "\n".join(ines.everything + andrea.everything)
            await publish(andrea)
            await andrea.visitor.command("retract")
            await ines.visitor.command("forget")
        assert CANARY in said
        assert await bot.stop() == 0

    assert CANARY not in bot.said.lower()
    assert "Traceback" not in bot.said


async def test_a_log_that_takes_nothing_stops_nobody(tmp_path: Path) -> None:
    """With a full log disk the chat goes on: what is said is stored, and what is due is posted."""
    async with running(tmp_path) as bot:
        await bot.kill()
        await bot.launch(said=Path("/dev/full"))
        await bot.until(bot.is_open, "the room to open")
        async with page(bot, "Andrea", bot.moderator_link) as andrea:
            assert not (await andrea.visitor.say("A1 Still here")).refused
            assert not (await andrea.visitor.command("next")).refused
        assert await in_history(bot) == ["A1 Still here"]


async def _everything_with_words(ines: Page, andrea: Page) -> None:
    first = await ines.visitor.say(f"A1 {CANARY} helped me, write to {CANARY}@example.org")
    await ines.visitor.say(f"@Andrea {CANARY}?", first.id)
    await ines.visitor.edit(first.id, f"{CANARY} helped me, said better")
    await ines.visitor.react(first.id, CANARY)
    await ines.visitor.command("propose", {"text": f"Why {CANARY}?"})
    await ines.visitor.command("group", {"group": CANARY})
    await ines.visitor.command(CANARY, {CANARY: CANARY})
    await ines.visitor.command("next", {}, expects=CANARY)
    await andrea.visitor.command("say", {"text": f"Bot, say {CANARY}"})
    await andrea.visitor.command("ask", {"text": f"What of {CANARY}?"})
    await andrea.visitor.command("keep", {"message": first.id, "tag": CANARY})
    await andrea.visitor.command("keep", {"message": first.id, "tag": "insight"})
    await andrea.visitor.command("handover", {"person": CANARY})
    await andrea.visitor.command("answer-to", {"message": first.id, "number": CANARY})
    await andrea.visitor.command("mute", {"message": CANARY})
    second = await ines.visitor.say(f"{CANARY} again")
    await ines.visitor.delete(second.id)


async def _rubbish(bot: Bot) -> None:
    """Ask for things that are not there, and send what nobody can read."""
    jar = CookieJar(unsafe=True)  # the room is called by its number here
    async with ClientSession(cookie_jar=jar, headers={"Origin": bot.address}) as asking:
        for path in (
            f"/summary/{CANARY}",
            f"/m/{CANARY}",
            f"/owner/{CANARY}",
            f"/room/{CANARY}",
            f"/{CANARY}?q={CANARY}",
        ):
            async with asking.get(bot.address + path) as answer:
                assert answer.status in {303, 404, 200}
        async with asking.post(f"{bot.address}/room/main/join", data={"nickname": CANARY * 40}) as answer:
            assert answer.status == 422
        async with asking.post(f"{bot.address}/room/main/join", data={"nickname": CANARY}) as answer:
            assert answer.status == 200
        async with asking.ws_connect(f"{bot.address}/ws/main") as socket_:
            await socket_.receive_json()
            for text in (CANARY, f'{{"type":"say","nonce":"{CANARY}"}}', f'["{CANARY}"]'):
                await socket_.send_str(text)
