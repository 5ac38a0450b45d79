"""Finds where in a transcript each prepared question was asked.

Every question is matched with every line by the words they share (BM25). Then all questions are placed at once, by
dynamic programming, because they are asked in about the order they were prepared in, as a rule by a moderator.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import accumulate
from math import log

# The usual saturation of BM25; lines are short, so their length counts for less than that of documents.
SATURATION, LENGTH_WEIGHT = 1.2, 0.25
# Shares of a question's own weight, chosen on real chats: what speaks for a line besides its words ...
MODERATOR_BONUS, QUESTION_BONUS = 0.1, 0.05
# ... what it costs to place a question before the one prepared before it, or on the same line ...
BACKWARDS_COST, SAME_LINE_COST = 0.2, 0.15
# ... and what a line must reach: a question missed costs less than one opened at the wrong place.
LEAST = 0.4

_WORD = re.compile(r"\w+")
_ENDINGS = ("ing", "es", "ed", "s")


def find_asked(questions: Sequence[str], lines: Sequence[tuple[str, str, bool]]) -> list[str | None]:
    """Return for each question the id of the line that asks it, None where no line does.

    lines: id, text, and whether a moderator wrote it, in their order.
    """
    index = _Index(lines)
    placed = _place([_scores(question, lines, index) for question in questions])
    return [None if place is None else lines[place][0] for place in placed]


class _Index:
    """The words of all lines: where each stands how often, and how much it tells."""

    def __init__(self, lines: Sequence[tuple[str, str, bool]]) -> None:
        words = [list(_words(text)) for _, text, _ in lines]
        mean = sum(map(len, words)) / max(len(words), 1) or 1
        self.brevity = [SATURATION * (1 - LENGTH_WEIGHT + LENGTH_WEIGHT * len(line) / mean) for line in words]
        self.mean, self.lines = mean, len(words)
        self.places: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for place, line in enumerate(words):
            for word, count in Counter(line).items():
                self.places[word].append((place, count))

    def weight(self, word: str) -> float:
        """Return how much it tells that a line holds *word*."""
        known = len(self.places.get(word, ()))
        return log(1 + (self.lines - known + 0.5) / (known + 0.5))


def _words(text: str) -> Iterator[str]:
    for word in _WORD.findall(text.casefold()):
        ending = next((end for end in _ENDINGS if word.endswith(end) and len(word) > len(end) + 3), "")
        yield word.removesuffix(ending)


def _scores(question: str, lines: Sequence[tuple[str, str, bool]], index: _Index) -> list[float]:
    """Return for each line how well it asks *question*: 1 for the question itself, 0 for nothing in common."""
    found = [0.0] * len(lines)
    words = Counter(_words(question))
    own = 0.0
    brevity = SATURATION * (1 - LENGTH_WEIGHT + LENGTH_WEIGHT * words.total() / index.mean)
    for word in words:
        weight = index.weight(word) * (SATURATION + 1)
        own += weight / (1 + brevity)
        for place, count in index.places.get(word, ()):
            found[place] += weight * count / (count + index.brevity[place])
    return [score and score / own + _bonus(*line) for score, line in zip(found, lines, strict=True)]


def _bonus(_id: str, text: str, by_moderator: bool) -> float:
    return MODERATOR_BONUS * by_moderator + QUESTION_BONUS * ("?" in text)


def _place(scores: Sequence[Sequence[float]]) -> list[int | None]:
    """Return the line of each question so that all together fit best."""
    if not scores:
        return []
    # best[line + 1]: the best sum in which the question placed last stands on that line; best[0]: none is placed.
    best = [0.0] + [float("-inf")] * len(scores[0])
    steps = []
    for row in scores:
        placed = _placed(best, row)
        steps.append([(came, value > kept) for (value, came), kept in zip(placed, best, strict=True)])
        best = [max(value, kept) for (value, _), kept in zip(placed, best, strict=True)]
    return _walk_back(best.index(max(best)), steps)


def _placed(best: Sequence[float], row: Sequence[float]) -> list[tuple[float, int]]:
    """Return for each line the best sum with the next question on it, and the line that the one before stands on."""
    states = list(zip(best, range(len(best)), strict=True))
    before = list(accumulate(states, max))
    behind = list(accumulate(reversed(states), max))[::-1]
    found = [(float("-inf"), 0)]
    for line, score in enumerate(row):
        here = best[line + 1] - SAME_LINE_COST, line + 1
        later = behind[line + 2] if line + 2 < len(best) else found[0]
        value, came = max(before[line], here, (later[0] - BACKWARDS_COST, later[1]))
        found.append((value + score - LEAST, came))
    return found


def _walk_back(state: int, steps: Sequence[Sequence[tuple[int, bool]]]) -> list[int | None]:
    found: list[int | None] = []
    for step in reversed(steps):
        came, here = step[state]
        found.append(state - 1 if here else None)
        state = came if here else state
    return found[::-1]
