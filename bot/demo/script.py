"""The script of one demo: from the crowd's cues and a seed to a list of acts, each with its moment.

Every choice is drawn from seed and name of the cue alone, so that a new line in crowd.toml changes nothing else.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from bot.demo.crowd import Cue, Person, load
from bot.runtime.clock import DerivedIds

# Nobody answers faster than this; a reaction or a tag follows within these times.
ANSWERED_AFTER = timedelta(seconds=5)
LIKED_BETWEEN = (4.0, 50.0)
KEPT_BETWEEN = (8.0, 30.0)
JOINED_WITHIN = 8.0
MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """Come in."""

    group: str | None
    moderates: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """Say *text*, in reply to the act called *to*."""

    text: str
    to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """Let the act called *of* say *text*."""

    of: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Delete:
    """Take the act called *of* back."""

    of: str


@dataclass(frozen=True, slots=True, kw_only=True)
class React:
    """React to the act called *on*."""

    on: str
    reaction: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Give a command; ``@name`` in an argument stands for what was said in that act."""

    command: str
    arguments: Mapping[str, str] = field(default_factory=dict)


Doing = Join | Say | Edit | Delete | React | Order


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """*who* does something. *at*: counted from the start of the chat; *name*: other acts may speak of this one."""

    at: timedelta
    who: str
    name: str
    doing: Doing


def acts(seed: int) -> tuple[Act, ...]:
    """Return everything the crowd does under *seed*, in order, no two at the same millisecond."""
    crowd = load()
    draw = _Draw(seed)
    joining = [_joining(person, draw) for person in crowd.people]
    writer = _Writer(draw, {act.who: act.at for act in joining})
    found = [
        act
        for scene in crowd.scenes
        for number, cue in enumerate(scene.cues, start=1)
        for act in writer.play(cue, scene.begins, cue.id or f"{scene.title}/{number}")
    ]
    return tuple(_one_at_a_time([*joining, *found]))


class _Draw:
    """Draws lots: the same for the same seed and name."""

    def __init__(self, seed: int) -> None:
        self._ids = DerivedIds(f"crowd {seed}")

    def share(self, kind: str, name: str) -> float:
        """Return a number from 0 up to, not including, 1."""
        return int(self._ids.new(kind, name), 16) / 16**16

    def seconds(self, kind: str, name: str, between: tuple[float, float]) -> timedelta:
        """Return a time from the first to the last of *between*."""
        first, last = between
        whole = round((first + (last - first) * self.share(kind, name)) * 1000)
        return timedelta(milliseconds=whole)


def _joining(person: Person, draw: _Draw) -> Act:
    at = person.joins + draw.seconds("join", person.name, (0, JOINED_WITHIN))
    doing = Join(group=person.group, moderates=person.moderates)
    return Act(at=at, who=person.name, name=f"join/{person.name}", doing=doing)


class _Writer:
    """Writes out cue by cue what happens. *joined*: when each person comes in."""

    def __init__(self, draw: _Draw, joined: Mapping[str, timedelta]) -> None:
        self._draw, self._joined = draw, joined
        self._done: dict[str, timedelta] = {}

    def play(self, cue: Cue, begins: timedelta, name: str) -> Iterator[Act]:
        """Give what comes of *cue*: nothing when the lot, or something it hangs on, says so."""
        before = list(cue.refers_to())
        if self._draw.share("chance", name) >= cue.chance or any(id not in self._done for id in before):
            return
        at = begins + cue.at + self._draw.seconds("moment", name, (0, cue.within))
        at = max([at, *(self._done[id] + ANSWERED_AFTER for id in before)])
        self._done[name] = at
        act = Act(at=at, who=cue.who, name=name, doing=self._doing(cue, name))
        yield from (act, *self._liked(cue, act), *self._kept(cue, act))

    def _doing(self, cue: Cue, name: str) -> Doing:
        if cue.order:
            return Order(command=cue.order, arguments=cue.arguments)
        if cue.deletes:
            return Delete(of=cue.deletes)
        text = cue.say[int(self._draw.share("words", name) * len(cue.say))]
        return Edit(of=cue.edits, text=text) if cue.edits else Say(text=text, to=cue.to)

    def _liked(self, cue: Cue, act: Act) -> Iterator[Act]:
        for reaction, people in cue.liked.items():
            for who in people:
                name = f"{act.name}/{reaction}/{who}"
                # Who comes later reads back first.
                at = max(act.at, self._joined[who]) + self._draw.seconds("liked", name, LIKED_BETWEEN)
                yield Act(at=at, who=who, name=name, doing=React(on=act.name, reaction=reaction))

    def _kept(self, cue: Cue, act: Act) -> Iterator[Act]:
        if cue.kept:
            at = act.at + self._draw.seconds("kept", act.name, KEPT_BETWEEN)
            order = Order(command="keep", arguments={"message": f"@{act.name}", "tag": cue.kept})
            yield Act(at=at, who=cue.kept_by, name=f"{act.name}/kept", doing=order)


def _one_at_a_time(found: Iterable[Act]) -> Iterator[Act]:
    """Give the acts in order, each at least a millisecond after the one before."""
    latest: timedelta | None = None
    for act in sorted(found, key=lambda act: (act.at, act.name)):
        at = act.at if latest is None else max(act.at, latest + MILLISECOND)
        latest = at
        yield replace(act, at=at)
