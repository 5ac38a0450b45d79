"""What is said to the database, made once for each kind of it: SQLAlchemy has upserts in its dialects only."""

from collections.abc import Callable
from functools import cache

from sqlalchemy import ColumnElement, Integer, Table, Update, bindparam, func, or_, update
from sqlalchemy.dialects import sqlite

from bot.ports import PostState
from bot.store.columns import Moment
from bot.store.marks import BEFORE
from bot.store.schema import chats, checkpoints, outbox, people, sightings, words

Insert = Callable[[Table], sqlite.Insert]
"""An insert that can say what happens when the row is there; PostgreSQL's has the same methods."""


class Upserts:
    """The inserts of one dialect."""

    def __init__(self, insert: Insert) -> None:
        self.words = _replacing(insert(words), "text", "person", "digest_key")
        self.checkpoints = _replacing(insert(checkpoints), "at", "position")
        self.sightings = insert(sightings).on_conflict_do_nothing()
        self.people = _newer_names(insert(people))
        self.chats = _growing(insert(chats))
        self.posts = _taking_over(insert(outbox))


def _replacing(insert: sqlite.Insert, *columns: str) -> sqlite.Insert:
    return insert.on_conflict_do_update(
        index_elements=list(insert.table.primary_key), set_={name: insert.excluded[name] for name in columns}
    )


def _newer_names(insert: sqlite.Insert) -> sqlite.Insert:
    return insert.on_conflict_do_update(
        index_elements=[people.c.platform, people.c.platform_id],
        set_={"name": insert.excluded.name, "at": insert.excluded.at},
        where=insert.excluded.at >= people.c.at,
    )


def _growing(insert: sqlite.Insert) -> sqlite.Insert:
    return insert.on_conflict_do_update(
        index_elements=[chats.c.chat],
        set_={
            "version": insert.excluded.version,
            "epoch": insert.excluded.epoch,
            "source": func.coalesce(insert.excluded.source, chats.c.source),
        },
    )


_FRESH = (
    "chat", "room", "action", "line", "arguments", "person", "target", "state", "attempts", "reason",
    "first_at", "last_at", "marked_at",
)  # fmt: skip


# The platform's id stays: an edit of what stands there needs it.
def _taking_over(insert: sqlite.Insert) -> sqlite.Insert:
    fresh: dict[str, ColumnElement[object]] = {name: insert.excluded[name] for name in _FRESH}
    return insert.on_conflict_do_update(
        index_elements=[outbox.c.key],
        set_={**fresh, "revision": outbox.c.revision + 1},
        where=(outbox.c.lane == "latest") & (insert.excluded.lane == "latest"),
    )


@cache
def marking(state: PostState) -> Update:
    """Return the statement that brings a row to *state*, if the row may come to it."""
    row = outbox.c
    at, revision = bindparam("at", type_=Moment), bindparam("expected_revision", type_=Integer)
    statement = (
        update(outbox)
        .where(row.key == bindparam("marked_key"))
        # Not `in_`, whose list SQLAlchemy makes longer or shorter: a statement for many rows is as it is.
        .where(or_(*(row.state == before for before in BEFORE[state])))
        .where(row.revision == func.coalesce(revision, row.revision))
        .values(state=state, marked_at=at, reason=bindparam("mark_reason"))
    )
    match state:
        case "intent":
            return statement.values(
                attempts=row.attempts + 1, last_at=at, first_at=func.coalesce(row.first_at, at)
            )
        case "posted":
            return statement.values(platform_id=bindparam("id"), via=bindparam("mark_via"))
        case _:
            return statement
