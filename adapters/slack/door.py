"""The door: every envelope that Slack brings, taken in order and acknowledged once what it says is durable."""

import asyncio
import traceback
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog
from pydantic import ValidationError
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_bolt.async_app import AsyncApp
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from adapters.slack.calls import LIBRARY_LOG, Calls
from adapters.slack.desk import Desk
from adapters.slack.inbox import Full, Inbox, Told, Waiting
from adapters.slack.payloads import Interaction, MessageEvent, ReactionEvent, Slash
from adapters.slack.people import People
from adapters.slack.settings import PLATFORM, room_id
from adapters.slack.translate import Me, channel_of, heard, people_in
from bot.ports import RoomView, Somebody

log = structlog.get_logger(__name__)

_KINDS: dict[str, type[MessageEvent] | type[ReactionEvent]] = {
    "message": MessageEvent,
    "reaction_added": ReactionEvent,
    "reaction_removed": ReactionEvent,
}
_TRY_AGAIN = 503


def _ends(raw: Mapping[str, Any]) -> bool:
    """Return whether an event says that the app is in the workspace no more, or that its bot token is void."""
    tokens = raw.get("tokens")
    is_ours = isinstance(tokens, dict) and bool(tokens.get("bot"))
    return raw.get("type") == "app_uninstalled" or (raw.get("type") == "tokens_revoked" and is_ours)


class Taking(AsyncMiddleware):
    """A middleware of Bolt's that hands every body to *take*; as a class it is spared the search for its arguments."""

    def __init__(self, take: Callable[[dict[str, Any]], Awaitable[BoltResponse]]) -> None:
        self._take = take

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002  # its name
    ) -> BoltResponse:
        """Return the answer to one envelope."""
        return await self._take(req.body)


class Door:
    """Bolt's app with one listener for everything.

    A middleware, not a listener for each kind: Bolt leaves unacknowledged what nobody listens to, and acknowledges
    before listeners have run. Here the acknowledgement is what the one middleware returns, and nothing overtakes
    anything on the way to it.
    """

    def __init__(
        self, calls: Calls, view: RoomView, people: People, inbox: Inbox, desk: Desk, tasks: asyncio.TaskGroup
    ) -> None:
        self._view, self._people, self._inbox, self._desk, self._tasks = view, people, inbox, desk, tasks
        self.me = Me(user="", bot="")
        self.on_flood: Callable[[], None] = lambda: None
        self.on_disowned: Callable[[], None] = lambda: None
        self._app = AsyncApp(
            client=calls.client,
            # Before Bolt finds out who we are: known since we connected, and asking would let one overtake another.
            before_authorize=Taking(self._take),
            process_before_response=True,
            ignoring_self_events_enabled=False,  # our own posts come back as messages: that is how we know they stand
            request_verification_enabled=False,
            ssl_check_enabled=False,
            url_verification_enabled=False,
            attaching_function_token_enabled=False,
            logger=LIBRARY_LOG,
        )
        self._app.error(self._note_bug)

    async def handle(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        """Take one envelope and acknowledge it, or leave it to be delivered again."""
        response = await run_async_bolt_app(self._app, request)
        await send_async_response(client, request, response, 0.0)

    async def _note_bug(self, error: Exception) -> None:
        # Not acknowledged then. Only its kind and place: what a bug says may hold words.
        frames = traceback.extract_tb(error.__traceback__)
        place = f"{frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else ""
        log.error("bug", kind=type(error).__name__, place=place)

    async def _take(self, body: dict[str, Any]) -> BoltResponse:
        if self._inbox.closed:  # we are leaving: whoever comes next will take it
            return BoltResponse(status=_TRY_AGAIN, body="")
        try:
            said = await self._read(body)
        except Full:
            self.on_flood()
            return BoltResponse(status=_TRY_AGAIN, body="")
        except ValidationError as error:
            # Its shape, never its words: acknowledged, for it would read no better the next time.
            log.warning(
                "unreadable", kind=str(body.get("type", "command"))[:40], problems=error.error_count()
            )
            said = None
        return BoltResponse(status=200, body=said or "")

    async def _read(self, body: dict[str, Any]) -> dict[str, Any] | None:
        match body.get("type"):
            case "event_callback":
                await self._event(body.get("event") or {})
            case "block_actions" | "message_action" | "view_submission":
                return await self._desk.done(Interaction.model_validate(body))
            case "app_rate_limited":
                self.on_flood()
            case None if "command" in body:
                return await self._desk.typed(Slash.model_validate(body))
        return None

    async def _event(self, raw: dict[str, Any]) -> None:
        if _ends(raw):
            self.on_disowned()
        kind = _KINDS.get(str(raw.get("type")))
        if kind is None:
            return
        event = kind.model_validate(raw)
        # What is said elsewhere is none of our business: nobody is looked up for it.
        if room_id(channel_of(event)) not in self._view.rooms(PLATFORM):
            return
        wanted = people_in(event, self.me)
        known = self._people.at_hand(wanted)
        if known is None:
            await self._put_later(event, wanted).stored
        else:
            await self._inbox.put(self._told(event, known)).stored

    def _put_later(self, event: MessageEvent | ReactionEvent, wanted: tuple[str, ...]) -> Waiting:
        """Give *event* its place in line while the people in it are looked up."""

        async def told() -> Told:
            return self._told(event, await self._people.get(wanted))

        telling = self._tasks.create_task(told())
        try:
            return self._inbox.put(telling)
        except Full:
            telling.cancel()
            raise

    def _told(self, event: MessageEvent | ReactionEvent, people: Mapping[str, Somebody]) -> Told:
        try:
            return heard(event, self.me, people)
        except ValueError:
            log.warning("unreadable time", kind=event.type)
            return ()
