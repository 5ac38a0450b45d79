"""The quality of the record: started on time, posts delivered, gaps, edits, deletions."""

from bot.core.attribution import UNSURE
from bot.core.phases import Phase
from bot.summary import write
from bot.summary.chapters import chapter
from bot.summary.document import Chapter, Label, Number, Section
from bot.summary.view import View


def record(view: View) -> Chapter:
    """Return how well the hour was kept."""
    said = view.said
    entries = (
        _started(view),
        _posts(view),
        _gaps(view),
        write.number(view, "edits", sum(one.message.revision > 0 for one in said)),
        write.number(view, "deletions", _deletions(view)),
        write.number(view, "unsure", sum(0 < view.attributions[one.id].confidence < UNSURE for one in said)),
    )
    return chapter(view, "record", [Section(id="record", entries=entries)])


def quality_line(view: View) -> Label:
    """Return the same in one sentence, for the summary of a small chat."""
    started, posts = _started(view), _posts(view)
    return write.label(
        view,
        "glance.record",
        started=started.text,
        posts=posts.text,
        gaps=len(view.chat.gaps),
        deletions=_deletions(view),
    )


def _started(view: View) -> Number:
    began = view.chat.entered.get(Phase.INTRODUCTIONS)
    if began is None:
        return write.number(view, "started", None, unit="s")
    late = round((began - view.chat.plan.starts_at).total_seconds())
    text = view.say("value.started", sign="−" if late < 0 else "+", by=abs(late))
    return write.number(view, "started", late, text, unit="s")


def _posts(view: View) -> Number:
    posted = len(view.chat.posts)
    text = view.say("value.of", posted=posted, of=posted + len(view.chat.failed))
    return write.number(view, "posts", posted, text)


def _gaps(view: View) -> Number:
    gaps = view.chat.gaps
    seconds = round(sum((gap.until - gap.since).total_seconds() for gap in gaps))
    text = view.say("value.gaps", n=len(gaps), seconds=seconds, filled=sum(gap.filled for gap in gaps))
    return write.number(view, "gaps", len(gaps), text)


def _deletions(view: View) -> int:
    return sum(one.message.deleted for one in view.said)
