"""What only Slack has to be tried for, live."""

from adapters.slack.blocks import render
from adapters.slack.manifest import SCOPES
from adapters.slack.platform import SlackPlatform
from adapters.slack.settings import channel_id
from adapters.slack.text import timestamp
from bot.errors import PlatformTrouble
from bot.markup import Content, Paragraph, Run
from bot.ports import Standing, Trial


async def _scopes(platform: SlackPlatform, _: Standing) -> str:
    """The token has every scope that the bot needs."""
    granted = (await platform.calls.account()).scopes
    missing = sorted(SCOPES.keys() - granted)
    if missing:
        raise PlatformTrouble(", ".join(missing), permanent=True)
    return f"{len(granted)}"


async def _identity(platform: SlackPlatform, _: Standing) -> str:
    """Slack says who we are, so that we know our own posts."""
    me = (await platform.calls.account()).me
    if not (me.user and me.bot):
        raise PlatformTrouble("no user id or no bot id", permanent=True)
    return me.user


async def _metadata(platform: SlackPlatform, standing: Standing) -> str:
    """The metadata by which a post is found again can be read back from the history."""
    since = timestamp(standing.receipt.at)
    async for page in platform.calls.history(channel_id(standing.room), since):
        for message in page:
            if message.ts == standing.receipt.id and message.metadata is not None:
                if message.metadata.event_payload.get("k") == standing.key:
                    return message.metadata.event_type
                raise PlatformTrouble("another key", permanent=True)
    raise PlatformTrouble("no metadata", permanent=True)


async def _channel(platform: SlackPlatform, standing: Standing) -> str:
    """The app is a member of the channel, which is open."""
    channel = await platform.calls.channel(channel_id(standing.room))
    if not channel.is_member or channel.is_archived or channel.is_read_only:
        raise PlatformTrouble("not a member, archived, or read-only", permanent=True)
    return ""


async def _whisper(platform: SlackPlatform, standing: Standing) -> str | None:
    """Somebody can be told something in the channel that nobody else sees."""
    if standing.person is None:
        return None
    words = Content(blocks=(Paragraph(runs=(Run(text=standing.says),)),))
    await platform.calls.whisper(channel_id(standing.room), standing.person, render(words, standing.room))
    return ""


TRIALS = (
    Trial(name="slack-scopes", run=_scopes),
    Trial(name="slack-identity", run=_identity),
    Trial(name="slack-metadata", run=_metadata),
    Trial(name="slack-channel", run=_channel),
    Trial(name="slack-whisper", run=_whisper),
)
