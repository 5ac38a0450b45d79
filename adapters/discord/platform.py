"""Discord as the core sees it: one connection that hears, posts once, and knows what it may not do."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from typing import Any

import discord
import structlog

from adapters.discord import content as native
from adapters.discord import forms, permissions, translate, wishes
from adapters.discord.cards import Cards
from adapters.discord.client import WRONG_TOKEN, Gateway
from adapters.discord.content import Frame, Json
from adapters.discord.gaps import Gaps
from adapters.discord.hearing import Hearing, safely
from adapters.discord.history import History, custom_ids
from adapters.discord.interactions import Interactions
from adapters.discord.people import Acquaintances
from adapters.discord.private import PrivateMessages
from adapters.discord.settings import CAPABILITIES, PLATFORM, Settings
from adapters.discord.wire import NO_PERMISSION, PATIENCE, UNKNOWN_MESSAGE, Refusal, Wire, moment_of
from bot.errors import PlatformTrouble
from bot.markup import Button
from bot.ports import Clock, Content, Heard, Intake, Lack, Look, PostKey, Receipt, RoomId, RoomView

log = structlog.get_logger(__name__)

_MESSAGES = "/channels/{channel_id}/messages"
_ONE_MESSAGE = _MESSAGES + "/{message_id}"
MOST_EXPECTED = 1_000
"""Posts whose echo we may still be waiting for."""
LISTING_AGAIN = 30.0


class DiscordPlatform:
    """One Discord application, on any number of servers; a room is one channel with its threads."""

    name = PLATFORM
    capabilities = CAPABILITIES

    def __init__(
        self, settings: Settings, view: RoomView, clock: Clock, *, patience: float = PATIENCE
    ) -> None:
        self._view, self._clock = view, clock
        self.client = Gateway(settings, clock)
        self._wire = Wire(self.client, patience)
        people = Acquaintances(settings.moderator_roles)
        self._history = History(self._wire, self.client, people)
        self._hearing = Hearing(self.client, view, clock, people)
        self._gaps = Gaps(self._hearing, view, clock)
        self._private = PrivateMessages(self._wire)
        self._cards = Cards(self._private, self._history, view, clock)
        self._interactions = Interactions(self._wire, self._hearing, people, view, clock)
        self.client.takers = self._hearing.takers() | {
            "interaction": safely(self._interactions.take),
            "disconnect": self._gaps.lost,
            "resumed": self._gaps.resumed,
            "connect": self._gaps.new_session,
            "ready": self._gaps.ready,
        }

    @property
    def is_connected(self) -> bool:
        """Return whether the gateway tells us what happens."""
        return self.client.is_connected

    async def run(self, intake: Intake) -> None:
        """Connect, hand everything heard to *intake* in order, and stay until cancelled.

        Raises: PlatformTrouble when Discord refuses us for good.
        """
        try:
            async with self.client:
                await self.client.log_in()
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(self.client.stay())
                    tasks.create_task(self.work(intake))
        except BaseExceptionGroup as group:
            if refused := group.subgroup(PlatformTrouble):
                raise _first(refused) from None
            raise

    async def work(self, intake: Intake) -> None:
        """Do everything but hold the connection, which is there already; until cancelled."""
        self._wire.is_open.set()
        try:
            async with asyncio.TaskGroup() as tasks:
                self._interactions.spawn = tasks.create_task
                tasks.create_task(self._hearing.run(intake))
                tasks.create_task(self._gaps.run())
                tasks.create_task(self._cards.run())
                tasks.create_task(self._list_commands())
                tasks.create_task(self._until_refused())
        finally:
            self._wire.is_open.clear()

    async def _until_refused(self) -> None:
        """Wait until our token counts no more. Raises: PlatformTrouble then: asking on would get us banned."""
        await self._wire.is_refused.wait()
        raise PlatformTrouble(WRONG_TOKEN, permanent=True)

    async def _list_commands(self) -> None:
        """Tell Discord which commands there are."""
        commands, path = forms.commands(self._view.commands()), "/applications/{application_id}/commands"
        while True:
            try:
                await self._wire.request("PUT", path, commands, application_id=self.client.application_id)
            except PlatformTrouble as trouble:
                log.warning("commands not listed", reason=trouble.reason)
                if trouble.permanent:
                    return
                await self._clock.sleep(trouble.retry_after or LISTING_AGAIN)
            else:
                return

    @asynccontextmanager
    async def asking(self) -> AsyncIterator[None]:
        """Give the REST side of the connection alone. Raises: PlatformTrouble when Discord refuses the token."""
        async with self.client:
            await self.client.log_in()
            self._wire.is_open.set()
            try:
                yield
            finally:
                self._wire.is_open.clear()

    async def invitation(self) -> str:
        """Return the link by which the owner of a server lets the bot in."""
        id = self.client.application_id
        return discord.utils.oauth_url(
            id or 0, permissions=permissions.invitation(), scopes=("bot", "applications.commands")
        )

    async def lacks(self, room: RoomId) -> tuple[Lack, ...]:
        """Return what keeps us from running a chat in *room*, nothing when all is well. Raises: PlatformTrouble."""
        return await self._history.lacks(room)

    # --- posting ---

    async def post(
        self, key: PostKey, room: RoomId, content: Content, reply_to: str | None = None
    ) -> Receipt:
        """Post once: whatever happens to the answer, the same post sent again is the same message.

        Raises: PlatformTrouble, which says whether it may stand there all the same.
        """
        name = wishes.nonce(key, room)
        frame = Frame(room=room, mark=wishes.marker(key, room), standing=await self._about_me(room))
        body = _worded(native.message(content, frame)) | {"nonce": name, "enforce_nonce": True}
        if reply_to is not None:
            body["message_reference"] = {"message_id": reply_to, "fail_if_not_exists": False}
        self._expect(frame.mark, key, room)
        try:
            posted = await self._wire.request("POST", _MESSAGES, body, channel_id=translate.channel_id(room))
        except Refusal as refusal:
            if (
                refusal.code == UNKNOWN_MESSAGE
            ):  # its nonce is known, the message is not: posted, then deleted
                raise PlatformTrouble(
                    "it was posted, and somebody deleted it at once", permanent=True
                ) from None
            raise await self._named(refusal, room) from None
        return _receipt(posted)

    async def _named(self, refusal: Refusal, room: RoomId) -> PlatformTrouble:
        """Return *refusal* with the permissions that it is for, where it is for any and Discord tells."""
        if refusal.code != NO_PERMISSION:
            return refusal
        with suppress(PlatformTrouble):
            lacks = await self._history.lacks(room)
            if lacks:
                names = ", ".join(lack.name for lack in lacks)
                return PlatformTrouble(f"the bot lacks {names} there", permanent=True)
        return refusal

    def _expect(self, mark: str, key: PostKey, room: RoomId) -> None:
        """Know our own post when it comes back to us: often long before the answer to the request does."""
        own = self._hearing.own
        own[mark] = (key, room)
        if len(own) > MOST_EXPECTED:
            own.popitem(last=False)

    async def _about_me(self, room: RoomId) -> Button:
        """Return the button that stands under every post: for whoever reads it, and as the mark to find it by."""
        words = (await self._view.state(room, None)).words
        return Button(label=words.get("page.you-menu", "…"), command=wishes.ABOUT_ME)

    async def edit(self, key: PostKey, room: RoomId, id: str, content: Content) -> None:
        """Replace what post *id* says; its mark stays. Raises: PlatformTrouble."""
        into = {"channel_id": translate.channel_id(room), "message_id": id}
        there = await self._wire.request("GET", _ONE_MESSAGE, **into)
        marks = [mark for each in custom_ids(there.get("components", ())) if (mark := wishes.mark_in(each))]
        frame = Frame(room=room, mark=marks[0] if marks else "", standing=await self._about_me(room))
        await self._wire.request("PATCH", _ONE_MESSAGE, _worded(native.message(content, frame)), **into)

    async def delete(self, key: PostKey, room: RoomId, id: str) -> None:
        """Take message *id* out of the room or its threads, if it still stands there. Raises: PlatformTrouble."""
        channel = self.client.get_channel(int(translate.channel_id(room)))
        threads = [str(thread.id) for thread in getattr(channel, "threads", ())]
        for place in (translate.channel_id(room), *threads):
            try:
                await self._wire.request("DELETE", _ONE_MESSAGE, channel_id=place, message_id=id)
            except Refusal as refusal:
                if refusal.code != UNKNOWN_MESSAGE:
                    raise
            else:
                return

    async def private(self, key: PostKey, room: RoomId, person: str, content: Content) -> None:
        """Show *content* to one person, replacing what stood under *key*. Raises: PlatformTrouble."""
        frame = Frame(room=room, mark=wishes.marker(key, room))
        await self._private.show(key, person, content, frame)

    def refresh(self, room: RoomId, person: str | None = None) -> None:
        """Take note that the cards of *room* may look otherwise now."""
        self._cards.refresh(room)

    # --- looking back ---

    async def look_up(self, key: PostKey, room: RoomId, since: datetime) -> Look:
        """Return how the post *key* stands in the history of *room*. Raises: PlatformTrouble."""
        return await self._history.look_up(key, room, since)

    async def stands(self, room: RoomId, id: str, thread: str | None) -> bool:
        """Return whether message *id* stands in *room* or its *thread*. Raises: PlatformTrouble."""
        return await self._history.stands(room, id, thread)

    def history(self, room: RoomId, since: datetime) -> AsyncIterator[Heard]:
        """Give everything that people said in *room* since then, oldest first."""
        return self._history.said(room, since)


def _worded(body: Json) -> Json:
    if not body["content"] and not body.get("embeds"):
        raise PlatformTrouble("there is nothing left to say", permanent=True)
    return body


def _receipt(posted: Any) -> Receipt:
    try:
        return Receipt(id=str(posted["id"]), at=moment_of(posted["id"]))
    except (KeyError, TypeError, ValueError):
        raise PlatformTrouble("Discord's answer cannot be read", unknown=True) from None


def _first(group: BaseExceptionGroup[PlatformTrouble]) -> PlatformTrouble:
    first = group.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first
