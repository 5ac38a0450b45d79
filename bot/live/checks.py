"""What is tried on every platform, in this order. Later checks look at what earlier ones posted."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from bot.errors import PlatformTrouble
from bot.live.attempt import FOR_PEOPLE, PATIENCE, Attempt, Check, Failed, Skipped, tidy_up
from bot.markup import Bullets, Button, Buttons, Content, Fields, Heading, Paragraph, Quote, Run
from bot.ports import HeardDeletion, HeardEcho, HeardEdit, HeardMessage, HeardReaction, Look, RoomId

SKEW = timedelta(seconds=5)
BRISK = 5.0
"""Seconds within which a post should be answered: later, and an hour's questions feel late."""
NEVER = "never-posted"
ODD = "é ü ß · 👩🏽‍⚕️ 🏳️‍🌈 · العربية עברית · 日本語 · a\u0301 \u202etxt\u202c"
TRAPS = "@everyone @here <@1> <!channel> {{ x }} *a* _b_ ~c~ `d` <https://example.org|e>"


def text(words: str) -> Content:
    """Return a post that says *words*."""
    return Content(blocks=(Paragraph(runs=(Run(text=words),)),), label="live")


def _must(holds: object, found: str) -> None:
    if not holds:
        raise Failed(found)


# --- being there ----------------------------------------------------------------------------------------------


async def _permissions(attempt: Attempt) -> str:
    lacks = await attempt.platform.lacks(attempt.room)
    _must(not lacks, "; ".join(f"{lack.name}: {lack.fix}" for lack in lacks))
    return ""


async def _invitation(attempt: Attempt) -> str:
    _must(await attempt.platform.invitation(), "nothing")
    return ""


# --- posting --------------------------------------------------------------------------------------------------


async def _posts(attempt: Attempt) -> str:
    began = attempt.clock.monotonic()
    receipt = await attempt.post(
        "first", text("tweetchat tries this room. Everything it posts goes away again.")
    )
    took = attempt.clock.monotonic() - began
    _must(receipt.id, "no id")
    _must(took <= BRISK, f"{took:.1f} s")
    return f"{took:.2f} s"


async def _clock(attempt: Attempt) -> str:
    before = attempt.clock.now()
    receipt = await attempt.post("clock", text("What time is it there?"))
    middle = before + (attempt.clock.now() - before) / 2
    skew = (receipt.at - middle).total_seconds()
    _must(abs(skew) <= SKEW.total_seconds(), f"{skew:+.1f} s")
    return f"{skew:+.2f} s"


async def _echo(attempt: Attempt) -> str:
    first = attempt.posted("first")
    began = attempt.clock.monotonic()
    heard = await attempt.listener.until(
        lambda heard: isinstance(heard, HeardEcho) and heard.key == attempt.key("first")
    )
    _must(isinstance(heard, HeardEcho) and heard.id == first.id, "another id")
    return f"{attempt.clock.monotonic() - began:.2f} s"


async def _nobody(attempt: Attempt) -> str:
    own = set(attempt.made)
    taken = [
        heard.id for heard in attempt.listener.heard if isinstance(heard, HeardMessage) and heard.id in own
    ]
    _must(not taken, f"{len(taken)}")
    return ""


async def _look(attempt: Attempt, name: str) -> Look:
    if not attempt.platform.capabilities.durable_marker:
        raise Skipped("no durable marker")
    return await attempt.platform.look_up(attempt.key(name), attempt.room, attempt.since)


async def _looked_up(attempt: Attempt) -> str:
    first, look = attempt.posted("first"), await _look(attempt, "first")
    _must([copy.id for copy in look.copies] == [first.id], f"{len(look.copies)} copies")
    _must(abs(look.copies[0].at - first.at) < SKEW, "another time")
    return ""


async def _not_there(attempt: Attempt) -> str:
    look = await _look(attempt, NEVER)
    _must(not look.copies, f"{len(look.copies)} copies")
    _must(look.shows, "the history shows nothing at all")
    return ""


async def _twice(attempt: Attempt) -> str:
    window = attempt.platform.capabilities.idempotency_window
    if window is None:
        raise Skipped("no idempotency key")
    one = await attempt.post("twice", text("Said once, asked for twice."))
    other = await attempt.post("twice", text("Said once, asked for twice."))
    _must(one.id == other.id, "two messages")
    return f"{len((await _look(attempt, 'twice')).copies)}"


async def _there(attempt: Attempt) -> str:
    _must(await attempt.platform.stands(attempt.room, attempt.posted("first").id, None), "it does not")
    return ""


async def _everything(attempt: Attempt) -> str:
    blocks = (
        Heading(text="Q1"),
        Paragraph(
            runs=(Run(text="plain "), Run(text="strong", weight="strong"), Run(text="quiet", weight="quiet"))
        ),
        Quote(text="Rest helps.", by="a patient, IE", link="https://example.org/"),
        Bullets(items=("one", "two")),
        Fields(rows=(("answers", "12"), ("people", "7"))),
        Buttons(buttons=(Button(label="Nothing", command="next"),)),
    )
    await attempt.post("everything", Content(blocks=blocks, label="live"))
    return ""


async def _long(attempt: Attempt) -> str:
    longest = attempt.platform.capabilities.post_length
    await attempt.post("long", text(("word " * longest)[: longest - 1] + "."))
    return f"{longest}"


async def _odd(attempt: Attempt) -> str:
    await attempt.post("odd", text(ODD))
    return ""


async def _traps(attempt: Attempt) -> str:
    await attempt.post("traps", text(TRAPS))
    return ""


async def _reply(attempt: Attempt) -> str:
    await attempt.post("reply", text("A reply."), reply_to=attempt.posted("clock").id)
    return ""


