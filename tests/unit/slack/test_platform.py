"""The platform's promises one by one: cards, private posts, histories, and what it lacks."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from adapters.slack import Settings, connect
from adapters.slack.cards import RENEW
from adapters.slack.platform import SlackPlatform
from bot.errors import PlatformTrouble
from bot.markup import Content, Heading
from bot.ports import HeardEdit, HeardMessage, HeardReaction, PostKey, RoomId, RoomState
from bot.runtime.clock import DerivedIds
from tests.fakes.slack.server import FakeSlack, Fault, dropped, limited, refused, settings_for
from tests.fakes.slack.workspace import BOT_USER
from tests.fakes.slack.world import (
    ANDREW,
    CHANNEL,
    MEERA,
    OLU,
    ROOM,
    EmptyView,
    HurriedClock,
    Listener,
    connected,
    text_content,
    workspace,
)

KEY = PostKey("chat/consent/1")
DIRECT = f"D{ANDREW[1:]}"


def alone(slack: FakeSlack, clock: HurriedClock) -> SlackPlatform:
    """Return the platform, not connected."""
    return connect(Settings.model_validate(settings_for(slack)), EmptyView(), clock, DerivedIds("slack"))


class OneModerator(EmptyView):
    """A view in which Andrew has a card that says *title*."""

    title = "Q1"
    alert = ""
    looks = 0

    async def moderators(self, room: RoomId) -> tuple[str, ...]:
        """Return Andrew."""
        return (ANDREW,)

    async def state(self, *_: object) -> RoomState:
        """Return how the room looks to him."""
        self.looks += 1
        return replace(
            await super().state(),
            card=Content(
                blocks=(Heading(text=self.title),), label="card", alert=self.alert, alarm=self.alert
            ),
        )


# --- cards ----------------------------------------------------------------------------------------------------


async def test_a_card_edits_itself() -> None:
    """Whatever happens, a moderator has one card, and it shows how things stand."""
    view = OneModerator()
    async with workspace() as (slack, clock), connected(slack, clock, Listener(), view) as platform:
        for title in ("Q1", "Q2", "Q3"):
            view.title = title
            platform.refresh(ROOM)
            await slack.until(lambda t=title: slack.shown(DIRECT) == [t], title)

        assert len(slack.requests("chat.update")) == 2


async def test_what_a_moderator_has_to_notice_comes_as_a_new_message() -> None:
    """An edit rings no phone. The same alarm rings once, and its end not at all."""
    view = OneModerator()
    async with workspace() as (slack, clock), connected(slack, clock, Listener(), view) as platform:
        for title, alert in (
            ("Q1", ""),
            ("Q2", "Did Q2 appear?"),
            ("Q2 still", "Did Q2 appear?"),
            ("Q3", ""),
        ):
            view.title, view.alert = title, alert
            platform.refresh(ROOM)
            await slack.until(lambda t=title: slack.shown(DIRECT) == [t], title)

        assert len(slack.requests("chat.postMessage")) == 2
        assert len(slack.requests("chat.update")) == 2


async def test_a_card_is_drawn_at_most_every_five_seconds() -> None:
    """A hundred changes at once are one look, and the next one waits its turn."""
    view = OneModerator()
    async with workspace() as (slack, clock), connected(slack, clock, Listener(), view) as platform:
        platform.refresh(ROOM)
        await slack.until(lambda: slack.shown(DIRECT) == ["Q1"])
        begun = clock.now()
        for number in range(100):
            view.title = f"now {number}"
            platform.refresh(ROOM)
        await slack.until(lambda: slack.shown(DIRECT) == ["now 99"])

        assert len(slack.requests("chat.update")) == 1
        assert clock.now() - begun >= timedelta(seconds=4)


async def test_a_card_that_nothing_changed_is_left_in_peace() -> None:
    """A look that is the same is not sent."""
    view = OneModerator()
    async with workspace() as (slack, clock), connected(slack, clock, Listener(), view) as platform:
        for look in (1, 2, 3):
            platform.refresh(ROOM)
            await slack.until(lambda n=look: view.looks >= n and slack.shown(DIRECT) == ["Q1"])
        view.title = "Q2"
        platform.refresh(ROOM)
        await slack.until(lambda: slack.shown(DIRECT) == ["Q2"])

        assert len(slack.requests("chat.update")) == 1


async def test_an_old_card_makes_way_for_a_fresh_one() -> None:
    """After an hour a card has scrolled away, and some workspaces allow no more edits."""
    view = OneModerator()
    async with workspace() as (slack, clock), connected(slack, clock, Listener(), view) as platform:
        for title in ("Q1", "Q2"):
            view.title = title
            platform.refresh(ROOM)
            await slack.until(lambda t=title: slack.shown(DIRECT) == [t])
        clock.step(clock.now() + RENEW)
        view.title = "Q3"
        platform.refresh(ROOM)
        await slack.until(lambda: slack.shown(DIRECT) == ["Q3"])

        assert len(slack.requests("chat.delete")) == 1


@pytest.mark.parametrize("error", ["message_not_found", "edit_window_closed"])
async def test_a_card_that_cannot_be_edited_any_more_is_made_anew(error: str) -> None:
    """A moderator who deleted their card, or whose workspace ends editing, gets another one."""
    view = OneModerator()
    async with workspace() as (slack, clock), connected(slack, clock, Listener(), view) as platform:
        platform.refresh(ROOM)
        await slack.until(lambda: slack.shown(DIRECT) == ["Q1"])
        slack.expect("chat.update", refused(error))
        view.title = "Q2"
        platform.refresh(ROOM)
        await slack.until(lambda: slack.shown(DIRECT) == ["Q2"])


async def test_a_card_is_found_again_after_a_restart() -> None:
    """A bot that comes back goes on with the card that is there."""
    view = OneModerator()
    async with workspace() as (slack, clock):
        for title in ("Q1", "Q2"):
            view.title = title
            async with connected(slack, clock, Listener(), view) as platform:
                platform.refresh(ROOM)
                await slack.until(lambda t=title: slack.shown(DIRECT) == [t])


async def test_a_card_that_could_not_be_drawn_is_drawn_later() -> None:
    """Slack's request for patience is honoured, and the card comes all the same."""
    view = OneModerator()
    async with workspace() as (slack, clock), connected(slack, clock, Listener(), view) as platform:
        slack.expect("chat.postMessage", limited(30))
        platform.refresh(ROOM)
        begun = clock.now()
        await slack.until(lambda: slack.shown(DIRECT) == ["Q1"])

        assert clock.now() - begun >= timedelta(seconds=30)


