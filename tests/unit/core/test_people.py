"""Who moderates, who may write, how people want to be quoted, and forgetting."""

import pytest

from bot.core import commands as c
from bot.core.phases import Phase
from tests.builders import ANDREW, GARY, MAIN, Told, a_chat, asked, at, hears, kinds, publishing, told


def appoint(person: str, generation: int | None = None) -> object:
    """Return that somebody showed a moderator's link, or has the role on their platform."""
    return told(c.Appoint, person=person, generation=generation)


def published(*messages: str, quoted_as: str = "role") -> Told:
    """Return a chat whose summary quotes these messages of Mira."""
    chat = a_chat().running(1)
    for message in messages:
        chat.with_answer(message)
    return chat.at(61).given(publishing(*messages, quoted_as=quoted_as))


# --- moderators ----------------------------------------------------------------------------------------------


def test_the_first_moderator_leads() -> None:
    """Whoever comes next helps."""
    assert a_chat().chat.leader == ANDREW


def test_a_moderator_is_appointed_once() -> None:
    """They may show the link with every press."""
    chat = a_chat().given(appoint("anna", 1))

    assert chat.when(appoint("anna", 1)) == ()


def test_a_new_link_shuts_out_whoever_came_by_the_old_one() -> None:
    """But for the one who changed it, and who moderates by their role on the platform."""
    chat = a_chat().given(appoint("anna", 1), asked(c.RotateLink, GARY))

    assert set(chat.chat.moderators) == {ANDREW, GARY}
    assert chat.refusal(appoint("anna", 1)) == "refused.link-expired"
    assert kinds(chat.when(appoint("anna", 2))) == ("moderator-appointed",)


def test_who_was_released_does_not_come_back_by_the_same_link() -> None:
    """Only by a new one, or by a role that their platform gives them."""
    chat = a_chat().given(asked(c.Release, person=GARY))
    assert chat.refusal(appoint(GARY, 1)) == "refused.link-expired"
    assert chat.refusal(appoint(GARY)) is None

    assert chat.given(asked(c.RotateLink)).refusal(appoint(GARY, 2)) is None


def test_another_moderator_leads_from_here() -> None:
    """Once; and only somebody who moderates can."""
    chat = a_chat().given(asked(c.HandOver, to=GARY))
    assert chat.chat.leader == GARY
    assert chat.when(asked(c.HandOver, to=GARY)) == ()

    assert chat.refusal(asked(c.HandOver, to="mira")) == "refused.not-a-moderator"


def test_when_the_leader_is_released_another_leads() -> None:
    """A chat with moderators is never without a leader."""
    assert a_chat().given(asked(c.Release, GARY, person=ANDREW)).chat.leader == GARY


def test_when_a_helper_is_released_the_leader_stays() -> None:
    """And releasing somebody who moderates nothing changes nothing."""
    chat = a_chat().given(asked(c.Release, person=GARY))

    assert chat.chat.leader == ANDREW
    assert chat.when(asked(c.Release, person="mira")) == ()


def test_the_last_moderator_stays() -> None:
    """A chat that nobody runs could not be closed."""
    chat = a_chat().given(asked(c.Release, person=GARY))

    assert chat.refusal(asked(c.Release, person=ANDREW)) == "refused.last-moderator"


# --- muting --------------------------------------------------------------------------------------------------


def test_muting_and_letting_speak_again_are_done_once() -> None:
    """A second press of either changes nothing, whether or not the person was met."""
    chat = a_chat().running(1).given(asked(c.Mute, person="mira"))
    assert chat.when(asked(c.Mute, person="mira")) == ()

    chat.given(asked(c.Mute, person="mira", muted=False))
    assert chat.when(asked(c.Mute, person="mira", muted=False)) == ()
    assert chat.when(asked(c.Mute, person="jonas", muted=False)) == ()


def test_moderators_do_not_mute_one_another() -> None:
    """The role is taken away first."""
    assert a_chat().running(1).refusal(asked(c.Mute, person=GARY)) == "refused.mute-moderator"


def test_somebody_muted_who_becomes_a_moderator_can_be_let_speak() -> None:
    """They are not stuck."""
    chat = a_chat().running(1).given(asked(c.Mute, person="anna"), appoint("anna"))

    assert kinds(chat.when(asked(c.Mute, person="anna", muted=False))) == ("person-muted",)


# --- groups --------------------------------------------------------------------------------------------------


def test_people_say_for_whom_they_speak_and_take_it_back() -> None:
    """Saying it twice changes nothing."""
    declare = asked(c.Declare, "mira", group="patient", room=MAIN)
    chat = a_chat().running(1).given(declare)
    assert chat.when(declare) == ()

    chat.given(asked(c.Declare, "mira", group=None, room=MAIN))
    assert chat.chat.people["mira"].group is None


def test_a_group_that_the_plan_does_not_name_is_refused() -> None:
    """The list is the organiser's."""
    chat = a_chat().running(1)

    assert chat.refusal(asked(c.Declare, "mira", group="wizard", room=MAIN)) == "refused.no-such-group"


def test_a_bot_stays_a_bot() -> None:
    """Whatever it declares."""
    chat = a_chat().running(1).given(told(c.Meet, person="robot", room=MAIN, bot=True))

    assert chat.given(asked(c.Declare, "robot", group="patient", room=MAIN)).chat.people["robot"].bot


