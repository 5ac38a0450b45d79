"""MeetBot's rules: what a meeting's commands keep, and who may give them."""

from datetime import date

import pytest

from bot.transcripts import Entry, Transcript, read_content

START = "19:00:00 <anna> #startmeeting Living with RA"
ANNOUNCED = "19:00:00 <chatbot> Meeting started Thu Dec  3 19:00:00 2026 UTC.  The chair is anna."


def meeting(*lines: str, start: str = START) -> Transcript:
    """Return a meeting that anna chairs, with *lines* after its start."""
    content = "\n".join((start, *lines)).encode()
    return read_content(content, "irc", name="hcchat.log", day=date(2026, 12, 3))


def commands(*lines: str, start: str = START) -> list[tuple[str | None, dict[str, str]]]:
    """Return the commands in *lines*, without the start."""
    found = [entry for entry in meeting(*lines, start=start).entries if entry.kind == "command"]
    return [(entry.command, dict(entry.arguments)) for entry in found if entry.command != "start"]


def kept(*lines: str) -> list[tuple[str, str]]:
    """Return tag and words of what stands in the minutes at the end."""
    entries = meeting(*lines).entries
    texts = {entry.id: entry.text for entry in entries if entry.kind == "message"}
    minutes: dict[str, tuple[str, str]] = {}
    for entry in entries:
        message = entry.arguments.get("message", "")
        if entry.command == "undo":
            del minutes[message]
        elif entry.command == "keep":
            minutes[message] = entry.arguments["tag"], _span(texts[message], entry)
        elif entry.command == "question":
            minutes[message] = "question", entry.arguments["text"]
    return list(minutes.values())


def _span(text: str, entry: Entry) -> str:
    return text[int(entry.arguments["start"]) : int(entry.arguments["end"])]


def test_every_line_stays_a_message_and_its_command_follows_it() -> None:
    """The transcript loses nothing to the commands."""
    entries = meeting("19:05:00 <ben> #info Heat helps my hands").entries

    assert [(entry.kind, entry.id, entry.sequence) for entry in entries] == [
        ("message", "l000001", 1),
        ("command", "l000001c", 1),
        ("message", "l000002", 2),
        ("command", "l000002c", 2),
    ]
    assert entries[2].text == "#info Heat helps my hands"
    assert entries[3].author == entries[2].author


def test_the_start_names_the_chat_and_its_moderator() -> None:
    """Who starts a meeting chairs it."""
    start = meeting("19:01:00 <ben> hello").entries[1]

    assert (start.command, dict(start.arguments)) == ("start", {"title": "Living with RA"})
    assert start.author is not None
    assert start.author.role == "moderator"


@pytest.mark.parametrize(
    ("line", "tag", "words"),
    [
        ("#info Heat helps my hands", "info", "Heat helps my hands"),
        ("#INFO  Heat helps", "info", "Heat helps"),
        ("#idea a quiet hour", "idea", "a quiet hour"),
        ("#action ben writes to the ward", "action", "ben writes to the ward"),
        ("#link https://example.org/ra a leaflet", "link", "https://example.org/ra a leaflet"),
        ("#help we need a translator", "help", "we need a translator"),
        ("#halp we need a translator", "help", "we need a translator"),
        ("https://example.org/ra ?", "link", "https://example.org/ra ?"),
    ],
)
def test_anybody_may_note_and_link(line: str, tag: str, words: str) -> None:
    """A participant's #info, #idea, #action, #link, #help and bare link are kept, by their words alone."""
    assert kept(f"19:05:00 <ben> {line}") == [(tag, words)]


@pytest.mark.parametrize("word", ["agreed", "agree", "accepted", "accept"])
def test_a_decision_is_the_chairs(word: str) -> None:
    """Only who chairs can say what was agreed."""
    lines = (f"19:05:00 <ben> #{word} longer visits", f"19:06:00 <anna> #{word} shorter forms")

    assert kept(*lines) == [("agreed", "shorter forms")]


def test_a_rejection_is_not_filed_as_agreement() -> None:
    """What was turned down keeps a name of its own."""
    assert kept("19:05:00 <anna> #rejected a second hour") == [("rejected", "a second hour")]


