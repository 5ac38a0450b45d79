"""What is for one person is read by that person alone; cards and the line above the room show how it is now."""

import asyncio
from dataclasses import replace

from bot.markup import Content, Heading
from bot.ports import PostKey
from tests.conformance.platforms.asking import CARD
from tests.conformance.platforms.promise import ASKED, NEXT, SHOWN, Promise, insist, refusal, until_it_stands
from tests.conformance.platforms.stage import Stage, words


class TellsOne(Promise):
    """Something for one person alone."""

    needs = "private"

    async def _tell(self, stage: Stage, who: str, text: str, key: str = "chat/ask") -> None:
        await stage.platform.private(PostKey(key), stage.room, who, words(text))

    async def happy(self, stage: Stage) -> None:
        """Only that person reads it."""
        maren, kofi = await stage.join("Maren"), await stage.join("Kofi")
        await self._tell(stage, maren, ASKED)
        await stage.until(lambda: [SHOWN in text for text in stage.letters(maren)] == [True])
        assert stage.letters(kofi) == []
        assert stage.texts() == []

    async def repeated(self, stage: Stage) -> None:
        """Replace what stood under the same key, and nothing else."""
        maren = await stage.join("Maren")
        await self._tell(stage, maren, "one more thing", "chat/other")
        await self._tell(stage, maren, ASKED)
        await self._tell(stage, maren, NEXT)
        await stage.until(lambda: any(NEXT in text for text in stage.letters(maren)))
        assert sorted(NEXT in text for text in stage.letters(maren)) == [False, True]
        assert not any(SHOWN in text for text in stage.letters(maren))

    async def reordered(self, stage: Stage) -> None:
        """Give each of two people their own, both under way at once."""
        maren, kofi = await stage.join("Maren"), await stage.join("Kofi")
        await asyncio.gather(
            self._tell(stage, maren, ASKED, "chat/1"), self._tell(stage, kofi, NEXT, "chat/2")
        )
        await stage.until(lambda: stage.letters(maren) and stage.letters(kofi))
        assert [SHOWN in text for text in stage.letters(maren)] == [True]
        assert [NEXT in text for text in stage.letters(kofi)] == [True]

    async def refused(self, stage: Stage) -> None:
        """Tell who cannot be told, for good; the room goes on."""
        maren, kofi = await stage.join("Maren"), await stage.join("Kofi")
        stage.be_busy("private")
        await insist(stage, lambda: self._tell(stage, maren, ASKED))
        await stage.until(lambda: len(stage.letters(maren)) == 1)
        shut = stage.shut_out(kofi)
        trouble = await refusal(lambda: self._tell(stage, kofi, ASKED))
        assert (trouble is not None) == shut
        assert trouble is None or (trouble.permanent and not trouble.unknown)
        await stage.post("chat/q1", NEXT)
        await until_it_stands(stage, NEXT)


class DrawsCards(Promise):
    """The moderator card."""

    needs = "private"

    async def _lead(self, stage: Stage, *names: str) -> list[str]:
        people = [await stage.join(name) for name in names]
        stage.recorder.leaders, stage.recorder.card = tuple(people), CARD
        stage.platform.refresh(stage.room)
        return people

    async def _change(self, stage: Stage, text: str) -> None:
        stage.recorder.card = replace(CARD, blocks=(Heading(text=text), *CARD.blocks[1:]))
        stage.platform.refresh(stage.room)

    async def happy(self, stage: Stage) -> None:
        """Show it to who leads and to nobody else, and bring it up to date."""
        kofi, [ada] = await stage.join("Kofi"), await self._lead(stage, "Ada")
        await stage.until(lambda: "The hour so far" in stage.card(ada))
        await self._change(stage, "The second question")
        await stage.until(lambda: "The second question" in stage.card(ada))
        assert "The hour so far" not in stage.card(ada)
        assert (stage.card(kofi), stage.texts()) == ("", [])

    async def repeated(self, stage: Stage) -> None:
        """Draw one card, however often there is something new."""
        [ada] = await self._lead(stage, "Ada")
        for number in range(20):
            await self._change(stage, f"Message {number}")
            await asyncio.sleep(0)
        await stage.until(lambda: "Message 19" in stage.card(ada))
        assert stage.card(ada).count("Message") == 1

    async def reordered(self, stage: Stage) -> None:
        """Draw it for who begins to lead later."""
        ada = await stage.join("Ada")
        await self._change(stage, "Nobody leads yet")
        await stage.post("chat/q1", ASKED)
        await until_it_stands(stage, SHOWN)
        stage.recorder.leaders = (ada,)
        stage.platform.refresh(stage.room)
        await stage.until(lambda: "Nobody leads yet" in stage.card(ada))

    async def refused(self, stage: Stage) -> None:
        """Go without for who cannot be told; everybody else has theirs, and the room goes on."""
        kofi = await stage.join("Kofi")
        stage.shut_out(kofi)
        ada = await stage.join("Ada")
        stage.recorder.leaders, stage.recorder.card = (kofi, ada), CARD
        stage.be_busy("private")
        stage.platform.refresh(stage.room)
        await stage.until(lambda: "The hour so far" in stage.card(ada))
        await stage.post("chat/q1", ASKED)
        await until_it_stands(stage, SHOWN)


class ShowsHeader(Promise):
    """The standing line above the room."""

    needs = "header"

    async def _show(self, stage: Stage, text: str) -> None:
        stage.recorder.header = Content(label="header", blocks=(Heading(text=text),))
        stage.platform.refresh(stage.room)

    async def happy(self, stage: Stage) -> None:
        """Show it, and bring it up to date."""
        await self._show(stage, "Question 1 of 5")
        await stage.until(lambda: "Question 1 of 5" in stage.header())
        await self._show(stage, "Question 2 of 5")
        await stage.until(lambda: stage.header() == "Question 2 of 5")
        assert stage.texts() == []

    async def repeated(self, stage: Stage) -> None:
        """Show the newest, however often it changes."""
        for number in range(20):
            await self._show(stage, f"Question {number}")
        await stage.until(lambda: stage.header() == "Question 19")

    async def reordered(self, stage: Stage) -> None:
        """Show it although a post came in between."""
        await self._show(stage, "Question 1 of 5")
        await stage.post("chat/q1", ASKED)
        await stage.until(lambda: stage.header() == "Question 1 of 5")
        await until_it_stands(stage, SHOWN)

    async def refused(self, stage: Stage) -> None:
        """Take it away when there is nothing more to say."""
        await self._show(stage, "Question 1 of 5")
        await stage.until(stage.header)
        stage.recorder.header = None
        stage.platform.refresh(stage.room)
        await stage.until(lambda: not stage.header())

    async def absent(self, stage: Stage) -> None:
        """Nothing of it is posted instead, and posts go on."""
        await self._show(stage, "Question 1 of 5")
        await stage.post("chat/q1", ASKED)
        await until_it_stands(stage, SHOWN)
        assert stage.header() == ""
