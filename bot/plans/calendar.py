"""The calendar file of a chat. The library folds and escapes; line breaks in a plan never become fields."""

from datetime import datetime, timedelta

from icalendar import Alarm, Calendar, Event

from bot.plans.fields import CONTROLS
from bot.plans.model import Plan

ALARM = timedelta(minutes=30)


def calendar_file(plan: Plan, *, uid: str, now: datetime, url: str | None = None) -> bytes:
    """Return *plan* as an .ics file; *uid* stays when the chat moves, *url* is where it takes place."""
    calendar = Calendar()
    calendar.add("prodid", "-//tweetchat//chat//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(_event(plan, _plain(uid), now, None if url is None else _plain(url)))
    return bytes(calendar.to_ical())


def _event(plan: Plan, uid: str, now: datetime, url: str | None) -> Event:
    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", now)
    # UTC on purpose: the calendar shows each reader's own time, and no zone table has to travel along.
    event.add("dtstart", plan.starts_at)
    event.add("dtend", plan.ends_at)
    event.add("summary", f"{plan.hashtag} {plan.title}")
    event.add("description", _description(plan, url))
    if url is not None:
        event.add("url", url)
    event.add_component(_alarm(plan))
    return event


def _description(plan: Plan, url: str | None) -> str:
    questions = [f"Q{number}: {question.text}" for number, question in enumerate(plan.questions, start=1)]
    return "\n".join(part for part in (plan.why, *questions, url) if part)


def _alarm(plan: Plan) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", plan.title)
    alarm.add("trigger", -ALARM)
    return alarm


def _plain(value: str) -> str:
    """Return *value* without anything that could begin a line: addresses and ids are not escaped."""
    return CONTROLS.sub("", value).replace("\n", "")
