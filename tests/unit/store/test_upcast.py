"""Events of older shapes are brought to today's, step by step."""

import json

import pytest

from bot.core.events import Held
from bot.core.names import PersonId
from bot.errors import StoreUnusable
from bot.store.codec import Encoded, decode
from bot.store.upcast import STEPS, Body, schema_of, upcast


def _renamed(body: Body) -> Body:
    return {"at": body["when"], "who": body["who"]}


def _named(body: Body) -> Body:
    return {"at": body["at"], "by": f"p-{body['who']}"}


TWO_STEPS = {("held", 1): _renamed, ("held", 2): _named}


@pytest.mark.parametrize("kind", ["held", "resumed"])
def test_a_kind_that_never_changed_has_number_one(kind: str) -> None:
    """The first shape of every kind is its first."""
    assert schema_of(kind, {}) == 1


def test_each_step_raises_the_number() -> None:
    """Two steps lead to the third shape, of that kind only."""
    assert schema_of("held", TWO_STEPS) == 3
    assert schema_of("resumed", TWO_STEPS) == 1


def test_an_old_shape_walks_every_step() -> None:
    """The oldest shape goes through all later ones; today's through none."""
    assert upcast("held", 1, {"when": 1, "who": 2}, TWO_STEPS) == {"at": 1, "by": "p-2"}
    assert upcast("held", 3, {"at": 1}, TWO_STEPS) == {"at": 1}


@pytest.mark.parametrize(
    ("schema", "body"),
    [
        (1, {"when": "2026-12-03T19:00:00Z", "who": "9b2e"}),
        (2, {"at": "2026-12-03T19:00:00Z", "who": "9b2e"}),
        (3, {"at": "2026-12-03T19:00:00Z", "by": "p-9b2e"}),
    ],
)
def test_an_event_of_any_shape_is_read(schema: int, body: Body) -> None:
    """Whoever wrote it, the event is the same."""
    event = decode(Encoded(kind="held", schema=schema, body=json.dumps(body)), place="here", steps=TWO_STEPS)

    assert isinstance(event, Held)
    assert event.by == PersonId("p-9b2e")


def test_an_old_shape_that_is_damaged_is_told_as_such() -> None:
    """A step that does not find what it needs says that the store is damaged, not that the bot has a bug."""
    with pytest.raises(StoreUnusable, match="here: held/1 is damaged"):
        decode(Encoded(kind="held", schema=1, body="{}"), place="here", steps=TWO_STEPS)


def test_every_step_leads_somewhere() -> None:
    """For each kind the steps begin with its first shape and leave none out."""
    for kind in {kind for kind, _ in STEPS}:
        assert {number for name, number in STEPS if name == kind} == set(range(1, schema_of(kind)))
