"""What the demo's crowd does under a seed: always the same, each thing possible when it happens."""

from datetime import timedelta
from itertools import pairwise

import pytest

from adapters.local.hearing import MOST_TEXT
from bot.core.decide.course import HOT
from bot.core.reading import read
from bot.core.table import COMMANDS
from bot.demo.crowd import load
from bot.demo.script import Act, Delete, Edit, Join, Order, React, Say, acts
from bot.demo.stage import load_plan
from bot.insights import tags

SEEDS = range(1, 21)
LONGEST = 280
"""People write in a chat as they do on a phone; nobody reads essays there."""


def said(script: tuple[Act, ...]) -> dict[str, Say]:
    """Return what is said, by the name of the act."""
    return {act.name: act.doing for act in script if isinstance(act.doing, Say)}


def needs(act: Act) -> list[str]:
    """Return the names of the acts that must have happened before *act*."""
    match act.doing:
        case Say(to=to):
            return [to] if to else []
        case Edit(of=of) | Delete(of=of):
            return [of]
        case React(on=on):
            return [on]
        case Order(arguments=arguments):
            named = ",".join(arguments.values()).split(",")
            return [name[1:] for name in named if name.startswith("@")]
        case _:
            return []


def test_the_same_seed_gives_the_same_script() -> None:
    """A demo can be told again, word for word and second for second."""
    assert acts(7) == acts(7)


def test_another_seed_gives_another_script() -> None:
    """Somebody who runs the demo twice does not see the same hour twice."""
    one, other = acts(1), acts(2)

    assert [act.at for act in one] != [act.at for act in other]
    assert {say.text for say in said(one).values()} != {say.text for say in said(other).values()}


@pytest.mark.parametrize("seed", SEEDS)
def test_no_two_acts_fall_on_the_same_millisecond(seed: int) -> None:
    """What happens at once happens in an order that nobody can argue with."""
    moments = [act.at // timedelta(milliseconds=1) for act in acts(seed)]

    assert all(before < after for before, after in pairwise(moments))


@pytest.mark.parametrize("seed", SEEDS)
def test_everybody_comes_in_before_they_do_anything(seed: int) -> None:
    """Nobody talks, likes or keeps from outside the door."""
    present: set[str] = set()
    for act in acts(seed):
        if isinstance(act.doing, Join):
            present.add(act.who)
        assert act.who in present, act.name


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_comes_before_what_it_hangs_on(seed: int) -> None:
    """A reply follows its question, a reaction its line, an edit its typing error."""
    happened: set[str] = set()
    for act in acts(seed):
        assert happened.issuperset(needs(act)), act.name
        happened.add(act.name)


@pytest.mark.parametrize("seed", SEEDS)
def test_people_change_and_take_back_only_their_own_words(seed: int) -> None:
    """The room would refuse anything else."""
    author = {act.name: act.who for act in acts(seed)}

    assert all(author[act.doing.of] == act.who for act in acts(seed) if isinstance(act.doing, Edit | Delete))


@pytest.mark.parametrize("seed", SEEDS)
def test_every_person_of_the_cast_speaks(seed: int) -> None:
    """About twenty people come, and none of them is a mere name on a list."""
    names = {person.name for person in load().people}

    assert {act.who for act in acts(seed) if isinstance(act.doing, Say)} == names
    assert 18 <= len(names) <= 25


@pytest.mark.parametrize("seed", SEEDS)
def test_the_hour_is_as_full_as_a_real_one(seed: int) -> None:
    """Between 150 and 250 messages, each short enough for a chat."""
    texts = [say.text for say in said(acts(seed)).values()]

    assert 150 <= len(texts) <= 250
    assert max(map(len, texts)) <= LONGEST < MOST_TEXT


@pytest.mark.parametrize("seed", SEEDS)
def test_no_question_finds_the_room_too_hot(seed: int) -> None:
    """The clock never has to wait for the crowd, so that every cue falls into its question."""
    plan = load_plan()
    shift = timedelta(minutes=2)  # the moderator gives the third question two minutes more
    openings = [
        slot.opens_after + shift * (number > 3) for number, slot in enumerate(plan.timetable, start=1)
    ]
    moments = [act.at for act in acts(seed) if isinstance(act.doing, Say)]

    for opening in [*openings, plan.closing_after + shift, plan.length + shift]:
        assert sum(opening - timedelta(minutes=1) <= moment <= opening for moment in moments) < HOT


def test_every_command_is_one_that_there_is() -> None:
    """The moderators use the buttons that anybody has on the card."""
    assert {act.doing.command for act in acts(1) if isinstance(act.doing, Order)} <= COMMANDS.keys()


def test_what_moderators_keep_is_never_left_to_chance() -> None:
    """The summary tells the same story under every seed: only small talk comes and goes."""
    kept = [
        {name for act in acts(seed) if isinstance(act.doing, Order) for name in needs(act)} for seed in SEEDS
    ]

    assert all(names == kept[0] for names in kept)


def test_a_moderator_keeps_a_dozen_lines_under_several_tags() -> None:
    """Enough for a good summary, few enough for one person in one hour."""
    orders = [act for act in acts(1) if isinstance(act.doing, Order) and act.doing.command == "keep"]
    by_mara = [act for act in orders if act.who == "Mara"]

    assert 12 <= len(by_mara) <= 16
    assert {act.doing.arguments["tag"] for act in orders if isinstance(act.doing, Order)} == {
        *("insight", "strategy", "tactic", "barrier", "idea", "story", "pledge")
    }


def test_moderators_keep_by_reaction_only_what_the_script_means_them_to() -> None:
    """A tag's emoji from a moderator keeps the line, so none of them is pressed in passing."""
    moderators = {person.name for person in load().people if person.moderates}
    reactions = [act for act in acts(1) if isinstance(act.doing, React) and act.who in moderators]
    tagged = [
        act
        for act in reactions
        if isinstance(act.doing, React) and tags.load().of_reaction(act.doing.reaction)
    ]

    assert len(tagged) == 2


def test_only_places_that_nobody_owns_are_linked() -> None:
    """Every link of the crowd leads to example.org."""
    links = [say.text for say in said(acts(1)).values() if "://" in say.text]

    assert len(links) >= 4
    assert all("https://example.org/" in text for text in links)


def test_one_message_holds_a_number_that_belongs_to_nobody() -> None:
    """A telephone number from the range kept for fiction is held back; nothing else in the hour is."""
    held = [say.text for say in said(acts(1)).values() if read(say.text).held_back]

    assert len(held) == 1
    assert "+44 1632 960" in held[0]


def test_answers_come_with_and_without_labels() -> None:
    """As in life, about one message in eight says which question it answers, late ones among them."""
    texts = [say.text for say in said(acts(1)).values()]
    answers = [read(text).answers for text in texts]

    assert 10 <= sum(bool(numbers) for numbers in answers) <= len(texts) // 5
    assert (1, 3) in answers
