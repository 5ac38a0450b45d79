"""Builds chats in any state of their life, from commands alone: `a_chat().running(question=2).with_answer("m1")`.

Everything happens at fixed times, told in minutes from the start of the hour. Each wish is a command that still lacks
its time: `asked(c.Next)`, `hears("m1")`. The chat takes one, notes what follows, and keeps the posts it called for.
"""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.core import commands as c
from bot.core import events as e
from bot.core.apply import apply
from bot.core.chat import Chat
from bot.core.decide import decide
from bot.core.due import due
from bot.core.names import ChatId
from bot.core.phases import Phase
from bot.core.plan import Plan, PlannedQuestion
from bot.core.posts import Post
from bot.core.react import react
from bot.core.reading import read
from bot.core.selection import Selected, Selection
from bot.errors import Refused

STARTS = datetime(2026, 12, 3, 19, 0, 7, tzinfo=UTC)
MAIN, SIDE = "local/main", "local/side"
ANDREW, GARY = "andrew", "gary"
"""The moderators."""
WEEK_BEFORE = -7 * 24 * 60

MOST_TICKS = 200
"""More than any chat has in its life."""

Wish = Callable[[datetime], c.Command]


def at(minutes: float) -> datetime:
    """Return the moment that many minutes after the planned start."""
    return STARTS + timedelta(minutes=minutes)


def minutes(count: float) -> timedelta:
    """Return a span of minutes."""
    return timedelta(minutes=count)


def questions(*opens_after: float) -> tuple[PlannedQuestion, ...]:
    """Return questions q1, q2 ... that open so many minutes after the start."""
    return tuple(
        PlannedQuestion(id=f"q{number}", number=number, opens_after=minutes(opens))
        for number, opens in enumerate(opens_after, start=1)
    )


def a_plan(**changes: Any) -> Plan:
    """Return a plan of an hour with four questions, twelve minutes apart."""
    usual: dict[str, Any] = {
        "hashtag": "#hcchat",
        "starts_at": STARTS,
        "zone": "Europe/Dublin",
        "length": minutes(60),
        "rooms": (MAIN,),
        "questions": questions(8, 20, 32, 44),
        "closing_after": minutes(54),
        "groups": ("patient", "clinician"),
    }
    return Plan(**(usual | changes))


def asked(kind: type[c.Command], by: str | None = ANDREW, **fields: Any) -> Wish:
    """Return somebody's command, for whichever time it is taken up."""
    return lambda now: kind(at=now, by=by, **fields)


def told(kind: type[c.Command], **fields: Any) -> Wish:
    """Return a command of the clock or of an adapter."""
    return lambda now: kind(at=now, **fields)


def hears(
    message: str, *, by: str = "mira", sent: float | None = None, text: str = "Plain words", **fields: Any
) -> Wish:
    """Return that a message was heard, sent just now or at *sent* minutes."""
    return lambda now: c.Hear(
        **{"room": MAIN, "reading": read(text)} | fields,
        at=now,
        message=message,
        author=by,
        sent_at=now if sent is None else at(sent),
    )


def quoting(*messages: str, revision: int = 0, quoted_as: str = "role") -> Selection:
    """Return a selection that quotes each of *messages*."""
    return Selection(
        quotes=tuple(
            Selected(
                entry=f"entry/{message}",
                section="question/q1",
                message=message,
                revision=revision,
                spans=((0, 5),),
                quoted_as=quoted_as,
            )
            for message in messages
        )
    )


def publishing(*messages: str, by: str | None = ANDREW, parts: int = 2, **fields: Any) -> Wish:
    """Return that the summary with these quotes is to be published."""
    return asked(c.Publish, by, selection=quoting(*messages, **fields), composer=1, parts=parts)


def kinds(events: tuple[e.Event, ...]) -> tuple[str, ...]:
    """Return the kinds of *events*."""
    return tuple(event.KIND for event in events)


