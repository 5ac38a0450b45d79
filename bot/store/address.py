"""The address of a store in PostgreSQL, as written and as it may be shown: without its password."""

import re
from dataclasses import dataclass

from bot.errors import BadInput

POSTGRES = ("postgresql://", "postgres://", "postgresql+asyncpg://")
_ADDRESS = re.compile(
    r"postgres(?:ql)?(?:\+asyncpg)?://(?:[^@/?#]*@)?(?P<host>[^@/?#]*)(?:/(?P<database>[^@/?#]*))?(?:\?[^#]*)?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a database is: as written, and so that nobody reads a password in it."""

    text: str
    name: str


def is_shared(place: str) -> bool:
    """Return whether several processes and installations may share the store at *place*."""
    return place.startswith(POSTGRES)


def shown(place: str) -> str:
    """Return how a store is called where people read it. Raises: BadInput."""
    return parse(place).name if is_shared(place) else place


def parse(text: str) -> Address:
    """Return the address that *text* is. Raises: BadInput, which repeats nothing of it: it may hold a password."""
    found = _ADDRESS.fullmatch(text)
    if found is None:
        raise BadInput(
            "this is no address of a database.",
            place="BOT_STORE",
            fix="Write it as postgresql://user:password@host:5432/database, with %40 for an @ in the password.",
        )
    place = f" at {found['host']}" if found["host"] else ""
    name = f"PostgreSQL database {found['database'] or '(the default)'}{place}"
    return Address(text=text.replace("+asyncpg", "", 1), name=name)
