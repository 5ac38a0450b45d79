"""One chat, one writer: everything is stored before anybody hears of it, and nothing is half done."""

import asyncio

import pytest

from bot.core.chat import Chat
from bot.core.events import MessageHeard
from bot.core.names import WordKey
from bot.core.phases import Phase
from bot.core.reading import read
from bot.errors import StoreTrouble
from bot.ports import Batch, HeardMessage
from tests.unit.runtime.house import ANDREW, BUG, MAIN, MEERA, OLU, AtWork, at, at_work, quiet


def message(id: str, text: str = "Pacing helps", minutes: float = 1.0) -> HeardMessage:
    """Return what an adapter hears when somebody writes."""
    return HeardMessage(room=MAIN, id=id, author=MEERA, at=at(minutes), text=text)


def heard_ids(house: AtWork) -> list[str]:
    """Return the platform's ids of the stored messages, in the order of the log."""
    theirs = house.service.roster.chats[house.chat.id].ledger.theirs
    batches = house.store.batches
    events = [event for batch in batches for event in batch.events if isinstance(event, MessageHeard)]
    return [theirs[event.message][1] for event in events]


async def test_what_gathers_is_stored_together_in_the_order_it_came() -> None:
    """A burst of messages costs one write, and keeps its order."""
    async with at_work() as house:
        await house.plan()
        await house.until(at(1))
        before = len(house.store.batches)

        replies = await house.hear(*(message(f"m{number}") for number in range(20)))

        assert len(house.store.batches) - before <= 2
        assert heard_ids(house) == [f"m{number}" for number in range(20)]
        assert all(reply.message for reply in replies)


async def test_a_busy_room_gathers_until_somebody_wants_an_answer() -> None:
    """What comes alone is stored at once; what follows soon is stored together, and a command makes nobody wait."""
    async with at_work() as house:
        house.service.gather = 60.0
        await house.plan()
        await house.until(at(1))
        house.clock.step(at(3))

        await house.say("m1", "Alone")
        await house.say("m2", "Alone as well")
        await asyncio.gather(house.say("m3", "Both"), house.say("m4", "at once"))
        await quiet()
        before = len(house.store.batches)
        async with asyncio.TaskGroup() as tasks:
            for id in ("m5", "m6"):
                tasks.create_task(house.say(id, "Soon after"))
                await quiet()
            gathered = len(house.store.batches) - before
            reply = await house.command("hold")

        assert (gathered, reply.refused) == (0, False)
        assert len(house.store.batches) == before + 1
        assert heard_ids(house) == ["m1", "m2", "m3", "m4", "m5", "m6"]


async def test_a_message_told_twice_is_one_message() -> None:
    """A platform that delivers twice makes nobody say a thing twice."""
    async with at_work() as house:
        await house.plan()
        await house.until(at(1))

        first, second = await house.hear(message("m1"), message("m1"))

        assert heard_ids(house) == ["m1"]
        assert first.message == second.message
        assert list(await house.stored_texts()).count(WordKey(str(first.message))) == 1


async def test_a_refusal_leaves_no_trace() -> None:
    """Who is turned away leaves neither words nor names nor ids in the store."""
    async with at_work() as house:
        await house.plan()
        await quiet()
        stored = len(house.store.batches)

        reply = await house.say("m1", "Is anybody here yet?", OLU)

        assert reply.refused
        assert "ten minutes before" in reply.text
        assert len(house.store.batches) == stored
        assert await house.store.people() == ()
        assert "m1" not in [seen.id for seen in (await house.store.load(house.chat.id)).sightings]
        assert (MAIN, "m1") not in house.service.roster.chats[house.chat.id].ledger.ours


async def test_one_refusal_in_a_burst_costs_the_others_nothing() -> None:
    """Among many wishes only the one that the rules forbid does not happen."""
    async with at_work() as house:
        await house.plan()
        await house.until(at(1))

        told = [
            house.say("m1", "Hello"),
            house.command("next", OLU),
            house.say("m2", "Good to be here", OLU),
        ]
        first, refused, second = await asyncio.gather(*told)

        assert (first.refused, refused.refused, second.refused) == (False, True, False)
        assert heard_ids(house) == ["m1", "m2"]