@dataclass(slots=True)
class Told:
    """A chat and everything that was told of it."""

    chat: Chat
    now: datetime
    log: list[e.Event] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)

    # --- time ------------------------------------------------------------------------------------------------

    def at(self, minute: float) -> "Told":
        """Let time pass until then, the bot waking whenever the chat wants it."""
        for _ in range(MOST_TICKS):
            wanted = due(self.chat)
            if wanted is None or wanted > at(minute):
                self.now = max(self.now, at(minute))
                return self
            self.now = max(self.now, wanted)
            self.when(told(c.Tick))
        raise AssertionError(f"the clock never gets past {self.now}")

    def asleep_until(self, minute: float) -> tuple[e.Event, ...]:
        """Let the bot sleep until then, and return what it does once it is awake."""
        before = len(self.log)
        self.now = at(minute)
        self.at(minute)
        return tuple(self.log[before:])

    # --- what happens ----------------------------------------------------------------------------------------

    def when(self, wish: Wish) -> tuple[e.Event, ...]:
        """Take up a wish now and return the events that follow. Raises: Refused."""
        events = decide(self.chat, wish(self.now))
        for event in events:
            apply(self.chat, event)
            self.log.append(event)
            self.posts.extend(react(self.chat, event))
        return events

    def given(self, *wishes: Wish) -> "Told":
        """Take up wishes that the test is not about."""
        for wish in wishes:
            self.when(wish)
        return self

    def refusal(self, wish: Wish) -> str | None:
        """Return why a wish is refused now, None when it is not."""
        try:
            decide(self.chat, wish(self.now))
        except Refused as refused:
            return refused.reason
        return None

    def copy(self) -> "Told":
        """Return the same chat, to let something else happen to it."""
        return deepcopy(self)

    # --- states ----------------------------------------------------------------------------------------------

    def running(self, question: int = 1) -> "Told":
        """Run the hour by the clock until a minute after that question was asked; 0: until the hellos."""
        opens = self.chat.plan.questions[question - 1].opens_after if question else timedelta()
        return self.at(opens / timedelta(minutes=1) + 1)

    def in_phase(self, phase: Phase) -> "Told":
        """Let the chat live until it is in *phase*."""
        live: dict[Phase, Callable[[], object]] = {
            Phase.DRAFT: lambda: None,
            Phase.ANNOUNCED: lambda: self.at(WEEK_BEFORE + 1),
            Phase.DOORS: lambda: self.at(-5),
            Phase.INTRODUCTIONS: lambda: self.running(0),
            Phase.QUESTION: self.running,
            Phase.CLOSING: lambda: self.at(55),
            Phase.AFTER_HOUR: lambda: self.at(61),
            Phase.REVIEW: lambda: self.at(61 + 24 * 60),
            Phase.PUBLISHED: lambda: self.at(61).given(publishing()),
            Phase.WITHDRAWN: lambda: self.at(61).given(publishing(), asked(c.Retract)),
            Phase.MISSED: lambda: self.asleep_until(90),
        }
        live[phase]()
        return self

    def with_answer(
        self, message: str, *, by: str = "mira", text: str = "Plain words", **fields: Any
    ) -> "Told":
        """Have somebody write."""
        return self.given(told(c.Meet, person=by, room=MAIN), hears(message, by=by, text=text, **fields))

    # --- what people see -------------------------------------------------------------------------------------

    @property
    def stage(self) -> str:
        """Return where the chat is, as commands carry it."""
        return str(self.chat.stage)

    def said(self, room: str = MAIN) -> list[str]:
        """Return the lines posted in *room* so far, without their "post."."""
        public = (post for post in self.posts if post.room == room and post.action == "post")
        return [post.line.removeprefix("post.") for post in public]

    def says_of(self, wish: Wish) -> list[Post]:
        """Return the posts that a wish calls for."""
        before = len(self.posts)
        self.when(wish)
        return self.posts[before:]


def a_chat(**plan: Any) -> Told:
    """Return a chat planned a week before it starts, with two moderators."""
    planned = e.ChatPlanned(at=at(WEEK_BEFORE), chat=ChatId("chat"), plan=a_plan(**plan))
    chat = Told(chat=Chat.begin(planned), now=planned.at, log=[planned])
    return chat.given(told(c.Appoint, person=ANDREW), told(c.Appoint, person=GARY, generation=1))
