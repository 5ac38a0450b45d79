"""A room without a bot behind it: hears and shows from memory, so that the page can be driven by itself.

`python -m tests.fakes.room` opens one to look at.
"""

import asyncio
import socket
import sys
import tomllib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from aiohttp import web

from adapters.local import LocalPlatform, Settings, connect
from bot.errors import StoreTrouble
from bot.markup import (
    Ask,
    Bullets,
    Button,
    Buttons,
    Content,
    Countdown,
    Fields,
    Heading,
    Paragraph,
    Quote,
    Run,
)
from bot.ports import (
    ChatId,
    Heard,
    HeardCommand,
    HeardDeletion,
    HeardEdit,
    HeardMessage,
    HeardReaction,
    PostKey,
    Reply,
    RoomId,
    RoomState,
    ShownMessage,
    ShownPost,
    Somebody,
)
from bot.runtime.clock import RandomIds, SystemClock
from tests.check.word_uses import texts_of

PROMPTS = Path(__file__).parents[2] / "prompts"
ROOM = RoomId("local/main")
CHAT = ChatId("chat-1")
SECRET = b"a secret for tests, and only for tests"
QUESTIONS = (
    "What made this week at work easier for you?",
    "When your joints decide the day, what do you tell your team, and what do you keep to yourself?",
    "Which one change at your workplace would you ask for first?",
)
REACTIONS = (
    ("insight", "💡 insight"),
    ("heart", "❤️ story"),
    ("idea", "✨ idea"),
    ("question", "❓ question"),
)
GROUPS = (("patient", "Patient"), ("carer", "Carer"), ("clinician", "Clinician"), ("industry", "Industry"))


def page_words(language: str) -> dict[str, str]:
    """Return what the page says in *language*."""
    table = tomllib.loads((PROMPTS / language / "page.toml").read_text("utf-8"))
    return {key: texts[0] for key, texts in texts_of(table)}


