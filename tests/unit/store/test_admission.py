"""A refusal names what it is about by our ids, never by a name or a platform's id."""

from dataclasses import replace

import pytest

from bot.errors import Conflict
from bot.ports import Batch
from bot.store.admission import admit
from bot.store.known import Known
from tests.conformance.store.examples import ANN, BEN, CHAT, OTHER_CHAT, ROOM, events, message, met, seen

KNOWN = Known(
    epochs={4: True, 3: False},
    versions={CHAT: 2},
    sources={"plans/winter.toml": CHAT},
    messages={(ROOM, "x1"): message(1)},
    persons={("local", "u-ann"): ANN},
)
GOOD = events(3, expected=2, epoch=4)


@pytest.mark.parametrize(
    ("batch", "reason"),
    [
        (replace(GOOD, expected=1), "c-7d1e is at version 2, not 1"),
        (replace(GOOD, epoch=3), "the lease of epoch 3 is over"),
        (replace(GOOD, epoch=0), "the lease of epoch 0 is over"),
        (
            replace(GOOD, chat=OTHER_CHAT, expected=0, source="plans/winter.toml"),
            "c-5b02 comes from a plan that another chat came from",
        ),
        (replace(GOOD, sightings=(seen(1, as_message=7),)), "what became m-7 in local/main is known already"),
        (replace(GOOD, people=(met(BEN, "Benedict"),)), "p-9b2e of local is known already"),
        (
            replace(GOOD, people=(met(ANN), met(BEN, id="u-new"), met(ANN, id="u-new"))),
            "p-0f3a of local is known already",
        ),
    ],
)
def test_a_refusal_says_what_was_not_known(batch: Batch, reason: str) -> None:
    """The log of the bot says why a batch was refused, without a word or a name."""
    with pytest.raises(Conflict) as caught:
        admit(batch, KNOWN)

    assert str(caught.value) == reason


def test_what_agrees_is_admitted() -> None:
    """A batch that says what is known already, and something new, may be written."""
    admit(replace(GOOD, source="plans/winter.toml", sightings=(seen(1), seen(3)), people=(met(ANN),)), KNOWN)


def test_batches_of_a_group_build_on_one_another() -> None:
    """What one batch brings, the next one in the same commit finds."""
    known = Known(versions={CHAT: 2})
    first = replace(events(3, expected=2), sightings=(seen(3),), people=(met(),), source="plans/winter.toml")
    admit(first, known)
    known.note(first)

    admit(events(4, expected=3), known)
    for clash in (
        events(4, expected=2),
        replace(events(4, chat=OTHER_CHAT), sightings=(seen(3, as_message=4),)),
        replace(events(4, chat=OTHER_CHAT), people=(met(BEN),)),
        replace(events(4, chat=OTHER_CHAT), source="plans/winter.toml"),
    ):
        with pytest.raises(Conflict):
            admit(clash, known)
