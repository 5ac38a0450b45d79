"""Reads Slack's export: a zip or folder with users.json, channels.json and one file a day for each channel.

Private conversations (dms.json, mpims.json) are never read. The export holds only the last wording of an
edited message, and no times of reactions.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import chain

from bot.errors import BadInput
from bot.transcripts.archive import Archive
from bot.transcripts.entry import Author, Entry
from bot.transcripts.fields import part, word
from bot.transcripts.readers.slack_messages import Channel, called, entries, objects
from bot.transcripts.readers.slack_text import Names
from bot.transcripts.source import LogFile, Reading, decoded, document

_DAY = re.compile(r"(?:(?P<channel>[^/]+)/)?\d{4}-\d\d-\d\d\.json$")
_PRIVATE = re.compile(r"D[0-9A-Z]{8,}$|mpdm-")
_REACTION_TIMES = "Slack does not tell when people reacted: each reaction has its message's time."


def read(archive: Archive, *, room: str | None = None) -> Reading:
    """Return the entries of all public channels in *archive*, or of the channel *room* alone.

    A private channel is read only where *room* names it.

    Raises: BadInput when there is no such channel, no message, or a broken file.
    """
    files = archive.names()
    top = _top(files)
    public, private = (_listed(archive, f"{top}{name}.json", files) for name in ("channels", "groups"))
    open_to_us = {*public.values(), *(name for name in private.values() if name == room)}
    days = _days(files, top, open_to_us, room)
    if not days:
        raise _no_channel(archive, sorted(public.values()), room)
    people = {author.id: author for author in _people(archive, f"{top}users.json", files)}
    names = Names({author.id: author.name for author in people.values()}, {**private, **public})
    said = list[Entry]()
    for name, paths in days.items():
        channel = Channel(name or archive.name, f"{name}/" if len(days) > 1 else "", people, names)
        said.extend(chain.from_iterable(_day(archive, path, channel) for path in paths))
    reacted = any(entry.kind == "reaction" for entry in said)
    return Reading(tuple(said), (_REACTION_TIMES,) if reacted else ())


def read_day(file: LogFile) -> Reading:
    """Return the entries of a single day's file on its own. Raises: BadInput."""
    return Reading(tuple(entries(file, Channel("room", "", {}, Names()))))


def _top(files: Sequence[str]) -> str:
    """Return the folder that the export stands in: zips made by hand have one around everything."""
    found = (name for name in files if name.rpartition("/")[2] in {"channels.json", "users.json"})
    return next((name.rpartition("/")[0] + "/" for name in found if "/" in name), "")


def _days(files: Sequence[str], top: str, listed: set[str], room: str | None) -> dict[str, list[str]]:
    days: dict[str, list[str]] = {}
    for path in files:
        day = _DAY.fullmatch(path.removeprefix(top)) if path.startswith(top) else None
        if day is None:
            continue
        channel = day["channel"] or ""
        # Without a list of channels the names of private folders still tell: D0123ABCD, mpdm-ann--ben-1.
        is_open = channel in listed if listed and channel else not _PRIVATE.match(channel)
        if is_open and room in {None, channel}:
            days.setdefault(channel, []).append(path)
    return days


def _no_channel(archive: Archive, listed: Sequence[str], room: str | None) -> BadInput:
    if room is None:
        fix = "Give the zip that Slack made, or the folder with channels.json."
        return BadInput("This is not a Slack export: no channel is in it.", place=archive.name, fix=fix)
    channels = ", ".join(listed[:10]) or "none"
    return BadInput(f"It has no messages of #{room}.", place=archive.name, fix=f"Its channels: {channels}.")


def _people(archive: Archive, path: str, files: Sequence[str]) -> Iterator[Author]:
    for user in objects(_json(archive, path) if path in files else [], path):
        name = called(part(user, "profile")) or called(user) or word(user, "id")
        yield Author(id=word(user, "id"), name=name)


def _listed(archive: Archive, path: str, files: Sequence[str]) -> dict[str, str]:
    channels = objects(_json(archive, path) if path in files else [], path)
    return {word(channel, "id"): word(channel, "name") for channel in channels}


def _json(archive: Archive, path: str) -> object:
    return document(decoded(archive.content(path), path))


def _day(archive: Archive, path: str, channel: Channel) -> Iterator[Entry]:
    content = archive.content(path)
    return entries(decoded(content, path), channel) if content.strip() else iter(())