@dataclass
class FakeRoom:
    """An Intake and a RoomView in one. *heard*: everything taken, in order."""

    language: str = "en"
    title: str = "Working with arthritis"
    open: bool = True
    chat: ChatId | None = CHAT
    header: Content | None = None
    answer: Content | None = None
    generation: int = 1
    clock: SystemClock = field(default_factory=SystemClock)
    heard: list[Heard] = field(default_factory=list)
    messages: dict[str, ShownMessage] = field(default_factory=dict)
    reactions: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    posts: dict[str, ShownPost] = field(default_factory=dict)
    moderators: set[str] = field(default_factory=set)
    muted: set[str] = field(default_factory=set)
    asked: int = 0
    until: datetime | None = None
    is_full: bool = False
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    platform: LocalPlatform | None = None

    def __post_init__(self) -> None:
        self.gate.set()

    # --- what the core does ---

    async def hear(self, heard: Heard) -> Reply:
        """Take *heard*; while the gate is shut nothing is durable, while the disk is full nothing can be."""
        await self.gate.wait()
        if self.is_full:
            raise StoreTrouble("the disk is full")
        match heard:
            case HeardMessage():
                return self._hear_message(heard)
            case HeardEdit():
                return self._hear_edit(heard)
            case HeardDeletion(by=Somebody(id=person)) if person in self.muted:
                return Reply(refused=True, text="You are muted.")
            case HeardDeletion():
                self.messages.pop(heard.id, None)
            case HeardReaction():
                people = self.reactions.setdefault((heard.id, heard.reaction), set())
                (people.add if heard.present else people.discard)(heard.by.id)
            case HeardCommand():
                return await self._obey(heard)
            case _:
                pass
        self.heard.append(heard)
        return Reply()

    def _hear_message(self, heard: HeardMessage) -> Reply:
        if refusal := self._refusal(heard.author):
            return refusal
        if heard.id in self.messages:
            return Reply()
        self.heard.append(heard)
        self.messages[heard.id] = ShownMessage(
            id=heard.id,
            at=heard.at,
            author=heard.author.name,
            author_id=heard.author.id,
            group=heard.author.group,
            text=heard.text,
            reply_to=heard.reply_to,
            moderator=heard.author.id in self.moderators,
        )
        return Reply()

    def _hear_edit(self, heard: HeardEdit) -> Reply:
        if heard.id in self.messages:
            self.messages[heard.id] = replace(self.messages[heard.id], text=heard.text, edited=True)
        self.heard.append(heard)
        return Reply()

    def _refusal(self, author: Somebody) -> Reply | None:
        if author.id in self.muted:
            return Reply(refused=True, text="You are muted.")
        return None if self.open else Reply(refused=True, text="The room is closed.")

    async def _obey(self, heard: HeardCommand) -> Reply:
        self.heard.append(heard)
        if heard.generation == self.generation and heard.chat == CHAT:
            self.moderators.add(heard.by.id)
        if heard.command in {"new", "propose", "moderate"}:
            return self._answer_everybody(heard)
        if heard.by.id not in self.moderators:
            return Reply(refused=True, text="Only moderators can do that.")
        if heard.command == "next":
            await self.ask_next()
        if heard.command == "keep":
            id = heard.arguments["message"]
            self.messages[id] = replace(self.messages[id], badges=("💡 insight",))
            return Reply(text="Kept as an insight.")
        if heard.command == "keep-exchange":
            await self.say("post.exchange", Heading(text="An exchange worth keeping"))
        return Reply()

    def _answer_everybody(self, heard: HeardCommand) -> Reply:
        if heard.command == "moderate" and heard.generation != self.generation:
            return Reply(refused=True, text="This moderator's link has been replaced.")
        if heard.command == "new" and "title" not in heard.arguments:
            return Reply(refused=True, text="The chat needs a title.")
        return Reply(text="Thank you." if heard.command == "propose" else "", content=self.answer)

    async def ask_next(self) -> None:
        """Ask the next question in the room."""
        number = self.asked + 1
        self.asked = number
        self.until = self.clock.now() + timedelta(minutes=9)
        self.header = Content(
            label="header",
            blocks=(
                Paragraph(runs=(Run(text=f"Question {number} of {len(QUESTIONS)}", weight="strong"),)),
                Countdown(label="next question in", until=self.until),
            ),
        )
        text = QUESTIONS[(number - 1) % len(QUESTIONS)]
        await self.say(
            "post.question",
            Heading(text=f"Q{number}"),
            Paragraph(runs=(Run(text=text),)),
            Paragraph(runs=(Run(text=f"Begin with A{number} if you like.", weight="quiet"),)),
        )

    async def say(self, label: str, *blocks: Heading | Paragraph | Quote | Bullets | Buttons) -> str:
        """Post something as the bot; return its id."""
        assert self.platform is not None
        key = PostKey(f"{CHAT}/{len(self.posts)}")
        content = Content(label=label, blocks=blocks)
        receipt = await self.platform.post(key, ROOM, content)
        self.posts[receipt.id] = ShownPost(id=receipt.id, at=receipt.at, content=content)
        return receipt.id

    # --- what the page may read ---

    async def state(self, room: RoomId, person: str | None) -> RoomState:
        """Return how the room looks to *person*."""
        moderating = person in self.moderators
        return RoomState(
            chat=self.chat if room == ROOM else None,
            title=self.title,
            hashtag="#hcchat",
            language=self.language,
            open=self.open and person not in self.muted,
            muted=person in self.muted,
            moderating=moderating,
            header=self.header,
            card=self._card() if moderating else None,
            menu=MODERATOR_MENU if moderating else (),
            compose=(Button(label="Propose as a question", command="propose"),),
            mine=(
                Button(label="Forget me", command="forget", style="danger", confirm="Forget all you said?"),
            ),
            words=page_words(self.language),
            groups=GROUPS,
            reactions=REACTIONS,
        )

    def _card(self) -> Content:
        stage = f"question/q{self.asked}" if self.asked else "introductions"
        title = f"Question {self.asked} of {len(QUESTIONS)}" if self.asked else "Introductions"
        until = self.until or self.clock.now() + timedelta(minutes=8)
        upcoming = QUESTIONS[self.asked % len(QUESTIONS)]
        say = Ask(name="text", label="What shall the bot say?", kind="long")
        longer = Ask(name="minutes", label="How many minutes more?", kind="number", value="2")
        return Content(
            label="card",
            blocks=(
                Heading(text=title),
                Countdown(label="until the next question", until=until),
                Buttons(
                    buttons=(
                        Button(label="Ask the next question", command="next", expects=stage, style="main"),
                        Button(label="More time", command="extend", expects=stage, asks=(longer,)),
                        Button(label="Hold", command="hold", expects=stage),
                        Button(label="Say", command="say", asks=(say,)),
                        Button(label="Close the chat", command="close", expects=stage, style="danger"),
                    )
                ),
                Heading(text="Next"),
                Paragraph(runs=(Run(text=upcoming),)),
                Heading(text="So far"),
                Fields(rows=(("People", "14"), ("Messages", str(len(self.messages))), ("Kept", "2"))),
                Heading(text="Not sure which question"),
                Quote(text="For me it was the later start on Mondays.", by="Ines"),
                Buttons(
                    buttons=(
                        Button(label="Q1", command="answer-to", arguments=(("number", "1"),)),
                        Button(label="Q2", command="answer-to", arguments=(("number", "2"),)),
                    )
                ),
            ),
        )

    async def history(
        self, room: RoomId, person: str | None, before: datetime | None = None, limit: int = 200
    ) -> tuple[ShownMessage | ShownPost, ...]:
        """Return what stands in the room."""
        said = [self._shown(message, person) for message in self.messages.values()]
        everything: list[ShownMessage | ShownPost] = sorted(
            [*said, *self.posts.values()], key=lambda item: item.at
        )
        return tuple(item for item in everything if before is None or item.at < before)[-limit:]

    async def message(self, room: RoomId, person: str | None, id: str) -> ShownMessage | None:
        """Return one message as it stands."""
        return self._shown(self.messages[id], person) if id in self.messages else None

    def _shown(self, message: ShownMessage, person: str | None) -> ShownMessage:
        found = [
            (reaction, len(people), person in people)
            for (id, reaction), people in self.reactions.items()
            if id == message.id and people
        ]
        return replace(message, reactions=tuple(found))


