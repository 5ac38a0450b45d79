"""One chat in a Discord, a Slack and the local room together, calm and stormy: one summary, each post once per room."""

import asyncio
import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.conformance.platforms.stage import Stage
from tests.e2e.three_rooms import ThreeRooms, at_work
from tests.fakes.discord import schema as discord_schema
from tests.fakes.discord.house import QUESTIONS
from tests.fakes.discord.rest import dropped, error, limited
from tests.fakes.slack import schema as slack_schema
from tests.fakes.slack import server as slack

REGRET = "A2 I should not have said this about my neighbour"


@dataclass
class Said:
    """What was said in one room: the ids of answers, which one was kept, changed and taken back."""

    maren: str
    kofi: str
    answers: list[str] = field(default_factory=list)
    kept: str = ""
    regretted: str = ""
    exchange: tuple[str, str] = ("", "")


class Weather:
    """What happens to a question on its way, and to the lines while people answer it: nothing."""

    def before(self, house: ThreeRooms, number: int) -> None:
        """Let something happen to the post of a question."""

    async def after(self, house: ThreeRooms, number: int) -> None:
        """Let something happen once it stands."""


class Storm(Weather):
    """Two posts are refused for haste, one breaks and one stands unanswered, on Discord and on Slack alike.

    All sockets are cut three times: at the second cut Discord has forgotten us, and Slack's address leads nowhere.
    """

    def before(self, house: ThreeRooms, number: int) -> None:
        """Let the post of a question go wrong."""
        on_discord = (limited(), error(502, stands=True), limited(), dropped(stands=True))
        on_slack = (slack.limited(1), slack.broken(502), slack.limited(2), slack.dropped(done=True))
        for fault, other in zip(on_discord[number - 1 : number], on_slack[number - 1 : number], strict=True):
            house.discord.discord.rest.expect("POST", room_posts(house), fault)
            house.slack.slack.expect("chat.postMessage", other)

    async def after(self, house: ThreeRooms, number: int) -> None:
        """Cut all lines."""
        if number in {2, 3, 4}:
            house.discord.discord.gateway.refuse_resumes = 1 if number == 3 else 0
            house.slack.slack.dead_addresses = 1 if number == 3 else 0
            await house.discord.discord.gateway.cut()
            house.slack.slack.cut()
            await house.local.cut()


def room_posts(house: ThreeRooms) -> str:
    """Return where posts in the Discord room go; letters to moderators go elsewhere."""
    return f"/channels/{house.discord.discord.channel}/messages"


# --- the hour ------------------------------------------------------------------------------------------------


async def hold_the_chat(house: ThreeRooms, weather: Weather) -> dict[Stage, Said]:
    """Lead the hour from Discord, while people talk in all three rooms; return what they said."""
    said = {stage: Said(await stage.join("Maren"), await stage.join("Kofi")) for stage in house.stages}
    await house.lead("start")
    await house.until_all_show(r"\W*Welcome to")
    for number, question in enumerate(QUESTIONS, start=1):
        weather.before(house, number)
        await house.lead("next")
        await house.until_all_show(asked(number, question))
        await weather.after(house, number)
        await asyncio.gather(*(answer(stage, here, number) for stage, here in said.items()))
        for stage, here in said.items():
            await stage.until(lambda s=stage, h=here: all(house.message(s, id) for id in h.answers))
        await house.quiet()
    for stage, here in said.items():
        await look_after(house, stage, here)
    return said


async def answer(stage: Stage, here: Said, number: int) -> None:
    """Have two people answer a question, and answer each other."""
    place = stage.platform.name
    first = await stage.say(here.maren, f"A{number} On {place} a later start helped me, <!channel> @everyone")
    second = await stage.say(
        here.kofi, f"A{number} On {place} I asked for a chair, as you did", reply_to=first
    )
    here.answers += [first, second]
    if number == 1:
        here.kept = first
    if number == 2:
        here.regretted = await stage.say(here.kofi, REGRET)
        here.answers.append(here.regretted)
    if number == 3:
        here.exchange = (first, second)


def changed(stage: Stage) -> str:
    """Return how the kept line of a room reads in the end."""
    return f"A1 On {stage.platform.name} a later start, at ten, helped me through every morning, <!channel>"


async def look_after(house: ThreeRooms, stage: Stage, here: Said) -> None:
    """Have a line changed and kept, another taken back, and an exchange kept by the moderator of that room."""
    leader = house.leaders[stage.room]
    await stage.edit(here.maren, here.kept, changed(stage))
    await stage.delete(here.kofi, here.regretted)
    assert await stage.command(leader, "keep", message=here.kept, tag="insight") == "Kept."
    told = await stage.command(leader, "keep-exchange", messages=",".join(here.exchange))
    assert told == "The exchange is kept."
    await stage.until(lambda: _is_edited(house, stage, here))


def _is_edited(house: ThreeRooms, stage: Stage, here: Said) -> bool:
    kept, regretted = house.message(stage, here.kept), house.message(stage, here.regretted)
    return bool(kept and kept.edited_at and regretted and regretted.deleted)


