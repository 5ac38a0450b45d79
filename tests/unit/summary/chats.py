"""Small invented chats for the summary's tests: what was planned, said, kept and allowed, line by line."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Self

from bot.core import events as e
from bot.core.apply import apply, question_key
from bot.core.chat import Chat
from bot.core.events import Choice
from bot.core.names import ChatId, InsightId, MessageId, PersonId, PostKey, QuestionId, RoomId, WordKey
from bot.core.phases import Phase, Stage
from bot.core.plan import Plan, PlannedQuestion, Quoting
from bot.core.reading import read
from bot.summary.texts import Texts

START = datetime(2026, 12, 3, 19, 0, tzinfo=UTC)
ROOM = RoomId("local/main")
AFTERWARDS = START + timedelta(hours=2)
MODERATOR = PersonId("mod")


def minute(number: float) -> datetime:
    """Return the moment *number* minutes into the hour."""
    return START + timedelta(minutes=number)


class Story:
    """A chat being told: each call is one thing that happened, and `texts` holds the words."""

    def __init__(
        self,
        *,
        questions: Iterable[str] = ("What helps you at work?",),
        quoting: Quoting = "role",
        language: str = "en",
        **plan: object,
    ) -> None:
        self.kept: list[tuple[str, int, str]] = [("title", 0, "Living with RA at work")]
        self.names: dict[PersonId, str] = {}
        self._messages = 0
        planned = []
        for number, text in enumerate(questions, 1):
            id = QuestionId(f"q{number}")
            planned.append(PlannedQuestion(id=id, number=number, opens_after=timedelta(minutes=8 * number)))
            self.kept.append((f"question/{id}", 0, text))
        settled = Plan(
            hashtag="#hcchat",
            starts_at=START,
            zone="Europe/London",
            length=timedelta(minutes=60),
            language=language,
            rooms=(ROOM,),
            questions=tuple(planned),
            closing_after=timedelta(minutes=54),
            quoting=quoting,
        )
        settled = replace(settled, **plan)  # type: ignore[arg-type]  # fields by name, checked by the dataclass
        first = e.ChatPlanned(at=START, chat=ChatId("chat"), plan=settled)
        self.chat = Chat.begin(first)
        self.happened(e.ModeratorAppointed(at=START, person=MODERATOR))

    @property
    def texts(self) -> Texts:
        """Return the words as the store would hold them."""
        return Texts.gathered(self.kept, self.names)

    def happened(self, *events: e.Event) -> Self:
        """Let *events* happen."""
        for event in events:
            apply(self.chat, event)
        return self

    def words(self, key: str, text: str) -> Self:
        """Keep *text* under *key*."""
        self.kept.append((key, 0, text))
        return self

    def start(self, at: float = 0) -> Self:
        """Begin the hour."""
        return self._enter(Stage(phase=Phase.INTRODUCTIONS), at)

    def ask(self, number: int, at: float | None = None) -> Self:
        """Ask question *number*, with a receipt from the room."""
        at = 8 * number if at is None else at
        id = QuestionId(f"q{number}")
        self._enter(Stage(phase=Phase.QUESTION, question=id), at)
        key = question_key(self.chat, id, 1, ROOM)
        posted = e.PostDelivered(
            at=minute(at), key=PostKey(key), room=ROOM, message=MessageId(f"post-{id}"), posted_at=minute(at)
        )
        return self.happened(posted)

    def finish(self, at: float = 60) -> Self:
        """End the hour."""
        self._enter(Stage(phase=Phase.CLOSING), at - 6)
        return self._enter(Stage(phase=Phase.AFTER_HOUR), at)

    def _enter(self, stage: Stage, at: float) -> Self:
        return self.happened(e.StageEntered(at=minute(at), stage=stage, cause="clock", due=minute(at)))

    def join(
        self, person: str, *, group: str | None = None, returning: bool = False, bot: bool = False
    ) -> Self:
        """Let somebody be seen, under a name made from their id."""
        self.names[PersonId(person)] = person.title()
        joined = e.PersonJoined(
            at=START, person=PersonId(person), room=ROOM, group=group, returning=returning, bot=bot
        )
        return self.happened(joined)

    def say(
        self,
        person: str,
        text: str,
        at: float,
        *,
        reply_to: str | None = None,
        mentions: tuple[str, ...] = (),
    ) -> str:
        """Let somebody write, and return the message's id."""
        if PersonId(person) not in self.chat.people:
            self.join(person)
        self._messages += 1
        id = f"m{self._messages}"
        self.kept.append((id, 0, text))
        heard = e.MessageHeard(
            at=minute(at),
            message=MessageId(id),
            room=ROOM,
            author=PersonId(person),
            sent_at=minute(at),
            sequence=self._messages,
            reply_to=MessageId(reply_to) if reply_to else None,
            reading=read(text, mentions=tuple(map(PersonId, mentions))),
        )
        self.happened(heard)
        return id

    def edit(self, message: str, text: str, at: float, revision: int = 1) -> Self:
        """Let an author change a message."""
        self.kept.append((message, revision, text))
        edited = e.MessageEdited(
            at=minute(at),
            message=MessageId(message),
            edited_at=minute(at),
            revision=revision,
            reading=read(text),
        )
        return self.happened(edited)

    def delete(self, message: str) -> Self:
        """Let a message be deleted, and its words erased."""
        self.kept = [row for row in self.kept if row[0] != message]
        return self.happened(e.MessageDeleted(at=AFTERWARDS, message=MessageId(message)))

    def keep(
        self, message: str, tag: str = "insight", start: int | None = None, end: int | None = None
    ) -> str:
        """Let a moderator keep a line, and return the insight's id."""
        id = f"i{len(self.chat.insights) + 1}"
        kept = e.InsightKept(
            at=AFTERWARDS,
            insight=InsightId(id),
            message=MessageId(message),
            tag=tag,
            by=MODERATOR,
            start=start,
            end=end,
        )
        self.happened(kept)
        return id

    def keep_exchange(self, *messages: str, tag: str = "insight") -> str:
        """Let a moderator keep several messages together, and return the insight's id."""
        id = f"i{len(self.chat.insights) + 1}"
        kept = e.ExchangeKept(
            at=AFTERWARDS,
            insight=InsightId(id),
            messages=tuple(map(MessageId, messages)),
            tag=tag,
            by=MODERATOR,
        )
        self.happened(kept)
        return id

    def react(self, person: str, message: str, reaction: str = "💡", *, present: bool = True) -> Self:
        """Let somebody react to a message, or take it back."""
        reacted = e.Reacted(
            at=AFTERWARDS,
            message=MessageId(message),
            person=PersonId(person),
            reaction=reaction,
            present=present,
            reacted_at=AFTERWARDS,
        )
        return self.happened(reacted)

    def choose(self, person: str, choice: Choice, message: str | None = None) -> Self:
        """Let somebody say how they may be quoted."""
        given = e.ConsentGiven(
            at=AFTERWARDS,
            person=PersonId(person),
            choice=choice,
            message=MessageId(message) if message else None,
        )
        return self.happened(given)

    def change(self, change: e.Change, entry: str, **what: object) -> Self:
        """Let a moderator change the draft."""
        changed = e.SummaryEntryChanged(at=AFTERWARDS, change=change, entry=entry, by=MODERATOR, **what)  # type: ignore[arg-type]
        return self.happened(changed)

    def propose(self, text: str) -> Self:
        """Let somebody propose a question."""
        key = WordKey(f"proposed/{len(self.chat.proposed) + 1}")
        return self.words(key, text).happened(e.QuestionProposed(at=START, words=key, by=PersonId("ada")))


