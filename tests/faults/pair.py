"""Two processes of one bot behind one PostgreSQL: one has the installation, the other stands by."""

import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.runtime.clock import SystemClock
from tests.faults.front import Front, standing
from tests.faults.process import Bot, free_port

SECRET = "the same for both, and longer than anybody guesses"
LEASE = 2.0
STANDING = "Standing by"


@dataclass(slots=True)
class Pair:
    """The two, and the front before them. *after_death*, *after_pause*: seconds until the other one answered."""

    bots: tuple[Bot, Bot]
    front: Front
    store: str
    after_death: list[float] = field(default_factory=list)
    after_pause: list[float] = field(default_factory=list)
    _last_up: int = 0

    @property
    def clock(self) -> SystemClock:
        """Return the machine's clock."""
        return self.bots[0].clock

    @property
    def address(self) -> str:
        """Return where people come in."""
        return f"http://127.0.0.1:{self.front.port}"

    @property
    def plans(self) -> Path:
        """Return the folder of plans, which both read."""
        return self.bots[0].plans

    @property
    def said(self) -> str:
        """Return everything that both said, the one who was open last at the end."""
        last_up = sorted(self.bots, key=lambda bot: bot.port == self._last_up)
        return "\n---\n".join(bot.said for bot in last_up)

    @property
    def owner(self) -> Bot:
        """Return the one whom people are led to."""
        return next(bot for bot in self.bots if bot.port == self.front.up)

    def other(self, bot: Bot) -> Bot:
        """Return the other one of *bot*."""
        return self.bots[bot is self.bots[0]]

    async def start(self) -> None:
        """Return when one is open and the other stands by."""
        first, second = self.bots
        await first.start()
        await self.standby(second)
        await first.until(lambda: self.front.up is not None, "somebody to answer")

    async def until_planned(self) -> str:
        """Return the moderator's link once there is a chat."""
        return await self.bots[0].until_planned()

    async def standby(self, bot: Bot) -> None:
        """Start *bot*, and return when it stands by."""
        already = bot.said.count(STANDING)
        await bot.launch()
        await bot.until(lambda: bot.said.count(STANDING) > already, "a standby")

    async def kill_owner(self) -> Bot:
        """Kill the owner, and return it once the other one answers; note how long that took."""
        gone = self.owner
        begun = self.clock.monotonic()
        await gone.kill()
        self.after_death.append(await self._until_other(gone, begun))
        return gone

    async def pause_owner(self, longer: float) -> None:
        """Freeze the owner until the other one answers, and *longer*; then let it find out."""
        frozen = self.owner
        already = frozen.said.count(STANDING)
        begun = self.clock.monotonic()
        frozen.send(signal.SIGSTOP)
        self.after_pause.append(await self._until_other(frozen, begun))
        await self.clock.sleep(longer)
        frozen.send(signal.SIGCONT)
        await frozen.until(lambda: frozen.said.count(STANDING) > already, "the frozen one to stand by")

    async def _until_other(self, gone: Bot, begun: float) -> float:
        wanted = self.other(gone).port
        await gone.until(lambda: self.front.up == wanted, "the other one to take over")
        return self.clock.monotonic() - begun

    async def stop(self) -> None:
        """Stop both, the standby first."""
        owner = self.owner
        self._last_up = owner.port
        for bot in (self.other(owner), owner):
            await bot.stop()

    async def make_sure_it_is_gone(self) -> None:
        """Leave nothing behind."""
        for bot in self.bots:
            await bot.make_sure_it_is_gone()


@asynccontextmanager
async def pair(folder: Path, store: str, *, lease: float = LEASE) -> AsyncIterator[Pair]:
    """Give two processes that share the database *store*, not started yet; nothing of them is left afterwards."""
    port = free_port()
    settings = {
        "BOT_STORE": store,
        "BOT_SECRET": SECRET,
        "BOT_LEASE": str(lease),
        "BOT_PLANS": str(folder / "one" / "plans"),
        "BOT_PUBLIC_URL": f"http://127.0.0.1:{port}",
    }
    one, two = Bot(folder / "one", {**settings}), Bot(folder / "two", {**settings})
    async with standing(port, one.port, two.port) as front:
        both = Pair((one, two), front, store)
        try:
            yield both
        finally:
            await both.make_sure_it_is_gone()