# --- consent -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("message", ["m1", None])
def test_the_same_choice_twice_is_one_choice(message: str | None) -> None:
    """For one line, or for all."""
    choose = asked(c.Consent, "mira", choice="named", message=message)

    assert a_chat().running(1).with_answer("m1").given(choose).when(choose) == ()


def test_the_last_word_holds_for_everything_before_it() -> None:
    """Named for all, "no" for one line, then named for all again: the line may be quoted too."""
    chat = a_chat().running(1).with_answer("m1")
    chat.given(asked(c.Consent, "mira", choice="named"), asked(c.Consent, "mira", choice="no", message="m1"))

    assert kinds(chat.when(asked(c.Consent, "mira", choice="named"))) == ("consent-given",)
    assert chat.chat.people["mira"].choices == {}


@pytest.mark.parametrize("message", ["m1", "m9"])
def test_nobody_chooses_for_another(message: str) -> None:
    """Nor for a message that nobody heard."""
    chat = a_chat().running(1).with_answer("m1")

    assert chat.refusal(asked(c.Consent, "jonas", choice="named", message=message)) == "refused.not-yours"


def test_a_no_to_everything_takes_every_quote_out_of_a_published_summary() -> None:
    """And a "no" to one line only that one."""
    everything = published("m1", "m2").when(asked(c.Consent, "mira", choice="no"))
    one = published("m1", "m2").when(asked(c.Consent, "mira", choice="no", message="m1"))

    assert (everything[-1].messages, everything[-1].reason) == (("m1", "m2"), "withdrawn")
    assert one[-1].messages == ("m1",)


def test_a_yes_changes_no_summary_that_names_nobody() -> None:
    """What was published by role stays as it was."""
    assert kinds(published("m1").when(asked(c.Consent, "mira", choice="named"))) == ("consent-given",)


def test_who_is_named_in_a_published_summary_can_leave_it_nameless() -> None:
    """Its posts are written anew; a line that was deleted or locked meanwhile stays out."""
    chat = published("m1", "m2", "m3", quoted_as="named")
    chat.given(told(c.HearDeletion, message="m2"), asked(c.Lock, message="m3"))

    nameless = chat.when(asked(c.Consent, "mira", choice="role"))

    assert (nameless[-1].messages, nameless[-1].reason) == (("m1",), "allowed")


def test_a_yes_after_a_no_brings_the_line_back_and_the_next_no_takes_it_out_again() -> None:
    """The last word counts, however often somebody changes their mind."""
    chat = published("m1")
    no, yes = asked(c.Consent, "mira", choice="no"), asked(c.Consent, "mira", choice="role")

    for word, reason in ((no, "withdrawn"), (yes, "allowed"), (no, "withdrawn")):
        assert chat.when(word)[-1].reason == reason
        chat.given(word)
    keys = [post.key for post in chat.posts]
    assert len(set(keys)) == len(keys)


# --- forgetting ----------------------------------------------------------------------------------------------


def test_being_forgotten_takes_everything_along() -> None:
    """Every message leaves its room, and every quote its summary; other people's stay."""
    chat = published("m1", "m2")
    chat.given(hears("m3", by="jonas", sent=30), told(c.HearDeletion, message="m2"))
    events = chat.when(asked(c.Forget, "mira"))

    assert kinds(events) == ("message-deleted", "person-forgotten", "summary-amended")
    assert events[-1].messages == ("m1",)
    assert not chat.chat.messages["m3"].deleted
    assert chat.chat.people["mira"].choice == "no"


def test_being_forgotten_twice_changes_nothing_unless_one_wrote_again() -> None:
    """Who comes back and writes can be forgotten again."""
    forget = asked(c.Forget, "mira")
    chat = a_chat().running(1).with_answer("m1").given(forget)
    assert chat.when(forget) == ()

    chat.given(hears("m2"))
    assert kinds(chat.when(forget)) == ("message-deleted", "person-forgotten")


def test_who_wrote_before_somebody_was_forgotten_and_is_unknown_may_be_them() -> None:
    """A platform tells again of what still stands there; nothing was kept to know them by, and nothing need be."""
    chat = a_chat().running(1).with_answer("m1").with_answer("m2", by="jonas")
    assert not chat.chat.may_be_forgotten(None, at(9))

    chat.at(12).given(asked(c.Forget, "mira"))
    chat.at(15).given(told(c.Meet, person="mira-again", room=MAIN))

    assert chat.chat.may_be_forgotten(None, at(9))
    assert chat.chat.may_be_forgotten("mira-again", at(9))
    assert not chat.chat.may_be_forgotten("mira-again", at(15))
    assert not chat.chat.may_be_forgotten("jonas", at(9))


def test_somebody_who_never_wrote_can_be_forgotten() -> None:
    """Their name may be known all the same, in any phase of the chat."""
    assert kinds(a_chat().in_phase(Phase.PUBLISHED).when(asked(c.Forget, "mira"))) == ("person-forgotten",)


def test_a_moderator_who_is_forgotten_moderates_no_more() -> None:
    """Another leads; nobody is left in charge who is no longer there."""
    chat = a_chat().given(asked(c.Forget, ANDREW))

    assert ANDREW not in chat.chat.moderators
    assert chat.chat.leader == GARY
