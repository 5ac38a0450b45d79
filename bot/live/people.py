"""What is tried with somebody's help: telling them something alone, and hearing what they do in the room."""

from bot.live.attempt import Attempt, Skipped, must, text
from bot.ports import HeardDeletion, HeardEdit, HeardMessage, HeardReaction


async def private(attempt: Attempt) -> str:
    """Somebody can be told something alone."""
    if attempt.person is None or not attempt.platform.capabilities.private:
        raise Skipped("no --person")
    letter = text(attempt.says)
    await attempt.platform.private(attempt.key("private"), attempt.room, attempt.person, letter)
    return ""


async def private_again(attempt: Attempt) -> str:
    """And told again in its place."""
    await private(attempt)
    return ""


def _asked(attempt: Attempt, key: str) -> None:
    if attempt.ask is None:
        raise Skipped("nobody to ask")
    attempt.ask(key)


async def hears(attempt: Attempt) -> str:
    """A message is heard with its text."""
    _asked(attempt, "message")
    heard = await attempt.listener.until(lambda heard: isinstance(heard, HeardMessage) and not heard.reply_to)
    must(isinstance(heard, HeardMessage) and heard.text.strip(), "a message without its text")
    return ""


async def hears_reaction(attempt: Attempt) -> str:
    """A reaction is heard."""
    _asked(attempt, "reaction")
    heard = await attempt.listener.until(lambda heard: isinstance(heard, HeardReaction))
    return str(getattr(heard, "reaction", ""))


async def hears_reply(attempt: Attempt) -> str:
    """A reply, or a line in a thread, is heard as one."""
    _asked(attempt, "reply")
    await attempt.listener.until(
        lambda heard: isinstance(heard, HeardMessage) and bool(heard.reply_to or heard.thread)
    )
    return ""


async def hears_edit(attempt: Attempt) -> str:
    """An edit is heard."""
    _asked(attempt, "edit")
    await attempt.listener.until(lambda heard: isinstance(heard, HeardEdit) and bool(heard.text.strip()))
    return ""


async def hears_deletion(attempt: Attempt) -> str:
    """A deletion is heard."""
    _asked(attempt, "deletion")
    await attempt.listener.until(
        lambda heard: isinstance(heard, HeardDeletion) and heard.id not in attempt.made
    )
    return ""
