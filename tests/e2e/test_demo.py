"""The demo from the command line: an hour in seconds, the same every time, and a summary to be proud of."""

import asyncio
import json
import re
import signal
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.local.visitor import Visitor
from bot.demo.crowd import load
from bot.runtime.clock import RandomIds, SystemClock

PATIENCE = 200
"""Seconds after which a test gives up on a busy machine; the demo takes about eight."""
FILES = {
    *("summary.md", "summary.html", "summary.json", "summary.csv"),
    *("transcript.jsonl", "transcript.csv", "transcript.html"),
}


async def start(out: Path, *options: str) -> asyncio.subprocess.Process:
    """Return the demo, started."""
    command = (sys.executable, "-P", "-m", "bot", "demo", "--out", str(out), *options)
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(*command, stdout=pipe, stderr=pipe, cwd=out.parent)


async def play(out: Path, *options: str) -> tuple[int | None, str, str]:
    """Return how the demo ends, what it prints and what it tells meanwhile."""
    process = await start(out, *options)
    async with asyncio.timeout(PATIENCE):
        printed, told = await process.communicate()
    return process.returncode, printed.decode(), told.decode()


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    """Play the demo of seed 3 once for all that look at what it leaves; return folder, summary printed, progress."""
    out = tmp_path_factory.mktemp("demo") / "out"
    code, printed, told = asyncio.run(play(out, "--speed", "0", "--seed", "3"))
    assert code == 0, told
    return out, printed, told


def summary(out: Path) -> dict[str, Any]:
    """Return the summary as a document."""
    found: dict[str, Any] = json.loads((out / "summary.json").read_text("utf-8"))
    return found


def sections(out: Path, prefix: str) -> dict[str, list[dict[str, Any]]]:
    """Return the quotes of each section whose id begins with *prefix*."""
    return {
        section["id"]: [entry for entry in section["entries"] if entry["kind"] == "quote"]
        for chapter in summary(out)["chapters"]
        for section in chapter["sections"]
        if section["id"].startswith(prefix)
    }


def test_every_file_of_the_chat_is_there(played: tuple[Path, str, str]) -> None:
    """Summary and transcript lie in the folder, and nothing half-written beside them."""
    assert {file.name for file in played[0].iterdir()} == FILES


def test_the_summary_is_printed_for_pipes_as_it_was_written(played: tuple[Path, str, str]) -> None:
    """What comes out of a pipe is Markdown, with the quotes and nothing else."""
    out, printed, _ = played

    assert printed.startswith("# Living well with rheumatoid arthritis at work\n")
    assert printed.count("\n> ") == (out / "summary.md").read_text("utf-8").count("\n> ")


def test_somebody_can_watch_and_moderate(played: tuple[Path, str, str]) -> None:
    """The addresses of the page and of the moderator's link are told before anything happens, the files at the end."""
    lines = played[2].splitlines()

    assert re.search(r"http://127\.0\.0\.1:\d+/room/main", lines[0])
    assert re.search(r"http://127\.0\.0\.1:\d+/m/\S+", lines[1])
    assert str(played[0] / "transcript.html") in lines[-1]


def test_the_same_seed_gives_the_same_files(played: tuple[Path, str, str], tmp_path: Path) -> None:
    """Told again, the hour leaves the same files, byte for byte."""
    again = tmp_path / "again"

    assert asyncio.run(play(again, "--speed", "0", "--seed", "3"))[0] == 0
    assert {name: (again / name).read_bytes() for name in FILES} == {
        name: (played[0] / name).read_bytes() for name in FILES
    }


def test_a_pasted_telephone_number_is_in_no_file(played: tuple[Path, str, str]) -> None:
    """A moderator kept the number out: it stands neither in the summary nor in the public transcript."""
    assert [name for name in FILES if "960418" in (played[0] / name).read_text("utf-8")] == []


def test_nobody_is_named(played: tuple[Path, str, str]) -> None:
    """In a chat that quotes by role no name of the cast stands in the summary, whatever its form."""
    names = re.compile(rf"\b({'|'.join(person.name for person in load().people)})\b")
    texts = {name: (played[0] / name).read_text("utf-8") for name in FILES if name.startswith("summary")}

    assert {name: names.findall(text) for name, text in texts.items()} == {name: [] for name in texts}


def test_whoever_said_no_is_not_quoted(played: tuple[Path, str, str]) -> None:
    """One person asked not to be quoted, and her strongest line stays hers."""
    assert "nine years." not in (played[0] / "summary.md").read_text("utf-8")


