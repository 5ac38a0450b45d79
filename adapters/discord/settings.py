"""What can be set about Discord, and what Discord can do."""

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from bot.ports import Capabilities

PLATFORM = "discord"
LONGEST_TEXT = 2_000
"""Code points in the text of one message. Discord counts them; discord.py sends longer ones out all the same."""

CAPABILITIES = Capabilities(
    threads=True,
    edits=True,
    deletes=True,
    private=True,
    buttons=True,
    forms=True,
    reactions=True,
    header=False,
    post_length=LONGEST_TEXT - 100,  # headings, quotes and times need a few letters of their own
    # "The past few minutes" is all that Discord promises for a nonce; within 90 s it has always held.
    idempotency_window=90.0,
    durable_marker=True,
    history=True,
)


class Settings(BaseModel):
    """One Discord application. The token comes from the environment or a file, from nowhere else."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    token: SecretStr = Field(description="The bot's token, from Developer Portal > Bot.")
    api: str = Field(default="https://discord.com/api/v10", description="Base address of the REST API.")
    gateway: str = Field(default="wss://gateway.discord.gg/", description="Address of the gateway.")
    moderator_roles: frozenset[str] = Field(
        default=frozenset(),
        description="Ids of roles that moderate chats, beside whoever may manage messages or the server.",
    )
