"""What became of a request to Slack that did not go well: surely not sent, unknown, or refused for good."""

import asyncio

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.errors import PlatformTrouble

# Slack says of these itself that part of it may have been done.
_UNKNOWN = frozenset(
    {"fatal_error", "internal_error", "request_timeout", "service_unavailable", "unknown_error"}
)
_LATER = frozenset({"ratelimited", "rate_limited", "accesslimited", "team_added_to_org"})

DISOWNED = frozenset({"account_inactive", "invalid_auth", "not_authed", "token_expired", "token_revoked"})
"""What Slack says once the app was taken out of the workspace, or its token was replaced."""

# Everything that can go wrong between us and Slack. AttributeError: the library takes a page of text for JSON.
ERRORS = (SlackApiError, aiohttp.ClientError, asyncio.TimeoutError, OSError, AttributeError)


def trouble(error: Exception) -> PlatformTrouble:
    """Return what *error* means for whoever wanted something of Slack."""
    if isinstance(error, SlackApiError):
        return _answered(error)
    if isinstance(error, aiohttp.ClientConnectorError):  # no connection, no address: nothing was sent
        return PlatformTrouble(f"Slack cannot be reached ({type(error).__name__})")
    return PlatformTrouble(f"no answer from Slack ({type(error).__name__})", unknown=True)


def _answered(error: SlackApiError) -> PlatformTrouble:
    response = error.response
    status = int(getattr(response, "status_code", 0) or getattr(response, "status", 0) or 0)
    said = _said(response)
    if status == 429 or said in _LATER:
        return _wait_for(_retry_after(response))
    if status >= 500 or said in _UNKNOWN or not said:
        return PlatformTrouble(f"Slack has trouble of its own ({said or status})", unknown=True)
    return PlatformTrouble(_named(said, response), permanent=True)


def _wait_for(seconds: float | None) -> PlatformTrouble:
    """Return that Slack wants to hear nothing for so long, as far as it said."""
    asks = "Slack asks for patience" if seconds is None else f"Slack asks to wait for {seconds:.0f} s"
    return PlatformTrouble(asks, retry_after=seconds)


def _said(response: object) -> str:
    data = getattr(response, "data", None)
    return str(data.get("error") or "") if isinstance(data, dict) else ""


def _named(said: str, response: object) -> str:
    data = getattr(response, "data", None)
    needed = data.get("needed") if isinstance(data, dict) else None
    return f"Slack refuses it: {said}" + (f" (needs {needed})" if needed else "")


def _retry_after(response: object) -> float | None:
    headers = getattr(response, "headers", None) or {}
    try:
        return float(headers.get("Retry-After") or headers.get("retry-after") or "")
    except ValueError:
        return None


def reason(error: PlatformTrouble) -> str:
    """Return the word by which Slack refused, empty when it did not refuse."""
    _, found, rest = error.reason.partition("Slack refuses it: ")
    return rest.split(" ")[0] if found else ""
