"""What was said, changed and taken back while nobody told us is read back, and nothing is taken back by mistake."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from itertools import pairwise

from bot.core.names import RoomId
from bot.errors import PlatformTrouble
from bot.ports import Checkpoint, Heard, HeardEdit, HeardGap, HeardMessage, HeardReaction
from bot.runtime.clock import SteppedClock
from tests.fakes.platform import FakePlatform
from tests.unit.runtime.house import MAIN, MEERA, OLU, SIDE, STARTS, AtWork, at, at_work, quiet


def said(house: AtWork, id: str, text: str, minutes: float) -> HeardMessage:
    """Have somebody write where nobody listens."""
    heard = HeardMessage(room=MAIN, id=id, author=MEERA, at=at(minutes), text=text)
    stand(house.platform, heard)
    return heard


def stand(platform: FakePlatform, *heard: Heard) -> None:
    """Let something stand in the history of the room."""
    platform.said.setdefault(MAIN, []).extend(heard)


def gap(since: float | None, until: float, *, quiet: bool = False) -> HeardGap:
    """Return that the room could not be heard."""
    return HeardGap(room=MAIN, since=at(since) if since is not None else None, until=at(until), quiet=quiet)


def looks(house: AtWork) -> int:
    """Return how often the room was read back."""
    return sum(what == "history" for what, _ in house.platform.asked)


async def texts(house: AtWork) -> set[str]:
    """Return what people said, as far as it is kept."""
    kept = await house.stored_texts()
    return {
        kept[key] for message in house.chat.messages.values() if (key := message.id) in kept and message.heard
    }  # type: ignore[index]


async def test_what_was_said_in_a_gap_is_heard_once() -> None:
    """And the moderators are told of the gap."""
    async with at_work() as house:
        await house.plan()
        await house.until(at(9))
        house.platform.said[MAIN] = [await heard_live(house, "m1", "A1 Pacing")]
        said(house, "m2", "A1 A later start", 9.5)
        await house.until(at(10))
        for _ in range(2):
            await house.service.hear(gap(9.2, 10))
            await quiet()

        assert await texts(house) == {"A1 Pacing", "A1 A later start"}
        assert len(house.chat.gaps) == 1
        assert house.chat.version == len((await house.store.load(house.chat.id)).events)


async def heard_live(house: AtWork, id: str, text: str) -> HeardMessage:
    """Have somebody write while we listen."""
    await house.say(id, text)
    return HeardMessage(room=MAIN, id=id, author=MEERA, at=house.clock.now(), text=text)


async def test_changes_and_reactions_of_a_gap_are_heard_and_old_ones_are_not_stored_again() -> None:
    """A history has no times for reactions: one that is known already is no news, however often it is read."""
    async with at_work() as house:
        await house.plan()
        await house.until(at(9))
        stand(house.platform, await heard_live(house, "m1", "A1 Pacing"))
        stand(house.platform, HeardEdit(room=MAIN, id="m1", at=at(9.5), text="A1 Pacing, and rest"))
        stand(house.platform, HeardReaction(room=MAIN, id="m1", by=OLU, reaction="👍", at=at(10)))
        await house.until(at(10))
        await house.service.hear(gap(9.2, 10))
        await quiet()
        version = house.chat.version
        await house.until(at(14))

        assert "A1 Pacing, and rest" in (await house.stored_texts()).values()
        assert len(house.chat.reactions) == 1
        assert house.chat.version == version


async def test_what_history_shows_no_more_is_gone_only_when_asked_for_alone() -> None:
    """A page may lack a line; erasing it cannot be undone, so the platform is asked for that one line."""
    async with at_work() as house:
        await house.plan()
        await house.until(at(9))
        await house.say("lacking", "A1 Pacing")
        await house.say("gone", "A1 My employer's name")
        house.platform.taken_back.add("gone")
        await house.until(at(12))

        assert await texts(house) == {"A1 Pacing"}


async def test_a_hidden_history_takes_nothing_back() -> None:
    """Whoever takes the permission to read history from the bot has taken nobody's words back."""
    async with at_work() as house:
        await house.plan()
        await house.until(at(9))
        await house.say("m1", "A1 Pacing")
        house.platform.blind = True
        house.platform.taken_back.add("m1")
        await house.service.hear(gap(9, 9.5))
        await house.until(at(12))

        assert await texts(house) == {"A1 Pacing"}
        house.platform.blind = False
        await house.until(at(14))
        assert await texts(house) == set()


