"""What the bot notes of a text: labels, length and flags, never the words. Attribution lives on these alone."""

from dataclasses import dataclass, field

from bot.core.names import PersonId

VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Everything later rules may know of a text.

    length: code points. words: how many. answers: numbers of the questions it says it answers (A2, T2, "a 2.", "A1 A3").
    asks: numbers it labels as questions (Q2). mentions: people it is addressed to. held_back: kinds of personal
    data seen ("email", "phone"), which keep it from being published until a moderator has looked.
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
    hashtags: tuple[str, ...] = field(default=())
    mentions: tuple[PersonId, ...] = ()
    held_back: tuple[str, ...] = ()
