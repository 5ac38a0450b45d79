"""What stands in a room, and what we may not do there: told truly, or not at all."""

from datetime import datetime, timedelta

from bot.ports import Heard, HeardGap, HeardMessage, Look, PostKey
from tests.conformance.platforms.hearing import TEXT
from tests.conformance.platforms.promise import ASKED, NEXT, Promise, begin, insist, refusal
from tests.conformance.platforms.stage import Stage


class LooksUp(Promise):
    """Whether a post stands in the room."""

    needs = "durable_marker"

    async def _look(self, stage: Stage, key: str, since: datetime) -> Look:
        return await stage.platform.look_up(PostKey(key), stage.room, since)

    async def happy(self, stage: Stage) -> None:
        """Find what stands, and say of what does not that it does not."""
        since = begin(stage)
        receipt = await stage.post("chat/q1", ASKED)
        found = await self._look(stage, "chat/q1", since)
        assert [(copy.id, copy.via) for copy in found.copies] == [(receipt.id, "history")]
        assert abs(found.copies[0].at - receipt.at) < timedelta(seconds=1)
        assert await self._look(stage, "chat/q2", since) == Look()

    async def repeated(self, stage: Stage) -> None:
        """Say the same the second time."""
        since = begin(stage)
        await stage.post("chat/q1", ASKED)
        assert await self._look(stage, "chat/q1", since) == await self._look(stage, "chat/q1", since)

    async def reordered(self, stage: Stage) -> None:
        """Find it under everything that came after it, and not take people's copies for it."""
        since, maren = begin(stage), await stage.join("Maren")
        await stage.say(maren, ASKED)
        first = await stage.post("chat/q1", ASKED)
        for number in range(5):
            await stage.say(maren, f"{ASKED} {number}")
        await stage.post("chat/q2", NEXT)
        found = await self._look(stage, "chat/q1", since)
        assert [copy.id for copy in found.copies] == [first.id]

    async def refused(self, stage: Stage) -> None:
        """Never say "it does not stand" when it may not look."""
        since = begin(stage)
        await stage.post("chat/q1", ASKED)
        stage.be_busy("look_up")
        assert await insist(stage, lambda: self._look(stage, "chat/q1", since))
        forbidden = stage.forbid()
        trouble = await refusal(lambda: self._look(stage, "chat/q1", since))
        assert (trouble is not None) == forbidden


class ReadsBack(Promise):
    """What people wrote while nobody listened."""

    async def _read(self, stage: Stage, since: datetime) -> list[Heard]:
        return [heard async for heard in stage.platform.history(stage.room, since)]

    async def _texts(self, stage: Stage, since: datetime) -> list[str]:
        """Return what was heard or can be read back, in order."""
        found = {one.id: one for one in [*await self._read(stage, since), *stage.recorder.everything]
                 if isinstance(one, HeardMessage)}  # fmt: skip
        return [one.text for one in sorted(found.values(), key=lambda one: (one.at, one.sequence))]

    async def happy(self, stage: Stage) -> None:
        """Say that something may have been missed once the line is back, and tell what it was when asked."""
        since, maren = begin(stage), await stage.join("Maren")
        await stage.say(maren, "before")
        await stage.until(lambda: "before" in stage.recorder.texts())
        async with stage.deaf():
            await stage.say(maren, TEXT)
        await stage.until(lambda: TEXT in stage.recorder.texts() or any(self._gaps(stage)))
        await stage.post("chat/q1", ASKED)
        assert await self._texts(stage, since) == ["before", TEXT]

    @staticmethod
    def _gaps(stage: Stage) -> list[datetime]:
        return [gap.since for gap in stage.recorder.of(HeardGap) if gap.since is not None]

    async def repeated(self, stage: Stage) -> None:
        """Read the same twice; what was heard already stays one message."""
        since, maren = begin(stage), await stage.join("Maren")
        await stage.say(maren, TEXT)
        await stage.until(lambda: TEXT in stage.recorder.texts())
        first, second = await self._read(stage, since), await self._read(stage, since)
        assert first == second
        for heard in (*first, *second):
            await stage.recorder.hear(heard)
        assert len(stage.recorder.of(HeardMessage)) == 1

    async def reordered(self, stage: Stage) -> None:
        """Read it in the order in which it was written, however it came."""
        since, maren = begin(stage), await stage.join("Maren")
        async with stage.held_back():
            for number in range(3):
                await stage.say(maren, f"line {number}")
        await stage.until(lambda: len(stage.recorder.texts()) == 3)
        told = [one.text for one in await self._read(stage, since) if isinstance(one, HeardMessage)]
        assert told in ([f"line {number}" for number in range(3)], [])
        if stage.has_times:
            assert await self._texts(stage, since) == [f"line {number}" for number in range(3)]

    async def refused(self, stage: Stage) -> None:
        """Say so when it may not be read, in the one way in which everything else does."""
        since, maren = begin(stage), await stage.join("Maren")
        await stage.say(maren, TEXT)
        await stage.until(lambda: TEXT in stage.recorder.texts())
        stage.be_busy("history")
        told = await insist(stage, lambda: self._read(stage, since))
        assert [one.text for one in told if isinstance(one, HeardMessage)] in ([TEXT], [])
        forbidden = stage.forbid()
        assert (await refusal(lambda: self._read(stage, since)) is not None) == forbidden


class KnowsWhatItLacks(Promise):
    """What keeps us from running a chat in a room."""

    async def happy(self, stage: Stage) -> None:
        """Nothing does."""
        assert await stage.platform.lacks(stage.room) == ()

    async def repeated(self, stage: Stage) -> None:
        """Look anew each time: what was mended is no longer named."""
        assert await stage.platform.lacks(stage.room) == await stage.platform.lacks(stage.room)

    async def reordered(self, stage: Stage) -> None:
        """Name it before anything was posted, and after."""
        await stage.post("chat/q1", ASKED)
        forbidden = stage.forbid()
        assert bool(await stage.platform.lacks(stage.room)) == forbidden

    async def refused(self, stage: Stage) -> None:
        """Name what is missing, and the fix."""
        stage.be_busy("lacks")
        assert await insist(stage, lambda: stage.platform.lacks(stage.room)) == ()
        forbidden = stage.forbid()
        lacking = await stage.platform.lacks(stage.room)
        assert bool(lacking) == forbidden
        assert all(lack.name and lack.fix.endswith(".") for lack in lacking)