async def test_an_event_that_both_sides_lost_is_found_within_a_minute() -> None:
    """Nobody noticed a gap: the newest minutes are looked through anyway."""
    async with at_work() as house:
        await house.plan()
        await house.until(at(9))
        said(house, "m1", "A1 Pacing", 9)
        await house.pass_by(61)

        assert await texts(house) == {"A1 Pacing"}


async def test_looks_that_failed_are_made_up_for() -> None:
    """What was lost while histories could not be read is found when they can be again."""
    async with at_work() as house:
        await house.plan()
        await house.until(at(9))
        said(house, "m1", "A1 Pacing", 9)
        house.platform.blind = True
        await house.until(at(20))
        house.platform.blind = False
        await house.until(at(22))

        assert await texts(house) == {"A1 Pacing"}


async def test_last_words_are_found_after_the_room_has_closed() -> None:
    """Said in the last minute, lost on the way, and the looks at the end failed: the next one finds it."""
    async with at_work() as house:
        await house.plan(late_answers=timedelta(minutes=5))
        await house.until(at(64))
        house.platform.blind = True
        said(house, "m1", "A2 My last word", 64.5)
        await house.until(at(67))
        assert not house.chat.hears
        house.platform.blind = False
        await house.until(at(69))
        asked = looks(house)
        await house.until(at(75))

        assert await texts(house) == {"A2 My last word"}
        assert looks(house) == asked


async def test_a_room_without_a_chat_that_runs_is_not_read() -> None:
    """Before the doors and after the hour nobody's words are fetched."""
    async with at_work() as house:
        await house.plan()
        await house.service.hear(gap(None, -60))
        await house.until(at(-20))

        assert looks(house) == 0


async def test_who_comes_back_reads_on_from_what_was_heard_last() -> None:
    """A bot that was down for ten minutes hears everything of them, although somebody writes before it has looked."""
    async with at_work() as house:
        await house.plan()
        await house.until(at(9))
        stand(house.platform, await heard_live(house, "m1", "A1 Pacing"))
        store, platform = house.store, house.platform

    async with at_work(store=store, platform=platform, now=at(20)) as house:
        said(house, "m2", "A1 A later start", 12)
        stand(platform, await heard_live(house, "m3", "Hello again"))
        assert await store.checkpoint(MAIN) == Checkpoint(room=MAIN, at=at(9), position="m1")
        await house.service.hear(gap(None, 20))
        await quiet()

        assert await texts(house) == {"A1 Pacing", "A1 A later start", "Hello again"}
        await house.say("m4", "A1 Sleep")
        assert await store.checkpoint(MAIN) == Checkpoint(room=MAIN, at=at(20), position="m4")


async def test_a_room_that_cannot_be_read_yet_is_tried_again_and_keeps_its_checkpoint() -> None:
    """Killed before the gap was read back, the bot still knows from where on to read."""
    async with at_work() as house:
        await house.plan()
        await house.until(at(9))
        await house.say("m1", "A1 Pacing")
        house.platform.blind = True
        await house.service.hear(gap(9, 9.5, quiet=True))
        await house.pass_by(5)
        await house.say("m2", "A1 Sleep")
        checkpoint = await house.store.checkpoint(MAIN)
        assert checkpoint is not None
        assert checkpoint.position == "m1"

        house.platform.blind = False
        await house.pass_by(15)
        await house.say("m3", "A1 Rest")
        checkpoint = await house.store.checkpoint(MAIN)
        assert checkpoint is not None
        assert checkpoint.position == "m3"
        assert house.chat.gaps == []


async def test_what_was_taken_back_after_the_hour_while_nobody_listened_is_gone() -> None:
    """A restart in the evening still hears that somebody took their words back."""
    async with at_work() as house:
        await house.plan(late_answers=timedelta(minutes=30))
        await house.until(at(9))
        await house.say("m1", "A1 Pacing")
        await house.until(STARTS + timedelta(hours=2))
        store, platform, now = house.store, house.platform, house.clock.now()

    platform.taken_back.add("m1")
    async with at_work(store=store, platform=platform, now=now + timedelta(minutes=5)) as house:
        await house.service.hear(HeardGap(room=MAIN, since=None, until=house.clock.now()))
        await quiet()

        assert await texts(house) == set()


