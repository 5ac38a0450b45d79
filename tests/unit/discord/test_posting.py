"""Posting, editing, deleting, whispering, and the card: what becomes of each when Discord is in a mood."""

import asyncio
from datetime import timedelta

import pytest

from bot.errors import PlatformTrouble
from bot.markup import Button, Buttons, Content, Heading
from bot.ports import PostKey, RoomId
from tests.fakes.discord.listener import Ear, Listener, listening, words
from tests.fakes.discord.rest import Fault, dropped, error, limited
from tests.fakes.discord.world import SEND, USUAL, VIEW

POSTS = r"/channels/\d+/messages"
KEY = PostKey("chat/q1")


@pytest.mark.parametrize(
    ("fault", "unknown", "retry_after"),
    [
        (dropped(stands=False), True, None),
        (error(503), True, None),
        (Fault(kind="rubbish"), True, None),
        (limited(45.0), False, 45.0),
    ],
)
async def test_what_may_have_happened_is_told_apart(
    fault: Fault, unknown: bool, retry_after: float | None
) -> None:
    """A lost answer leaves doubt; a refusal for now names its time."""
    async with listening() as ear:
        ear.discord.rest.expect("POST", POSTS, fault)

        with pytest.raises(PlatformTrouble) as trouble:
            await ear.platform.post(KEY, ear.room, words("One"))

        assert (trouble.value.unknown, trouble.value.retry_after) == (unknown, retry_after)
        assert not trouble.value.permanent


async def test_what_can_never_be_is_not_tried_again() -> None:
    """No permission, no channel, nothing to say: each says so in words."""
    async with listening() as ear:
        ear.discord.world.bot_may = USUAL & ~SEND
        reasons = []
        for room, content in (
            (ear.room, words("One")),
            (RoomId("discord/123456789012345678"), words("One")),
            (ear.room, Content()),
        ):
            with pytest.raises(PlatformTrouble) as trouble:
                await ear.platform.post(KEY, room, content)
            assert trouble.value.permanent
            assert not trouble.value.unknown
            reasons.append(trouble.value.reason)

        assert len(set(reasons)) == 3
        assert [lack.name for lack in await ear.platform.lacks(ear.room)] == ["SEND_MESSAGES"]


async def test_before_the_connection_stands_nothing_is_sent() -> None:
    """Nothing was sent, so there is no doubt about it."""
    async with listening() as ear:
        away = ear.platform
    with pytest.raises(PlatformTrouble) as trouble:
        await away.post(KEY, RoomId("discord/1"), words("One"))
    assert not trouble.value.unknown
    assert not trouble.value.permanent


async def test_an_edited_post_is_still_found_by_its_mark() -> None:
    """An edit changes the words and nothing else."""
    async with listening() as ear:
        since = ear.clock.now() - timedelta(minutes=5)
        receipt = await ear.platform.post(KEY, ear.room, words("One"))
        await ear.platform.edit(PostKey("chat/edit"), ear.room, receipt.id, words("One, corrected"))

        found = await ear.platform.look_up(KEY, ear.room, since)

        assert "corrected" in ear.discord.posts()[0]["content"]
        assert [copy.id for copy in found.copies] == [receipt.id]


async def test_a_message_goes_wherever_it_stands() -> None:
    """In the channel or in one of its threads; one that is gone already is no trouble."""
    async with listening() as ear:
        maren = ear.discord.world.join("Maren")
        said = await ear.discord.say(maren, "One")
        thread = await ear.discord.begin_thread(await ear.discord.say(maren, "Two"))
        inside = await ear.discord.say(maren, "Three", channel=thread)
        await ear.until(lambda: ear.platform.client.get_channel(int(thread)))

        for id in (said, said, inside):
            await ear.platform.delete(PostKey("chat/remove"), ear.room, id)

        assert inside not in ear.discord.world.messages[thread]
        assert said not in ear.discord.world.messages[ear.discord.channel]


async def test_a_private_post_replaces_what_stood_under_its_key() -> None:
    """One person reads it, once."""
    async with listening() as ear:
        maren = ear.discord.world.join("Maren")
        await ear.platform.private(KEY, ear.room, maren, words("May we quote you?"))
        await ear.platform.private(KEY, ear.room, maren, words("Thank you"))
        await ear.platform.private(PostKey("chat/other"), ear.room, maren, words("Another"))

        assert ["Thank you" in one["content"] for one in ear.discord.letters(maren)] == [True, False]
        assert ear.discord.rest.violations == []


async def test_who_takes_no_private_messages_holds_nobody_up() -> None:
    """Neither a closed door nor Discord's limit on new conversations may delay a question."""
    async with listening() as ear:
        maren, kofi = ear.discord.world.join("Maren"), ear.discord.world.join("Kofi")
        ear.discord.world.closed_to_bot.add(maren)
        ear.discord.rest.expect("POST", "/users/@me/channels", limited(45.0))
        for person in (kofi, maren):
            with pytest.raises(PlatformTrouble) as trouble:
                await ear.platform.private(KEY, ear.room, person, words("May we quote you?"))
            assert trouble.value.permanent


