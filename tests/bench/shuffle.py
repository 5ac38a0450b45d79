"""Shows that the order in which messages arrive changes nothing, on the real chats of the shared data.

Each chat is written as JSONL with ids and commands; its messages, not the commands, are shuffled within ten seconds
and a third of them delivered twice. summary.json and summary.md have to come out equal, byte for byte. Prints one
JSON line for each set; exits 1 where anything differs.
"""

import argparse
import contextlib
import io
import json
import random
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from convert import SETS, convert

from bot.cli.replay import run_replay
from bot.transcripts import Entry, read, write_jsonl

WITHIN = 10.0
SAME = ("summary.json", "summary.md", "transcript.jsonl")


def shuffled(entries: Sequence[Entry], seed: int, *, keeping_places: bool) -> list[Entry]:
    """Return *entries* as a bad network delivers them; *keeping_places*: commands stay where they stood in the file."""
    rng = random.Random(seed)  # noqa: S311  # the same shuffle each time
    messages = [entry for entry in entries if entry.kind != "command"]
    delivered = [*messages, *rng.sample(messages, len(messages) // 3)]
    late = sorted(
        (one.at + timedelta(seconds=rng.uniform(0, WITHIN)), number) for number, one in enumerate(delivered)
    )
    told = [(at, delivered[number]) for at, number in late]
    commands = [entry for entry in entries if entry.kind == "command"]
    if keeping_places:
        return list(_at_their_share(entries, [one for _, one in told]))
    told += [(one.at, one) for one in commands]
    return [one for _, one in sorted(told, key=lambda pair: pair[0])]


def _at_their_share(entries: Sequence[Entry], messages: Iterable[Entry]) -> Iterator[Entry]:
    """Give *messages* with each command of *entries* before the first message that is later than it."""
    commands = [entry for entry in entries if entry.kind == "command"]
    for message in messages:
        while commands and commands[0].at < message.at:
            yield commands.pop(0)
        yield message
    yield from commands


def replayed(entries: Sequence[Entry], plan: Path | None, folder: Path) -> dict[str, bytes]:
    """Return the files that a replay of *entries* writes."""
    folder.mkdir(parents=True)
    log = folder / f"{folder.name}.jsonl"
    with log.open("w", encoding="utf-8") as stream:
        write_jsonl(entries, stream)
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        run_replay(log, plan=plan, format="jsonl", out=folder, edition="internal", quoting=None, day=None)
    return {name: (folder / name).read_bytes() for name in SAME}


def compare(name: str, logs: Sequence[tuple[Path, Path | None]], seeds: int, out: Path) -> int:
    """Print how many of *logs* change with the order of delivery; return that number."""
    changed: dict[str, list[str]] = {}
    for log, plan in logs:
        entries = [replace(entry, place="") for entry in read(log).entries if not entry.bot]
        expected = replayed(entries, plan, out / name / log.stem / "straight")
        for seed in range(seeds):
            told = shuffled(entries, seed, keeping_places=seed % 2 == 1)
            found = replayed(told, plan, out / name / log.stem / f"shuffled-{seed}")
            different = [file for file in SAME if found[file] != expected[file]]
            if different:
                changed.setdefault(log.stem, []).append(f"{seed}: {', '.join(different)}")
    print(json.dumps({"set": name, "chats": len(logs), "seeds": seeds, "changed": changed}))
    return len(changed)


def main() -> int:
    """Return 0 when no order of delivery changes anything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--out", type=Path, help="keep what was written here")
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument(
        "--chats", type=int, default=5, help="how many of the review chats and of the tweet chats"
    )
    options = parser.parse_args()
    changed = 0
    with tempfile.TemporaryDirectory() as folder:
        out = options.out or Path(folder)
        meetings = sorted((options.shared / "data" / "meetings").glob("*.log.txt"))
        changed += compare("meetings", [(log, None) for log in meetings], options.seeds, out)
        for name in SETS:
            convert(options.shared, out / "from", name)
            logs = sorted((out / "from" / name).glob("*.jsonl"))[:: 1 + 22 // options.chats][: options.chats]
            changed += compare(name, [(log, log.with_suffix(".toml")) for log in logs], options.seeds, out)
    return 1 if changed else 0


if __name__ == "__main__":
    sys.exit(main())
