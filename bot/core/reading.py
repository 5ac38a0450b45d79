"""What the bot notes of a text: labels, length and flags, never the words. Attribution lives on these alone."""

import re
from dataclasses import dataclass

from bot.core.labels import NONE, find_labels
from bot.core.names import PersonId
from bot.core.smalltalk import count_links, is_acknowledgement, is_greeting, is_question, is_repost
from bot.safety.personal import kinds

VERSION = 1

_DIGIT = re.compile(r"\d")
# "#1" is a number and "#A2" a label; what follows a "/" or a word is part of a link.
# It begins with "#", so that everything else in a text is passed over fast.
_HASHTAG = re.compile(r"#(?<![\w&/#]#)(?![ATRQF]?\d{1,3}(?!\w))\w{1,100}+", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Everything later rules may know of a text.

    length: code points. words, links, hashtags: how many. answers: numbers of the questions it says it answers
    (A2, T2, "a 2.", "A1 A3"). asks: numbers it labels as questions (Q2). mentions: people it is addressed to.
    held_back: kinds of personal data seen ("email", "phone"), which keep it from being published until a moderator
    has looked.
    """

    version: int = VERSION
    length: int = 0
    words: int = 0
    answers: tuple[int, ...] = ()
    asks: tuple[int, ...] = ()
    greeting: bool = False
    acknowledgement: bool = False
    question: bool = False
    repost: bool = False
    links: int = 0
    hashtags: int = 0
    mentions: tuple[PersonId, ...] = ()
    held_back: tuple[str, ...] = ()


def read(text: str, *, mentions: tuple[PersonId, ...] = ()) -> Reading:
    """Return what *text*, addressed to *mentions*, is noted as."""
    words = len(text.split())
    answers, asks = find_labels(text) if _DIGIT.search(text) else NONE
    question = is_question(text)
    return Reading(
        length=len(text),
        words=words,
        answers=answers,
        asks=asks,
        greeting=not answers and is_greeting(text, words, question=question),
        acknowledgement=not answers and is_acknowledgement(text, words),
        question=question,
        repost=is_repost(text),
        links=count_links(text),
        hashtags=len(_HASHTAG.findall(text)) if "#" in text else 0,
        mentions=mentions,
        held_back=kinds(text),
    )
