"""What stands in the room can be changed and taken away, and nothing else with it."""

from bot.ports import PostKey
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


class EditsPosts(Promise):
    """A post of ours that says something else."""

    needs = "edits"

    async def _edit(self, stage: Stage, id: str, text: str, number: int = 1) -> None:
        await stage.platform.edit(PostKey(f"chat/edit/{number}"), stage.room, id, words(text))

    async def happy(self, stage: Stage) -> None:
        """Replace its words; it is still found under its own key."""
        since = begin(stage)
        receipt = await stage.post("chat/q1", ASKED)
        await self._edit(stage, receipt.id, NEXT)
        await until_it_stands(stage, NEXT)
        found = await stage.platform.look_up(PostKey("chat/q1"), stage.room, since)
        assert [copy.id for copy in found.copies] == [receipt.id]

    async def repeated(self, stage: Stage) -> None:
        """Change nothing the second time."""
        receipt = await stage.post("chat/q1", ASKED)
        await self._edit(stage, receipt.id, NEXT)
        await self._edit(stage, receipt.id, NEXT)
        await until_it_stands(stage, NEXT)

    async def reordered(self, stage: Stage) -> None:
        """Change the one that is meant, in its place, with others after it; the last edit stands."""
        first = await stage.post("chat/q1", ASKED)
        await stage.post("chat/q2", NEXT)
        await self._edit(stage, first.id, "first thought", 1)
        await self._edit(stage, first.id, "second thought", 2)
        await until_it_stands(stage, "second thought", NEXT)

    async def refused(self, stage: Stage) -> None:
        """Edit once patience is back; what somebody took away does not come again."""
        receipt = await stage.post("chat/q1", ASKED)
        stage.be_busy("edit")
        await insist(stage, lambda: self._edit(stage, receipt.id, NEXT))
        await until_it_stands(stage, NEXT)
        await stage.platform.delete(PostKey("chat/delete"), stage.room, receipt.id)
        await until_it_stands(stage)
        trouble = await refusal(lambda: self._edit(stage, receipt.id, ASKED))
        assert trouble is None or (trouble.permanent and not trouble.unknown)
        assert stage.forbid() is (trouble is not None)


class DeletesPosts(Promise):
    """A post of ours that is taken away."""

    needs = "deletes"

    async def _delete(self, stage: Stage, id: str) -> None:
        await stage.platform.delete(PostKey(f"chat/delete/{id}"), stage.room, id)

    async def happy(self, stage: Stage) -> None:
        """Take it away, and only it; nobody's message is heard to be gone."""
        first = await stage.post("chat/q1", ASKED)
        await stage.post("chat/q2", NEXT)
        await until_it_stands(stage, SHOWN, NEXT)
        await self._delete(stage, first.id)
        await until_it_stands(stage, NEXT)

    async def repeated(self, stage: Stage) -> None:
        """Be content with what is gone already."""
        receipt = await stage.post("chat/q1", ASKED)
        await self._delete(stage, receipt.id)
        await self._delete(stage, receipt.id)
        await until_it_stands(stage)

    async def reordered(self, stage: Stage) -> None:
        """Take away the first when the second is gone already."""
        first, second = await stage.post("chat/q1", ASKED), await stage.post("chat/q2", NEXT)
        await self._delete(stage, second.id)
        await self._delete(stage, first.id)
        await until_it_stands(stage)

    async def refused(self, stage: Stage) -> None:
        """Delete once patience is back."""
        receipt = await stage.post("chat/q1", ASKED)
        stage.be_busy("delete")
        await insist(stage, lambda: self._delete(stage, receipt.id))
        await until_it_stands(stage)
