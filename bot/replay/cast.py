"""Who spoke in a log: one name and one role for each person, however often they changed and whoever is heard first."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.replay.room import room_of
from bot.transcripts import Author, Entry

MODERATOR = "moderator"
Place = tuple[datetime, int, str]


def place_of(entry: Entry) -> Place:
    """Return the place of *entry* among all, by what it says and not by where it stands in the file."""
    return entry.at, entry.sequence, entry.id


def with_one_name_each(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Return *entries* with everybody under their first name and under one role; see `signatures` for the others."""
    cast = {id: _settled(told) for id, told in _changing(entries).items()}
    return tuple(_as_cast(entry, cast) for entry in entries) if cast else tuple(entries)


def signatures(entries: Iterable[Entry]) -> dict[tuple[str, str], str]:
    """Return the name that each message was written under, by room and id."""
    messages = [entry for entry in entries if entry.kind == "message"]
    return {(room_of(one), one.id): one.author.name for one in reversed(messages) if one.author}


def _changing(entries: Iterable[Entry]) -> dict[str, dict[Place, Author]]:
    """Return as whom those spoke, line by line, who did not always speak as the same; a doubled line counts once."""
    told: dict[str, dict[Place, Author]] = defaultdict(dict)
    for entry in entries:
        if entry.author is not None:
            told[entry.author.id].setdefault(place_of(entry), entry.author)
    return {id: lines for id, lines in told.items() if len(set(lines.values())) > 1}


def _settled(told: Mapping[Place, Author]) -> Author:
    authors = [told[place] for place in sorted(told)]
    roles = [author.role for author in authors if author.role is not None]
    role = MODERATOR if MODERATOR in roles else next(iter(roles), None)
    return Author(id=authors[0].id, name=authors[0].name, role=role)


def _as_cast(entry: Entry, cast: Mapping[str, Author]) -> Entry:
    settled = cast.get(entry.author.id) if entry.author else None
    return entry if settled is None else replace(entry, author=settled)