async def close_and_publish(house: ThreeRooms) -> None:
    """Have the hour end, and its summary posted in every room."""
    await house.lead("next")
    await house.until_all_show("(?s).*Before we close")
    await house.lead("close")
    await house.until_all_show("(?s).*Thank you")
    await house.lead("publish")
    await house.discord.until(lambda: house.chat.published)
    await house.until_all_show(rf"(?s).*Part {house.chat.parts} of {house.chat.parts}")


# --- what it comes to ------------------------------------------------------------------------------------------


async def check(house: ThreeRooms, said: dict[Stage, Said]) -> None:
    """Hold every room, the summary and every request against what was done."""
    for stage, here in said.items():
        check_posts(stage)
        check_what_was_heard(house, stage, here)
        assert stage.violations() == []
    check_one_summary(house, said)
    check_what_others_take_for_a_call(house)
    assert not any(REGRET in text.text for text in await house.store.words(house.chat.id))


def check_posts(stage: Stage) -> None:
    """Find each post once, and the questions in order, the same in every room."""
    texts = stage.texts()
    patterns = [asked(number, question) for number, question in enumerate(QUESTIONS, start=1)]
    found = [at for pattern in patterns for at, text in enumerate(texts) if re.match(pattern, text)]
    assert len(found) == len(QUESTIONS)
    assert found == sorted(found)
    assert len(texts) == len(set(texts)), "something was said twice"


def asked(number: int, question: str) -> str:
    """Return how the post begins that asks a question; the announcement and the summary name it as well."""
    return rf"\W*Q{number}\W*{re.escape(question)}"


def check_what_was_heard(house: ThreeRooms, stage: Stage, here: Said) -> None:
    """Find everything that was said in a room, under the question it answers."""
    messages = [house.message(stage, id) for id in here.answers]
    assert all(messages)
    assert [message.deleted for message in messages if message] == [
        id == here.regretted for id in here.answers
    ]
    heard = [
        message
        for message in house.chat.messages.values()
        if message.heard and message.heard.room == stage.room
    ]
    assert len(heard) == len(here.answers)


def check_one_summary(house: ThreeRooms, said: dict[Stage, Said]) -> None:
    """Find a kept line and an exchange of each room in what every room reads."""
    kept = sorted(len(insight.messages) for insight in house.chat.insights.values())
    assert kept == [1, 1, 1, 2, 2, 2]
    for reading in said:
        summary = "\n".join(text for text in reading.texts()[-house.chat.parts :])
        for stage in said:
            place = stage.platform.name
            assert f"On {place} a later start, at ten, helped me through every morning" in plain(summary)
            assert f"On {place} I asked for a chair, as you did" in plain(summary)
        assert "neighbour" not in summary


def plain(text: str) -> str:
    """Return *text* without the signs by which platforms keep letters letters."""
    return text.replace("\\", "").replace("\u200b", "")


def check_what_others_take_for_a_call(house: ThreeRooms) -> None:
    """Find nobody called who was only quoted."""
    posts = house.slack.slack.requests("chat.postMessage") + house.slack.slack.requests("chat.update")
    assert posts
    assert not any("<!" in post["text"] for post in posts)
    bodies = [body for body in house.discord.discord.rest.asked("POST", room_posts(house)) if body]
    assert all(body["allowed_mentions"] == {"parse": []} for body in bodies)


# --- the two hours -----------------------------------------------------------------------------------------------


@pytest.mark.skipif(
    not (discord_schema.are_there() and slack_schema.HAS_SPECS), reason=discord_schema.MISSING
)
def test_requests_are_held_against_both_published_schemas() -> None:
    """Without them the hours below would say less than they seem to."""
    assert discord_schema.problems("POST", "/channels/1/messages", {"content": 5})
    assert slack_schema.violations("chat.postMessage", {"channel": 5, "text": "hello"})


async def test_three_rooms_hold_one_chat(tmp_path: Path) -> None:
    """Every post stands once in every room, and one summary holds what was said in all of them."""
    async with at_work(tmp_path) as house:
        said = await hold_the_chat(house, Weather())
        await close_and_publish(house)
        await check(house, said)


async def test_three_rooms_come_through_a_storm(tmp_path: Path) -> None:
    """With sockets cut, a resume refused, posts refused and answers lost, nothing is lost and nothing said twice."""
    async with at_work(tmp_path) as house:
        said = await hold_the_chat(house, Storm())
        await close_and_publish(house)
        await check(house, said)
        gateway = house.discord.discord.gateway
        # A new session takes its time: Discord counts them, so the bot lets five seconds pass before each.
        await house.discord.until(lambda: house.discord.room in {gap.room for gap in house.chat.gaps})
        assert (gateway.resumed, gateway.identified) == (2, 2)
        assert not any(waiting for _, _, waiting in house.discord.discord.rest.faults)
        assert len(house.slack.slack.tried_addresses) >= 5
