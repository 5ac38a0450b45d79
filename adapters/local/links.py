"""Links that prove something: a moderator's link opens one chat to run, the owner's link lets one create chats."""

from adapters.local.session import Grant
from adapters.local.tokens import Signer

_MODERATOR = "moderator"
_OWNER = "owner"


def moderator_path(signer: Signer, grant: Grant) -> str:
    """Return the path that makes whoever opens it a moderator, while the grant's generation holds."""
    return "/m/" + signer.seal(_MODERATOR, f"{grant.chat}|{grant.room}|{grant.generation}")


def read_moderator_token(signer: Signer, token: str) -> Grant | None:
    """Return what a moderator's link proves, None when it is not ours."""
    if (text := signer.open(_MODERATOR, token)) is None:
        return None
    chat, room, generation = text.rsplit("|", 2)
    return Grant(room=room, chat=chat, generation=int(generation))


def owner_path(signer: Signer) -> str:
    """Return the path that lets whoever opens it create chats. It holds as long as the secret does."""
    return "/owner/" + signer.seal(_OWNER, _OWNER)


def is_owner_token(signer: Signer, token: str) -> bool:
    """Return whether *token* is the owner's."""
    return signer.open(_OWNER, token) == _OWNER