async def _order(attempt: Attempt) -> str:
    times = [(await attempt.post(f"order-{number}", text(f"{number}"))).at for number in range(3)]
    _must(times == sorted(times), "out of order")
    return ""


async def _edits(attempt: Attempt) -> str:
    await attempt.platform.edit(
        attempt.key("edit"), attempt.room, attempt.posted("first").id, text("Edited by tweetchat.")
    )
    return ""


async def _marked_still(attempt: Attempt) -> str:
    copies = (await _look(attempt, "first")).copies
    _must([copy.id for copy in copies] == [attempt.posted("first").id], f"{len(copies)} copies")
    return ""


async def _history(attempt: Attempt) -> str:
    said = [heard async for heard in attempt.platform.history(attempt.room, attempt.since)]
    own = [heard for heard in said if isinstance(heard, HeardMessage) and heard.id in attempt.made]
    _must(not own, f"{len(own)} of our own")
    return f"{len(said)}"


async def _card(attempt: Attempt) -> str:
    attempt.platform.refresh(attempt.room)
    return ""


# --- what cannot be -------------------------------------------------------------------------------------------


async def _refused(doing: Callable[[], Awaitable[object]]) -> str:
    try:
        await doing()
    except PlatformTrouble as trouble:
        _must(trouble.permanent, f"not told that it never works: {trouble}")
        return str(trouble)
    raise Failed("it was not refused")


async def _no_room(attempt: Attempt) -> str:
    nowhere = RoomId(f"{attempt.platform.name}/{'1' if attempt.platform.name == 'discord' else 'C0NOWHERE0'}")
    key = attempt.key("nowhere")
    return await _refused(lambda: attempt.platform.post(key, nowhere, text("Nobody reads this.")))


# --- one person alone -----------------------------------------------------------------------------------------


async def _private(attempt: Attempt) -> str:
    if attempt.person is None or not attempt.platform.capabilities.private:
        raise Skipped("no --person")
    letter = text("tweetchat tries whether it can tell you something alone.")
    await attempt.platform.private(attempt.key("private"), attempt.room, attempt.person, letter)
    return ""


async def _private_again(attempt: Attempt) -> str:
    await _private(attempt)
    return ""


# --- what people do -------------------------------------------------------------------------------------------


def _asked(attempt: Attempt, key: str) -> None:
    if attempt.ask is None:
        raise Skipped("nobody to ask")
    attempt.ask(key)


async def _hears(attempt: Attempt) -> str:
    _asked(attempt, "message")
    heard = await attempt.listener.until(lambda heard: isinstance(heard, HeardMessage) and not heard.reply_to)
    _must(isinstance(heard, HeardMessage) and heard.text.strip(), "a message without its text")
    return ""


async def _hears_reaction(attempt: Attempt) -> str:
    _asked(attempt, "reaction")
    heard = await attempt.listener.until(lambda heard: isinstance(heard, HeardReaction))
    return str(getattr(heard, "reaction", ""))


async def _hears_reply(attempt: Attempt) -> str:
    _asked(attempt, "reply")
    await attempt.listener.until(
        lambda heard: isinstance(heard, HeardMessage) and bool(heard.reply_to or heard.thread)
    )
    return ""


async def _hears_edit(attempt: Attempt) -> str:
    _asked(attempt, "edit")
    await attempt.listener.until(lambda heard: isinstance(heard, HeardEdit) and bool(heard.text.strip()))
    return ""


async def _hears_deletion(attempt: Attempt) -> str:
    _asked(attempt, "deletion")
    await attempt.listener.until(
        lambda heard: isinstance(heard, HeardDeletion) and heard.id not in attempt.made
    )
    return ""


# --- afterwards -----------------------------------------------------------------------------------------------


async def _deletes(attempt: Attempt) -> str:
    first = attempt.posted("first")
    await attempt.platform.delete(attempt.key("delete"), attempt.room, first.id)
    _must(not await attempt.platform.stands(attempt.room, first.id, None), "it still stands")
    return ""


async def _gone(attempt: Attempt) -> str:
    attempt.posted("first")
    copies = (await _look(attempt, "first")).copies
    _must(not copies, f"{len(copies)} copies")
    return ""


async def _deletes_twice(attempt: Attempt) -> str:
    await attempt.platform.delete(attempt.key("delete"), attempt.room, attempt.posted("first").id)
    return ""


CHECKS: tuple[Check, ...] = tuple(
    Check(name=name, run=run)
    for name, run in (
        ("permissions", _permissions),
        ("invitation", _invitation),
        ("posts", _posts),
        ("clock", _clock),
        ("echo", _echo),
        ("nobody", _nobody),
        ("looked-up", _looked_up),
        ("not-there", _not_there),
        ("twice", _twice),
        ("stands", _there),
        ("everything", _everything),
        ("long", _long),
        ("odd", _odd),
        ("traps", _traps),
        ("reply", _reply),
        ("order", _order),
        ("edits", _edits),
        ("marked-still", _marked_still),
        ("history", _history),
        ("card", _card),
        ("no-room", _no_room),
        ("private", _private),
        ("private-again", _private_again),
    )
)
PEOPLE: tuple[Check, ...] = tuple(
    Check(name=name, run=run, patience=FOR_PEOPLE)
    for name, run in (
        ("hears", _hears),
        ("hears-reaction", _hears_reaction),
        ("hears-reply", _hears_reply),
        ("hears-edit", _hears_edit),
        ("hears-deletion", _hears_deletion),
    )
)
AFTERWARDS: tuple[Check, ...] = tuple(
    Check(name=name, run=run, patience=2 * PATIENCE)
    for name, run in (
        ("deletes", _deletes),
        ("gone", _gone),
        ("deletes-twice", _deletes_twice),
        ("tidy", tidy_up),
    )
)
