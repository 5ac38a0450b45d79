"""Every post appears once and in order, whatever a platform answers, loses or keeps to itself."""

import asyncio
import gc
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.names import RoomId
from bot.core.phases import Phase
from bot.errors import PlatformTrouble
from bot.markup import Content
from bot.ports import HeardEcho, PostKey, Unsent
from bot.runtime.clock import SteppedClock
from bot.runtime.desk import HouseDesk
from tests.fakes.platform import (
    CAPABILITIES,
    FakePlatform,
    Outcome,
    lost_answer,
    no_way,
    silence,
    slow_down,
)
from tests.unit.runtime.house import MAIN, MEERA, OLU, SIDE, AtWork, at, at_work, quiet


def first_lines(house: AtWork, room: RoomId = MAIN) -> list[str]:
    """Return the first line of everything that the bot said in *room*."""
    return [text.partition("\n")[0] for text in house.platform.texts(room)]


def requests(house: AtWork, what: str) -> int:
    """Return how often the platform was asked to do *what*."""
    return sum(asked == what for asked, _ in house.platform.asked)


async def test_a_room_reads_its_posts_in_the_order_they_were_written() -> None:
    """While one post is refused for now, none behind it overtakes."""
    async with at_work() as house:
        await house.plan()
        await house.until(at(1))
        house.platform.expect(MAIN, slow_down(5), slow_down(5))
        already = len(first_lines(house))

        for text in ("one", "two", "three"):
            await house.command("say", text=text)
        await quiet()
        assert len(first_lines(house)) == already
        await house.pass_by(30)

        assert first_lines(house)[already:] == ["one", "two", "three"]


async def test_one_rooms_trouble_holds_up_no_other_room() -> None:
    """A room whose platform says nothing does not keep the other from reading its question on time."""
    answered = asyncio.Event()
    async with at_work() as house:
        await house.plan(rooms=(MAIN, SIDE))
        await house.until(at(7))
        house.platform.expect(MAIN, silence(answered, stands=False))

        await house.until(at(8))

        assert "Q1" in first_lines(house, SIDE)
        assert "Q1" not in first_lines(house, MAIN)
        answered.set()


async def test_a_private_line_under_way_delays_no_question() -> None:
    """Newcomers are greeted one by one; the room reads its question on time all the same."""
    answered = asyncio.Event()
    async with at_work() as house:
        await house.plan()
        await house.until(at(7))
        house.platform.expect(MAIN, silence(answered, stands=False))
        await house.say("m1", "Hello, I am new here")

        await house.until(at(8))

        assert "Q1" in first_lines(house)
        answered.set()


async def test_a_platform_that_asks_for_patience_gets_it() -> None:
    """Asked to wait forty seconds, the bot asks again after forty seconds and not before."""
    async with at_work() as house:
        await house.plan()
        await house.until(at(1))
        house.platform.expect(MAIN, slow_down(40))
        await house.command("say", text="Hello")
        await quiet()
        posted = requests(house, "post")

        await house.pass_by(39)
        assert requests(house, "post") == posted
        await house.pass_by(1.5)
        assert requests(house, "post") == posted + 1
        assert first_lines(house)[-1] == "Hello"


async def test_a_lost_answer_is_looked_up_before_anything_is_said_again() -> None:
    """When a line breaks after the post was taken, the post is found and not said twice."""
    async with at_work() as house:
        await house.plan()
        await house.until(at(1))
        house.platform.expect(MAIN, lost_answer(stands=True))
        await house.command("say", text="Hello")

        await house.pass_by(90)

        assert first_lines(house).count("Hello") == 1
        assert requests(house, "look_up") == 1
        assert house.platform.keys(MAIN)[-1] in house.chat.posts


async def test_a_missing_post_is_not_believed_before_late_requests_have_settled() -> None:
    """A platform may take a request half a minute late: before that, nobody says a thing again."""
    async with at_work() as house:
        await house.plan()
        await house.until(at(1))
        house.platform.expect(MAIN, lost_answer(stands=False))
        await house.command("say", text="Hello")

        await house.pass_by(34)
        assert first_lines(house).count("Hello") == 0
        await house.pass_by(3)
        assert first_lines(house).count("Hello") == 1


async def test_a_post_that_is_seen_is_believed_at_once() -> None:
    """Only what is not found may still come: what is found need not be waited for."""
    async with at_work() as house:
        await house.plan()
        await house.until(at(1))
        house.platform.expect(MAIN, lost_answer(stands=True))
        await house.command("say", text="Hello")

        await house.pass_by(2)

        assert house.platform.keys(MAIN)[-1] in house.chat.posts


