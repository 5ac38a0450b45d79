"""Events become JSON and come back; what cannot come back says where it stands and nothing else."""

import json
from datetime import UTC, datetime

import pytest

from bot.core.events import Reacted
from bot.core.names import MessageId, PersonId
from bot.errors import StoreUnusable
from bot.store.codec import Encoded, decode, encode

AT = datetime(2026, 12, 3, 19, tzinfo=UTC)
PLACE = "chat c-7d1e, version 17"


def reacted(reaction: str) -> Reacted:
    """Return that somebody reacted."""
    return Reacted(
        at=AT,
        message=MessageId("m-1"),
        person=PersonId("p-1"),
        reaction=reaction,
        present=True,
        reacted_at=AT,
    )


@pytest.mark.parametrize("reaction", ["💡", "\0", "\ud83d", "idea"])
def test_an_event_survives_json(reaction: str) -> None:
    """A reaction comes back as it was, even when a client sent half an emoji."""
    assert decode(encode(reacted(reaction)), place=PLACE) == reacted(reaction)


@pytest.mark.parametrize("reaction", ["💡", "\ud83d"])
def test_the_json_is_compact_and_whole(reaction: str) -> None:
    """No space is wasted, and defaults are written out: a default that changes later changes no old event."""
    body = encode(reacted(reaction)).body

    assert ": " not in body
    assert json.loads(body) == {
        "at": "2026-12-03T19:00:00Z",
        "message": "m-1",
        "person": "p-1",
        "reaction": reaction,
        "present": True,
        "reacted_at": "2026-12-03T19:00:00Z",
    }


@pytest.mark.parametrize(
    ("kind", "schema"), [("crowned", 1), ("reacted", 2)], ids=["unknown kind", "unknown shape"]
)
def test_a_newer_event_asks_for_an_update(kind: str, schema: int) -> None:
    """An event of a newer version is not guessed at."""
    with pytest.raises(StoreUnusable, match=rf"^{PLACE}: {kind}/{schema} .* newer version"):
        decode(Encoded(kind=kind, schema=schema, body="{}"), place=PLACE)


@pytest.mark.parametrize(
    "body",
    ["", "{", "[]", "null", '{"at":"2026-12-03T19:00:00Z","message":"m-secret"}', '{"at":"secret"}'],
)
def test_a_damaged_event_says_where_but_not_what(body: str) -> None:
    """The sentence names chat and version; what stood there is not repeated, nor what pydantic says of it."""
    with pytest.raises(StoreUnusable, match=f"^{PLACE}: reacted/1 is damaged") as caught:
        decode(Encoded(kind="reacted", schema=1, body=body), place=PLACE)

    assert "secret" not in str(caught.value)
    assert caught.value.__suppress_context__
