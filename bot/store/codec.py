"""Events as JSON text and back. Holds no words: events have none."""

import json
from dataclasses import dataclass
from functools import cache
from typing import get_args

from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError

from bot.core.events import Event
from bot.errors import StoreUnusable
from bot.store.upcast import STEPS, Steps, schema_of, upcast

CLASSES: dict[str, type[Event]] = {event.KIND: event for event in get_args(Event)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoded:
    """An event as it is stored: its kind, the number of its shape, and JSON."""

    kind: str
    schema: int
    body: str


@cache
def _adapter(kind: str) -> TypeAdapter[Event]:
    # One by one, as they are needed: all of them together cost every start 50 ms.
    return TypeAdapter(CLASSES[kind])


@cache
def _schema(kind: str) -> int:
    return schema_of(kind)


def encode(event: Event) -> Encoded:
    """Return *event* as it is stored. Defaults are written out, so that a default may change later."""
    adapter = _adapter(event.KIND)
    try:
        body = adapter.dump_json(event).decode()
    except PydanticSerializationError:
        # Half a surrogate pair, as some clients send for an emoji: JSON can escape what UTF-8 cannot hold.
        body = json.dumps(adapter.dump_python(event, mode="json"), separators=(",", ":"))
    return Encoded(kind=event.KIND, schema=_schema(event.KIND), body=body)


def decode(encoded: Encoded, *, place: str, steps: Steps = STEPS) -> Event:
    """Return the event that was stored; *place* says where it stands (chat and version).

    Raises: StoreUnusable when it is damaged, or written by a newer version.
    """
    kind, today = encoded.kind, schema_of(encoded.kind, steps) if steps else _schema(encoded.kind)
    if kind not in CLASSES or encoded.schema > today:
        raise StoreUnusable(f"{place}: {kind}/{encoded.schema} is of a newer version of the bot; update it")
    try:
        return _read(encoded, today, steps)
    except (ValueError, KeyError, TypeError):
        # Not "from error": what pydantic says repeats what stood there.
        raise StoreUnusable(f"{place}: {kind}/{encoded.schema} is damaged; restore a backup") from None


def _read(encoded: Encoded, today: int, steps: Steps) -> Event:
    adapter = _adapter(encoded.kind)
    if encoded.schema == today:
        try:
            return adapter.validate_json(encoded.body)
        except ValidationError:
            return adapter.validate_python(json.loads(encoded.body))
    body = upcast(encoded.kind, encoded.schema, json.loads(encoded.body), steps)
    return adapter.validate_json(json.dumps(body))
