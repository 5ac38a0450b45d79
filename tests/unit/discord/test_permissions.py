"""What the bot may do in a channel, worked out as Discord does."""

import discord
import pytest

from adapters.discord.permissions import granted, invitation, lacking, lacking_intent

VIEW, SEND, HISTORY, MANAGE, ADMIN = 1 << 10, 1 << 11, 1 << 16, 1 << 13, 1 << 3
ALL = VIEW | SEND | HISTORY | MANAGE


def _guild(everyone: int = 0, staff: int = 0, owner: str = "9") -> dict[str, object]:
    return {
        "id": "1",
        "owner_id": owner,
        "roles": [{"id": "1", "permissions": str(everyone)}, {"id": "2", "permissions": str(staff)}],
    }


def _over(id: str, allow: int = 0, deny: int = 0) -> dict[str, object]:
    return {"id": id, "type": 0, "allow": str(allow), "deny": str(deny)}


@pytest.mark.parametrize(
    ("guild", "overwrites", "missing"),
    [
        (_guild(everyone=ALL), [], []),
        (_guild(everyone=VIEW, staff=SEND | HISTORY | MANAGE), [], []),
        (_guild(everyone=ALL), [_over("1", deny=SEND)], ["SEND_MESSAGES"]),
        (_guild(everyone=ALL), [_over("1", deny=SEND), _over("2", allow=SEND)], []),
        (_guild(everyone=ALL), [_over("2", allow=SEND), _over("5", deny=SEND)], ["SEND_MESSAGES"]),
        (_guild(staff=ADMIN), [_over("1", deny=ALL)], []),
        (_guild(owner="5"), [_over("1", deny=ALL)], []),
        (_guild(everyone=ALL & ~MANAGE), [], ["MANAGE_MESSAGES"]),
    ],
)  # fmt: skip
def test_each_missing_permission_is_named(
    guild: dict[str, object], overwrites: list[dict[str, object]], missing: list[str]
) -> None:
    """Roles first, then the channel for everybody, for roles, for the bot; administrators and owners may all."""
    allowed = granted(guild, ["2"], {"permission_overwrites": overwrites}, "5")

    assert [lack.name for lack in lacking(allowed)] == missing


def test_each_lack_says_how_to_mend_it() -> None:
    """Nobody has to look anything up."""
    assert all(lack.fix.startswith("Allow it in ") for lack in lacking(discord.Permissions.none()))


def test_the_invitation_asks_for_what_is_needed() -> None:
    """Whoever invites the bot by its link has nothing left to allow."""
    assert lacking(invitation()) == ()


@pytest.mark.parametrize(("flags", "names"), [(0, ["MESSAGE_CONTENT"]), (1 << 18, []), (1 << 19, [])])
def test_reading_messages_has_to_be_allowed_for_the_application(flags: int, names: list[str]) -> None:
    """Small and large applications have a flag each."""
    assert [lack.name for lack in lacking_intent({"flags": flags})] == names
