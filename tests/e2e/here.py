"""The command line without a process of its own: the same arguments, settings, words and exit codes, sooner."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.__main__ import main


@dataclass(frozen=True, slots=True)
class Answer:
    """How a command ended and what it wrote."""

    returncode: int
    stdout: str
    stderr: str


Here = Callable[..., Answer]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Here:
    """Give what calls a command in a folder of its own, with the settings of a bot there."""

    def call(*arguments: str, **settings: str) -> Answer:
        known: Mapping[str, str] = {"BOT_STORE": "chats.db", "BOT_PLANS": "plans"}
        for name, value in {**known, **settings}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["tweetchat", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return Answer(int(ended.value.code or 0), said.out, said.err)

    monkeypatch.chdir(tmp_path)
    return call
