"""The buttons about oneself: what holds now is chosen before anybody touches it."""

import pytest

from bot.core import commands as c
from bot.showing.menus import mine
from bot.wording import Wording
from tests.builders import Told, a_chat, asked


def chosen(chat: Told, button: str) -> str:
    """Return what Mira finds chosen when she opens the form of *button*."""
    buttons = {
        each.command: each for each in mine(chat.chat, Wording.load("en"), chat.chat.people.get("mira"))
    }
    (ask,) = buttons[button].asks
    return ask.value


@pytest.mark.parametrize(
    ("rule", "said", "holds"),
    [
        ("named", None, "named"),
        ("named", "role", "role"),
        ("named", "no", "no"),
        ("role", None, "role"),
        ("role", "named", "role"),
        ("ask", None, "no"),
        ("ask", "named", "named"),
    ],
)
def test_the_form_about_quotes_shows_what_holds(rule: str, said: str | None, holds: str) -> None:
    """Who opens it to look, and presses the button, has changed nothing; nobody is named by accident."""
    chat = a_chat(quoting=rule).running(1).with_answer("m1")
    if said:
        chat.given(asked(c.Consent, "mira", choice=said))

    assert chosen(chat, "consent") == holds


def test_the_form_about_groups_shows_ones_group() -> None:
    """And nothing before one has said."""
    chat = a_chat().running(1).with_answer("m1")
    assert chosen(chat, "group") == ""

    chat.given(asked(c.Declare, "mira", group="patient", room="local/main"))
    assert chosen(chat, "group") == "patient"


def test_a_stranger_finds_the_rule_of_the_chat() -> None:
    """Somebody who has not written yet."""
    assert chosen(a_chat(quoting="named").running(1), "consent") == "named"
