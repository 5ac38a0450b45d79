"""What else the reader notes: small talk, questions, reposts, links, hashtags, personal data."""

import re

import pytest

from bot.core import labels, reading, smalltalk
from bot.core.names import PersonId
from bot.core.reading import Reading, read
from bot.safety import personal


@pytest.mark.parametrize(
    "text",
    [
        "hi",
        "Hi everyone!",
        "@mira hello from Sligo",
        "Hi everyone, Mira from Sligo, carer for my mum",
        "Hello, I'm Mira, a rheumatology nurse in Sligo with far too many leaflets",
        "Good evening all 👋",
        "My name is Mira and I look after clinics",
        "Mira here, patient",
        "Bye all, have to run",
        "Guten Abend zusammen",
        "Mein Name ist Jonas, ich arbeite in einer Klinik",
        "Tschüss, bis bald",
        "Bonjour à tous, je suis infirmière à Lyon",
        "Au revoir",
    ],
)
def test_hellos_introductions_and_goodbyes_are_greetings(text: str) -> None:
    """Saying who you are answers no question."""
    assert read(text).greeting


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Hi, I was worried about the dose and nobody told me what to do about it",
        "Hi, how do you cope?",
        "Support from family",
        "Highlights of my year were walks",
        "Hello from Sligo, A2: plain words",
        "Hi, " + "plain words help " * 12,
        "My name is Mira, and " + "plain words help " * 12,
    ],
)
def test_a_hello_before_something_else_is_no_greeting(text: str) -> None:
    """An answer stays an answer, however politely it begins."""
    assert not read(text).greeting


@pytest.mark.parametrize(
    "text",
    [
        "+1",
        "@mira +1",
        "+1 to what Mira said",
        "thanks!",
        "Thank you so much for sharing that",
        "so true",
        "This!",
        "Great point",
        "I totally agree with Mira.",
        "👍👍",
        "!!!",
        "👍" * 200,
        "genau",
        "Vielen Dank",
        "Merci beaucoup",
        "tout à fait",
    ],
)
def test_nods_and_thanks_are_acknowledgements(text: str) -> None:
    """What only nods can't be quoted."""
    assert read(text).acknowledgement


@pytest.mark.parametrize(
    "text",
    [
        "Yes, but only when the doctor listens",
        "the point for me",
        "I agree with Mira about clinics",
        "+100 clinics",
        "A2 yes",
        "#A2 yes",
        "Clinics",
        "Thanks to my nurse I could go back to work after a year",
    ],
)
def test_whoever_adds_something_does_more_than_nod(text: str) -> None:
    """One word of one's own is enough."""
    assert not read(text).acknowledgement


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("Does it help?", True),
        ("Does it help? #hcchat https://example.org/a 🙂", True),
        ("Does it help？", True),
        ("Does it help? I think so", False),
        ("See https://example.org/?page=1", False),
        ("It helps", False),
    ],
)
def test_a_question_ends_by_asking(text: str, asks: bool) -> None:
    """Hashtags and links may follow the question mark, words may not."""
    assert read(text).question is asks


@pytest.mark.parametrize(
    ("text", "repost"),
    [
        ("RT @mira plain words", True),
        ("So good! RT @mira: plain words", True),
        ("MT @mira plain words", True),
        ("plain words via @mira", True),
        ("START @mira", False),
        ("via train", False),
        ("@mira plain words", False),
    ],
)
def test_somebody_else_s_words_are_a_repost(text: str, repost: bool) -> None:
    """What was copied is not quoted as the copier's own."""
    assert read(text).repost is repost


def test_links_and_words_are_counted() -> None:
    """Resources are found by their links."""
    found = read("See https://example.org/a and <http://example.org/b|this> or www.example.org")

    assert (found.links, found.words, found.length) == (3, 6, 76)


def test_hashtags_are_counted_without_labels() -> None:
    """#A2 is a label, #1 a number, and what stands in a link is part of the link."""
    found = read("#HCchat #hcchat #A2 #1 #mütter https://example.org/#top page#two &#39;")

    assert found.hashtags == 3


def test_people_addressed_are_passed_on() -> None:
    """The adapter knows who is meant; the reader only keeps it."""
    assert read("yes", mentions=(PersonId("p1"),)).mentions == ("p1",)


def test_a_pasted_address_holds_a_message_back() -> None:
    """A moderator looks before an address or a number is published."""
    assert read("write to mira@example.org or call 020 7946 0958").held_back == ("email", "phone")
    assert read("plain words").held_back == ()


def test_nothing_said_is_read_as_nothing_but_a_nod() -> None:
    """A picture without words has no words to quote."""
    assert read("") == Reading(acknowledgement=True)


# All that is ever matched against a whole text; every other pattern sees a piece of bounded length.
WHOLE_TEXT = {
    f"{module.__name__}.{name}": vars(module)[name].pattern
    for module, names in (
        (personal, ("_EMAIL", "_SPELT_EMAIL", "_SEVEN_DIGITS", "_NUMBER")),
        (reading, ("_DIGIT", "_HASHTAG")),
        (smalltalk, ("_BEFORE", "_LINK", "_REPOST", "_WORD")),
        (labels, ("_BEFORE",)),
    )
    for name in names
}


@pytest.mark.parametrize("name", WHOLE_TEXT)
def test_no_pattern_gives_back_without_a_bound(name: str) -> None:
    """A pattern that never gives back what it took walks through a text once, whatever the text holds."""
    plain = re.sub(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", "x", WHOLE_TEXT[name])

    assert re.findall(r"(?<![*+}])[*+](?!\+)|\{\d+,\}(?!\+)", plain) == []


@pytest.mark.parametrize(
    "piece",
    ["A1 ", "A1" + " " * 50, "\n", "#a", "#ab ", "@", "?", "hi ", "www.", "http://a ", "RT @", "<@", "_", "👍", " ",
     "a@", "a.b@", "x@a.a.a1 ", "(at)", "a (at) b ", "1", "1 ", "+", "(", "2026-12-03 a ", "020 7946 0000 a "],
)  # fmt: skip
def test_forty_thousand_hostile_characters_are_read_whole(piece: str) -> None:
    """The longest message of any platform is read like any other, whatever it repeats."""
    text = piece * (40_000 // len(piece))

    assert read(text).length == len(text)


def test_the_reader_says_nothing_of_who_wrote() -> None:
    """No field of a reading can hold the words themselves, hashtags neither: some are as good as a name."""
    found = read("Mira Fennimore from Sligo says plain words help")

    assert "Fennimore" not in repr(found)