async def test_a_reaction_to_nothing_known_that_is_refused_leaves_no_id_behind() -> None:
    """Nobody can fill the store with invented ids after the chat is over."""
    async with at_work() as house:
        await house.plan(late_answers=at(1) - at(0))
        await house.until(at(70))
        assert house.chat.phase is Phase.REVIEW
        await house.command("publish")
        before = await house.store.load(house.chat.id)

        reply = await house.react("never-heard-of", "💡")

        assert reply.refused
        assert (await house.store.load(house.chat.id)).sightings == before.sightings
        assert (MAIN, "never-heard-of") not in house.service.roster.chats[house.chat.id].ledger.ours


async def test_when_somebody_else_wrote_first_everything_is_decided_again() -> None:
    """A log that moved under a chat is read again, and what waited is neither lost nor doubled."""
    async with at_work() as house:
        chat = await house.plan()
        await house.until(at(1))
        facilitator = house.service.roster.chats[chat]
        theirs = MessageHeard(
            at=at(1), message="m-theirs", room=MAIN, author="p-theirs", sent_at=at(1), reading=read("Hi")
        )
        await house.store.append(
            Batch(chat=chat, expected=facilitator.chat.version, epoch=0, events=(theirs,))
        )

        reply = await house.say("m1", "Hello")

        assert not reply.refused
        assert heard_ids_in_log(facilitator.chat) == ["m-theirs", reply.message]
        log = (await house.store.load(chat)).events
        assert sum(isinstance(event, MessageHeard) for event in log) == 2


def heard_ids_in_log(chat: Chat) -> list[str]:
    """Return our ids of the messages that a live chat knows, as heard."""
    return [message.id for message in chat.messages.values() if message.heard]


async def test_nobody_is_acknowledged_while_the_store_takes_nothing() -> None:
    """With a full disk whoever writes is told to try again, and nothing stays in memory alone."""
    async with at_work() as house:
        await house.plan()
        await house.until(at(1))
        house.store.full = True

        with pytest.raises(StoreTrouble):
            await house.say("m1", "Hello")
        assert list(house.service.desk.trouble.values()) == ["the disk is full"]

        house.store.full = False
        again = await house.say("m1", "Hello")
        assert not again.refused
        assert heard_ids(house) == ["m1"]
        assert house.service.desk.trouble == {}


async def test_trouble_is_over_only_when_something_was_stored() -> None:
    """A moderator is not told that the disk works again because somebody repeated themselves."""
    async with at_work() as house:
        await house.plan()
        await house.until(at(1))
        await house.say("m1", "Hello")
        await house.react("m1", "💡")
        await quiet()  # the greeting is out
        house.store.full = True
        with pytest.raises(StoreTrouble):
            await house.say("m2", "Still there?")

        await house.react("m1", "💡")  # known already, so nothing has to be stored

        assert list(house.service.desk.trouble.values()) == ["the disk is full"]


async def test_no_post_leaves_for_what_could_not_be_stored() -> None:
    """What the disk did not take, the room does not read; when it takes again, the question comes once."""
    async with at_work() as house:
        await house.plan()
        await house.until(at(7))
        house.store.full = True
        await house.until(at(8.5))
        assert not [text for text in house.platform.texts(MAIN) if text.startswith("Q1\n")]

        house.store.full = False
        await house.pass_by(10)

        asked = [text for text in house.platform.texts(MAIN) if text.startswith("Q1\n")]
        assert len(asked) == 1
        assert house.chat.phase is Phase.QUESTION


async def test_what_memory_knew_ahead_of_the_log_is_thrown_away() -> None:
    """After a failed write the chat is what its log says, version for version."""
    async with at_work() as house:
        chat = await house.plan()
        await house.until(at(1))
        house.store.full = True
        with pytest.raises(StoreTrouble):
            await house.command("next")
        house.store.full = False

        await house.say("m1", "Hello")

        assert house.chat.version == len((await house.store.load(chat)).events)
        assert house.chat.phase is Phase.INTRODUCTIONS


