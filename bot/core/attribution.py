"""Which question each message answers: a projection of the log that never looks at words.

The first rule that fits decides:

    moved            a moderator said so
    asked            it is the message by which a question was asked
    label            it names the question: A2, "a 2.", Q2; a question not asked yet makes it unsure (early-label)
    reply, thread    it hangs on a question's post, or on a message that has an answer's place itself
    moderator, greeting, acknowledgement: without one of the above they answer nothing
    open, typing, closing, late, outside: what was shown in the room when it was written (`bot.core.windows`)

Everything is ordered by platform time, sequence and id, so the order of arrival changes nothing; and deleted or
forgotten messages keep their place: whether they may be shown is for others to ask.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import islice
from typing import Literal

from bot.core.chat import Chat
from bot.core.events import MessageHeard
from bot.core.names import MessageId, PersonId, QuestionId, RoomId
from bot.core.reading import Reading
from bot.core.windows import Guess, Order, Windows, has_seconds, windows_of

Reason = Literal[
    "moved", "own", "asked", "label", "early-label", "reply", "thread", "moderator", "greeting", "acknowledgement",
    "open", "typing", "closing", "late", "outside",
]  # fmt: skip

UNSURE = 0.6
"""Below this a moderator is asked."""
SLACK = timedelta(seconds=5)
"""How far the clocks of two platforms may differ before a label counts as early."""
LOOK_BACK = 600
"""How many of the newest messages the card looks through: half an hour of a busy chat."""

QUESTION_POSTS = frozenset({"question", "answers", "last-thoughts"})
"""Kinds of our own posts (`bot.core.react`) to which a reply is an answer."""
Hanging = Literal["reply", "thread"]
SMALL_TALK = frozenset({"greeting", "outside", "closing"})
"""A reply to one of these is small talk as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """Which questions a message answers (none: it answers no question), how sure that is, and why."""

    questions: tuple[QuestionId, ...]
    confidence: float
    reason: Reason

    @property
    def is_unsure(self) -> bool:
        """Return whether a moderator should have a look."""
        return self.confidence < UNSURE


@lru_cache(maxsize=4096)
def _given(questions: tuple[QuestionId, ...], confidence: float, reason: Reason) -> Attribution:
    # A chat of 10,000 messages has some dozens of different attributions.
    return Attribution(questions=questions, confidence=confidence, reason=reason)


def attribute(chat: Chat) -> dict[MessageId, Attribution]:
    """Return what each heard message of *chat* answers, in the order of the platform's times."""
    judge = _judge_of(chat)
    heard = sorted((message.heard for message in chat.messages.values() if message.heard), key=_order)
    return {one.message: judge.attribution(one) for one in heard}


def unsure(chat: Chat, limit: int = 5) -> tuple[MessageId, ...]:
    """Return the newest messages of which a moderator should say what they answer, among the last `LOOK_BACK`."""
    judge = _judge_of(chat)
    there = (one.heard for one in reversed(chat.messages.values()) if one.heard and not one.deleted)
    newest = sorted(islice(there, LOOK_BACK), key=_order, reverse=True)
    found = (one.message for one in newest if judge.attribution(one).is_unsure)
    return tuple(islice(found, limit))


def _order(heard: MessageHeard) -> Order:
    return (heard.sent_at, heard.sequence, heard.message)


