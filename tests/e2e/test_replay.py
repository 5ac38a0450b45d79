"""A past chat told again: what its people said, its moderator's commands, its questions, its plain files."""

import json
from pathlib import Path

import pytest

from bot.transcripts import Entry, read
from tests.fakes.past import ANNA, BEN, MARA, PLAN, chat, entries_in, order, replayed, said, summary_in


def lines_of(file: Path) -> list[tuple[str, str, str, str]]:
    """Return id, time, name and words of every message in *file*."""
    return [
        (one.id, one.at.isoformat(), one.author.name if one.author else "", one.text)
        for one in read(file).entries
        if one.kind == "message"
    ]


def kept_in(out: Path) -> list[tuple[str, tuple[str, ...]]]:
    """Return what moderators kept: the message and its tags."""
    return [(quote["message"], tuple(quote["tags"])) for quote in entries_in(out, "insights", "quote")]


def asked_in(out: Path) -> list[tuple[int, str, str | None]]:
    """Return number, words and message of every question."""
    questions = entries_in(out, "questions", "question")
    return [(one["number"], one["text"], one["message"]) for one in questions]


def test_every_message_is_stored_once_and_in_order(tmp_path: Path) -> None:
    """The transcript is the log: under its own ids, edits made, deletions gone, nothing lost or doubled."""
    out, _ = replayed([*chat(), *chat()[3:9]], tmp_path / "chat", plan=PLAN)

    told = [line for line in lines_of(tmp_path / "chat" / "chat.jsonl")[: len(chat())] if line[0] != "m10"]
    expected = [
        (*line[:3], line[3].replace(" al ", " all ")) for line in {line[0]: line for line in told}.values()
    ]
    assert lines_of(out / "transcript.jsonl") == expected


def test_the_commands_of_the_log_make_the_summary(tmp_path: Path) -> None:
    """Questions come at "next", kept lines under their tags, and what was undone is gone."""
    out, told = replayed(chat(), tmp_path / "chat", plan=PLAN)

    assert [text for _, text, _ in asked_in(out)] == [
        "What helps you through a working day?",
        "Whom did you tell at work, and how?",
    ]
    assert sorted(kept_in(out)) == [("m12", ("insight",)), ("m5", ("tactic",)), ("m7", ("insight",))]
    assert summary_in(out)["title"] == "Living with RA at work"
    assert "nothing came of" not in told


def test_a_late_answer_goes_to_its_own_question(tmp_path: Path) -> None:
    """What was said during Q2 with "A1" before it counts for Q1."""
    lines = [*chat()[:-2], order(961, "keep m13"), order(962, "keep m14"), *chat()[-2:]]

    out, _ = replayed(lines, tmp_path / "chat", plan=PLAN)

    answered = {quote["message"]: quote["question"] for quote in entries_in(out, "insights", "quote")}
    assert (answered["m14"], answered["m13"]) == (1, 2)


def test_without_a_plan_next_asks_what_the_moderator_asked(tmp_path: Path) -> None:
    """A bare "next" opens the question that the moderator put in words at that moment."""
    out, _ = replayed(chat(), tmp_path / "chat")

    assert [(number, message) for number, _, message in asked_in(out)] == [(1, "m4"), (2, "m11")]
    assert entries_in(out, "questions", "question")[0]["at"] == "2026-12-03T19:05:01Z"
    assert summary_in(out)["hashtag"] == "#hcchat"


def test_without_commands_the_questions_of_the_plan_are_found(tmp_path: Path) -> None:
    """A log of mere messages and a plan: each question opens where the moderator asked it."""
    out, _ = replayed([line for line in chat() if line["kind"] != "command"], tmp_path / "chat", plan=PLAN)

    assert [(number, message) for number, _, message in asked_in(out)] == [(1, "m4"), (2, "m11")]


