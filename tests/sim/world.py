"""The truth: what stands in the rooms of one platform, whatever anybody was told of it, and who is told."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from bot.markup import Content
from bot.ports import Heard, HeardDeletion, HeardEcho, HeardEdit, HeardMessage, PostKey, RoomId, Somebody
from tests.sim.clock import TrueTime
from tests.sim.faults import Weather
from tests.sim.loop import SimLoop
from tests.sim.oracles import Oracles


@dataclass(slots=True, eq=False)
class Said:
    """One message of a room, ours (*key*) or somebody's (*author*). *taken*: a person took it out, not we."""

    id: str
    room: RoomId
    at: datetime
    text: str = ""
    author: Somebody | None = None
    key: PostKey | None = None
    content: Content | None = None
    reply_to: str | None = None
    edited_at: datetime | None = None
    gone_at: datetime | None = None
    taken: bool = False

    @property
    def stands(self) -> bool:
        """Return whether people can read it now."""
        return self.gone_at is None


@dataclass(slots=True, kw_only=True)
class World:
    """What all sites share. *weather*: how everything fails now."""

    loop: SimLoop
    seed: int
    weather: Weather
    oracles: Oracles
    time: TrueTime = field(init=False)
    net: Random = field(init=False)
    sites: dict[str, "Site"] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Set up what follows from the seed."""
        self.time = TrueTime(self.loop)
        self.net = Random(f"net of {self.seed}")

    def site(self, room: RoomId) -> "Site":
        """Return the site that *room* is on."""
        return self.sites[room.partition("/")[0]]

    def said(self) -> Iterator[Said]:
        """Give everything that was ever said."""
        for site in self.sites.values():
            yield from site.by_id.values()


class Site:
    """One platform with its rooms. Lines (tests/sim/platforms.py) are the bot's connections to it."""

    remembers = 0.0
    """Seconds for which a key sent again gives the first message instead of another one."""

    def __init__(self, world: World, name: str, rooms: tuple[RoomId, ...]) -> None:
        self.world = world
        self.name = name
        self.rooms: dict[RoomId, list[Said]] = {room: [] for room in rooms}
        self.by_id: dict[str, Said] = {}
        self._first: dict[tuple[PostKey, RoomId], Said] = {}

    # --- what people do ---

    def say(self, room: RoomId, author: Somebody, text: str, reply_to: str | None = None) -> Said:
        """Return the message that somebody wrote."""
        said = self._new(room, Said("", room, self.world.time.now(), text, author, reply_to=reply_to))
        self.world.oracles.trace("said", room, said.id)
        self.tell(heard_message(said))
        return said

    def change(self, said: Said, text: str) -> None:
        """Have its author change a message."""
        said.text, said.edited_at = text, self.world.time.now()
        self.world.oracles.trace("changed", said.id)
        self.tell(HeardEdit(room=said.room, id=said.id, at=said.edited_at, text=text))

    def take_out(self, said: Said, *, by_us: bool = False) -> None:
        """Delete a message."""
        if not said.stands:
            return
        said.gone_at, said.taken = self.world.time.now(), not by_us
        self.world.oracles.trace("gone", said.id, by_us)
        if said.key is None:
            self.tell(HeardDeletion(room=said.room, id=said.id, at=said.gone_at))

    # --- what the bot does ---

    def post(self, key: PostKey, room: RoomId, content: Content) -> tuple[Said | None, bool]:
        """Return the message that now stands under *key*, and whether it stood before; None: it was taken out."""
        now = self.world.time.now()
        first = self._first.get((key, room))
        if first is not None and (now - first.at).total_seconds() < self.remembers:
            return (first if first.stands else None), True
        said = self._new(room, Said("", room, now, key=key, content=content))
        self._first[key, room] = said
        self.world.oracles.stands(said, [one for one in self.rooms[room] if one.key is not None])
        self.tell(HeardEcho(room=room, key=key, id=said.id, at=said.at))
        if self.world.weather.strikes("own-post-taken-out"):
            self.world.loop.after(self.world.weather.between(0.02, 90), self.take_out, said)
        return said, False

    def _new(self, room: RoomId, said: Said) -> Said:
        said.id = f"{self.name[0]}{len(self.by_id) + 1:05d}"
        self.by_id[said.id] = said
        self.rooms[room].append(said)
        return said

    def copies(self, key: PostKey, room: RoomId, since: datetime) -> list[Said]:
        """Return every message that bears *key* now, oldest first."""
        return [said for said in self.rooms[room] if said.key == key and said.stands and said.at >= since]

    def told_again(self, room: RoomId, since: datetime) -> list[Heard]:
        """Return what history tells of people's messages: each as it stands now, and that it was changed."""
        told: list[Heard] = []
        for said in self.rooms[room]:
            if said.author is not None and said.stands and said.at >= since:
                told.append(heard_message(said))
                if said.edited_at is not None:
                    told.append(HeardEdit(room=room, id=said.id, at=said.edited_at, text=said.text))
        return told

    def tell(self, heard: Heard) -> None:
        """Tell whoever is connected, in this platform's way."""
        raise NotImplementedError


def heard_message(said: Said) -> HeardMessage:
    """Return a person's message as it stands now."""
    if said.author is None:
        raise ValueError(f"{said.id} is ours")
    return HeardMessage(
        room=said.room, id=said.id, author=said.author, at=said.at, text=said.text, reply_to=said.reply_to
    )
