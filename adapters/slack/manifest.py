"""The app manifest: all that a Slack workspace has to know about our app, and the scopes it cannot do without."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from bot.markup import Button

SCOPES: Mapping[str, str] = {
    "chat:write": "to post",
    "commands": "for /chat and the message menu",
    "channels:read": "to see public channels",
    "groups:read": "to see private channels",
    "channels:history": "to hear public channels",
    "groups:history": "to hear private channels",
    "im:history": "to find a card again",
    "im:write": "to show moderators their card",
    "metadata.message:read": "to know our own posts again",
    "reactions:read": "to hear reactions",
    "users:read": "to call people by their names",
}
_EVENTS = (
    "app_uninstalled",
    "message.channels",
    "message.groups",
    "reaction_added",
    "reaction_removed",
    "tokens_revoked",
)
_MOST_SHORTCUTS = 10
SLASH = "/chat"


def in_menu(button: Button) -> bool:
    """Return whether the command *button* is about one message, and so stands in the message menu."""
    return any(ask.name in {"message", "messages"} and ask.required for ask in button.asks)


def manifest(commands: Iterable[Button], name: str = "tweetchat") -> dict[str, Any]:
    """Return the manifest of an app that knows *commands*, for "Create an app from a manifest"."""
    known = tuple(commands)
    return {
        "display_information": {"name": name},
        "features": {
            "bot_user": {"display_name": name, "always_online": True},
            "slash_commands": [_slash(known, name)],
            "shortcuts": [_shortcut(one) for one in known if in_menu(one)][:_MOST_SHORTCUTS],
        },
        "oauth_config": {"scopes": {"bot": sorted(SCOPES)}},
        "settings": {
            "event_subscriptions": {"bot_events": list(_EVENTS)},
            "interactivity": {"is_enabled": True},
            "org_deploy_enabled": False,
            "socket_mode_enabled": True,
            "token_rotation_enabled": False,
        },
    }


def text_of(commands: Iterable[Button]) -> str:
    """Return the manifest as it is pasted."""
    return json.dumps(manifest(commands), indent=2, ensure_ascii=False)


def _slash(commands: tuple[Button, ...], name: str) -> dict[str, Any]:
    names = " | ".join(one.command for one in commands if not in_menu(one))
    return {"command": SLASH, "description": name, "usage_hint": names[:1_000], "should_escape": True}


def _shortcut(button: Button) -> dict[str, str]:
    return {
        "name": button.label[:24],
        "type": "message",
        "callback_id": button.command,
        "description": (button.help or button.label)[:150],
    }
