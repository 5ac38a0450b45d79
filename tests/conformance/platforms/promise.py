"""What a promise is: one capability, held against four ways in which the world can treat it."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import ClassVar, TypeVar

from bot.errors import PlatformTrouble
from bot.ports import Capabilities
from tests.conformance.platforms.stage import Stage

ASKED = "What helped you most this week? @everyone <!channel> <@U0MAREN> **bold** & more"
SHOWN = "What helped you most this week?"
NEXT = "What would you ask your employer for?"
MODES = ("happy", "repeated", "reordered", "refused")
T = TypeVar("T")


class Promise(ABC):
    """One capability. *needs*: the field of `Capabilities` without which it is declared absent."""

    needs: ClassVar[str | None] = None

    def is_declared(self, capabilities: Capabilities) -> bool:
        """Return whether a platform says that it can do this."""
        return self.needs is None or bool(getattr(capabilities, self.needs))

    @abstractmethod
    async def happy(self, stage: Stage) -> None:
        """Hold when all goes well."""

    @abstractmethod
    async def repeated(self, stage: Stage) -> None:
        """Hold when it is told, or asked for, twice."""

    @abstractmethod
    async def reordered(self, stage: Stage) -> None:
        """Hold when things come in another order than they happened."""

    @abstractmethod
    async def refused(self, stage: Stage) -> None:
        """Hold when somebody says no."""

    async def absent(self, stage: Stage) -> None:
        """Hold where the platform cannot do this: nothing happens, and everything else goes on."""
        raise NotImplementedError(f"{type(self).__name__} is needed of every platform")


async def insist(stage: Stage, asking: Callable[[], Awaitable[T]]) -> T:
    """Return what *asking* gives, asked again once the platform's patience is back: surely nothing stood before."""
    for _ in range(3):
        try:
            return await asking()
        except PlatformTrouble as trouble:
            if trouble.permanent or trouble.unknown:
                raise
            await stage.clock.sleep(trouble.retry_after or 1.0)
    raise AssertionError("the platform is busy for ever")


async def refusal(asking: Callable[[], Awaitable[object]]) -> PlatformTrouble | None:
    """Return the trouble that *asking* ends in, None when it ends well. Nothing else may come of it."""
    try:
        await asking()
    except PlatformTrouble as trouble:
        return trouble
    return None


def begin(stage: Stage) -> datetime:
    """Return a time before anything was done here, as the outbox gives it: a minute earlier, for clocks differ."""
    return stage.clock.now() - timedelta(seconds=60)


async def until_it_stands(stage: Stage, *texts: str) -> None:
    """Return once our posts are *texts* and no others, in this order."""
    await stage.until(lambda: stage.says(*texts))
