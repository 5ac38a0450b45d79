"""Which platforms must keep the promises: one line each."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from tests.conformance.platforms import stage_discord, stage_local, stage_slack
from tests.conformance.platforms.stage import Stage

STAGES: dict[str, Callable[[], AbstractAsyncContextManager[Stage]]] = {
    "local": stage_local.opened_stage,
    "discord": stage_discord.opened_stage,
    "slack": stage_slack.opened_stage,
}
