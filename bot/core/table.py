"""The commands as one table: who may give them, when, with what. Menus, buttons, help and tests are drawn from it."""

from dataclasses import dataclass
from typing import Literal

from bot.core import commands as c
from bot.core.phases import Phase

Who = Literal["moderator", "author", "everyone"]
"""``author``: the one who wrote the message it is about, or a moderator."""
Kind = Literal[
    "message", "messages", "text", "minutes", "number", "offset", "tag", "choice", "person", "insight",
    "group", "entry", "section", "question",
]  # fmt: skip

P = Phase
TALKING = frozenset({P.DOORS, P.INTRODUCTIONS, P.QUESTION, P.CLOSING, P.AFTER_HOUR})
LIVE = frozenset({P.INTRODUCTIONS, P.QUESTION, P.CLOSING})
BEFORE = frozenset({P.DRAFT, P.ANNOUNCED, P.DOORS, P.MISSED})
KEEPING = TALKING | {P.REVIEW}
DRAFTED = frozenset({P.AFTER_HOUR, P.REVIEW, P.WITHDRAWN})
ALWAYS = frozenset(Phase)
del P


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """One argument: what people call it (*name*), which field of the command it fills, and what kind of thing it is."""

    name: str
    kind: Kind
    field: str = ""
    required: bool = False
    default: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandRow:
    """One command. Its words stand in prompts/ under ``command.<name>`` (label) and ``command.<name>.help``.

    menu: it is about one message and stands in the message menu. card: it has a button on the moderator card.
    confirm: the button asks once more (``command.<name>.confirm``).
    """

    name: str
    makes: type[c.Asked] | type[c.Publish]
    who: Who
    phases: frozenset[Phase]
    arguments: tuple[Argument, ...] = ()
    menu: bool = False
    card: bool = False
    confirm: bool = False


_MESSAGE = Argument(name="message", kind="message", required=True)
_ASKED_AS = Argument(name="message", kind="message", field="asked_as")
_TAG = Argument(name="tag", kind="tag", default="insight")

