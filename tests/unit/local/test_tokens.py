"""Signed values cannot be made, changed or used for something else."""

import pytest

from adapters.local.links import is_owner_token, moderator_path, owner_path, read_moderator_token
from adapters.local.session import Grant
from adapters.local.tokens import Signer
from bot.errors import BadInput

SIGNER = Signer(b"one secret of thirty-two bytes...")
OTHER = Signer(b"another secret, of the same size.")
GRANT = Grant(room="main", chat="chat|with|bars", generation=3)


def test_what_is_sealed_can_be_opened() -> None:
    """A signed value gives back the very text it was made from."""
    assert SIGNER.open("session", SIGNER.seal("session", "Zoë | 1")) == "Zoë | 1"


@pytest.mark.parametrize("token", ["", ".", "abc", "abc.def", "é.ü", "a" * 5_000, "\ud800.x"])
def test_what_we_did_not_sign_opens_nothing(token: str) -> None:
    """Nonsense in a link or cookie is refused, never an error."""
    assert SIGNER.open("session", token) is None


def test_a_changed_value_opens_nothing() -> None:
    """Whoever changes one letter of a link holds a worthless link."""
    token = SIGNER.seal("moderator", "chat|main|1")
    flipped = ("A" if token[0] != "A" else "B") + token[1:]

    assert SIGNER.open("moderator", flipped) is None
    assert SIGNER.open("moderator", token[:-1]) is None


def test_a_value_for_one_purpose_is_worthless_for_another() -> None:
    """A session cookie cannot be passed off as a moderator's link."""
    assert SIGNER.open("moderator", SIGNER.seal("session", "chat|main|1")) is None


def test_another_secret_opens_nothing() -> None:
    """Changing the secret makes every old link and cookie worthless."""
    assert OTHER.open("session", SIGNER.seal("session", "x")) is None


def test_a_short_secret_is_refused() -> None:
    """A secret that could be guessed is refused at the start, with what to do."""
    with pytest.raises(BadInput, match="at least 32 random bytes"):
        Signer(b"password")


def test_one_person_has_another_alias_in_every_room() -> None:
    """What others see of a person's id cannot be followed from room to room."""
    here, there = SIGNER.alias("main", "person-1"), SIGNER.alias("side", "person-1")

    assert here == SIGNER.alias("main", "person-1")
    assert len({here, there, SIGNER.alias("main", "person-2")}) == 3
    assert "person" not in here


def test_a_moderators_link_says_what_it_proves() -> None:
    """The link carries chat, room and generation, and nobody else can write one."""
    token = moderator_path(SIGNER, GRANT).removeprefix("/m/")

    assert read_moderator_token(SIGNER, token) == GRANT
    assert read_moderator_token(OTHER, token) is None


def test_the_owners_link_is_no_moderators_link() -> None:
    """Each link opens its own door only."""
    token = owner_path(SIGNER).removeprefix("/owner/")

    assert is_owner_token(SIGNER, token)
    assert read_moderator_token(SIGNER, token) is None
    assert not is_owner_token(SIGNER, moderator_path(SIGNER, GRANT).removeprefix("/m/"))
