"""The words a summary is made from, as they stand in the store beside the log."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bot.core.names import PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """Kept texts by key and revision, and the names people go by. What was erased is simply not there.

    signed: by message, the other name under which a log says that it was written.
    """

    kept: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    names: Mapping[PersonId, str] = field(default_factory=dict)
    signed: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def gathered(cls, rows: Iterable[tuple[str, int, str]], names: Mapping[PersonId, str]) -> "Texts":
        """Return the texts of *rows* (key, revision, text), in any order, and *names*."""
        kept: dict[str, dict[int, str]] = {}
        for key, revision, text in rows:
            kept.setdefault(key, {})[revision] = text
        return cls(kept=kept, names=names)

    def text(self, key: str) -> str | None:
        """Return the newest text under *key*, None when there is none (any more)."""
        revisions = self.kept.get(key)
        return revisions[max(revisions)] if revisions else None

    def revision(self, message: str, number: int) -> str | None:
        """Return revision *number* of the text of *message*, None when it is not kept (any more)."""
        return self.kept.get(message, {}).get(number)

    def name(self, person: PersonId) -> str | None:
        """Return the name *person* goes by, None when it is not known (any more)."""
        return self.names.get(person)

    def signature(self, message: str, person: PersonId) -> str | None:
        """Return the name under which *person* wrote *message*, None when it is not known (any more)."""
        name = self.name(person)
        return name and self.signed.get(message, name)
