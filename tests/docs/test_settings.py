"""tweetchat.example.toml lists every setting, and nothing that is none."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from adapters import discord, slack
from bot.config import PLATFORMS, Settings, platform_settings

EXAMPLE = (Path(__file__).parents[2] / "tweetchat.example.toml").read_text("utf-8")
ADAPTERS: dict[str, type[BaseModel]] = {"discord": discord.Settings, "slack": slack.Settings}


def uncommented() -> dict[str, Any]:
    """Return the file with all settings in force that it only shows."""
    return tomllib.loads(re.sub(r"^# (?=\[\w+\]$|\w+ = )", "", EXAMPLE, flags=re.MULTILINE))


def test_every_setting_is_listed() -> None:
    """The example names each setting of the bot itself and no other."""
    assert uncommented().keys() == Settings.model_fields.keys()


@pytest.mark.parametrize("name", PLATFORMS)
def test_every_setting_of_a_platform_is_listed(name: str) -> None:
    """The example names each setting of Discord and Slack, under its section, and no other."""
    assert uncommented()[name].keys() == ADAPTERS[name].model_fields.keys()


@pytest.mark.parametrize("name", PLATFORMS)
def test_the_example_shows_values_that_are_taken(name: str) -> None:
    """Whoever only takes the # away gets settings that work, and the defaults it shows are the real ones."""
    model, shown = ADAPTERS[name], uncommented()[name]
    taken = platform_settings(name, model, shown)

    defaults = {key: field.default for key, field in model.model_fields.items() if not field.is_required()}
    told = {key for key, default in defaults.items() if getattr(taken, key) == default}
    assert told >= defaults.keys() - {"moderator_roles", "moderators"}


def test_the_defaults_of_the_example_are_the_real_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    """The file as it is changes nothing: what stands in it uncommented is what would be without it."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"BOT_{name.upper()}", raising=False)
    as_it_is = tomllib.loads(EXAMPLE)

    assert Settings(**as_it_is) == Settings()


def test_every_platform_has_its_settings_here() -> None:
    """A new platform is listed as well."""
    assert ADAPTERS.keys() == set(PLATFORMS)
