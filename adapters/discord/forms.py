"""Commands as Discord lists them, forms as it shows them, and what people put into either."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from adapters.discord.content import Json
from adapters.discord.text import cut
from bot.markup import Ask, Button

COMMAND = "chat"
ABOUT_A_MESSAGE = "message"
"""The group of subcommands about one message, because Discord takes 25 at a level."""
MENU = ("keep", "answer-to", "park", "lock", "remove")
"""What stands in the menu of a message: Discord takes five."""
MOST_ASKS = 5

_MOST_SUBCOMMANDS = 25
_LONGEST_HELP, _LONGEST_MENU_NAME, _LONGEST_TITLE, _LONGEST_ASK = 100, 32, 45, 45
_MOST_CHOICES = 25
_SUBCOMMAND, _GROUP, _STRING, _INTEGER, _USER = 1, 2, 3, 4, 6
_CHAT_INPUT, _MESSAGE_MENU = 1, 3
_LABEL, _TEXT_INPUT, _STRING_SELECT = 18, 4, 3
_IN_SERVERS = 0
_NAMES_MESSAGES = frozenset({"message", "messages"})
_MESSAGE_ID = re.compile(r"\d{15,20}")


# --- commands -----------------------------------------------------------------------------------------------


def commands(known: Sequence[Button]) -> list[Json]:
    """Return the whole list of commands to tell Discord: ``/chat ...`` and the menu of a message."""
    about = [wish for wish in known if _is_about_a_message(wish)]
    others = [_subcommand(wish) for wish in known if wish not in about]
    group = {
        "type": _GROUP,
        "name": ABOUT_A_MESSAGE,
        "description": ABOUT_A_MESSAGE,
        "options": [_subcommand(wish) for wish in about[:_MOST_SUBCOMMANDS]],
    }
    options = [*others[: _MOST_SUBCOMMANDS - 1], *([group] if about else [])]
    chat = {"type": _CHAT_INPUT, "name": COMMAND, "description": COMMAND, "options": options}
    entries = [{"type": _MESSAGE_MENU, "name": name} for _, name in _menu(known)]
    return [command | _IN_SERVERS_ONLY for command in (chat, *entries)]


_IN_SERVERS_ONLY: Json = {"contexts": [_IN_SERVERS], "integration_types": [0]}


def _is_about_a_message(wish: Button) -> bool:
    return any(ask.name in _NAMES_MESSAGES and ask.required for ask in wish.asks)


def _subcommand(wish: Button) -> Json:
    asks = sorted(wish.asks, key=lambda ask: not ask.required)  # Discord wants the required ones first
    return {
        "type": _SUBCOMMAND,
        "name": wish.command,
        "description": cut(wish.help or wish.label, _LONGEST_HELP),
        "options": [_option(ask) for ask in asks],
    }


def _option(ask: Ask) -> Json:
    kind = _INTEGER if ask.kind == "number" else _USER if ask.name == "person" else _STRING
    option: Json = {
        "type": kind,
        "name": ask.name,
        "description": cut(ask.label, _LONGEST_HELP),
        "required": ask.required,
    }
    if ask.kind == "choice":
        choices = [{"name": cut(label, 100), "value": value} for value, label in ask.choices]
        option["choices"] = choices[:_MOST_CHOICES]
    return option


def _menu(known: Sequence[Button]) -> Iterator[tuple[Button, str]]:
    by_name = {wish.command: wish for wish in known}
    for command in MENU:
        if command in by_name:
            yield by_name[command], cut(by_name[command].label, _LONGEST_MENU_NAME)


def typed(data: Json) -> tuple[str, dict[str, str]]:
    """Return the command that ``/chat`` was given, and its arguments."""
    chosen: Json = data["options"][0]
    if chosen["type"] == _GROUP:
        chosen = chosen["options"][0]
    given = {str(option["name"]): str(option["value"]) for option in chosen.get("options", ())}
    return str(chosen["name"]), {name: _argument(name, value) for name, value in given.items()}


def _argument(name: str, value: str) -> str:
    """Return *value*, messages as their ids: people paste links to them."""
    if name not in _NAMES_MESSAGES:
        return value
    ids = [found[-1] for part in re.split(r"[,\s]+", value) if (found := _MESSAGE_ID.findall(part))]
    return ",".join(ids) if ids else value


def picked(data: Json, known: Sequence[Button]) -> tuple[Button, str] | None:
    """Return the wish that was picked from a message's menu, and the id of the message."""
    wish = next((wish for wish, name in _menu(known) if name == data["name"]), None)
    return (wish, str(data["target_id"])) if wish else None


# --- forms --------------------------------------------------------------------------------------------------


def form(wish: Button, asks: Sequence[Ask], custom_id: str) -> Json:
    """Return the form that asks for what *wish* still needs; what is handed in comes back under *custom_id*."""
    return {
        "custom_id": custom_id,
        "title": cut(wish.label, _LONGEST_TITLE),
        "components": [_asked(ask) for ask in asks[:MOST_ASKS]],
    }


def _asked(ask: Ask) -> Json:
    inside = _select(ask) if ask.kind == "choice" and ask.choices else _input(ask)
    return {"type": _LABEL, "label": cut(ask.label, _LONGEST_ASK), "component": inside}


def _select(ask: Ask) -> Json:
    options = [
        {"label": cut(label, 100), "value": value or _NOTHING, "default": value == ask.value}
        for value, label in ask.choices[:_MOST_CHOICES]
    ]
    return {
        "type": _STRING_SELECT,
        "custom_id": ask.name,
        "options": options,
        "required": ask.required,
    }


# An option cannot be empty on Discord.
_NOTHING = "-"


def _input(ask: Ask) -> Json:
    asked: Json = {
        "type": _TEXT_INPUT,
        "custom_id": ask.name,
        "style": 2 if ask.kind == "long" else 1,
        "required": ask.required,
        "max_length": min(max(ask.limit, 1), 4_000),
    }
    if ask.value:
        asked["value"] = ask.value[: asked["max_length"]]
    return asked


def handed_in(fields: Sequence[Any]) -> dict[str, str]:
    """Return what a form was filled in with, by the names of what it asked."""
    given: dict[str, str] = {}
    for field in fields:
        for inside in (field["component"],) if "component" in field else field.get("components", ()):
            value = inside["value"] if "value" in inside else next(iter(inside.get("values", ())), "")
            given[str(inside["custom_id"])] = "" if value == _NOTHING else str(value)
    return given
