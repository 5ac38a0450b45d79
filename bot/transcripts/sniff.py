"""Tells from its first lines which program wrote a log."""

import json

from bot.errors import BadInput
from bot.transcripts.readers.delimited import columns_in
from bot.transcripts.readers.irc_lines import looks_like_irc
from bot.transcripts.source import LogFile

FORMATS = ("auto", "jsonl", "irc", "slack", "discord", "csv")
"""What a person may say of a log."""

_LINES = 60  # some logs begin with a page of joins and server notices


def format_of(file: LogFile) -> str:
    """Return the format of *file*, one of FORMATS.

    Raises: BadInput when it is none of them.
    """
    head = file.text[:65536].lstrip()
    if head.startswith("["):
        return "irc" if _any_irc(head) else "slack"
    if head.startswith("{"):
        return "jsonl" if _is_one_line(head) else "discord"
    if _any_irc(head):
        return "irc"
    if columns_in(head.partition("\n")[0].rstrip("\r")):
        return "csv"
    fix = f"Say it with --format: {', '.join(FORMATS[1:])}."
    raise BadInput("The format of this log is not known.", place=file.name, fix=fix)


def _is_one_line(head: str) -> bool:
    """Return whether the first line is an object by itself, or was meant as one, and no document begins."""
    line = head.partition("\n")[0].strip()
    try:
        return "messages" not in json.loads(line)
    except (ValueError, RecursionError):
        return len(line) > 1 and '"messages"' not in head


def _any_irc(head: str) -> bool:
    return any(looks_like_irc(line.rstrip("\r")) for line in head.split("\n")[:_LINES])
