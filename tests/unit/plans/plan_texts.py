"""Plan files for the tests: a good one, and ways to spoil it."""

from datetime import UTC, datetime

from bot.plans.model import Plan
from bot.plans.read import read_plan

LANGUAGES = ("en", "de", "fr")
A_MONTH_BEFORE = datetime(2026, 11, 3, 19, tzinfo=UTC)

GOOD = """\
title = "Sleep and shift work"
hashtag = "#hcchat"
starts = "2026-12-03 19:00"
zone = "Europe/London"
moderators = ["Andrew", "Meera"]
# line 6

[[questions]]
text = "What keeps you awake after a night shift?"

[[questions]]
text = "What has helped you to sleep?"

[[questions]]
text = "What should your ward change?"

[closing]
text = "What will you try tonight?"
"""


def a_plan(top: str = "", question: str = "") -> Plan:
    """Return the good plan with lines added at its top (line 6) or below its first question (line 10)."""
    return read(spoilt(top, question))


def spoilt(top: str = "", question: str = "") -> str:
    """Return the good text with *top* on line 6, or *question* on line 10."""
    lines = GOOD.split("\n")
    lines[5] = top or lines[5]
    lines[9] = question
    return "\n".join(lines)


def starting(starts: str, top: str = "") -> Plan:
    """Return the good plan with another start."""
    return read(spoilt(top).replace("2026-12-03 19:00", starts))


def read(text: str) -> Plan:
    """Return the plan in *text*."""
    return read_plan(text, name="plan.toml", languages=LANGUAGES)


def wall(typed: str) -> datetime:
    """Return a wall time, which belongs to no zone."""
    return datetime.fromisoformat(typed)


def utc(typed: str) -> datetime:
    """Return a moment."""
    return datetime.fromisoformat(typed).replace(tzinfo=UTC)