def test_only_chairs_set_topics_undo_and_end() -> None:
    """A participant's #topic, #undo, #chair and #endmeeting are only words."""
    lines = ("#info Heat helps", "#undo", "#topic My own", "#chair ben", "#endmeeting", "#unchair anna")

    assert kept(*(f"19:05:00 <ben> {line}" for line in lines)) == [("info", "Heat helps")]
    assert commands("19:05:00 <ben> #endmeeting") == []


def test_undo_takes_back_the_last_item_topics_included() -> None:
    """#undo twice takes away the note and the topic before it."""
    lines = ("#topic Sleep", "#topic Work", "#info Heat helps", "#undo", "#undo", "#info Naps help", "#undo")

    assert kept(*(f"19:05:00 <anna> {line}" for line in lines)) == [("question", "Sleep")]


def test_undo_of_nothing_changes_nothing() -> None:
    """An #undo too many is harmless."""
    assert commands("19:05:00 <anna> #undo") == []


def test_undo_names_the_message_it_takes_back() -> None:
    """Whoever replays the log needs no memory of its own."""
    assert commands("19:05:00 <anna> #topic Sleep", "19:06:00 <anna> #undo") == [
        ("question", {"text": "Sleep", "message": "l000002"}),
        ("undo", {"message": "l000002", "what": "question"}),
    ]


def test_an_empty_item_keeps_no_words_but_takes_its_undo() -> None:
    """#info by itself stands in MeetBot's minutes as nothing, so that #undo spares the note before it."""
    lines = ("#info Heat helps", "#info", "#undo", "#topic", "#undo")

    assert kept(*(f"19:05:00 <anna> {line}" for line in lines)) == [("info", "Heat helps")]


def test_chairs_come_and_go_but_the_first_stays() -> None:
    """#chair shares the meeting, #unchair takes it back, except from who started it."""
    lines = (
        "19:01:00 <anna> #chair ben, carl",
        "19:02:00 <ben> #topic Sleep",
        "19:03:00 <carl> #unchair anna ben",
        "19:04:00 <ben> #topic Not mine any more",
        "19:05:00 <anna> #topic Work",
    )

    assert kept(*lines) == [("question", "Sleep"), ("question", "Work")]
    assert commands(lines[0])[0] == ("chair", {"nicks": "ben carl"})
    roles = {entry.author.name: entry.author.role for entry in meeting(*lines).entries if entry.author}
    assert roles == {"anna": "moderator", "ben": "moderator", "carl": "moderator"}


@pytest.mark.parametrize(
    "line",
    [
        "<ben> anna: #info said to somebody",
        "<ben> see #info above",
        "<ben>  #info after two spaces",
        "<ben> #item is no command",
        "<ben> #847 is a number",
        "<ben> #https://example.org",
        "<ben> look at https://example.org",
        "<ben> (https://example.org)",
        "* ben #info in an action",
        "* ben https://example.org",
        "<chatbot> https://example.org/minutes",
        "<chatbot> #info of the bot itself",
    ],
)
def test_what_only_looks_like_a_command_keeps_nothing(line: str) -> None:
    """A command is the first thing in a person's line; mistyped ones don't count."""
    assert kept(ANNOUNCED, f"19:05:00 {line}") == []


def test_the_bots_lines_are_marked() -> None:
    """The bot's announcements are no answers and never quoted."""
    entries = meeting(ANNOUNCED, "19:05:00 <ben> hello", "19:06:00 <chatbot> ben: info").entries

    assert [entry.author and entry.author.name for entry in entries if entry.bot] == ["chatbot", "chatbot"]


def test_nothing_is_kept_before_the_start_and_after_the_end() -> None:
    """Links of the hour before and after belong to no meeting."""
    lines = ("19:58:00 <anna> #endmeeting", "20:01:00 <ben> https://example.org", "20:02:00 <ben> #info late")

    assert commands(*lines) == [("close", {})]
    assert commands("19:00:30 <ben> hi", start="18:50:00 <ben> https://example.org") == []


