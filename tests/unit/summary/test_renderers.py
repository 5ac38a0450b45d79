"""What the summary looks like as Markdown, page, JSON, table and posts."""

import csv
import io
import json
from datetime import timedelta
from pathlib import Path

import jsonschema
import pytest

import bot.summary
from bot.markup import Buttons, Content, Heading, Paragraph
from bot.markup import Quote as QuoteBlock
from bot.summary import canonical, charts, delimited, html, markdown
from bot.summary.check import check_rendered
from bot.summary.compose import compose
from bot.summary.document import Number, Point, Summary
from bot.summary.parts import length, parts
from tests.unit.summary.chats import AFTERWARDS, START, Story, a_full_hour

GOLDEN = Path(__file__).parents[2] / "golden" / "summary"


def summary_of(story: Story) -> Summary:
    """Return the public draft of *story*."""
    return compose(story.chat, story.texts, edition="public", at=AFTERWARDS)


def a_summary() -> Summary:
    """Return the summary of a full hour, with a next date."""
    return summary_of(a_full_hour(next_at=START + timedelta(days=28)))


def a_quoted(text: str, name: str = "ada") -> Summary:
    """Return a summary whose first quote is *text*, by somebody called *name*."""
    story = Story(quoting="named").start().ask(1).join("p")
    story.names.update(dict.fromkeys(story.names, name))
    story.keep(story.say("p", text, 9))
    return summary_of(story)


def a_series(*values: float) -> Number:
    """Return a number with a part for each value."""
    series = tuple(Point(label=f"{place}", value=value) for place, value in enumerate(values))
    return Number(id="number/x", label="X", value=sum(values), text="x", series=series)


@pytest.mark.parametrize("name", ["summary.md", "summary.html", "summary.json", "summary.csv"])
def test_a_known_chat_still_reads_well(name: str) -> None:
    """The summary of a full hour is, letter by letter, the one that was read and found good."""
    render = {
        "summary.md": markdown.render,
        "summary.html": html.render,
        "summary.json": canonical.render,
        "summary.csv": delimited.render,
    }[name]

    assert render(a_summary()) == (GOLDEN / name).read_bytes().decode()


def test_every_renderer_gives_the_quotes_back() -> None:
    """What is shown is what was said, in every form."""
    assert check_rendered(a_summary()) == ()


def test_the_same_summary_is_always_the_same_json() -> None:
    """Files can be compared byte by byte, and read back."""
    summary = a_summary()

    text = canonical.render(summary)

    assert text == canonical.render(a_summary())
    assert canonical.read(text) == summary


def test_the_schema_beside_the_code_is_the_documents() -> None:
    """Whoever reads summary.json elsewhere can rely on the published schema."""
    published = (Path(bot.summary.__file__).parent / "summary.schema.json").read_text("utf-8")

    assert published == canonical.schema()
    jsonschema.Draft202012Validator.check_schema(json.loads(published))
    jsonschema.validate(json.loads(canonical.render(a_summary())), json.loads(published))


def test_markdown_links_each_quote_to_its_place() -> None:
    """With a transcript, the time beside a quote leads to the line itself."""
    text = markdown.render(a_summary(), transcript="transcript.html")

    assert "[19:09](<transcript.html#m9>)" in text


def test_a_moderators_heading_stands_above_its_theme() -> None:
    """Themes have headings in every form."""
    story = (
        a_full_hour()
        .words("heading/1", "*Desks*")
        .change("heading", "question/q1/theme/1", heading="heading/1")
    )
    summary = summary_of(story)

    assert "#### \\*Desks\\*" in markdown.render(summary)
    assert '<h4 dir="auto">*Desks*</h4>' in html.render(summary)


def test_a_name_cannot_turn_the_line_around() -> None:
    """Names are isolated: what follows them reads in its own direction."""
    summary = a_quoted("A1 a desk for everybody in the office", name="אדה")

    assert "\u2068אדה\u2069" in markdown.render(summary)
    assert "<bdi>אדה</bdi>" in html.render(summary)


def test_a_hostile_quote_stays_letters_on_the_page() -> None:
    """Scripts, comments and closing tags are shown, not obeyed."""
    text = "</blockquote></title><script>alert(1)</script><!-- {{ 7*7 }} <img src=x onerror=alert(1)>"

    page = html.render(a_quoted(text, name="<b onclick=x>Eve"))

    assert "<script" not in page
    assert "<img" not in page
    assert "<b onclick" not in page
    assert "{{ 7*7 }}" in page
    assert html.decode(page)[0] == (text,)


def test_the_page_needs_nothing_else() -> None:
    """No scripts, no fonts, no pictures from elsewhere: the file opens without a network for ever."""
    page = html.render(a_summary())

    assert '<html lang="en">' in page
    assert "default-src &#39;none&#39;" in page or "default-src 'none'" in page
    assert "src=" not in page
    assert "@import" not in page


def test_the_page_leads_from_a_quote_to_its_place_and_from_a_resource_to_it() -> None:
    """Sources can be looked at; links of participants lend nobody our good name."""
    page = html.render(a_summary(), transcript="transcript.html")

    assert '<a href="transcript.html#m9">19:09</a>' in page
    assert 'href="https://example.org/keyboards" rel="noopener noreferrer nofollow"' in page


def test_every_chart_says_the_same_in_words() -> None:
    """A chart has a name and its numbers stand beside it."""
    page = html.render(a_summary())

    assert 'role="img" aria-label="Chart: Messages per minute"' in page
    assert '<th scope="row">19:02</th><td>8</td>' in page
    assert "<span>Q1</span>" in page


