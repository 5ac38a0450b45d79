"""Finds personal data in a text: e-mail addresses and telephone numbers so far. What follows is decided elsewhere.

Every pattern is possessive or bounded, so that no text takes more than one walk through it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["email", "phone"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Where a text holds which kind of personal data: code points from *start* to *end*."""

    kind: Kind
    start: int
    end: int


# A fediverse handle (@name@host) is no e-mail address: the local part never follows an "@" or a "/".
_EMAIL = re.compile(r"(?<![\w.+%@/-])[\w.+%-]++@([\w-]++(?:\.[\w-]++)++)")
_SPELT_EMAIL = re.compile(
    r"(?<![\w.+-])[\w.+-]++\s?[(\[{]\s?at\s?[)\]}]\s?[\w-]++(?:\s?[(\[{]\s?(?:dot|punkt|point)\s?[)\]}]\s?|\.)[\w-]++",
    re.IGNORECASE,
)
_SEVEN_DIGITS = re.compile(r"\d(?:[ ().\u2010-\u2013/-]{0,3}+\d){6}")
_NUMBER = re.compile(
    r"(?<![\w.,/=&?@#+-])[+(]{0,2}+\d(?:[ ().\u2010-\u2013/-]{0,3}+\d)++(?:\s?(?:x|ext\.?)\s?\d{1,5}+)?(?![\w%])"
)

_DATE = re.compile(r"(?<!\d)(?:\d{4}[-./]\d\d?[-./]\d\d?|\d\d?[-./ ]\d\d?[-./ ](?:19|20)\d\d)(?!\d)")
_YEARS = re.compile(r"(?:(?:19|20)\d\d[ /\u2010-\u2013-]{0,3})+")
_TRIAL = re.compile(r"(?:19|20)\d\d-\d{6}-\d\d|97[89][ -]?\d[\d -]{8,12}\d|\d{1,3}(?:\.\d{1,3}){3}")
_THOUSANDS = re.compile(r"\+?[1-9]\d{0,2}(?:[ .]\d{3})+")
_NOT_BEFORE = re.compile(
    r"(?:isbn|issn|pmid|pmc|doi|nct|isrctn|eudract|grant|award|order|invoice|ref|case|study|trial|meeting|webinar|"
    r"zoom|passcode|pin|id|version|charity|ssn|card|license|licence)\W{0,3}(?:\w{1,6}\W{1,3})?$|[£$€¥]\s?$",
    re.IGNORECASE,
)
_NOT_AFTER = re.compile(
    r"\s?(?:[µm]?g|mcg|kg|ml|iu|units?|mmol|people|patients?|tweets?|followers|impressions|views|years?|"
    r"participants|million|euros?|dollars|pounds|[€£$])\b",
    re.IGNORECASE,
)
_PHONE_BEFORE = re.compile(
    r"\b(?:call|phone|tel|telephone|telefon|téléphone|mobile?|mobil|handy|cell|whatsapp|signal|text|ring|sms|fax|"
    r"hotline|helpline|dial|landline|rufnummer|anrufen|appele[rz])\b[^\n]{0,25}$",
    re.IGNORECASE,
)
_AMERICAN = re.compile(r"(?:1[ .-])?\(?[2-9]\d\d\)?[ .-]{0,2}[2-9]\d\d[ .-]\d{4}(?!\d)")

# Where people write their own numbers with a leading 0; a number valid in one of them is taken for a number.
REGIONS = ("GB", "FR", "DE", "IE", "CH", "AT", "NL", "BE", "IT", "SE", "AU")
# Hostile texts only: after so many runs of digits a moderator had better look anyway; a look-up costs 0.5 ms.
RUNS_AT_MOST, LOOKED_UP_AT_MOST = 200, 4


def find(text: str) -> tuple[Found, ...]:
    """Return the personal data in *text*, e-mail addresses first, each kind in the order it stands there."""
    return (*_emails(text), *_phones(text))


def kinds(text: str) -> tuple[Kind, ...]:
    """Return only which kinds *text* holds; stops looking at the first of each."""
    firsts = (next(_emails(text), None), next(_phones(text), None))
    return tuple(found.kind for found in firsts if found is not None)


def _emails(text: str) -> Iterator[Found]:
    if "@" in text:
        for match in _EMAIL.finditer(text):
            last = match[1].rpartition(".")[2]
            if len(last) > 1 and last.isalpha():
                yield Found(kind="email", start=match.start(), end=match.end())
    if any(mark in text for mark in ("at)", "at]", "at}", "at )", "AT)")):
        for match in _SPELT_EMAIL.finditer(text):
            yield Found(kind="email", start=match.start(), end=match.end())


def _phones(text: str) -> Iterator[Found]:
    if _SEVEN_DIGITS.search(text) is None:
        return
    looked_up = 0
    for runs, match in enumerate(_NUMBER.finditer(text)):
        verdict = _by_shape(text, match) if runs < RUNS_AT_MOST else True
        if verdict is None:
            verdict = looked_up >= LOOKED_UP_AT_MOST or _is_valid(match[0])
            looked_up += 1
        if verdict:
            yield Found(kind="phone", start=match.start(), end=match.end())


def _by_shape(text: str, match: re.Match[str]) -> bool | None:
    """Return whether the run is a telephone number; None when only the numbering plans can tell."""
    number = match[0]
    digits = sum(map(str.isdigit, number.partition("x")[0]))
    if not 7 <= digits <= 15 or _is_something_else(number) or _NOT_AFTER.match(text, match.end()):
        return False
    before = text[max(0, match.start() - 40) : match.start()]
    if _PHONE_BEFORE.search(before):
        return True
    if _NOT_BEFORE.search(before) or _THOUSANDS.fullmatch(number):
        return False
    start = number.lstrip("(")[:1]
    return None if digits > 8 and (start in ("+", "0") or _AMERICAN.match(number)) else False


def _is_something_else(number: str) -> bool:
    return bool(_DATE.search(number) or _YEARS.fullmatch(number) or _TRIAL.fullmatch(number))


def _is_valid(number: str) -> bool:
    import phonenumbers  # noqa: PLC0415  # 20 ms that most chats never need

    international = number.lstrip("(").startswith(("+", "00"))
    if number.startswith("00"):
        number = "+" + number[2:]
    regions = (None,) if international else ("US",) if _AMERICAN.match(number) else REGIONS
    for region in regions:
        try:
            parsed = phonenumbers.parse(number, region)
        except phonenumbers.NumberParseException:
            continue
        # Nobody writes "+44" by accident, while numbers without it must be real ones of that country.
        fits = phonenumbers.is_possible_number if international else phonenumbers.is_valid_number
        if fits(parsed):
            return True
    return False
