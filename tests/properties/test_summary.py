"""Laws of the summary, for every text that people may write and every history a chat may have."""

import unicodedata
from collections.abc import Callable
from functools import cache

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.core import events as e
from bot.core.names import MessageId, PersonId
from bot.insights.consent import quotable
from bot.markup import Quote as QuoteBlock
from bot.summary import canonical, delimited, html, markdown
from bot.summary.check import check, check_rendered
from bot.summary.compose import compose, recompose, selection_of
from bot.summary.document import Quote, Summary
from bot.summary.graphemes import boundary
from bot.summary.parts import length, parts
from bot.summary.spans import pieces, whole
from tests.unit.summary.chats import AFTERWARDS, MODERATOR, Story

# What breaks pages and tables: markup, control signs, tricks with direction, towers of marks, joined emoji.
NASTY = st.sampled_from(
    [
        *(
            "`",
            "``` ",
            "*",
            "**",
            "_",
            "__",
            "[",
            "](",
            "](http://evil.example)",
            "![",
            "~~",
            "$x$",
            "|",
            "||",
        ),
        *(
            "<b>",
            "</span>",
            "<!--",
            "&amp;",
            "&#0;",
            "<https://x.example>",
            "https://example.org/a_b*c",
            "{{ 7*7 }}",
            "{%",
        ),
        *(
            "\\",
            "\\\\",
            "\n",
            "\n\n",
            "\n> ",
            "\n# ",
            "\n- ",
            "\n1. ",
            "\n---\n",
            "\n===\n",
            "    ",
            "\t",
            "\r\n",
            "\r",
        ),
        *(
            "@everyone",
            "<!channel>",
            "=1+1",
            "'",
            '"',
            ",",
            ";",
            "\x00",
            "\x1b[31m",
            "\x85",
            "\ud800",
            "\ufeff",
        ),
        *(
            "\u202e",
            "\u2066",
            "\u2069",
            "\u200b",
            "\u200d",
            "\u2028",
            "a" + "\u0301" * 60,
            "👩\u200d👩\u200d👧",
            "🇮🇪",
            "אבג",
        ),
        *("[…]", "\n[…]\n", "A2: ", "#hcchat", "desk"),
    ]
)
TEXTS = st.lists(st.one_of(NASTY, st.text(max_size=8)), max_size=14).map("".join)
PEOPLE = st.sampled_from(["ada", "ben", "cleo", "dan"])


def a_quoted(text: str, name: str = "Ada") -> Summary:
    """Return a summary in which *text* is kept, under *name* and as a title, and said among others."""
    story = Story(quoting="named", questions=(text or "?",)).start().ask(1)
    for person in ("ada", "ben", "cleo"):
        story.keep(story.say(person, f"A1 {text}", 9))
    story.names.update(dict.fromkeys(story.names, name))
    story.kept.append(("title", 1, text))
    return compose(story.chat, story.texts, edition="public", at=AFTERWARDS)


@given(TEXTS, TEXTS)
def test_every_form_shows_exactly_what_was_said(text: str, name: str) -> None:
    """Whatever people write or call themselves, all forms give the quotes back letter by letter."""
    assert check_rendered(a_quoted(text, name)) == ()


@given(TEXTS)
def test_another_reader_of_markdown_sees_the_same_letters(text: str) -> None:
    """A Markdown program that is not ours displays the quote's letters and nothing but text."""
    summary = a_quoted(text)
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(markdown.render(summary))

    shown = list(displayed(tokens))
    expected = ["\n[…]\n".join(quote.text) for quote in summary.quotes()]
    assert [folded(text) for text in shown] == [folded(text) for text in expected]


def displayed(tokens: list[Token]) -> list[str]:
    """Return what each quotation displays; anything in it that is no text is named instead."""
    found: list[str] = []
    inside = False
    for token in tokens:
        inside = (inside or token.type == "blockquote_open") and token.type != "blockquote_close"
        if token.type == "blockquote_open":
            found.append("")
        elif inside and token.type == "inline":
            found[-1] += "".join(map(letters, token.children or []))
        elif inside and token.type not in {"paragraph_open", "paragraph_close"}:
            found[-1] += f"<{token.type}>"
    return found