def test_few_points_are_bars_and_many_a_course() -> None:
    """Sixty minutes are a course over time, six groups a bar each."""
    few, many = a_series(1, 2, 4), a_series(*range(60))
    course = charts.columns(many)

    assert charts.columns(few) is None
    assert [bar.share for bar in charts.bars(few)] == [25, 50, 100]
    assert course is not None
    assert [tick.label for tick in course.ticks] == ["0", "10", "20", "30", "40", "50"]
    assert course.columns[-1].y == 0


def test_a_chart_of_nothing_has_no_bars_to_speak_of() -> None:
    """Zeros are drawn as zeros."""
    course = charts.columns(a_series(*[0] * 30))

    assert course is not None
    assert {column.height for column in course.columns} == {0}
    assert charts.bars(a_series()) == ()


@pytest.mark.parametrize("text", ["=1+1", "+1 desk", "-2 desks", "@SUM(A1)", "＝1+1", "'quoted' desk"])
def test_no_cell_is_a_formula(text: str) -> None:
    """A spreadsheet shows what was said and computes nothing."""
    table = delimited.render(a_quoted(text))

    cells = [cell for row in csv.reader(io.StringIO(table, newline="")) for cell in row]
    assert f"'{text}" in cells
    assert delimited.decode(table)[0] == (text,)


def test_a_quote_that_talks_of_gaps_is_not_taken_for_two() -> None:
    """The sign for "something is missing" may itself be quoted."""
    text = "one \n[…]\n two\x00three"
    pieces = ("one \n[…]\n two", "three")
    summary = a_quoted(text)

    assert markdown.decode(markdown.render(summary))[0] == pieces
    assert html.decode(html.render(summary))[0] == pieces
    assert delimited.decode(delimited.render(summary))[0] == pieces


def test_a_renderer_that_loses_a_letter_is_caught() -> None:
    """Each form is read back and compared; one that differs is named."""
    summary = a_summary()

    def lossy(summary: Summary) -> str:
        return markdown.render(summary).replace("desk", "disk")

    assert [problem.what for problem in check_rendered(summary, (("markdown", lossy, markdown.decode),))] == [
        "markdown"
    ]


# --- posts ------------------------------------------------------------------------------------------------


def texts(content: Content) -> str:
    """Return everything that a post says."""
    found = []
    for block in content.blocks:
        match block:
            case Paragraph(runs=runs):
                found += [run.text for run in runs]
            case QuoteBlock(text=text):
                found.append(text)
            case Heading(text=text):
                found.append(text)
            case _:
                pass
    return "\n".join(found)


def test_the_first_post_has_what_happened_and_the_link() -> None:
    """Who reads one post knows the essentials and where the rest is."""
    first = parts(a_summary(), post_length=2000, link="https://chats.example/1")[0]

    assert "8 people wrote 58 messages" in texts(first)
    assert "https://chats.example/1" in {
        run.link for block in first.blocks if isinstance(block, Paragraph) for run in block.runs
    }
    assert first.label == "summary"


@pytest.mark.parametrize("post_length", [300, 500, 2000, 4000])
def test_every_post_fits_and_no_quote_is_torn(post_length: int) -> None:
    """Posts stay below the platform's limit, and hold each quote whole."""
    summary = a_summary()
    posts = parts(summary, post_length=post_length)

    assert all(length(post.blocks) <= post_length for post in posts)
    shown = [block.text for post in posts for block in post.blocks if isinstance(block, QuoteBlock)]
    in_rooms = [quote for quote in summary.quotes() if not quote.id.startswith("resources")]
    assert shown == [" […] ".join(quote.text) for quote in in_rooms]


def test_one_post_is_not_numbered() -> None:
    """Part one of one is nobody's business."""
    assert "Part" not in texts(parts(a_summary(), post_length=100_000)[0])
    assert "Part 1 of" in texts(parts(a_summary(), post_length=600)[0])


def test_what_holds_no_text_takes_little_room() -> None:
    """Buttons that a platform adds below a post count as a block."""
    assert length([Buttons(buttons=())]) < 10


def test_signs_that_a_platform_writes_out_count_as_what_they_become() -> None:
    """One platform turns "&" into five letters, and a post must still fit."""
    assert length([Heading(text="&<>*")]) - length([Heading(text="")]) == len("&amp;&lt;&gt;\\*")


def test_a_quote_longer_than_a_post_is_cut_between_two_characters() -> None:
    """Only then, and with a sign that there is more."""
    posts = parts(a_quoted("👩‍👩‍👧‍👦" * 200), post_length=300)

    quotes = [block.text for post in posts for block in post.blocks if isinstance(block, QuoteBlock)]
    assert quotes[0].endswith("👩‍👩‍👧‍👦…")
    assert all(length(post.blocks) <= 300 for post in posts)


def test_a_question_longer_than_a_post_is_cut_too() -> None:
    """Whatever the organisers wrote, the platform's limit holds."""
    story = Story(questions=("Why? " * 300,)).words("why", "because " * 300).start().ask(1)
    story.say("ada", "A1 a desk for everybody in the office", 9)

    posts = parts(summary_of(story), post_length=400, link="https://chats.example/1")

    assert all(length(post.blocks) <= 400 for post in posts)
    assert "Why? Why?" in "".join(map(texts, posts))
