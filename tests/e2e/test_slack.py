"""A whole chat on Slack: the real library, the real house, and a workspace on this machine, calm and stormy."""

import pytest

from bot.core.chat import Message
from bot.core.names import MessageId
from bot.core.phases import Phase
from bot.core.plan import CLOSING, TITLE, question_words
from bot.ports import ShownMessage
from tests.fakes.slack.schema import HAS_SPECS
from tests.fakes.slack.server import broken, dropped, limited
from tests.fakes.slack.world import ANDREW, CHANNEL, JO, MEERA, OLU, ROOM, World, a_plan, at_work

QUESTIONS = {
    "q1": "What helped you through this week at work?",
    "q2": "What do you tell your team, and what do you keep to yourself?",
    "q3": "Which one change would you ask your employer for first?",
    "q4": "Who stood by you when your joints decided the day?",
    "q5": "What would you tell somebody in their first week with arthritis?",
}
TEXTS = {
    TITLE: "Working with arthritis",
    CLOSING: "What do you take home?",
    **{question_words(question): text for question, text in QUESTIONS.items()},
}
PACING = "A1 Pacing myself through the whole working day helped me most of all, <!channel> & friends"
ROTA = "A1 A manager who asks first, before she plans the rota for the coming week"
DESK = "A1 Standing desks, and being believed the very first time that I said it"
REGRET = "A1 I should not have said this about my neighbour"
LATER = "A2 I tell them that mornings are slow, and keep the numbers to myself"
WHY = "A2 Why do you keep them to yourself? We would plan around them gladly"
REASON = "A2 Because numbers turn into a rating, and a rating turns into a file about me"


async def heard(world: World) -> None:
    """Wait until our app has taken everything it was told of."""
    await world.slack.until(lambda: not world.slack.unacknowledged, "everything acknowledged")


async def answered(world: World, number: int) -> None:
    """Wait until question *number* stands in the channel."""
    mark = f"Q{number}\n"
    await world.slack.until(lambda: any(text.startswith(mark) for text in world.slack.shown(CHANNEL)), mark)


async def the_answers(world: World) -> dict[str, str]:
    """Have people answer the first question, one change their mind, one take it back, and two talk with each other."""
    slack = world.slack
    ids = {"pacing": await slack.say(MEERA, CHANNEL, PACING.replace("&", "&amp;").replace("<!", "&lt;!"))}
    ids["rota"] = await slack.say(OLU, CHANNEL, "A1 A manager who asks")
    ids["desk"] = await slack.say(JO, CHANNEL, DESK)
    ids["regret"] = await slack.say(JO, CHANNEL, REGRET)
    await slack.edit(CHANNEL, ids["rota"], ROTA)
    await slack.delete(CHANNEL, ids["regret"])
    await heard(world)
    return ids


async def the_kept_lines(world: World, ids: dict[str, str]) -> None:
    """Have the moderator keep one line from the menu and another by a reaction."""
    slack = world.slack
    await slack.pick(ANDREW, CHANNEL, ids["pacing"], "keep")
    await slack.submit(ANDREW, slack.views[-1], tag="💡 Insight")
    await slack.react(ANDREW, CHANNEL, ids["rota"], "construction")
    await heard(world)


async def the_exchange(world: World) -> None:
    """Have two people talk in a thread, and the moderator keep it whole."""
    slack = world.slack
    first = await slack.say(MEERA, CHANNEL, LATER)
    second = await slack.say(OLU, CHANNEL, WHY, thread=first)
    third = await slack.say(MEERA, CHANNEL, REASON, thread=first)
    await heard(world)
    links = ",".join(
        f"<{slack.url}/archives/{CHANNEL}/p{id.replace('.', '')}>" for id in (first, second, third)
    )
    await slack.slash(ANDREW, CHANNEL, f"keep-exchange messages={links}")


async def publish(world: World) -> None:
    """Have the moderator publish the summary."""
    await world.slack.slash(ANDREW, CHANNEL, "publish")
    await world.slack.submit(ANDREW, world.slack.views[-1])
    await world.slack.until(lambda: world.chat.published, "published")
    await world.settled()


def numbers_asked(world: World) -> list[str]:
    """Return the first words of every question that stands in the channel, in order."""
    firsts = [text.split("\n")[0] for text in world.slack.shown(CHANNEL)]
    return [first for first in firsts if first.startswith("Q") and first[1:].isdecimal()]


