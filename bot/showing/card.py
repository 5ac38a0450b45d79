"""The moderator card: the whole state of a chat and everything that can be done about it, on one small card.

Pure: chat, words and trouble go in, `Content` comes out. The buttons are drawn from the table of commands.
"""

from collections.abc import Iterable, Iterator
from typing import get_args

from bot.core.chat import Chat
from bot.core.due import due, ends_at, next_question
from bot.core.events import Settlement
from bot.core.names import PersonId, RoomId, WordKey
from bot.core.phases import Phase
from bot.core.plan import TITLE, question_words
from bot.core.table import COMMANDS
from bot.markup import Block, Bullets, Buttons, Content, Countdown, Fields, Heading, Paragraph, Run
from bot.showing import lines
from bot.showing.review import review
from bot.showing.sheet import CardFacts, CardWords, Sheet
from bot.wording import Wording

LABEL = "card"


def wanted_words(chat: Chat) -> tuple[WordKey, ...]:
    """Return the keys of the texts that the card of *chat* will show."""
    following = next_question(chat)
    questions = [q for q in (chat.stage.question, following.id if following else None) if q]
    messages = lines.messages_shown(chat)
    return (TITLE, *map(question_words, questions), *map(WordKey, messages), *lines.proposals_shown(chat))


def wanted_people(chat: Chat) -> tuple[PersonId, ...]:
    """Return the people whose names the card of *chat* will show."""
    return (*lines.authors_shown(chat), *chat.moderators)


def card(chat: Chat, words: CardWords, facts: CardFacts, wording: Wording) -> Content:
    """Return the card of *chat* as it is now."""
    makers = (
        _state,
        _trouble,
        _in_doubt,
        _questions,
        _main_buttons,
        lines.unsure_answers,
        lines.held,
        lines.proposed,
        lines.kept,
        _draft,
        _moderators,
        _links,
    )
    making = Sheet(chat, words, facts, wording)
    blocks = [block for maker in makers for block in maker(making)]
    alarm, alert = next(_alerts(making), ("", ""))
    return Content(blocks=tuple(blocks), label=LABEL, alert=alert, alarm=alarm)


def _alerts(making: Sheet) -> Iterator[tuple[str, str]]:
    """Give what a moderator has to notice, with a name for each: what only they can settle comes first.

    Trouble has one name whatever its reason: a platform that gives another one each time is still the same trouble.
    """
    for doubt in making.chat.in_doubt.values():
        yield f"doubt/{doubt.key}", _doubt_line(making, doubt.key, _platform(doubt.room))
    for line in _troubles(making):
        yield "trouble", line


def header(chat: Chat, words: CardWords, wording: Wording) -> Content:
    """Return the standing line above a room: what is open now, and how long still."""
    making = Sheet(chat, words, CardFacts(), wording)
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


def _state(making: Sheet) -> Iterable[Block]:
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


def _step(making: Sheet) -> str:
    return making.say(f"card.step.{making.chat.stage.step}")


def _next_label(chat: Chat) -> str:
    if chat.phase is Phase.AFTER_HOUR:
        return "card.late-answers-end"
    return "card.next-by-hand" if chat.plan.pace == "manual" and chat.is_live else "card.next-at"


def _trouble(making: Sheet) -> Iterable[Block]:
    problems = _troubles(making)
    reasons = list(making.chat.failed.values())
    problems += [making.say("card.not-posted", n=len(reasons), reason=reasons[-1])] if reasons else []
    problems += [making.say("card.gap", n=len(making.chat.gaps))] if making.chat.gaps else []
    problems += [making.say("card.doubled", n=len(making.chat.doubles))] if making.chat.doubles else []
    if problems:
        yield Bullets(items=tuple(problems))


def _troubles(making: Sheet) -> list[str]:
    return [making.say("card.trouble", reason=reason) for reason in making.facts.trouble]


def _platform(room: RoomId) -> str:
    return room.partition("/")[0].capitalize()


def _in_doubt(making: Sheet) -> Iterable[Block]:
    """Ask whether posts stand in their rooms that the bot cannot see for itself."""
    for doubt in making.chat.in_doubt.values():
        line = _doubt_line(making, doubt.key, _platform(doubt.room))
        yield Paragraph(runs=(Run(text=line, weight="strong"),))
        answers: tuple[Settlement, ...] = get_args(Settlement)
        yield Buttons(
            buttons=tuple(
                making.button(
                    "settle-post", making.say(f"card.settle.{answer}"), post=doubt.key, answer=answer
                )
                for answer in answers
            )
        )


def _doubt_line(making: Sheet, key: str, room: str) -> str:
    chat = making.chat
    asked = [opening.number for opening in chat.openings if f"/question/{opening.question}/" in key]
    if asked:
        return making.say("card.in-doubt.question", number=asked[-1], room=room)
    return making.say("card.in-doubt.other", room=room)


def _questions(making: Sheet) -> Iterable[Block]:
    current = _question_line(making, making.chat.stage.question)
    if current:
        yield Paragraph(runs=(Run(text=current, weight="strong"),))
    following = next_question(making.chat)
    if following is not None and not making.chat.is_over:
        text = f"Q{following.number} · {making.text(question_words(following.id))}"
        yield Paragraph(runs=(Run(text=making.say("card.next-question", text=text), weight="quiet"),))


def _question_line(making: Sheet, question: str | None) -> str:
    if question is None:
        return ""
    planned = next(planned for planned in making.chat.plan.questions if planned.id == question)
    return f"Q{planned.number} · {making.text(question_words(planned.id))}"


def _main_buttons(making: Sheet) -> Iterable[Block]:
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


def _draft(making: Sheet) -> Iterable[Block]:
    if making.facts.draft is not None:
        yield from review(making.facts.draft, making.chat, making.wording)


def _moderators(making: Sheet) -> Iterable[Block]:
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


def _links(making: Sheet) -> Iterable[Block]:
    links = {
        "card.link.moderator": making.facts.moderator_link,
        "card.link.draft": making.facts.draft_link,
        "card.link.summary": making.facts.summary_link,
    }
    for key, link in links.items():
        if link:
            yield Paragraph(runs=(Run(text=making.say(key), link=link),))
    yield Buttons(buttons=(making.button("rotate-link"),))
