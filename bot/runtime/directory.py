"""Who is who and what is what: platform ids on one side, our own random ids on the other. No words but names."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.core.names import MessageId, PersonId, RoomId
from bot.ports import Acquaintance, Ids, Sighting, Somebody, Store


def platform_of(room: RoomId) -> str:
    """Return the platform that *room* is on."""
    return room.partition("/")[0]


class People:
    """Everybody the installation has met, as far as it was needed since the start."""

    def __init__(self, store: Store, ids: Ids) -> None:
        self._store = store
        self._ids = ids
        self._known: dict[tuple[str, str], Acquaintance] = {}
        self._strangers: set[tuple[str, str]] = set()
        self.names: dict[PersonId, str] = {}

    async def look_up(self, wanted: Iterable[tuple[str, str]]) -> None:
        """Fetch from the store whoever of *wanted* (platform, platform id) is not known here yet."""
        wanted = set(wanted)
        # Again until nothing is missing: what was fetched may be in doubt again before the last one has come.
        while missing := {one for one in wanted if one not in self._known and one not in self._strangers}:
            for platform, id in sorted(missing):
                found = await self._store.acquaintance(platform, id)
                if found is None:
                    self._strangers.add((platform, id))
                else:
                    self.remember(found)

    def known(self, platform: str, id: str) -> Acquaintance | None:
        """Return whom we know under this platform id, as far as looked up."""
        return self._known.get((platform, id))

    def introduce(self, platform: str, somebody: Somebody) -> PersonId:
        """Return a new id for a stranger; nothing is remembered before it is stored."""
        return PersonId(self._ids.new("person", f"{platform}/{somebody.id}"))

    def remember(self, acquaintance: Acquaintance) -> None:
        """Know somebody from here on, as the store now does."""
        self._known[acquaintance.platform, acquaintance.id] = acquaintance
        self._strangers.discard((acquaintance.platform, acquaintance.id))
        self.names[acquaintance.person] = acquaintance.name

    def forget(self, person: PersonId) -> None:
        """Know nothing of *person* any more."""
        self.names.pop(person, None)
        for key in [key for key, known in self._known.items() if known.person == person]:
            del self._known[key]

    def doubt(self) -> None:
        """Ask the store anew for everybody: it may have taken, or forgotten, somebody without telling us."""
        self._known.clear()
        self._strangers.clear()
        self.names.clear()

    async def fetch_names(self, persons: Iterable[PersonId]) -> dict[PersonId, str]:
        """Return the names that *persons* go by; those forgotten have none."""
        wanted = set(persons)
        missing = tuple(sorted(wanted - self.names.keys()))
        if missing:
            for found in await self._store.people(missing):
                self.remember(found)
        return {person: self.names[person] for person in wanted if person in self.names}

    def addresses(self, person: PersonId) -> list[Acquaintance]:
        """Return under which platform ids *person* can be reached, as far as looked up."""
        return [known for known in self._known.values() if known.person == person]


@dataclass(slots=True)
class Ledger:
    """Which platform message is which of ours, in one chat."""

    ours: dict[tuple[RoomId, str], MessageId] = field(default_factory=dict)
    theirs: dict[MessageId, tuple[RoomId, str]] = field(default_factory=dict)

    def note(self, sighting: Sighting) -> None:
        """Remember which message *sighting* is."""
        where = sighting.room, sighting.id
        self.ours[where], self.theirs[sighting.message] = sighting.message, where

    def drop(self, message: MessageId) -> None:
        """Forget which platform message *message* was."""
        key = self.theirs.pop(message, None)
        if key is not None:
            self.ours.pop(key, None)
