"""What holds in every history: moderators who double-click, people who edit, delete and react, clocks that jump."""

from collections.abc import Collection
from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.core import commands as c
from bot.core import events as e
from bot.core.apply import replay
from bot.core.attribution import attribute
from bot.core.due import due
from bot.core.phases import PHASES, Phase
from bot.core.reading import read
from bot.core.table import COMMANDS, CommandRow
from bot.store.codec import decode, encode
from tests.builders import (
    ANDREW,
    GARY,
    MAIN,
    SIDE,
    STARTS,
    Told,
    Wish,
    a_chat,
    a_plan,
    asked,
    at,
    hears,
    minutes,
    questions,
    quoting,
    told,
)

MODERATORS = (ANDREW, ANDREW, GARY)
PEOPLE = (ANDREW, GARY, "mira", "jonas", "anna")
MESSAGES = tuple(f"m{number}" for number in range(8))
TEXTS = ("A1 plain words", "A2 A3", "hi all", "what helps?", "call +353 1 234 5678", "plain words " * 9)

VALUES: dict[str, st.SearchStrategy[Any]] = {
    "message": st.sampled_from(MESSAGES),
    "messages": st.lists(st.sampled_from(MESSAGES), min_size=1, max_size=3).map(tuple),
    "text": st.sampled_from(["a1", "a2", "a3"]),
    "minutes": st.sampled_from([0, 2, 30, 40]).map(minutes),
    "number": st.integers(0, 7),
    "offset": st.integers(0, 9),
    "tag": st.sampled_from(["insight", "idea"]),
    "person": st.sampled_from(PEOPLE),
    "insight": st.sampled_from([f"{message}/insight" for message in MESSAGES]),
    "group": st.sampled_from(["patient", "clinician"]),
    "entry": st.sampled_from(["e1", "e2"]),
    "section": st.sampled_from(["question/q1", "pledges"]),
    "question": st.sampled_from(["q1", "q2", "q3", "q4", "a1"]),
}
COURSE = frozenset(
    {"start", "next", "back", "skip", "extend", "hold", "resume", "ask", "add", "close", "undo"}
)
LINES = frozenset({"keep", "keep-exchange", "unkeep", "answer-to", "park", "lock", "clear", "remove", "undo"})
CHOICES = {
    "consent": ("named", "role", "no"),
    "change-entry": ("drop", "restore", "rewrite"),
    "settle-post": ("there", "again", "leave"),
}
AGAIN_IS_MORE = frozenset({"extend", "undo", "rotate-link"})
"""Commands whose second press is meant: two more minutes, one step further back, another new link."""


@st.composite
def wishes(draw: st.DrawFn, chat: Told, names: Collection[str]) -> tuple[CommandRow, Wish]:
    """Return a command that has its place now, filled with this and that; a step says from where it was pressed."""
    rows = [row for row in COMMANDS.values() if chat.chat.phase in row.phases and row.name in names]
    row = draw(st.sampled_from(rows or list(COMMANDS.values())))
    given: dict[str, Any] = {}
    for argument in row.arguments:
        name = argument.field or argument.name
        kind = "person" if argument.field == "person" else argument.kind
        values = st.sampled_from(CHOICES[row.name]) if kind == "choice" else VALUES[kind]
        if argument.required or row.name in {"skip", "group"} or draw(st.booleans()):
            given[name] = draw(values)
    given |= draw(beside(row.name))
    expects = chat.stage if row.name in {"next", "back"} else None
    by = draw(st.sampled_from([*MODERATORS, *PEOPLE]))
    return row, asked(row.makes, by, expects=expects, **given)


def beside(name: str) -> st.SearchStrategy[dict[str, Any]]:
    """Return what a command's name says beside its arguments."""
    quotes = st.lists(st.sampled_from(MESSAGES), max_size=2, unique=True)
    return {
        "ask": st.fixed_dictionaries({"ask": st.just(True), "audience": st.booleans()}),
        "mute": st.just({"muted": True}),
        "unmute": st.just({"muted": False}),
        "group": st.just({"room": MAIN}),
        "publish": quotes.map(lambda messages: {"selection": quoting(*messages), "composer": 1, "parts": 2}),
    }.get(name, st.just({}))


def deliveries(when: datetime) -> st.SearchStrategy[Wish]:
    """Return what an adapter may tell of a message, besides that it was written."""
    message, person = st.sampled_from(MESSAGES), st.sampled_from(PEOPLE)
    readings = st.sampled_from(TEXTS).map(read)
    return st.one_of(
        st.builds(lambda of, to: told(c.HearEdit, message=of, edited_at=when, reading=to), message, readings),
        message.map(lambda of: told(c.HearDeletion, message=of)),
        st.builds(
            lambda of, by, tag, there: told(
                c.HearReaction, message=of, person=by, reaction="✨", tag=tag, present=there, reacted_at=when
            ),
            message,
            person,
            st.sampled_from([None, "idea"]),
            st.booleans(),
        ),
    )


