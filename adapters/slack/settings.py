"""What can be set about Slack, what Slack can do, and the lengths it takes."""

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from bot.ports import Capabilities, RoomId

PLATFORM = "slack"
LONGEST_POST = 3_500
"""Code points in one post. Slack recommends 4,000; longer texts have been seen split in two."""
LONGEST_CARD = 12_000
"""Code points in one card: all blocks together are refused somewhere above 13,000."""
MOST_BLOCKS = 50

CAPABILITIES = Capabilities(
    threads=True,
    edits=True,
    deletes=True,  # of our own posts: no bot can take people's messages out of a Slack channel
    private=True,
    buttons=True,
    forms=True,
    reactions=True,
    header=False,
    post_length=LONGEST_POST - 100,  # headings, quotes and times need a few letters of their own
    # There is no such key: a post that is sent again is there twice. History decides.
    idempotency_window=None,
    durable_marker=True,
    history=True,
)


class Settings(BaseModel):
    """One Slack app in one workspace. Both tokens come from the environment or a file, from nowhere else."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    bot_token: SecretStr = Field(description="Bot token (xoxb-...), from OAuth & Permissions.")
    app_token: SecretStr = Field(description="App-level token (xapp-...) with connections:write.")
    api: str = Field(default="https://slack.com/api/", description="Base address of the Web API.")
    moderators: frozenset[str] = Field(
        default=frozenset(), description="Member ids (U...) of those who may moderate chats."
    )
    admins_moderate: bool = Field(default=True, description="Owners and admins may moderate chats as well.")
    heartbeat: float = Field(
        default=5.0,
        gt=0,
        description="Seconds between signs of life on the socket; a dead one is left after three.",
    )


def room_id(channel: str) -> RoomId:
    """Return our name for *channel*."""
    return RoomId(f"{PLATFORM}/{channel}")


def channel_id(room: RoomId) -> str:
    """Return the channel that *room* is."""
    return room.removeprefix(f"{PLATFORM}/")
