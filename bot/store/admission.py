"""Which batches a store may take: the rules that every store shares, whatever it keeps its records in."""

from typing import Protocol

from bot.core.names import ChatId, MessageId, PersonId, RoomId
from bot.errors import Conflict
from bot.ports import Batch


class Records(Protocol):
    """What a store knows of the things that a batch touches."""

    def is_live(self, epoch: int) -> bool:
        """Return whether one may write under *epoch*: its lease has not ended, or nobody ever took one (0)."""

    def version(self, chat: ChatId) -> int:
        """Return how many events *chat* has."""

    def chat_from(self, source: str) -> ChatId | None:
        """Return the chat that came from the plan file *source*."""

    def message(self, room: RoomId, id: str) -> MessageId | None:
        """Return our name for a platform's message."""

    def person(self, platform: str, id: str) -> PersonId | None:
        """Return our name for a platform's person."""


def admit(batch: Batch, records: Records) -> None:
    """Return when *batch* may be written. Raises: Conflict, which says what it did not know."""
    check_epoch(batch.epoch, records)
    version = records.version(batch.chat)
    if version != batch.expected:
        raise Conflict(f"{batch.chat} is at version {version}, not {batch.expected}")
    if batch.source is not None and records.chat_from(batch.source) not in {None, batch.chat}:
        raise Conflict(f"{batch.chat} comes from a plan that another chat came from")
    _check_sightings(batch, records)
    _check_people(batch, records)


def check_epoch(epoch: int, records: Records) -> None:
    """Return when *epoch* may write. Raises: Conflict when its lease is over."""
    if not records.is_live(epoch):
        raise Conflict(f"the lease of epoch {epoch} is over")


# Inside one batch, too, an id means one thing.
def _check_sightings(batch: Batch, records: Records) -> None:
    seen: dict[tuple[RoomId, str], MessageId] = {}
    for sighting in batch.sightings:
        known = records.message(sighting.room, sighting.id) or sighting.message
        if not known == sighting.message == seen.setdefault((sighting.room, sighting.id), sighting.message):
            raise Conflict(f"what became {sighting.message} in {sighting.room} is known already")


def _check_people(batch: Batch, records: Records) -> None:
    seen: dict[tuple[str, str], PersonId] = {}
    for somebody in batch.people:
        known = records.person(somebody.platform, somebody.id) or somebody.person
        if not known == somebody.person == seen.setdefault((somebody.platform, somebody.id), known):
            raise Conflict(f"{somebody.person} of {somebody.platform} is known already")
