"""What is wrong with a request to Slack: against the published schema where it is at hand, and against known limits."""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator

Json = dict[str, Any]
SPECS = Path(__file__).parents[4] / "shared" / "specs" / "slack"
"""Beside the checkout, not in it: without them requests are checked against the limits alone."""
HAS_SPECS = (SPECS / "slack-web-api.schema.json").is_file()

CALLS_SOMEBODY = re.compile(r"<[!@#]")
_LIMITS = {
    ("button", "value"): 2_000,
    ("button", "action_id"): 255,
    ("plain_text", "text"): 3_000,
    ("image", "image_url"): 3_000,
    ("image", "alt_text"): 2_000,
    ("modal", "private_metadata"): 3_000,
}


@cache
def _specs() -> Json:
    loaded: Json = json.loads((SPECS / "slack-web-api.schema.json").read_text("utf-8"))
    return loaded


@cache
def _validator(method: str) -> Draft7Validator | None:
    if not HAS_SPECS or method not in _specs()["requests"]:
        return None
    return Draft7Validator(_specs()["requests"][method])


@cache
def _block_validator() -> Draft7Validator | None:
    """Return what checks one block: inside a request, the published schema lets any type pass as "some block"."""
    if not HAS_SPECS:
        return None
    definitions = _specs()["requests"]["views.open"]["definitions"]
    return Draft7Validator({"$ref": "#/definitions/KnownBlock", "definitions": definitions})


def violations(method: str, given: Json) -> list[str]:
    """Return what is wrong with a request, nothing when Slack would take it."""
    found = [f"{method}: {problem}" for problem in _against_limits(given)]
    validator = _validator(method)
    if validator is not None and not validator.is_valid(given):
        first = next(validator.iter_errors(given))
        found.append(f"{method}: {first.json_path}: {first.message[:300]}")
    blocks, known = _blocks_in(given), _block_validator()
    found += [
        f"{method}: no known block: {one}" for one in blocks if known is not None and not known.is_valid(one)
    ]
    return found


def typed(method: str, given: Json) -> Json:
    """Return *given* as sent in an address, with numbers and truth values as the schema has them."""
    kinds = {"limit": int, "inclusive": _truth, "include_all_metadata": _truth}
    return {name: kinds.get(name, str)(value) for name, value in given.items()}


def _truth(value: str) -> bool:
    return value in {"1", "true", "True"}


def _blocks_in(given: Json) -> list[Json]:
    return given.get("blocks") or (given.get("view") or {}).get("blocks") or []


def _against_limits(given: Json) -> Iterator[str]:
    view, blocks = given.get("view") or {}, _blocks_in(given)
    yield from _in_text(str(given.get("text", "")))
    yield from (f"{name} is on" for name in ("link_names", "unfurl_links", "unfurl_media") if given.get(name))
    if len(view.get("title", {}).get("text", "")) > 24:
        yield "title of a form is too long"
    if len(blocks) > 50:
        yield f"{len(blocks)} blocks"
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    if len(ids) != len(set(ids)) or any(len(id) > 255 for id in ids):
        yield "block ids are not unique, or too long"
    for part in _parts([*blocks, view]):
        yield from _in_part(part)


def _in_text(text: str) -> Iterator[str]:
    if CALLS_SOMEBODY.search(text):
        yield "text would call somebody"
    if len(text) > 4_000:
        yield "text is longer than recommended"


def _parts(whole: object) -> Iterator[Json]:
    """Give every object inside *whole*."""
    if isinstance(whole, list):
        for one in whole:
            yield from _parts(one)
    elif isinstance(whole, dict):
        yield whole
        for value in whole.values():
            yield from _parts(value)


def _in_part(part: Json) -> Iterator[str]:
    kind = part.get("type")
    for (owner, name), limit in _LIMITS.items():
        if owner == kind and len(str(part.get(name, "")).encode("utf-16-le")) // 2 > limit:
            yield f"{name} of a {owner} is too long"
    if kind in {"text", "plain_text", "mrkdwn"} and not part.get("text"):
        yield f"an empty {kind}"
    if kind == "mrkdwn":
        yield "mrkdwn, in which words are markup"
    if kind == "button" and len(part["text"]["text"]) > 75:
        yield "a button's label is too long"
    ids = [one["action_id"] for one in part.get("elements", ())] if kind == "actions" else []
    if len(ids) != len(set(ids)):
        yield "action ids are not unique"
