"""Writes a group of batches and marks in one transaction: bulk checks first, then bulk inserts.

A savepoint for each batch would be simpler, and at three statements a batch eight times slower.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import Connection, Insert, Table, Update, delete, insert

from bot.errors import Conflict, TweetchatError
from bot.ports import Batch, Erasure, Mark
from bot.store.admission import admit, check_epoch
from bot.store.bulk import insert_all
from bot.store.known import Known, read_known
from bot.store.marks import refused
from bot.store.rows import (
    Values,
    checkpoint_rows,
    event_rows,
    mark_row,
    people_rows,
    post_rows,
    sighting_rows,
    words_rows,
)
from bot.store.schema import events, people, sightings, words
from bot.store.statements import Upserts, marking


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LoneMark:
    """A mark that comes without events: whoever sends wants to know whether it holds."""

    mark: Mark
    epoch: int


Work = Batch | LoneMark

_INSERT_EVENTS = insert(events)


def write_group(
    connection: Connection, upserts: Upserts, group: Sequence[Work]
) -> list[TweetchatError | None]:
    """Write what may be written of *group*; return for each piece why it was left out, None when it was not."""
    batches = [work for work in group if isinstance(work, Batch)]
    known = read_known(connection, batches)
    refusals = [_admit(work, known) for work in group]
    admitted = [work for work, refusal in zip(group, refusals, strict=True) if refusal is None]
    batches = [work for work in admitted if isinstance(work, Batch)]
    _write_batches(connection, upserts, batches)
    lost = _write_outbox(connection, upserts, admitted)
    for batch in batches:
        for erasure in batch.erasures:
            _erase(connection, batch, erasure)
    return [lost.get(id(work), refusal) for work, refusal in zip(group, refusals, strict=True)]


def _admit(work: Work, known: Known) -> Conflict | None:
    try:
        if isinstance(work, Batch):
            admit(work, known)
            known.note(work)
        else:
            check_epoch(work.epoch, known)
    except Conflict as conflict:
        return conflict
    return None


def _write_batches(connection: Connection, upserts: Upserts, batches: Sequence[Batch]) -> None:
    # Chats come first: events refer to them.
    for statement, rows_of in (
        (upserts.chats, _chat_rows),
        (_INSERT_EVENTS, event_rows),
        (upserts.words, words_rows),
        (upserts.people, people_rows),
        (upserts.sightings, sighting_rows),
        (upserts.checkpoints, checkpoint_rows),
    ):
        rows = _collect(rows_of, batches)
        if rows:
            insert_all(connection, statement, rows)


def _collect(rows_of: Callable[[Batch], list[Values]], batches: Sequence[Batch]) -> list[Values]:
    return [row for batch in batches for row in rows_of(batch)]


def _chat_rows(batch: Batch) -> list[Values]:
    if not batch.events and batch.source is None:
        return []
    version = batch.expected + len(batch.events)
    return [{"chat": batch.chat, "version": version, "epoch": batch.epoch, "source": batch.source}]


# In the order they came: whether a mark holds depends on what was planned before it. What is alike goes together.
def _write_outbox(
    connection: Connection, upserts: Upserts, works: Sequence[Work]
) -> dict[int, TweetchatError]:
    lost: dict[int, TweetchatError] = {}
    steps = (step for work in works for step in _steps(upserts, work))
    for (statement, lone), alike in groupby(steps, key=lambda step: (step.statement, step.lone)):
        result = connection.execute(statement, [step.row for step in alike])
        if lone is not None and result.rowcount == 0:
            lost[id(lone)] = refused(lone.mark)
    return lost


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Step:
    """One row for the outbox. *lone*: the mark that wants to know whether it holds."""

    statement: Insert | Update
    row: Values
    lone: LoneMark | None = None


def _steps(upserts: Upserts, work: Work) -> Iterator[_Step]:
    if isinstance(work, LoneMark):
        yield _Step(statement=marking(work.mark.state), row=mark_row(work.mark), lone=work)
        return
    for row in post_rows(work):
        yield _Step(statement=upserts.posts, row=row)
    for mark in work.marks:
        yield _Step(statement=marking(mark.state), row=mark_row(mark))


def _erase(connection: Connection, batch: Batch, erasure: Erasure) -> None:
    for key in erasure.keys:
        connection.execute(delete(words).where(words.c.chat == batch.chat, words.c.key == key))
    if erasure.person is not None:
        for table in (words, people, sightings):
            _forget(connection, table, erasure.person)


def _forget(connection: Connection, table: Table, person: str) -> None:
    connection.execute(delete(table).where(table.c.person == person))
