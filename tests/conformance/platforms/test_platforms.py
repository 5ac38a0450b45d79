"""Every platform keeps every promise of the port, when all goes well and when it does not."""

import pytest

from tests.conformance.platforms.scenarios import SCENARIOS, Scenario


@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
async def test_the_promise_is_kept(scenario: Scenario) -> None:
    """What one platform promises, each of them keeps in the same words."""
    await scenario.play()