async def test_nothing_is_said_again_while_nobody_can_tell_whether_it_stands() -> None:
    """With an unreadable history the bot keeps silent rather than saying it twice."""
    async with at_work() as house:
        await house.plan()
        await house.until(at(1))
        house.platform.expect(MAIN, lost_answer(stands=True))
        house.platform.blind = True
        await house.command("say", text="Hello")
        await house.pass_by(300)
        assert first_lines(house).count("Hello") == 1
        assert list(house.service.desk.trouble.values()) == ["history cannot be read"]

        house.platform.blind = False
        await house.pass_by(90)

        assert first_lines(house).count("Hello") == 1
        assert house.service.desk.trouble == {}


def keyed(window: float) -> FakePlatform:
    """Return a platform that recognises a key that is sent again within *window* seconds."""
    return FakePlatform(SteppedClock(at(-60)), capabilities=replace(CAPABILITIES, idempotency_window=window))


async def test_a_platform_that_knows_keys_is_simply_asked_again() -> None:
    """Where the same key is the same post, doubt costs no half minute."""
    async with at_work(platform=keyed(120.0)) as house:
        await house.plan()
        await house.until(at(1))
        house.platform.expect(MAIN, lost_answer(stands=True))
        await house.command("say", text="Hello")

        await house.pass_by(3)

        assert requests(house, "look_up") == 0
        assert first_lines(house).count("Hello") == 1
        assert house.platform.keys(MAIN)[-1] in house.chat.posts


async def test_a_key_that_the_platform_has_forgotten_is_not_relied_on() -> None:
    """Back after the platform has forgotten the key, the bot looks before it says a thing again."""
    answered = asyncio.Event()
    async with at_work(platform=keyed(120.0)) as house:
        await house.plan()
        await house.until(at(1))
        house.platform.expect(MAIN, silence(answered))
        await house.command("say", text="Hello")
        await quiet()
        store, platform = house.store, house.platform

    async with at_work(store=store, platform=platform, now=at(4)) as house:
        await house.pass_by(5)

        assert requests(house, "look_up") == 1
        assert first_lines(house).count("Hello") == 1


async def test_silence_counts_as_doubt_and_the_late_answer_harms_nobody() -> None:
    """A request that never answers is given up, looked up and found; when it answers after all, nothing changes."""
    answered = asyncio.Event()
    async with at_work() as house:
        await house.plan()
        await house.until(at(1))
        house.service.outbox.verdict_after = 0.0
        house.platform.expect(MAIN, silence(answered))
        await house.command("say", text="Hello")
        await house.pass_by(60)
        answered.set()
        await quiet()

        assert first_lines(house).count("Hello") == 1
        assert house.platform.keys(MAIN)[-1] in house.chat.posts


async def test_a_refusal_that_is_meant_is_told_and_the_line_goes_on() -> None:
    """A post that can never appear is noted in the log and on the card; the next one comes."""
    async with at_work() as house:
        await house.plan()
        await house.until(at(1))
        house.platform.expect(MAIN, no_way())
        await house.command("say", text="Lost")
        await house.command("say", text="Next")
        await house.pass_by(5)

        assert "Lost" not in first_lines(house)
        assert first_lines(house)[-1] == "Next"
        assert list(house.chat.failed.values()) == ["no permission"]
        assert await house.store.unsent() == ()


async def test_trouble_is_told_in_time_and_taken_back_when_it_ends() -> None:
    """A moderator reads what does not work once it lasts, and no longer than it lasts."""
    async with at_work() as house:
        await house.plan()
        await house.until(at(1))
        house.platform.expect(MAIN, *[slow_down(8)] * 5)
        await house.command("say", text="Hello")

        await house.pass_by(19)
        assert house.service.desk.trouble == {}
        await house.pass_by(2)
        assert list(house.service.desk.trouble.values()) == ["slow down"]
        assert MAIN in house.platform.refreshed
        await house.pass_by(60)
        assert house.service.desk.trouble == {}
        assert first_lines(house)[-1] == "Hello"


async def test_a_post_that_cannot_be_made_stops_nobody() -> None:
    """A bug in one post is told as a post that could not be sent; the bot and its other posts go on."""
    async with at_work() as house:
        await house.plan()
        await house.until(at(1))
        house.platform.expect(MAIN, Outcome(trouble=RuntimeError("words of somebody")))  # type: ignore[arg-type]
        await house.command("say", text="Bad")
        await house.command("say", text="Good")
        await house.pass_by(5)

        assert first_lines(house)[-1] == "Good"
        assert list(house.chat.failed.values()) == ["cannot be made (RuntimeError)"]


