"""What happens in the dark: people Slack would not name, histories it would not show, answers taken back unseen."""

from datetime import timedelta

from bot.ports import HeardMessage
from tests.e2e.test_slack import TEXTS, a_plan, answered, message
from tests.fakes.slack.server import limited, refused
from tests.fakes.slack.world import (
    ANDREW,
    CHANNEL,
    MEERA,
    OLU,
    Listener,
    at_work,
    connected,
    workspace,
)


async def test_a_history_that_slack_would_not_show_is_asked_for_again() -> None:
    """Patience is kept, an error is outlived, and what was said meanwhile is heard."""
    async with at_work() as world:
        slack = world.slack
        await world.service.plan(a_plan(), dict(TEXTS), None)
        await world.until(7)
        slack.cut()
        said = slack.workspace.write(CHANNEL, {"user": MEERA, "text": "Anybody here?"})
        slack.expect("conversations.history", limited(10), refused("internal_error"))
        await slack.until(lambda: message(world, said["ts"]).heard is not None)


async def test_somebody_who_cannot_be_named_is_named_later() -> None:
    """While Slack asks for patience people go by their ids, and nobody waits; the next message mends it."""
    intake = Listener()
    async with workspace() as (slack, clock), connected(slack, clock, intake):
        slack.expect("users.info", limited(60))
        await slack.say(MEERA, CHANNEL, "Hello")
        await slack.until(lambda: intake.texts == ["Hello"])
        await slack.say(MEERA, CHANNEL, "Hello again")
        await slack.until(lambda: len(intake.texts) == 2)
        assert len(slack.requests("users.info")) == 1
        clock.step(clock.now() + timedelta(seconds=61))
        await slack.say(MEERA, CHANNEL, "And again")
        await slack.until(lambda: len(intake.texts) == 3)

        assert [one.author.name for one in intake.of(HeardMessage)] == [MEERA, MEERA, "Meera"]


async def test_an_answer_in_a_thread_that_was_taken_back_unseen_is_gone() -> None:
    """Also where other answers hang on, and a root with answers that was taken back itself; what stays is kept."""
    async with at_work() as world:
        slack = world.slack
        await world.service.plan(a_plan(), dict(TEXTS), None)
        await world.until(7)
        await answered(world, 1)
        roots = [await slack.say(MEERA, CHANNEL, f"A1 Root {number}") for number in range(2)]
        answers = [await slack.say(who, CHANNEL, "Why?", thread=roots[0]) for who in (OLU, ANDREW)]
        hanging = await slack.say(OLU, CHANNEL, "How?", thread=roots[1])
        await slack.until(lambda: not slack.unacknowledged)
        slack.cut()
        await slack.delete(CHANNEL, answers[0])
        await slack.delete(CHANNEL, roots[1])
        await slack.until(lambda: message(world, answers[0]).deleted and message(world, roots[1]).deleted)

        assert not any(message(world, id).deleted for id in (roots[0], answers[1], hanging))


async def test_a_thread_that_was_taken_back_whole_is_gone() -> None:
    """Slack knows no such thread then; that keeps nothing else of the room from being read."""
    async with at_work() as world:
        slack = world.slack
        await world.service.plan(a_plan(), dict(TEXTS), None)
        await world.until(7)
        await answered(world, 1)
        root = await slack.say(MEERA, CHANNEL, "A1 Root")
        answer = await slack.say(OLU, CHANNEL, "Why?", thread=root)
        await slack.until(lambda: not slack.unacknowledged)
        slack.cut()
        for id in (answer, root):
            del slack.workspace.channel(CHANNEL).messages[id]
        await slack.until(lambda: message(world, root).deleted and message(world, answer).deleted)
