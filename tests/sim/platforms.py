"""Discord and Slack as they are documented: what they remember, tell, forget and repeat."""

from collections.abc import Callable
from datetime import datetime

from bot.ports import Heard, HeardCommand, HeardEcho, Reply, RoomId
from tests.sim.clock import SimClock
from tests.sim.line import Line, Told
from tests.sim.loop import Process
from tests.sim.world import Site, World

FRESH = 50.0
"""How old a message may be when an event about it is lost: the sweep once a minute looks two minutes back."""


class SimSite(Site):
    """A site that lines can be made to. *window*: for how long the adapter trusts a key to be known."""

    window: float | None = None
    shows_emptiness = False
    resumes = False

    def __init__(self, world: World, name: str, rooms: tuple[RoomId, ...]) -> None:
        super().__init__(world, name, rooms)
        self.lines: list[Line] = []
        world.sites[name] = self

    def connect(self, clock: SimClock) -> Line:
        """Return a line for the process that asks."""
        return Line(self, clock, self.window)

    def hang_up(self, process: Process) -> None:
        """Close the lines of a process that is no more."""
        self.lines = [line for line in self.lines if line.process is not process]

    def command(self, heard: HeardCommand, done: Callable[[Reply], object]) -> bool:
        """Hand on what somebody pressed; return whether there was anybody to hand it to."""
        there = [line for line in self.lines if not line.cut and not self.world.weather.outage]
        if there:
            self.world.loop.after(0.05, there[0].take, Told(heard, done))
        return bool(there)

    def cut(self, seconds: float, *, resumable: bool) -> None:
        """Break every line for some time, noticed only after a while."""
        for line in self.lines:
            if not line.cut:
                line.cut, line.session = True, line.session + 1
                unnoticed = self.world.net.uniform(0, min(50.0, seconds))
                noticed: list[datetime] = []
                self.world.loop.after(unnoticed, lambda line=line, at=noticed: at.append(line.clock.now()))
                self.world.loop.after(seconds, self._mend, line, noticed, resumable)

    def _mend(self, line: Line, noticed: list[datetime], resumable: bool) -> None:
        line.cut = False
        missed, line.missed = line.missed, []
        if resumable:
            for told in missed:
                line.take(told)
        else:
            line.say_gap(noticed[0])


class DiscordSite(SimSite):
    """Knows a nonce for two minutes; tells everything in order, once, to whoever listens; resumes or does not."""

    remembers = 120.0
    window = 90.0
    shows_emptiness = True
    resumes = True

    def tell(self, heard: Heard) -> None:
        """Send it down each line, behind what went before."""
        loop = self.world.loop
        for line in self.lines:
            if isinstance(heard, HeardEcho) and heard.key not in line.expected:
                continue
            slow = self.world.weather.strikes("event-slow")
            after = self.world.net.uniform(0.01, 3.0 if slow else 0.1)
            line.ready_at = max(line.ready_at + 1e-6, loop.time() + after)
            loop.after(line.ready_at - loop.time(), self._arrive, line, line.session, Told(heard))

    @staticmethod
    def _arrive(line: Line, session: int, told: Told) -> None:
        if line.cut or line.session != session:
            line.missed.append(told)
        else:
            line.take(told)


class SlackSite(SimSite):
    """Knows no key; tells each thing to one of its lines, in any order, and thrice more until it is acknowledged."""

    RETRIES = (0.0, 60.0, 300.0)
    PATIENCE = 3.0

    def tell(self, heard: Heard) -> None:
        """Send it off in an envelope, perhaps in two; some never arrive."""
        if self._may_be_missed(heard) and self.world.weather.strikes("event-dropped"):
            return
        for _ in range(2 if self.world.weather.strikes("event-doubled") else 1):
            self._send(heard, 0)

    def _may_be_missed(self, heard: Heard) -> bool:
        """Return whether a look at the newest minutes can find what an event did not tell."""
        said = self.by_id.get(getattr(heard, "id", ""))
        return said is not None and (self.world.time.now() - said.at).total_seconds() < FRESH

    def _send(self, heard: Heard, tried: int) -> None:
        world = self.world
        acknowledged: list[bool] = []
        there = [line for line in self.lines if not line.cut and not world.weather.outage]
        if there:
            line = there[int(world.net.random() * len(there))]
            slow = world.weather.strikes("event-slow")
            told = Told(heard, lambda reply: world.loop.after(0.03, acknowledged.append, True))
            world.loop.after(world.net.uniform(0.01, 2.5 if slow else 0.1), self._arrive, line, told)
        world.loop.after(self.PATIENCE, self._again, heard, tried, acknowledged)

    @staticmethod
    def _arrive(line: Line, told: Told) -> None:
        if not line.cut and line.process.alive:
            line.take(told)

    def _again(self, heard: Heard, tried: int, acknowledged: list[bool]) -> None:
        if not acknowledged and tried < len(self.RETRIES):
            self.world.loop.after(self.RETRIES[tried], self._send, heard, tried + 1)


SITES: dict[str, type[SimSite]] = {"discord": DiscordSite, "slack": SlackSite}
