"""Platform ids on one side, our own on the other; nobody is remembered who is not stored, or was forgotten."""

from bot.core.names import MessageId, PersonId, RoomId
from bot.ports import Acquaintance, Batch, ChatId, Sighting, Somebody
from bot.runtime.clock import DerivedIds
from bot.runtime.directory import Ledger, People, platform_of
from bot.store import MemoryStore
from tests.unit.runtime.house import MAIN, SIDE, at

MEERA = Acquaintance(person=PersonId("p-1"), platform="fake", id="u-1", name="Meera", at=at(0))


async def people_with(*known: Acquaintance) -> People:
    """Return a directory whose store knows some people."""
    store = MemoryStore()
    await store.append(Batch(chat=ChatId("c-1"), expected=0, epoch=0, people=known, source="a.toml"))
    return People(store, DerivedIds("directory"))


def test_a_room_says_on_which_platform_it_is() -> None:
    """What stands before the first slash is the platform, however many follow."""
    assert platform_of(RoomId("slack/T1/C2")) == "slack"


async def test_somebody_is_known_once_looked_up() -> None:
    """Who is in the store is found under their platform id, and by name."""
    people = await people_with(MEERA)
    assert people.known("fake", "u-1") is None

    await people.look_up([("fake", "u-1"), ("fake", "u-2"), ("other", "u-1")])

    assert people.known("fake", "u-1") == MEERA
    assert people.known("fake", "u-2") is None
    assert people.known("other", "u-1") is None
    assert await people.fetch_names([MEERA.person, PersonId("p-9")]) == {MEERA.person: "Meera"}


async def test_an_introduction_is_not_remembered_before_it_is_stored() -> None:
    """An id given to a stranger holds nothing until the batch with it is durable."""
    people = await people_with()

    person = people.introduce("fake", Somebody(id="u-1", name="Meera"))

    assert people.known("fake", "u-1") is None
    people.remember(Acquaintance(person=person, platform="fake", id="u-1", name="Meera", at=at(0)))
    assert people.known("fake", "u-1") is not None


async def test_a_stranger_who_was_met_is_no_stranger() -> None:
    """Who was looked for in vain and then came is found."""
    people = await people_with()
    await people.look_up([("fake", "u-1")])

    people.remember(MEERA)
    await people.look_up([("fake", "u-1")])

    assert people.known("fake", "u-1") == MEERA


async def test_forgetting_leaves_neither_name_nor_id() -> None:
    """Somebody forgotten has no address and no name; everybody else stays."""
    people = await people_with()
    other = Acquaintance(person=PersonId("p-2"), platform="fake", id="u-2", name="Olu", at=at(0))
    people.remember(MEERA)
    people.remember(other)

    people.forget(MEERA.person)

    assert people.known("fake", "u-1") is None
    assert people.addresses(MEERA.person) == []
    assert MEERA.person not in people.names
    assert people.addresses(other.person) == [other]


def test_the_ledger_goes_both_ways_and_room_by_room() -> None:
    """The same platform id in two rooms is two messages."""
    ledger = Ledger()
    ledger.note(Sighting(room=MAIN, id="1", message=MessageId("m-1")))
    ledger.note(Sighting(room=SIDE, id="1", message=MessageId("m-2")))

    ledger.drop(MessageId("m-1"))
    ledger.drop(MessageId("m-unknown"))

    assert ledger.ours == {(SIDE, "1"): "m-2"}
    assert ledger.theirs == {"m-2": (SIDE, "1")}
