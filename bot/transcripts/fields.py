"""Takes words and parts out of a platform's JSON, whatever stands there instead of them."""

from collections.abc import Mapping

from bot.transcripts.source import storable

Fields = Mapping[str, object]
"""One object of a platform's export."""


def word(fields: Fields, key: str) -> str:
    """Return the text or number under *key* as text, "" when it is missing."""
    value = fields.get(key)
    return storable(value) if isinstance(value, str) else "" if value is None else str(value)


def part(fields: Fields, key: str) -> Fields:
    """Return the object under *key*, an empty one when there is none."""
    value = fields.get(key)
    return value if isinstance(value, dict) else {}


def parts(fields: Fields, key: str) -> list[Fields]:
    """Return the objects in the list under *key*."""
    value = fields.get(key)
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
