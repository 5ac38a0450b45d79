"""The draft, its publication and what may still happen to it then."""

from dataclasses import replace

from bot.core import commands as c
from bot.core import events as e
from bot.core.chat import Chat
from bot.core.phases import Phase, Stage
from bot.core.selection import Selected
from bot.errors import Refused

_CHANGES: dict[str, e.Change] = {
    "drop": "drop",
    "restore": "restore",
    "move": "move",
    "cut": "cut",
    "heading": "heading",
}


def change_entry(chat: Chat, command: c.ChangeEntry) -> tuple[e.Event, ...]:
    """Return the change to the draft. Raises: Refused for a change there is none of."""
    change = _CHANGES.get(command.change)
    if change is None:
        raise Refused("refused.no-such-change")
    changed = e.SummaryEntryChanged(
        at=command.at,
        change=change,
        entry=command.entry,
        by=command.by,
        to=command.to,
        start=command.start,
        end=command.end,
        heading=command.heading,
    )
    return () if _is_repeated(chat, changed) else (changed,)


def _is_repeated(chat: Chat, changed: e.SummaryEntryChanged) -> bool:
    same = [done for done in chat.draft_changes if done.entry == changed.entry]
    return bool(same) and replace(same[-1], at=changed.at, by=changed.by) == changed


def publish(chat: Chat, command: c.Publish) -> tuple[e.Event, ...]:
    """Return the published summary. Raises: Refused when a chosen line may not be quoted so since it was chosen."""
    if not all(_still_holds(chat, quote) for quote in command.selection.quotes):
        raise Refused("refused.draft-changed")
    cause: e.Cause = "clock" if command.by is None else "command"
    published = e.SummaryPublished(
        at=command.at,
        edition=chat.editions + 1,
        selection=command.selection,
        composer=command.composer,
        parts=command.parts,
        cause=cause,
        by=command.by,
    )
    stage = Stage(phase=Phase.PUBLISHED)
    entered = e.StageEntered(at=command.at, stage=stage, cause=cause, due=command.at, by=command.by)
    return (published, entered)


def _still_holds(chat: Chat, quote: Selected) -> bool:
    message = chat.message(quote.message)
    if message.heard is None or message.deleted or message.locked:
        return False
    author = chat.person(message.heard.author)
    choice = author.choices.get(message.id, author.choice)
    # Composing takes seconds, in which people edit, or change their minds about being quoted.
    return (
        message.revision == quote.revision
        and choice != "no"
        and (choice, quote.quoted_as) != ("role", "named")
    )


def retract(chat: Chat, command: c.Retract) -> tuple[e.Event, ...]:
    """Return that the summary is taken back."""
    stage = Stage(phase=Phase.WITHDRAWN)
    entered = e.StageEntered(at=command.at, stage=stage, cause="command", due=command.at, by=command.by)
    return (e.SummaryRetracted(at=command.at, by=command.by), entered)
