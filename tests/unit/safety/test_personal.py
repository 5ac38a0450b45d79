"""Which e-mail addresses and telephone numbers are found, and what is left alone."""

import pytest

from bot.safety.personal import LOOKED_UP_AT_MOST, RUNS_AT_MOST, find, kinds


@pytest.mark.parametrize(
    "address",
    [
        "mira@example.org",
        "mira.k+chat@mail.example.co.uk",
        "MIRA@EXAMPLE.ORG",
        "jürgen@exämple.org",
        "mira (at) example.org",
        "mira [at] example [dot] org",
    ],
)
def test_an_e_mail_address_is_found_whole(address: str) -> None:
    """Written out or spelt to fool robots, people can still read it."""
    text = f"Write to {address}, please."

    (found,) = find(text)

    assert (found.kind, text[found.start : found.end]) == ("email", address)


@pytest.mark.parametrize(
    "text",
    [
        "@mira@example.org",
        "mira@example",
        "mira@example.c",
        "mira@10.0.0.12",
        "meet @ noon.ok",
        "look (at) this",
        "a@b",
    ],
)
def test_what_only_has_an_at_sign_is_no_address(text: str) -> None:
    """Handles of other networks and times of day are public words."""
    assert find(text) == ()


@pytest.mark.parametrize(
    "number",
    [
        "+44 20 7946 0958",
        "+353 (0)1 496 0123",
        "0044 20 7946 0958",
        "020 7946 0958",
        "02079460958",
        "01 45 67 89 01",
        "030/901820",
        "(212) 664-7665",
        "212-664-7665",
        "212.664.7665 x45",
    ],
)
def test_a_telephone_number_is_found(number: str) -> None:
    """However it is grouped."""
    text = f"Ask the ward: {number}."

    (found,) = find(text)

    assert (found.kind, text[found.start : found.end]) == ("phone", number)


def test_after_a_word_for_telephone_any_run_of_digits_is_a_number() -> None:
    """A short local number is as private as a long one."""
    assert kinds("My mobile is 555 0142 7") == ("phone",)
    assert kinds("Our score is 555 0142 7") == ()


@pytest.mark.parametrize(
    "text",
    [
        "on 2026-12-03 19 00",
        "from 03.12.2026 to 10.12.2026",
        "2019-2021 2022",
        "trial NCT01234567 ended",
        "EudraCT 2019-001234-56",
        "ISBN 978-3-16-148410-0",
        "978 3 16 148410 0",
        "PMID 0123456789",
        "https://example.org/status/0123456789",
        "10.1016/j.exa.2019.01.003",
        "1 000 000 people",
        "100.000.000 in all",
        "£0123456789",
        "0123456789 mg",
        "02079460958 patients",
        "0000000000",
        "192.168.100.200",
        "Meeting ID: 0207 946 0958",
        "12345678901234567890",
        "02079460958%",
        "12 34 56",
        "+49 000 000 000 in all",
        "call us on 03.12.2026",
        "text me in 2019-2021",
        "the helpline 192.168.100.200",
        "call 1234567890123456",
        "in 030 90182 of them",
        "0000 111 222",
        "(211) 664-7665",
        "+9990123",
        "+999 123 456 789",
    ],
)
def test_other_digits_are_no_telephone_number(text: str) -> None:
    """Dates, doses, trials, books, money and counts may be quoted."""
    assert find(text) == ()


def test_a_table_of_numbers_waits_for_a_moderator() -> None:
    """Looking each one up would cost too much, so the rest counts as found."""
    unknown = " a ".join(f"00 000 000 {digit}{digit}" for digit in range(LOOKED_UP_AT_MOST + 1))
    dates = " a ".join(["2026-12-03"] * (RUNS_AT_MOST + 1))

    assert len(find(unknown)) == 1
    assert len(find(dates)) == 1
