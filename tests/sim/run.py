"""One chat from a seed to its verdict; many of them in as many processes as there are cores."""

import gc
import logging
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random

import structlog

from bot.core.names import WordKey
from bot.core.plan import CLOSING, TITLE, Plan, PlannedQuestion, question_words
from bot.ports import RoomId
from tests.sim.clock import BEGIN
from tests.sim.disk import Disk
from tests.sim.faults import Fault, Times, Weather, draw
from tests.sim.loop import SimLoop, in_peace
from tests.sim.nodes import House, Node, PlanFile
from tests.sim.oracles import Oracles
from tests.sim.people import Crowd, Hour
from tests.sim.platforms import SITES
from tests.sim.stage import happen
from tests.sim.verdict import judge
from tests.sim.world import World

MODELS = ("discord", "slack")
PRESSED_AFTER = 45.0
"""Seconds after the late answers at which a moderator presses "publish"."""
FEW = 20
"""Up to so many messages a chat is a small one, in one room, without moderators."""
START = 700.0
"""Seconds of the world at which the hour is planned to begin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A chat to play. *faults* None: those of the seed. *change*: what a mutant does to the house before it opens.

    kill_at: the step of the first life before which it is killed; downtime: for how long it then stays down.
    """

    seed: int
    model: str = ""
    faults: tuple[Fault, ...] | None = None
    messages: int = 40
    questions: int = 4
    kill_at: int = -1
    downtime: float = 2.0
    change: Callable[[House], None] | None = None
    lines: bool = False

    @property
    def platform(self) -> str:
        """Return the name of the platform that it is played on."""
        return self.model or MODELS[self.seed % 2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a chat came to. *found*: what did not hold. *steps*: of the first life, for enumerating crashes."""

    seed: int
    model: str
    digest: str
    found: tuple[str, ...]
    counts: Counter[str]
    faults: tuple[Fault, ...]
    steps: int
    lines: tuple[str, ...] = ()


def play(scene: Scene) -> Verdict:
    """Return what becomes of the chat of *scene*."""
    with _quiet(scene.seed):
        return _played(scene)


def _played(scene: Scene) -> Verdict:
    loop = SimLoop(scene.seed)
    try:
        return _Play(scene, loop).play()
    finally:
        loop.bury()


@contextmanager
def _quiet(seed: int) -> Iterator[None]:
    """Say nothing, collect nothing, and let the same seed always lead to the same end."""
    before, was_on, state = structlog.get_config(), gc.isenabled(), random.getstate()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    gc.disable()
    gc.freeze()  # what was there before is no garbage of this chat
    random.seed(seed)  # tenacity's pauses
    try:
        yield
    finally:
        random.setstate(state)
        structlog.configure(**before)
        with in_peace():
            gc.collect()  # before anything else is frozen with it
        gc.unfreeze()
        if was_on:
            gc.enable()


@dataclass(slots=True)
class _Play:
    scene: Scene
    loop: SimLoop
    rooms: tuple[RoomId, ...] = ()
    nodes: list[Node] = field(default_factory=list)

    def play(self) -> Verdict:
        chance = Random(f"plan of {self.scene.seed}")
        self.rooms = _rooms(self.scene, chance.random())
        file, hour = plan_for(self.rooms, self.scene.questions, auto=chance.random() < 0.5)
        if chance.random() < 0.3:
            file.plan = replace(file.plan, quoting="ask")
        out_at = hour.review + (0 if file.plan.publish == "auto" else PRESSED_AFTER)
        posts = (hour.doors, START, *hour.questions, hour.ends - 120, hour.ends, out_at, out_at + 0.3)
        faults = self.scene.faults
        if faults is None:
            faults = draw(self.scene.seed, Times(posts=posts, rooms=self.rooms, end=hour.review + 60))
        house = self._house(file, faults)
        crowd = Crowd(house, hour, self.rooms, self.scene.seed)
        self._begin(house, crowd, hour, faults)
        if file.plan.publish == "review":
            self.loop.after(hour.review + PRESSED_AFTER, crowd.publish)
        self._run(house, hour)
        judge(house, self.nodes)
        return self._verdict(house, faults)

    def _house(self, file: PlanFile, faults: tuple[Fault, ...]) -> House:
        seed = self.scene.seed
        disk = Disk(chance=Random(f"disk of {seed}"), delay=(0.002, 0.03), reading=0.0005)
        oracles = Oracles(disk=disk, true_now=lambda: BEGIN, up_since=self._up_since)
        oracles.lines = [] if self.scene.lines else None
        world = World(loop=self.loop, seed=seed, weather=Weather(seed, faults), oracles=oracles)
        oracles.true_now = world.time.now
        disk.on_commit = oracles.committed
        # No protocol can rule these out without a key: a second copy may show, until the janitor sees it.
        oracles.strict = not any(fault.kind in {"frozen", "very-late"} for fault in faults)
        sites = [
            SITES[name](world, name, tuple(room for room in self.rooms if room.startswith(name)))
            for name in MODELS
            if any(room.startswith(name) for room in self.rooms)
        ]
        disk.unsure = world.weather.rates.get("store-unsure", 0.0)
        house = House(world=world, disk=disk, file=file, sites=sites)
        if self.scene.change is not None:
            self.scene.change(house)
        return house

    def _up_since(self) -> datetime | None:
        ups = [node.up_since for node in self.nodes if node.up_since is not None]
        return BEGIN + timedelta(seconds=min(ups)) if ups else None

    def _begin(self, house: House, crowd: Crowd, hour: Hour, faults: tuple[Fault, ...]) -> None:
        self.nodes.append(Node(house, "a"))
        if any(fault.kind in {"second-node", "frozen"} for fault in faults):
            self.nodes.append(Node(house, "b"))
            house.contested = True
        first = self.nodes[0]
        first.kill_at, first.downtime = self.scene.kill_at, self.scene.downtime
        for number, node in enumerate(self.nodes):
            self.loop.after(number * 0.5, node.start)
        crowd.come(self.scene.messages)
        if self.scene.messages > FEW:
            crowd.moderate()
        for fault in faults:
            happen(fault, house, self.nodes)

    def _run(self, house: House, hour: Hour) -> None:
        self.loop.run_to(hour.review + 60)
        house.world.weather.calm = True
        self.loop.run_to(hour.over)
        chat = house.world.oracles.chat
        if chat is not None:  # what was held and extended comes later
            self.loop.run_to(hour.over + max(chat.shift.total_seconds(), 0))
        copies = house.world.oracles.second_copies
        if copies:
            self.loop.run_to(self.loop.time() + 17 * 60)

    def _verdict(self, house: House, faults: tuple[Fault, ...]) -> Verdict:
        oracles = house.world.oracles
        oracles.counts["steps"] = self.loop.steps
        return Verdict(
            seed=self.scene.seed,
            model=self.scene.platform,
            digest=oracles.digest,
            found=tuple(oracles.found),
            counts=oracles.counts,
            faults=faults,
            steps=self.nodes[0].first_steps,
            lines=tuple(oracles.lines or ()),
        )


def _rooms(scene: Scene, chance: float) -> tuple[RoomId, ...]:
    """Return the rooms of a chat: one, or two of one platform, or one on each."""
    first = RoomId(f"{scene.platform}/r1")
    if scene.messages <= FEW or chance > 0.5:
        return (first,)
    other = next(model for model in MODELS if model != scene.platform)
    return (first, RoomId(f"{scene.platform if chance < 0.35 else other}/r2"))


def plan_for(rooms: tuple[RoomId, ...], questions: int, *, auto: bool) -> tuple[PlanFile, Hour]:
    """Return a plan of some questions, four minutes each, and when its hour has what."""
    minutes = [3 + 4 * number for number in range(questions)]
    closing, length, late = 3 + 4 * questions, 5 + 4 * questions, 4
    plan = Plan(
        hashtag="#hcchat",
        starts_at=BEGIN + timedelta(seconds=START),
        zone="Europe/Dublin",
        length=timedelta(minutes=length),
        rooms=rooms,
        questions=tuple(
            PlannedQuestion(id=f"q{number}", number=number, opens_after=timedelta(minutes=after))  # type: ignore[arg-type]
            for number, after in enumerate(minutes, start=1)
        ),
        closing_after=timedelta(minutes=closing),
        late_answers=timedelta(minutes=late),
        reminders=(timedelta(minutes=11),),
        groups=("patient", "clinician"),
        quoting="named",
        publish="auto" if auto else "review",
    )
    words: dict[WordKey, str] = {TITLE: "Working with arthritis", CLOSING: "What do you take home?"}
    words |= {question_words(question.id): f"What about {question.id}?" for question in plan.questions}
    ends = START + 60 * length
    review = ends + 60 * late
    hour = Hour(
        doors=START - 600,
        questions=tuple(START + 60 * after for after in minutes),
        ends=ends,
        review=review,
        over=review + 480,
    )
    return PlanFile(plan=plan, words=words), hour
