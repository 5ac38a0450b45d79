"""A database may store something and then not be able to say so: nothing is lost by it, and nothing done twice."""

import pytest

from bot.errors import StoreTrouble
from tests.unit.runtime.house import MEERA, at, at_work, quiet


async def test_a_question_whose_commit_was_not_confirmed_is_asked_once_and_on_time() -> None:
    """The post was planned in the store, so it is sent, although memory never heard of it."""
    async with at_work() as house:
        await house.plan()
        await house.until(at(7))
        house.store.answers_lost = 1
        await house.until(at(8.1))

        assert [text.partition("\n")[0] for text in house.platform.texts(house.chat.plan.rooms[0])].count(
            "Q1"
        ) == 1
        assert house.chat.openings


async def test_a_plan_whose_commit_was_not_confirmed_is_one_chat() -> None:
    """The file is read again, and finds the chat that it has begun already."""
    async with at_work() as house:
        house.store.answers_lost = 1
        for _ in range(2):
            await house.plan(source="a.toml")
        await house.until(at(8.1))

        assert len(house.service.roster.chats) == 1
        assert house.chat.openings
        assert len(await house.store.chats()) == 1


async def test_a_newcomer_whose_first_message_was_not_confirmed_goes_on_talking() -> None:
    """They are in the store already: nobody takes them for a stranger again."""
    async with at_work() as house:
        await house.plan()
        await house.until(at(9))
        house.store.answers_lost = 1
        with pytest.raises(StoreTrouble):
            await house.say("m1", "A1 Pacing", by=MEERA)
        await house.say("m1", "A1 Pacing", by=MEERA)
        await house.say("m2", "A1 And rest", by=MEERA)
        await quiet()

        assert len([message for message in house.chat.messages.values() if message.heard]) == 2
        assert len(house.chat.people) == 1
