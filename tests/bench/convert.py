"""Turns the review chats and tweet chats of the shared data into transcripts and plans that replay can read.

Writes SET/ID.jsonl and SET/ID.toml below --out. When a question was asked is not written: the replay has to
find it. A time told to the minute stays so: the messages' ids order them.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from bot.transcripts import Author, Entry, write_jsonl

Chat = Mapping[str, Any]
_WORTH_A_MIDNIGHT = 2  # hours back; less is a clock set back, or a line that came late


def reviewclub(chat: Chat) -> Iterator[Entry]:
    """Yield the messages of an IRC chat; what the network itself said is left out."""
    day, last = date.fromisoformat(chat["date"]), time()
    for number, clock, nick, *said in chat["messages"]:
        now = time.fromisoformat(clock)
        if last.hour - now.hour > _WORTH_A_MIDNIGHT:
            day += timedelta(days=1)
        last = now
        who, text, action = _line(nick, said)
        if who:
            author = Author(id=who.lower(), name=who, role="moderator" if who == chat["host"] else None)
            yield _message(number, datetime.combine(day, now, UTC), author, text, action)


def _line(nick: str, said: list[str]) -> tuple[str, str, bool]:
    """Return who said what, and whether it was an action, which some logs write as "* nick waves"."""
    if not nick and said[0].startswith("* "):
        who, _, text = said[0][2:].partition(" ")
        return who, text, True
    return nick, said[0], said[1:] == ["action"]


def pstweetchat(chat: Chat) -> Iterator[Entry]:
    """Yield the messages of a tweet chat."""
    for number, at, user, text in chat["messages"]:
        yield _message(number, datetime.fromisoformat(at), Author(id=user, name=user), text, action=False)


def _message(number: int, at: datetime, author: Author, text: str, action: bool) -> Entry:
    return Entry(
        kind="message",
        id=f"m{number:05d}",
        at=at,
        author=author,
        sequence=number,
        text=text,
        arguments={"action": "yes"} if action else {},
    )


def plan_of(chat: Chat, hashtag: str) -> str:
    """Return the plan file: title, hashtag, and the prepared questions where there are any."""
    lines = [f"title = {_quoted(chat.get('title') or chat['id'])}", f"hashtag = {_quoted(hashtag)}"]
    for question in chat.get("prepared_questions", ()):
        lines += ["", "[[questions]]", f"text = {_quoted(question)}"]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    # A JSON string is a TOML basic string, but for DEL.
    return json.dumps(" ".join(text.split()), ensure_ascii=False).replace("\x7f", "\\u007F")


SETS: Mapping[str, Callable[[Chat], Iterable[Entry]]] = {"reviewclub": reviewclub, "pstweetchat": pstweetchat}


def convert(shared: Path, out: Path, name: str) -> int:
    """Write every chat of the set *name*; return how many there are."""
    folder = out / name
    folder.mkdir(parents=True, exist_ok=True)
    chats = [
        json.loads(line)
        for line in (shared / "data" / name / "dev.jsonl").read_text("utf-8").split("\n")
        if line
    ]
    for chat in chats:
        with (folder / f"{chat['id']}.jsonl").open("w", encoding="utf-8", newline="\n") as stream:
            write_jsonl(SETS[name](chat), stream)
        (folder / f"{chat['id']}.toml").write_text(plan_of(chat, f"#{name}"), "utf-8")
    return len(chats)


def main() -> int:
    """Convert both sets."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    for name in SETS:
        print(json.dumps({"set": name, "chats": convert(options.shared, options.out, name)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
