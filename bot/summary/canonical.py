"""The summary as JSON (``summary.json``), the same bytes for the same document, and its schema."""

import json
from collections.abc import Mapping
from typing import Any

from bot.summary.document import FORMAT, Summary

_SCHEMA = "https://json-schema.org/draft/2020-12/schema"


def render(summary: Summary) -> str:
    """Return *summary* as JSON with sorted keys, ending with a newline."""
    return _written(summary.model_dump(mode="json"))


def read(text: str | bytes) -> Summary:
    """Return the summary that *text* holds. Raises: pydantic.ValidationError when it is none."""
    return Summary.model_validate_json(text)


def decode(text: str) -> list[tuple[str, ...]]:
    """Return the pieces of every quote in *text*, a document made by `render`, in order."""
    return [quote.text for quote in read(text).quotes()]


def schema() -> str:
    """Return the JSON Schema of the document, as `summary.schema.json` holds it."""
    return _written({"$schema": _SCHEMA, "$id": FORMAT, **Summary.model_json_schema(mode="serialization")})


def _written(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