def test_without_plan_or_commands_one_question_stands_for_the_hour(tmp_path: Path) -> None:
    """Any chat can be replayed: its answers gather under one open question."""
    out, _ = replayed([line for line in chat() if line["kind"] != "command"], tmp_path / "chat")

    assert len(asked_in(out)) == 1


@pytest.mark.parametrize("text", ["ask What helps?", "/chat topic What helps?", "question: What helps?"])
def test_a_question_may_be_asked_by_command(text: str, tmp_path: Path) -> None:
    """Who has no plan writes the question behind the command."""
    out, _ = replayed([said("m1", 0, ANNA, "Hello"), order(60, text), *chat()[6:9]], tmp_path / "chat")

    assert [words for _, words, _ in asked_in(out)] == ["What helps?"]


def test_a_chat_that_was_ended_too_early_goes_on(tmp_path: Path) -> None:
    """Who ended by mistake and started again has one chat with all its questions."""
    lines = [order(0, "start"), order(60, "ask What helps?"), *chat()[6:9], order(700, "close")]
    lines += [order(720, "start"), order(730, "ask Whom did you tell?"), *chat()[20:24], order(1500, "close")]

    out, told = replayed(lines, tmp_path / "chat")

    assert [words for _, words, _ in asked_in(out)] == ["What helps?", "Whom did you tell?"]
    assert "nothing came of" not in told


@pytest.mark.parametrize(
    "text",
    ["keep m5 tactic", "keep tactic m5", "keep m5 as #tactic", "/chat keep m5 tactics", "!keep m5 how"],
)
def test_a_line_is_kept_however_the_wish_is_spelled(text: str, tmp_path: Path) -> None:
    """Message first or tag first, with a hash or another word for it: the line stands under its tag."""
    out, _ = replayed([*chat()[:10], order(500, text)], tmp_path / "chat", plan=PLAN)

    assert kept_in(out) == [("m5", ("tactic",))]


def test_an_exchange_is_kept_in_words(tmp_path: Path) -> None:
    """Several messages and a tag, one after the other, make an exchange."""
    out, _ = replayed([*chat()[:10], order(500, "keep-exchange m7 m8 idea")], tmp_path / "chat", plan=PLAN)

    quotes = entries_in(out, "exchanges", "quote")
    assert [(quote["message"], quote["tags"]) for quote in quotes] == [("m7", ["idea"]), ("m8", ["idea"])]


def test_a_doubled_command_is_carried_out_once(tmp_path: Path) -> None:
    """A "next" with an id that was delivered twice asks one question, not two."""
    lines = [
        {**line, "id": f"c{number}"} if line["kind"] == "command" else line
        for number, line in enumerate(chat())
    ]
    doubled = [line for one in lines for line in (one, one)]

    straight, _ = replayed(lines, tmp_path / "straight", plan=PLAN)
    twice, _ = replayed(doubled, tmp_path / "twice", plan=PLAN)

    assert (twice / "summary.json").read_bytes() == (straight / "summary.json").read_bytes()


def test_what_nothing_came_of_is_told_with_its_line(tmp_path: Path) -> None:
    """A command that names no message, no tag or nothing known is passed by, and said to be."""
    wrong = [order(370, "keep m99"), order(371, "keep m5 nonsense"), order(372, "dance")]

    out, told = replayed([*chat(), *wrong], tmp_path / "chat", plan=PLAN)

    notes = " ".join(told.split())
    for number in range(len(chat()) + 1, len(chat()) + 4):
        assert f"chat.jsonl:{number}: nothing came of this line." in notes
    assert len(kept_in(out)) == 3


def test_the_transcript_replays_to_the_same_messages(tmp_path: Path) -> None:
    """What we write we can read: the transcript of a replay, replayed, gives the same transcript."""
    first, _ = replayed(chat(), tmp_path / "first", plan=PLAN)
    written = [json.loads(line) for line in (first / "transcript.jsonl").read_text("utf-8").splitlines()]

    second, _ = replayed(written, tmp_path / "second", plan=PLAN)

    assert (second / "transcript.jsonl").read_bytes() == (first / "transcript.jsonl").read_bytes()


