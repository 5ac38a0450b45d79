"""What must hold at every step of a simulated chat; tests/sim/verdict.py says what must hold at its end."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING

from bot.core import events as e
from bot.core.apply import apply
from bot.core.chat import Chat
from bot.core.names import MessageId
from bot.core.phases import Phase
from bot.markup import Content
from bot.ports import (
    Batch,
    Heard,
    HeardCommand,
    HeardDeletion,
    HeardMessage,
    Mark,
    PostKey,
    Reply,
    RoomId,
    Unsent,
)
from tests.sim.clock import BEGIN
from tests.sim.disk import Disk, Written

if TYPE_CHECKING:
    from tests.sim.world import Said

JANITOR = timedelta(minutes=17)
"""For how long two of our messages may stand under one key: fifteen minutes, and the sweep that sees the second."""
TOKEN = re.compile(r"zq\d+x")
"""Every simulated message carries a word of its own, so that a quote of it is recognised."""
AT_ONCE = timedelta(seconds=0.1)
"""A deletion that becomes durable while a request leaves cannot stop it; the edit that follows takes the quote out."""
LATE = timedelta(seconds=21)
"""How late the clock may move a chat on whose bot is up: waits look at the wall clock every 20 s."""


@dataclass(slots=True, kw_only=True)
class Oracles:
    """Watches one world. *found*: what did not hold. *true_now*: the true time. *up_since*: since when a bot runs.

    may_miss: a bot began while its clock was wrong by a lot. It had nothing to doubt it by, and took the hour for past.
    """

    disk: Disk
    true_now: Callable[[], datetime]
    up_since: Callable[[], datetime | None]
    found: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    chat: Chat | None = None
    log: list[e.Event] = field(default_factory=list)
    second_copies: list[tuple[datetime, PostKey, RoomId]] = field(default_factory=list)
    lines: list[str] | None = None
    known_gone: dict[MessageId, datetime] = field(default_factory=dict)
    token_of: dict[MessageId, str] = field(default_factory=dict)
    gone_tokens: dict[str, datetime] = field(default_factory=dict)
    forgot: dict[tuple[str, str], datetime] = field(default_factory=dict)
    sighted: dict[MessageId, tuple[RoomId, str]] = field(default_factory=dict)
    seen: set[tuple[RoomId, str]] = field(default_factory=set)
    seen_before: set[tuple[RoomId, str]] = field(default_factory=set)
    overtook: set[tuple[RoomId, str]] = field(default_factory=set)
    may_miss: bool = False
    presses: int = 0
    steps_by_hand: int = 0
    disturbed_until: datetime = BEGIN
    asleep_until: datetime = BEGIN
    replanned_at: datetime = BEGIN
    strict: bool = True
    _digest: "blake2b" = field(default_factory=lambda: blake2b(digest_size=12))

    # --- the trace ---

    def trace(self, *what: object) -> None:
        """Take note of something that happened, for the digest."""
        line = f"{(self.true_now()).isoformat()} {' '.join(map(str, what))}"
        self._digest.update(line.encode())
        if self.lines is not None:
            self.lines.append(line)

    @property
    def digest(self) -> str:
        """Return what the trace so far comes to."""
        return self._digest.hexdigest()

    def fail(self, what: str) -> None:
        """Note that something did not hold."""
        self.trace("FOUND", what)
        if what not in self.found:
            self.found.append(what)

    def row(self, key: PostKey) -> Unsent | None:
        """Return the row of *key* as it is on the disk."""
        return self.disk.image.rows().get(key)

    # --- what the bot asks of a platform ---

    def asked(self, key: PostKey, room: RoomId, content: Content, *, edits: bool = False) -> None:
        """Check a request that leaves now."""
        self.trace("asks", key, room)
        row = self.row(key)
        if row is None or row.attempts == 0:
            self.fail(f"sent before it was recorded: {key}")
        for token in self.gone_in(content, AT_ONCE):
            self.fail(f"quotes what was known to be deleted: {key} {token}")
        if not edits:
            self.counts["requests"] += 1

    def gone_in(self, content: Content | None, since: timedelta = timedelta(minutes=1)) -> list[str]:
        """Return what *content* quotes of messages known to be deleted for that long."""
        now = self.true_now()
        tokens = TOKEN.findall(str(content))
        return [
            token for token in tokens if token in self.gone_tokens and now - self.gone_tokens[token] > since
        ]

    def stands(self, said: "Said", ours: Sequence["Said"]) -> None:
        """Check a post of ours that begins to stand."""
        self.trace("stands", said.key, said.id)
        self.counts["posts"] += 1
        others = [one for one in ours if one.key == said.key and one is not said]
        if any(one.stands for one in others):
            self.counts["second copies"] += 1
            self.second_copies.append((said.at, said.key or PostKey(""), said.room))
            if self.strict:
                self.fail(f"doubled: {said.key}")
        elif not others:
            self._check_order(said, ours)

    def _check_order(self, said: "Said", ours: Sequence["Said"]) -> None:
        mine = self.row(said.key or PostKey(""))
        if mine is None or mine.state not in {"intent", "planned"}:
            return  # given up meanwhile: it comes when it comes
        for other in ours:
            row = self.row(other.key or PostKey(""))
            if row is not None and row.sequence > mine.sequence and other.stands:
                self.fail(f"out of order: {other.key} stood before {said.key}")
                return

    # --- what becomes durable ---

    def committed(self, written: Written, epoch: int) -> None:
        """Check a write that is durable now."""
        if epoch != self.disk.image.epoch:
            self.fail(f"written under epoch {epoch} while {self.disk.image.epoch} holds the lease")
        if isinstance(written, Mark):
            self.trace("mark", written.key, written.state)
            return
        self.trace("batch", written.expected, *(event.KIND for event in written.events))
        if any(isinstance(event, e.PersonForgotten) for event in written.events):
            self.seen_before = set(self.seen)
        self.sighted.update({seen.message: (seen.room, seen.id) for seen in written.sightings})
        for event in written.events:
            self._happened(event)
        for mark in written.marks:
            self.trace("mark", mark.key, mark.state, mark.via)
        self._note_words(written)

    def _note_words(self, batch: Batch) -> None:
        for words in batch.words:
            if found := TOKEN.search(words.text):
                self.token_of[MessageId(words.key)] = found[0]
                if gone_at := self.known_gone.get(MessageId(words.key)):
                    self.gone_tokens.setdefault(found[0], gone_at)

    def _happened(self, event: e.Event) -> None:
        self.log.append(event)
        if isinstance(event, e.ChatPlanned):
            if self.chat is not None:
                self.fail("the chat was begun twice")
            self.chat = Chat.begin(event)
            return
        chat = self.chat
        if chat is None:
            self.fail("something happened before the plan")
            return
        self._check(chat, event)
        apply(chat, event)
        self.counts["events"] += 1
        if isinstance(event, e.PlanChanged | e.Held | e.Resumed | e.QuestionSkipped | e.Extended):
            self.replanned_at = event.at
        if isinstance(event, e.MessageDeleted):
            self.known_gone[event.message] = self.true_now()
            if token := self.token_of.get(event.message):
                self.gone_tokens.setdefault(token, self.true_now())

    def _check(self, chat: Chat, event: e.Event) -> None:
        match event:
            case e.QuestionSkipped():
                self._check_skipped(event)
            case e.StageEntered() | e.StepEntered() | e.Reminded():
                self._check_clock(chat, event)
            case e.MessageHeard():
                self.seen.add(self.sighted[event.message])

    def _check_clock(self, chat: Chat, event: e.StageEntered | e.StepEntered | e.Reminded) -> None:
        by_clock = getattr(event, "cause", "clock") == "clock"
        ends = isinstance(event, e.StageEntered) and event.stage.phase is Phase.AFTER_HOUR
        if by_clock and chat.held_since is not None and not ends:
            self.fail(f"went on while on hold: {event.KIND}")
        if isinstance(event, e.StageEntered):
            self._check_stage(chat, event)

    def _check_stage(self, chat: Chat, event: e.StageEntered) -> None:
        phase = event.stage.phase
        if chat.is_over and phase is Phase.QUESTION:
            self.fail("asked a question when the hour was over")
        if event.cause == "command":
            self.steps_by_hand += phase in {Phase.QUESTION, Phase.CLOSING, Phase.AFTER_HOUR}
            if self.steps_by_hand > self.presses:
                self.fail("one press was two steps")
        if event.cause == "clock":
            if event.at < event.due:
                self.fail(f"early: {event.stage}")
            self._check_late(event)

    def disturb(self, seconds: float, *, asleep: bool = True) -> None:
        """Expect nothing to be on time for some seconds, and a while longer; *asleep*: something may be missed."""
        until = self.true_now() + timedelta(seconds=seconds) + 2 * LATE
        self.disturbed_until = max(self.disturbed_until, until)
        if asleep:
            self.asleep_until = max(self.asleep_until, until)

    def _check_skipped(self, event: e.QuestionSkipped) -> None:
        up, now = self.up_since(), self.true_now()
        is_awake = (
            not self.may_miss
            and now >= self.asleep_until
            and up is not None
            and now - up > timedelta(minutes=5)
        )
        # A question that an edit of the plan put into the past is another matter.
        was_planned = isinstance(self.log[0], e.ChatPlanned) and any(
            question.id == event.question for question in self.log[0].plan.questions
        )
        if event.cause == "sleep" and is_awake and was_planned:
            self.fail(f"skipped though nobody slept: {event.question}")

    def _check_late(self, event: e.StageEntered) -> None:
        up, late = self.up_since(), event.at - max(event.due, self.replanned_at)
        if self.may_miss or self.true_now() < self.disturbed_until:
            return
        if late > LATE and up is not None and self.true_now() - up > late + LATE:
            self.fail(f"late by {late.total_seconds():.0f} s: {event.stage}")

    # --- what is acknowledged ---

    def answered(self, heard: Heard, reply: Reply) -> None:
        """Check that what is acknowledged now is in the log, or was refused."""
        self.trace("answers", type(heard).__name__, getattr(heard, "id", ""), reply.refused)
        if isinstance(heard, HeardDeletion) and self._forgotten_until() > BEGIN:
            self.overtook.add((heard.room, heard.id))
        if reply.refused or not isinstance(heard, HeardMessage | HeardCommand):
            return
        self.counts["acknowledged"] += 1
        id = f"gesture/{heard.id}" if isinstance(heard, HeardCommand) else heard.id
        if heard.id and self.disk.image.message(heard.room, id) is None and not self._is_beside(heard):
            self.fail(f"acknowledged, but not in the log: {heard.id}")

    def _is_beside(self, heard: HeardCommand | HeardMessage) -> bool:
        if isinstance(heard, HeardCommand):
            return heard.command in {"publish", "forget"}
        return heard.at <= self._forgotten_until()

    def may_be_forgotten(self, room: RoomId, id: str, at: datetime) -> bool:
        """Return whether nobody can tell a message of *at* from those of somebody who was forgotten since.

        Who was forgotten is a stranger from then on: of strangers, what they said before that is not taken.
        """
        return at <= self._forgotten_until() and (room, id) not in self.seen_before

    def _forgotten_until(self) -> datetime:
        return max((event.at for event in self.log if isinstance(event, e.PersonForgotten)), default=BEGIN)