async def test_forgetting_somebody_reaches_what_memory_knew_of_them() -> None:
    """After "forget me" no platform id and no name of theirs is left, here or in the store."""
    async with at_work() as house:
        await house.plan()
        await house.until(at(1))
        said = await house.say("m1", "My name is on everything")
        await house.say("m2", "Mine stays", OLU)

        await house.command("forget", MEERA)
        await quiet()
        await house.say("m3", "Next one", OLU)  # whatever comes next finds the chat reloaded

        ledger = house.service.roster.chats[house.chat.id].ledger
        assert (MAIN, "m1") not in ledger.ours
        assert (MAIN, "m2") in ledger.ours
        assert WordKey(str(said.message)) not in await house.stored_texts()
        assert [somebody.name for somebody in await house.store.people()] == ["Olu"]
        assert house.service.people.known("fake", MEERA.id) is None
        assert house.platform.gone == ["m1"]


async def test_whoever_writes_at_the_stroke_of_the_hour_finds_the_room_open() -> None:
    """What is due by now happens before what came in now."""
    async with at_work() as house:
        await house.plan()
        await house.until(at(-10.5))
        house.clock.step(at(-10))  # nobody had a turn yet

        reply = await house.say("m1", "Am I early?")

        assert not reply.refused
        assert house.chat.phase is Phase.DOORS


async def test_a_command_is_answered_in_words_with_its_numbers_filled_in() -> None:
    """What people read is a sentence of the chat's language, not a key."""
    async with at_work() as house:
        await house.plan()
        await house.until(at(9))
        await house.say("m1", "Pacing")

        kept = await house.command("keep", message="m1", tag="insight")
        early = await house.command("answer-to", message="m1", number="2")
        long = await house.command("say", text="x" * 601)

        assert kept.text
        assert "Q2" in early.text
        assert "600" in long.text
        assert not kept.refused
        assert early.refused
        assert long.refused


async def test_a_double_click_is_one_step() -> None:
    """Two presses of "next" from the same question ask one question."""
    async with at_work() as house:
        await house.plan()
        await house.until(at(1))

        first, second = await asyncio.gather(
            house.command("next", expects="introductions"), house.command("next", expects="introductions")
        )

        assert (first.refused, second.refused) == (False, True)
        assert "moved on" in second.text
        assert house.chat.stage.question == "q1"


async def test_who_fails_to_hear_the_answer_still_has_their_message_stored() -> None:
    """A page that goes away while it waits takes nothing with it."""
    async with at_work() as house:
        await house.plan()
        await house.until(at(1))
        leaving = asyncio.get_running_loop().create_task(house.say("m1", "Gone in a second"))
        await asyncio.sleep(0)
        leaving.cancel()

        await house.say("m2", "Still here", OLU)

        assert heard_ids(house)[-1] == "m2"
        assert not (await house.command("hold", ANDREW)).refused


async def test_a_bug_in_one_wish_costs_nobody_else_anything() -> None:
    """Whoever trips over a mistake of ours is told no; the others in the same burst are stored."""
    async with at_work() as house:
        await house.plan()
        await house.until(at(1))

        first, tripped, second = await house.hear(
            message("m1"), message("m2", f"What does {BUG} do?"), message("m3")
        )

        assert (first.refused, tripped.refused, second.refused) == (False, True, False)
        assert heard_ids(house) == ["m1", "m3"]
        assert house.chat.version == len((await house.store.load(house.chat.id)).events)


async def test_a_bug_is_told_by_its_place_and_without_words(capsys: pytest.CaptureFixture[str]) -> None:
    """The card and the log say where to look, and not what somebody said."""
    async with at_work() as house:
        await house.plan()
        await house.until(at(1))

        await house.say("m1", f"What does {BUG} do?")

        [told] = house.service.desk.trouble.values()
        assert told.startswith("LookupError, house.py:")
        assert BUG not in told + capsys.readouterr().out
        await house.say("m2", "Never mind")
        assert house.service.desk.trouble == {}


async def test_a_participant_cannot_bring_the_bot_down_with_a_number() -> None:
    """A number that no clock can hold is refused like any other wrong one."""
    async with at_work() as house:
        await house.plan()
        await house.until(at(1))

        reply = await house.command("extend", MEERA, minutes="9" * 40)

        assert reply.refused
        assert not (await house.say("m1", "Still here")).refused
