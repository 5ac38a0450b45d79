"""Summaries at hand: the newest few are kept, so that a season of chats does not fill the memory."""

from dataclasses import dataclass, field
from datetime import datetime

from bot.core.names import ChatId
from bot.runtime.composer import Composed, Edition, InlineComposer
from bot.runtime.publishing import MOST_KEPT
from tests.unit.runtime.house import TroubledStore, at_work


@dataclass(slots=True)
class Counting:
    """A composer that counts its drafts."""

    inline: InlineComposer
    made: list[ChatId] = field(default_factory=list)

    async def draft(self, chat: ChatId, *, at: datetime, edition: Edition, limit: int, link: str) -> Composed:
        """Return the draft."""
        self.made.append(chat)
        return await self.inline.draft(chat, at=at, edition=edition, limit=limit, link=link)

    async def published(self, chat: ChatId, *, limit: int, link: str) -> Composed | None:
        """Return what is out."""
        return await self.inline.published(chat, limit=limit, link=link)

    async def close(self) -> None:
        """Hold nothing."""


async def test_only_the_newest_summaries_are_kept_at_hand() -> None:
    """What was asked for lately is not made again; what was asked for long ago is made when somebody asks again."""
    store = TroubledStore()
    counting = Counting(InlineComposer(store))
    async with at_work(store=store, composer=counting) as house:
        chats = [await house.plan(source=f"{number}.toml") for number in range(MOST_KEPT + 1)]
        for chat in [*chats, chats[-1], chats[1], chats[0]]:
            await house.service.publisher.draft(house.service.roster[chat].chat)

    assert counting.made == [*chats, chats[0]]