ANSWERS = (
    (
        "ada",
        "patient",
        "I told my manager on day one and asked for a standing desk, it changed everything for my wrists.",
    ),
    (
        "ben",
        "clinician",
        "As a physio I see people hide their diagnosis for years, and then burn out within a month.",
    ),
    (
        "cleo",
        "carer",
        "My husband works from home two days a week; the mornings are when his joints are worst.",
    ),
    (
        "dan",
        "industry",
        "We changed our sick leave policy after listening to employees with flares, it cost us nothing.",
    ),
    (
        "eve",
        "patient",
        "I disagree about telling everyone: I lost a promotion after I told my manager about my diagnosis.",
    ),
    ("finn", None, "Flexible hours helped me more than any device, flares do not follow a calendar."),
    (
        "gia",
        "researcher",
        "Our survey found that one in three never told their employer about the diagnosis.",
    ),
    (
        "hugo",
        "patient",
        "Voice typing and a good keyboard saved my wrists, see https://example.org/keyboards for a list.",
    ),
)


def a_full_hour(**plan: object) -> Story:
    """Return a chat of three questions, eight people, kept lines and an exchange."""
    questions = ("What helps you at work?", "What would you tell your employer?", "What will you try next?")
    story = Story(questions=questions, **plan).start()  # type: ignore[arg-type]
    for person, group, _ in ANSWERS:
        story.join(person, group=group, returning=person < "d")
        story.say(person, "Hello everyone!", 2)
    for number in (1, 2, 3):
        story.ask(number)
        for place, (person, _, text) in enumerate(ANSWERS):
            rest = (
                " ".join(sorted(text.split(), key=lambda word: (len(word) * number) % 7))
                if number > 1
                else text
            )
            story.say(person, f"A{number} {rest}", 8 * number + 1 + place * 0.5)
            story.say(person, "so true!", 8 * number + 1.2 + place * 0.5)
    story.keep("m9", "story")
    story.keep("m15", "strategy")
    story.keep("m25", "pledge")
    reply = story.say("ben", "How did your manager react when you asked for the desk?", 40, reply_to="m9")
    again = story.say("ada", "She had one herself, we ended up comparing our backs.", 41, reply_to=reply)
    story.keep_exchange("m9", reply, again)
    story.react("ben", "m9").react("cleo", "m9", "❤️").react("ada", "m9")
    return story.finish()
