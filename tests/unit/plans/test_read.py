"""Reading plan files: every slip is told with its line and its fix."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadInput
from bot.plans.model import Plan, Question
from bot.plans.read import read_plan
from tests.unit.plans.plan_texts import GOOD, LANGUAGES, a_plan, read, spoilt, wall


def slip(text: str | bytes) -> BadInput:
    """Return what is said about *text*."""
    with pytest.raises(BadInput) as caught:
        read_plan(text, name="plan.toml", languages=LANGUAGES)
    return caught.value


def test_a_plan_with_the_least_has_sensible_defaults() -> None:
    """Whoever writes only a title, a hashtag, a time and questions gets a quiet, safe hour."""
    plan = a_plan()

    assert (plan.minutes, plan.language, plan.rooms) == (60, "en", ("local/main",))
    assert (plan.quoting, plan.publish, plan.pace) == ("role", "review", "clock")
    assert (plan.introductions, plan.reminders_hours, plan.late_answers_hours) == (8, (24, 0.5), 24)


def test_the_hashtag_is_kept_in_lower_case() -> None:
    """#HCchat and #hcchat are one series."""
    assert read(GOOD.replace("#hcchat", "#HCchat")).hashtag == "#hcchat"


def test_reminders_go_out_in_their_order_however_they_were_written() -> None:
    """The earliest reminder comes first."""
    assert a_plan("reminders_hours = [0.5, 24, 2]").reminders_hours == (24, 2, 0.5)


@pytest.mark.parametrize(
    ("top", "says", "fix"),
    [
        ('hashtagg = "#x"', 'no field "hashtagg"', 'Did you mean "hashtag"?'),
        ("moderater = []", 'no field "moderater"', 'Did you mean "moderators"?'),
        ("banana = 1", 'no field "banana"', "Take it away"),
        ("at = 8", 'no field "at"', "below the [[questions]]"),
        ('minutes = "60"', '"minutes" must be a whole number', "minutes = 60"),
        ("minutes = true", '"minutes" must be a whole number', "minutes = 60"),
        ("minutes = 60.5", '"minutes" must be a whole number', "minutes = 60"),
        ("minutes = 4", '"minutes" must be at least 5', "minutes = 60"),
        ("minutes = 241", '"minutes" must be at most 240', "minutes = 60"),
        ("think = nan", '"think" must be a number', "think = 1"),
        ("think = 6", '"think" must be at most 5', "think = 1"),
        ("wrap = true", '"wrap" must be a number', "wrap = 1"),
        ("introductions = -1", '"introductions" must be at least 0', "introductions = 8"),
        ("late_answers_hours = 169", "at most 168", "late_answers_hours = 24"),
        ("reminders_hours = [24, 0]", "must be more than 0", "[24, 0.5]"),
        ("reminders_hours = [24, 24]", "there twice", "Take one"),
        ('rooms = "local/main"', "must be a list", '["local/main"]'),
        ("rooms = []", '"rooms" is empty', '["local/main"]'),
        ('rooms = ["main"]', "<platform>/<room>", '["local/main"]'),
        ('rooms = ["local/Main Hall"]', "<platform>/<room>", '["local/main"]'),
        ('rooms = ["local/Main_Hall"]', "a to z", '"local/main-hall"'),
        ('rooms = ["local/../x"]', "a to z", '"local/x"'),
        ('rooms = ["local/@"]', "a to z", '"local/main"'),
        ('quoting = "maybe"', '"ask", "named", "role" or "closed"', 'quoting = "role"'),
        ('publish = "now"', '"review" or "auto"', 'publish = "review"'),
        ('pace = "fast"', '"clock" or "manual"', 'pace = "clock"'),
        ('language = "tlh"', 'does not speak "tlh"', "de, en, fr"),
        ("why = 7", '"why" must be a text', "why = "),
        ('why = "  "', "The text is empty", "leave the field out"),
        ('why = "a\\u202Eb"', "hidden character (U+202E)", "Type the text again"),
        ('guest = "a\\nb"', "two lines", "one line"),
        (f'sponsor = "{"x" * 201}"', "more than 200 characters", "sponsor = "),
        (f"groups = [{'1,' * 2}]", '"groups" must be a text', "groups = "),
        ('next_date = "2026-12-03 19:30"', "not after this one", "later date"),
        ("next_date = 2026-12-10", "not a date with a time", "2026-12-03 19:00"),
        ('next_date = "2027-03-28 01:30"', "does not exist in Europe/London", "Write 02:30, or 00:30."),
        ('next_date = "soon"', "is not a date and time", "2026-12-03 19:00"),
        ('repeats = "FREQ=SECONDLY"', "is not understood", "FREQ=MONTHLY"),
        ('repeats = "monthly"', "not a part of a rule", "FREQ=MONTHLY"),
        ("why = Hello", "cannot be read (Invalid value)", "between quotes"),
        ("why = 'never closed", "cannot be read", "between quotes"),
        ('why = "closed by nobody', "cannot be read", "between quotes"),
        ('zone = "Europe/Paris"', "there twice", "Keep one"),
    ],
)
def test_a_slip_is_told_with_its_line_and_its_fix(top: str, says: str, fix: str) -> None:
    """Whoever mistypes line 6 hears of line 6, and what to write instead."""
    told = slip(spoilt(top))

    assert told.place == "plan.toml:6"
    assert says in told.problem
    assert fix in told.fix
    assert told.others == ()


