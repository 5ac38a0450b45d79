"""What people ask for on Slack: typed, pressed, picked from a menu or filled in, and how they are answered."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bot.core.phases import Phase
from bot.ports import Heard, HeardCommand, Reply
from tests.e2e.test_slack import TEXTS, a_plan, answered
from tests.fakes.slack.world import (
    ANDREW,
    CHANNEL,
    MEERA,
    ROOM,
    Listener,
    World,
    at_work,
    connected,
    workspace,
)

DIRECT = f"D{ANDREW[1:]}"


@asynccontextmanager
async def a_running_chat() -> AsyncIterator[World]:
    """Give a chat in its first question, with Andrew's card on his screen."""
    async with at_work() as world:
        await world.service.plan(a_plan(), dict(TEXTS), None)
        await world.until(7)
        await answered(world, 1)
        await world.slack.slash(ANDREW, CHANNEL, "")
        await world.slack.until(lambda: world.slack.posts(DIRECT), "a card")
        yield world


def labels(answer: dict[str, Any]) -> list[str]:
    """Return what the buttons of an answer say."""
    return [
        one["text"]["text"]
        for block in answer["blocks"]
        if block["type"] == "actions"
        for one in block["elements"]
    ]


async def test_the_bare_command_shows_what_one_may_do() -> None:
    """A moderator reads the card, everybody else what they may do about themselves."""
    async with a_running_chat() as world:
        card = await world.slack.slash(ANDREW, CHANNEL, "")
        mine = await world.slack.slash(MEERA, CHANNEL, "")

        assert "Next" in labels(card)
        assert "Next" not in labels(mine)
        assert "How I may be quoted" in labels(mine)
        assert mine["response_type"] == "ephemeral"


async def test_a_button_on_the_card_moves_the_chat_once() -> None:
    """Pressed twice on the same card, "Next" is one step."""
    async with a_running_chat() as world:
        card = world.slack.posts(DIRECT)[0]
        await asyncio.gather(
            *(world.slack.press(ANDREW, DIRECT, card["ts"], "Next") for _ in range(2)), return_exceptions=True
        )
        await answered(world, 2)
        await world.settled()

        assert world.chat.openings[-1].number == 2


async def test_a_command_that_needs_more_opens_a_form() -> None:
    """``/chat say`` asks what to say, and the room reads it."""
    async with a_running_chat() as world:
        await world.slack.slash(ANDREW, CHANNEL, "say")
        await world.slack.submit(ANDREW, world.slack.views[-1], text="A short break, back in two minutes")
        await world.slack.until(lambda: "A short break, back in two minutes" in world.slack.shown(CHANNEL))


async def test_a_button_that_asks_opens_its_form() -> None:
    """A button of the card whose command needs words asks for them."""
    async with a_running_chat() as world:
        await world.slack.press(ANDREW, DIRECT, world.slack.posts(DIRECT)[0]["ts"], "Say …")
        await world.slack.submit(ANDREW, world.slack.views[-1], text="Welcome, latecomers")
        await world.slack.until(lambda: "Welcome, latecomers" in world.slack.shown(CHANNEL))


async def test_what_cannot_be_undone_is_asked_again() -> None:
    """``/chat close`` closes only once it was confirmed."""
    async with a_running_chat() as world:
        await world.slack.slash(ANDREW, CHANNEL, "close")
        assert world.chat.phase is Phase.QUESTION
        await world.slack.submit(ANDREW, world.slack.views[-1])
        await world.slack.until(lambda: world.chat.phase is Phase.AFTER_HOUR)


async def test_a_form_that_is_refused_stays_open_with_the_reason() -> None:
    """Who names a question that was not asked yet reads so in the form, and can choose another."""
    async with a_running_chat() as world:
        said = await world.slack.say(MEERA, CHANNEL, "Pacing")
        await world.slack.slash(ANDREW, CHANNEL, f"answer-to {said}")
        answer = await world.slack.submit(ANDREW, world.slack.views[-1], number="4")

        assert answer["response_action"] == "errors"
        assert "Q4" in answer["errors"]["number"]


async def test_who_may_not_is_told_kindly_and_alone() -> None:
    """A participant's "next" moves nothing; they read why."""
    async with a_running_chat() as world:
        answer = await world.slack.slash(MEERA, CHANNEL, "next")

        assert "Only moderators" in answer["text"]
        assert world.chat.openings[-1].number == 1


