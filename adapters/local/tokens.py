"""Signed values: what a browser or a link may carry without being able to change it."""

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode

from bot.errors import BadInput

SHORTEST_SECRET = 32
# Sixteen hex digits: short enough for a message id, and 2**32 people before two are likely to meet.
ALIAS_LENGTH = 16


class Signer:
    """Signs and opens values with one secret; a value signed for one purpose is worthless for another."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) < SHORTEST_SECRET:
            raise BadInput(
                f"the room's secret has {len(secret)} bytes.",
                fix=f"Use at least {SHORTEST_SECRET} random bytes.",
            )
        self._secret = secret

    def seal(self, purpose: str, text: str) -> str:
        """Return *text* with its signature, in letters that may stand in a URL or a cookie."""
        body = _letters(text.encode())
        return f"{body}.{_letters(self._mark(purpose, body))}"

    def open(self, purpose: str, token: str) -> str | None:
        """Return the text that was sealed for *purpose*, None when *token* is not ours."""
        body, _, mark = token.partition(".")
        expected = _letters(self._mark(purpose, body))
        if not hmac.compare_digest(expected.encode(), mark.encode("utf-8", "replace")):
            return None
        return urlsafe_b64decode(body + "=" * (-len(body) % 4)).decode()

    def alias(self, room: str, person: str) -> str:
        """Return the name under which *person* is known to other people in *room*: the same there, and only there."""
        return self._mark("alias", f"{room}\n{person}").hex()[:ALIAS_LENGTH]

    def _mark(self, purpose: str, body: str) -> bytes:
        key = hmac.digest(self._secret, purpose.encode(), hashlib.sha256)
        return hmac.digest(key, body.encode("utf-8", "replace"), hashlib.sha256)


def _letters(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")
