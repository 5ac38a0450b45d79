"""Between the page's JSON and our words, both ways and without a wire.

Other people's ids leave here only as aliases; `adapters.local.wishes` says what may come in.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from adapters.local.session import Session
from adapters.local.wishes import Delete, Edit, Order, React, Say, written
from bot.markup import (
    Ask,
    Block,
    Bullets,
    Button,
    Buttons,
    Content,
    Countdown,
    Fields,
    Heading,
    Paragraph,
    Picture,
    Quote,
    Run,
)
from bot.ports import (
    ChatId,
    Heard,
    HeardCommand,
    HeardDeletion,
    HeardEdit,
    HeardMessage,
    HeardReaction,
    Reply,
    RoomId,
    RoomState,
    ShownMessage,
    ShownPost,
    Somebody,
)

Json = dict[str, object]
Alias = Callable[[str], str]
PLATFORM = "local"


def room_id(room: str) -> RoomId:
    """Return our name for the room that people find under /room/*room*."""
    return RoomId(f"{PLATFORM}/{room}")


def room_name(room: RoomId) -> str:
    """Return under which name people find *room*."""
    return room.removeprefix(f"{PLATFORM}/")


def as_text(message: Json) -> str:
    """Return *message* as it goes over the wire."""
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))


# --- in ---------------------------------------------------------------------------------------------------


def message_id(alias: str, nonce: str) -> str:
    """Return the id of a message: what is sent again after a lost line is the same message."""
    return f"{alias}.{nonce}"


def is_own(alias: str, message: str) -> bool:
    """Return whether *message* was written by whoever goes by *alias*."""
    return message.startswith(f"{alias}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """Who speaks, where, how they are known to the others there, and which chat their page shows."""

    room: str
    session: Session
    alias: str
    chat: str | None = None


def heard(
    wish: Say | Edit | Delete | React | Order,
    speaker: Speaker,
    *,
    at: datetime,
    sequence: int = 0,
    mentions: tuple[str, ...] = (),
) -> Heard:
    """Return what the core hears of *wish*."""
    place, by = room_id(speaker.room), somebody(speaker.session)
    match wish:
        case Say():
            return HeardMessage(
                room=place,
                id=message_id(speaker.alias, wish.nonce),
                author=by,
                at=at,
                text=written(wish.text),
                sequence=sequence,
                reply_to=wish.reply_to,
                mentions=mentions,
            )
        case Edit():
            text = written(wish.text)
            return HeardEdit(room=place, id=wish.id, at=at, text=text, by=by, mentions=mentions)
        case Delete():
            return HeardDeletion(room=place, id=wish.id, at=at, by=by)
        case React():
            return HeardReaction(
                room=place, id=wish.id, by=by, reaction=wish.reaction, at=at, present=wish.present
            )
        case Order():
            given = commanded(speaker, wish.command, wish.arguments, at=at, expects=wish.expects)
            return replace(given, id=message_id(speaker.alias, wish.nonce))
        case _:
            assert_never(wish)


def commanded(
    speaker: Speaker,
    command: str,
    arguments: Mapping[str, str],
    *,
    at: datetime,
    expects: str | None = None,
) -> HeardCommand:
    """Return a command with the proof that its session has shown for the chat that the speaker sees, if any."""
    proof = speaker.session.grant(speaker.room, speaker.chat) if speaker.chat else None
    return HeardCommand(
        room=room_id(speaker.room),
        by=somebody(speaker.session),
        command=command,
        at=at,
        arguments={name: written(value) for name, value in arguments.items()},
        expects=expects,
        chat=ChatId(proof.chat) if proof else None,
        generation=proof.generation if proof else None,
    )


def somebody(session: Session) -> Somebody:
    """Return the person of *session* as the core knows people."""
    return Somebody(id=session.person, name=session.name, group=session.group)


# --- out --------------------------------------------------------------------------------------------------


def shown(item: ShownMessage | ShownPost, alias: Alias) -> Json:
    """Return *item* for the page."""
    if isinstance(item, ShownPost):
        return {"kind": "post", "id": item.id, "at": item.at.isoformat(), "content": content(item.content)}
    return {
        "kind": "message",
        "id": item.id,
        "at": item.at.isoformat(),
        "author": item.author,
        "author_id": alias(item.author_id),
        "group": item.group,
        "text": item.text,
        "reply_to": item.reply_to,
        "edited": item.edited,
        "moderator": item.moderator,
        "reactions": reactions(item),
        "badges": list(item.badges),
    }


def reactions(item: ShownMessage) -> list[Json]:
    """Return the reactions under *item*."""
    return [{"id": id, "count": count, "mine": mine} for id, count, mine in item.reactions]


def state(room: RoomState) -> Json:
    """Return how the room looks to one person, but for the words, which go once."""
    return {
        "chat": room.chat,
        "title": room.title,
        "hashtag": room.hashtag,
        "language": room.language,
        "open": room.open,
        "muted": room.muted,
        "moderating": room.moderating,
        "header": content(room.header) if room.header else None,
        "card": content(room.card) if room.card else None,
        "menu": [button(each) for each in room.menu],
        "compose": [button(each) for each in room.compose],
        "mine": [button(each) for each in room.mine],
        "groups": _pairs(room.groups),
        "reactions": _pairs(room.reactions),
    }


def reply(nonce: str, answer: Reply, *, message: str | None = None) -> Json:
    """Return what the one who did it is told; *message*: the platform's id of what they wrote."""
    return {
        "type": "reply",
        "nonce": nonce,
        "refused": answer.refused,
        "text": answer.text,
        "content": content(answer.content) if answer.content else None,
        "id": message,
    }


def notice(key: str, answer: Reply) -> Json:
    """Return what one person alone is told, in place of what stood under *key*."""
    body = content(answer.content) if answer.content else None
    return {"type": "notice", "key": key, "text": answer.text, "content": body}


def content(post: Content) -> Json:
    """Return *post* as JSON; every string in it is plain text."""
    blocks = [_block(block) for block in post.blocks]
    return {"label": post.label, "blocks": blocks, "alert": post.alert}


def _block(block: Block) -> Json:
    match block:
        case Paragraph():
            return {"kind": "paragraph", "runs": [_run(run) for run in block.runs]}
        case Heading():
            return {"kind": "heading", "text": block.text}
        case Quote():
            return {"kind": "quote", "text": block.text, "by": block.by, "link": block.link}
        case Buttons():
            return {"kind": "buttons", "buttons": [button(each) for each in block.buttons]}
        case Picture():
            return {"kind": "picture", "url": block.url, "alt": block.alt}
        case Bullets() | Fields() | Countdown():
            return _table(block)
        case _:
            assert_never(block)


def _table(block: Bullets | Fields | Countdown) -> Json:
    match block:
        case Bullets():
            return {"kind": "bullets", "items": list(block.items)}
        case Fields():
            return {"kind": "fields", "rows": [list(row) for row in block.rows]}
        case Countdown():
            return {"kind": "countdown", "label": block.label, "until": block.until.isoformat()}
        case _:
            assert_never(block)


def _run(run: Run) -> Json:
    at = run.at.isoformat() if run.at else None
    return {"text": run.text, "weight": run.weight, "link": run.link, "at": at}


def button(wish: Button) -> Json:
    """Return a button for the page."""
    return {
        "label": wish.label,
        "command": wish.command,
        "arguments": [list(pair) for pair in wish.arguments],
        "expects": wish.expects,
        "style": wish.style,
        "asks": [_ask(ask) for ask in wish.asks],
        "confirm": wish.confirm,
    }


def _ask(ask: Ask) -> Json:
    return {
        "name": ask.name,
        "label": ask.label,
        "kind": ask.kind,
        "choices": _pairs(ask.choices),
        "value": ask.value,
        "limit": ask.limit,
    }


def _pairs(pairs: Sequence[tuple[str, str]]) -> list[list[str]]:
    return [[id, label] for id, label in pairs]
