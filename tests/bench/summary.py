"""Measures the summary: what it chooses, against a curator's choice, and how long composing and rendering take.

Prints one JSON line for each measurement, never a text. The curator wrote down the questions and answers that
mattered in real Q&A chats, each with its line.
"""

import argparse
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from attribution import Log, chat_of, found_lines, share, tell

from bot.core import events as e
from bot.core.apply import apply
from bot.core.chat import Chat
from bot.core.names import ChatId, MessageId, PersonId, QuestionId, RoomId
from bot.core.phases import Phase, Stage
from bot.core.plan import Plan, PlannedQuestion, question_words
from bot.core.reading import read
from bot.summary import canonical, delimited, html, markdown
from bot.summary.choose import regard_of
from bot.summary.compose import compose
from bot.summary.parts import parts
from bot.summary.rank import Line, Regard, ranked
from bot.summary.texts import Texts
from bot.summary.view import View

KEPT = 0.10
NOBODY = Regard(kept=frozenset(), nominated={}, nodded={})


def rouge(quote: str, answer: str) -> float:
    """Return ROUGE-1 (F) of *quote* against *answer*."""
    ours, theirs = (Counter(re.findall(r"[a-z0-9]+", text.lower())) for text in (quote, answer))
    shared = (ours & theirs).total()
    return 2 * shared / (ours.total() + theirs.total()) if shared else 0.0


def answers_to(log: Log, line: int, *, asks: bool) -> list[Line]:
    """Return what was said after the question of a highlighted *line*, up to the next question."""
    asked = sorted({found for found in log["prepared_question_lines"] if found})
    before = [found for found in asked if found <= line] + ([line] if asks else [])
    start = max(before, default=0)
    end = min((found for found in asked if found > max(line, start)), default=sys.maxsize)
    return [
        Line(MessageId(f"{number:05d}"), PersonId(nick), read(text), text)
        for number, _, nick, text, *_ in log["messages"]
        if nick and start < number < end
    ]


def measure_quotes(logs: Sequence[Log]) -> None:
    """Print how close the one best line to a question comes to what the curator wrote."""
    ours = best = longest = 0.0
    count = 0
    for log in logs:
        for one in log["highlights"]:
            lines = answers_to(log, one["line"], asks=one["type"] != "answer")
            if lines:
                count += 1
                ours += rouge(ranked(lines, one["q"], NOBODY)[0].line.text, one["a"])
                best += max(rouge(line.text, one["a"]) for line in lines)
                longest += rouge(max(lines, key=lambda line: len(line.text)).text, one["a"])
    tell(
        "one quote for each question, ROUGE-1 against the curator",
        questions=count,
        ours=share(ours, count),
        longest=share(longest, count),
        best_possible=share(best, count),
    )


def view_of(log: Log) -> View:
    """Return a Q&A chat as the summary sees it, its questions opened where we found them."""
    chat, _ = chat_of(log, found_lines(log))
    rows = [(f"m{number:05d}", 0, text) for number, _, _, text, *_ in log["messages"]]
    rows += [
        (question_words(QuestionId(f"q{n}")), 0, text) for n, text in enumerate(log["prepared_questions"], 1)
    ]
    return View(chat, Texts.gathered(rows, {}), edition="public", at=chat.plan.starts_at)


def in_order_of_worth(view: View) -> list[str]:
    """Return all lines, the ones that asked a question first, then the best to what was asked before them."""
    asked = [opening.asked_as for opening in view.chat.openings if opening.asked_as]
    regard = regard_of(view)
    segments: dict[str, list[Line]] = {}
    current = ""
    for said in view.said:
        current = (
            question_words(
                next((o.question for o in view.chat.openings if o.asked_as == said.id), QuestionId(""))
            )
            if said.id in asked
            else current
        )
        text = view.text(said.message) or ""
        segments.setdefault(current, []).append(Line(said.id, said.author, said.message.reading, text))
    found = [
        one
        for words, lines in segments.items()
        for one in ranked(lines, view.texts.text(words) or "", regard)
    ]
    found.sort(key=lambda one: -one.score)
    return list(dict.fromkeys([*asked, *(one.line.id for one in found)]))


