"""Every request that we make of Slack's Web API, each made once: nothing here tries anything again by itself."""

import logging
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from slack_sdk.webhook.async_client import AsyncWebhookClient

from adapters.slack.blocks import Json, Native
from adapters.slack.payloads import MARKER, Message, User
from adapters.slack.settings import Settings
from adapters.slack.translate import Me
from adapters.slack.trouble import ERRORS, trouble
from bot.errors import PlatformTrouble
from bot.ports import PostKey

PAGE = 200
"""Messages asked for at once: what Slack recommends."""

# The library tells words at DEBUG and addresses that hold tickets at ERROR: nothing of it reaches our log.
LIBRARY_LOG = logging.getLogger("adapters.slack.library")
LIBRARY_LOG.setLevel(logging.CRITICAL + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Who we are, and what we may do: the scopes of our token."""

    me: Me
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A channel as Slack tells of it."""

    is_member: bool
    is_archived: bool
    is_read_only: bool


class Calls:
    """Slack's Web API. Every method may raise PlatformTrouble."""

    def __init__(self, settings: Settings) -> None:
        # No session of its own: each request gets a new connection. One kept open, and closed by Slack at the wrong
        # moment, would turn a post into one of unknown outcome. No retry handlers: the library would post twice.
        self.client = AsyncWebClient(
            token=settings.bot_token.get_secret_value(),
            base_url=settings.api,
            retry_handlers=[],
            logger=LIBRARY_LOG,
        )
        self._app_token = settings.app_token.get_secret_value()

    # --- ourselves ---

    async def account(self) -> Account:
        """Return who we are."""
        answer = await _answer(self.client.auth_test())
        scopes = str(answer.headers.get("x-oauth-scopes") or answer.headers.get("X-OAuth-Scopes") or "")
        me = Me(user=str(answer.get("user_id") or ""), bot=str(answer.get("bot_id") or ""))
        return Account(me=me, scopes=frozenset(scope.strip() for scope in scopes.split(",") if scope.strip()))

    async def socket_address(self) -> str:
        """Return an address for one WebSocket; it is good for one connection and for some seconds."""
        return str((await _answer(self.client.apps_connections_open(app_token=self._app_token)))["url"])

    # --- posts ---

    async def post(
        self, channel: str, native: Native, key: PostKey, *, thread: str | None = None, kind: str = MARKER
    ) -> str:
        """Post and return the id."""
        answer = await _answer(
            self.client.chat_postMessage(
                channel=channel,
                text=native.text,
                blocks=native.blocks,
                metadata={"event_type": kind, "event_payload": {"k": key, "v": 1}},
                thread_ts=thread,
                link_names=False,
                parse="none",
                unfurl_links=False,
                unfurl_media=False,
            )
        )
        return _id_in(answer)

    async def update(self, channel: str, id: str, native: Native) -> None:
        """Replace what stands there; metadata that is not sent along stays as it was."""
        update = self.client.chat_update(
            channel=channel, ts=id, text=native.text, blocks=native.blocks, link_names=False, parse="none"
        )
        await _answer(update)

    async def delete(self, channel: str, id: str) -> None:
        """Take one of our own posts away."""
        await _answer(self.client.chat_delete(channel=channel, ts=id))

    async def whisper(self, channel: str, person: str, native: Native) -> None:
        """Show something to one person in a channel, until they look away."""
        whisper = self.client.chat_postEphemeral(
            channel=channel,
            user=person,
            text=native.text,
            blocks=native.blocks,
            link_names=False,
            parse="none",
        )
        await _answer(whisper)

    async def respond(self, address: str, native: Native) -> None:
        """Answer whoever pressed or typed something, where they did it, for their eyes only."""
        client = AsyncWebhookClient(address, retry_handlers=[], logger=LIBRARY_LOG)
        try:
            await client.send(
                text=native.text, blocks=native.blocks, response_type="ephemeral", replace_original=False
            )
        except ERRORS as error:
            raise trouble(error) from None

    async def open_form(self, trigger: str, view: Json) -> None:
        """Show a form to whoever pressed or typed something in the last three seconds."""
        await _answer(self.client.views_open(trigger_id=trigger, view=view))

    # --- what stands there ---

    async def history(
        self, channel: str, since: str | None, *, limit: int = PAGE
    ) -> AsyncIterator[list[Message]]:
        """Give the messages of *channel* since then, newest page first; without *since* only the newest page."""
        given: Json = {"channel": channel, "limit": limit, "include_all_metadata": True}
        given |= {"oldest": since, "inclusive": True} if since else {}
        async for page in self._pages("conversations.history", given, whole=since is not None):
            yield page

    async def replies(self, channel: str, thread: str, since: str) -> AsyncIterator[list[Message]]:
        """Give the replies in a thread since then, oldest page first; the message that it hangs on comes along."""
        given: Json = {"channel": channel, "ts": thread, "oldest": since, "inclusive": True}
        given |= {"limit": PAGE, "include_all_metadata": True}
        async for page in self._pages("conversations.replies", given, whole=True):
            yield page

    async def _pages(self, method: str, given: Json, *, whole: bool) -> AsyncIterator[list[Message]]:
        cursor = ""
        while True:
            params = given | ({"cursor": cursor} if cursor else {})
            answer = await _answer(self.client.api_call(method, http_verb="GET", params=params))
            yield [message for raw in answer.get("messages") or () if (message := _message(raw))]
            cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
            if not (whole and cursor):
                return

    # --- people and places ---

    async def user(self, id: str) -> User:
        """Return somebody."""
        answer = await _answer(self.client.users_info(user=id))
        try:
            return User.model_validate(answer.get("user"))
        except ValidationError:
            raise PlatformTrouble("Slack tells of a person in a way we cannot read") from None

    async def channel(self, id: str) -> Channel:
        """Return a channel."""
        known = (await _answer(self.client.conversations_info(channel=id))).get("channel") or {}
        return Channel(
            is_member=bool(known.get("is_member")),
            is_archived=bool(known.get("is_archived")),
            is_read_only=bool(known.get("is_read_only")),
        )

    async def direct_channel(self, person: str) -> tuple[str, bool]:
        """Return where we speak with *person* alone, and whether anything may have been said there."""
        answer = await _answer(self.client.conversations_open(users=person))
        return str((answer.get("channel") or {})["id"]), bool(
            answer.get("already_open") or answer.get("no_op")
        )


async def _answer(request: Awaitable[AsyncSlackResponse]) -> AsyncSlackResponse:
    try:
        return await request
    except ERRORS as error:
        # Not "from error": it may quote what was posted.
        raise trouble(error) from None


def _id_in(answer: AsyncSlackResponse) -> str:
    id = answer.get("ts")
    if not isinstance(id, str):
        raise PlatformTrouble("Slack took a post and did not say which it is", unknown=True)
    return id


def _message(raw: Any) -> Message | None:
    try:
        message = Message.model_validate(raw)
    except ValidationError:
        return None  # one message that we cannot read hides no other
    return message if message.ts else None
