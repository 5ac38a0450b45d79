"""How much an answer deserves to be quoted, without any model.

What was measured (tests/bench/summary.py): centrality is worse than chance in a chat; long lines that share words
with the question, are no question themselves and get a nod from others are what people keep. Closeness in time to the
question was tried and made it worse: the first answers are the quick ones.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.core.names import MessageId, PersonId
from bot.core.reading import Reading
from bot.summary.tokens import Relevance, tokens

LONG_ENOUGH = 40
"""Words from which on a longer answer is not a better one."""
CANDIDATES = 200
"""Of a question with more answers only the most promising by length and reactions are compared word by word."""
KEPT, NOMINATED, NODDED, RELEVANT, ASKING = 10.0, 0.25, 0.15, 0.15, -0.15
SHORTEST = 4
"""Words, links and hashtags not counted, that make a line more than a nod."""


@dataclass(frozen=True, slots=True)
class Line:
    """A message that may be quoted."""

    id: MessageId
    author: PersonId
    reading: Reading
    text: str


@dataclass(frozen=True, slots=True)
class Ranked:
    """A line with its worth, and its words for comparing it with others."""

    line: Line
    score: float
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Regard:
    """What people made of each message: kept by a moderator, nominated or nodded at by how many."""

    kept: frozenset[MessageId]
    nominated: Mapping[MessageId, int]
    nodded: Mapping[MessageId, int]


def is_worth_reading(reading: Reading) -> bool:
    """Return whether a line says something by itself: no greeting, nod, repost or bare advertisement."""
    if reading.greeting or reading.acknowledgement or reading.repost:
        return False
    return reading.words - reading.links - reading.hashtags >= SHORTEST


def prior(line: Line, regard: Regard) -> float:
    """Return the worth of *line* before its words are looked at."""
    nominated, nodded = regard.nominated.get(line.id, 0), regard.nodded.get(line.id, 0)
    return (
        min(1.0, math.log1p(line.reading.words) / math.log1p(LONG_ENOUGH))
        + NOMINATED * math.log2(1 + nominated)
        + NODDED * min(1, nodded)
        + ASKING * line.reading.question
        + KEPT * (line.id in regard.kept)
    )


def ranked(lines: Sequence[Line], question: str, regard: Regard) -> list[Ranked]:
    """Return the best of *lines* as answers to *question*, best first."""
    first = sorted(((prior(line, regard), line) for line in lines), key=lambda pair: (-pair[0], pair[1].id))
    read = [(worth, line, tokens(line.text)) for worth, line in first[:CANDIDATES]]
    relevance = Relevance([words for _, _, words in read])
    asked = tokens(question)
    matches = [relevance.of(words, asked) for _, _, words in read]
    best = max(matches, default=0.0) or 1.0
    found = [
        Ranked(line, worth + RELEVANT * match / best, frozenset(words))
        for (worth, line, words), match in zip(read, matches, strict=True)
    ]
    return sorted(found, key=lambda one: (-one.score, one.line.id))


def nods(said: Iterable[tuple[MessageId, PersonId, Reading, MessageId | None]]) -> Counter[MessageId]:
    """Return how often each message got a nod: a short yes from somebody else, in reply to it.

    said: id, author, reading and parent of every message, in order. A nod that names a person instead of a message
    goes to what that person said last.
    """
    found: Counter[MessageId] = Counter()
    author_of: dict[MessageId, PersonId] = {}
    latest: dict[PersonId, MessageId] = {}
    for id, author, reading, parent in said:
        author_of[id] = author
        if not reading.acknowledgement:
            latest[author] = id
            continue
        to = [parent] if parent else [latest[person] for person in reading.mentions if person in latest]
        found.update(message for message in to if author_of.get(message, author) != author)
    return found
