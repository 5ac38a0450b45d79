"""The two kinds of columns that every database must keep alike: moments, and texts of any characters."""

import re
from datetime import UTC, datetime, timedelta

from sqlalchemy import BigInteger, Dialect, String, TypeDecorator

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Moment(TypeDecorator[datetime]):
    """A time as whole microseconds since 1970, UTC: exact, and the same on every database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else (value - EPOCH) // MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else EPOCH + value * MICROSECOND


# What people send may hold NUL, which PostgreSQL's text refuses, and halves of surrogate pairs, which UTF-8 cannot
# hold. A noncharacter, which no keyboard makes, goes before the hexadecimal number of each.
_ESCAPE = "\U0010fffe"
_UNSTORABLE = re.compile(f"[\0\ud800-\udfff{_ESCAPE}]")
_ESCAPED = re.compile(f"{_ESCAPE}([0-9a-f]+);")


class AnyText(TypeDecorator[str]):
    """A text that comes back code point for code point, whatever it holds."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        return _UNSTORABLE.sub(lambda found: f"{_ESCAPE}{ord(found[0]):x};", value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None or _ESCAPE not in value:
            return value
        return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), value)