async def test_a_disk_that_fills_up_between_post_and_receipt_doubles_nothing() -> None:
    """What was posted and could not be noted is noted later, without being posted again."""
    answered = asyncio.Event()
    async with at_work() as house:
        await house.plan()
        await house.until(at(1))
        house.platform.expect(MAIN, silence(answered))
        await house.command("say", text="Hello")
        await quiet()
        house.store.full = True
        answered.set()
        await house.pass_by(20)
        assert house.platform.keys(MAIN)[-1] not in house.chat.posts

        house.store.full = False
        await house.pass_by(90)

        assert first_lines(house).count("Hello") == 1
        assert house.platform.keys(MAIN)[-1] in house.chat.posts


async def test_the_newcomer_is_told_privately_and_once() -> None:
    """Who comes for the first time gets one private line, under their own id of the platform."""
    async with at_work() as house:
        await house.plan()
        await house.until(at(1))

        await house.say("m1", "Hello")
        await house.say("m2", "Me again")
        await house.pass_by(2)

        assert list(house.platform.told) == [MEERA.id]
        assert [text.partition(".")[0] for text in house.platform.told[MEERA.id].values()] == [
            "Good to have you here"
        ]


async def test_a_removed_message_is_taken_out_of_the_room() -> None:
    """What a moderator removes leaves the room too, by the platform's own id."""
    async with at_work() as house:
        await house.plan()
        await house.until(at(1))
        await house.say("m1", "Buy my tablets")

        await house.command("remove", message="m1")
        await house.pass_by(2)

        assert house.platform.gone == ["m1"]


async def test_a_private_line_to_somebody_forgotten_goes_nowhere() -> None:
    """Who asked to be forgotten before their greeting was sent is not looked for any more."""
    async with at_work() as house:
        await house.plan()
        await house.until(at(1))
        house.platform.expect(MAIN, slow_down(20))
        await house.say("m1", "Hello", OLU)
        await quiet()
        await house.command("forget", OLU)
        await house.pass_by(60)

        assert house.platform.told == {}
        assert await house.store.unsent() == ()


# --- restarts -----------------------------------------------------------------------------------------------


async def test_a_post_that_was_never_tried_is_sent_after_a_restart() -> None:
    """A bot that dies between writing a post down and sending it sends it when it is back."""
    answered = asyncio.Event()
    async with at_work() as house:
        await house.plan()
        await house.until(at(1))
        house.platform.expect(MAIN, silence(answered, stands=False))
        await house.command("say", text="First")  # stands in the way, unanswered
        await house.command("say", text="Second")
        await quiet()
        store, platform, now = house.store, house.platform, house.clock.now()
    platform.coming.clear()

    async with at_work(store=store, platform=platform, now=now) as house:
        await house.pass_by(60)

        assert first_lines(house)[-2:] == ["First", "Second"]
        assert await store.unsent() == ()


async def test_a_post_whose_answer_a_crash_swallowed_is_found_again() -> None:
    """Killed after the post and before the receipt: the post is found in the room, not said twice."""
    answered = asyncio.Event()
    async with at_work() as house:
        await house.plan()
        await house.until(at(1))
        house.platform.expect(MAIN, silence(answered))
        await house.command("say", text="Hello")
        await quiet()
        store, platform, now = house.store, house.platform, house.clock.now()
        [waiting] = await store.unsent()
        assert waiting.state == "intent"

    async with at_work(store=store, platform=platform, now=now + timedelta(seconds=2)) as house:
        await house.pass_by(60)

        assert first_lines(house).count("Hello") == 1
        assert platform.keys(MAIN)[-1] in house.chat.posts


@pytest.mark.parametrize(("away", "waits"), [(30, 35), (90, 35), (300, 0)])
async def test_another_lifes_attempt_is_given_its_time(away: float, waits: float) -> None:
    """A machine that comes back knows roughly how long it was away, no more: clocks are set when machines start."""
    answered = asyncio.Event()
    async with at_work() as house:
        await house.plan()
        await house.until(at(1))
        house.platform.expect(MAIN, silence(answered, stands=False))
        await house.command("say", text="Hello")
        await quiet()
        store, platform, now = house.store, house.platform, house.clock.now()

    async with at_work(store=store, platform=platform, now=now + timedelta(seconds=away)) as house:
        if waits:
            await house.pass_by(waits - 2)
            assert first_lines(house).count("Hello") == 0
        await house.pass_by(3)
        assert first_lines(house).count("Hello") == 1


async def test_whoever_lost_the_lease_sends_nothing() -> None:
    """A bot that slept while another took over neither posts nor writes."""
    async with at_work() as house:
        await house.plan()
        await house.until(at(1))
        await house.store.lease.acquire("the other one")
        said = len(house.platform.texts(MAIN))

        await house.until(at(9))

        assert len(house.platform.texts(MAIN)) == said
        log = (await house.store.load(house.chat.id)).events
        assert not [event for event in log if event.at > at(1)]