COMMANDS: dict[str, CommandRow] = {
    row.name: row
    for row in (
        CommandRow(name="start", makes=c.Start, who="moderator", phases=BEFORE, card=True, confirm=True),
        CommandRow(
            name="next", makes=c.Next, who="moderator", phases=LIVE, card=True, arguments=(_ASKED_AS,)
        ),
        CommandRow(name="back", makes=c.Back, who="moderator", phases=LIVE, card=True),
        CommandRow(
            name="skip",
            makes=c.Skip,
            who="moderator",
            phases=BEFORE | LIVE,
            card=True,
            arguments=(Argument(name="question", kind="question"),),
        ),
        CommandRow(
            name="extend",
            makes=c.Extend,
            who="moderator",
            phases=LIVE,
            card=True,
            arguments=(
                Argument(name="minutes", kind="minutes", field="length", default="2"),
                Argument(name="seen", kind="number"),
            ),
        ),
        CommandRow(name="hold", makes=c.Hold, who="moderator", phases=BEFORE | LIVE, card=True),
        CommandRow(name="resume", makes=c.Resume, who="moderator", phases=BEFORE | LIVE, card=True),
        CommandRow(
            name="say",
            makes=c.Say,
            who="moderator",
            phases=TALKING,
            card=True,
            arguments=(Argument(name="text", kind="text", field="words", required=True),),
        ),
        CommandRow(
            name="ask",
            makes=c.AddQuestion,
            who="moderator",
            phases=LIVE,
            card=True,
            arguments=(Argument(name="text", kind="text", field="question", required=True), _ASKED_AS),
        ),
        CommandRow(
            name="add",
            makes=c.AddQuestion,
            who="moderator",
            phases=BEFORE | LIVE - {Phase.CLOSING},  # after the last question only "ask" makes sense
            card=True,
            arguments=(Argument(name="text", kind="text", field="question", required=True),),
        ),
        CommandRow(name="close", makes=c.Close, who="moderator", phases=LIVE, card=True, confirm=True),
        CommandRow(
            name="keep",
            makes=c.Keep,
            who="moderator",
            phases=KEEPING,
            menu=True,
            arguments=(
                _MESSAGE,
                _TAG,
                Argument(name="start", kind="offset"),
                Argument(name="end", kind="offset"),
            ),
        ),
        CommandRow(
            name="keep-exchange",
            makes=c.KeepExchange,
            who="moderator",
            phases=KEEPING,
            menu=True,
            arguments=(Argument(name="messages", kind="messages", required=True), _TAG),
        ),
        CommandRow(
            name="unkeep",
            makes=c.Unkeep,
            who="moderator",
            phases=KEEPING,
            arguments=(Argument(name="insight", kind="insight", required=True),),
        ),
        CommandRow(
            name="answer-to",
            makes=c.AnswerTo,
            who="moderator",
            phases=KEEPING,
            menu=True,
            arguments=(_MESSAGE, Argument(name="number", kind="number", required=True)),
        ),
        CommandRow(
            name="park", makes=c.Park, who="moderator", phases=KEEPING, menu=True, arguments=(_MESSAGE,)
        ),
        CommandRow(
            name="lock", makes=c.Lock, who="moderator", phases=ALWAYS, menu=True, arguments=(_MESSAGE,)
        ),
        CommandRow(
            name="clear", makes=c.Clear, who="moderator", phases=ALWAYS, menu=True, arguments=(_MESSAGE,)
        ),
        CommandRow(
            name="remove",
            makes=c.Remove,
            who="author",
            phases=ALWAYS,
            menu=True,
            confirm=True,
            arguments=(_MESSAGE,),
        ),
        CommandRow(
            name="mute",
            makes=c.Mute,
            who="moderator",
            phases=TALKING,
            menu=True,
            confirm=True,
            arguments=(Argument(name="message", kind="message", field="person", required=True),),
        ),
        CommandRow(
            name="unmute",
            makes=c.Mute,
            who="moderator",
            phases=TALKING,
            menu=True,
            arguments=(Argument(name="message", kind="message", field="person", required=True),),
        ),
        CommandRow(
            name="undo",
            makes=c.Undo,
            who="moderator",
            phases=KEEPING,
            card=True,
            arguments=(Argument(name="seen", kind="entry"),),
        ),
        CommandRow(
            name="handover",
            makes=c.HandOver,
            who="moderator",
            phases=BEFORE | LIVE,
            arguments=(Argument(name="person", kind="person", field="to", required=True),),
        ),
        CommandRow(
            name="release",
            makes=c.Release,
            who="moderator",
            phases=ALWAYS,
            arguments=(Argument(name="person", kind="person", required=True),),
        ),
        CommandRow(
            name="rotate-link", makes=c.RotateLink, who="moderator", phases=ALWAYS, card=True, confirm=True
        ),
        CommandRow(
            name="change-entry",
            makes=c.ChangeEntry,
            who="moderator",
            phases=DRAFTED,
            arguments=(
                Argument(name="change", kind="choice", required=True),
                Argument(name="entry", kind="entry", required=True),
                Argument(name="to", kind="section"),
                Argument(name="start", kind="offset"),
                Argument(name="end", kind="offset"),
                Argument(name="heading", kind="text"),
            ),
        ),
        CommandRow(name="publish", makes=c.Publish, who="moderator", phases=DRAFTED, card=True, confirm=True),
        CommandRow(
            name="retract",
            makes=c.Retract,
            who="moderator",
            phases=frozenset({Phase.PUBLISHED}),
            card=True,
            confirm=True,
        ),
        CommandRow(
            name="propose",
            makes=c.Propose,
            who="everyone",
            phases=frozenset({Phase.ANNOUNCED}) | TALKING,
            arguments=(Argument(name="text", kind="text", field="words", required=True),),
        ),
        CommandRow(
            name="group",
            makes=c.Declare,
            who="everyone",
            phases=ALWAYS,
            arguments=(Argument(name="group", kind="group"),),
        ),
        CommandRow(
            name="consent",
            makes=c.Consent,
            who="everyone",
            phases=ALWAYS,
            arguments=(
                Argument(name="choice", kind="choice", required=True),
                Argument(name="message", kind="message"),
            ),
        ),
        CommandRow(
            name="settle-post",
            makes=c.SettlePost,
            who="moderator",
            phases=ALWAYS,
            arguments=(
                Argument(name="post", kind="entry", field="key", required=True),
                Argument(name="answer", kind="choice", required=True),
            ),
        ),
        CommandRow(name="forget", makes=c.Forget, who="everyone", phases=ALWAYS, confirm=True),
    )
}