def letters(token: Token) -> str:
    """Return what one piece of a line displays."""
    match token.type:
        case "text" | "text_special":
            return token.content
        case "hardbreak":
            return "\n"
        case _:
            return f"<{token.type}>"


def folded(text: str) -> str:
    """Return *text* as the other program may change it: carriage returns are line ends there."""
    return "\n".join(line.strip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))


@given(TEXTS, TEXTS)
def test_no_text_becomes_markup_of_the_page(text: str, name: str) -> None:
    """The page of a hostile chat has the same tags as that of a friendly one."""
    summary = a_quoted(text, name)
    page = html.render(summary)

    assert page.count("<script") == 0
    assert page.count("<b>") == page.count('preserveAspectRatio="none" aria-hidden')
    assert page.count("<blockquote") == sum(1 for _ in summary.quotes())


@given(TEXTS)
def test_no_cell_of_the_table_computes(text: str) -> None:
    """No cell begins with a sign that a spreadsheet obeys."""
    table = delimited.render(a_quoted(text))

    assert not [
        cell for cell in table.replace("\r\n", ",").split(",") if cell.startswith(("=", '"=', "＝", '"＝'))
    ]


@given(TEXTS)
def test_a_quote_is_a_part_of_the_text_that_pages_can_show(text: str) -> None:
    """Spans follow one another, show no control signs and begin and end with something to see."""
    story = Story().start().ask(1)
    story.say("ada", text, 9)
    spans = whole(text, story.chat.messages[MessageId("m1")].reading, "#hcchat", longest=40)

    ends = [0, *(end for _, end in spans)]
    assert all(before <= start < end for before, (start, end) in zip(ends, spans, strict=False))
    for piece in pieces(text, spans):
        assert piece == piece.strip()
        assert not [
            sign for sign in piece if unicodedata.category(sign) in {"Cc", "Cs"} and sign not in "\n\t\r"
        ]


@given(TEXTS, st.integers(min_value=0, max_value=80))
def test_a_text_is_never_cut_inside_a_character(text: str, at: int) -> None:
    """Wherever a text is cut, what follows does not lean on what went before."""
    place = boundary(text, at)

    assert place <= at
    assert place == len(text) or place == 0 or at - place >= 200 or not unicodedata.combining(text[place])


@given(TEXTS, st.integers(min_value=300, max_value=2500))
def test_every_post_fits_its_platform(text: str, post_length: int) -> None:
    """No post is longer than it may be, and no quote is lost."""
    summary = a_quoted(text * 5)
    posts = parts(summary, post_length=post_length)

    assert all(length(post.blocks) <= post_length for post in posts)
    shown = sum(isinstance(block, QuoteBlock) for post in posts for block in post.blocks)
    assert shown == sum(not quote.id.startswith(("resources", "audience")) for quote in summary.quotes())


DEEDS = (
    "say",
    "say",
    "say",
    "keep",
    "exchange",
    "react",
    "delete",
    "refuse",
    "forget",
    "edit",
    "lock",
    "drop",
)
HISTORY = st.lists(
    st.tuples(st.sampled_from(DEEDS), PEOPLE, st.integers(min_value=1, max_value=25)), max_size=60
)


def told(history: list[tuple[str, str, int]], quoting: str) -> Story:
    """Return the chat in which *history* happened."""
    story = Story(questions=("What helps?", "What hurts?"), quoting=quoting).start().ask(1)  # type: ignore[arg-type]
    for step, (what, person, number) in enumerate(history):
        if step == 20:
            story.ask(2, 20)
        _happen(story, what, person, number)
    return story


