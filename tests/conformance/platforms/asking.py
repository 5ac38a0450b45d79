"""What people ask for, typed, pressed or filled in, is done once and answered to them alone."""

import asyncio
from typing import ClassVar

from bot.markup import Ask, Button, Buttons, Content, Heading
from bot.ports import Heard, HeardCommand
from tests.conformance.platforms.hearing import Hears, Scene
from tests.conformance.platforms.stage import Stage

NO = "Only moderators can do that."


class HearsCommands(Hears):
    """A command that somebody types."""

    kind = HeardCommand
    arguments: ClassVar[dict[str, str]] = {"minutes": "5"}
    command, expects = "extend", None

    async def act(self, stage: Stage, scene: Scene) -> None:
        scene.told = await stage.command(scene.kofi, "extend", minutes="5")

    def check(self, stage: Stage, scene: Scene, heard: Heard) -> None:
        assert isinstance(heard, HeardCommand)
        assert (heard.by.id, heard.by.name) == (scene.kofi, "Kofi")
        assert (heard.command, heard.arguments, heard.expects) == (self.command, self.arguments, self.expects)
        assert f"Done: {self.command}." in scene.told

    async def refused(self, stage: Stage) -> None:
        """Say no, in words, to the one who asked; and wait while nothing can be stored."""
        stage.recorder.refusal = NO
        scene = await self.prepare(stage)
        await self.act(stage, scene)
        assert NO in scene.told
        assert stage.texts() == []
        stage.recorder.refusal, stage.recorder.everything[:] = "", []
        await self._wait_for_the_store(stage, scene)

    async def _wait_for_the_store(self, stage: Stage, scene: Scene) -> None:
        stage.recorder.full, scene.told = True, ""
        async with asyncio.TaskGroup() as tasks:
            doing = tasks.create_task(self.act(stage, scene))
            await stage.until(lambda: stage.recorder.turned_away)
            assert not scene.told
            stage.recorder.full = False
            await doing
        await self._check_once(stage, scene)


CARD = Content(
    label="card",
    blocks=(
        Heading(text="The hour so far"),
        Buttons(
            buttons=(
                Button(label="Go on", command="next", arguments=(("question", "q2"),), expects="question q1"),
                Button(
                    label="Say",
                    command="say",
                    expects="question q1",
                    asks=(Ask(name="text", label="What shall I say?", kind="long"),),
                ),
            )
        ),
    ),
)


class HearsButtons(HearsCommands):
    """A button on a card."""

    needs = "buttons"
    arguments: ClassVar[dict[str, str]] = {"question": "q2"}
    command, expects = "next", "question q1"

    async def act(self, stage: Stage, scene: Scene) -> None:
        await show_card(stage, scene.kofi)
        scene.told = await stage.press(scene.kofi, "Go on")


class HearsForms(HearsCommands):
    """A button that asks, and the form that is filled in."""

    needs = "forms"
    arguments: ClassVar[dict[str, str]] = {"text": "Two minutes more, <then> Q2"}
    command, expects = "say", "question q1"

    async def act(self, stage: Stage, scene: Scene) -> None:
        await show_card(stage, scene.kofi)
        scene.told = await stage.fill_in(scene.kofi, "Say", text=self.arguments["text"])


async def show_card(stage: Stage, who: str) -> None:
    """Have somebody lead, and see their card."""
    stage.recorder.leaders, stage.recorder.card = (who,), CARD
    stage.platform.refresh(stage.room)
    await stage.until(lambda: "The hour so far" in stage.card(who))
