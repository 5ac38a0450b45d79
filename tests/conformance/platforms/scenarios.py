"""The table: every capability x how the world treats it x every platform. Whatever is added to it is tested."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module

from tests.conformance.platforms import asking, changing, hearing, looking, posting, telling
from tests.conformance.platforms.promise import MODES, Promise
from tests.conformance.platforms.registry import STAGES

PROMISES: dict[str, type[Promise]] = {
    "message": hearing.HearsMessages,
    "reply": hearing.HearsReplies,
    "thread": hearing.HearsThreads,
    "edit": hearing.HearsEdits,
    "deletion": hearing.HearsDeletions,
    "reaction": hearing.HearsReactions,
    "reaction-off": hearing.HearsReactionsGo,
    "command": asking.HearsCommands,
    "button": asking.HearsButtons,
    "form": asking.HearsForms,
    "post": posting.Posts,
    "post-in-parts": posting.PostsInParts,
    "edit-post": changing.EditsPosts,
    "delete-post": changing.DeletesPosts,
    "private": telling.TellsOne,
    "card": telling.DrawsCards,
    "header": telling.ShowsHeader,
    "look-up": looking.LooksUp,
    "history": looking.ReadsBack,
    "lacks": looking.KnowsWhatItLacks,
    "echo": posting.HearsItself,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One promise, one way of the world, one platform. *mode* ``absent``: it says that it cannot do this."""

    platform: str
    capability: str
    mode: str

    def __str__(self) -> str:
        """Return how it is called in a report."""
        return f"{self.platform}-{self.capability}-{self.mode}"

    async def play(self) -> None:
        """Hold the platform against it; whatever it sent on the way has to be allowed."""
        async with STAGES[self.platform]() as stage:
            await getattr(PROMISES[self.capability](), self.mode)(stage)
            assert stage.violations() == []


def generated() -> Iterator[Scenario]:
    """Give the whole table; of what a platform declares absent, that it is refused cleanly."""
    for platform in STAGES:
        capabilities = import_module(f"adapters.{platform}").CAPABILITIES
        for name, promise in PROMISES.items():
            for mode in MODES if promise().is_declared(capabilities) else ("absent",):
                yield Scenario(platform=platform, capability=name, mode=mode)


SCENARIOS = tuple(generated())
