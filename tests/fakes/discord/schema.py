"""Holds requests against Discord's published OpenAPI description, where it lies beside the project."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

SPECS = Path(__file__).parents[4] / "shared" / "specs" / "discord"
"""Beside the checkout, never in it."""
MISSING = "Discord's published schemas are not beside this checkout (../shared/specs/discord)"
_METHODS = ("get", "put", "post", "patch", "delete")


def are_there() -> bool:
    """Return whether there is anything to hold requests against."""
    return (SPECS / "openapi.json").is_file()


@cache
def _document() -> dict[str, Any]:
    return json.loads((SPECS / "openapi.json").read_text("utf-8"))


@cache
def _operations() -> list[tuple[re.Pattern[str], int, dict[str, Any]]]:
    """Return every path as a pattern, the ones with the fewest gaps first."""
    found = []
    for path, operations in _document()["paths"].items():
        pattern = re.compile(re.sub(r"\{\w+\}", "[^/]+", path))
        found.append((pattern, path.count("{"), operations))
    return sorted(found, key=lambda each: each[1])


@cache
def _validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(
        {"$ref": f"#/components/schemas/{name}", "components": _document()["components"]}
    )


@cache
def _inline_validator(text: str) -> Draft202012Validator:
    return Draft202012Validator({**json.loads(text), "components": _document()["components"]})


def problems(method: str, path: str, body: object) -> list[str]:
    """Return what is wrong with a request, nothing when it fits (or there is nothing to hold it against)."""
    if not are_there():
        return []
    operation = _operation(method, path)
    if operation is None:
        return [f"{method} {path}: there is no such operation"]
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if content is None:
        return [] if body is None else [f"{method} {path}: takes no body"]
    return [f"{method} {path}: {problem}" for problem in _wrong(content["schema"], body)]


def _operation(method: str, path: str) -> dict[str, Any] | None:
    for pattern, _, operations in _operations():
        if method.lower() in operations and pattern.fullmatch(path):
            return operations[method.lower()]
    return None


def _wrong(schema: dict[str, Any], body: object) -> list[str]:
    name = schema.get("$ref", "").rpartition("/")[2]
    validator = _validator(name) if name else _inline_validator(json.dumps(schema, sort_keys=True))
    found = [
        f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}"
        for error in validator.iter_errors(body)
    ]
    known = _document()["components"]["schemas"].get(name, {}).get("properties")
    if known is not None and isinstance(body, dict):
        found += [f"{field}: no such field" for field in body.keys() - known.keys()]
    return found


@cache
def _gateway() -> dict[str, Any]:
    return json.loads((SPECS / "gateway-dispatch.schema.json").read_text("utf-8"))