def _happen(story: Story, what: str, person: str, number: int) -> None:
    message = MessageId(f"m{number}")
    deeds: dict[str, Callable[[], object]] = {
        "say": lambda: story.say(
            person, f"{person} says {number} things of desk {number % 3} and flares", 10 + number / 10
        ),
        "keep": lambda: story.keep(message, "idea"),
        "exchange": lambda: story.keep_exchange(message, f"m{number + 1}"),
        "react": lambda: story.react(person, message),
        "delete": lambda: story.delete(message),
        "refuse": lambda: story.choose(person, "no"),
        "forget": lambda: story.happened(e.PersonForgotten(at=AFTERWARDS, person=PersonId(person))),
        "edit": lambda: story.edit(message, f"edited {number} words about desks and flares", 50),
        "lock": lambda: story.happened(e.MessageLocked(at=AFTERWARDS, message=message, by=MODERATOR)),
        "drop": lambda: story.change("drop", f"question/q1/{message}"),
    }
    deeds[what]()


@given(HISTORY, st.sampled_from(["ask", "named", "role", "closed"]))
def test_no_edition_shows_what_it_may_not(history: list[tuple[str, str, int]], quoting: str) -> None:
    """After any history each public quote is allowed now, found in the store, and themes keep their bounds."""
    story = told(history, quoting)
    public = compose(story.chat, story.texts, edition="public", at=AFTERWARDS)
    internal = compose(story.chat, story.texts, edition="internal", at=AFTERWARDS)

    assert all(quotable(story.chat, MessageId(quote.message)).as_ for quote in public.quotes())
    assert not [quote for quote in internal.quotes() if story.chat.messages[MessageId(quote.message)].locked]
    for summary in (public, internal):
        assert check(summary, story.texts, story.chat) == ()
        _assert_bounded(summary)


def _assert_bounded(summary: Summary) -> None:
    themed = [
        (section.id, entry)
        for section in summary.sections()
        if section.id.startswith("question/")
        for entry in section.entries
        if isinstance(entry, Quote)
    ]
    people = [quote.person for _, quote in themed]
    themes = [(section, quote.theme) for section, quote in themed]
    assert all(people.count(person) <= 2 for person in people)
    assert all(themes.count(theme) <= 3 for theme in themes)
    assert len(set(themes)) <= 9


@given(HISTORY, HISTORY)
def test_a_published_summary_only_ever_loses_quotes(
    before: list[tuple[str, str, int]], after: list[tuple[str, str, int]]
) -> None:
    """Whatever happens after publication, no quote comes in, changes its words or gains a name."""
    story = told(before, "role")
    draft = compose(story.chat, story.texts, edition="public", at=AFTERWARDS)
    selection = selection_of(draft)
    published = e.SummaryPublished(
        at=AFTERWARDS, edition=1, selection=selection, composer=1, parts=1, cause="command"
    )
    story.happened(published)
    for what, person, number in after:
        _happen(story, what, person, number)

    later = recompose(selection, story.chat, story.texts, "public")

    words = {quote.id: (quote.text, quote.quoted_as) for quote in draft.quotes()}
    assert {quote.id: (quote.text, quote.quoted_as) for quote in later.quotes()}.items() <= words.items()
    assert check(later, story.texts, story.chat) == ()


@given(st.permutations(range(8)))
def test_the_order_in_which_messages_arrive_changes_nothing(order: list[int]) -> None:
    """Platform time, platform sequence and id decide; late and shuffled deliveries give the same summary."""
    assert arrived(tuple(order)) == arrived(tuple(range(8)))


@cache
def arrived(order: tuple[int, ...]) -> str:
    """Return the summary of a chat whose messages were delivered in *order*."""
    said = Story()
    for place in range(8):
        said.say(
            f"p{place}", f"A1 this is what helps person {place} with desk {place % 3} every day", 9 + place
        )
    story = Story().start().ask(1)
    messages = (said.chat.messages[MessageId(f"m{place + 1}")].heard for place in order)
    story.happened(*(message for message in messages if message is not None))
    return canonical.render(compose(story.chat, said.texts, edition="public", at=AFTERWARDS))
