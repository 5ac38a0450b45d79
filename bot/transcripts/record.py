"""The published shape of one entry as a JSON object, both ways; CSV rows walk through the same door."""

from collections.abc import Iterator, Mapping
from datetime import UTC
from typing import Final, cast

from bot.errors import BadInput
from bot.transcripts.entry import NOTHING, Author, Entry, Kind, sequence_of
from bot.transcripts.moment import moment
from bot.transcripts.source import storable
from bot.transcripts.spoken import order_of

_KINDS: Final = frozenset({"message", "edit", "delete", "reaction", "command"})
MOST_SEQUENCE: Final = 2**62  # what every store holds
_ABOUT_ANOTHER: Final = frozenset({"edit", "delete", "reaction"})
_NEEDS_NOBODY: Final = frozenset({"edit", "delete", "command"})
_BESIDE: Final = (
    "message",
    "messages",
    "tag",
    "title",
    "number",
    "minutes",
    "question",
    "topic",
    "start",
    "end",
)
"""Arguments of a command that many write beside it instead of inside "arguments"."""


class UnknownKind(Exception):
    """A line of a kind that later versions, or other programs, may know; it stays inside this room of the project."""


class Records:
    """Turns the objects of one file into entries; people who speak twice are one object."""

    def __init__(self, name: str, *, zone_needed: bool = True) -> None:
        self._name, self._zone_needed = name, zone_needed
        self._authors: dict[tuple[object, object, object], Author] = {}

    def entry(self, fields: Mapping[str, object], line: int) -> Entry:
        """Return the entry that *fields* describe; fields that are not ours are ignored.

        Raises: BadInput with the line and the fix; UnknownKind.
        """
        place = f"{self._name}:{line}"
        kind = _kind(fields, place)
        known_as = _id(fields, kind, line, place)
        command, arguments = _order(fields, place) if kind == "command" else (None, _arguments(fields, place))
        author = self._author(fields, kind, place)
        return Entry(
            kind=kind,
            id=known_as,
            at=moment(fields.get("at"), place, zone_needed=self._zone_needed),
            author=author,
            sequence=_sequence(fields, known_as),
            room=_word(fields, "room", place) or "room",
            text=_text(fields, "text", place) or "",
            reply_to=_word(fields, "reply_to", place),
            thread=_word(fields, "thread", place),
            reaction=_reaction(fields, kind, place),
            command=command,
            arguments=arguments,
            place=place,
            bot=fields.get("bot") is True,
        )

    def _author(self, fields: Mapping[str, object], kind: Kind, place: str) -> Author | None:
        given = fields.get("author")
        if isinstance(given, str):
            given = {"id": given, "name": given}
        if given is None and kind in _NEEDS_NOBODY:
            return None
        if not isinstance(given, dict):
            fix = 'Add "author": {"id": ..., "name": ...}.'
            raise BadInput("The author is missing.", place=place, fix=fix)
        key = (given.get("id"), given.get("name"), given.get("role"))
        try:
            known = self._authors.get(key)
        except TypeError:  # a list or an object where a word belongs
            known = None
        return known or self._authors.setdefault(key, _person(given, place))


def fields_of(entry: Entry) -> dict[str, object]:
    """Return *entry* as the published JSON object, without what is not known."""
    return dict(_fields_of(entry))


def _fields_of(entry: Entry) -> Iterator[tuple[str, object]]:
    yield "id", entry.id
    yield "at", entry.at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    yield "room", entry.room
    if entry.author is not None:
        person = {"id": entry.author.id, "name": entry.author.name, "role": entry.author.role}
        yield "author", {key: value for key, value in person.items() if value is not None}
    yield "kind", entry.kind
    yield "text", entry.text
    for key in ("reply_to", "thread", "reaction", "command"):
        value = getattr(entry, key)
        if value is not None:
            yield key, value
    if entry.arguments or entry.command:
        yield "arguments", dict(entry.arguments)
    if entry.sequence != sequence_of(entry.id):
        yield "sequence", entry.sequence
    if entry.bot:
        yield "bot", True


