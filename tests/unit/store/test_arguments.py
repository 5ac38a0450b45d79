"""What a post fills into its line becomes JSON and comes back with its types."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from bot.core.names import PersonId, WordKey
from bot.core.posts import NameRef, WordRef
from bot.errors import StoreUnusable
from bot.store.arguments import Arguments, dump, parse

AT = datetime(2026, 12, 3, 19, 0, 0, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"count": 3, "share": 0.5, "whole": 2.0, "hashtag": "#hcchat", "odd": "\ud83d\0"},
        {"words": WordRef(key=WordKey("question/q2")), "name": NameRef(person=PersonId("p-1"))},
        {"at": AT, "there": AT.astimezone(timezone(timedelta(hours=5, minutes=45)))},
        {"none": (), "some": (1, "two", AT, WordRef(key=WordKey("title")))},
    ],
    ids=["none", "plain", "references", "times", "lists"],
)
def test_arguments_come_back_with_their_types(arguments: Arguments) -> None:
    """A number stays a number, a time a time, a reference a reference."""
    back = parse(dump(arguments), place="here")

    assert back == arguments
    assert [type(value) for value in back.values()] == [type(value) for value in arguments.values()]


def test_what_is_no_argument_is_refused() -> None:
    """A post that holds something else is a mistake of ours, found before it is stored."""
    with pytest.raises(TypeError, match="a post cannot hold a set"):
        dump({"people": {1, 2}})  # type: ignore[dict-item]


@pytest.mark.parametrize(
    "text", ["", "3", "[1]", '{"a":null}', '{"a":{"secret":"x"}}', '{"a":{"at":"secret"}}']
)
def test_damaged_arguments_say_where_but_not_what(text: str) -> None:
    """The sentence names the post; what stood there is not repeated."""
    with pytest.raises(StoreUnusable, match=r"^chat c-1, post q2: its arguments are damaged") as caught:
        parse(text, place="chat c-1, post q2")

    assert "secret" not in str(caught.value)
