"""What people may do on a page: the message menu, the buttons about oneself, groups and reactions, with their words."""

from typing import Literal

from bot.core.authorize import is_allowed
from bot.core.chat import Chat, Person
from bot.core.names import PersonId
from bot.core.table import COMMANDS, Argument, CommandRow
from bot.insights import tags
from bot.insights.consent import CHOICES_BY_RULE
from bot.markup import Ask, Button
from bot.runtime.wishes import TEXT_LIMIT
from bot.wording import Wording


def reactions(wording: Wording) -> tuple[tuple[str, str], ...]:
    """Return the reactions that stand for tags, with their labels."""
    return tuple(
        (tag.id, f"{tag.emoji} {wording.line(f'tag.{tag.id}')}") for tag in tags.load().tags.values()
    )


def _meanings(wording: Wording) -> tuple[tuple[str, str], ...]:
    return tuple((tag, f"{label}: {wording.line(f'tag-means.{tag}')}") for tag, label in reactions(wording))


def group_name(wording: Wording, group: str) -> str:
    """Return what people call a group; one that the plan invented is called what it is."""
    return wording.line(f"group.{group}") if f"group.{group}" in wording else group


def page_words(wording: Wording) -> dict[str, str]:
    """Return the page's own words; those that the page fills in itself keep their places."""
    return {key: text for key, text in wording.lines.items() if key.startswith("page.")}


def menu(chat: Chat, wording: Wording, *, moderating: bool) -> list[Button]:
    """Return what somebody may do with a message; what its author alone may, the page offers on their own."""
    nobody = PersonId("")
    person = next(iter(chat.moderators), nobody) if moderating else nobody
    rows = [row for row in COMMANDS.values() if row.menu and chat.phase in row.phases]
    return [_menu_button(chat, row, wording) for row in rows if is_allowed(chat, row, person, None)]


def _menu_button(chat: Chat, row: CommandRow, wording: Wording) -> Button:
    asks = tuple(ask for argument in row.arguments for ask in _choices(chat, argument.name, wording))
    is_several = any(argument.kind == "messages" for argument in row.arguments)
    confirm = wording.line(f"command.{row.name}.confirm") if row.confirm else None
    return Button(
        label=wording.line(f"command.{row.name}.label"),
        command=row.name,
        arguments=(("messages", ""),) if is_several else (),
        asks=asks,
        confirm=confirm,
        style="danger" if row.confirm else "plain",
    )


def _choices(chat: Chat, argument: str, wording: Wording) -> list[Ask]:
    if argument == "tag":
        label = wording.line("command.keep.tag")
        return [Ask(name="tag", label=label, kind="choice", choices=_meanings(wording), value="insight")]
    if argument == "number":
        numbers = sorted({opening.number for opening in chat.openings})
        choices = [(str(number), f"Q{number}") for number in numbers]
        label = wording.line("command.answer-to.number")
        none = ("0", wording.line("card.no-answer"))
        return [Ask(name="number", label=label, kind="choice", choices=(*choices, none))]
    return []


def compose(chat: Chat, wording: Wording) -> list[Button]:
    """Return what anybody may do with a text of their own."""
    row = COMMANDS["propose"]
    if chat.phase not in row.phases:
        return []
    ask = Ask(name="text", label=wording.line("command.propose.text"), kind="long", limit=TEXT_LIMIT)
    return [Button(label=wording.line("command.propose.label"), command="propose", asks=(ask,))]


def mine(chat: Chat, wording: Wording, person: Person | None) -> list[Button]:
    """Return what *person* (None: a stranger) may do about themselves; what holds for them now is chosen already."""
    groups = tuple((one, group_name(wording, one)) for one in chat.plan.groups)
    allowed = CHOICES_BY_RULE[chat.plan.quoting]
    quoting = tuple((choice, wording.line(f"consent.choice.{choice}")) for choice in allowed)
    asked = {
        "group": Ask(
            name="group",
            label=wording.line("command.group.group"),
            kind="choice",
            choices=(("", wording.line("group.none")), *groups),
            value=(person.group if person else None) or "",
        ),
        "consent": Ask(
            name="choice",
            label=wording.line("command.consent.choice"),
            kind="choice",
            choices=quoting,
            value=_holding(chat, person),
        ),
    }
    buttons = [
        Button(label=wording.line(f"command.{name}.label"), command=name, asks=(ask,))
        for name, ask in asked.items()
        if ask.choices
    ]
    forget = Button(
        label=wording.line("command.forget.label"),
        command="forget",
        style="danger",
        confirm=wording.line("command.forget.confirm"),
    )
    return [*buttons, forget]


def _holding(chat: Chat, person: Person | None) -> str:
    """Return which choice about quotes holds for *person*: their own word, else the rule of the chat."""
    choice = (person.choice if person else None) or _UNSAID[chat.plan.quoting]
    return "role" if (choice, chat.plan.quoting) == ("named", "role") else choice


_UNSAID = {"named": "named", "ask": "no", "role": "role", "closed": "no"}


def all_commands(wording: Wording) -> tuple[Button, ...]:
    """Return every row of the table of commands as a button that asks for all its arguments."""
    return tuple(
        Button(
            label=wording.line(f"command.{row.name}.label"),
            command=row.name,
            asks=tuple(_typed(row, argument, wording) for argument in row.arguments),
            style="danger" if row.confirm else "plain",
            confirm=wording.line(f"command.{row.name}.confirm") if row.confirm else None,
            help=wording.line(f"command.{row.name}.help"),
        )
        for row in COMMANDS.values()
    )


_KINDS: dict[str, Literal["text", "long", "number", "choice"]] = {
    "text": "long",
    "number": "number",
    "minutes": "number",
}


def _typed(row: CommandRow, argument: Argument, wording: Wording) -> Ask:
    key = f"command.{row.name}.{argument.name}"
    label = wording.line(key) if key in wording else argument.name
    choices = reactions(wording) if argument.kind == "tag" else ()
    kind = "choice" if choices else _KINDS.get(argument.kind, "text")
    return Ask(
        name=argument.name,
        label=label,
        kind=kind,
        choices=choices,
        value=argument.default,
        limit=TEXT_LIMIT,
        required=argument.required,
    )
