"""Who a browser is: a signed cookie with a random person id, the nickname, and the proofs it has shown."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pydantic import TypeAdapter, ValidationError

from adapters.local.tokens import Signer

COOKIE = "tweetchat"
# Long enough for late answers, choices about quotes and the next chat of a monthly series.
LIFETIME = timedelta(days=45)
MOST_GRANTS = 8
_PURPOSE = "session"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """The moderator's link that was opened: genuine when it was shown, the core says whether it still holds."""

    room: str
    chat: str
    generation: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One browser. *person* and *name* are empty until somebody has come through the door with it."""

    person: str
    until: datetime
    name: str = ""
    group: str | None = None
    grants: tuple[Grant, ...] = ()
    owner: bool = False

    def grant(self, room: str, chat: str | None = None) -> Grant | None:
        """Return the newest proof for *room* (for that *chat* in it), None when no such moderator's link was opened."""
        here = (grant for grant in reversed(self.grants) if grant.room == room)
        return next((grant for grant in here if chat in (None, grant.chat)), None)

    def with_grant(self, grant: Grant) -> "Session":
        """Return the session after a moderator's link was opened."""
        others = tuple(known for known in self.grants if known != grant)
        return replace(self, grants=(*others, grant)[-MOST_GRANTS:])


_adapter = TypeAdapter(Session)


def write_cookie(session: Session, signer: Signer) -> str:
    """Return the cookie's value for *session*."""
    return signer.seal(_PURPOSE, _adapter.dump_json(session, exclude_defaults=True).decode())


def read_cookie(value: str | None, signer: Signer, now: datetime) -> Session | None:
    """Return the session a cookie holds, None when it is not ours, too old or of another shape."""
    text = signer.open(_PURPOSE, value) if value else None
    if text is None:
        return None
    try:
        session = _adapter.validate_json(text)
    except ValidationError:
        return None
    return session if session.until > now else None
