"""A browser's session lives in a cookie that only we can write."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from adapters.local.session import MOST_GRANTS, Grant, Session, read_cookie, write_cookie
from adapters.local.tokens import Signer

SIGNER = Signer(b"one secret of thirty-two bytes...")
NOW = datetime(2026, 12, 3, 19, tzinfo=UTC)
SESSION = Session(person="p1", until=NOW + timedelta(days=1), name="Jo", group="patient")


def test_a_cookie_gives_the_session_back() -> None:
    """Whoever comes back is who they were, with the proofs they had shown."""
    session = SESSION.with_grant(Grant(room="main", chat="c1", generation=2))

    assert read_cookie(write_cookie(session, SIGNER), SIGNER, NOW) == session


def test_an_old_cookie_is_a_strangers() -> None:
    """A session ends with its date."""
    assert read_cookie(write_cookie(SESSION, SIGNER), SIGNER, NOW + timedelta(days=2)) is None


def test_a_cookie_of_another_shape_is_a_strangers() -> None:
    """A cookie that an older version wrote lets nobody in and breaks nothing."""
    assert read_cookie(SIGNER.seal("session", '{"user": 1}'), SIGNER, NOW) is None
    assert read_cookie(None, SIGNER, NOW) is None


def test_the_newest_link_for_a_room_counts() -> None:
    """A moderator who opens the replaced link moderates again."""
    session = SESSION
    for generation in range(1, 20):
        session = session.with_grant(Grant(room="main", chat="c1", generation=generation))

    assert session.grant("main") == Grant(room="main", chat="c1", generation=19)
    assert session.grant("side") is None
    assert len(session.grants) == MOST_GRANTS
    assert replace(session, grants=()).grant("main") is None
