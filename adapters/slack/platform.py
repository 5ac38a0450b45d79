"""Slack as a platform: what the house asks of it, put together from the socket, the calls and the cards."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

import structlog
from tenacity import AsyncRetrying, retry_if_exception, wait_exponential_jitter

from adapters.slack import settings as slack
from adapters.slack.blocks import render
from adapters.slack.calls import Account, Calls
from adapters.slack.cards import Cards
from adapters.slack.connection import Socket, address_from
from adapters.slack.desk import Desk
from adapters.slack.door import Door
from adapters.slack.gaps import Gaps
from adapters.slack.history import REACH, read_history
from adapters.slack.inbox import Inbox
from adapters.slack.manifest import SCOPES, text_of
from adapters.slack.payloads import Message
from adapters.slack.people import People
from adapters.slack.settings import CAPABILITIES, LONGEST_CARD, Settings, channel_id
from adapters.slack.text import moment, timestamp
from adapters.slack.translate import TOMBSTONE, Me, receipts_in
from adapters.slack.trouble import DISOWNED, reason
from bot.errors import PlatformTrouble
from bot.ports import Clock, Content, Heard, Intake, Lack, Look, PostKey, Receipt, RoomId, RoomView

log = structlog.get_logger(__name__)

_PRIVATE_REMEMBERED = 2_000
_LOOKED_AT = 50
_BACKOFF = wait_exponential_jitter(multiplier=0.5, max=30, jitter=0.5)
_GONE = frozenset({"message_not_found"})
_NO_CHANNEL = frozenset({"channel_not_found", "not_in_channel"})


class SlackPlatform:
    """One Slack app in one workspace."""

    name = slack.PLATFORM
    capabilities = CAPABILITIES

    def __init__(self, settings: Settings, view: RoomView, clock: Clock) -> None:
        self._settings, self._view, self._clock = settings, view, clock
        self._calls = Calls(settings)
        self._cards = Cards(self._calls, view, clock)
        self._account: Account | None = None
        self._socket: Socket | None = None
        self._disowned = asyncio.Event()
        self._private: OrderedDict[tuple[PostKey, str], tuple[str, str]] = OrderedDict()

    @property
    def calls(self) -> Calls:
        """Return the Web API, for trials of it."""
        return self._calls

    @property
    def is_connected(self) -> bool:
        """Return whether the socket is open."""
        return self._socket is not None and self._socket.is_open

    # --- hearing ---

    async def run(self, intake: Intake) -> None:
        """Connect, hand everything heard to *intake* in order, and stay until cancelled.

        Raises: PlatformTrouble when Slack refuses us for good.
        """
        try:
            async with asyncio.TaskGroup() as tasks:
                await self._live(intake, tasks)
        except ExceptionGroup as group:
            refused = group.subgroup(PlatformTrouble)
            if refused is None:
                raise
            raise refused.exceptions[0] from None

    async def _live(self, intake: Intake, tasks: asyncio.TaskGroup) -> None:
        me = (await self._sign_in()).me
        people = People(self._settings, self._calls, self._clock, tasks)
        inbox = Inbox(intake, self._clock, tasks)
        desk = Desk(
            calls=self._calls, view=self._view, people=people, inbox=inbox, clock=self._clock, tasks=tasks
        )
        door = Door(self._calls, self._view, people, inbox, desk, tasks)
        door.me = me
        gaps = Gaps(inbox, self._view, self._clock, tasks)
        door.on_flood = gaps.after_flood
        door.on_disowned = self._disowned.set
        tasks.create_task(self._until_disowned(), name="slack token")
        tasks.create_task(inbox.run(), name="slack inbox")
        tasks.create_task(self._cards.run(me), name="slack cards")
        self._socket = Socket(self._calls, self._clock, self._settings.heartbeat, door.handle)
        await self._socket.run(gaps.after_opening)

    async def _until_disowned(self) -> None:
        """Wait until Slack wants none of us any more. Raises: PlatformTrouble then, and nothing is asked again."""
        await self._disowned.wait()
        raise PlatformTrouble(
            "Slack took the app out of the workspace, or its bot token counts no more. "
            "Install the app again, and copy the bot token anew from its OAuth & Permissions.",
            permanent=True,
        )

    async def _sign_in(self) -> Account:
        """Return who we are, however long Slack is away. Raises: PlatformTrouble when it does not want us so."""
        retrying = AsyncRetrying(
            sleep=self._clock.sleep,
            wait=_BACKOFF,
            retry=retry_if_exception(
                lambda error: isinstance(error, PlatformTrouble) and not error.permanent
            ),
            reraise=True,
        )
        try:
            account: Account = await retrying(self._who)
        except PlatformTrouble as trouble:
            fix = "Copy the bot token anew from OAuth & Permissions of the Slack app."
            raise PlatformTrouble(f"{trouble.reason} (the bot token). {fix}", permanent=True) from None
        missing = sorted(SCOPES.keys() - account.scopes)
        if missing and account.scopes:  # a compatible server may not tell of scopes
            fix = "Add them under OAuth & Permissions of the Slack app, and reinstall it."
            raise PlatformTrouble(f"the bot token lacks scopes: {', '.join(missing)}. {fix}", permanent=True)
        return account

    async def _who(self) -> Account:
        if self._account is None:
            self._account = await self._calls.account()
        return self._account

    async def _me(self) -> Me:
        return (await self._who()).me

    # --- posting ---

    async def post(
        self, key: PostKey, room: RoomId, content: Content, reply_to: str | None = None
    ) -> Receipt:
        """Post once. Raises: PlatformTrouble, which says whether it may stand there all the same."""
        native = render(content, room, key=key)
        try:
            id = await self._calls.post(channel_id(room), native, key, thread=reply_to)
        except PlatformTrouble as trouble:
            if reason(trouble) not in DISOWNED:
                raise
            self._disowned.set()  # what was to be said is said when there is a token that counts
            raise PlatformTrouble("Slack does not accept the token any more") from None
        return Receipt(id=id, at=moment(id))

    async def edit(self, key: PostKey, room: RoomId, id: str, content: Content) -> None:
        """Replace what post *id* says. Raises: PlatformTrouble."""
        await self._calls.update(channel_id(room), id, render(content, room))

    async def delete(self, key: PostKey, room: RoomId, id: str) -> None:
        """Take post *id* of ours out of the room; what is gone already is gone. Raises: PlatformTrouble."""
        try:
            await self._calls.delete(channel_id(room), id)
        except PlatformTrouble as trouble:
            if reason(trouble) not in _GONE:
                raise

    async def private(self, key: PostKey, room: RoomId, person: str, content: Content) -> None:
        """Show *content* to one person in a direct message, replacing what stood under *key*.

        Not as an ephemeral message: those are gone when the person looks away, and never come to who is not there.
        Raises: PlatformTrouble.
        """
        native = render(content, room, key=key, limit=LONGEST_CARD)
        known = self._private.get((key, person)) or await self._find_private(key, person)
        if known[1]:
            await self._calls.update(known[0], known[1], native)
            return
        id = await self._calls.post(known[0], native, key)
        self._remember_private(key, person, known[0], id)

    async def _find_private(self, key: PostKey, person: str) -> tuple[str, str]:
        """Return the direct channel of *person* and what stands there under *key*, empty when nothing does."""
        me = await self._me()
        channel, spoken = await self._calls.direct_channel(person)
        if not spoken:
            return channel, ""
        # An attempt of which we never heard again, or one before a restart, may stand there.
        async for page in self._calls.history(channel, None, limit=_LOOKED_AT):
            if found := receipts_in(page, key, me):
                self._remember_private(key, person, channel, found[0].id)
                return channel, found[0].id
        return channel, ""

    def _remember_private(self, key: PostKey, person: str, channel: str, id: str) -> None:
        self._private[key, person] = (channel, id)
        if len(self._private) > _PRIVATE_REMEMBERED:
            self._private.popitem(last=False)

    # --- what stands there ---

    async def look_up(self, key: PostKey, room: RoomId, since: datetime) -> Look:
        """Return how the post *key* stands in the room's history. Raises: PlatformTrouble."""
        me, seen = await self._me(), list[Message]()
        async for page in self._calls.history(channel_id(room), timestamp(since)):
            seen += page
        # Where we are, at least our own coming in is said.
        return Look(copies=receipts_in(seen, key, me), shows=bool(seen) or await self._shows_anything(room))

    async def stands(self, room: RoomId, id: str, thread: str | None) -> bool:
        """Return whether message *id* stands in *room* or its *thread*. Raises: PlatformTrouble."""
        channel = channel_id(room)
        pages = self._calls.replies(channel, thread, id) if thread else self._calls.history(channel, id)
        try:
            async for page in pages:
                if any(one.ts == id and one.subtype != TOMBSTONE for one in page):
                    return True
        except PlatformTrouble as trouble:
            if reason(trouble) != "thread_not_found":  # gone with everything that hung on it
                raise
        return False

    async def _shows_anything(self, room: RoomId) -> bool:
        async for page in self._calls.history(channel_id(room), None, limit=1):
            return bool(page)
        return False

    async def history(self, room: RoomId, since: datetime) -> AsyncIterator[Heard]:
        """Give everything that stands in the room since then, threads too, oldest first. Raises: PlatformTrouble."""
        me = await self._me()
        stands = await read_history(self._calls, room, since, REACH)
        async with asyncio.TaskGroup() as tasks:
            people = People(self._settings, self._calls, self._clock, tasks)
            told = await stands.told(me, people, self._clock.now())
        for heard in told:
            yield heard

    # --- what it may do ---

    def refresh(self, room: RoomId, person: str | None = None) -> None:
        """Take note that the cards of *room* may look otherwise now."""
        self._cards.refresh(room)

    @asynccontextmanager
    async def asking(self) -> AsyncIterator[None]:
        """Give the Web API alone. Raises: PlatformTrouble when Slack refuses one of the tokens."""
        await self._sign_in()
        await address_from(
            self._calls
        )  # an address that nobody uses costs nothing, and the other token is tried
        yield

    async def invitation(self) -> str:
        """Return the manifest of the app, for "Create an app from a manifest"."""
        return text_of(self._view.commands())

    async def lacks(self, room: RoomId) -> tuple[Lack, ...]:
        """Return what keeps us from running a chat in *room*, nothing when all is well. Raises: PlatformTrouble."""
        account = await self._calls.account()
        missing = [
            Lack(
                name=scope,
                fix=f"Add the scope {scope} ({why}) under OAuth & Permissions, and reinstall the app.",
            )
            for scope, why in SCOPES.items()
            if account.scopes and scope not in account.scopes
        ]
        return (*missing, *await self._lacks_in(room))

    async def _lacks_in(self, room: RoomId) -> tuple[Lack, ...]:
        channel = channel_id(room)
        try:
            known = await self._calls.channel(channel)
        except PlatformTrouble as trouble:
            if reason(trouble) == "missing_scope":
                return ()  # named already
            if reason(trouble) in _NO_CHANNEL:
                return (
                    Lack(
                        name="channel",
                        fix=f"There is no channel {channel} that the app can see; invite it there.",
                    ),
                )
            raise
        lacks = {
            "archived": (known.is_archived, f"The channel {channel} is archived; open it again."),
            "membership": (
                not known.is_member,
                f"Invite the app into the channel {channel}: /invite @its-name.",
            ),
            "posting": (
                known.is_read_only,
                f"Only some may post in the channel {channel}; let the app post there.",
            ),
        }
        return tuple(Lack(name=name, fix=fix) for name, (is_lacking, fix) in lacks.items() if is_lacking)