def measure_moments(logs: Sequence[Log]) -> None:
    """Print how many of the curator's moments are among the best tenth of the lines, and in the summary itself."""
    figures: Counter[str] = Counter()
    for log in logs:
        view = view_of(log)
        texts = view.texts
        tenth = in_order_of_worth(view)[: max(1, round(KEPT * len(view.said)))]
        summary = compose(view.chat, texts, edition="public", at=view.at)
        quotes = {
            quote.message for quote in summary.quotes() if quote.id.startswith(("question/", "audience/"))
        }
        shown = quotes | {opening.asked_as for opening in view.chat.openings}
        figures.update(messages=len(view.said), kept=len(tenth), quoted=len(quotes))
        for one in log["highlights"]:
            figures.update(
                moments=1,
                exact=_is_near(one["line"], tenth, 0),
                near=_is_near(one["line"], tenth, 2),
                shown=_is_near(one["line"], shown, 0),
                shown_near=_is_near(one["line"], shown, 2),
            )
    whole = figures["moments"]
    tell(
        "the curator's moments, keeping a tenth",
        moments=whole,
        exact_percent=share(figures["exact"], whole),
        within_2_percent=share(figures["near"], whole),
    )
    tell(
        "the curator's moments, in the summary",
        quoted_percent=share(figures["quoted"], figures["messages"]),
        exact_percent=share(figures["shown"], whole),
        within_2_percent=share(figures["shown_near"], whole),
    )


def _is_near(line: int, kept: object, lines: int) -> bool:
    return any(f"m{line + away:05d}" in kept for away in range(-lines, lines + 1))  # type: ignore[operator]


# --- speed ------------------------------------------------------------------------------------------------

WORDS = tuple(
    """
    pain morning joints work manager desk flare medicine clinic nurse questions family support tired walking physio
    appointment waiting results research trial honest listen share experience months better worse sleep exercise
    """.split()  # noqa: SIM905  # a word list reads better as words
)


def synthetic(messages: int) -> tuple[Chat, Texts]:
    """Return a chat of six questions with so many messages, a person for every twenty."""
    start, room = datetime(2026, 12, 3, 19, tzinfo=UTC), RoomId("local/main")
    questions = tuple(
        PlannedQuestion(id=QuestionId(f"q{n}"), number=n, opens_after=timedelta(minutes=8 * n))
        for n in range(1, 7)
    )
    plan = Plan(
        hashtag="#hcchat",
        starts_at=start,
        zone="UTC",
        length=timedelta(hours=1),
        rooms=(room,),
        questions=questions,
        closing_after=timedelta(minutes=54),
        quoting="role",
    )
    chat = Chat.begin(e.ChatPlanned(at=start, chat=ChatId("bench"), plan=plan))
    rows: list[tuple[str, int, str]] = [("title", 0, "Bench")]
    rows += [
        (question_words(q.id), 0, f"What about {WORDS[q.number]} and {WORDS[q.number + 9]}?")
        for q in questions
    ]
    step = timedelta(minutes=52) / messages
    opened = 0
    for number in range(messages):
        at = start + timedelta(minutes=8) + number * step
        if number >= opened * messages / 6:
            opened += 1
            stage = Stage(phase=Phase.QUESTION, question=QuestionId(f"q{opened}"))
            apply(chat, e.StageEntered(at=at, stage=stage, cause="clock", due=at))
        text = " ".join(
            WORDS[(number * 7 + place * (number % 13 + 1)) % len(WORDS)] for place in range(4 + number % 25)
        )
        rows.append((f"m{number}", 0, text))
        person = PersonId(f"p{number * 17 % max(2, messages // 20)}")
        apply(
            chat,
            e.MessageHeard(
                at=at,
                message=MessageId(f"m{number}"),
                room=room,
                author=person,
                sent_at=at,
                sequence=number,
                reading=read(text),
            ),
        )
        if number % 50 == 0:
            apply(
                chat,
                e.Reacted(
                    at=at,
                    message=MessageId(f"m{number}"),
                    person=PersonId("p1"),
                    reaction="💡",
                    present=True,
                    reacted_at=at,
                ),
            )
    return chat, Texts.gathered(rows, {})


def measure_speed(messages: int) -> None:
    """Print the CPU seconds that composing and every renderer take together."""
    chat, texts = synthetic(messages)
    began = time.process_time()
    summary = compose(chat, texts, edition="public", at=chat.plan.starts_at)
    composed = time.process_time()
    for render in (markdown.render, html.render, canonical.render, delimited.render):
        render(summary)
    parts(summary, post_length=2000)
    ended = time.process_time()
    tell(
        "compose and render",
        messages=messages,
        quotes=sum(1 for _ in summary.quotes()),
        compose_seconds=round(composed - began, 3),
        render_seconds=round(ended - composed, 3),
    )


def main() -> None:
    """Measure what can be measured here."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    arguments = parser.parse_args()
    for messages in (1_000, 10_000, 100_000):
        measure_speed(messages)
    file = arguments.shared / "data" / "reviewclub" / "dev.jsonl"
    if file.is_file():
        with file.open(encoding="utf-8") as rows:
            logs = [log for log in map(json.loads, rows) if log["highlights"]]
        measure_quotes(logs)
        measure_moments(logs)


if __name__ == "__main__":
    main()
