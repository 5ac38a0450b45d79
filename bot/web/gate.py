"""Who may read how the bot is doing: whoever asks on this machine itself, or shows the token. Nobody else."""

import hmac
import ipaddress

from aiohttp import web
from pydantic import SecretStr

_BY_PROXY = ("Forwarded", "X-Forwarded-For", "X-Real-IP")
_BEARER = "Bearer "


class Gate:
    """Lets operators and their tools in. *token* None: there is none, and only this machine may ask."""

    def __init__(self, token: SecretStr | None) -> None:
        self._token = token.get_secret_value().encode() if token else b""

    def check(self, request: web.Request) -> None:
        """Return when the one behind *request* may read. Raises: HTTPForbidden."""
        if not (_is_local(request) or self._is_known(request)):
            raise web.HTTPForbidden(
                text="Ask from the machine itself, or with the token of BOT_METRICS_TOKEN.\n"
            )

    def _is_known(self, request: web.Request) -> bool:
        shown = request.headers.get("Authorization", "")
        if not self._token or not shown.startswith(_BEARER):
            return False
        return hmac.compare_digest(shown.removeprefix(_BEARER).encode(), self._token)


def _is_local(request: web.Request) -> bool:
    # A proxy on this machine speaks for the whole world, and a browser here for any page that it has open: both name
    # the host that they were asked for.
    through_proxy = any(name in request.headers for name in _BY_PROXY)
    return not through_proxy and _is_loopback(request.remote) and _is_loopback(request.url.host)


def _is_loopback(host: str | None) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False
