"""How each kind of fault is played: who is killed, cut off, frozen or filled up, when, and for how long."""

from collections.abc import Callable
from functools import partial

from bot.runtime.clock import BELIEVED_AFTER, JUMP
from tests.sim.faults import Fault
from tests.sim.nodes import House, Node
from tests.sim.platforms import SimSite


def happen(fault: Fault, house: House, nodes: list[Node]) -> None:
    """Have *fault* happen at its time, and be over at its time; a rate is the weather's."""
    if fault.p or fault.kind not in _KINDS:
        return
    house.world.loop.after(fault.at, _KINDS[fault.kind], fault, house, nodes)


def _owner(nodes: list[Node]) -> Node:
    """Return the node that runs the chats, the first when none does."""
    return next((node for node in nodes if node.service is not None), nodes[0])


def _kill(fault: Fault, house: House, nodes: list[Node]) -> None:
    _owner(nodes).kill(fault.lasts)


def _kill_again_and_again(fault: Fault, house: House, nodes: list[Node]) -> None:
    loop, until = house.world.loop, house.world.loop.time() + fault.lasts

    def kill() -> None:
        if loop.time() < until and not house.world.weather.calm:
            _owner(nodes).kill(0.5)
            loop.after(house.world.net.uniform(2, 15), kill)

    kill()


def _stop(fault: Fault, house: House, nodes: list[Node]) -> None:
    _owner(nodes).stop(fault.lasts)


def _cut_power(fault: Fault, house: House, nodes: list[Node]) -> None:
    for node in nodes:
        node.kill(fault.lasts)
    house.disk.cut_power()


def _freeze(fault: Fault, house: House, nodes: list[Node]) -> None:
    process, loop = _owner(nodes).process, house.world.loop
    house.world.oracles.disturb(fault.lasts)
    if process is not None and process.alive:
        loop.freeze(process)
        loop.after(fault.lasts, loop.thaw, process)


def _fill(fault: Fault, house: House, nodes: list[Node]) -> None:
    house.world.oracles.disturb(fault.lasts)
    house.disk.full = True
    house.world.loop.after(fault.lasts, partial(setattr, house.disk, "full", False))


def _slow(fault: Fault, house: House, nodes: list[Node]) -> None:
    house.world.oracles.disturb(fault.lasts)
    house.disk.slow = 2.0
    house.world.loop.after(fault.lasts, partial(setattr, house.disk, "slow", 0.0))


def _jump(fault: Fault, house: House, nodes: list[Node]) -> None:
    clock, oracles = nodes[0].clock, house.world.oracles
    # A bot that started while the clock was wrong doubts it for so long when it is right again.
    doubted = BELIEVED_AFTER if abs(fault.by) > JUMP.total_seconds() else 0.0
    began = house.world.loop.time()
    clock.off += fault.by
    oracles.disturb(0, asleep=False)

    def mend() -> None:
        clock.off -= fault.by
        began_wrong = nodes[0].up_since is None or nodes[0].up_since >= began
        oracles.disturb(doubted if began_wrong else 0, asleep=False)

    house.world.loop.after(fault.lasts, mend)


def _cut(fault: Fault, house: House, nodes: list[Node], *, resumable: bool = True) -> None:
    site = house.world.sites[fault.room.partition("/")[0]]
    if isinstance(site, SimSite):
        site.cut(fault.lasts, resumable=resumable and site.resumes)


def _outage(fault: Fault, house: House, nodes: list[Node]) -> None:
    weather = house.world.weather
    weather.outage += 1
    _cut(fault, house, nodes, resumable=False)

    def over() -> None:
        weather.outage -= 1

    house.world.loop.after(fault.lasts, over)


def _in_room(fault: Fault, house: House, nodes: list[Node], *, what: str) -> None:
    rooms: list[str] = getattr(house.world.weather, what)
    rooms.append(fault.room)
    house.world.loop.after(fault.lasts, rooms.remove, fault.room)


_KINDS: dict[str, Callable[[Fault, House, list[Node]], None]] = {
    "kill": _kill,
    "crash-loop": _kill_again_and_again,
    "stop": _stop,
    "power-cut": _cut_power,
    "frozen": _freeze,
    "disk-full": _fill,
    "disk-slow": _slow,
    "clock-jump": _jump,
    "cut": _cut,
    "cut-unresumed": partial(_cut, resumable=False),
    "outage": _outage,
    "room-stopped": partial(_in_room, what="stopped"),
    "history-hidden": partial(_in_room, what="hidden"),
}