async def test_a_card_that_is_a_riddle_ends_nothing() -> None:
    """A bug in drawing one is told without its words, and the bot goes on."""
    view = Riddle()
    async with workspace() as (slack, clock), connected(slack, clock, Listener(), view) as platform:
        platform.refresh(ROOM)
        await slack.until(lambda: view.riddles == 0)
        platform.refresh(ROOM)
        await slack.until(lambda: slack.shown(DIRECT) == ["Q1"])


class Riddle(OneModerator):
    """A view that cannot say at first how the room looks."""

    riddles = 1

    async def state(self, *asked: object) -> RoomState:
        """Stumble, then tell."""
        if self.riddles:
            self.riddles -= 1
            raise LookupError("abracadabra")
        return await super().state(*asked)


# --- private posts --------------------------------------------------------------------------------------------


async def test_a_private_post_is_for_one_person_and_replaces_itself() -> None:
    """Told again under the same key, a person reads it once, as it is now."""
    async with workspace() as (slack, clock):
        platform = alone(slack, clock)
        await platform.private(KEY, ROOM, ANDREW, text_content("May we quote you?"))
        await platform.private(KEY, ROOM, ANDREW, text_content("Thank you."))

        assert slack.shown(DIRECT) == ["Thank you."]
        assert slack.shown(CHANNEL) == []


async def test_a_private_post_in_doubt_is_looked_for_before_it_is_sent_again() -> None:
    """An answer that was lost, or a restart, makes no second copy in anybody's messages."""
    async with workspace() as (slack, clock):
        slack.expect("chat.postMessage", dropped(done=True))
        with pytest.raises(PlatformTrouble):
            await alone(slack, clock).private(KEY, ROOM, ANDREW, text_content("May we quote you?"))
        await alone(slack, clock).private(KEY, ROOM, ANDREW, text_content("May we quote you?"))

        assert slack.shown(DIRECT) == ["May we quote you?"]


# --- posts ------------------------------------------------------------------------------------------------------


async def test_a_post_can_be_changed_and_is_still_found_by_its_key() -> None:
    """An edit leaves the marker where it is."""
    async with workspace() as (slack, clock):
        platform = alone(slack, clock)
        receipt = await platform.post(KEY, ROOM, text_content("Q1"))
        await platform.edit(PostKey("edit"), ROOM, receipt.id, text_content("Q1, corrected"))

        assert slack.shown(CHANNEL) == ["Q1, corrected"]
        look = await platform.look_up(KEY, ROOM, clock.now() - timedelta(minutes=1))
        assert look.copies == (replace(receipt, via="history"),)


