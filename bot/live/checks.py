"""What is tried on every platform, in this order. Later checks look at what earlier ones posted."""

from bot.live import looking, people, posting
from bot.live.attempt import FOR_PEOPLE, PATIENCE, Check, tidy_up

CHECKS: tuple[Check, ...] = tuple(
    Check(name=name, run=run)
    for name, run in (
        ("permissions", looking.permissions),
        ("invitation", looking.invitation),
        ("posts", posting.posts),
        ("clock", posting.clock),
        ("echo", posting.echo),
        ("nobody", posting.nobody),
        ("looked-up", looking.looked_up),
        ("not-there", looking.not_there),
        ("twice", posting.twice),
        ("stands", looking.there),
        ("everything", posting.everything),
        ("long", posting.long),
        ("odd", posting.odd),
        ("traps", posting.traps),
        ("reply", posting.reply),
        ("order", posting.order),
        ("edits", posting.edits),
        ("marked-still", looking.marked_still),
        ("history", looking.history),
        ("card", looking.card),
        ("no-room", posting.no_room),
        ("private", people.private),
        ("private-again", people.private_again),
    )
)
PEOPLE: tuple[Check, ...] = tuple(
    Check(name=name, run=run, patience=FOR_PEOPLE)
    for name, run in (
        ("hears", people.hears),
        ("hears-reaction", people.hears_reaction),
        ("hears-reply", people.hears_reply),
        ("hears-edit", people.hears_edit),
        ("hears-deletion", people.hears_deletion),
    )
)
AFTERWARDS: tuple[Check, ...] = tuple(
    Check(name=name, run=run, patience=2 * PATIENCE)
    for name, run in (
        ("deletes", looking.deletes),
        ("gone", looking.gone),
        ("deletes-twice", looking.deletes_twice),
        ("tidy", tidy_up),
    )
)