class Histories(RuleBasedStateMachine):
    """One chat, to which anything happens at any time."""

    told: Told

    @initialize(
        pace=st.sampled_from(["clock", "clock", "manual"]),
        think=st.sampled_from([0, 0, 1, 9]),
        consent=st.sampled_from(["ask", "role"]),
        opens=st.lists(st.integers(1, 40), min_size=1, max_size=5, unique=True).map(sorted),
        begins=st.sampled_from([-3000, -9, 1, 1, 15, 15, 35, 56, 61]),
    )
    def plan(self, pace: str, think: int, consent: str, opens: list[int], begins: int) -> None:
        """Plan the chat, and let it live until the history begins."""
        self.settings = {"pace": pace, "think": minutes(think), "quoting": consent, "rooms": (MAIN, SIDE)}
        self.told = a_chat(**self.settings, questions=questions(*opens)).at(begins)

    def take(self, wish: Wish) -> tuple[e.Event, ...] | None:
        """Take up a wish; deciding it must not touch the chat. None: it was refused, and nothing changed."""
        before = deepcopy(self.told.chat)
        refused = self.told.refusal(wish)
        assert self.told.chat == before
        return None if refused else self.told.when(wish)

    def take_twice(self, wish: Wish) -> None:
        """Take up what an adapter may deliver twice. Nothing that is heard makes the bot speak in public."""
        before = len(self.told.posts)
        if self.take(wish) is not None:
            assert not [post for post in self.told.posts[before:] if post.action == "post"]
            assert self.told.refusal(wish) is None
            assert self.told.when(wish) == ()

    # --- people ----------------------------------------------------------------------------------------------

    @rule(data=st.data())
    def a_moderator_runs_the_hour(self, data: st.DataObject) -> None:
        """Somebody presses next, back, hold..."""
        self.press(data, COURSE)

    @rule(data=st.data())
    def a_moderator_hurries(self, data: st.DataObject) -> None:
        """Three such buttons in a row."""
        for _ in range(3):
            self.press(data, COURSE)

    @rule(data=st.data())
    def a_moderator_keeps_lines(self, data: st.DataObject) -> None:
        """Somebody presses keep, park, lock... three times."""
        for _ in range(3):
            self.press(data, LINES)

    @rule(data=st.data())
    def somebody_presses_anything(self, data: st.DataObject) -> None:
        """Any button at all, twice."""
        for _ in range(2):
            self.press(data, COMMANDS)

    def press(self, data: st.DataObject, names: Collection[str]) -> None:
        """Press a button twice: what is pressed twice happens once."""
        row, wish = data.draw(wishes(self.told, names))
        if self.take(wish) is not None and row.name not in AGAIN_IS_MORE:
            assert self.take(wish) in {None, ()}

    @rule(
        message=st.sampled_from(MESSAGES),
        by=st.sampled_from(PEOPLE),
        text=st.sampled_from(TEXTS),
        ago=st.integers(0, 600),
        reply_to=st.one_of(st.none(), st.sampled_from(MESSAGES)),
        room=st.sampled_from([MAIN, SIDE]),
        meets=st.booleans(),
    )
    def somebody_writes(  # one parameter for each thing that differs
        self, *, message: str, by: str, text: str, ago: int, reply_to: str | None, room: str, meets: bool
    ) -> None:
        """A message is delivered, twice."""
        if meets:
            self.take_twice(told(c.Meet, person=by, room=room))
        sent = (self.told.now - STARTS - timedelta(seconds=ago)) / minutes(1)
        self.take_twice(hears(message, by=by, text=text, sent=sent, reply_to=reply_to, room=room))

    @rule(data=st.data())
    def something_is_delivered(self, data: st.DataObject) -> None:
        """An edit, a deletion, a reaction or a proof; twice."""
        now = self.told.now
        ago = now - timedelta(seconds=data.draw(st.integers(0, 600)))
        for _ in range(3):
            self.take_twice(data.draw(deliveries(ago)))
        self.take(
            told(
                c.Appoint,
                person=data.draw(VALUES["person"]),
                generation=data.draw(st.sampled_from([None, 1, 2])),
            )
        )

    # --- the outbox, the plan, the clock ---------------------------------------------------------------------

    @precondition(lambda self: self.told.posts)
    @rule(data=st.data(), copy=st.integers(1, 2))
    def a_post_arrives_or_fails(self, data: st.DataObject, copy: int) -> None:
        """A receipt is delivered, twice; there may be a second copy, a failure, or a doubt and its end."""
        post = data.draw(st.sampled_from(self.told.posts))
        where = {"key": post.key, "room": post.room}
        outcomes = (
            told(c.NoteFailure, **where, reason="x"),
            told(c.NoteDelivery, **where, message=f"p{copy}/{post.key}", posted_at=self.told.now),
            told(c.NoteDoubt, **where, since=self.told.now),
        )
        self.take_twice(data.draw(st.sampled_from(outcomes)))
        answer = data.draw(st.sampled_from(CHOICES["settle-post"]))
        if data.draw(st.booleans()):
            self.take(asked(c.SettlePost, MODERATORS[0], key=post.key, answer=answer))

    @rule(
        opens=st.lists(st.integers(1, 70), max_size=6, unique=True).map(sorted),
        moved=st.sampled_from([0, 0, 20, 3 * 24 * 60]),
    )
    def the_plan_is_saved(self, opens: list[int], moved: int) -> None:
        """A plan file is saved, twice."""
        plan = a_plan(**self.settings, questions=questions(*opens), starts_at=at(moved))
        saved = told(c.PlanChat, plan=plan)
        if self.take(saved) is not None:
            assert self.told.when(saved) == ()

    @rule(seconds=st.sampled_from([1, 20, 61, 61, 300, 300, 900, 3600]))
    def time_passes(self, seconds: int) -> None:
        """The bot wakes whenever it wants to."""
        until = self.told.now + timedelta(seconds=seconds)
        while (wanted := due(self.told.chat)) is not None and wanted <= until:
            self.told.now = max(self.told.now, wanted)
            self._wake()
        self.told.now = until

    @rule(seconds=st.sampled_from([30, 600, 1200, 5 * 3600]))
    def the_bot_sleeps(self, seconds: int) -> None:
        """The machine was suspended; then everything that is due comes at once."""
        self.told.now += timedelta(seconds=seconds)
        self._wake()

    @rule(until=st.sampled_from([-9, 1, 21, 61 + 24 * 60]))
    def the_hour_comes(self, until: int) -> None:
        """Time passes until something is likely to happen."""
        chat = self.told.chat
        if (until < 1000) == (chat.phase in {Phase.DRAFT, Phase.ANNOUNCED, Phase.DOORS}):
            ahead = chat.plan.starts_at + minutes(until) - self.told.now
            self.time_passes(max(0, int(ahead.total_seconds())))

    def _wake(self) -> None:
        """Do everything that is due, as the facilitator does."""
        asked_before = sum(
            isinstance(event, e.StageEntered) and bool(event.stage.question) for event in self.told.log
        )
        last = due(self.told.chat)
        while (wanted := due(self.told.chat)) is not None and wanted <= self.told.now:
            assert last is not None
            assert wanted >= last, "what is due never moves back by itself"
            last = wanted
            assert self.told.chat.held_since is None or self.told.chat.is_live, "before the hour a hold holds"
            events = self.take(told(c.Tick))
            assert events, f"nothing happens at {wanted}, though it is due"
            for event in events:
                assert not isinstance(event, e.StageEntered) or event.due <= event.at, "never early"
        questions_asked = sum(
            isinstance(event, e.StageEntered) and bool(event.stage.question) for event in self.told.log
        )
        assert questions_asked - asked_before <= 1, "a room gets one question at a time"

    @rule()
    def the_bot_restarts(self) -> None:
        """Everything is read again, from JSON."""
        self.told.log = [decode(encode(event), place="test") for event in self.told.log]
        again = replay(self.told.log)
        assert again == self.told.chat
        self.told.chat = again

    # --- what always holds -----------------------------------------------------------------------------------

    @invariant()
    def no_two_posts_share_a_key(self) -> None:
        """Each post is known by its key for ever."""
        assert len({post.key for post in self.told.posts}) == len(self.told.posts)

    @invariant()
    def the_stage_fits_the_plan(self) -> None:
        """The open question is the one opened last, and every question that people know stands in the plan once."""
        chat = self.told.chat
        known = {question.id for question in chat.plan.questions}
        assert {opening.question for opening in chat.openings} | set(chat.asked) <= known
        assert len({question.number for question in chat.plan.questions}) == len(known)
        assert (chat.stage.question is not None) == (chat.phase is Phase.QUESTION)
        if chat.stage.question:
            assert chat.openings[-1].question == chat.stage.question == chat.asked[-1]

    @invariant()
    def somebody_leads(self) -> None:
        """A chat with moderators has a leader among them."""
        assert self.told.chat.leader in self.told.chat.moderators

    @invariant()
    def nobody_can_be_stuck(self) -> None:
        """A held chat can be resumed."""
        if self.told.chat.held_since is not None:
            assert self.told.chat.phase in COMMANDS["resume"].phases

    def teardown(self) -> None:
        """At the end the log tells the same chat, and every message has its place."""
        if not hasattr(self, "told"):
            return
        again = replay(decode(encode(event), place="test") for event in self.told.log)
        assert again == self.told.chat
        assert attribute(again) == attribute(self.told.chat)
        entered = [event.stage.phase for event in self.told.log if isinstance(event, e.StageEntered)]
        follows = {(before, after) for before in Phase for after in PHASES[before].follows}
        assert set(zip([Phase.DRAFT, *entered], entered, strict=False)) <= follows


TestHistories = Histories.TestCase
# Two fifths of the profile: each history is copied at every step to see that deciding leaves it alone.
TestHistories.settings = settings(max_examples=settings.default.max_examples * 2 // 5, stateful_step_count=40)