def test_a_mistyped_end_ends_the_meeting_when_no_other_does() -> None:
    """A slip of the chair's fingers in the last minute is understood."""
    assert commands("19:58:00 <anna> #endmeting", "19:59:00 <ben> bye") == [("close", {})]
    assert meeting("19:58:00 <anna> #endmeting").notes == ()


def test_nobody_else_ends_the_meeting_by_a_slip() -> None:
    """A participant's "#endmeting", or the chair's "#agenda", ends nothing."""
    assert commands("19:58:00 <ben> #endmeting", "19:59:00 <anna> #agenda") == []


def test_a_mistyped_end_gives_way_to_the_right_one() -> None:
    """What was noted between the slip and the true end still counts."""
    entries = meeting(
        "19:58:00 <anna> #endmeting", "19:59:00 <ben> #info one more", "20:00:00 <anna> #endmeeting"
    )

    assert [entry.id for entry in entries.entries if entry.command == "close"] == ["l000004c"]


def test_a_missing_end_is_told() -> None:
    """A meeting nobody ended ends with its log, and the replay says so."""
    log = meeting("19:05:00 <ben> hello")

    assert [entry.command for entry in log.entries if entry.command] == ["start"]
    assert "never ended" in log.notes[0]


def test_a_mistyped_start_is_understood_when_no_other_is_there() -> None:
    """A meeting whose start was misspelt still has its chair."""
    assert commands("19:05:00 <anna> #topic Sleep", start="19:00:00 <anna> #initmeeting") == [
        ("question", {"text": "Sleep", "message": "l000002"})
    ]


def test_a_second_start_in_a_running_meeting_is_refused() -> None:
    """Nobody takes the chair by starting the meeting again."""
    assert kept("19:05:00 <ben> #startmeeting mine", "19:06:00 <ben> #topic Mine") == []


def test_two_meetings_in_one_log_have_two_chairs() -> None:
    """After the end somebody else may start."""
    lines = (
        "19:30:00 <anna> #endmeeting",
        "19:31:00 <ben> #startmeeting Second",
        "19:32:00 <anna> #topic No",
        "19:33:00 <ben> #topic Yes",
    )

    assert kept(*lines) == [("question", "Yes")]


def test_where_the_bot_answers_every_command_an_unanswered_one_was_not_heard() -> None:
    """A space before "#" does not show in the log, but the bot's silence does."""
    lines = [
        f"19:0{number}:00 <ben> #info note {number}\n19:0{number}:00 <chatbot> ben: info"
        for number in range(4)
    ]
    silence = "19:08:00 <ben> #info unheard"
    error = '19:09:00 <ben> #info heard\n19:09:00 <chatbot> ben: Error: "info" is not a valid command.'
    log = meeting(ANNOUNCED, *lines, silence, error)

    texts = {entry.id: entry.text for entry in log.entries}
    heard = [texts[entry.arguments["message"]] for entry in log.entries if entry.command == "keep"]
    assert heard == ["#info note 0", "#info note 1", "#info note 2", "#info note 3", "#info heard"]
    assert "line 11 was never heard" in log.notes[1]


def test_answers_may_come_late_but_not_half_an_hour_late() -> None:
    """Two commands in one breath are both heard; one answered ten lines on was not."""
    pair = ("19:01:00 <ben> #info one", "19:01:00 <ben> #info two", *["19:01:01 <chatbot> ben: info"] * 2)
    chatter = ["19:10:00 <anna> mm"] * 10
    late = ("19:05:00 <ben> #info three", *chatter, "19:20:00 <chatbot> ben: info")
    log = meeting(ANNOUNCED, *pair, *pair, *late)

    assert len([entry for entry in log.entries if entry.command == "keep"]) == 4


def test_a_bot_that_answers_only_sometimes_is_no_witness() -> None:
    """Silence says nothing where the bot is mostly silent."""
    lines = [f"19:0{number}:00 <ben> #info note {number}" for number in range(6)]

    assert len(kept(ANNOUNCED, *lines, "19:07:00 <chatbot> ben: info")) == 6
