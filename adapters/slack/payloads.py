"""What Slack sends, as far as we read it: one small model for each kind. Everything else in a payload is left alone."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Ts = Annotated[str, StringConstraints(pattern=r"^(\d{1,11}\.\d{1,9})?$")]
"""A message's id, which is also its time; empty where a payload has none."""

MARKER = "tweetchat_post"
"""The type of our metadata. Every app of a workspace can read it: it holds a key, never a word."""


class _Payload(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Metadata(_Payload):
    """What a message carries beside its text."""

    event_type: str = ""
    event_payload: dict[str, Any] = {}


class Edited(_Payload):
    """Who changed a message, and when."""

    ts: Ts
    user: str = ""


class BotProfile(_Payload):
    """What a bot is called."""

    name: str = ""


class Reaction(_Payload):
    """One kind of reaction under a message, in a history."""

    name: str
    users: tuple[str, ...] = ()


class Message(_Payload):
    """A message: in an event, inside an event about it, or in a history."""

    ts: Ts = ""
    subtype: str | None = None
    user: str | None = None
    bot_id: str | None = None
    username: str | None = None
    bot_profile: BotProfile | None = None
    text: str = ""
    thread_ts: Ts | None = None
    edited: Edited | None = None
    metadata: Metadata | None = None
    blocks: list[dict[str, Any]] = []
    reactions: tuple[Reaction, ...] = ()
    reply_count: int = 0
    latest_reply: Ts | None = None

    @property
    def author(self) -> str:
        """Return the id of whoever wrote it, empty when Slack does not say."""
        return self.user or self.bot_id or ""

    @property
    def thread(self) -> str | None:
        """Return the message it answers in a thread, None for one that stands in the channel by itself."""
        return self.thread_ts if self.thread_ts != self.ts else None


class MessageEvent(Message):
    """Something about a message; what depends on the subtype."""

    type: Literal["message"]
    channel: str
    channel_type: str = ""
    event_ts: Ts = ""
    deleted_ts: Ts | None = None
    message: Message | None = None
    previous_message: Message | None = None


class Item(_Payload):
    """What a reaction is under."""

    type: str = ""
    channel: str = ""
    ts: Ts = ""


class ReactionEvent(_Payload):
    """A reaction came or went."""

    type: Literal["reaction_added", "reaction_removed"]
    user: str
    reaction: str
    item: Item
    event_ts: Ts


class Person(_Payload):
    """Somebody who did something, or a place where it was done."""

    id: str
    name: str = ""
    username: str = ""


class Action(_Payload):
    """A button that was pressed."""

    value: str = ""


class Container(_Payload):
    """What a button stands in."""

    channel_id: str = ""
    message_ts: str = ""


class View(_Payload):
    """A form that was sent."""

    private_metadata: str = ""
    callback_id: str = ""
    state: dict[str, Any] = {}


class Interaction(_Payload):
    """A button, a menu entry or a form."""

    type: Literal["block_actions", "message_action", "view_submission"]
    user: Person
    channel: Person | None = None
    message: Message | None = None
    message_ts: str = ""
    callback_id: str = ""
    trigger_id: str = ""
    response_url: str = ""
    actions: tuple[Action, ...] = ()
    container: Container = Container()
    view: View = View()


class Slash(_Payload):
    """A typed command."""

    command: str
    text: str = ""
    user_id: str
    channel_id: str
    trigger_id: str = ""
    response_url: str = ""


class Profile(_Payload):
    """What somebody is called."""

    display_name: str = ""
    real_name: str = ""


class User(_Payload):
    """Somebody as users.info tells of them."""

    id: str
    name: str = ""
    real_name: str = ""
    is_bot: bool = False
    is_admin: bool = False
    is_owner: bool = False
    profile: Profile = Field(default_factory=Profile)

    @property
    def shown(self) -> str:
        """Return the name that others see."""
        return self.profile.display_name or self.profile.real_name or self.real_name or self.name or self.id
