"""Commands as Discord lists them, forms as it shows them."""

import pytest

from adapters.discord import forms
from bot.markup import Ask, Button
from bot.showing.menus import all_commands
from bot.wording import Wording, languages
from tests.fakes.discord import schema


@pytest.mark.parametrize("language", languages())
def test_every_command_is_listed_and_discord_takes_the_list(language: str) -> None:
    """All commands of the table fit into one list, in every language."""
    known = all_commands(Wording.load(language))
    listed = forms.commands(known)

    chat = listed[0]
    plain = [option["name"] for option in chat["options"] if option["type"] == 1]
    about = [option["name"] for group in chat["options"] if group["type"] == 2 for option in group["options"]]
    assert sorted(plain + about) == sorted(button.command for button in known)
    assert {"keep", "answer-to", "park"} <= set(about)
    assert {"next", "start", "publish", "say"} <= set(plain)
    assert schema.problems("PUT", "/applications/1/commands", listed) == []


@pytest.mark.parametrize("language", languages())
def test_the_menu_of_a_message_finds_its_command_again(language: str) -> None:
    """What is picked by its name in any language is the command of that name."""
    known = all_commands(Wording.load(language))
    names = [command["name"] for command in forms.commands(known)[1:]]

    picked = [forms.picked({"name": name, "target_id": "7"}, known) for name in names]

    assert [one[0].command for one in picked if one] == list(forms.MENU)
    assert forms.picked({"name": "Something else", "target_id": "7"}, known) is None


@pytest.mark.parametrize(
    ("pasted", "read"),
    [
        (
            "https://discord.com/channels/900000000000000002/1578017960889417728/1578017960889417999",
            "1578017960889417999",
        ),
        ("1578017960889417999", "1578017960889417999"),
        ("1578017960889417991, 1578017960889417992", "1578017960889417991,1578017960889417992"),
        ("nonsense", "nonsense"),
    ],
)
def test_messages_may_be_named_by_their_links(pasted: str, read: str) -> None:
    """People paste the link of a message; we read its id."""
    options = [{"name": "messages", "type": 3, "value": pasted}]
    data = {
        "options": [
            {"type": 2, "name": "message", "options": [{"type": 1, "name": "keep", "options": options}]}
        ]
    }

    assert forms.typed(data) == ("keep", {"messages": read})


def test_a_form_asks_for_what_is_missing() -> None:
    """Long texts, numbers and choices each have their own field, and come back under their names."""
    wish = Button(label="Change the draft", command="change-entry")
    asks = (
        Ask(name="part", label="Which part", kind="long", value="so far", limit=600),
        Ask(name="number", label="Which question does it answer, if any of them?" * 2, kind="number"),
        Ask(
            name="to",
            label="Where to",
            kind="choice",
            choices=(("", "nowhere"), ("question/q1", "Q1")),
            value="",
        ),
    )

    made = forms.form(wish, asks, "h|m|r|0|n|change-entry|")

    assert schema.problems("POST", "/interactions/1/t/callback", {"type": 9, "data": made}) == []
    assert [field["component"]["custom_id"] for field in made["components"]] == ["part", "number", "to"]
    filled = [
        {"type": 18, "component": {"type": 4, "custom_id": "part", "value": "so"}},
        {"type": 18, "component": {"type": 3, "custom_id": "to", "values": ["-"]}},
    ]
    assert forms.handed_in(filled) == {"part": "so", "to": ""}
