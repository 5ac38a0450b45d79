"""What the lines of every language must keep to, whoever edits them next."""

import re
from datetime import UTC, datetime

import pytest

from bot.core.names import MessageId, PostKey, RoomId, WordKey
from bot.core.posts import Argument, Post, WordRef
from bot.core.table import COMMANDS, CommandRow
from bot.markup import Buttons, Content, Paragraph
from bot.runtime.rendering import Kept, local_time, render
from bot.wording import Wording, languages

PHONE = 24
"""How many characters a button has on a narrow phone before it breaks its line."""
# What is around a language's own words: placeholders, and the tests and sums of templates.
TEMPLATE = re.compile(r"\{[{%].*?[%}]\}")
EVERY_LANGUAGE = pytest.mark.parametrize("language", languages())
EVERY_COMMAND = pytest.mark.parametrize("row", COMMANDS.values(), ids=list(COMMANDS))


def said(line: str, language: str, **arguments: Argument) -> Content:
    """Return the post *line* as people of *language* see it."""
    post = Post(key=PostKey("k"), room=RoomId("local/main"), line=line, arguments=arguments)
    kept = Kept(texts={WordKey("m1"): "My desk saved my wrists."}, names={})
    return render(post, Wording.load(language), kept)


def text_of(content: Content) -> str:
    """Return the paragraphs of *content* in one."""
    paragraphs = [block for block in content.blocks if isinstance(block, Paragraph)]
    return " ".join(run.text for paragraph in paragraphs for run in paragraph.runs)


def consent_buttons(language: str, **arguments: Argument) -> list[str]:
    """Return what somebody who is asked for a quote can press."""
    text = WordRef(key=WordKey("m1"))
    content = said("post.consent", language, text=text, message=MessageId("m1"), **arguments)
    buttons = next(block for block in content.blocks if isinstance(block, Buttons))
    return [button.label for button in buttons.buttons]


@EVERY_LANGUAGE
@EVERY_COMMAND
def test_every_command_has_its_words(row: CommandRow, language: str) -> None:
    """Label and help always; a question before what cannot be undone; a name for each text it asks for."""
    words = Wording.load(language)
    asked = {argument.name for argument in row.arguments if argument.kind == "text"}
    wanted = {"label", "help", *asked} | ({"confirm"} if row.confirm else set())

    assert {part for part in wanted if f"command.{row.name}.{part}" not in words} == set()


@EVERY_LANGUAGE
@EVERY_COMMAND
def test_every_button_fits_a_phone(row: CommandRow, language: str) -> None:
    """A moderator with one thumb reads the whole button."""
    assert len(Wording.load(language).line(f"command.{row.name}.label")) <= PHONE


def test_every_answer_belongs_to_a_command() -> None:
    """What is said after a press is said after one that exists."""
    answers = {key.split(".")[1] for key in Wording.load("en").lines if key.startswith("done.")}

    assert answers - COMMANDS.keys() == {"new"}


@EVERY_LANGUAGE
def test_only_the_welcome_exclaims(language: str) -> None:
    """Nobody is shouted at."""
    words = Wording.load(language)

    loud = [key for key, text in words.lines.items() if "!" in TEMPLATE.sub("", text)]

    assert loud == ["post.welcome.heading"]


@EVERY_LANGUAGE
def test_quotation_marks_are_the_languages_own(language: str) -> None:
    """No typewriter's quotation marks; in French its own apostrophe, and narrow spaces before : ; ? ! and »."""
    wrong = {"en": '["„«]', "de": "[\"“”'«]", "fr": "[\"“„']| [;:?!»]|« "}[language]
    paired = re.compile("„[^„“]*“" if language == "de" else "$^")
    texts = {key: TEMPLATE.sub("", text) for key, text in Wording.load(language).lines.items()}

    assert [
        key
        for key, text in texts.items()
        if not key.startswith("date.") and re.search(wrong, paired.sub("", text))
    ] == []


@pytest.mark.parametrize(
    ("people", "messages", "begins"),
    [
        (38, 412, "38 people wrote 412 messages. "),
        (1, 1, "1 person wrote 1 message. "),
        (0, 0, "It stayed quiet this time. "),
    ],
)
def test_thanks_count_what_there_was(people: int, messages: int, begins: str) -> None:
    """One is not many, and nothing is no number to be thanked for."""
    thanks = said("post.thanks", "en", people=people, messages=messages, hours=24, hashtag="#hcchat")

    assert text_of(thanks).startswith(begins)


@pytest.mark.parametrize(
    ("hours", "says"), [(24, "another 24 hours."), (1, "another hour."), (0, "#hcchat. A")]
)
def test_thanks_name_the_time_for_late_answers(hours: int, says: str) -> None:
    """Where there is no time for late answers, none is named."""
    thanks = said("post.thanks", "en", people=2, messages=3, hours=hours, hashtag="#hcchat")

    assert says in text_of(thanks)


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("en", "Thursday 3 December, 19:00 (Europe/London)"),
        ("de", "Donnerstag, 3. Dezember, 19:00 Uhr (Europe/London)"),
        ("fr", "jeudi 3 décembre à 19:00 (Europe/London)"),
    ],
)
def test_a_time_is_written_as_its_readers_write_it(language: str, says: str) -> None:
    """Each language has its own commas and dots in a date; the zone always follows."""
    assert local_time(datetime(2026, 12, 3, 19, tzinfo=UTC), "Europe/London", language) == says


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("en", "Quote me as “a patient”"),
        ("de", "Ja, als „eine betroffene Person“"),
        ("fr", "Oui, comme «\u202fune personne malade\u202f»"),
    ],
)
def test_a_quote_by_group_says_by_which(language: str, says: str) -> None:
    """Before saying yes, people read what will stand beside their words."""
    assert consent_buttons(language, group="patient")[1] == says


@pytest.mark.parametrize("arguments", [{}, {"group": "beekeeper"}])
def test_a_quote_of_no_known_group_is_one_without_a_name(arguments: dict[str, Argument]) -> None:
    """Nobody is asked to be quoted as nothing."""
    assert consent_buttons("en", **arguments)[1] == "Quote me without name"
