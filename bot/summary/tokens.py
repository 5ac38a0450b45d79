"""Texts as sets of words that can be compared: no stop words, no endings, no links, labels, hashtags or names."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence

# What half of the lines have in common without meaning the same: A2, #hcchat, @somebody.
_ASIDE = re.compile(r"https?://\S+|www\.\S+|[#@][\w-]+|\b[AaQqTt]\d{1,2}\b")
_WORD = re.compile(r"[^\W_][\w'’]*")
# Endings go by length: crude, but the same for every language, and "diagnosis" and "diagnosed" come together.
STEM = 6

# Words that people write, not words of ours: prompts/ holds only what the bot says. English, German, French.
UNREMARKABLE = frozenset(
    """
    a about after again all also always am an and any are as at be because been before being but by can could did do
    does doing don't dont down each even ever every few for from get gets getting go goes going got had has have
    having he her here him his how i i'd i'm i've if im in into is isn't it it's its ive just know like ll lot make
    many may me might more most much must my need never no not now of off on one only or other our out over own
    people really s same say see she should so some something such t than that that's thats the their them then
    there these they thing things think this those through to too up us use very want was way we we're well were what
    when where which while who why will with would yes you your
    aber als am an auch auf aus bei bin bis da das dass dem den der des die dies diese doch du durch ein eine einem
    einen einer es für gibt habe haben hat hier ich ihr im immer in ist ja kann kein keine man mehr mein meine mich
    mir mit nach nicht noch nur oder schon sehr sein sich sie sind so um und uns unser vom von vor war was weil wenn
    wer wie wir wird wo zu zum zur über
    au aussi aux avec avoir bien c'est ce ces cette comme dans de des du elle en est et être fait il ils je la le les
    leur mais me mes moi mon même ne nos notre nous on ont ou par pas plus pour qu que quand qui sa se ses si son sont
    sur ta te tes toi ton tout très tu un une va vos votre vous y à
    """.split()  # noqa: SIM905  # a word list reads better as words
)


def words(text: str) -> list[str]:
    """Return the remarkable words of *text* as people wrote them, in order."""
    return [word for word in _WORD.findall(_ASIDE.sub(" ", text)) if word.casefold() not in UNREMARKABLE]


def stem(word: str) -> str:
    """Return what *word* has in common with its other forms."""
    return word.casefold()[:STEM]


def tokens(text: str) -> tuple[str, ...]:
    """Return the remarkable words of *text*, ready to be compared."""
    return tuple(stem(word) for word in words(text))


class Relevance:
    """How well texts match a question (BM25), among the texts it was made with."""

    SATURATION, LENGTH = 1.2, 0.75

    def __init__(self, texts: Sequence[tuple[str, ...]]) -> None:
        self._counts = Counter(word for text in texts for word in set(text))
        self._total = len(texts)
        self._average = sum(map(len, texts)) / max(1, len(texts)) or 1.0

    def weight(self, word: str) -> float:
        """Return how much *word* tells: the rarer, the more."""
        count = self._counts[word]
        return math.log(1 + (self._total - count + 0.5) / (count + 0.5))

    def of(self, text: tuple[str, ...], question: Iterable[str]) -> float:
        """Return how well *text* matches *question*; 0 when they share no word."""
        counts = Counter(text)
        scale = self.SATURATION * (1 - self.LENGTH + self.LENGTH * len(text) / self._average)
        return sum(
            self.weight(word) * counts[word] * (self.SATURATION + 1) / (counts[word] + scale)
            for word in set(question)
            if word in counts
        )


def overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """Return how much two sets of words share, from 0 to 1."""
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared) if shared else 0.0