async def test_a_post_can_be_taken_away_twice() -> None:
    """What is gone already is gone."""
    async with workspace() as (slack, clock):
        platform = alone(slack, clock)
        receipt = await platform.post(KEY, ROOM, text_content("Q1"))
        await platform.delete(KEY, ROOM, receipt.id)
        await platform.delete(KEY, ROOM, receipt.id)

        assert slack.shown(CHANNEL) == []


async def test_an_answer_of_ours_stands_in_its_thread() -> None:
    """A post that answers a message hangs on it."""
    async with workspace() as (slack, clock):
        asked = await slack.say(MEERA, CHANNEL, "What is this?")
        await alone(slack, clock).post(KEY, ROOM, text_content("A chat."), reply_to=asked)

        assert slack.posts(CHANNEL)[0]["thread_ts"] == asked


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (limited(7), {"retry_after": 7.0, "permanent": False, "unknown": False}),
        (refused("channel_not_found"), {"retry_after": None, "permanent": True, "unknown": False}),
        (
            refused("missing_scope", needed="chat:write"),
            {"retry_after": None, "permanent": True, "unknown": False},
        ),
        (
            Fault(status=503, body={"ok": False, "error": "no_upstream"}),
            {"permanent": False, "unknown": True},
        ),
        (refused("fatal_error"), {"retry_after": None, "permanent": False, "unknown": True}),
        (dropped(done=False), {"retry_after": None, "permanent": False, "unknown": True}),
    ],
)
async def test_a_post_that_fails_says_how(fault: Any, says: dict[str, Any]) -> None:
    """Later, never, or perhaps it stands: the three are not mixed up."""
    async with workspace() as (slack, clock):
        slack.expect("chat.postMessage", fault)
        with pytest.raises(PlatformTrouble) as trouble:
            await alone(slack, clock).post(KEY, ROOM, text_content("Q1"))

        assert {name: getattr(trouble.value, name) for name in says} == says


# --- histories ------------------------------------------------------------------------------------------------


async def test_a_history_tells_everything_that_stands_oldest_first() -> None:
    """Messages, answers in threads, edits and reactions; page after page; not what was taken back."""
    async with workspace() as (slack, clock):
        since = clock.now()
        first = await slack.say(MEERA, CHANNEL, "A1 Pacing")
        for number in range(230):
            await slack.say(OLU, CHANNEL, f"{number}")
        gone = await slack.say(MEERA, CHANNEL, "A1 I take this back")
        answer = await slack.say(OLU, CHANNEL, "How?", thread=first)
        await slack.edit(CHANNEL, first, "A1 Pacing, and rest")
        await slack.react(OLU, CHANNEL, first, "bulb")
        await slack.delete(CHANNEL, gone)
        told = [heard async for heard in alone(slack, clock).history(ROOM, since)]

        written = [one for one in told if isinstance(one, HeardMessage)]
        assert [one.id for one in written] == sorted(one.id for one in written)
        assert len(written) == 232
        assert written[0].text == "A1 Pacing, and rest"
        assert written[-1].id == answer
        assert written[-1].thread == first
        assert [type(one) for one in told[:3]] == [HeardMessage, HeardEdit, HeardReaction]
        assert slack.violations == []


# --- what it lacks ----------------------------------------------------------------------------------------------


async def lacks(slack: FakeSlack, clock: HurriedClock, room: RoomId = ROOM) -> list[str]:
    """Return the names of what is missing."""
    return [lack.name for lack in await alone(slack, clock).lacks(room)]


async def test_nothing_is_missing_where_all_is_well() -> None:
    """An app with its scopes, in its channel, may begin."""
    async with workspace() as (slack, clock):
        assert await lacks(slack, clock) == []


async def test_each_missing_thing_is_named_with_its_fix() -> None:
    """A scope, an invitation, an archived channel, no channel at all: each by its name."""
    async with workspace() as (slack, clock):
        slack.scopes = slack.scopes.replace("users:read", "team:read")
        slack.workspace.channels[CHANNEL].members.discard(BOT_USER)
        slack.workspace.channels[CHANNEL].is_archived = True

        assert await lacks(slack, clock) == ["users:read", "archived", "membership"]
        assert await lacks(slack, clock, RoomId("slack/C0NOWHERE")) == ["users:read", "channel"]
        assert all(lack.fix for lack in await alone(slack, clock).lacks(ROOM))
