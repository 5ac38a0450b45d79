"""The settings: environment variables `BOT_...`, or a TOML file that `BOT_CONFIG` names; secrets from nowhere else."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from bot.errors import BadInput

Model = TypeVar("Model", bound=BaseModel)
PLATFORMS = ("discord", "slack")
"""What the bot can be set up for, beside the browser room."""


class Settings(BaseSettings):
    """Everything an operator can set. tweetchat.example.toml in the project tells the same with comments."""

    model_config = SettingsConfigDict(env_prefix="BOT_", env_nested_delimiter="__", extra="forbid")

    store: str = Field(
        default="tweetchat.db",
        repr=False,  # an address holds a password
        description="Where chats are kept: the path of a file, or postgresql://user:password@host/database",
    )
    installation: str = Field(
        default="main",
        pattern=r"^[a-z][a-z0-9_]{0,39}$",
        description="Which of the bots that share one PostgreSQL this is. A file holds one only.",
    )
    lease: float = Field(
        default=10.0,
        ge=1,
        le=300,
        description="PostgreSQL: seconds after which a frozen or cut-off process is replaced; a dead one is at once.",
    )
    plans: Path = Field(
        default=Path("plans"), description="Folder of plan files; new and changed ones are taken up."
    )
    language: str = Field(default="en", description="Language of pages that belong to no chat yet.")
    host: str = Field(default="127.0.0.1", description="Address that the web page listens on.")
    port: int = Field(
        default=8080, ge=0, le=65_535, description="Port that the web page listens on; 0: any free one."
    )
    public_url: str = Field(
        default="",
        pattern=r"^(https?://[^/\s]+/?)?$",
        description="Address that people see, behind a proxy: https://chat.example.org",
    )
    behind_proxy: bool = Field(
        default=False,
        description="A proxy of ours stands in front and says in X-Forwarded-For who is asking.",
    )
    secret: SecretStr | None = Field(
        default=None, description="Signs links and sessions; by default made once and kept beside the store."
    )
    metrics_token: SecretStr | None = Field(
        default=None,
        description="Lets other machines read /metrics and /readyz; without it only this one may.",
    )
    log_level: str = Field(
        default="info", description="debug, info, warning or error. No level logs any words."
    )
    log_format: str = Field(default="plain", description="plain for people, json for machines.")

    discord: dict[str, Any] = Field(
        default_factory=dict,
        repr=False,
        description="Discord: token (better as BOT_DISCORD__TOKEN) and more.",
    )
    slack: dict[str, Any] = Field(
        default_factory=dict,
        repr=False,
        description="Slack: bot_token, app_token (better in the environment) and more.",
    )

    def platforms(self) -> dict[str, dict[str, Any]]:
        """Return what is set for each platform that is set up at all, as its adapter will read it."""
        given = {name: getattr(self, name) for name in PLATFORMS}
        return {name: settings for name, settings in given.items() if settings}

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Return where settings come from: what is given, then the environment, then the file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def load(file: Path | None, **given: Any) -> Settings:
    """Return the settings; *given* ones win over the environment, the environment over *file*.

    Raises: BadInput with the setting, what is wrong with it and how to mend it.
    """
    if file is not None and not file.is_file():
        raise BadInput(
            "there is no such configuration file.", place=str(file), fix="Check BOT_CONFIG or --config."
        )

    class _FromFile(Settings):
        model_config = SettingsConfigDict(toml_file=file)

    try:
        return _FromFile(**given)
    except ValidationError as error:
        raise _bad(error, file) from None
    except ValueError as error:  # TOML that cannot be read
        raise BadInput(f"this configuration cannot be read: {error}.", place=str(file)) from None


def platform_settings(name: str, model: type[Model], given: Mapping[str, Any]) -> Model:
    """Return what is *given* for the platform *name* as its adapter's own settings.

    Raises: BadInput with the setting and how to mend it, never with its value.
    """
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise _bad(error, None, under=(name,)) from None


def _bad(error: ValidationError, file: Path | None, under: tuple[str, ...] = ()) -> BadInput:
    # The value itself may be a secret, so it is never shown.
    first = error.errors(include_input=False, include_url=False)[0]
    name = "__".join(str(part) for part in (*under, *first["loc"])).upper()
    place = f"BOT_{name}" + (f" (or {file})" if file else "")
    if first["type"] == "extra_forbidden":
        return BadInput(
            "there is no such setting.", place=place, fix="tweetchat.example.toml lists them all."
        )
    return BadInput(f"{first['msg']}.", place=place, fix="tweetchat.example.toml shows what it takes.")
