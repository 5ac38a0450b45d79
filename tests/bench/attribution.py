"""Measures on real chats where questions are found, what answers are attributed to, and how long reading takes.

Prints one JSON line for each measurement, never a text. The truth is of three kinds: the lines at which prepared
questions were asked; a curator's questions and answers, each with its line; and the labels some people wrote
("re q4"), which are hidden from the rules and then compared with what these say without them.
"""

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from convert import reviewclub

from bot.core import events as e
from bot.core.apply import replay
from bot.core.attribution import attribute, unsure
from bot.core.chat import Chat
from bot.core.names import ChatId, MessageId, PersonId, QuestionId, RoomId
from bot.core.phases import Phase, Stage, Step
from bot.core.plan import Plan, PlannedQuestion
from bot.core.reading import Reading, read
from bot.insights.asked import find_asked
from bot.transcripts import Entry

Log = Mapping[str, Any]
ROOM = RoomId("local/main")


def tell(name: str, **figures: float) -> None:
    """Print one measurement."""
    print(json.dumps({"measured": name, **figures}))


def share(part: float, whole: float) -> float:
    """Return a share in per cent."""
    return round(100 * part / max(whole, 1), 1)


def lines_of(log: Log) -> list[tuple[str, str, bool]]:
    """Return the lines of a chat as `find_asked` wants them."""
    return [(str(line), text, nick == log["host"]) for line, _, nick, text, *_ in log["messages"]]


def measure_asked(name: str, cases: Iterable[tuple[Log, Sequence[str], Sequence[int | None]]]) -> None:
    """Print how often the line that asks a question is found, and what is said where the truth names none."""
    figures: Counter[str] = Counter()
    for log, questions, truth in cases:
        places = {str(line[0]): place for place, line in enumerate(log["messages"])}
        for found, right in zip(find_asked(questions, lines_of(log)), truth, strict=True):
            if right is None:
                figures.update(without=1, without_found=found is not None)
            else:
                away = abs(places[found] - places[str(right)]) if found else 99
                figures.update(questions=1, exact=found == str(right), near=away <= 2, missed=found is None)
    whole = figures["questions"]
    tell(
        name,
        questions=whole,
        exact_percent=share(figures["exact"], whole),
        within_2_percent=share(figures["near"], whole),
        missed_percent=share(figures["missed"], whole),
        without_line=figures["without"],
        of_these_found_percent=share(figures["without_found"], figures["without"]),
    )


def chat_of(log: Log, asked: Sequence[int | None], *, labels: bool = True) -> tuple[Chat, dict[int, Reading]]:
    """Return the chat of *log* with its questions opened where they were *asked*, and all readings by line."""
    entries = list(reviewclub(log))
    readings = {entry.sequence: read(entry.text) for entry in entries}
    openings = {line: number for number, line in enumerate(asked, 1) if line is not None}
    # Two questions on one line: the first opens there, the second is the one that counts.
    events: list[e.Event] = [e.ModeratorAppointed(at=entries[0].at, person=PersonId(log["host"].lower()))]
    for entry in entries:
        if entry.sequence in openings:
            events.append(_opened(entry, openings[entry.sequence]))
        events.append(_heard(entry, readings[entry.sequence], labels=labels))
    planned = e.ChatPlanned(at=entries[0].at, chat=ChatId("bench"), plan=_plan(entries, len(asked)))
    return replay([planned, *events]), readings


def _plan(entries: Sequence[Entry], questions: int) -> Plan:
    start, hour = entries[0].at, timedelta(hours=1)
    planned = tuple(
        PlannedQuestion(id=QuestionId(f"q{number}"), number=number, opens_after=timedelta(minutes=number))
        for number in range(1, questions + 1)
    )
    return Plan(
        hashtag="#bench",
        starts_at=start,
        zone="UTC",
        length=hour,
        rooms=(ROOM,),
        questions=planned,
        closing_after=hour,
    )


def _opened(entry: Entry, number: int) -> e.Event:
    stage = Stage(phase=Phase.QUESTION, question=QuestionId(f"q{number}"), step=Step.OPEN)
    return e.StageEntered(
        at=entry.at, stage=stage, cause="command", due=entry.at, asked_as=MessageId(entry.id)
    )


def _heard(entry: Entry, reading: Reading, *, labels: bool) -> e.Event:
    assert entry.author is not None
    return e.MessageHeard(
        at=entry.at,
        message=MessageId(entry.id),
        room=ROOM,
        author=PersonId(entry.author.id),
        sent_at=entry.at,
        sequence=entry.sequence,
        reading=reading if labels else replace(reading, answers=(), asks=()),
    )


def found_lines(log: Log) -> list[int | None]:
    """Return the lines at which we think the prepared questions were asked."""
    return [
        None if line is None else int(line) for line in find_asked(log["prepared_questions"], lines_of(log))
    ]


