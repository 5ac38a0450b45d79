"""Chooses what people asked along the way, recommended, and left for another day."""

from collections import Counter
from collections.abc import Iterable, Iterator

from bot.core.selection import Selected
from bot.summary import links
from bot.summary.quoting import given, kept_as, line_quote, quote
from bot.summary.rank import is_worth_reading
from bot.summary.themes import OF_A_PERSON
from bot.summary.view import Said, View

AUDIENCE_QUESTIONS, RESOURCES = 5, 30
THOUGHT_OUT = 8
"""Words from which on a question of the audience is worth listing though nobody marked it."""


def audience(view: View) -> Iterator[Selected]:
    """Yield the questions that people asked along the way: the kept, the wanted, the thought-out ones."""
    asked = [said for said in view.said if _asks_something(view, said)]
    replied = Counter(said.heard.reply_to for said in view.said if said.heard.reply_to)
    asked.sort(key=lambda said: (-view.nominations(said.id) - replied[said.id], -said.message.reading.words))
    kept = [said for said in asked if kept_as(view, said, "question")]
    others = [said for said in asked if said.id not in view.kept and _is_thought_out(said)]
    asking = [*kept, *_few_of_each(others, AUDIENCE_QUESTIONS - len(kept))]
    return given(
        line_quote(view, "audience", said.id) for said in sorted(asking, key=lambda said: said.message.order)
    )


def _asks_something(view: View, said: Said) -> bool:
    is_question = said.message.reading.question or kept_as(view, said, "question")
    own = said.author in view.chat.moderators or view.attributions[said.id].reason == "asked"
    return is_question and not own and view.verdict(said.id).as_ is not None


def _is_thought_out(said: Said) -> bool:
    return is_worth_reading(said.message.reading) and said.message.reading.words >= THOUGHT_OUT


def _few_of_each(asked: Iterable[Said], most: int) -> list[Said]:
    spoken: Counter[str] = Counter()
    found: list[Said] = []
    for said in asked:
        if len(found) < most and spoken[said.author] < OF_A_PERSON:
            spoken[said.author] += 1
            found.append(said)
    return found


def resources(view: View) -> Iterator[Selected]:
    """Yield each link once, in the words of whoever shared it first; kept ones come first."""
    sharing = [said for said in view.said if said.message.reading.links]
    sharing.sort(key=lambda said: not kept_as(view, said, "resource"))
    seen: set[str] = set()
    for said in sharing:
        text = view.text(said.message) or ""
        new = links.spans_of_links(text, seen)
        found = quote(view, "resources", said.id, new)
        if found:
            seen.update(text[start:end] for start, end in new)
            yield found
        if len(seen) >= RESOURCES:
            break


def parked(view: View) -> Iterator[Selected]:
    """Yield the lines that were left for another day, in the order in which they were parked."""
    in_order = sorted(view.chat.parked, key=lambda message: (view.chat.parked[message], message))
    heard = (message for message in in_order if message in view.attributions)
    return given(line_quote(view, "parked", message) for message in heard)
