"""Inserts many rows at once, past what SQLAlchemy does for each single one of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, Insert

from bot.store.rows import Values

Store = Callable[[Any], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ready:
    """A statement in the driver's words: whose values it takes in which order, and how each is stored."""

    text: str
    columns: tuple[tuple[str, Store | None], ...]


def insert_all(connection: Connection, statement: Insert, rows: Sequence[Values]) -> None:
    """Insert *rows*, which all have the same columns; *statement* holds no values of its own."""
    ready = _ready(statement, connection.dialect, tuple(rows[0]))
    columns = ([row[name] for row in rows] for name, _ in ready.columns)
    stored = (
        map(store, column) if store else column
        for column, (_, store) in zip(columns, ready.columns, strict=True)
    )
    connection.exec_driver_sql(ready.text, list(zip(*stored, strict=True)))


@lru_cache
def _ready(statement: Insert, dialect: Dialect, names: tuple[str, ...]) -> _Ready:
    compiled = statement.compile(dialect=dialect, column_keys=list(names))
    types = {column.name: column.type.dialect_impl(dialect) for column in statement.table.columns}
    columns = tuple((name, types[name].bind_processor(dialect)) for name in compiled.positiontup or ())
    return _Ready(text=str(compiled), columns=columns)