@pytest.mark.parametrize(
    ("question", "says", "fix"),
    [
        ('texxt = "a"', 'no field "texxt"', 'Did you mean "text"?'),
        ('why = "a"', 'no field "why"', "above the first [[questions]]"),
        ('at = "soon"', '"soon" is not a time in the chat', "19:08"),
        ("at = 500", '"500" is not a time in the chat', "minutes from the start"),
        ("at = -1", '"-1" is not a time in the chat', "minutes from the start"),
        ("at = inf", '"inf" is not a time in the chat', "minutes from the start"),
        ("at = true", '"True" is not a time in the chat', "minutes from the start"),
        ("at = 19:08:30", "is not a time in the chat", "19:08"),
        ('at = "18:50"', "Q1 opens before the chat starts", "after the start"),
        ("minutes = 0", '"minutes" must be at least 1', "minutes = 60"),
        ("objective = 1", "There is no objective 1: the plan has 0", "from 1"),
        ("objective = true", '"objective" must be a whole number', "objective = 1"),
        ("objective = 0", '"objective" must be at least 1', "objective = 1"),
    ],
)
def test_a_slip_below_a_question_is_told_with_its_line(question: str, says: str, fix: str) -> None:
    """The line is that of the field inside the question, not of the question."""
    told = slip(spoilt(question=question))

    assert told.place == "plan.toml:10"
    assert says in told.problem
    assert fix in told.fix
    assert told.others == ()


@pytest.mark.parametrize(
    ("old", "new", "place", "says"),
    [
        ("2026-12-03 19:00", "2027-03-28 01:30", "plan.toml:3", "clocks go from 01:00 to 02:00"),
        ("2026-12-03 19:00", "2027-10-31 01:30", "plan.toml:3", "exists twice in Europe/London"),
        ("Europe/London", "Europe/Londn", "plan.toml:4", 'no time zone "Europe/Londn"'),
        ("#hcchat", "hcchat", "plan.toml:2", "A hashtag is #"),
        ('text = "What keeps', 'txt = "What keeps', "plan.toml:9", 'no field "txt"'),
        ("What keeps you awake after a night shift?", "", "plan.toml:9", "The text is empty"),
        (
            '[[questions]]\ntext = "What has',
            '[[question]]\ntext = "What has',
            "plan.toml:11",
            'no field "question"',
        ),
        ("[closing]", "[ending]", "plan.toml:17", 'no field "ending"'),
        ('text = "What will', 'word = "What will', "plan.toml:17", '"text" is missing'),
        ('["Andrew", "Meera"]', '[\n"Andrew",\n"Meera",\n7,\n]', "plan.toml:8", "must be a text"),
        ('title = "Sleep and shift work"\n', "", "plan.toml:1", '"title" is missing'),
        ('["Andrew", "Meera"]', '["Andrew"', "plan.toml:5", "Unclosed array"),
        ('"2026-12-03 19:00"', "2026-12-03 19:00:30", "plan.toml:3", "without seconds"),
        ('["Andrew", "Meera"]', '["Andrew",', "plan.toml:8", "Invalid value"),
    ],
)
def test_the_line_of_a_spoilt_text_is_found(old: str, new: str, place: str, says: str) -> None:
    """Lists over several lines, missing fields and misspelt tables still have the line where one looks."""
    told = slip(GOOD.replace(old, new))

    assert told.place == place
    assert says in told.problem


def test_a_misspelt_field_is_not_called_missing_as_well() -> None:
    """One slip is told once."""
    told = slip(GOOD.replace("starts =", "start ="))

    assert told.fix == 'Did you mean "starts"?'
    assert told.others == ()


def test_the_first_slip_is_told_and_the_others_are_listed_in_order() -> None:
    """A file with three slips is mended in one go."""
    told = slip(spoilt("banana = 1", "at = 'x'").replace("#hcchat", "hcchat"))

    assert told.place == "plan.toml:2"
    assert [other.split(" ")[0] for other in told.others] == ["plan.toml:6:", "plan.toml:10:"]


