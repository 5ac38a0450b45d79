"""What every test gets: a neutral world, the same examples on every run, and a browser when there is one."""

import os

import pytest
from hypothesis import HealthCheck, settings

from tests.surroundings import find_browser, forbid_the_network, settle_environment

# Two cores shared with other tests make a slow example say nothing about our code: no deadlines.
_quiet = (HealthCheck.too_slow,)
settings.register_profile(
    "ci", max_examples=200, deadline=None, derandomize=True, print_blob=True, suppress_health_check=_quiet
)
# `sh dev.sh test --hypothesis-profile explore` goes looking for new histories.
settings.register_profile("explore", max_examples=2_000, deadline=None, suppress_health_check=_quiet)
settings.load_profile("ci")


# Last, so that pytest's own terminal keeps the colours it has already chosen.
@pytest.hookimpl(trylast=True)
def pytest_configure() -> None:
    """Settle the world before the first test is read."""
    settle_environment()
    forbid_the_network()


def pytest_report_header() -> str:
    """Return the time zone of this run, so that it can be asked for again."""
    return f"time zone: {os.environ['TZ']}"


@pytest.fixture(scope="session")
def browser_path() -> str:
    """Return the browser to drive; without one, skip here and fail where CI=true says that one must be."""
    path = find_browser()
    if path is None and os.environ.get("CI") == "true":
        pytest.fail("no Chromium browser: on Debian or Ubuntu, apt install chromium")
    if path is None:
        pytest.skip("no Chromium browser: on Debian or Ubuntu, apt install chromium")
    return path
