"""The moderator card: the whole state of a chat and everything that can be done about it, on one small card.

Pure: chat, words and trouble go in, `Content` comes out. The buttons are drawn from the table of commands.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from bot.core.attribution import unsure
from bot.core.chat import Chat, Message
from bot.core.due import due, ends_at, next_question
from bot.core.names import MessageId, PersonId, WordKey
from bot.core.phases import Phase
from bot.core.plan import TITLE, question_words
from bot.core.table import COMMANDS, CommandRow
from bot.insights import tags
from bot.markup import (
    Ask,
    Block,
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
from bot.runtime.wishes import TEXT_LIMIT
from bot.showing.review import review
from bot.summary.document import Summary
from bot.wording import Wording

LABEL = "card"
MOST_SHOWN = 5
"""How many lines of one kind the card shows: more, and the buttons under them scroll off a phone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardWords:
    """The kept words that a card shows, already fetched."""

    texts: Mapping[WordKey, str]
    names: Mapping[PersonId, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFacts:
    """What a card shows that the chat itself doesn't know: trouble, links, and the draft while it is reviewed."""

    trouble: tuple[str, ...] = ()
    moderator_link: str | None = None
    summary_link: str | None = None
    draft_link: str | None = None
    draft: Summary | None = None


def wanted_words(chat: Chat) -> tuple[WordKey, ...]:
    """Return the keys of the texts that the card of *chat* will show."""
    following = next_question(chat)
    questions = [q for q in (chat.stage.question, following.id if following else None) if q]
    messages = [*_unsure(chat), *_held_back(chat), *(kept for _, kept in _recently_kept(chat))]
    proposed = list(chat.proposed)[-MOST_SHOWN:]
    return (TITLE, *map(question_words, questions), *map(WordKey, messages), *proposed)


def wanted_people(chat: Chat) -> tuple[PersonId, ...]:
    """Return the people whose names the card of *chat* will show."""
    messages = [chat.messages[message] for message in (*_unsure(chat), *_held_back(chat))]
    authors = [message.heard.author for message in messages if message.heard]
    return (*authors, *chat.moderators)


def card(chat: Chat, words: CardWords, facts: CardFacts, wording: Wording) -> Content:
    """Return the card of *chat* as it is now."""
    makers = (
        _state,
        _trouble,
        _questions,
        _main_buttons,
        _unsure_answers,
        _held,
        _proposed,
        _kept,
        _draft,
        _moderators,
        _links,
    )
    blocks = [block for maker in makers for block in maker(_Card(chat, words, facts, wording))]
    return Content(blocks=tuple(blocks), label=LABEL)


def header(chat: Chat, words: CardWords, wording: Wording) -> Content:
    """Return the standing line above a room: what is open now, and how long still."""
    making = _Card(chat, words, CardFacts(), wording)
    question = _question_line(making, chat.stage.question)
    blocks: list[Block] = [
        Paragraph(runs=(Run(text=making.say(f"card.phase.{chat.phase}"), weight="quiet"),))
    ]
    if question:
        blocks = [Paragraph(runs=(Run(text=question, weight="strong"),))]
    if chat.is_live and chat.held_since is None:
        blocks.append(Countdown(label=making.say("header.ends"), until=ends_at(chat)))
    elif chat.phase in (Phase.ANNOUNCED, Phase.DOORS):
        blocks.append(Countdown(label=making.say("header.starts"), until=chat.starts_at))
    return Content(blocks=tuple(blocks), label="header")


@dataclass(frozen=True, slots=True)
class _Card:
    """What the makers of the blocks share."""

    chat: Chat
    words: CardWords
    facts: CardFacts
    wording: Wording

    def say(self, key: str, **arguments: object) -> str:
        return self.wording.line(key, **arguments)

    def text(self, key: str) -> str:
        return self.words.texts.get(WordKey(key)) or self.say("post.erased.text")

    def button(self, name: str, label: str | None = None, **arguments: str) -> Button:
        """Return the button of the command *name*, as the table says it is."""
        row = COMMANDS[name]
        return Button(
            label=label or self.say(f"command.{name}.label"),
            command=name,
            arguments=tuple(arguments.items()),
            expects=str(self.chat.stage) if name in _EXPECTING else None,
            style=_STYLE.get(name, "plain"),
            asks=tuple(_asks(row, arguments, self)),
            confirm=self.say(f"command.{name}.confirm") if row.confirm else None,
        )


# A second press of these would be a second step: they say from where they were pressed.
_EXPECTING = frozenset({"start", "next", "back", "skip", "close"})
_STYLE: dict[str, Literal["main", "plain", "danger"]] = {
    "next": "main",
    "start": "main",
    "publish": "main",
    "close": "danger",
    "retract": "danger",
}


def _asks(row: CommandRow, given: Mapping[str, str], making: _Card) -> Iterator[Ask]:
    for argument in row.arguments:
        if argument.kind != "text" or argument.name in given:
            continue
        label = making.say(f"command.{row.name}.{argument.name}")
        yield Ask(name=argument.name, label=label, kind="long", limit=TEXT_LIMIT)


def _state(making: _Card) -> Iterable[Block]:
    chat = making.chat
    yield Heading(text=f"{chat.plan.hashtag} · {making.text(TITLE)}")
    phase = making.say(f"card.phase.{chat.phase}")
    if chat.stage.question:
        phase = making.say("card.question-step", number=chat.openings[-1].number, step=_step(making))
    people = sum(1 for person in chat.people.values() if not person.bot)
    rows = [(making.say("card.now"), phase), (making.say("card.people"), str(people))]
    rows.append((making.say("card.messages"), str(sum(1 for m in chat.messages.values() if m.heard))))
    yield Fields(rows=tuple(rows))
    wanted = due(chat)
    if chat.held_since is not None:
        yield Paragraph(runs=(Run(text=making.say("card.held"), weight="strong"),))
    elif wanted is not None:
        yield Countdown(label=making.say(_next_label(chat)), until=wanted)


def _step(making: _Card) -> str:
    return making.say(f"card.step.{making.chat.stage.step}")


def _next_label(chat: Chat) -> str:
    if chat.phase is Phase.AFTER_HOUR:
        return "card.late-answers-end"
    return "card.next-by-hand" if chat.plan.pace == "manual" and chat.is_live else "card.next-at"


def _trouble(making: _Card) -> Iterable[Block]:
    problems = [making.say("card.trouble", reason=reason) for reason in making.facts.trouble]
    problems += [making.say("card.not-posted", n=len(making.chat.failed))] if making.chat.failed else []
    problems += [making.say("card.gap", n=len(making.chat.gaps))] if making.chat.gaps else []
    if problems:
        yield Bullets(items=tuple(problems))


def _questions(making: _Card) -> Iterable[Block]:
    current = _question_line(making, making.chat.stage.question)
    if current:
        yield Paragraph(runs=(Run(text=current, weight="strong"),))
    following = next_question(making.chat)
    if following is not None and not making.chat.is_over:
        text = f"Q{following.number} · {making.text(question_words(following.id))}"
        yield Paragraph(runs=(Run(text=making.say("card.next-question", text=text), weight="quiet"),))


def _question_line(making: _Card, question: str | None) -> str:
    if question is None:
        return ""
    planned = next(planned for planned in making.chat.plan.questions if planned.id == question)
    return f"Q{planned.number} · {making.text(question_words(planned.id))}"


def _main_buttons(making: _Card) -> Iterable[Block]:
    chat = making.chat
    hidden = {"resume" if chat.held_since is None else "hold", "rotate-link"}
    if not chat.undoable:
        hidden.add("undo")
    names = [row.name for row in COMMANDS.values() if row.card and chat.phase in row.phases]
    # A button pressed twice is one step: those that could be two say what their presser saw.
    following = next_question(chat)
    given = {"skip": {"question": str(following.id)}} if following else {}
    given |= {"extend": {"seen": str(chat.extended)}, "undo": {"seen": chat.last_done or ""}}
    hidden |= set() if following else {"skip"}
    shown = sorted((name for name in names if name not in hidden), key=_THUMB.index)
    yield Buttons(buttons=tuple(making.button(name, **given.get(name, {})) for name in shown))


# In the order in which a thumb looks for them: what is pressed every ten minutes first, what ends something last.
_THUMB = (
    "next", "start", "publish", "extend", "hold", "resume", "say", "ask", "undo", "back", "skip", "add", "close",
    "retract",
)  # fmt: skip


def _unsure(chat: Chat) -> tuple[MessageId, ...]:
    return unsure(chat, limit=MOST_SHOWN) if chat.hears else ()


def _held_back(chat: Chat) -> list[MessageId]:
    held = [message for message in chat.messages.values() if _waits_for_a_look(message)]
    return [message.id for message in held[-MOST_SHOWN:]]


def _waits_for_a_look(message: Message) -> bool:
    return bool(message.reading.held_back) and not (message.cleared or message.locked or message.deleted)


def _recently_kept(chat: Chat) -> list[tuple[str, MessageId]]:
    newest = list(chat.insights.values())[-MOST_SHOWN:]
    return [(insight.id, insight.messages[0]) for insight in reversed(newest)]


def _unsure_answers(making: _Card) -> Iterable[Block]:
    messages = _unsure(making.chat)
    if not messages:
        return
    yield Heading(text=making.say("card.unsure"))
    numbers = list(dict.fromkeys(opening.number for opening in making.chat.openings[-3:]))
    for message in messages:
        yield _line(making, message)
        buttons = [
            making.button("answer-to", f"A{number}", message=message, number=str(number))
            for number in numbers
        ]
        none = making.button("answer-to", making.say("card.no-answer"), message=message, number="0")
        yield Buttons(buttons=(*buttons, none))


def _line(making: _Card, message: MessageId) -> Quote:
    heard = making.chat.messages[message].heard
    name = making.words.names.get(heard.author) if heard else None
    return Quote(text=making.text(message), by=name or making.say("post.unknown-name.text"))


def _held(making: _Card) -> Iterable[Block]:
    messages = _held_back(making.chat)
    if not messages:
        return
    yield Heading(text=making.say("card.held-back"))
    for message in messages:
        yield _line(making, message)
        names = ("clear", "lock", "remove")
        yield Buttons(buttons=tuple(making.button(name, message=message) for name in names))


def _proposed(making: _Card) -> Iterable[Block]:
    keys = list(making.chat.proposed)[-MOST_SHOWN:]
    if not keys or making.chat.is_over:
        return
    yield Heading(text=making.say("card.proposed"))
    for key in keys:
        text = making.text(key)
        yield Quote(text=text, by="")
        if making.chat.is_live:
            yield Buttons(
                buttons=(making.button("ask", making.say("card.ask-now"), text=text, audience="yes"),)
            )


def _kept(making: _Card) -> Iterable[Block]:
    kept = _recently_kept(making.chat)
    if not kept:
        return
    yield Heading(text=making.say("card.kept", n=len(making.chat.insights)))
    known = tags.load()
    for insight, message in kept:
        tag = making.chat.insights[insight].tag  # type: ignore[index]  # an InsightId
        text = f"{known.emoji(tag)} {making.text(message)}"
        yield Paragraph(runs=(Run(text=text),))
        yield Buttons(buttons=(making.button("unkeep", insight=insight),))


def _draft(making: _Card) -> Iterable[Block]:
    if making.facts.draft is not None:
        yield from review(making.facts.draft, making.chat, making.wording)


def _moderators(making: _Card) -> Iterable[Block]:
    """Show who runs this chat, once there are two: then one can hand over to the other."""
    chat = making.chat
    if len(chat.moderators) < 2 or chat.is_over:
        return
    yield Heading(text=making.say("card.moderators"))
    for person in chat.moderators:
        name = making.words.names.get(person) or making.say("post.unknown-name.text")
        leads = making.say("card.leads", name=name) if person == chat.leader else name
        yield Paragraph(runs=(Run(text=leads),))
        commands = ("release",) if person == chat.leader else ("handover", "release")
        yield Buttons(buttons=tuple(making.button(command, person=person) for command in commands))


def _links(making: _Card) -> Iterable[Block]:
    links = {
        "card.link.moderator": making.facts.moderator_link,
        "card.link.draft": making.facts.draft_link,
        "card.link.summary": making.facts.summary_link,
    }
    for key, link in links.items():
        if link:
            yield Paragraph(runs=(Run(text=making.say(key), link=link),))
    yield Buttons(buttons=(making.button("rotate-link"),))
