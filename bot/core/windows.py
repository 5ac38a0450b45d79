"""Which question was open in a room, when; and what a message's time alone says about what it answers."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.core.chat import Chat, Opening
from bot.core.names import MessageId, QuestionId, RoomId
from bot.core.phases import Phase
from bot.core.reading import Reading

Order = tuple[datetime, int, str]
"""Where something stands in a room: platform time, platform sequence, id."""
Shown = Literal["question", "closing", "after-hour"]
When = Literal["open", "typing", "closing", "late", "outside"]

# On a phone: 3 s to read the question, then 4 characters a second. Nobody types faster than 12 a second.
READING_TIME, TYPED_A_SECOND, TYPED_AT_MOST = 3.0, 4.0, 12.0
# For a minute after a question people still finish what they were saying about the one before.
SETTLED = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """What the time alone says: the question, how sure that is, and why."""

    question: QuestionId | None
    confidence: float
    reason: When


_BEFORE = Guess(question=None, confidence=0.9, reason="outside")
_TYPED_BEFORE = Guess(question=None, confidence=0.55, reason="typing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Windows:
    """What a room showed one after another. Parallel tuples: they are searched once for every message of a chat."""

    orders: tuple[Order, ...]
    moments: tuple[float, ...]
    settled: tuple[Guess, ...]
    fresh: tuple[Guess, ...]
    typed_for: tuple[Guess, ...]
    perhaps_for: tuple[Guess, ...]
    to_the_minute: bool

    def guess(self, order: Order, reading: Reading) -> Guess:
        """Return what a message at *order* answers, going by time and length alone."""
        now = bisect_right(self.orders, order) - 1
        if now < 0:
            return _BEFORE
        moment = order[0].timestamp()
        elapsed = moment - self.moments[now]
        needed = READING_TIME + reading.length / TYPED_A_SECOND
        if elapsed < needed and not self.to_the_minute:
            return self._typed_before(now, moment, needed, reading.length)
        return self.settled[now] if elapsed >= SETTLED else self.fresh[now]

    def _typed_before(self, now: int, moment: float, needed: float, length: int) -> Guess:
        """Return what was shown when somebody on a phone began to type this; less sure for a fast typist."""
        begun = bisect_right(self.moments, moment - needed) - 1
        if begun >= 0 and self.settled[begun].question == self.settled[now].question:
            return self.fresh[now]
        if begun < 0:
            return _TYPED_BEFORE
        impossible = moment - self.moments[now] < 1 + length / TYPED_AT_MOST
        return self.typed_for[begun] if impossible else self.perhaps_for[begun]


def windows_of(chat: Chat, room: RoomId, *, to_the_minute: bool) -> Windows:
    """Return what *room* showed. *to_the_minute*: its times have no seconds, so they say nothing about typing."""
    starts = sorted(_starts(chat, room), key=lambda start: start[0])
    last: QuestionId | None = None
    settled: list[Guess] = []
    for _, shown, question in starts:
        last = question or last
        settled.append(_settled(shown, last))
    return Windows(
        orders=tuple(order for order, _, _ in starts),
        moments=tuple(order[0].timestamp() for order, _, _ in starts),
        settled=tuple(settled),
        fresh=tuple(_surer(guess, 0.65) for guess in settled),
        typed_for=tuple(_typed(guess, 0.75) for guess in settled),
        perhaps_for=tuple(_typed(guess, 0.5) for guess in settled),
        to_the_minute=to_the_minute,
    )


def has_seconds(chat: Chat) -> bool:
    """Return whether any message of *chat* has a time finer than a minute; old logs often have none."""
    heard = (message.heard for message in chat.messages.values() if message.heard)
    return any(one.sent_at.second or one.sent_at.microsecond for one in heard)


def _starts(chat: Chat, room: RoomId) -> Iterator[tuple[Order, Shown, QuestionId | None]]:
    for opening in chat.openings:
        yield _start(chat, opening, room), "question", opening.question
    if Phase.CLOSING in chat.entered:
        yield (chat.entered[Phase.CLOSING], -1, ""), "closing", None
    if Phase.AFTER_HOUR in chat.entered:
        yield (chat.entered[Phase.AFTER_HOUR], -1, ""), "after-hour", None


def _start(chat: Chat, opening: Opening, room: RoomId) -> Order:
    """Return where *opening* stands in *room*: at the message that asked it, else at our own post."""
    asked_as = chat.messages.get(opening.asked_as or MessageId(""))
    if asked_as and asked_as.heard and asked_as.heard.room == room:
        return asked_as.order
    return (opening.since(room), -1, "")


def _settled(shown: Shown, last: QuestionId | None) -> Guess:
    if shown == "question":
        return Guess(question=last, confidence=0.8, reason="open")
    if shown == "closing":
        return Guess(question=None, confidence=0.8, reason="closing")
    # After the hour the last question is only a guess: a moderator decides.
    return Guess(question=last, confidence=0.3 if last else 0.9, reason="late")


def _surer(guess: Guess, at_most: float) -> Guess:
    return Guess(question=guess.question, confidence=min(guess.confidence, at_most), reason=guess.reason)


def _typed(guess: Guess, at_most: float) -> Guess:
    return Guess(question=guess.question, confidence=min(guess.confidence, at_most), reason="typing")
