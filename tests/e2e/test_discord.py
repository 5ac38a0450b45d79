"""A whole chat on the pretended Discord, through the real library: from the plan to the published summary."""

import pytest

from bot.store import MemoryStore
from tests.fakes.discord import opened, schema
from tests.fakes.discord.house import QUESTIONS, DiscordHouse, FastClock, at_work
from tests.fakes.discord.rest import dropped, error, limited

POSTS = r"/channels/\d+/messages"


async def test_a_chat_runs_from_plan_to_summary() -> None:
    """Five questions are asked once and in order, and what people said, changed, took back and kept comes out right."""
    async with at_work() as house:
        said = await _hold_the_chat(house)
        _check_posts(house)
        _check_what_was_heard(house, said)
        assert len(house.discord.rest.seen) > 30
        _check_requests(house)


async def test_a_chat_survives_what_networks_do() -> None:
    """With the line cut three times, refused once, and answers lost, nothing is lost and nothing said twice."""
    async with at_work() as house:
        house.discord.rest.expect(
            "POST", POSTS, limited(), error(502, stands=True), limited(), dropped(stands=True)
        )
        said = await _hold_the_chat(house, on_question=_break_the_line)
        _check_posts(house)
        _check_what_was_heard(house, said)
        assert house.discord.gateway.resumed >= 2
        await house.until(lambda: len(house.chat.gaps) == 1)
        assert house.discord.gateway.identified == 2
        _check_requests(house)


async def test_what_is_told_twice_or_late_counts_once() -> None:
    """Discord repeats itself and mixes up the order; the record does not."""
    async with at_work() as house:
        discord = house.discord
        maren, ada = discord.world.join("Maren"), discord.world.join("Ada", moderator=True)
        await house.plan()
        await house.command(ada, "start")
        await house.until_posted("Welcome to")
        said = discord.world.write(discord.channel, maren, "A later start helped me.")
        await discord.react(ada, said["id"], "💡")
        await discord.edit(said["id"], "A later start, at ten, helped me.")
        for _ in range(3):
            await discord.rest.tell_message(said)

        await house.until(lambda: _heard(house) and house.chat.insights)
        await house.command(ada, "next")

        assert len(_heard(house)) == 1
        [message] = [message for message in house.chat.messages.values() if message.heard]
        assert message.edited_at is not None


async def test_a_bot_that_dies_between_posting_and_noting_does_not_post_twice() -> None:
    """After a restart, when no nonce helps any more, the room's own history decides."""
    clock, store = FastClock(), MemoryStore()
    async with opened(clock) as discord:
        discord.world.remembers_nonces = False
        discord.rest.expect("POST", POSTS, dropped(stands=True))
        async with at_work(discord=discord, store=store, clock=clock) as house:
            await house.plan()
            await house.until(discord.posts)
        await clock.sleep(120)
        async with at_work(discord=discord, store=store, clock=clock) as house:
            await house.service.outbox.drained()

            assert len(discord.posts()) == 1
            assert house.chat.posts


@pytest.mark.skipif(not schema.are_there(), reason=schema.MISSING)
async def test_a_request_that_breaks_the_schema_would_be_noticed() -> None:
    """The check on requests is no mere decoration."""
    assert schema.problems("POST", "/channels/1/messages", {"content": "hello"}) == []
    assert schema.problems("POST", "/channels/1/messages", {"content": 5})
    assert schema.problems("POST", "/channels/1/messages", {"content": "hello", "colour": "red"})
    assert schema.problems("POST", "/no/such/place", None)


async def _break_the_line(house: DiscordHouse, number: int) -> None:
    """Cut the line at three questions; at one of them the session is gone for good."""
    if number in {2, 4}:
        await house.discord.gateway.cut()
    if number == 3:
        house.discord.gateway.refuse_resumes = 1
        await house.discord.gateway.cut()


async def _no_trouble(house: DiscordHouse, number: int) -> None:
    pass


async def _hold_the_chat(house: DiscordHouse, on_question=_no_trouble) -> list[str]:
    """Lead a chat by hand; return the ids of what was said: two answers to each question."""
    await house.plan()
    discord = house.discord
    maren, kofi = discord.world.join("Maren"), discord.world.join("Kofi")
    ada = discord.world.join("Ada", moderator=True)
    await house.until_posted("Working with arthritis")
    await house.command(ada, "start")
    await house.until_posted("Welcome to")
    await discord.say(maren, "Hello from Bremen, I live with arthritis.")
    said: list[str] = []
    for number, question in enumerate(QUESTIONS, start=1):
        await house.command(ada, "next")
        post = await house.until_posted(f"### Q{number}\n{question}")
        await on_question(house, number)
        text = f"A{number} A later start helped me through every single morning."
        said.append(await discord.say(maren, text, to=post["id"]))
        text = f"A{number} I asked for a chair that I am allowed to leave."
        said.append(await discord.say(kofi, text, to=said[-1]))
        await house.until(lambda: len(_heard(house)) == len(said) + 1)
    await _look_after_it(house, ada, said)
    await house.command(ada, "next")
    await house.until_posted("Before we close")
    await house.command(ada, "close")
    await house.until_posted("Thank you")
    await house.command(ada, "publish")
    await house.until(lambda: any("Part 2 of 2" in post["content"] for post in discord.posts()))
    return said


async def _look_after_it(house: DiscordHouse, moderator: str, said: list[str]) -> None:
    """Change one answer, take one back, keep lines by menu and by reaction, and keep an exchange."""
    discord = house.discord
    await discord.edit(said[0], "A1 A later start, at ten, helped me through every single morning.")
    await discord.delete(said[3])
    told = await discord.rest.answer_to(await discord.pick(moderator, said[0], "Keep as insight"))
    assert told["content"] == "Kept."
    await discord.react(moderator, said[2], "🔧")
    token = await discord.slash_about(moderator, "keep-exchange", messages=f"{said[4]} {said[5]}")
    assert (await discord.rest.answer_to(token))["content"] == "The exchange is kept."
    await house.until(lambda: len(house.chat.insights) == 3)


def _heard(house: DiscordHouse) -> list[str]:
    return [message.id for message in house.chat.messages.values() if message.heard]


def _check_posts(house: DiscordHouse) -> None:
    texts = [post["content"] for post in house.discord.posts()]
    asked = [
        at
        for at, text in enumerate(texts)
        for question in QUESTIONS
        if text.startswith("### Q") and question in text
    ]
    assert len(asked) == len(QUESTIONS)
    assert len(texts) == len(set(texts)), "something was said twice"
    assert "at ten, helped me" in texts[-2] + texts[-1]


def _check_what_was_heard(house: DiscordHouse, said: list[str]) -> None:
    ledger = house.service.roster.chats[house.chat.id].ledger
    messages = [house.chat.messages[ledger.ours[house.room, id]] for id in said]
    assert [message.deleted for message in messages] == [index == 3 for index in range(10)]
    assert messages[0].edited_at is not None
    assert all(message.heard and message.heard.reply_to for message in messages)


def _check_requests(house: DiscordHouse) -> None:
    assert house.discord.rest.violations == []
