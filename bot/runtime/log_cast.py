"""Who spoke in a log: one name and one role for each person, however often they changed, in whatever order lines come."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from bot.transcripts import Author, Entry

MODERATOR = "moderator"


def place_of(entry: Entry) -> tuple[object, int, str]:
    """Return the place of *entry* among all, by what it says and not by where it stands in the file."""
    return entry.at, entry.sequence, entry.id


def with_one_name_each(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Return *entries* with everybody under the name they used most, and under one role."""
    cast = _cast(entries)
    return tuple(_as_cast(entry, cast) for entry in entries)


def _as_cast(entry: Entry, cast: Mapping[str, Author]) -> Entry:
    if entry.author is None or cast[entry.author.id] == entry.author:
        return entry
    return replace(entry, author=cast[entry.author.id])


def _cast(entries: Iterable[Entry]) -> dict[str, Author]:
    said: dict[str, set[Entry]] = {}
    authors = dict[str, dict[Author, None]]()
    for entry in entries:
        if entry.author is not None:
            authors.setdefault(entry.author.id, {})[entry.author] = None
    several = {id for id, seen in authors.items() if len(seen) > 1}
    return {id: next(iter(seen)) for id, seen in authors.items() if len(seen) == 1} | _settled(entries, several)


def _settled(entries: Iterable[Entry], several: set[str]) -> dict[str, Author]:
    told: dict[str, dict[tuple[object, int, str], Author]] = defaultdict(dict)
    for entry in entries:
        if entry.author is not None and entry.author.id in several:
            told[entry.author.id].setdefault(place_of(entry), entry.author)
    return {id: _one([authors[place] for place in sorted(authors)]) for id, authors in told.items()}
