"""What every store promises of the log: whole batches, in order, each written once by the one who may."""

import asyncio
from dataclasses import replace

import pytest

from bot.core.names import ChatId
from bot.errors import Conflict
from bot.ports import Batch, ChatRow, Checkpoint
from bot.store import LeasedStore
from tests.conformance.store.examples import (
    ANN,
    BEGIN,
    BEN,
    CHAT,
    OTHER_CHAT,
    OTHER_ROOM,
    ROOM,
    events,
    heard,
    mark,
    met,
    minute,
    post,
    said,
    seen,
)


class TestTheHouse:
    """What the house notes of itself belongs to no chat."""

    async def test_a_checkpoint_needs_no_chat(self, store: LeasedStore) -> None:
        """A pulse is written again and again, and no chat comes of it; without the lease it is refused."""
        epoch = await store.lease.acquire("bot 1")
        for number in range(3):
            point = Checkpoint(room=OTHER_ROOM, at=minute(number))
            await store.append(Batch(chat=ChatId("pulse"), expected=0, epoch=epoch, checkpoints=(point,)))

        assert await store.checkpoint(OTHER_ROOM) == Checkpoint(room=OTHER_ROOM, at=minute(2))
        assert await store.chats() == ()
        with pytest.raises(Conflict):
            await store.append(Batch(chat=ChatId("pulse"), expected=0, epoch=epoch + 1, checkpoints=(point,)))


class TestAppending:
    """What was appended is what is loaded."""

    async def test_a_log_comes_back_as_it_was(self, store: LeasedStore) -> None:
        """Every event comes back equal, to the microsecond, in its order."""
        await store.append(replace(events(1, 2), sightings=(seen(1), seen(2, BEN))))
        await store.append(events(3, expected=2))

        loaded = await store.load(CHAT)

        assert loaded.events == (heard(1), heard(2), heard(3))
        assert set(loaded.sightings) == {seen(1), seen(2, BEN)}

    async def test_an_unknown_chat_is_empty(self, store: LeasedStore) -> None:
        """Nobody is told that a chat is missing; it just has no events."""
        loaded = await store.load(CHAT)

        assert (loaded.events, loaded.sightings) == ((), ())

    async def test_a_log_is_read_in_pages(self, store: LeasedStore) -> None:
        """A reader that has seen some events asks for those that follow."""
        await store.append(events(*range(5)))

        assert await store.events(CHAT, after=1, limit=2) == (heard(1), heard(2))
        assert await store.events(CHAT, after=5) == ()

    async def test_a_long_log_is_whole(self, store: LeasedStore) -> None:
        """A chat of more events than one page holds is loaded to its end."""
        await store.append(events(*range(2_500)))

        assert (await store.load(CHAT)).events == tuple(map(heard, range(2_500)))

    async def test_chats_are_listed_oldest_first(self, store: LeasedStore) -> None:
        """The list of chats names each with its version and its plan file."""
        await store.append(replace(events(1, chat=OTHER_CHAT), source="plans/winter.toml"))
        await store.append(events(1, 2))
        await store.append(events(3, chat=OTHER_CHAT, expected=1))

        assert await store.chats() == (
            ChatRow(chat=OTHER_CHAT, version=2, source="plans/winter.toml"),
            ChatRow(chat=CHAT, version=2),
        )

    async def test_many_chats_are_written_at_once(self, store: LeasedStore) -> None:
        """Forty chats that write at the same time each find their own log, whole and in order."""
        chats = [ChatId(f"c-{number}") for number in range(40)]

        async def write(chat: ChatId) -> None:
            for version in range(5):
                await store.append(events(version, chat=chat, expected=version))

        async with asyncio.TaskGroup() as tasks:
            for chat in chats:
                tasks.create_task(write(chat))

        assert {len((await store.load(chat)).events) for chat in chats} == {5}
        assert (await store.load(chats[7])).events == tuple(map(heard, range(5)))

    async def test_batches_of_one_chat_may_follow_without_waiting(self, store: LeasedStore) -> None:
        """A chat need not wait for one batch before it hands over the next."""
        await asyncio.gather(*(store.append(events(version, expected=version)) for version in range(20)))

        assert (await store.load(CHAT)).events == tuple(map(heard, range(20)))

    async def test_checkpoints_say_how_far_a_room_was_heard(self, store: LeasedStore) -> None:
        """The newest checkpoint of a room is the one that is kept."""
        first, second = (Checkpoint(room=ROOM, at=minute(number), position=f"{number}") for number in (1, 2))
        await store.append(Batch(chat=CHAT, expected=0, epoch=0, checkpoints=(first,)))
        await store.append(Batch(chat=CHAT, expected=0, epoch=0, checkpoints=(second,)))

        assert await store.checkpoint(ROOM) == second
        assert await store.checkpoint(OTHER_ROOM) is None


