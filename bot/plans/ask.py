"""What `plan new` asks, as a table for a terminal or a form: field, line, default, how to read it."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from bot.errors import BadInput
from bot.plans.complaints import explain
from bot.plans.model import Plan
from bot.plans.repeats import check_rule
from bot.plans.wall_time import resolve

Answers = Mapping[str, Any]
Value = TypeVar("Value")
Reader = Callable[[str, Answers], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One thing to ask. An empty answer takes the *default*; without one it may be left out."""

    field: str
    line: str
    read: Reader
    default: str = ""
    needed: bool = False
    many: bool = False
    only_with: str | None = None

    def is_due(self, answers: Answers) -> bool:
        """Return whether this is worth asking after *answers*: a disclosure only where there is a guest."""
        return self.only_with is None or bool(answers.get(self.only_with))


def build(answers: Answers, *, languages: Collection[str]) -> Plan:
    """Return the plan of all *answers*, by field. Raises: BadInput when they don't fit together."""
    return _checked(lambda: Plan.model_validate(dict(answers), context={"languages": tuple(languages)}))


def _checked(make: Callable[[], Value], *under: str) -> Value:
    try:
        return make()
    except ValidationError as error:
        first = explain(error, *under)[0]
        raise BadInput(first.problem, fix=first.fix) from None


def _field(name: str) -> Callable[[Any], Any]:
    """Return what checks a value as the plan will check that field."""
    described = Plan.model_fields[name]
    kind: Any = Annotated[described.annotation, described]
    adapter: TypeAdapter[Any] = TypeAdapter(kind)
    return lambda value: _checked(lambda: adapter.validate_python(value), name)


def _text(name: str) -> Reader:
    check = _field(name)
    return lambda typed, _: check(typed.strip())


def _number(name: str) -> Reader:
    check = _field(name)
    return lambda typed, _: check(int(typed) if typed.strip().isdecimal() else typed)


def _list(name: str) -> Reader:
    check = _field(name)
    return lambda typed, _: check([item.strip() for item in typed.split(",") if item.strip()])


def _entry(name: str) -> Reader:
    check = _field(name)
    return lambda typed, _: check([typed.strip()])[0]


def _question(typed: str, _: Answers) -> Any:
    return _field("questions")([{"text": typed}])[0]


def _closing(typed: str, _: Answers) -> Any:
    return _field("closing")({"text": typed})


def _start(typed: str, answers: Answers) -> Any:
    wall = _field("starts")(typed)
    resolve(wall, answers["zone"])
    return wall


def _repeats(typed: str, answers: Answers) -> Any:
    check_rule(typed, answers["starts"].replace(tzinfo=None), answers["zone"])
    return typed.strip()


# In the order in which people know the answers; the zone stands before the start that is read in it.
ASKS: tuple[Ask, ...] = (
    Ask(field="title", line="plan-new-title", read=_text("title"), needed=True),
    Ask(field="hashtag", line="plan-new-hashtag", read=_text("hashtag"), needed=True),
    Ask(field="zone", line="plan-new-zone", read=_text("zone"), needed=True),
    Ask(field="starts", line="plan-new-starts", read=_start, needed=True),
    Ask(field="minutes", line="plan-new-minutes", read=_number("minutes"), default="60"),
    Ask(field="language", line="plan-new-language", read=_text("language"), default="en"),
    Ask(field="why", line="plan-new-why", read=_text("why")),
    Ask(field="guest", line="plan-new-guest", read=_text("guest")),
    Ask(field="disclosure", line="plan-new-disclosure", read=_text("disclosure"), only_with="guest"),
    Ask(field="sponsor", line="plan-new-sponsor", read=_text("sponsor")),
    Ask(field="objectives", line="plan-new-objectives", read=_entry("objectives"), many=True),
    Ask(field="questions", line="plan-new-questions", read=_question, needed=True, many=True),
    Ask(field="closing", line="plan-new-closing", read=_closing),
    Ask(field="rooms", line="plan-new-rooms", read=_list("rooms"), default="local/main"),
    Ask(field="moderators", line="plan-new-moderators", read=_list("moderators")),
    Ask(field="quoting", line="plan-new-quoting", read=_text("quoting"), default="role"),
    Ask(field="repeats", line="plan-new-repeats", read=_repeats),
)
