"""Forms as Slack shows them, in front of everything else, and what people filled in."""

from typing import Any

from adapters.slack.blocks import Json, plain_text
from adapters.slack.text import cut
from adapters.slack.wishes import pack
from bot.markup import Ask, Button
from bot.ports import RoomId

CALLBACK = "wish"
_FIELD = "value"
_CHOICE = "="  # Slack refuses an option without a value; "none of these" is one of ours
_LONGEST_INPUT = 3_000
_MOST_OPTIONS = 100


def form(button: Button, room: RoomId, words: dict[str, str]) -> Json:
    """Return what is asked before *button* acts: its questions, or only whether it is meant."""
    blocks: list[Json] = []
    if button.confirm:
        blocks.append({"type": "section", "text": plain_text(button.confirm, 2_500)})
    blocks += [_input(ask) for ask in button.asks]
    return {
        "type": "modal",
        "callback_id": CALLBACK,
        "private_metadata": pack(button, room),
        "title": plain_text(button.label, 24),
        "submit": plain_text(words.get("page.send", "OK"), 24),
        "close": plain_text(words.get("page.cancel", "×"), 24),
        "blocks": blocks,
    }


def _input(ask: Ask) -> Json:
    return {
        "type": "input",
        "block_id": ask.name,
        "label": plain_text(ask.label, 2_000),
        "optional": not ask.required,
        "element": _choice(ask) if ask.kind == "choice" else _text(ask),
    }


def _text(ask: Ask) -> Json:
    limit = min(ask.limit, _LONGEST_INPUT)
    element: Json = {
        "type": "plain_text_input",
        "action_id": _FIELD,
        "multiline": ask.kind == "long",
        "max_length": limit,
    }
    return element | ({"initial_value": cut(ask.value, limit)} if ask.value else {})


def _choice(ask: Ask) -> Json:
    options = [
        {"text": plain_text(label, 75), "value": _CHOICE + value}
        for value, label in ask.choices[:_MOST_OPTIONS]
    ]
    chosen = next((option for option in options if option["value"] == _CHOICE + ask.value), None)
    element: Json = {"type": "static_select", "action_id": _FIELD, "options": options}
    return element | ({"initial_option": chosen} if chosen else {})


def filled_in(values: dict[str, dict[str, dict[str, Any]]]) -> dict[str, str]:
    """Return what people filled in, by the names of what was asked."""
    found: dict[str, str] = {}
    for name, fields in values.items():
        field = fields.get(_FIELD, {})
        chosen = field.get("selected_option")
        if chosen:
            found[name] = str(chosen.get("value", "")).removeprefix(_CHOICE)
        elif field.get("value") is not None:
            found[name] = str(field["value"])
    return found
