"""What can go wrong, by who hears of it.

TweetchatError
├── BadInput            one sentence for whoever gave it: what, where, how to mend (exit 2)
├── Refused             a person asked for what the rules don't allow: a key in prompts/
├── Conflict            somebody else wrote first: reload the chat and decide again
├── PlatformTrouble     the platform is slow, full or away: the outbox decides what then
├── StoreTrouble        the store cannot take a write now (a full disk): pause, tell, resume
├── SummaryUnsound      a quote is not found in the store: the summary is not built
├── StoreUnusable       the store is lost, corrupt or of another version (exit 5)
└── OwnedByAnother      another instance owns the store (exit 3)
"""

from collections.abc import Mapping


class TweetchatError(Exception):
    """The parent of every error that this project raises on purpose."""


class BadInput(TweetchatError):
    """Input that cannot be used; says what is wrong, where, and how to mend it."""

    def __init__(self, problem: str, *, place: str = "", fix: str = "", others: tuple[str, ...] = ()) -> None:
        self.problem, self.place, self.fix, self.others = problem, place, fix, others
        super().__init__(str(self))

    def __str__(self) -> str:
        """Return the one line that people read: place, problem, fix."""
        place = f"{self.place}: " if self.place else ""
        fix = f" {self.fix}" if self.fix else ""
        return f"{place}{self.problem}{fix}"


class Refused(TweetchatError):
    """The rules say no; *reason* is the key of a line in prompts/, *arguments* fill it."""

    def __init__(self, reason: str, **arguments: str | int) -> None:
        self.reason: str = reason
        self.arguments: Mapping[str, str | int] = arguments
        super().__init__(reason)


class Conflict(TweetchatError):
    """The log moved on since the chat was loaded."""


class PlatformTrouble(TweetchatError):
    """A platform did not take what we sent.

    *permanent*: sending the same again cannot help. *unknown*: it may have been taken all the same.
    *retry_after*: seconds the platform asked us to wait, None when it did not say.
    """

    def __init__(
        self, reason: str, *, retry_after: float | None = None, permanent: bool = False, unknown: bool = False
    ) -> None:
        self.reason, self.retry_after, self.permanent, self.unknown = reason, retry_after, permanent, unknown
        super().__init__(reason)


class StoreTrouble(TweetchatError):
    """The store could not take this write; it may take the next one."""


class SummaryUnsound(TweetchatError):
    """A summary says something that the store does not bear out; *entries* names where, never what."""

    def __init__(self, *entries: str) -> None:
        self.entries = entries
        super().__init__(f"not borne out by the store: {', '.join(entries)}")


class StoreUnusable(TweetchatError):
    """The store cannot be used at all until a person has looked at it."""


class OwnedByAnother(TweetchatError):
    """Another running instance holds the lease; *owner* says which."""

    def __init__(self, owner: str) -> None:
        self.owner = owner
        super().__init__(f"another instance owns this store: {owner}")