def _kind(fields: Mapping[str, object], place: str) -> Kind:
    kind = fields.get("kind") or "message"
    if not isinstance(kind, str):
        fix = "Use message, edit, delete, reaction or command."
        raise BadInput(f"The kind {str(kind)[:40]!r} is not known.", place=place, fix=fix)
    if kind not in _KINDS:
        raise UnknownKind
    return cast(Kind, kind)


def _id(fields: Mapping[str, object], kind: Kind, line: int, place: str) -> str:
    given = _word(fields, "id", place)
    if given:
        return given
    if kind in _ABOUT_ANOTHER:
        fix = f'Give "id": the message that the {kind} is about.'
        raise BadInput(f"This {kind} does not say which message it concerns.", place=place, fix=fix)
    return f"l{line:06d}"


def _sequence(fields: Mapping[str, object], known_as: str) -> int:
    given = fields.get("sequence")
    is_one = isinstance(given, int) and not isinstance(given, bool) and abs(given) < MOST_SEQUENCE
    return cast("int", given) if is_one else sequence_of(known_as)


def _person(given: Mapping[str, object], place: str) -> Author:
    known_as, name = _word(given, "id", place), _word(given, "name", place)
    if not known_as and not name:
        raise BadInput("The author has no id and no name.", place=place, fix="Give at least one of them.")
    return Author(id=known_as or name or "", name=name or known_as or "", role=_word(given, "role", place))


def _reaction(fields: Mapping[str, object], kind: Kind, place: str) -> str | None:
    reaction = _word(fields, "reaction", place)
    if kind == "reaction" and not reaction:
        raise BadInput("The reaction is missing.", place=place, fix='Add "reaction": the emoji or its name.')
    return reaction


def _order(fields: Mapping[str, object], place: str) -> tuple[str, Mapping[str, str]]:
    """Return what a command asks for, in whichever of its fields it says so."""
    text, reply_to = _text(fields, "text", place) or "", _word(fields, "reply_to", place)
    given = _word(fields, "command", place) or ""
    command, spoken = order_of(text, reply_to)
    if given and "arguments" in fields:
        command, spoken = given, {}
    elif given and command != order_of(given)[0]:  # the text holds only what follows the command
        command, spoken = order_of(f"{given} {text}", reply_to)
    if not command:
        raise BadInput("This command is empty.", place=place, fix='Add "command", for example "next".')
    beside = {key: value for key in _BESIDE if (value := _beside(fields, key, place))}
    return command, {**spoken, **beside, **_arguments(fields, place)}


def _beside(fields: Mapping[str, object], key: str, place: str) -> str | None:
    value = fields.get(key)
    several = isinstance(value, list) and all(isinstance(one, str) for one in value)
    return storable(",".join(cast("list[str]", value))) if several else _word(fields, key, place)


def _arguments(fields: Mapping[str, object], place: str) -> Mapping[str, str]:
    given = fields.get("arguments")
    if not given:
        return NOTHING
    if not isinstance(given, dict):
        raise BadInput("The arguments are not an object.", place=place, fix='Write {"message": "m12"}.')
    return {storable(key): _beside(given, key, place) or "" for key in given}


def _word(fields: Mapping[str, object], key: str, place: str) -> str | None:
    """Return a short field, None when it is missing or empty; numbers are words, too."""
    return _text(fields, key, place) or None


def _text(fields: Mapping[str, object], key: str, place: str) -> str | None:
    value = fields.get(key)
    if value is None:
        return None
    if isinstance(value, str):
        return value if value.isascii() and "\0" not in value else storable(value)
    if isinstance(value, int | float):
        return str(value).lower() if isinstance(value, bool) else str(value)
    fix = "Put it in quotation marks."
    raise BadInput(f"The field {key!r} is not a text.", place=place, fix=fix)
