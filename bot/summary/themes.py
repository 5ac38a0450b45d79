"""Which answers stand for a question, and which of them belong together.

A summary keeps about a tenth of what was said under at most nine themes, two quotes of one person and three in a
theme: that is how people write them (between 5 and 13 % of the messages).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.core.names import MessageId, PersonId, QuestionId
from bot.summary.dissent import is_dissent
from bot.summary.rank import KEPT, Ranked
from bot.summary.tokens import overlap

SHARE, MOST = 0.10, 0.13
THEMES, THEMES_OF_ONE, OF_A_PERSON, IN_A_THEME = 9, 3, 2, 3
FEW_MESSAGES = 40
"""Below this a tenth is next to nothing, and two voices for each question are still quickly read."""
ALIKE = 0.6
"""Share of common words from which on two lines say the same."""
REDUNDANT = 0.5
"""How much a line loses for repeating, word for word, one that is there already."""


@dataclass(slots=True)
class _Pool:
    """The lines of one question: what may still be taken, and what was."""

    lines: dict[MessageId, Ranked]
    room: int
    taken: list[Ranked] = field(default_factory=list)
    repeats: dict[MessageId, float] = field(default_factory=dict)

    def best(self, spoken: Counter[PersonId]) -> Ranked | None:
        open_ = [one for one in self.lines.values() if spoken[one.line.author] < OF_A_PERSON]
        return max(open_, key=lambda one: (self.worth(one), one.line.id), default=None)

    def worth(self, one: Ranked) -> float:
        return one.score - REDUNDANT * self.repeats.get(one.line.id, 0.0)

    def take(self, one: Ranked) -> None:
        self.taken.append(one)
        del self.lines[one.line.id]
        for other in list(self.lines.values()):
            alike = overlap(one.words, other.words)
            if alike >= ALIKE:
                del self.lines[other.line.id]
            elif alike > self.repeats.get(other.line.id, 0.0):
                self.repeats[other.line.id] = alike


Groups = list[list[Ranked]]


def pick(answers: Mapping[QuestionId, Sequence[Ranked]], messages: int) -> dict[QuestionId, Groups]:
    """Return the themes of each question, best first; *messages*: how many were written in all."""
    themes = allot({question: len(lines) for question, lines in answers.items() if lines})
    pools = {
        question: _Pool(
            lines={one.line.id: one for one in answers[question]}, room=max(1, count * IN_A_THEME)
        )
        for question, count in themes.items()
    }
    spoken: Counter[PersonId] = Counter()
    for _ in range(budget(messages, len(pools))):
        if not _take_one(pools, spoken):
            break
    for pool in pools.values():
        _hear_the_other_side(pool, spoken)
    return {
        question: group(pool.taken, max(1, themes[question]))
        for question, pool in pools.items()
        if pool.taken
    }


def budget(messages: int, questions: int) -> int:
    """Return how many lines to quote: a tenth, one for each question at least; two of a chat of few messages."""
    voices = 2 if messages < FEW_MESSAGES else 1
    return max(voices * questions, min(round(SHARE * messages), int(MOST * messages)))


def allot(answers: Mapping[QuestionId, int]) -> dict[QuestionId, int]:
    """Return how many themes each question gets; beyond nine questions the quieter ones get none, just a line."""
    busiest = sorted(answers, key=lambda question: -answers[question])
    themes = {question: int(place < THEMES) for place, question in enumerate(busiest)}
    spare = THEMES - len(answers)
    while spare > 0 and (open_ := [q for q in busiest if themes[q] < min(THEMES_OF_ONE, answers[q] // 2)]):
        most = max(open_, key=lambda question: answers[question] / themes[question])
        themes[most] += 1
        spare -= 1
    return {question: themes[question] for question in answers}


def _take_one(pools: Mapping[QuestionId, _Pool], spoken: Counter[PersonId]) -> bool:
    """Give one more line to the question that has fewest, the better line first; return whether there was one."""
    offers = [
        (-len(pool.taken), pool.worth(one), one, pool)
        for pool in pools.values()
        if len(pool.taken) < pool.room and (one := pool.best(spoken))
    ]
    if not offers:
        return False
    _, _, one, pool = max(offers, key=lambda offer: (offer[1] >= KEPT / 2, offer[0], offer[1]))
    pool.take(one)
    spoken[one.line.author] += 1
    return True


def _hear_the_other_side(pool: _Pool, spoken: Counter[PersonId]) -> None:
    """Where all chosen lines agree and somebody disagreed, let the last chosen line make room for that."""
    if len(pool.taken) < 2 or any(is_dissent(one.line.text) for one in pool.taken):
        return
    others = [one for one in pool.lines.values() if is_dissent(one.line.text)]
    last = min(pool.taken, key=lambda one: one.score)
    spoken[last.line.author] -= 1
    other = max(
        (one for one in others if spoken[one.line.author] < OF_A_PERSON), key=pool.worth, default=None
    )
    if other is None or last.score >= KEPT / 2:
        spoken[last.line.author] += 1
        return
    pool.taken.remove(last)
    pool.take(other)
    spoken[other.line.author] += 1


def group(lines: Sequence[Ranked], themes: int) -> Groups:
    """Return *lines* in at most *themes* groups of at most three that share words, best group first.

    There have to be at most three lines for each theme.
    """
    groups: Groups = [[line] for line in lines]
    while pair := _closest(groups, needed=len(groups) > themes):
        one, other = pair
        groups[one] = groups[one] + groups.pop(other)
    while len(groups) > themes:
        _share_out(groups)
    for lonely in [group for group in groups if len(group) == 1]:
        _find_company(lonely, groups)
    return sorted(groups, key=lambda group: -max(line.score for line in group))


def _share_out(groups: Groups) -> None:
    """Give the lines of the smallest group to those that have room and are most like them."""
    smallest = min(groups, key=len)
    groups.remove(smallest)
    for line in smallest:
        open_ = [group for group in groups if len(group) < IN_A_THEME]
        max(open_, key=lambda group: _alike(group, [line])).append(line)


def _find_company(lonely: list[Ranked], groups: Groups) -> None:
    """Move to a line that is alone the line most like it from a full theme that keeps two voices without it."""
    offers = [
        (_alike(lonely, [line]), -place, line, group)
        for place, group in enumerate(groups)
        for line in group
        if len(group) == IN_A_THEME
        and _people(lonely, [line])
        and not _is_lonely([[x for x in group if x is not line]])
    ]
    if offers:
        _, _, line, group = max(offers, key=lambda offer: offer[:2])
        group.remove(line)
        lonely.append(line)


def _is_lonely(groups: Groups) -> bool:
    return any(len({one.line.author for one in group}) < 2 for group in groups)


def _closest(groups: Groups, *, needed: bool) -> tuple[int, int] | None:
    """Return the two groups to join next, None when none fit into one theme.

    Two groups of one person each make no theme of two people: they are joined only when there are too many groups.
    """
    fitting = [
        (_people(groups[a], groups[b]), _alike(groups[a], groups[b]), -a, -b)
        for a in range(len(groups))
        for b in range(a + 1, len(groups))
        if len(groups[a]) + len(groups[b]) <= IN_A_THEME
        and (needed or (_is_lonely([groups[a], groups[b]]) and _people(groups[a], groups[b])))
    ]
    if not fitting:
        return None
    _, _, one, other = max(fitting, key=lambda found: (found[1] + 0.2 * found[0], found[2:]))
    return -one, -other


def _people(one: list[Ranked], other: list[Ranked]) -> bool:
    return len({ranked.line.author for ranked in (*one, *other)}) > 1


def _alike(one: list[Ranked], other: list[Ranked]) -> float:
    pairs = [overlap(a.words, b.words) for a in one for b in other]
    return sum(pairs) / len(pairs)