async def test_what_is_missing_is_named_even_when_nothing_can_be_seen() -> None:
    """A channel that the bot may not see is named with what to do about it."""
    async with listening() as ear:
        ear.discord.world.bot_may = USUAL & ~VIEW
        ear.discord.rest.content_intent = False

        lacks = await ear.platform.lacks(ear.room)

        assert [lack.name for lack in lacks] == ["VIEW_CHANNEL", "MESSAGE_CONTENT"]
        assert all(lack.fix for lack in lacks)


# --- the card ---------------------------------------------------------------------------------------------------


def _card(text: str, alert: str) -> Content:
    return Content(
        blocks=(Heading(text=text), Buttons(buttons=(Button(label="Next", command="next"),))),
        label="card",
        alert=alert,
        alarm=alert,
    )


async def _drawn(ear: Ear, person: str, text: str, alert: str = "") -> None:
    ear.listener.card = _card(text, alert)
    ear.platform.refresh(ear.room)
    await ear.until(lambda: [one["content"] for one in ear.discord.letters(person)] == [f"### {text}"])


async def test_the_card_edits_itself_and_is_drawn_anew_within_the_hour() -> None:
    """One message, as it is now; after an hour Discord would refuse to change it, so a fresh one takes its place."""
    async with listening(speed=600) as ear:
        ada = ear.discord.world.join("Ada", moderator=True)
        ear.listener.led_by = (ada,)
        await _drawn(ear, ada, "One")
        [first] = ear.discord.letters(ada)
        await _drawn(ear, ada, "Two")
        assert [one["id"] for one in ear.discord.letters(ada)] == [first["id"]]

        await ear.clock.sleep(56 * 60)
        await _drawn(ear, ada, "Three")

        assert [one["id"] for one in ear.discord.letters(ada)] != [first["id"]]


async def test_what_a_moderator_has_to_notice_comes_as_a_new_message() -> None:
    """An edit rings no phone. The same alarm rings once, and its end not at all."""
    async with listening(speed=600) as ear:
        ada = ear.discord.world.join("Ada", moderator=True)
        ear.listener.led_by = (ada,)
        ids: list[str] = []
        for text, alert in (
            ("One", ""),
            ("Two", "Did Q2 appear?"),
            ("Three", "Did Q2 appear?"),
            ("Four", ""),
        ):
            await _drawn(ear, ada, text, alert)
            ids += [one["id"] for one in ear.discord.letters(ada)]

        assert len(set(ids)) == 2
        assert ids[1] == ids[2] == ids[3]


async def test_a_card_that_looks_the_same_is_left_alone() -> None:
    """Many things happen that change nothing on a card."""
    async with listening() as ear:
        ada = ear.discord.world.join("Ada", moderator=True)
        ear.listener.led_by = (ada,)
        await _drawn(ear, ada, "One")
        for _ in range(5):
            ear.platform.refresh(ear.room)
            await asyncio.sleep(0.1)

        assert ear.discord.rest.asked("PATCH", POSTS + r"/\d+") == []


async def test_who_moderates_no_longer_loses_the_card() -> None:
    """A card is for moderators."""
    async with listening() as ear:
        ada = ear.discord.world.join("Ada", moderator=True)
        ear.listener.led_by = (ada,)
        await _drawn(ear, ada, "One")
        ear.listener.led_by = ()
        ear.platform.refresh(ear.room)

        await ear.until(lambda: ear.discord.letters(ada) == [])


async def test_a_card_that_cannot_be_taken_away_is_not_sent_again_and_again() -> None:
    """A moderator's phone rings once for one alarm, whatever becomes of the card before it."""
    async with listening(speed=600) as ear:
        ada = ear.discord.world.join("Ada", moderator=True)
        ear.listener.led_by = (ada,)
        await _drawn(ear, ada, "One")
        ear.discord.rest.expect("DELETE", POSTS + r"/\d+", *[error(503)] * 9)
        ear.listener.card = _card("Two", "Did Q2 appear?")
        ear.platform.refresh(ear.room)
        await ear.until(lambda: ear.discord.rest.asked("DELETE", POSTS + r"/\d+"))
        await ear.clock.sleep(60)

        assert [one["content"] for one in ear.discord.letters(ada)] == ["### One", "### Two"]


async def test_a_card_that_is_a_riddle_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bug in drawing one is told without its words, and the bot goes on."""
    async with listening(speed=600) as ear:
        ada = ear.discord.world.join("Ada", moderator=True)
        ear.listener.led_by = (ada,)
        await _drawn(ear, ada, "One")

        async def stumble(*_: object) -> None:
            raise LookupError("abracadabra")

        with monkeypatch.context() as bug:
            bug.setattr(Listener, "state", stumble)
            ear.platform.refresh(ear.room)
            await ear.clock.sleep(60)

        await _drawn(ear, ada, "Two")
