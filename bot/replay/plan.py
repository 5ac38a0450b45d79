"""The plan under which a log is told, and where in it each question was asked."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.names import RoomId, WordKey
from bot.core.plan import TITLE, Plan, question_words
from bot.core.reading import read
from bot.errors import BadInput
from bot.insights.asked import find_asked
from bot.replay.cast import MODERATOR, place_of
from bot.replay.room import room_of
from bot.transcripts import Entry

FORGOTTEN = timedelta(hours=1)
"""How long a log without an end is taken to have lasted at least, so that its plan is not over before it begins."""
NEAR = timedelta(minutes=2)
"""How far from "next" the moderator's own wording of the question may stand."""
NO_QUESTION = "?"
_ASKING = frozenset({"question", "next", "ask"})
_HASHTAG = re.compile(r"(?<![\w&/#])#[^\W\d]\w{1,40}")
_SHARED = 5
"""One message in so many has to bear a hashtag for it to be the chat's."""


def span_of(entries: Sequence[Entry]) -> tuple[datetime, datetime]:
    """Return when a log begins and ends. Raises: BadInput when nothing was said."""
    if not entries:
        raise BadInput("nothing was said in this log.", fix="Choose another log.")
    times = [entry.at for entry in entries]
    return min(times), max(times)


def plan_for(entries: Sequence[Entry], plan: Plan | None, words: dict[WordKey, str]) -> Plan:
    """Return the plan under which *entries* are told: *plan* moved to the time of the log, or a bare one.

    *words* gets the title that the log begins with, where it has none. What the file is called plays no part.
    """
    first, last = span_of(entries)
    title = title_of(entries)
    if title:
        words.setdefault(TITLE, title)
    length = max(last - first, FORGOTTEN) + timedelta(minutes=1)
    found = plan or Plan(
        hashtag=_hashtag(entries),
        starts_at=first,
        zone="UTC",
        length=length,
        rooms=(),
        closing_after=length,
        groups=_groups(entries),
    )
    return replace(
        found,
        starts_at=first,
        length=length,
        closing_after=length,
        rooms=_rooms(entries),
        pace="manual",
        think=timedelta(),
        late_answers=max(found.late_answers, length),  # whatever the log holds was said in time
    )


def title_of(entries: Sequence[Entry]) -> str:
    """Return the title that the log itself begins with, empty when it has none."""
    titles = (entry.arguments.get("title", "") for entry in entries if entry.command == "start")
    return next(filter(None, titles), "")


def _rooms(entries: Sequence[Entry]) -> tuple[RoomId, ...]:
    spoken_in = {room_of(entry) for entry in entries if entry.kind == "message"}
    return tuple(sorted(spoken_in or {room_of(entry) for entry in entries}))


def _groups(entries: Sequence[Entry]) -> tuple[str, ...]:
    roles = {entry.author.role for entry in entries if entry.author and entry.author.role}
    return tuple(sorted(roles - {MODERATOR}))


def _hashtag(entries: Sequence[Entry]) -> str:
    """Return the hashtag that most messages bear, a plain one where a log has none of its own."""
    texts = {(entry.room, entry.id): entry.text for entry in entries if entry.kind == "message"}
    borne = Counter(tag for text in texts.values() for tag in set(_HASHTAG.findall(text.lower())))
    found = min(borne, key=lambda tag: (-borne[tag], tag), default="")
    return found if borne[found] * _SHARED >= len(texts) and found else "#chat"


# --- where the questions were asked -------------------------------------------------------------------------


def with_questions(entries: Sequence[Entry], plan: Plan, words: dict[WordKey, str]) -> Iterator[Entry]:
    """Give *entries* with a command wherever a question was asked.

    The log's own commands go first; without any the questions of *plan* are looked for; without a plan one question
    stands for the whole hour.
    """
    entries = _with_one_end(entries)
    if any(entry.command in _ASKING for entry in entries):
        yield from entries if plan.questions else _in_their_words(entries)
        return
    waiting = sorted(_asked_in(entries, plan, words), key=lambda ask: (ask.at, ask.sequence))
    for entry in entries:
        while waiting and waiting[0].at <= entry.at:
            yield waiting.pop(0)
        yield entry
    yield from waiting


def _with_one_end(entries: Sequence[Entry]) -> list[Entry]:
    """Return *entries* without the ends after which the log begins once more."""
    starts = [entry.at for entry in entries if entry.command == "start"]
    last_start = max(starts, default=None)
    return [
        entry for entry in entries if entry.command != "close" or last_start is None or entry.at >= last_start
    ]


def _asked_in(entries: Sequence[Entry], plan: Plan, words: dict[WordKey, str]) -> list[Entry]:
    if not plan.questions:
        return [_command(min(entries, key=place_of), "question", {"text": NO_QUESTION})]
    messages = {entry.id: entry for entry in sorted(entries, key=place_of) if _is_message(entry)}
    lines = [(entry.id, entry.text, _is_moderators(entry)) for entry in messages.values()]
    found = find_asked([words[question_words(question.id)] for question in plan.questions], lines)
    return [
        _command(messages[id], "asked", {"question": question.id, "message": id})
        for question, id in zip(plan.questions, found, strict=True)
        if id is not None
    ]


def _in_their_words(entries: Sequence[Entry]) -> Iterator[Entry]:
    """Give *entries* with each bare "next" as the question that a moderator put in words at that time."""
    asking = [entry for entry in entries if _is_message(entry) and _asks(entry)]
    used = set[str]()
    for entry in entries:
        if entry.command != "next" or entry.arguments.get("message"):
            yield entry
            continue
        near = [one for one in asking if abs(one.at - entry.at) <= NEAR and one.id not in used]
        said = min(near, key=lambda one: (abs(one.at - entry.at), place_of(one)), default=None)
        used.update({said.id} if said else set())
        text = entry.arguments.get("text") or (said.text if said else NO_QUESTION)
        yield _command(entry, "question", {"text": text, "message": said.id if said else ""})


def _asks(entry: Entry) -> bool:
    if not _is_moderators(entry):
        return False
    reading = read(entry.text)
    return bool(reading.asks) or reading.question


def _is_message(entry: Entry) -> bool:
    return entry.kind == "message" and not entry.bot


def _is_moderators(entry: Entry) -> bool:
    return entry.author is not None and entry.author.role == MODERATOR


def _command(after: Entry, command: str, arguments: dict[str, str]) -> Entry:
    return replace(after, kind="command", command=command, arguments=arguments, text="")
