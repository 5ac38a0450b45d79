"""Where each key of a TOML text stands. Reads only what tomllib has taken, so it may trust the grammar."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

Path = tuple[str | int, ...]

SPACE = re.compile(r"[ \t]*")
# White space, line ends and comments, wherever values may run over lines.
GAP = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
SCALAR = re.compile(r"[^,\]}#\n]*")
# The long forms first. A closing run of quotes may hold up to two that belong to the text.
STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}|' + r"'''.*?'{3,5}|" + r'"(?:[^"\\\n]|\\.)*"|' + r"'[^'\n]*'",
    re.DOTALL,
)
ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")
SHORT = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r"}


def lines_of(text: str) -> dict[Path, int]:
    """Return the line (from 1) of every key, table and list item of *text*: ``("questions", 0, "at")``."""
    return _Scanner(text).scan()


def nearest(lines: Mapping[Path, int], path: Path) -> int:
    """Return the line of *path*, or of the nearest thing around it that is there; 1 when nothing is."""
    while path:
        if path in lines:
            return lines[path]
        path = path[:-1]
    return 1


@dataclass(slots=True)
class _Scanner:
    text: str
    at: int = 0
    lines: dict[Path, int] = field(default_factory=dict)
    tables: dict[Path, int] = field(default_factory=dict)
    counted: tuple[int, int] = (0, 1)

    def scan(self) -> dict[Path, int]:
        table: Path = ()
        self._skip(GAP)
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                table = self._header()
            else:
                self._pair(table)
            self._skip(GAP)
        return self.lines

    def _header(self) -> Path:
        line, many = self._line(), self.text.startswith("[[", self.at)
        self.at += 2 if many else 1
        keys = self._key()
        self.at += 2 if many else 1
        path = self._placed(keys[:-1]) + keys[-1:]
        for depth in range(1, len(path) + 1):
            self.lines.setdefault(path[:depth], line)
        if many:
            self.tables[path] = self.tables.get(path, -1) + 1
            path = (*path, self.tables[path])
            self.lines[path] = line
        return path

    def _placed(self, keys: Path) -> Path:
        """Put the number of the latest entry after each key that is a list of tables."""
        path: Path = ()
        for key in keys:
            path = (*path, key)
            if path in self.tables:
                path = (*path, self.tables[path])
        return path

    def _pair(self, table: Path) -> None:
        line, path = self._line(), table
        for key in self._key():
            path = (*path, key)
            self.lines.setdefault(path, line)
        self.at += 1  # the "="
        self._skip(SPACE)
        self._value(path)

    def _key(self) -> Path:
        return tuple(self._key_parts())

    def _key_parts(self) -> Iterator[str]:
        while True:
            self._skip(SPACE)
            start = self.at
            self._skip(STRING if self.text[start] in "\"'" else BARE_KEY)
            yield _unquoted(self.text[start : self.at])
            self._skip(SPACE)
            if not self.text.startswith(".", self.at):
                return
            self.at += 1

    def _value(self, path: Path) -> None:
        if self.text[self.at] == "[":
            self._list(path)
        elif self.text[self.at] == "{":
            self._inline(path)
        else:
            self._skip(STRING if self.text[self.at] in "\"'" else SCALAR)

    def _list(self, path: Path) -> None:
        self._step()
        place = 0
        while self.text[self.at] != "]":
            self.lines[(*path, place)] = self._line()
            self._value((*path, place))
            self._comma()
            place += 1
        self.at += 1

    def _inline(self, path: Path) -> None:
        self._step()
        while self.text[self.at] != "}":
            self._pair(path)
            self._comma()
        self.at += 1

    def _step(self) -> None:
        self.at += 1
        self._skip(GAP)

    def _comma(self) -> None:
        self._skip(GAP)
        if self.text[self.at] == ",":
            self._step()

    def _skip(self, pattern: re.Pattern[str]) -> None:
        found = pattern.match(self.text, self.at)
        self.at = found.end() if found else self.at

    def _line(self) -> int:
        """Count on from where it was counted last: the text is walked once, forwards."""
        position, line = self.counted
        self.counted = (self.at, line + self.text.count("\n", position, self.at))
        return self.counted[1]


def _unquoted(key: str) -> str:
    if key.startswith('"'):
        return ESCAPE.sub(lambda found: _unescaped(*found.groups()), key[1:-1])
    return key.strip("'")


def _unescaped(short: str | None, long: str | None, letter: str | None) -> str:
    digits = short or long
    return chr(int(digits, 16)) if digits else SHORT.get(letter or "", letter or "")
