"""The chapters of what was kept, asked, recommended and promised."""

from collections.abc import Iterable, Sequence

from bot.core.plan import objective_words
from bot.core.selection import Selected, Selection
from bot.summary import write
from bot.summary.document import Chapter, Entry, Heading, Section
from bot.summary.view import View

PLEDGE = "insights/pledge"


def chapter(view: View, id: str, sections: Iterable[Section]) -> Chapter:
    """Return the chapter *id*; sections that say nothing are left out."""
    said = tuple(section for section in sections if section.entries)
    return Chapter(id=id, heading=write.heading(view, f"chapter.{id}", id=f"chapter/{id}"), sections=said)


def of_section(selection: Selection, section: str) -> list[Selected]:
    """Return the quotes chosen for *section*."""
    return [quote for quote in selection.quotes if quote.section == section]


def _starting(selection: Selection, prefix: str) -> dict[str, list[Selected]]:
    found: dict[str, list[Selected]] = {}
    for quote in selection.quotes:
        if quote.section.startswith(prefix):
            found.setdefault(quote.section, []).append(quote)
    return found


# --- what moderators kept ---------------------------------------------------------------------------------


def insights(view: View, selection: Selection) -> Chapter:
    """Return every kept line, tag by tag; pledges have a chapter of their own."""
    found = _starting(selection, "insights/")
    return chapter(
        view, "insights", (_tagged(view, id, quotes) for id, quotes in found.items() if id != PLEDGE)
    )


def _tagged(view: View, section: str, quotes: list[Selected]) -> Section:
    tag = section.partition("/")[2]
    name = view.words.line(f"tag.{tag}") if f"tag.{tag}" in view.words else tag
    text = f"{view.tags.emoji(tag)} {name}".strip()
    heading = Heading(id=f"{section}/heading", text=text)
    return Section(id=section, heading=heading, entries=tuple(write.quotes(view, quotes)))


def exchanges(view: View, selection: Selection) -> Chapter:
    """Return every kept exchange, in the order in which it was said."""
    found = _starting(selection, "exchange/")
    return chapter(
        view, "exchanges", (_exchange(view, id, quotes, n) for n, (id, quotes) in enumerate(found.items(), 1))
    )


def _exchange(view: View, section: str, quotes: list[Selected], number: int) -> Section:
    entries = write.quotes(view, quotes)
    whole = next((kept.messages for kept in view.board if f"exchange/{kept.insight.id}" == section), ())
    left_out = len(whole) - len(quotes)
    if left_out > 0:
        entries.append(write.label(view, "left-out", id=f"{section}/left-out", n=left_out))
    return Section(
        id=section,
        heading=write.heading(view, "exchange", id=f"{section}/heading", number=number),
        entries=tuple(entries),
    )


def objectives(view: View, selection: Selection) -> Chapter:
    """Return the strategies and tactics that were kept, under the objective they serve."""
    numbers = range(1, view.chat.plan.objectives + 1)
    sections = [_objective(view, selection, number) for number in numbers]
    isolated = write.quotes(view, of_section(selection, "objective/isolated"))
    heading = write.heading(view, "isolated", id="objective/isolated/heading")
    return chapter(
        view,
        "objectives",
        [*sections, Section(id="objective/isolated", heading=heading, entries=tuple(isolated))],
    )


def _objective(view: View, selection: Selection, number: int) -> Section:
    section = f"objective/{number}"
    entries = write.quotes(view, of_section(selection, section))
    text = view.written(objective_words(number)) or view.say("question-erased")
    nothing = write.label(view, "no-steps", id=f"{section}/no-steps")
    heading = Heading(id=f"{section}/heading", text=text, words=objective_words(number))
    return Section(id=section, heading=heading, entries=tuple(entries or [nothing]))


# --- what people asked, recommended, promised and left for another day --------------------------------------


def audience(view: View, selection: Selection) -> Chapter:
    """Return the questions of the audience: those asked, those still open, those that people wanted answered."""
    planned = {question.id: question for question in view.chat.plan.questions}
    asked = [planned[id] for id in view.chat.asked if planned[id].audience]
    asked_entries = [write.question(view, q.id, q.number, audience=True, opening=None) for q in asked]
    answered = [entry.model_copy(update={"id": f"audience/{entry.id}"}) for entry in asked_entries]
    open_ = open_proposals(view)
    return chapter(
        view,
        "audience",
        [
            _headed(view, "audience/answered", "audience-answered", answered),
            _headed(view, "audience/open", "audience-open", open_),
            _headed(
                view, "audience", "audience-wanted", write.quotes(view, of_section(selection, "audience"))
            ),
        ],
    )


def open_proposals(view: View) -> list[Entry]:
    """Return the proposed questions that were not asked."""
    asked = {view.written(f"question/{id}") for id in view.chat.asked}
    texts = {words: view.written(words) for words in view.chat.proposed}
    return [
        write.proposal(words, text) for words, text in texts.items() if text is not None and text not in asked
    ]


def _headed(view: View, id: str, key: str, entries: Sequence[Entry]) -> Section:
    return Section(id=id, heading=write.heading(view, key, id=f"{id}/heading"), entries=tuple(entries))


def resources(view: View, selection: Selection) -> Chapter:
    """Return the links people shared, with who shared them."""
    entries = write.quotes(view, of_section(selection, "resources"))
    return chapter(view, "resources", [Section(id="resources", entries=tuple(entries))])


def pledges(view: View, selection: Selection) -> Chapter:
    """Return what people said they will do, and what was left for another day."""
    promised = write.quotes(view, of_section(selection, PLEDGE))
    parked = write.quotes(view, of_section(selection, "parked"))
    return chapter(
        view,
        "pledges",
        [_headed(view, PLEDGE, "pledged", promised), _headed(view, "parked", "parked", parked)],
    )
