"""What is tried of posts: they are taken as they are meant, once, in order, and what cannot be is refused."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from bot.errors import PlatformTrouble
from bot.live.attempt import Attempt, Failed, Skipped, must, text
from bot.live.looking import look_at
from bot.markup import Bullets, Button, Buttons, Content, Fields, Heading, Paragraph, Quote, Run
from bot.ports import HeardEcho, HeardMessage, RoomId

SKEW = timedelta(seconds=5)
BRISK = 5.0
"""Seconds within which a post should be answered: later, and an hour's questions feel late."""
ODD = "é ü ß · 👩🏽‍⚕️ 🏳️‍🌈 · العربية עברית · 日本語 · a\u0301 \u202etxt\u202c"
TRAPS = "@everyone @here <@1> <!channel> {{ x }} *a* _b_ ~c~ `d` <https://example.org|e>"


async def posts(attempt: Attempt) -> str:
    """A post is answered in time."""
    began = attempt.clock.monotonic()
    receipt = await attempt.post("first", text(attempt.says))
    took = attempt.clock.monotonic() - began
    must(receipt.id, "no id")
    must(took <= BRISK, f"{took:.1f} s")
    return f"{took:.2f} s"


async def clock(attempt: Attempt) -> str:
    """The platform's clock and ours agree."""
    before = attempt.clock.now()
    receipt = await attempt.post("clock", text(attempt.says))
    middle = before + (attempt.clock.now() - before) / 2
    skew = (receipt.at - middle).total_seconds()
    must(abs(skew) <= SKEW.total_seconds(), f"{skew:+.1f} s")
    return f"{skew:+.2f} s"


async def echo(attempt: Attempt) -> str:
    """Our own post comes back to us, under the id that its receipt named."""
    began = attempt.clock.monotonic()
    post = await attempt.post("echo", text(attempt.says))
    heard = await attempt.listener.until(
        lambda heard: isinstance(heard, HeardEcho) and heard.key == attempt.key("echo")
    )
    must(isinstance(heard, HeardEcho) and heard.id == post.id, "another id")
    return f"{attempt.clock.monotonic() - began:.2f} s"


async def nobody(attempt: Attempt) -> str:
    """Our own posts are heard as nobody's messages."""
    own = set(attempt.made)
    taken = [
        heard.id for heard in attempt.listener.heard if isinstance(heard, HeardMessage) and heard.id in own
    ]
    must(not taken, f"{len(taken)}")
    return ""


async def twice(attempt: Attempt) -> str:
    """The same key twice is one message."""
    window = attempt.platform.capabilities.idempotency_window
    if window is None:
        raise Skipped("no idempotency key")
    one = await attempt.post("twice", text(attempt.says))
    other = await attempt.post("twice", text(attempt.says))
    must(one.id == other.id, "two messages")
    return f"{len((await look_at(attempt, 'twice')).copies)}"


async def everything(attempt: Attempt) -> str:
    """A post of every kind of block is taken."""
    says = attempt.says
    blocks = (
        Heading(text="Q1"),
        Paragraph(runs=(Run(text=says), Run(text=says, weight="strong"), Run(text=says, weight="quiet"))),
        Quote(text=says, by="…", link="https://example.org/"),
        Bullets(items=(says, says)),
        Fields(rows=(("1", says), ("2", says))),
        Buttons(buttons=(Button(label="…", command="next"),)),
    )
    await attempt.post("everything", Content(blocks=blocks, label="live"))
    return ""


async def long(attempt: Attempt) -> str:
    """The longest post is taken."""
    longest = attempt.platform.capabilities.post_length
    await attempt.post("long", text(("word " * longest)[: longest - 1] + "."))
    return f"{longest}"


async def odd(attempt: Attempt) -> str:
    """Scripts and emoji are taken."""
    await attempt.post("odd", text(ODD))
    return ""


async def traps(attempt: Attempt) -> str:
    """Mentions and markup are taken as letters."""
    await attempt.post("traps", text(TRAPS))
    return ""


async def reply(attempt: Attempt) -> str:
    """A post can reply."""
    await attempt.post("reply", text(attempt.says), reply_to=attempt.posted("clock").id)
    return ""


async def order(attempt: Attempt) -> str:
    """Posts keep their order."""
    times = [(await attempt.post(f"order-{number}", text(f"{number}"))).at for number in range(3)]
    must(times == sorted(times), "out of order")
    return ""


async def edits(attempt: Attempt) -> str:
    """A post can be edited."""
    await attempt.platform.edit(
        attempt.key("edit"), attempt.room, attempt.posted("first").id, text(f"{attempt.says} ✎")
    )
    return ""


async def _refused(doing: Callable[[], Awaitable[object]]) -> str:
    try:
        await doing()
    except PlatformTrouble as trouble:
        must(trouble.permanent, f"not told that it never works: {trouble}")
        return str(trouble)
    raise Failed("it was not refused")


async def no_room(attempt: Attempt) -> str:
    """A room that is not there is refused for good."""
    nowhere = RoomId(f"{attempt.platform.name}/{'1' if attempt.platform.name == 'discord' else 'C0NOWHERE0'}")
    key = attempt.key("nowhere")
    return await _refused(lambda: attempt.platform.post(key, nowhere, text(attempt.says)))
