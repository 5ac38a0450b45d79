"""What must hold at the end of a simulated chat, once everything has had its time to settle."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.core import events as e
from bot.core.apply import replay
from bot.core.chat import Chat, Message
from bot.core.names import MessageId, WordKey
from bot.core.phases import Phase
from bot.ports import Unsent
from tests.sim.disk import Disk, at_once
from tests.sim.nodes import House, Node
from tests.sim.world import Said

QUIESCENCE = timedelta(seconds=70)
"""What is younger than this at the end may still be on its way."""

FORGET_WITHIN = timedelta(minutes=5)


def judge(house: House, nodes: list[Node]) -> None:
    """Tell the oracles of *house* what does not hold at the end."""
    oracles = house.world.oracles
    for complaint in house.world.loop.complaints:
        oracles.fail(f"asyncio complains: {complaint}")
    if oracles.chat is None:
        oracles.fail("the chat was never begun")
        return
    for what in _differences(house, nodes, oracles.chat):
        oracles.fail(what)


def _differences(house: House, nodes: list[Node], chat: Chat) -> Iterator[str]:
    now = house.world.time.now()
    yield from _posts(house, chat, now)
    if not (chat.phase is Phase.MISSED and house.world.oracles.may_miss):
        yield from _course(chat, house.world.oracles.log)
    for said in house.world.said():
        if said.author is not None:
            asked_at = house.world.oracles.forgot.get((said.room.partition("/")[0], said.author.id))
            if asked_at is not None and said.at <= asked_at:
                yield from _forgotten(house, chat, said, asked_at)
            elif not house.world.oracles.may_be_forgotten(said.room, said.id, said.at):
                told = _message(house.disk, chat, said, now)
                # Where somebody was forgotten, what overtakes a message proves nothing and is not kept.
                yield from () if (said.room, said.id) in house.world.oracles.overtook else told
    yield from _state(house, nodes, chat)


# --- posts ---


def _posts(house: House, chat: Chat, now: datetime) -> Iterator[str]:
    ours = [said for said in house.world.said() if said.key is not None]
    rows = house.disk.image.rows()
    for key, row in rows.items():
        if row.post.action == "post":
            yield from _post(row, chat, [said for said in ours if said.key == key])
        elif row.state not in {"posted", "failed", "cancelled"}:
            yield f"never done: {key} ({row.post.action}, {row.state})"
    for said in ours:
        if said.key not in rows:
            yield f"posted, but never recorded: {said.key}"
        for token in house.world.oracles.gone_in(said.content) if said.stands else ():
            yield f"still quotes what was deleted: {said.key} {token}"


def _post(row: Unsent, chat: Chat, copies: list[Said]) -> Iterator[str]:
    key = row.post.key
    there = [said for said in copies if said.stands]
    if len(there) > 1:
        yield f"doubled at the end: {key}"
    told = {
        "posted": key in chat.posts or key in chat.settled,
        "failed": key in chat.failed or key in chat.posts,
        "ask": key in chat.in_doubt,
        "cancelled": True,
    }
    if row.state not in told:
        yield f"lost: {key} is still {row.state}"
    elif not told[row.state]:
        yield f"{row.state}, but the log does not say so: {key}"
    if row.state == "posted" and not there and not any(said.taken for said in copies):
        yield f"lost: {key} is marked as posted"


def _course(chat: Chat, log: list[e.Event]) -> Iterator[str]:
    if not chat.is_over:
        yield f"the hour never ended: {chat.stage}"
    ends = [
        event for event in log if isinstance(event, e.StageEntered) and event.stage.phase is Phase.AFTER_HOUR
    ]
    if any(event.cause == "command" for event in ends):
        return  # whoever ends the hour leaves out what was not asked
    for question in chat.plan.questions:
        if question.id not in {*chat.asked, *chat.skipped} and chat.phase is not Phase.MISSED:
            yield f"never asked, never skipped: {question.id}"


# --- messages ---


def _message(disk: Disk, chat: Chat, said: Said, now: datetime) -> Iterator[str]:
    if not chat.was_open(said.at) or now - said.at < QUIESCENCE:
        return
    ours = disk.image.message(said.room, said.id)
    known = chat.messages.get(ours) if ours else None
    if said.gone_at is None:
        yield from _standing(disk, chat, said, known, now)
    elif known is not None and known.heard is not None and now - said.gone_at >= QUIESCENCE:
        if not known.deleted:
            yield f"not known to be deleted: message {said.id}"
        elif at_once(disk.image.words(chat.id, [WordKey(known.id)])):
            yield f"the words of a deleted message are kept: {said.id}"


def _forgotten(house: House, chat: Chat, said: Said, asked_at: datetime) -> Iterator[str]:
    ours = house.disk.image.message(said.room, said.id)
    is_kept = ours is not None and bool(at_once(house.disk.image.words(chat.id, [WordKey(ours)])))
    if is_kept and not _crept_in(chat, said):
        yield f"the words of somebody forgotten at {asked_at:%H:%M:%S} are kept: {said.id}"
    was_heard = (said.room, said.id) in house.world.oracles.seen
    if said.stands and was_heard and house.world.time.now() - asked_at > FORGET_WITHIN:
        yield f"a message of somebody forgotten at {asked_at:%H:%M:%S} still stands: {said.id}"


def _crept_in(chat: Chat, said: Said) -> bool:
    """Return whether it was said before the doors and changed behind them: as if the change overtook its message."""
    return said.edited_at is not None and chat.was_open(said.edited_at) and not chat.was_open(said.at)


def _standing(disk: Disk, chat: Chat, said: Said, known: Message | None, now: datetime) -> Iterator[str]:
    if known is None or known.heard is None:
        yield f"lost: message {said.id} of {said.at:%H:%M:%S}"
    elif known.deleted:
        yield f"taken for deleted: message {said.id}"
    elif now - (said.edited_at or said.at) >= QUIESCENCE:
        yield from _text(disk, chat, said, known.id, known.revision)


def _text(disk: Disk, chat: Chat, said: Said, id: MessageId, revision: int) -> Iterator[str]:
    kept = at_once(disk.image.words(chat.id, [WordKey(id)]))
    newest = max(kept, key=lambda text: text.revision, default=None)
    if newest is None or newest.text != said.text:
        yield f"another text than the room's: message {said.id}"
    elif newest.revision != revision:
        yield f"another revision than the log's: message {said.id}"


# --- state ---


def _state(house: House, nodes: list[Node], chat: Chat) -> Iterator[str]:
    stored = at_once(house.disk.image.events(chat.id, 0, 1_000_000))
    if list(stored) != house.world.oracles.log:
        yield "the log is not what was written"
    told = replay(stored)
    if told != chat:
        yield "two replays differ"
    owners = [node for node in nodes if node.service is not None]
    if not owners:
        yield "nobody runs the chat"
    for node in owners:
        live = node.service.roster.chats.get(chat.id) if node.service else None
        if live is None:
            yield f"{node.name} does not know the chat"
        elif live.chat != told:
            yield f"log and state differ on {node.name}: {'; '.join(_parts(live.chat, told))}"
    doubled = [event for event in stored if isinstance(event, e.MessageHeard)]
    if len({event.message for event in doubled}) != len(doubled):
        yield "a message is in the log twice"


def _parts(live: Chat, told: Chat) -> Iterator[str]:
    for name in Chat.__slots__:
        if getattr(live, name) != getattr(told, name):
            yield name