def test_each_line_bears_the_name_it_was_written_under(tmp_path: Path) -> None:
    """Who changes their name is one person, and every quote is found in the log under the name it has there."""
    away = {**ANNA, "name": "Anna_away"}
    lines = [
        *chat()[:-2],
        said("m20", 1000, away, "A2 My second thought is to write it down before you tell them"),
    ]

    out, _ = replayed(
        [*lines, order(1001, "keep m20"), *chat()[-2:]], tmp_path / "chat", plan=PLAN, quoting="named"
    )

    names = {one[0]: one[2] for one in lines_of(out / "transcript.jsonl")}
    assert (names["m12"], names["m20"], names["m15"]) == ("Anna", "Anna_away", "Anna")
    authors = {quote["message"]: quote["author"] for quote in entries_in(out, "insights", "quote")}
    assert "Anna_away" in authors["m20"]
    people = {quote["message"]: quote["person"] for quote in entries_in(out, "insights", "quote")}
    assert people["m20"] == people["m12"]


def test_the_public_edition_does_not_bear_the_ids_of_the_log(tmp_path: Path) -> None:
    """An id from the log could lead to a name; in public nobody needs it."""
    lines = [{**line, "id": f"anna-{line['id']}"} if line.get("id") else line for line in chat()]
    named = [
        {**line, "text": line["text"].replace(" m", " anna-m")} if line["kind"] == "command" else line
        for line in lines
    ]

    out, _ = replayed(named, tmp_path / "chat", plan=PLAN, edition="public")

    assert "anna-m" not in "".join(file.read_text("utf-8") for file in out.iterdir())


def test_a_message_with_the_id_of_our_own_words_is_no_title(tmp_path: Path) -> None:
    """A log may call its messages "title" or "question/q1"; they stay messages."""
    odd = [
        said("title", 1200, BEN, "This is what I said and no title at all"),
        said("question/q1", 1201, ANNA, "Nor am I"),
    ]

    out, _ = replayed([*chat(), *odd], tmp_path / "chat", plan=PLAN)

    assert summary_in(out)["title"] == "Living with RA at work"
    assert asked_in(out)[0][1] == "What helps you through a working day?"


def test_consent_given_in_a_log_is_the_authors_own(tmp_path: Path) -> None:
    """Who says no to being quoted, in the log itself, is not quoted; the moderator's command stays the moderator's."""
    no = {**order(1000, "consent no"), "author": dict(ANNA)}

    out, _ = replayed([*chat()[:-2], no, *chat()[-2:]], tmp_path / "chat", plan=PLAN)

    assert [message for message, _ in kept_in(out)] == ["m7"]


def test_several_rooms_of_one_log_stay_apart(tmp_path: Path) -> None:
    """The same id in two rooms is two messages; a command finds its message wherever it stands."""
    lines = [
        said("m1", 0, MARA, "Welcome to both rooms", room="slack/C1"),
        said("m1", 1, BEN, "Welcome from me as well", room="discord/7"),
        said("m2", 2, ANNA, "Heat helps my hands in the morning more than anything", room="discord/7"),
        order(3, "keep m2 tactic"),
        order(4, "keep m3 story"),
        said("m3", 4, ANNA, "Mine began with a swollen wrist in the middle of exams", room="slack/C1"),
    ]

    out, _ = replayed(lines, tmp_path / "chat")

    entries: tuple[Entry, ...] = read(out / "transcript.jsonl").entries
    assert [(one.room, one.text.split()[0]) for one in entries] == [
        ("slack/C1", "Welcome"), ("discord/7", "Welcome"), ("discord/7", "Heat"), ("slack/C1", "Mine")
    ]  # fmt: skip
    assert kept_in(out) == [("m2", ("tactic",)), ("m3", ("story",))]
