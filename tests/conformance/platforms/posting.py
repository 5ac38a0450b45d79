"""What the house posts stands in the room: once, in order, and doubt is told from certainty."""

import asyncio
from datetime import datetime, timedelta

from bot.errors import PlatformTrouble
from bot.ports import Capabilities, HeardEcho, HeardMessage, PostKey, Receipt
from tests.conformance.platforms.promise import (
    ASKED,
    NEXT,
    SHOWN,
    Promise,
    begin,
    insist,
    refusal,
    until_it_stands,
)
from tests.conformance.platforms.stage import Stage, words


class Posts(Promise):
    """A post in a room."""

    async def happy(self, stage: Stage) -> None:
        """Give its receipt: under that id it stands, and it is nobody else's message."""
        receipt = await stage.post("chat/q1", ASKED)
        await until_it_stands(stage, SHOWN)
        assert receipt.id == stage.standing()[0].id
        assert abs(receipt.at - stage.clock.now()) < timedelta(minutes=1)
        assert stage.recorder.of(HeardMessage) == []

    async def repeated(self, stage: Stage) -> None:
        """Stand once when the answer was lost: sent again within the window, else found in history."""
        since, lost = begin(stage), stage.lose_answer()
        trouble = await refusal(lambda: stage.post("chat/q1", ASKED))
        assert (trouble is not None) == lost
        assert trouble is None or (trouble.unknown and not trouble.permanent)
        receipt = await self._again(stage, since)
        assert receipt is not None
        await until_it_stands(stage, SHOWN)
        assert receipt.id == stage.standing()[0].id

    @staticmethod
    async def _again(stage: Stage, since: datetime) -> Receipt | None:
        if stage.platform.capabilities.idempotency_window:
            return await stage.post("chat/q1", ASKED)
        look = await stage.platform.look_up(PostKey("chat/q1"), stage.room, since)
        return look.copies[0] if look.copies else None

    async def reordered(self, stage: Stage) -> None:
        """Give each of several posts under way its own receipt."""
        texts = [f"What helped you on day {number}?" for number in range(5)]
        posting = [stage.post(f"chat/q{number}", text) for number, text in enumerate(texts)]
        receipts = await asyncio.gather(*posting)
        await stage.until(lambda: len(stage.standing()) == 5)
        standing = {post.id: post.text for post in stage.standing()}
        assert all(text in standing[receipt.id] for receipt, text in zip(receipts, texts, strict=True))

    async def refused(self, stage: Stage) -> None:
        """Say for certain that it does not stand: for now, or for good."""
        stage.be_busy("post")
        await insist(stage, lambda: stage.post("chat/q1", ASKED))
        await until_it_stands(stage, SHOWN)
        forbidden = stage.forbid()
        trouble = await refusal(lambda: stage.post("chat/q2", NEXT))
        assert (trouble is not None) == forbidden
        assert trouble is None or (trouble.permanent and not trouble.unknown)
        await until_it_stands(stage, *([SHOWN] if forbidden else [SHOWN, NEXT]))


class PostsInParts(Promise):
    """A long text in parts, each as long as the platform says it takes."""

    @staticmethod
    def _parts(stage: Stage) -> list[str]:
        # Signs of two UTF-16 units, and signs that platforms escape: both lengthen what is sent.
        length = stage.platform.capabilities.post_length
        return [f"Part {number} ".ljust(length - 60, "ä") + "&<>*_" * 6 + "🙂" * 30 for number in (1, 2)]

    async def happy(self, stage: Stage) -> None:
        """Show each part whole, in order."""
        for number, part in enumerate(self._parts(stage)):
            await stage.post(f"chat/summary/{number}", part)
        await stage.until(lambda: len(stage.standing()) == 2)
        for number, text in enumerate(stage.texts(), start=1):
            assert f"Part {number} ä" in text
            assert text.count("🙂") == 30
            assert text.count("ä") == self._parts(stage)[0].count("ä")

    async def repeated(self, stage: Stage) -> None:
        """Know a part that stands already, and its neighbour that does not."""
        since = begin(stage)
        first = await stage.post("chat/summary/0", self._parts(stage)[0])
        found = await stage.platform.look_up(PostKey("chat/summary/0"), stage.room, since)
        missing = await stage.platform.look_up(PostKey("chat/summary/1"), stage.room, since)
        assert [copy.id for copy in found.copies] == [first.id]
        assert not missing.copies

    async def reordered(self, stage: Stage) -> None:
        """Keep a part where it stands when an earlier one is corrected later."""
        first, second = self._parts(stage)
        receipt = await stage.post("chat/summary/0", first)
        await stage.post("chat/summary/1", second)
        corrected = words("Part 1 corrected")
        await stage.platform.edit(PostKey("chat/summary/0/edit"), stage.room, receipt.id, corrected)
        await until_it_stands(stage, "Part 1 corrected", "Part 2 ä")

    async def refused(self, stage: Stage) -> None:
        """Take no more than was said: what is too long is refused or cut, and the next part still goes."""
        too_long = "Part 1 " + "ä" * (2 * stage.platform.capabilities.post_length + 1_000)
        trouble = await refusal(lambda: stage.post("chat/summary/0", too_long))
        assert trouble is None or trouble.permanent
        await stage.post("chat/summary/1", "Part 2")
        await stage.until(lambda: stage.texts() and "Part 2" in stage.texts()[-1])
        assert len(stage.texts()) == (2 if trouble is None else 1)


class HearsItself(Promise):
    """Our own post that comes back as a message of the room: it tells where an answer was lost."""

    def is_declared(self, capabilities: Capabilities) -> bool:
        """Return whether a post can ever be in doubt: where its key is known for ever, it is simply sent again."""
        return capabilities.idempotency_window != float("inf")

    async def happy(self, stage: Stage) -> None:
        """Know it by its key, under the id of its receipt, as nobody's words."""
        receipt = await stage.post("chat/q1", ASKED)
        await stage.until(lambda: stage.recorder.of(HeardEcho))
        [echo] = stage.recorder.of(HeardEcho)
        assert (echo.key, echo.room, echo.id) == ("chat/q1", stage.room, receipt.id)
        assert echo.at == receipt.at
        assert stage.recorder.of(HeardMessage) == []

    async def repeated(self, stage: Stage) -> None:
        """Know it again when it is told twice."""
        stage.tell_twice()
        await self.happy(stage)

    async def reordered(self, stage: Stage) -> None:
        """Know it when its answer never came."""
        assert stage.lose_answer()
        trouble = await refusal(lambda: stage.post("chat/q1", ASKED))
        assert isinstance(trouble, PlatformTrouble)
        await stage.until(lambda: stage.recorder.of(HeardEcho))
        [echo] = stage.recorder.of(HeardEcho)
        assert (echo.key, echo.id) == ("chat/q1", stage.standing()[0].id)

    async def refused(self, stage: Stage) -> None:
        """Hear it later when it cannot be stored now."""
        stage.recorder.full = True
        receipt = await stage.post("chat/q1", ASKED)
        await stage.until(lambda: stage.recorder.turned_away)
        stage.recorder.full = False
        await stage.until(lambda: stage.recorder.of(HeardEcho))
        assert [echo.id for echo in stage.recorder.of(HeardEcho)] == [receipt.id]

    async def absent(self, stage: Stage) -> None:
        """The same post sent a second time is the first, and nothing comes back as somebody's words."""
        first, second = await stage.post("chat/q1", ASKED), await stage.post("chat/q1", ASKED)
        await until_it_stands(stage, SHOWN)
        assert first.id == second.id
        assert stage.recorder.everything == []
