"""What every store promises of the outbox: posts in line, each with what became of it, none sent twice by mistake."""

from dataclasses import replace
from datetime import datetime

import pytest

from bot.core.names import PostKey
from bot.errors import Conflict
from bot.ports import PostState, Unsent
from bot.store import LeasedStore
from tests.conformance.store.examples import CHAT, OTHER_CHAT, OTHER_ROOM, events, mark, minute, post


async def planned(store: LeasedStore, *keys: str) -> None:
    """Plan once-only posts in a new chat."""
    await store.append(replace(events(1), posts=tuple(map(post, keys))))


async def keys(store: LeasedStore) -> list[str]:
    """Return the keys that are still to be sent, in line."""
    return [row.post.key for row in await store.unsent()]


async def only(store: LeasedStore) -> Unsent:
    """Return the one row that is not done."""
    [row] = await store.unsent()
    return row


class TestLine:
    """Posts wait in the order in which they were planned."""

    async def test_a_post_comes_back_as_it_was_planned(self, store: LeasedStore) -> None:
        """All its arguments have the types they had, and it was never tried."""
        await planned(store, "q2")

        row = await only(store)

        assert row.post == post("q2")
        assert (row.chat, row.state, row.attempts, row.first_at) == (CHAT, "planned", 0, None)

    async def test_posts_stand_in_line(self, store: LeasedStore) -> None:
        """First planned, first in line, whichever chat it is of."""
        await planned(store, "z", "a")
        await store.append(replace(events(1, chat=OTHER_CHAT), posts=(post("m", room=OTHER_ROOM),)))

        rows = await store.unsent()

        assert [row.post.key for row in rows] == ["z", "a", "m"]
        assert [row.sequence for row in rows] == sorted({row.sequence for row in rows})
        assert [row.post.key for row in await store.unsent(OTHER_ROOM)] == ["m"]

    async def test_a_key_is_planned_once(self, store: LeasedStore) -> None:
        """A post planned a second time under its key is the first one, even when that is posted already."""
        await planned(store, "q1")
        await store.append(replace(events(expected=1), posts=(post("q1", minutes=30),)))
        assert (await only(store)).post == post("q1")

        await store.append(replace(events(expected=1), marks=(mark("q1", "posted"),)))
        await store.append(replace(events(expected=1), posts=(post("q1"),)))
        assert await keys(store) == []


class TestLatest:
    """In the lane `latest` only the newest post of a key matters."""

    async def test_the_newest_takes_over_the_row(self, store: LeasedStore) -> None:
        """A card that changed before it was sent is sent once, as it is now."""
        await store.append(replace(events(1), posts=(post("card", lane="latest"), post("q1"))))
        newest = post("card", lane="latest", minutes=9)
        await store.append(replace(events(expected=1), posts=(post("card", lane="latest"), newest)))

        [card, question] = await store.unsent()

        assert (card.post, card.revision, question.post) == (newest, 2, post("q1"))

    async def test_a_posted_card_is_planned_again(self, store: LeasedStore) -> None:
        """What was sent goes out again when it changes, as if never tried."""
        card = post("card", lane="latest")
        await store.append(replace(events(1), posts=(card,)))
        await store.mark(mark("card", "intent"), epoch=0)
        await store.mark(mark("card", "posted"), epoch=0)
        assert await keys(store) == []

        await store.append(replace(events(expected=1), posts=(card,)))

        row = await only(store)
        assert (row.state, row.attempts, row.first_at, row.last_at) == ("planned", 0, None, None)

    async def test_a_late_receipt_does_not_settle_the_newer_card(self, store: LeasedStore) -> None:
        """While the old card was on its way a newer one was planned: that one still has to go."""
        await store.append(replace(events(1), posts=(post("card", lane="latest"),)))
        tried = (await only(store)).revision
        await store.append(replace(events(expected=1), posts=(post("card", lane="latest", minutes=9),)))

        with pytest.raises(Conflict):
            await store.mark(mark("card", "posted", revision=tried), epoch=0)
        await store.append(replace(events(expected=1), marks=(mark("card", "posted", revision=tried),)))
        assert await keys(store) == ["card"]

        await store.mark(mark("card", "posted", revision=tried + 1), epoch=0)
        assert await keys(store) == []

    async def test_a_question_never_turns_into_a_card(self, store: LeasedStore) -> None:
        """A key belongs to its lane: neither a card nor a question is replaced by a post of the other."""
        await store.append(replace(events(1), posts=(post("q1"), post("card", lane="latest"))))
        claims = (post("q1", lane="latest", minutes=9), post("card", minutes=9))
        await store.append(replace(events(expected=1), posts=claims))

        assert [row.post for row in await store.unsent()] == [post("q1"), post("card", lane="latest")]


