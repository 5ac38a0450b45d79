"""Reads a moderator's command from the words it was written in: "next", "/chat next", "keep m12 insight"."""

from collections.abc import Mapping

# What else people call a command.
_SAME = {
    "begin": "start",
    "topic": "question",
    "end": "close",
    "finish": "close",
    "stop": "close",
    "endmeeting": "close",
    "startmeeting": "start",
    "exchange": "keep-exchange",
    "forward": "next",
}
# The argument that the words after a command fill, where it is not simply "text".
_FILLS = {"start": "title", "chair": "nicks", "unchair": "nicks", "nick": "nicks", "close": "reason"}
_SIGNS = "/!#"


def order_of(text: str, reply_to: str | None = None) -> tuple[str, Mapping[str, str]]:
    """Return the command that *text* asks for and its arguments; an empty command when there is none."""
    words = text.strip().lstrip(_SIGNS).split(maxsplit=1)
    if words and words[0].lower() == "chat":
        words = words[1].lstrip(_SIGNS).split(maxsplit=1) if len(words) > 1 else []
    if not words:
        return "", {}
    written, rest = words[0].lower().rstrip(":"), words[1].strip() if len(words) > 1 else ""
    command = _SAME.get(written, written)
    if command in {"keep", "unkeep"}:
        return command, _kept(rest.split(), reply_to)
    if command == "park" and reply_to and not rest:
        return command, {"message": reply_to}
    return command, {_FILLS.get(command, "text"): rest} if rest else {}


def _kept(words: list[str], reply_to: str | None) -> Mapping[str, str]:
    """Return message and tag; in a reply the message is the one replied to, and a word alone is the tag."""
    message = reply_to if reply_to and len(words) < 2 else None
    if message is None and words:
        message, words = words[0], words[1:]
    found = {"message": message, "tag": " ".join(word for word in words if word != "as") or None}
    return {key: value for key, value in found.items() if value}