@dataclass(slots=True, kw_only=True)
class _Judge:
    """All that is looked up for each message, and what was found so far."""

    chat: Chat
    to_the_minute: bool
    posts: dict[MessageId, QuestionId]
    asked: dict[int, tuple[QuestionId, datetime]]
    planned: dict[int, QuestionId]
    moderators: frozenset[PersonId]
    bots: frozenset[PersonId]
    rooms: dict[RoomId, Windows] = field(default_factory=dict)
    found: dict[MessageId, Attribution] = field(default_factory=dict)

    def attribution(self, heard: MessageHeard) -> Attribution:
        """Return what a message answers, looked up or found now."""
        known = self.found.get(heard.message)
        if known is None:
            known = self._decide(heard) if self._parent(heard) is None else self._after_its_parents(heard)
            self.found[heard.message] = known
        return known

    def _after_its_parents(self, heard: MessageHeard) -> Attribution:
        """Settle first whatever a message hangs on; a ring of replies is cut where it closes."""
        chain, seen = [heard], {heard.message}
        while (parent := self._parent(chain[-1])) and parent.message not in seen:
            chain.append(parent)
            seen.add(parent.message)
        for one in reversed(chain):
            self.found[one.message] = self._decide(one)
        return self.found[heard.message]

    def _parent(self, heard: MessageHeard) -> MessageHeard | None:
        """Return the message that must be settled before this one."""
        link = self._link(heard)
        if link is None or link[0] in self.posts or link[0] in self.found:
            return None
        return self.chat.messages[link[0]].heard

    def _link(self, heard: MessageHeard) -> tuple[MessageId, Hanging] | None:
        """Return what a message hangs on: the one it replies to if that is known, else the root of its thread."""
        if heard.reply_to is None and heard.thread is None:
            return None
        if heard.reply_to is not None and self._knows(heard.reply_to):
            return heard.reply_to, "reply"
        if heard.thread is not None and self._knows(heard.thread):
            return heard.thread, "thread"
        return None

    def _knows(self, link: MessageId) -> bool:
        if link in self.posts:
            return True
        parent = self.chat.messages.get(link)
        return parent is not None and parent.heard is not None

    def _decide(self, heard: MessageHeard) -> Attribution:
        message = heard.message
        if message in self.chat.moved:
            return _given(self.chat.moved[message], 1.0, "moved")
        if message in self.chat.own or heard.author in self.bots:
            return _given((), 1.0, "own")
        if message in self.posts:
            return _given((), 1.0, "asked")
        reading = self.chat.messages[message].reading
        label = self._by_label(heard, reading)
        if label and not label.is_unsure:
            return label
        link = self._by_link(heard, reading)
        return link or label or self._by_kind(heard, reading) or self._by_time(heard, reading)

    def _by_label(self, heard: MessageHeard, reading: Reading) -> Attribution | None:
        """Return what the labels say. "Q2" answers too, as many people write it, unless it asks."""
        if not (reading.answers or reading.asks) or self._asks(heard, reading):
            return None
        numbers = reading.answers or reading.asks
        asked = tuple(self.asked[number] for number in numbers if number in self.asked)
        planned = tuple(self.planned[number] for number in numbers if number in self.planned)
        questions = (*(question for question, _ in asked), *planned)
        if not questions:
            return None
        if planned or any(at > heard.sent_at + SLACK for _, at in asked):
            return _given(questions, 0.5, "early-label")
        return _given(questions, 0.95 if reading.answers else 0.75, "label")

    def _asks(self, heard: MessageHeard, reading: Reading) -> bool:
        """Return whether a label announces a question; a moderator who writes T2 asks, as long as it ends in "?"."""
        if heard.author in self.moderators and (reading.asks or reading.question):
            return True
        return bool(reading.asks and not reading.answers and reading.question)

    def _by_link(self, heard: MessageHeard, reading: Reading) -> Attribution | None:
        link = self._link(heard)
        if link is None:
            return None
        on, how = link
        if on in self.posts:
            return _given((self.posts[on],), 0.95, how)
        parent = self.found.get(on)
        if parent is None:
            return None
        if parent.questions:
            return self._inherited(heard, reading, parent, how)
        return _given((), 0.7, how) if parent.reason in SMALL_TALK else None

    def _inherited(
        self, heard: MessageHeard, reading: Reading, parent: Attribution, how: Hanging
    ) -> Attribution:
        """Return the parent's place, a little less sure at each step unless the time speaks for it as well."""
        guess = self._guess(heard, reading)
        confidence = round(parent.confidence * 0.95, 2)
        if guess.question in parent.questions:
            confidence = max(confidence, guess.confidence)
        return _given(parent.questions, confidence, how)

    def _by_kind(self, heard: MessageHeard, reading: Reading) -> Attribution | None:
        if heard.author in self.moderators:
            return _given((), 0.9, "moderator")
        if reading.greeting:
            return _given((), 0.9, "greeting")
        return _given((), 0.9, "acknowledgement") if reading.acknowledgement else None

    def _by_time(self, heard: MessageHeard, reading: Reading) -> Attribution:
        guess = self._guess(heard, reading)
        questions = () if guess.question is None else (guess.question,)
        return _given(questions, guess.confidence, guess.reason)

    def _guess(self, heard: MessageHeard, reading: Reading) -> Guess:
        windows = self.rooms.get(heard.room)
        if windows is None:
            windows = windows_of(self.chat, heard.room, to_the_minute=self.to_the_minute)
            self.rooms[heard.room] = windows
        return windows.guess(_order(heard), reading)


def _judge_of(chat: Chat) -> _Judge:
    asked = _asked(chat)
    unasked = (one for one in chat.plan.questions if one.number not in asked and one.id not in chat.skipped)
    leader = (chat.leader,) if chat.leader else ()
    return _Judge(
        chat=chat,
        to_the_minute=not has_seconds(chat),
        posts=_posts(chat),
        asked=asked,
        planned={one.number: one.id for one in unasked},
        moderators=frozenset((*chat.chaired, *leader)),
        bots=frozenset(person.id for person in chat.people.values() if person.bot),
    )


def _asked(chat: Chat) -> dict[int, tuple[QuestionId, datetime]]:
    """Return for each number the question and when the first room could read it."""
    asked: dict[int, tuple[QuestionId, datetime]] = {}
    for opening in chat.openings:
        at = min((opening.asked_at, *opening.rooms.values()))
        if opening.number not in asked or at < asked[opening.number][1]:
            asked[opening.number] = (opening.question, at)
    return asked


def _posts(chat: Chat) -> dict[MessageId, QuestionId]:
    """Return the messages, ours or a person's, by which a question that still stands was asked."""
    asked = {opening.question for opening in chat.openings}
    posts = {opening.asked_as: opening.question for opening in chat.openings if opening.asked_as}
    for message, key in chat.own.items():
        kind, _, rest = key.removeprefix(f"{chat.id}/").partition("/")
        question = QuestionId(rest.partition("/")[0])
        if kind in QUESTION_POSTS and question in asked:
            posts[message] = question
    return posts
