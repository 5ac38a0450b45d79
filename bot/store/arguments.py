"""What a post fills into its line, as JSON text and back: numbers, times, ids and references, never bodies."""

import json
from collections.abc import Mapping
from datetime import datetime

from bot.core.names import PersonId, WordKey
from bot.core.posts import Argument, NameRef, WordRef
from bot.errors import StoreUnusable

Arguments = Mapping[str, Argument | tuple[Argument, ...]]


def dump(arguments: Arguments) -> str:
    """Return *arguments* as JSON; what JSON has no type for becomes an object with one entry."""
    return json.dumps(dict(arguments), default=_tagged, separators=(",", ":"))


def _tagged(argument: object) -> dict[str, str]:
    match argument:
        case WordRef(key=key):
            return {"words": key}
        case NameRef(person=person):
            return {"name": person}
        case datetime():
            return {"at": argument.isoformat()}
        case _:
            raise TypeError(f"a post cannot hold a {type(argument).__name__}")


def parse(text: str, *, place: str) -> Arguments:
    """Return what `dump` was given. Raises: StoreUnusable, naming *place*, when it is damaged."""
    try:
        return {name: _many(value) for name, value in json.loads(text).items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise StoreUnusable(f"{place}: its arguments are damaged; restore a backup") from None


def _many(value: object) -> Argument | tuple[Argument, ...]:
    return tuple(map(_one, value)) if isinstance(value, list) else _one(value)


def _one(value: object) -> Argument:
    match value:
        case str() | int() | float():
            return value
        case {"words": str(key)}:
            return WordRef(key=WordKey(key))
        case {"name": str(person)}:
            return NameRef(person=PersonId(person))
        case {"at": str(at)}:
            return datetime.fromisoformat(at)
        case _:
            raise TypeError("not an argument")