async def standing(world: World) -> dict[str, str]:
    """Return every message that the bot holds, by its id."""
    shown = await world.view.history(ROOM, None)
    return {one.id: one.text for one in shown if isinstance(one, ShownMessage)}


def no_post_stands_twice(world: World) -> bool:
    """Return whether every post has a key of its own."""
    keys = [post["metadata"]["event_payload"]["k"] for post in world.slack.posts(CHANNEL)]
    return len(keys) == len(set(keys))


@pytest.mark.skipif(not HAS_SPECS, reason="the published schemas are not beside this checkout")
def test_requests_are_checked_against_the_published_schemas() -> None:
    """Without Slack's schemas the chats below would say less than they seem to."""
    assert HAS_SPECS


async def test_a_chat_goes_from_its_plan_to_its_published_summary() -> None:
    """Five questions, answers, an edit, a deletion, kept lines and an exchange end in a summary, each post once."""
    async with at_work() as world:
        await world.service.plan(a_plan(), dict(TEXTS), None)
        await world.until(7)
        await answered(world, 1)
        ids = await the_answers(world)
        await the_kept_lines(world, ids)
        await world.until(17)
        await answered(world, 2)
        await the_exchange(world)
        await world.until(70)
        assert world.chat.phase is Phase.REVIEW
        await publish(world)

        held = await standing(world)
        summary = "\n".join(world.slack.shown(CHANNEL)[-4:])
        assert numbers_asked(world) == ["Q1", "Q2", "Q3", "Q4", "Q5"]
        assert held[ids["pacing"]] == PACING
        assert held[ids["rota"]] == ROTA
        assert ids["regret"] not in held
        assert {one.tag for one in world.chat.insights.values()} == {"insight", "barrier"}
        assert sorted(len(one.messages) for one in world.chat.insights.values()) == [1, 1, 3]
        assert "Pacing myself" in summary
        assert "neighbour" not in "\n".join(world.slack.shown(CHANNEL))
        assert no_post_stands_twice(world)
        assert world.slack.violations == []


async def the_cuts(world: World) -> dict[int, str]:
    """Have the line cut three times, and somebody write each time while nobody can be told."""
    slack, said = world.slack, {}
    for number in (2, 3, 4):
        slack.dead_addresses = 1 if number == 3 else 0
        slack.cut()
        said[number] = await slack.say(
            MEERA, CHANNEL, f"A{number} What nobody could be told of, for the line was cut"
        )
        await slack.until(lambda: slack.lines, "a new socket")
        await slack.until(lambda n=number: is_heard(world, said[n]), "what was missed")
        await world.until(10 * number - 3)
        await answered(world, number)
    return said


async def the_changes_in_the_dark(world: World, ids: dict[str, str]) -> None:
    """Have one message taken back and another changed while nobody can be told."""
    slack = world.slack
    slack.cut()
    await slack.delete(CHANNEL, ids["desk"])
    await slack.edit(CHANNEL, ids["rota"], ROTA + ", and the week after")
    await slack.until(lambda: slack.lines, "a new socket")
    await slack.until(lambda: message(world, ids["desk"]).deleted, "the deletion")


async def test_a_stormy_chat_loses_nothing_and_says_nothing_twice() -> None:
    """Four cuts, a dead address, refusals for haste, a gateway error and a lost answer leave no trace."""
    async with at_work() as world:
        world.slack.expect(
            "chat.postMessage", limited(1), broken(502), dropped(done=True), limited(2), dropped(done=False)
        )
        await world.service.plan(a_plan(), dict(TEXTS), None)
        await world.until(7)
        await answered(world, 1)
        ids = await the_answers(world)
        said = await the_cuts(world)
        await the_changes_in_the_dark(world, ids)
        await world.until(57)
        await answered(world, 5)

        held = await standing(world)
        assert numbers_asked(world) == ["Q1", "Q2", "Q3", "Q4", "Q5"]
        assert no_post_stands_twice(world)
        assert set(said.values()) <= held.keys()
        assert ids["desk"] not in held
        assert held[ids["rota"]].endswith("and the week after")
        assert world.chat.gaps
        assert world.slack.violations == []


def message(world: World, id: str) -> Message:
    """Return what the bot knows of a message."""
    [facilitator] = world.service.roster.chats.values()
    return world.chat.message(facilitator.ledger.ours.get((ROOM, id), MessageId("")))


def is_heard(world: World, id: str) -> bool:
    """Return whether the bot has heard a message."""
    return message(world, id).heard is not None