class TestMarks:
    """A row says what was tried and what became of it."""

    async def test_attempts_are_counted_with_their_times(self, store: LeasedStore) -> None:
        """Each attempt is noted before it is made: the first time, the last time, and how often."""
        await planned(store, "q1")
        for minutes in (8, 9):
            await store.mark(mark("q1", "intent", minutes), epoch=0)
        await store.mark(mark("q1", "ask", 11), epoch=0)

        row = await only(store)

        assert (row.state, row.attempts) == ("ask", 2)
        assert (row.first_at, row.last_at) == (minute(8), minute(9))

    async def test_what_was_sent_twice_not_long_ago_is_told(self, store: LeasedStore) -> None:
        """Of these a second copy may still turn up; once tried, long ago, or not posted: nobody need watch."""
        await planned(store, "twice", "once", "long-ago", "failed")
        for key, minutes in (("twice", (8, 9)), ("once", (9,)), ("long-ago", (1, 2)), ("failed", (8, 9))):
            for at in minutes:
                await store.mark(mark(key, "intent", at), epoch=0)
            await store.mark(mark(key, "failed" if key == "failed" else "posted", 10), epoch=0)

        [row] = await store.resent(minute(5))

        assert (row.post.key, row.attempts, row.last_at) == ("twice", 2, minute(9))

    @pytest.mark.parametrize("state", ["posted", "failed", "cancelled"])
    async def test_what_is_done_stands_in_line_no_more(self, store: LeasedStore, state: PostState) -> None:
        """Posted, failed and cancelled rows are not tried again, and later ones move up."""
        await planned(store, "q1", "q2")
        await store.mark(mark("q1", state), epoch=0)

        assert await keys(store) == ["q2"]
        with pytest.raises(Conflict):
            await store.mark(mark("q1", "intent"), epoch=0)

    @pytest.mark.parametrize("state", ["planned", "intent", "ask", "failed", "cancelled", "posted"])
    async def test_posted_is_for_ever(self, store: LeasedStore, state: PostState) -> None:
        """Nothing makes a post that stands in its room be sent again."""
        await planned(store, "q1")
        await store.mark(mark("q1", "posted"), epoch=0)

        with pytest.raises(Conflict):
            await store.mark(mark("q1", state), epoch=0)

        assert await store.delivered(CHAT) == {"q1": post("q1")}

    @pytest.mark.parametrize("given_up", ["failed", "cancelled", "ask"])
    async def test_a_post_may_turn_up_after_all(self, store: LeasedStore, given_up: PostState) -> None:
        """A post that was given up and then seen in the room is posted."""
        await planned(store, "q1")
        await store.mark(mark("q1", given_up), epoch=0)
        await store.mark(mark("q1", "posted"), epoch=0)

        assert list(await store.delivered(CHAT)) == ["q1"]

    async def test_a_failed_post_can_be_tried_again(self, store: LeasedStore) -> None:
        """A moderator who says "post it" after a failure puts it back in line."""
        await planned(store, "q1", "q2")
        await store.mark(mark("q1", "failed"), epoch=0)
        await store.mark(mark("q1", "planned"), epoch=0)

        assert await keys(store) == ["q1", "q2"]

    async def test_a_receipt_and_its_event_are_one(self, store: LeasedStore) -> None:
        """The log says that a post stands exactly when its row does: a refused batch moves neither."""
        await planned(store, "q1")
        with pytest.raises(Conflict):
            await store.append(replace(events(2, expected=9), marks=(mark("q1", "posted"),)))
        assert await keys(store) == ["q1"]

        await store.append(replace(events(2, expected=1), marks=(mark("q1", "posted"),)))
        assert await keys(store) == []

    async def test_a_post_may_be_planned_and_marked_at_once(self, store: LeasedStore) -> None:
        """What a batch plans, the same batch may cancel."""
        await store.append(replace(events(1), posts=(post("q1"),), marks=(mark("q1", "cancelled"),)))

        assert await keys(store) == []

    async def test_a_mark_of_nothing_is_refused(self, store: LeasedStore) -> None:
        """Whoever marks a post that was never planned is told."""
        with pytest.raises(Conflict):
            await store.mark(mark("q9", "intent"), epoch=0)

    async def test_delivered_posts_are_found_by_chat_and_key(self, store: LeasedStore) -> None:
        """A page asks for the posts it shows, and gets those that stand."""
        await planned(store, "q1", "q2", "q3")
        await store.append(replace(events(1, chat=OTHER_CHAT), posts=(post("other"),)))
        for key in ("other", "q3", "q1"):
            await store.mark(mark(key, "posted"), epoch=0)

        assert list(await store.delivered(CHAT)) == ["q1", "q3"]
        assert list(await store.delivered(CHAT, [PostKey("q3"), PostKey("q2")])) == ["q3"]

    async def test_times_are_exact(self, store: LeasedStore) -> None:
        """A time in a post's arguments comes back to the microsecond."""
        await planned(store, "q1")

        at = (await only(store)).post.arguments["at"]

        assert isinstance(at, datetime)
        assert at == minute(8)
