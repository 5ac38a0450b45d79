"""The machine's clock is set, or stands still with the machine: nobody is asked too early, twice, or not at all."""

import json
from pathlib import Path

import pytest

from tests.faults.crowd import posts_in
from tests.faults.meeting import Page, page, running
from tests.sim.faults import Fault
from tests.sim.run import Scene, play

LIBRARIES = tuple(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
HOUR = 3_600
QUESTION = "What would you tell somebody on their first day?"


@pytest.mark.parametrize(
    ("model", "at", "by"), [("discord", 1_200.0, HOUR), ("slack", 1_590.0, HOUR), ("slack", 1_200.0, -HOUR)]
)
def test_a_clock_that_is_an_hour_wrong_for_a_while_changes_nothing(model: str, at: float, by: float) -> None:
    """In the middle of an hour, and over a question: each is asked once, in time; so says every oracle."""
    jump = Fault(kind="clock-jump", at=at, lasts=20, by=by)

    verdict = play(Scene(seed=1, model=model, faults=(jump,), lines=True))

    assert verdict.found == ()
    assert [line for line in verdict.lines if "question-skipped" in line] == []
    assert verdict.counts["posts"] > 10


@pytest.mark.skipif(not LIBRARIES, reason="needs faketime: on Debian or Ubuntu, apt install faketime")
async def test_a_machine_whose_clock_is_set_goes_on_by_the_time_before(tmp_path: Path) -> None:
    """The card says so within seconds, no question is asked early; and the card says nothing once it is over."""
    wrong = tmp_path / "wrong-by"
    wrong.write_text("+0")
    settings = {
        "LD_PRELOAD": str(LIBRARIES[0]),
        "FAKETIME_TIMESTAMP_FILE": str(wrong),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    async with running(tmp_path, **settings) as bot, page(bot, "Andrea", bot.moderator_link) as moderator:
        wrong.write_text(f"+{HOUR}")
        await bot.until(lambda: "60 min" in moderator.card, "the card to say so")
        assert QUESTION not in posts(moderator)

        wrong.write_text("+0")
        await bot.until(lambda: " min;" not in moderator.card, "the card to say that it is over")
        assert QUESTION not in posts(moderator)
        assert bot.said.count("the machine's clock was set") == 2
        assert (await moderator.visitor.say("Still here")).refused is False


def posts(shown: Page) -> str:
    """Return everything that the bot posted in the room since the page was opened."""
    told = (json.loads(text) for text in shown.everything)
    return json.dumps([post for message in told for post in posts_in(message)])
