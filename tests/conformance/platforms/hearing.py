"""What people do reaches the house: once, whole, under the right name, and not before it is stored."""

import asyncio
from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from bot.ports import (
    Heard,
    HeardDeletion,
    HeardEdit,
    HeardMessage,
    HeardReaction,
)
from tests.conformance.platforms.promise import Promise, begin
from tests.conformance.platforms.stage import Stage

TEXT = "A1 A later start helped me, & a chair <that> I may *leave* 🙂"
CHANGED = "A1 A later start, at ten, helped me"


@dataclass
class Scene:
    """Who is there, which message it is about, and what the one who acted was told."""

    maren: str
    kofi: str
    message: str = ""
    told: str = ""


class Hears(Promise):
    """Something that people do, and what is heard of it."""

    kind: ClassVar[type[Heard]]

    async def prepare(self, stage: Stage) -> Scene:
        """Return people, and a message that was heard."""
        scene = Scene(await stage.join("Maren"), await stage.join("Kofi"))
        scene.message = await stage.say(scene.maren, TEXT)
        await stage.until(lambda: TEXT in stage.recorder.texts())
        return scene

    @abstractmethod
    async def act(self, stage: Stage, scene: Scene) -> None:
        """Do it."""

    @abstractmethod
    def check(self, stage: Stage, scene: Scene, heard: Heard) -> None:
        """Hold what was heard against what was done."""

    def heard(self, stage: Stage) -> list[Heard]:
        """Return what was heard of it."""
        return [one for one in stage.recorder.of(self.kind) if self.is_it(one)]

    def is_it(self, heard: Heard) -> bool:
        """Return whether *heard* is what was done, and not what was done to prepare it."""
        return True

    async def _check_once(self, stage: Stage, scene: Scene) -> None:
        await stage.until(lambda: self.heard(stage))
        await self._let_all_come(stage, scene)
        [heard] = self.heard(stage)
        assert heard.room == stage.room
        self.check(stage, scene, heard)

    @staticmethod
    async def _let_all_come(stage: Stage, scene: Scene) -> None:
        """Return when everything that was under way has come: nothing overtakes anything."""
        await stage.say(scene.kofi, "the last word")
        await stage.until(lambda: "the last word" in stage.recorder.texts())
        for _ in range(20):
            await asyncio.sleep(0)

    async def happy(self, stage: Stage) -> None:
        """Hear it."""
        scene = await self.prepare(stage)
        await self.act(stage, scene)
        await self._check_once(stage, scene)

    async def repeated(self, stage: Stage) -> None:
        """Hear it once, however often it is told."""
        scene = await self.prepare(stage)
        stage.tell_twice()
        await self.act(stage, scene)
        await self._check_once(stage, scene)

    async def reordered(self, stage: Stage) -> None:
        """Hear it although what it is about comes later, and hear that too."""
        scene = Scene(await stage.join("Maren"), await stage.join("Kofi"))
        async with stage.held_back():
            scene.message = await stage.say(scene.maren, TEXT)
            await self.act(stage, scene)
        await self.look_again(stage)
        await stage.until(lambda: TEXT in stage.recorder.texts())
        await self._check_once(stage, scene)
        first = next(one for one in stage.recorder.of(HeardMessage) if one.text == TEXT)
        assert first.id == scene.message

    async def look_again(self, stage: Stage) -> None:
        """Do what the house does once a minute, where what comes before what it belongs to is not told at all."""

    async def refused(self, stage: Stage) -> None:
        """Hear it later when it cannot be stored now; nobody is told before that it was."""
        scene = await self.prepare(stage)
        stage.recorder.full = True
        async with asyncio.TaskGroup() as tasks:
            doing = tasks.create_task(self.act(stage, scene))
            await stage.until(lambda: stage.recorder.turned_away)
            assert self.heard(stage) == []
            assert not scene.told
            stage.recorder.full = False
            await doing
        await self._check_once(stage, scene)


