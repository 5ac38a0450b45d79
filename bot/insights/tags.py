"""The tags a kept line can have: prompts/tags.toml, and which words and reactions mean which tag."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from bot.errors import BadInput

# Platforms add these to an emoji without changing what it means: "text or picture" and the five skin tones.
_DECORATION = dict.fromkeys((0xFE0E, 0xFE0F, *range(0x1F3FB, 0x1F400)))


class _Entry(BaseModel):
    """One table of tags.toml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    emoji: str
    reactions: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


_FILE = TypeAdapter(dict[str, _Entry])


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """One tag. Its name and meaning are the lines ``tag.<id>`` and ``tag-means.<id>``."""

    id: str
    emoji: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tags:
    """All tags in the order of the file, and what else people write or press for them."""

    tags: Mapping[str, Tag]
    words: Mapping[str, str]
    reactions: Mapping[str, str]

    def named(self, word: str) -> Tag | None:
        """Return the tag that somebody means by *word* (``idea``, ``#info``, ``action``), None for no tag."""
        found = self.words.get(word.strip().lstrip("#").lower())
        return self.tags[found] if found else None

    def of_reaction(self, reaction: str) -> Tag | None:
        """Return the tag that *reaction* (an emoji, its name, or a tag's id) stands for, None for any other."""
        found = self.reactions.get(_plain(reaction))
        return self.tags[found] if found else None

    def emoji(self, tag: str) -> str:
        """Return the emoji of *tag*; empty for a tag that the file no longer has."""
        return self.tags[tag].emoji if tag in self.tags else ""


@cache
def load() -> Tags:
    """Return the tags of prompts/tags.toml. Raises: BadInput when the file is damaged."""
    return read((files("prompts") / "tags.toml").read_text(encoding="utf-8"), place="prompts/tags.toml")


def read(text: str, *, place: str) -> Tags:
    """Return the tags that *text* lists. Raises: BadInput, also when two tags want the same word or reaction."""
    try:
        entries = _FILE.validate_python(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, ValidationError) as problem:
        raise BadInput(f"this list of tags cannot be read: {problem}", place=place) from None
    words: dict[str, str] = {}
    reactions: dict[str, str] = {}
    for id, entry in entries.items():
        _claim(words, (id, *entry.aliases), id, place)
        _claim(reactions, {_plain(name): None for name in (id, entry.emoji, *entry.reactions)}, id, place)
    tags = {id: Tag(id=id, emoji=entry.emoji) for id, entry in entries.items()}
    return Tags(tags=tags, words=words, reactions=reactions)


def _plain(reaction: str) -> str:
    return reaction.strip(":").translate(_DECORATION).lower()


def _claim(taken: dict[str, str], names: tuple[str, ...] | dict[str, None], tag: str, place: str) -> None:
    for name in names:
        if taken.setdefault(name, tag) != tag:
            raise BadInput(
                f"{name!r} means both {taken[name]} and {tag}.", place=place, fix="Take it out of one."
            )
