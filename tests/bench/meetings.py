"""Compares what the IRC reader keeps of real meetings with the minutes that a MeetBot published for them.

Two entries are equal by name, second and words, with white space folded. Prints one JSON line for each
meeting and one for all; exits 1 unless everything is kept and nothing else.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from minutes import Kept, folded, kept_in

from bot.transcripts import Entry, read


def kept_by(entries: Iterable[Entry]) -> list[Kept]:
    """Return what stands at the end: topics and kept words, without what was undone."""
    entries = tuple(entries)
    texts = {entry.id: entry.text for entry in entries if entry.kind == "message"}
    kept: dict[str, Kept] = {}
    for entry in entries:
        message = entry.arguments.get("message", "")
        if entry.command == "undo":
            kept.pop(message)
        elif entry.command in {"keep", "question"} and entry.author is not None:
            words = entry.arguments.get("text", _span(texts.get(message, ""), entry))
            kept[message] = Kept(f"{entry.at:%H:%M:%S}", entry.author.name, folded(words))
    return list(kept.values())


def _span(text: str, entry: Entry) -> str:
    return text[int(entry.arguments.get("start", "0")) : int(entry.arguments.get("end", "0"))]


def compare(log: Path, *, show: bool) -> Counter[str]:
    """Print one meeting's figures; return hits, what we kept, and what was published."""
    ours = Counter(kept_by(read(log).entries))
    theirs = Counter(kept_in(Path(str(log).replace(".log.txt", ".minutes.txt")).read_text("utf-8")))
    figures = Counter(hits=(ours & theirs).total(), ours=ours.total(), theirs=theirs.total())
    report(log.name.removesuffix(".log.txt"), figures)
    if show:
        for mark, missed in (("missed", theirs - ours), ("too much", ours - theirs)):
            print(*(f"  {mark}: {kept}" for kept in sorted(missed)), sep="\n")
    return figures


def report(name: str, figures: Counter[str]) -> None:
    """Print precision and recall of *figures* in per cent."""
    recall = 100 * figures["hits"] / max(figures["theirs"], 1)
    precision = 100 * figures["hits"] / max(figures["ours"], 1)
    line = {"meeting": name, **figures, "recall": round(recall, 2), "precision": round(precision, 2)}
    print(json.dumps(line))


def main() -> int:
    """Return 0 when all minutes are met exactly."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--show", action="store_true", help="print every difference")
    options = parser.parse_args()
    total = Counter[str]()
    for log in sorted((options.shared / "data" / "meetings").glob("*.log.txt")):
        total += compare(log, show=options.show)
    report("all", total)
    return 0 if total["hits"] == total["ours"] == total["theirs"] > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
