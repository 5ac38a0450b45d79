"""What is tried of looking: at permissions, at what stands in the room, and at what was taken out of it."""

from datetime import timedelta

from bot.live.attempt import Attempt, Skipped, must
from bot.ports import HeardMessage, Look

CLOSE = timedelta(seconds=5)
NEVER = "never-posted"


async def permissions(attempt: Attempt) -> str:
    """Nothing is missing in the room."""
    lacks = await attempt.platform.lacks(attempt.room)
    must(not lacks, "; ".join(f"{lack.name}: {lack.fix}" for lack in lacks))
    return ""


async def invitation(attempt: Attempt) -> str:
    """What brings the bot in is told."""
    must(await attempt.platform.invitation(), "nothing")
    return ""


async def look_at(attempt: Attempt, name: str) -> Look:
    """Return how the post *name* stands in the history. Raises: Skipped where posts cannot be told apart there."""
    if not attempt.platform.capabilities.durable_marker:
        raise Skipped("no durable marker")
    return await attempt.platform.look_up(attempt.key(name), attempt.room, attempt.since)


async def looked_up(attempt: Attempt) -> str:
    """A look-up finds a post, once."""
    first, look = attempt.posted("first"), await look_at(attempt, "first")
    must([copy.id for copy in look.copies] == [first.id], f"{len(look.copies)} copies")
    must(abs(look.copies[0].at - first.at) < CLOSE, "another time")
    return ""


async def not_there(attempt: Attempt) -> str:
    """A look-up says what is not there."""
    look = await look_at(attempt, NEVER)
    must(not look.copies, f"{len(look.copies)} copies")
    must(look.shows, "the history shows nothing at all")
    return ""


async def there(attempt: Attempt) -> str:
    """A single message can be asked for."""
    must(await attempt.platform.stands(attempt.room, attempt.posted("first").id, None), "it does not")
    return ""


async def marked_still(attempt: Attempt) -> str:
    """An edited post is still found."""
    copies = (await look_at(attempt, "first")).copies
    must([copy.id for copy in copies] == [attempt.posted("first").id], f"{len(copies)} copies")
    return ""


async def history(attempt: Attempt) -> str:
    """The history can be read, and holds none of our own."""
    said = [heard async for heard in attempt.platform.history(attempt.room, attempt.since)]
    own = [heard for heard in said if isinstance(heard, HeardMessage) and heard.id in attempt.made]
    must(not own, f"{len(own)} of our own")
    return f"{len(said)}"


async def card(attempt: Attempt) -> str:
    """Cards can be drawn anew."""
    attempt.platform.refresh(attempt.room)
    return ""


async def deletes(attempt: Attempt) -> str:
    """A post can be taken away."""
    first = attempt.posted("first")
    await attempt.platform.delete(attempt.key("delete"), attempt.room, first.id)
    must(not await attempt.platform.stands(attempt.room, first.id, None), "it still stands")
    return ""


async def gone(attempt: Attempt) -> str:
    """A look-up finds it no more."""
    attempt.posted("first")
    copies = (await look_at(attempt, "first")).copies
    must(not copies, f"{len(copies)} copies")
    return ""


async def deletes_twice(attempt: Attempt) -> str:
    """Taking it away twice harms nobody."""
    await attempt.platform.delete(attempt.key("delete"), attempt.room, attempt.posted("first").id)
    return ""