_TAG = Ask(name="tag", label="What is it?", kind="choice", choices=REACTIONS, value="insight")
MODERATOR_MENU = (
    Button(label="Keep as insight", command="keep", asks=(_TAG,)),
    Button(label="Keep exchange", command="keep-exchange", arguments=(("messages", ""),)),
    Button(label="Park for later", command="park"),
    Button(
        label="Mute this person", command="mute", style="danger", confirm="Mute this person for the rest?"
    ),
)


@dataclass
class Opened:
    """A room that is being served."""

    fake: FakeRoom
    platform: LocalPlatform
    url: str

    @property
    def room_url(self) -> str:
        """Return where people go."""
        return f"{self.url}/room/main"

    @property
    def moderator_url(self) -> str:
        """Return the moderator's link that holds now."""
        return self.platform.moderator_link(CHAT, ROOM, self.fake.generation)


@asynccontextmanager
async def opened(
    fake: FakeRoom, port: int = 0, *, patience: float | None = 60.0, **settings: object
) -> AsyncIterator[Opened]:
    """Serve *fake* on this machine for as long as the block lasts; a test that waits for ever fails instead."""
    listening = socket.create_server(("127.0.0.1", port))
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    chosen = Settings.model_validate({"public_url": url, **settings})
    platform = connect(chosen, fake, fake.clock, RandomIds(), SECRET)
    fake.platform = platform
    runner = web.AppRunner(platform.application(), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    await web.SockSite(runner, listening).start()
    try:
        async with asyncio.timeout(patience), asyncio.TaskGroup() as tasks:
            running = tasks.create_task(platform.run(fake))
            yield Opened(fake, platform, url)
            running.cancel()
    finally:
        await runner.cleanup()


# --- a room to look at -------------------------------------------------------------------------------------

CROWD: tuple[tuple[str, str | None, str], ...] = (
    (
        "Maren",
        "patient",
        "Hello from Bergen! Living with RA for eleven years, here to swap tricks for long meetings.",
    ),
    ("Dr. Tomasz W.", "clinician", "Good evening all. Rheumatologist in Gdańsk, mostly listening tonight."),
    (
        "Ines",
        "carer",
        "Hi! I am here for my mother, who works in a bakery and starts at four in the morning.",
    ),
    ("Maren", "patient", "Four in the morning, with stiff hands? My respect."),
    ("Ola N.", "industry", "Good evening. I work for a maker of office chairs and declare that freely."),
    ("Ines", "carer", "She says the dough is the best physiotherapy, but the flour sacks are not."),
)
ANSWERS: tuple[tuple[str, str | None, str], ...] = (
    (
        "Maren",
        "patient",
        "A1 I asked for meetings to start at ten instead of nine. Nobody minded. I had dreaded it for a year.",
    ),
    (
        "Kofi",
        "patient",
        "A later start, too. And a chair that I am allowed to leave: https://example.org/standing-desks-that-help",
    ),
    (
        "Dr. Tomasz W.",
        "clinician",
        "What helps my patients most is a letter that says what they *can* do, not what they can't.",
    ),
    ("Ines", "carer", "That is the one thing we never got. Everybody writes down the limits."),
    ("שירה", "patient", "אני עובדת מהבית פעמיים בשבוע וזה עזר לי מאוד"),
    ("Kofi", "patient", "Same here. The limits stay in the file for ever, the good weeks nowhere."),
)


async def furnish(fake: FakeRoom) -> None:
    """Put a conversation into *fake* that looks like a real one."""
    start = fake.clock.now() - timedelta(minutes=22)
    await fake.say(
        "post.welcome",
        Heading(text="Welcome to #hcchat!"),
        Paragraph(runs=(Run(text="Tell us who you are."),)),
    )
    for id in tuple(fake.posts):
        fake.posts[id] = replace(fake.posts[id], at=start)
    await _talk(fake, CROWD, start + timedelta(minutes=1))
    await fake.ask_next()
    newest = list(fake.posts)[-1]
    fake.posts[newest] = replace(fake.posts[newest], at=start + timedelta(minutes=10))
    await _talk(fake, ANSWERS, start + timedelta(minutes=11))
    kept = list(fake.messages)[8]
    fake.messages[kept] = replace(fake.messages[kept], badges=("💡 insight",))
    fake.messages[list(fake.messages)[9]] = replace(
        fake.messages[list(fake.messages)[9]], reply_to=kept, edited=True
    )
    fake.reactions[kept, "insight"] = {"kofi", "maren", "ola"}
    fake.reactions[kept, "heart"] = {"ines"}


async def _talk(fake: FakeRoom, lines: tuple[tuple[str, str | None, str], ...], start: datetime) -> None:
    for number, (name, group, text) in enumerate(lines):
        at = start + timedelta(seconds=50 * number)
        author = Somebody(id=name.casefold(), name=name, group=group)
        await fake.hear(
            HeardMessage(room=ROOM, id=f"{name}.{len(fake.messages)}", author=author, at=at, text=text)
        )


async def main(port: int, language: str) -> None:
    """Serve a furnished room until stopped."""
    fake = FakeRoom(language=language)
    async with opened(fake, port, patience=None) as room:
        await furnish(fake)
        links = (room.room_url, room.moderator_url, room.platform.owner_link())
        sys.stdout.write("room       {}\nmoderator  {}\nowner      {}\n".format(*links))
        sys.stdout.flush()
        await asyncio.Event().wait()


def _arguments(typed: list[str]) -> Mapping[str, str]:
    return dict(zip(typed[::2], typed[1::2], strict=False))


if __name__ == "__main__":
    given = _arguments(sys.argv[1:])
    with suppress(KeyboardInterrupt):
        asyncio.run(main(int(given.get("--port", "8077")), given.get("--language", "en")))