class TestRefusing:
    """A batch that rests on something untrue is refused whole."""

    @pytest.mark.parametrize("expected", [0, 1, 3])
    async def test_a_wrong_version_is_refused(self, store: LeasedStore, expected: int) -> None:
        """Whoever decided on an older or a newer chat than there is must load again."""
        await store.append(events(1, 2))

        with pytest.raises(Conflict):
            await store.append(events(3, expected=expected))

        assert (await store.load(CHAT)).events == (heard(1), heard(2))

    async def test_of_two_writers_one_wins(self, store: LeasedStore) -> None:
        """Two who decided on the same version cannot both have been right."""
        outcomes = await asyncio.gather(
            *(store.append(events(number)) for number in range(10)), return_exceptions=True
        )

        assert outcomes.count(None) == 1
        assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 9
        assert len((await store.load(CHAT)).events) == 1

    async def test_a_refused_batch_costs_the_others_nothing(self, store: LeasedStore) -> None:
        """One chat's mistake is not another's."""
        outcomes = await asyncio.gather(
            store.append(events(1, expected=7)),
            store.append(events(1, chat=OTHER_CHAT)),
            return_exceptions=True,
        )

        assert isinstance(outcomes[0], Conflict)
        assert outcomes[1] is None
        assert (await store.load(OTHER_CHAT)).events == (heard(1),)

    async def test_a_message_that_is_known_leaves_nothing_behind(self, store: LeasedStore) -> None:
        """A message delivered twice is stored once; the whole batch that took it for new is refused."""
        await store.append(replace(events(1), sightings=(seen(1),)))
        doubled = replace(
            events(2, chat=OTHER_CHAT),
            sightings=(seen(2), seen(1, as_message=2)),
            words=(said(2, "We wrote it down."),),
            people=(met(),),
            posts=(post("q2"),),
            checkpoints=(Checkpoint(room=ROOM, at=BEGIN),),
            source="plans/winter.toml",
        )

        with pytest.raises(Conflict):
            await store.append(doubled)

        assert [row.chat for row in await store.chats()] == [CHAT]
        assert await store.words(OTHER_CHAT) == ()
        assert await store.people() == ()
        assert await store.unsent() == ()
        assert await store.checkpoint(ROOM) is None
        assert (await store.load(OTHER_CHAT)).sightings == ()

    async def test_the_same_sighting_again_changes_nothing(self, store: LeasedStore) -> None:
        """Saying twice that a platform's message is ours of that name is harmless."""
        await store.append(replace(events(1), sightings=(seen(1),)))
        await store.append(replace(events(2, expected=1), sightings=(seen(1), seen(1))))

        assert (await store.load(CHAT)).sightings == (seen(1),)

    async def test_one_batch_cannot_name_a_message_twice(self, store: LeasedStore) -> None:
        """Inside one batch, too, a platform's message is one message."""
        with pytest.raises(Conflict):
            await store.append(replace(events(1, 2), sightings=(seen(1), seen(1, as_message=2))))

        assert await store.chats() == ()

    async def test_two_chats_cannot_name_a_stranger_differently(self, store: LeasedStore) -> None:
        """Somebody who turns up in two chats at once is one person in both."""
        outcomes = await asyncio.gather(
            store.append(replace(events(1), people=(met(ANN),))),
            store.append(replace(events(1, chat=OTHER_CHAT), people=(met(BEN),))),
            return_exceptions=True,
        )

        assert [type(outcome) for outcome in outcomes] == [type(None), Conflict]
        assert await store.acquaintance("local", "u-ann") == met(ANN)

    async def test_a_plan_file_makes_one_chat(self, store: LeasedStore) -> None:
        """The same plan file, read twice, does not make the chat twice."""
        await store.append(replace(events(1), source="plans/winter.toml"))

        with pytest.raises(Conflict):
            await store.append(replace(events(1, chat=OTHER_CHAT), source="plans/winter.toml"))

        await store.append(replace(events(2, expected=1), source="plans/winter.toml"))
        assert [row.version for row in await store.chats()] == [2]


class TestFencing:
    """Only the holder of the lease writes."""

    async def test_without_a_lease_anybody_writes(self, store: LeasedStore) -> None:
        """A replay needs no lease; but nobody writes under one that was never given."""
        await store.append(events(1, epoch=0))

        with pytest.raises(Conflict):
            await store.append(events(2, expected=1, epoch=1))

    async def test_epochs_grow(self, store: LeasedStore) -> None:
        """Each time the lease is taken it has a higher number."""
        first = await store.lease.acquire("bot 1")
        await store.lease.release()
        second = await store.lease.acquire("bot 2")

        assert 0 < first < second

    async def test_an_old_epoch_writes_no_more(self, store: LeasedStore) -> None:
        """A bot that lost its lease finds out at its next write, event or mark alike."""
        old = await store.lease.acquire("bot 1")
        await store.append(replace(events(1, epoch=old), posts=(post("q1"),)))
        await store.lease.release()
        new = await store.lease.acquire("bot 2")

        for epoch in (0, old):
            with pytest.raises(Conflict):
                await store.append(events(2, expected=1, epoch=epoch))
            with pytest.raises(Conflict):
                await store.mark(mark("q1", "intent"), epoch=epoch)

        await store.append(events(2, expected=1, epoch=new))
        await store.mark(mark("q1", "intent"), epoch=new)

    async def test_a_released_lease_writes_no_more(self, store: LeasedStore) -> None:
        """Who gave the lease back has nothing more to write, even while nobody else took it."""
        epoch = await store.lease.acquire("bot 1")
        await store.lease.release()

        with pytest.raises(Conflict):
            await store.append(events(1, epoch=epoch))