def test_questions_stand_in_the_order_of_their_times() -> None:
    """Q2 at +5 after Q1 at +10 is told at Q2's own line."""
    text = spoilt(question="at = 10").replace('to sleep?"\n', 'to sleep?"\nat = 5\n')

    told = slip(text)

    assert told.place == "plan.toml:13"
    assert "Q2 opens at +5 minutes, not after Q1 (+10)" in told.problem


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (b"title = 'a'\n# \xff", "plan.toml:2"),
        (b"x" * (64 * 1024 + 1), "plan.toml"),
        ("a = " + "[" * 30_000, "plan.toml:1"),
        ("a = " + "9" * 5_000, "plan.toml:1"),
        ("\n" + "a." * 20_000 + "b = 1", "plan.toml:2"),
        ("\n" + "'a' . " * 5_000 + "b = 1", "plan.toml:2"),
        ("", "plan.toml:1"),
    ],
)
def test_a_file_that_is_no_plan_is_refused_quickly(text: str | bytes, place: str) -> None:
    """Pictures, essays and hostile files get one sentence, at once."""
    assert slip(text).place == place


def test_a_file_of_another_editor_is_read() -> None:
    """Windows line ends and a byte order mark are no slips."""
    assert (
        read_plan(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode(), name="p", languages=LANGUAGES)
        == a_plan()
    )


def test_a_start_many_years_ahead_is_asked_about() -> None:
    """2062 for 2026 is a slip of the finger."""
    today = datetime(2026, 11, 3, tzinfo=UTC)
    text = GOOD.replace("2026-12-03", "2062-12-03")

    with pytest.raises(BadInput, match=r"plan.toml:3: The chat starts in 2062. Is the year right\?"):
        read_plan(text, name="plan.toml", languages=LANGUAGES, today=today)


def test_a_replay_may_fill_what_the_file_leaves_out() -> None:
    """A past chat has its start in its log, so its plan needs none; what the file says stands."""
    text = GOOD.replace('starts = "2026-12-03 19:00"\n', "").replace('zone = "Europe/London"\n', "")
    known = {"starts": wall("2019-05-02 18:00"), "zone": "UTC", "title": "not this"}

    plan = read_plan(text, name="plan.toml", languages=LANGUAGES, past=known)

    assert plan.starts_at == datetime(2019, 5, 2, 18, tzinfo=UTC)
    assert plan.title == "Sleep and shift work"


PIECES = st.sampled_from(
    [
        '"',
        "'",
        "[",
        "]",
        "{",
        "}",
        "=",
        "\n",
        "#",
        ".",
        ",",
        "\\",
        '"""',
        "[[questions]]\n",
        "at = 1\n",
        "\x00",
        "é",
    ]
)
VALUES = st.sampled_from(
    [
        "true",
        "0",
        "-7",
        "9223372036854775808",
        "1e400",
        "nan",
        '""',
        '"x"',
        "[]",
        "[[1]]",
        "{}",
        "{ a = 1 }",
        "[{ text = 1 }]",
        "2026-12-03",
        "19:00:00",
        "2026-12-03T19:00:00.5+23:59",
        "0001-01-01 00:00:00",
        "9999-12-31T23:59:00-12:00",
        '"9999-12-31 23:59"',
        '"FREQ=YEARLY;INTERVAL=99;BYDAY=-5SU;BYSETPOS=-5"',
    ]
)


def is_told_or_read(text: str) -> bool:
    """Return whether *text* is a plan, or is refused in a sentence with a line of the file."""
    try:
        read_plan(text, name="plan.toml", languages=LANGUAGES)
    except BadInput as told:
        line = int(told.place.removeprefix("plan.toml:"))
        return 1 <= line <= text.count("\n") + 1 and bool(told.problem and told.fix)
    return True


@given(st.integers(0, len(GOOD)), st.integers(0, 30), st.lists(PIECES, max_size=4).map("".join))
def test_no_spoilt_file_is_met_with_silence_or_a_crash(at: int, cut: int, pieces: str) -> None:
    """Whatever a slip of the finger does to a file, the answer is a plan or a sentence with a line."""
    assert is_told_or_read(GOOD[:at] + pieces + GOOD[at + cut :])


@given(
    st.sampled_from(sorted(Plan.model_fields)), st.sampled_from(sorted(Question.model_fields)), VALUES, VALUES
)
def test_any_value_in_any_field_is_taken_or_told(field: str, inner: str, value: str, other: str) -> None:
    """Every kind of value that TOML has may stand in every field without a crash."""
    kept = "\n".join(line for line in GOOD.split("\n") if not line.startswith(f"{field} ="))

    assert is_told_or_read(f"{field} = {value}\n{kept}")
    assert is_told_or_read(spoilt(question=f"{inner} = {other}"))


def test_a_file_full_of_slips_lists_twenty_of_them() -> None:
    """Nobody reads two thousand lines of complaints."""
    told = slip(GOOD + "".join(f"x{number} = 1\n" for number in range(2000)))

    assert len(told.others) == 20