async def test_a_menu_entry_of_somebody_else_is_answered_where_it_was_chosen() -> None:
    """A participant who tries to keep a line reads who can."""
    async with a_running_chat() as world:
        said = await world.slack.say(MEERA, CHANNEL, "Pacing")
        await world.slack.pick(MEERA, CHANNEL, said, "keep")
        await world.slack.until(lambda: world.slack.answers)

        assert "Only moderators" in world.slack.answers[-1]["text"]
        assert world.slack.answers[-1]["response_type"] == "ephemeral"
        assert not world.chat.insights


async def test_an_exchange_is_kept_from_the_menu_of_an_answer() -> None:
    """An answer in a thread and what it answers are kept together."""
    async with a_running_chat() as world:
        first = await world.slack.say(MEERA, CHANNEL, "A1 Pacing")
        second = await world.slack.say(ANDREW, CHANNEL, "How do you do that?", thread=first)
        await world.slack.pick(ANDREW, CHANNEL, second, "keep-exchange")
        await world.slack.submit(ANDREW, world.slack.views[-1])
        await world.slack.until(lambda: world.chat.insights)

        assert [len(one.messages) for one in world.chat.insights.values()] == [2]


async def test_an_unknown_command_says_what_to_do_instead() -> None:
    """A slip of the keyboard is answered with a hint."""
    async with a_running_chat() as world:
        answer = await world.slack.slash(MEERA, CHANNEL, "dance")

        assert "I do not know that command" in answer["text"]


async def test_who_lost_the_right_meanwhile_is_refused() -> None:
    """What somebody may do is asked at the moment of doing it."""
    intake = Listener()
    async with workspace() as (slack, clock), connected(slack, clock, intake):
        slack.workspace.users[MEERA].is_admin = True
        await slack.slash(MEERA, CHANNEL, "next")
        slack.workspace.users[MEERA].is_admin = False
        await slack.slash(MEERA, CHANNEL, "next")

        assert [one.by.may_moderate for one in intake.of(HeardCommand)] == [True, False]


class Slow(Listener):
    """An intake that answers only once it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = asyncio.Event()

    async def hear(self, heard: Heard) -> Reply:
        """Take *heard* when the gate opens."""
        await self.gate.wait()
        return Reply(text="The summary is published.")


async def test_an_answer_that_takes_long_follows_by_itself() -> None:
    """Slack waits three seconds for an acknowledgement; the answer comes when it is true."""
    intake = Slow()
    async with workspace() as (slack, clock), connected(slack, clock, intake):
        at_once = await slack.slash(ANDREW, CHANNEL, "publish")
        assert at_once == {}
        intake.gate.set()
        await slack.until(lambda: slack.answers)

        assert slack.answers[-1]["text"] == "The summary is published."


@pytest.mark.parametrize("value", ["", "{}", '{"command":"next","channel":"C0HCCHAT","x":1}'])
async def test_a_button_that_is_none_of_ours_does_nothing(value: str) -> None:
    """A forged value is acknowledged and forgotten."""
    intake = Listener()
    async with workspace() as (slack, clock), connected(slack, clock, intake):
        button = {
            "type": "button",
            "action_id": "b1",
            "value": value,
            "text": {"type": "plain_text", "text": "x"},
        }
        message = slack.workspace.write(
            CHANNEL, {"user": MEERA, "text": "", "blocks": [{"type": "actions", "elements": [button]}]}
        )
        await slack.press(MEERA, CHANNEL, message["ts"], "x")

        assert not intake.of(HeardCommand)


async def test_the_manifest_lists_what_can_be_done() -> None:
    """Every command about one message stands in its menu; all scopes and events are asked for."""
    from adapters.slack import manifest  # noqa: PLC0415  # beside its only use

    async with at_work() as world:
        made = manifest(world.view.commands())
        names = [one["callback_id"] for one in made["features"]["shortcuts"]]

        assert {"keep", "keep-exchange", "park"} <= set(names)
        assert "next" not in names
        assert len(names) <= 10
        assert "chat:write" in made["oauth_config"]["scopes"]["bot"]
        assert ROOM.startswith("slack/")
