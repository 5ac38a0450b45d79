"""The chapters that count: who was heard, and the other numbers; what is not told says so."""

from collections import Counter
from collections.abc import Iterable

from bot.core.selection import Selection
from bot.insights.consent import quotable
from bot.summary import measure, say, write
from bot.summary.chapters import chapter, open_proposals
from bot.summary.document import Chapter, Number, Point, Section
from bot.summary.view import View

# --- who was heard ----------------------------------------------------------------------------------------


def heard(view: View) -> Chapter:
    """Return whose voices there were, "not said" among them."""
    messages, insights = measure.by_group(view), measure.insights_by_group(view)
    numbers = [
        write.number(view, "voices", messages.total(), series=_by_group(view, messages)),
        write.number(view, "insight-voices", insights.total(), series=_by_group(view, insights)),
        *_concentration(view),
        *_connections(view),
    ]
    return chapter(view, "heard", [Section(id="heard", entries=tuple(numbers))])


def _by_group(view: View, counts: Counter[str | None]) -> list[Point]:
    in_order = sorted(counts.items(), key=lambda pair: (pair[0] is None, -pair[1], str(pair[0])))
    return [Point(label=view.group_label(group), value=count) for group, count in in_order]


def _concentration(view: View) -> list[Number]:
    people, total = measure.by_person(view), len(view.said)
    language = view.words.language
    top = sum(count for _, count in people.most_common(5)) / total
    once = sum(count == 1 for count in people.values())
    regulars = sum(count for person, count in people.items() if view.chat.person(person).returning) / total
    return [
        write.number(view, "top-five", round(top, 4), say.share(top, language)),
        write.number(view, "one-message", once),
        write.number(view, "regulars", round(regulars, 4), say.share(regulars, language)),
    ]


def _connections(view: View) -> list[Number]:
    found = measure.connections(view)
    return [
        write.number(view, "reply-pairs", found.pairs if found else None),
        write.number(view, "longest-exchange", found.longest if found else None),
        write.number(view, "unanswered-people", found.alone if found else None),
    ]


# --- the other numbers --------------------------------------------------------------------------------------


def numbers(view: View, selection: Selection) -> Chapter:
    """Return what else was counted; what this platform or chat does not tell says so."""
    entries = [
        *_people(view),
        *_audience(view),
        *_insights(view),
        *_resources(view, selection),
        *_outcome(view),
    ]
    return chapter(view, "numbers", [Section(id="numbers", entries=tuple(entries))])


def _people(view: View) -> list[Number]:
    people = list(view.aliases)
    returning = sum(view.chat.person(person).returning for person in people)
    late = measure.late(view)
    text = view.say("value.people", n=len(people), new=len(people) - returning, returning=returning)
    messages = view.say("value.messages", n=len(view.said), late=late)
    return [
        write.number(view, "people", len(people), text),
        write.number(view, "messages", len(view.said), messages),
    ]


def _audience(view: View) -> list[Number]:
    asked = [q for q in view.chat.plan.questions if q.audience and q.id in view.chat.asked]
    answered = sum(1 for question in asked if view.answers[question.id])
    waiting = len(open_proposals(view))
    text = view.say("value.audience", asked=len(asked), answered=answered, waiting=waiting)
    return [write.number(view, "audience", len(asked) + waiting, text)]


def _insights(view: View) -> list[Number]:
    by_tag = Counter(kept.insight.tag for kept in view.board)
    series = [Point(label=_tag_name(view, tag), value=by_tag[tag]) for tag in _tag_order(view, by_tag)]
    allowed = sum(all(quotable(view.chat, message).as_ for message in kept.messages) for kept in view.board)
    return [
        write.number(view, "insights", len(view.board), series=series),
        write.number(view, "insights-allowed", allowed),
    ]


def _tag_order(view: View, tags: Iterable[str]) -> list[str]:
    known = list(view.tags.tags)
    return sorted(tags, key=lambda tag: (known.index(tag) if tag in known else len(known), tag))


def _tag_name(view: View, tag: str) -> str:
    return view.words.line(f"tag.{tag}") if f"tag.{tag}" in view.words else tag


def _resources(view: View, selection: Selection) -> list[Number]:
    shown = sum(len(quote.spans) for quote in selection.quotes if quote.section == "resources")
    return [write.number(view, "resources", shown), write.number(view, "resources-alive", None)]


def _outcome(view: View) -> list[Number]:
    pledges = sum(kept.insight.tag == "pledge" for kept in view.board)
    return [
        *(_safety(view) if view.edition == "internal" else ()),
        write.number(view, "withdrawals", len(view.chat.amended)),
        write.number(view, "readers", None),
        write.number(view, "pledges", pledges),
        write.number(view, "rating", None),
    ]


def _safety(view: View) -> list[Number]:
    messages = [said.message for said in view.said]
    held = sum(bool(message.reading.held_back) for message in messages)
    looked_at = sum(
        bool(message.reading.held_back) and (message.cleared or message.locked) for message in messages
    )
    locked = sum(message.locked for message in messages)
    text = view.say("value.held-back", n=held, looked_at=looked_at)
    return [
        write.number(view, "held-back", held, text),
        write.number(view, "locked", locked),
        write.number(view, "adverse-events", None),
    ]
