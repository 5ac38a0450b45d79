"""The chapter of the questions: how each went, and the lines chosen for it, theme by theme."""

from collections.abc import Sequence

from bot.core.selection import Selection
from bot.summary import say, tokens, write
from bot.summary.chapters import chapter, of_section
from bot.summary.document import Chapter, Entry, Heading, Number, Point, Quote, Section
from bot.summary.measure import Asking, askings
from bot.summary.view import View

WORDS_OF_A_HEADING = 3


def questions(view: View, selection: Selection) -> Chapter:
    """Return every question that was asked, with its numbers and the lines chosen for it."""
    asked = askings(view)
    return chapter(
        view, "questions", [_overview(view, asked), *(_question(view, selection, one) for one in asked)]
    )


def _overview(view: View, asked: Sequence[Asking]) -> Section:
    if len(asked) < 2:
        return Section(id="questions")
    series = [Point(label=view.say("question-short", number=one.number), value=one.answers) for one in asked]
    total = sum(one.answers for one in asked)
    return Section(id="questions", entries=(write.number(view, "answers", total, series=series),))


def _question(view: View, selection: Selection, asking: Asking) -> Section:
    planned = view.chat.plan.question(asking.question)
    opening = next(one for one in view.chat.openings if one.question == asking.question)
    asked = write.question(view, asking.question, asking.number, audience=planned.audience, opening=opening)
    section = f"question/{asking.question}"
    entries: list[Entry] = [asked, *_course(view, asking), *_themes(view, selection, section)]
    if not asking.answers:
        entries.append(write.label(view, "no-answers", id=f"{section}/no-answers"))
    return Section(id=section, entries=tuple(entries))


def _course(view: View, asking: Asking) -> list[Number]:
    language, id = view.words.language, f"question/{asking.question}"
    answers = view.say("value.answers", n=asking.answers, people=asking.answerers)
    numbers = [write.number(view, "question-answers", asking.answers, answers)]
    if asking.first is not None:
        seconds = round(asking.first.total_seconds())
        numbers.append(
            write.number(view, "first-answer", seconds, view.say("value.seconds", n=seconds), unit="s")
        )
    if asking.open is not None:
        open_, plan = say.minutes(asking.open), say.minutes(asking.planned)
        text = view.say(
            "value.minutes-of", minutes=say.count(open_, language), plan=say.count(plan, language)
        )
        numbers.append(write.number(view, "question-minutes", open_, text, unit="min"))
    return [number.model_copy(update={"id": f"{id}/{number.id}"}) for number in numbers]


def _themes(view: View, selection: Selection, section: str) -> list[Entry]:
    chosen = of_section(selection, section)
    numbers = sorted({quote.theme for quote in chosen})
    headings = {theme.number: theme.heading for theme in selection.themes if theme.section == section}
    entries: list[Entry] = []
    for number in numbers:
        quotes = write.quotes(view, [quote for quote in chosen if quote.theme == number])
        given = headings.get(number)
        words = view.written(given) if given else None
        if words or len(numbers) > 1:
            text = words or theme_heading(view, [entry for entry in quotes if isinstance(entry, Quote)])
            entries.append(Heading(id=f"{section}/theme/{number}", text=text, words=given))
        entries += quotes
    return entries


def theme_heading(view: View, quotes: Sequence[Quote]) -> str:
    """Return the words that the quotes of a theme share, as people wrote them; a plain heading when they share none."""
    texts = [tokens.words(" ".join(quote.text)) for quote in quotes]
    stems = [{tokens.stem(word) for word in words} for words in texts]
    shared: dict[str, str] = {}
    for word in (word for words in texts for word in words if word.isalpha() and len(word) > 3):
        stem = tokens.stem(word)
        if sum(stem in known for known in stems) > 1:
            shared.setdefault(stem, word if word.isupper() else word.lower())
    most = sorted(shared.values(), key=lambda word: (-len(word), word))[:WORDS_OF_A_HEADING]
    return view.say("theme.about", words=", ".join(most)) if most else view.say("theme.plain")