def measure_highlights(logs: Sequence[Log], *, found: bool) -> None:
    """Print how many of a curator's answers go to the question they were given to, in so far as that is known."""
    figures: Counter[str] = Counter()
    for log in logs:
        asked = found_lines(log) if found else log["prepared_question_lines"]
        answers = [one for one in log["highlights"] if one["type"] == "answer"]
        chat, _ = chat_of(log, asked)
        attributed = attribute(chat) if answers else {}
        prepared = [(str(number), text, True) for number, text in enumerate(log["prepared_questions"], 1)]
        for answer in answers:
            (number,) = find_asked([answer["q"]], prepared)
            opened = number is not None and asked[int(number) - 1] is not None
            given = attributed[MessageId(f"m{answer['line']:05d}")]
            right = opened and f"q{number}" in given.questions
            figures.update(answers=1, known=number is not None, opened=opened, right=right)
            figures.update(none=opened and not given.questions, unsure=opened and given.is_unsure)
    tell(
        "highlighted answers, questions at " + ("found lines" if found else "true lines"),
        answers=figures["answers"],
        prepared_question_known=figures["known"],
        of_these_opened=figures["opened"],
        right_percent=share(figures["right"], figures["opened"]),
        to_no_question_percent=share(figures["none"], figures["opened"]),
        unsure_percent=share(figures["unsure"], figures["opened"]),
    )


def measure_hidden_labels(logs: Sequence[Log]) -> None:
    """Print how often time alone says what participants' own labels say."""
    figures: Counter[str] = Counter()
    for log in logs:
        asked = found_lines(log)
        opened = {number for number, line in enumerate(asked, 1) if line is not None}
        chat, readings = chat_of(log, asked, labels=False)
        hidden = attribute(chat)
        for entry in reviewclub(log):
            reading = readings[entry.sequence]
            numbers = set(reading.answers or reading.asks) & opened
            if numbers and not reading.question and entry.author and entry.author.role is None:
                questions = hidden[MessageId(entry.id)].questions
                figures.update(labels=1, right=any(f"q{number}" in questions for number in numbers))
    tell(
        "hidden labels of participants",
        labels=figures["labels"],
        right_percent=share(figures["right"], figures["labels"]),
    )


def measure_speed(logs: Sequence[Log]) -> None:
    """Print the CPU time of reading a message and of attributing it."""
    texts = [message[3] for log in logs for message in log["messages"]]
    begun = time.process_time()
    for text in texts:
        read(text)
    tell(
        "reading",
        messages=len(texts),
        us_a_message=round(1e6 * (time.process_time() - begun) / len(texts), 1),
    )
    for size in (10_000, 100_000):
        chat = long_chat(texts, size)
        begun = time.process_time()
        attribute(chat)
        took = time.process_time() - begun
        begun = time.process_time()
        unsure(chat)
        card = round(1e3 * (time.process_time() - begun), 2)
        tell("attribution", messages=size, us_a_message=round(1e6 * took / size, 2), card_ms=card)


def long_chat(texts: Sequence[str], size: int) -> Chat:
    """Return a chat of *size* messages in an hour with six questions, every seventh a reply."""
    begins = next(reviewclub({"date": "2026-12-03", "host": "", "messages": [[0, "19:00", "n", ""]]}))
    readings = [read(text) for text in texts[:5_000]]
    heard: list[e.Event] = []
    for place in range(size):
        if place % (size // 6) == 0:
            opened = begins.at + timedelta(hours=place / size)
            heard.append(_opened(replace(begins, at=opened, id="none"), 1 + place // (size // 6)))
        entry = replace(begins, id=f"m{place}", at=begins.at + timedelta(hours=place / size), sequence=place)
        event = _heard(entry, readings[place % len(readings)], labels=True)
        assert isinstance(event, e.MessageHeard)
        reply = MessageId(f"m{place - 3}") if place % 7 == 6 else None
        heard.append(replace(event, reply_to=reply, author=PersonId(f"p{place % 300}")))
    planned = e.ChatPlanned(at=begins.at, chat=ChatId("bench"), plan=_plan([begins], 7))
    return replay([planned, *heard])


def main() -> int:
    """Return 0 when everything was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("log", type=Path, help="the review chats, one JSON object a line")
    logs = [json.loads(line) for line in parser.parse_args().log.read_text("utf-8").splitlines()]
    logs = [log for log in logs if log["prepared_questions"] and log["messages"]]
    measure_asked(
        "prepared questions",
        ((log, log["prepared_questions"], log["prepared_question_lines"]) for log in logs),
    )
    curated = [(log, [one for one in log["highlights"] if one["type"] == "question"]) for log in logs]
    measure_asked(
        "a curator's wording of questions",
        ((log, [one["q"] for one in ones], [one["line"] for one in ones]) for log, ones in curated if ones),
    )
    for found in (False, True):
        measure_highlights(logs, found=found)
    measure_hidden_labels(logs)
    measure_speed(logs)
    return 0


if __name__ == "__main__":
    sys.exit(main())
