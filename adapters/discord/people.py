"""Who was seen here lately, for the moments when Discord names a person by nothing but a number."""

from collections import OrderedDict
from collections.abc import Collection

import discord

from adapters.discord import translate
from bot.ports import Somebody

MOST = 10_000
"""People remembered; beyond that the longest unseen is forgotten, and goes by the name of their account again."""


class Acquaintances:
    """The people seen since the start, newest last. *roles*: whoever has one of them moderates."""

    def __init__(self, roles: Collection[str]) -> None:
        self._roles = roles
        self._seen: OrderedDict[int, Somebody] = OrderedDict()

    def meet(self, user: discord.abc.User) -> Somebody:
        """Return *user* as they are now, and remember them."""
        somebody = translate.somebody(user, self._roles)
        self._seen[user.id] = somebody
        self._seen.move_to_end(user.id)
        if len(self._seen) > MOST:
            self._seen.popitem(last=False)
        return somebody

    def remembered(self, user: discord.abc.User) -> Somebody:
        """Return *user* as last seen here, else as their account names them; their rights are not remembered."""
        return self._seen.get(user.id) or translate.somebody(user, self._roles)

    def known_as(self, id: int) -> str:
        """Return the name *id* was last seen under, nothing for a stranger."""
        return self._seen[id].name if id in self._seen else ""