def test_what_was_taken_back_is_gone(played: tuple[Path, str, str]) -> None:
    """A deleted message stands in no file; the corrected spelling of another is all that is left of it."""
    texts = "".join((played[0] / name).read_text("utf-8") for name in FILES)

    assert "Bright Lane" not in texts
    assert "Fridays" in texts
    assert "Firdays" not in texts


def test_the_exchange_is_kept_whole(played: tuple[Path, str, str]) -> None:
    """Four messages between two people stand together, in the order in which they were said."""
    (quotes,) = sections(played[0], "exchange/").values()

    assert len(quotes) == 4
    assert [quote["person"] for quote in quotes] == [quotes[0]["person"], quotes[1]["person"]] * 2


def test_both_sides_of_the_disagreement_are_heard(played: tuple[Path, str, str]) -> None:
    """Under the question on which people differed stands the rule and the voice that sees it differently."""
    (quotes,) = sections(played[0], "question/q3").values()
    texts = ["".join(quote["text"]) for quote in quotes]

    assert any(quote["dissent"] for quote in quotes)
    assert any(text.startswith("Telling everybody, early, is my rule") for text in texts)


def test_there_are_insights_of_several_tags(played: tuple[Path, str, str]) -> None:
    """The moderators found more than one kind of gold."""
    assert sections(played[0], "insights/").keys() >= {
        *("insights/insight", "insights/strategy", "insights/tactic", "insights/barrier"),
        *("insights/idea", "insights/story", "insights/resource", "insights/pledge"),
    }


def test_the_question_from_the_room_was_answered(played: tuple[Path, str, str]) -> None:
    """The fifth question came from the audience, and the hour waited for its answers."""
    entries = [
        entry
        for chapter in summary(played[0])["chapters"]
        for s in chapter["sections"]
        for entry in s["entries"]
    ]
    asked = {entry["number"] for entry in entries if entry["kind"] == "question" and entry["audience"]}

    assert 5 in asked
    assert (
        "what helps where nobody can work from home" in (played[0] / "summary.md").read_text("utf-8").lower()
    )


def test_somebody_who_joins_changes_only_what_they_do(tmp_path: Path) -> None:
    """A real person, under the name of one of the crowd, talks and leaves out a question: the demo still ends well."""
    times: list[datetime] = []

    async def visited() -> int | None:
        process = await start(tmp_path / "out", "--speed", "600")
        assert process.stderr is not None
        room, link = [(await process.stderr.readline()).split()[-1].decode() for _ in range(2)]
        welcomed = asyncio.Event()

        def hear(message: dict[str, object]) -> None:
            if "now" in message:
                times.append(datetime.fromisoformat(str(message["now"])))
                welcomed.set()

        async with (
            asyncio.timeout(PATIENCE),
            Visitor(room.partition("/room/")[0], "main", SystemClock(), RandomIds(), hear) as visitor,
            asyncio.TaskGroup() as tasks,
        ):
            await visitor.join("Jonas", "carer", link=link)
            staying = tasks.create_task(visitor.run())
            await welcomed.wait()
            assert not (await visitor.say("My bench is a sofa.")).refused
            assert not (await visitor.command("skip")).refused
            await process.communicate()
            staying.cancel()
        return process.returncode

    assert asyncio.run(visited()) == 0
    transcript = (tmp_path / "out" / "transcript.jsonl").read_text("utf-8")

    assert "My bench is a sofa." in transcript
    assert len(transcript.splitlines()) > 150
    assert max(times) - min(times) > timedelta(minutes=30), "an open page is told the time of the chat"


def test_ctrl_c_leaves_nothing_behind(tmp_path: Path) -> None:
    """Somebody who has seen enough gets their terminal back, with one sentence and no files."""

    async def interrupted() -> tuple[int | None, str]:
        process = await start(tmp_path / "out", "--speed", "60")
        assert process.stderr is not None
        async with asyncio.timeout(PATIENCE):
            first = await process.stderr.readline()
            process.send_signal(signal.SIGINT)
            _, told = await process.communicate()
        return process.returncode, (first + told).decode()

    code, told = asyncio.run(interrupted())

    assert code == 130
    assert told.splitlines()[-1] == "Stopped. Nothing was written."
    assert "Traceback" not in told
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("speed", ["-1", "inf", "nan"])
def test_an_impossible_speed_is_refused(tmp_path: Path, speed: str) -> None:
    """One sentence says what to type instead."""
    code, printed, told = asyncio.run(play(tmp_path / "out", "--speed", speed))

    assert (code, printed) == (2, "")
    assert "--speed" in told
    assert len(told.splitlines()) == 1
