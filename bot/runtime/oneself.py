"""What somebody asks about themselves: it reaches every chat they took part in, not only the one they ask in."""

from contextlib import suppress
from dataclasses import dataclass

from bot.core import commands as c
from bot.core.events import Choice
from bot.core.names import PersonId
from bot.errors import StoreTrouble
from bot.insights.consent import is_stricter
from bot.ports import Clock, HeardCommand, Reply
from bot.runtime.directory import People, platform_of
from bot.runtime.facilitator import PAUSE_AFTER_TROUBLE, Facilitator
from bot.runtime.roster import Roster

_CHOICES: dict[str, Choice] = {"named": "named", "role": "role", "no": "no"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Oneself:
    """The commands about oneself."""

    people: People
    roster: Roster
    clock: Clock

    async def forget(self, facilitator: Facilitator, heard: HeardCommand) -> Reply:
        """Forget somebody in every chat they took part in: their words and their name stand in all of them."""
        platform = platform_of(heard.room)
        await self.people.look_up([(platform, heard.by.id)])
        known = self.people.known(platform, heard.by.id)
        others = self.roster.with_person(known.person) if known else []
        # Here first: once a chat has forgotten them, their platform id leads to nobody any more.
        reply = await facilitator.put(heard)
        for other in others:
            if other is not facilitator and known is not None:
                await self._forget_in(other, known.person)
        return reply

    async def catch_up(self) -> None:
        """Forget in every chat whom one has forgotten: we may have been stopped in between."""
        for facilitator in self.roster:
            for person in [id for id, known in facilitator.chat.people.items() if known.forgotten]:
                for other in self.roster.with_person(person):
                    if not other.chat.people[person].forgotten:
                        await self._forget_in(other, person)

    async def _forget_in(self, other: Facilitator, person: PersonId) -> None:
        """Return once *other* has forgotten *person*, however long nothing can be stored: nobody can ask again."""
        while True:
            with suppress(StoreTrouble):
                await other.put(c.Forget(at=self.clock.now(), by=person))
                return
            await self.clock.sleep(PAUSE_AFTER_TROUBLE)

    async def consent(self, facilitator: Facilitator, heard: HeardCommand) -> Reply:
        """Take a choice about quotes; what asks for less than before holds for every chat somebody took part in.

        A room belongs to the next chat of its series while the summary of the last one is still read.
        """
        reply = await facilitator.put(heard)
        known = self.people.known(platform_of(heard.room), heard.by.id)
        choice = _CHOICES.get(heard.arguments.get("choice", ""))
        if reply.refused or known is None or choice is None or heard.arguments.get("message"):
            return reply
        for other in self.roster.with_person(known.person):
            if other is not facilitator and is_stricter(other.chat, known.person, choice):
                await other.put(c.Consent(at=self.clock.now(), by=known.person, choice=choice))
        return reply
