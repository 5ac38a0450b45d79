"""Looks into an export that is many files: a folder or a zip, never unpacked, always bounded."""

import stat
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Protocol, TypeVar

from bot.errors import BadInput
from bot.transcripts.source import MOST_BYTES, content_of, too_big

_MOST_FILES = 100_000  # a workspace of 100 channels over 2 years has some 70,000
_COPY_AGAIN = "Download the export again."
_T = TypeVar("_T")


class Archive(Protocol):
    """Files by name; names are relative and use "/"."""

    name: str

    def names(self) -> list[str]:
        """Return the names of all files, sorted."""

    def content(self, name: str) -> bytes:
        """Return the bytes of one of them. Raises: BadInput."""


class Folder:
    """An export that somebody unpacked already."""

    def __init__(self, path: Path) -> None:
        self.name, self._path = path.name, path

    def names(self) -> list[str]:
        """Return the names of the files below, links that lead out of the folder left out."""
        root = self._path.resolve()
        files = (path for path in _bounded(self._path.rglob("*.json"), self.name) if path.is_file())
        inside = (path for path in files if path.resolve().is_relative_to(root))
        return sorted(path.relative_to(self._path).as_posix() for path in inside)

    def content(self, name: str) -> bytes:
        return content_of(self._path / name, name)


class Zip:
    """An export as it was downloaded."""

    def __init__(self, path: Path, *, most: int = MOST_BYTES, files: int = _MOST_FILES) -> None:
        self.name, self._most_files = path.name, files
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError, ValueError):
            raise BadInput("This zip is damaged or cut off.", place=path.name, fix=_COPY_AGAIN) from None
        self._left = most
        for member in self._zip.infolist():
            self._refuse_unsafe(member)

    def __enter__(self) -> "Zip":
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def names(self) -> list[str]:
        """Return the names of the files inside."""
        inside = (name for name in self._zip.namelist() if name.endswith(".json"))
        return sorted(_bounded(inside, self.name, self._most_files))

    def content(self, name: str) -> bytes:
        """Return one file's bytes; what the zip says of its size is not believed.

        Raises: BadInput when all files read come to more than *most* bytes, or this one is damaged.
        """
        try:
            with self._zip.open(name) as member:
                content = member.read(self._left + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError):
            problem = "This part of the zip is damaged or locked."
            raise BadInput(problem, place=f"{self.name}/{name}", fix=_COPY_AGAIN) from None
        self._left -= len(content)
        if self._left < 0:
            raise too_big(self.name)
        return content

    def _refuse_unsafe(self, member: zipfile.ZipInfo) -> None:
        path = PurePosixPath(member.filename.replace("\\", "/"))
        linked = stat.S_ISLNK(member.external_attr >> 16)
        if path.is_absolute() or ".." in path.parts or ":" in member.filename.split("/")[0] or linked:
            problem = "This zip names files outside itself and is not opened."
            self._zip.close()
            raise BadInput(problem, place=self.name, fix="Take an export straight from the platform.")


def _bounded(things: Iterable[_T], name: str, most: int = _MOST_FILES) -> Iterator[_T]:
    """Yield *things*. Raises: BadInput when there are more files than any export has."""
    for number, thing in enumerate(things, 1):
        if number > most:
            problem = f"It holds more than {most} files."
            raise BadInput(problem, place=name, fix="Export one channel only.")
        yield thing