async def test_who_was_forgotten_is_not_read_back() -> None:
    """Their messages may stand in the room for ever, where the bot cannot take them out: it hears them no more."""
    async with at_work() as house:
        await house.plan()
        await house.until(at(9))
        stand(house.platform, await heard_live(house, "m1", "A1 My canary sings"))
        await house.command("forget", MEERA)
        await house.pass_by(5)
        stand(house.platform, HeardEdit(room=MAIN, id="m1", at=at(9.5), text="A1 My canary sings again"))
        stand(house.platform, HeardReaction(room=MAIN, id="m1", by=OLU, reaction="👍", at=at(9.6)))
        await house.until(at(12))
        assert "canary" not in repr(await house.store.words(house.chat.id))
        assert await house.store.acquaintance("fake", MEERA.id) is None

        await house.say("m2", "Hello again")
        await house.until(at(15))
        assert await texts(house) == {"Hello again"}


async def test_what_was_said_in_the_last_chat_is_not_taken_for_a_word_to_the_next() -> None:
    """The next of a series is announced already: what is read back belongs to the chat in whose time it was said."""
    async with at_work() as house:
        await house.plan(source="this week")
        await house.until(at(9))
        chat = house.chat
        await house.plan(source="next week", starts_at=STARTS + timedelta(days=7))
        await house.until(at(25 * 60 + 30))
        assert not chat.hears
        said(house, "m1", "A1 Pacing", 24 * 60)
        stand(house.platform, HeardEdit(room=MAIN, id="m1", at=at(24 * 60 + 1), text="A1 Pacing, and rest"))
        await house.service.hear(gap(24 * 60 - 1, 24 * 60 + 2))
        await quiet()

        [message] = chat.messages.values()
        assert message.heard is not None
        assert message.edited_at == at(24 * 60 + 1)


async def test_a_history_that_is_a_riddle_ends_nothing() -> None:
    """A bug in reading one room back is told like any trouble, without its words, and the room is tried again."""
    platform = Riddle(SteppedClock(at(-60)))
    async with at_work(platform=platform) as house:
        await house.plan()
        await house.until(at(9))
        said(house, "m1", "A1 Pacing", 8.9)
        platform.riddles = 1
        await house.service.hear(gap(8.5, 9))
        await quiet()
        assert house.service.backfill.behind
        platform.riddles = 0
        await house.pass_by(130)

        assert await texts(house) == {"A1 Pacing"}


class Riddle(FakePlatform):
    """A platform that says what nobody understands."""

    riddles = 0

    async def history(self, room: RoomId, since: datetime) -> AsyncIterator[Heard]:
        """Stumble, then tell."""
        if self.riddles:
            raise LookupError("abracadabra")
        async for heard in super().history(room, since):
            yield heard


async def test_a_room_of_chats_long_over_is_not_asked_about_for_ever() -> None:
    """A channel that was deleted before it could be read back is let go a day after its chat."""
    async with at_work() as house:
        await house.plan()
        await house.until(at(24 * 60))
        house.platform.blind = True
        await house.service.hear(gap(24 * 60 - 1, 24 * 60))
        await house.until(at(51 * 60))
        asked = looks(house)
        await house.pass_by(600)

        assert looks(house) == asked
        assert not house.service.backfill.behind


async def test_a_platform_that_asks_for_patience_is_not_asked_about_the_next_room() -> None:
    """Slack counts what is asked of all rooms together; forty of them would be told no one after the other."""
    platform = Impatient(SteppedClock(at(-60)))
    async with at_work(platform=platform) as house:
        await house.plan(rooms=(MAIN, SIDE))
        await house.until(at(9))

    assert len(platform.asked_at) > 4
    assert all(later - earlier >= timedelta(seconds=30) for earlier, later in pairwise(platform.asked_at))


class Impatient(FakePlatform):
    """A platform that wants to be left alone for half a minute."""

    def __init__(self, clock: SteppedClock) -> None:
        super().__init__(clock)
        self.asked_at: list[datetime] = []

    async def history(self, room: RoomId, since: datetime) -> AsyncIterator[Heard]:
        """Ask for patience."""
        self.asked_at.append(self.clock.now())
        raise PlatformTrouble("slow down", retry_after=30)
        yield