async def test_nothing_leaves_while_somebody_else_may_have_taken_over() -> None:
    """A bot whose lease was not renewed in time keeps silent; once it is renewed, what waited is said, once."""
    is_ours = True
    async with at_work(may_speak=lambda: is_ours) as house:
        await house.plan()
        await house.until(at(1))
        said = len(house.platform.texts(MAIN))
        is_ours = False

        await house.until(at(9))
        assert len(house.platform.texts(MAIN)) == said

        is_ours = True
        await house.pass_by(120)
        texts = house.platform.texts(MAIN)
        assert len(texts) > said
        assert len(set(texts)) == len(texts)


async def test_an_echo_of_our_own_post_is_its_receipt() -> None:
    """A post that the platform shows us before it answers is known to stand."""
    answered = asyncio.Event()
    async with at_work() as house:
        await house.plan()
        await house.until(at(1))
        house.platform.expect(MAIN, silence(answered))
        await house.command("say", text="Hello")
        await quiet()
        key = PostKey(house.platform.keys(MAIN)[-1])

        await house.service.hear(HeardEcho(room=MAIN, key=key, id="post-7", at=house.clock.now()))
        assert key in house.chat.posts
        answered.set()
        await house.pass_by(60)

        assert first_lines(house).count("Hello") == 1
        assert await house.store.unsent() == ()


async def test_drained_means_that_nothing_is_on_its_way() -> None:
    """A stop that waits for the outbox waits for a post in flight, and no longer."""
    answered = asyncio.Event()
    async with at_work() as house:
        await house.plan()
        await house.until(at(1))
        house.platform.expect(MAIN, silence(answered))
        await house.command("say", text="Hello")
        draining = asyncio.get_running_loop().create_task(house.service.outbox.drained())
        await quiet()
        assert not draining.done()

        answered.set()
        await quiet()

        assert draining.done()


async def test_a_chat_lives_through_a_platform_that_fails_every_other_time() -> None:
    """From announcement to thanks, with every second request lost or refused, each post stands once and in order."""
    async with at_work() as house:
        house.platform.expect(
            MAIN,
            *(
                outcome
                for number in range(20)
                for outcome in (
                    lost_answer(stands=number % 2 == 0),
                    Outcome(),
                    slow_down(3),
                    Outcome(trouble=PlatformTrouble("away", unknown=True), stands=number % 3 == 0),
                )
            ),
        )
        await house.plan()
        await house.until(at(75))

        assert house.chat.phase is Phase.AFTER_HOUR
        keys = house.platform.keys(MAIN)
        assert len(keys) == len(set(keys))
        assert [line for line in first_lines(house) if line.startswith(("Q", "Before", "Thank"))] == [
            "Q1",
            "Q2",
            "Before we close",
            "Thank you",
        ]


@pytest.mark.parametrize("turns", range(24))
async def test_a_bot_stopped_at_any_step_leaves_no_request_half_begun(turns: int) -> None:
    """Whoever stops the bot between two steps of a post gets a clean end: no request was made and then not sent."""
    async with at_work() as house:
        await house.plan()
        await house.until(at(7))
        house.clock.step(at(8))
        for _ in range(turns):
            await asyncio.sleep(0)
    gc.collect()  # A request that was made and not sent warns when it is thrown away, and a warning fails the test.


async def test_a_post_whose_words_come_late_is_asked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A store may take a minute to tell them: a request that began after its verdict would be a second copy."""
    async with at_work() as house:
        await house.plan()
        await house.until(at(1))
        house.service.outbox.verdict_after = 0.01
        render, slow = HouseDesk.render, iter([55])

        async def later(desk: HouseDesk, row: Unsent) -> Content:
            await house.clock.sleep(next(slow, 0))
            return await render(desk, row)

        monkeypatch.setattr(HouseDesk, "render", later)
        await house.command("say", text="Hello")
        for _ in range(12):
            await house.pass_by(10)
            await asyncio.sleep(0.02)  # a verdict's own seconds are real

        assert first_lines(house).count("Hello") == 1
        assert requests(house, "post") == len(house.platform.keys(MAIN))


async def test_who_loses_the_lease_while_words_are_put_in_posts_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """That takes a moment, and somebody else may have begun in it."""
    lease = ["ours"]
    async with at_work(may_speak=lambda: bool(lease)) as house:
        await house.plan()
        await house.until(at(1))
        render = HouseDesk.render

        async def losing(desk: HouseDesk, row: Unsent) -> Content:
            lease.clear()
            return await render(desk, row)

        monkeypatch.setattr(HouseDesk, "render", losing)
        await house.command("say", text="Hello")
        await house.pass_by(5)

        assert "Hello" not in first_lines(house)