class HearsMessages(Hears):
    """What somebody writes."""

    kind = HeardMessage

    async def act(self, stage: Stage, scene: Scene) -> None:
        scene.told = ""
        self.said = await stage.say(scene.kofi, self.text)

    text = "Same here, <b>mornings</b> are *slow*; https://example.org/a_b_c"

    def is_it(self, heard: Heard) -> bool:
        return isinstance(heard, HeardMessage) and heard.text == self.text

    def check(self, stage: Stage, scene: Scene, heard: Heard) -> None:
        assert isinstance(heard, HeardMessage)
        assert (heard.id, heard.author.id, heard.author.name) == (self.said, scene.kofi, "Kofi")
        assert (heard.reply_to, heard.thread, heard.author.bot) == (None, None, False)

    async def reordered(self, stage: Stage) -> None:
        """Tell by their times which message came first."""
        await super().reordered(stage)
        if stage.has_times:
            found = sorted(stage.recorder.of(HeardMessage), key=lambda one: (one.at, one.sequence, one.id))
            assert [one.text for one in found] == [TEXT, self.text, "the last word"]


class HearsReplies(HearsMessages):
    """An answer to somebody's message."""

    async def act(self, stage: Stage, scene: Scene) -> None:
        self.said = await stage.say(scene.kofi, self.text, reply_to=scene.message)

    def check(self, stage: Stage, scene: Scene, heard: Heard) -> None:
        assert isinstance(heard, HeardMessage)
        assert (heard.id, heard.author.id, heard.reply_to) == (self.said, scene.kofi, scene.message)


class HearsThreads(HearsMessages):
    """What somebody writes into the thread under a message."""

    needs = "threads"

    async def act(self, stage: Stage, scene: Scene) -> None:
        self.said = await stage.say_in_thread(scene.kofi, self.text, scene.message)

    async def look_again(self, stage: Stage) -> None:
        """Read the room back: a line in a thread that nobody told us of yet belongs to no room of ours."""
        await stage.until(lambda: TEXT in stage.recorder.texts())
        if stage.platform.capabilities.history:
            async for heard in stage.platform.history(stage.room, begin(stage)):
                await stage.recorder.hear(heard)

    def check(self, stage: Stage, scene: Scene, heard: Heard) -> None:
        assert isinstance(heard, HeardMessage)
        assert (heard.id, heard.author.id, heard.thread) == (self.said, scene.kofi, scene.message)

    async def absent(self, stage: Stage) -> None:
        """Nothing is heard of a thread, and the room goes on."""
        scene = await self.prepare(stage)
        await self.act(stage, scene)
        await self._let_all_come(stage, scene)
        assert stage.recorder.texts() == [TEXT, "the last word"]
        assert all(heard.thread is None for heard in stage.recorder.of(HeardMessage))


class HearsEdits(Hears):
    """A message that its author changes."""

    kind = HeardEdit
    needs = "edits"

    async def act(self, stage: Stage, scene: Scene) -> None:
        await stage.edit(scene.maren, scene.message, CHANGED)

    def check(self, stage: Stage, scene: Scene, heard: Heard) -> None:
        assert isinstance(heard, HeardEdit)
        assert (heard.id, heard.text) == (scene.message, CHANGED)
        assert heard.by is None or heard.by.id == scene.maren


class HearsDeletions(Hears):
    """A message that its author takes back."""

    kind = HeardDeletion
    needs = "deletes"

    async def act(self, stage: Stage, scene: Scene) -> None:
        await stage.delete(scene.maren, scene.message)

    def check(self, stage: Stage, scene: Scene, heard: Heard) -> None:
        assert isinstance(heard, HeardDeletion)
        assert heard.id == scene.message
        assert heard.by is None or heard.by.id == scene.maren


class HearsReactions(Hears):
    """A reaction that comes."""

    kind = HeardReaction
    needs = "reactions"
    present = True

    async def act(self, stage: Stage, scene: Scene) -> None:
        await stage.react(scene.kofi, scene.message, present=self.present)

    def is_it(self, heard: Heard) -> bool:
        return isinstance(heard, HeardReaction) and heard.present is self.present

    def check(self, stage: Stage, scene: Scene, heard: Heard) -> None:
        assert isinstance(heard, HeardReaction)
        assert (heard.id, heard.by.id, heard.reaction) == (scene.message, scene.kofi, stage.sign)


class HearsReactionsGo(HearsReactions):
    """A reaction that goes."""

    present = False

    async def prepare(self, stage: Stage) -> Scene:
        scene = await super().prepare(stage)
        await stage.react(scene.kofi, scene.message)
        await stage.until(lambda: stage.recorder.of(HeardReaction))
        return scene
