"""What deploy/ says about the project is true: paths, settings, exit codes, doors. Nobody here can run it all."""

import re
import shutil
import subprocess
from configparser import ConfigParser
from importlib.metadata import requires
from pathlib import Path

import pytest

from bot.__main__ import EXIT_CODES
from bot.config import Settings

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text("utf-8")
IGNORED = (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8").split()
UNIT = (DEPLOY / "tweetchat.service").read_text("utf-8")
PROXIES = ("Caddyfile", "nginx.conf")
IDENTIFIES_A_DAY = 1_000
"""After as many sign-ins in a day Discord resets a bot's token."""


def instructions(name: str) -> list[str]:
    """Return what follows each *name* in the Dockerfile, continued lines joined."""
    whole = DOCKERFILE.replace("\\\n", " ")
    return [line.removeprefix(name).strip() for line in whole.splitlines() if line.startswith(f"{name} ")]


def copied() -> list[str]:
    """Return the paths that the image is made from."""
    own = [line for line in instructions("COPY") if not line.startswith("--from")]
    return [path for line in own for path in line.split()[:-1]]


def unit() -> dict[str, list[str]]:
    """Return the unit's settings; some stand there more than once."""
    found: dict[str, list[str]] = {}
    for line in UNIT.splitlines():
        name, is_setting, value = line.partition("=")
        if is_setting and not line.startswith("#"):
            found.setdefault(name, []).append(value)
    return found


# --- the image ------------------------------------------------------------------------------------------------


def test_everything_the_image_is_made_from_is_there() -> None:
    """No COPY of a path that does not exist, or that the build would not be given."""
    assert [path for path in copied() if not (ROOT / path).exists()] == []
    assert set(copied()) <= {line.removeprefix("!") for line in IGNORED}


def test_the_image_takes_nothing_else_along() -> None:
    """No store, secret, plan or checkout of somebody's folder can end up in it."""
    assert IGNORED[0] == "*"
    assert {line.removeprefix("!") for line in IGNORED if line.startswith("!")} == set(copied())


def test_the_image_runs_as_nobody() -> None:
    """The last user is not root, and no tool for building is left for it."""
    assert instructions("USER") == ["tweetchat"]
    last = DOCKERFILE.rindex("\nFROM ")
    assert "pip" not in DOCKERFILE[last:]
    assert "apt-get" not in DOCKERFILE
    assert all("--require-hashes --only-binary :all:" in run for run in instructions("RUN") if "-r " in run)


def test_what_only_building_needs_is_taken_out_again() -> None:
    """And nothing that the bot needs goes with it."""
    [gone] = re.findall(r"pip uninstall --yes (.+)", DOCKERFILE)
    needed = {
        re.split(r"[^\w.-]", name)[0].lower() for name in requires("tweetchat") or () if "extra" not in name
    }

    assert needed.isdisjoint(gone.split())
    assert {"pip", "setuptools", "hatchling", "editables"} <= set(gone.split())


def test_the_driver_of_postgresql_comes_by_its_hash() -> None:
    """What the Dockerfile cuts out of the larger lock is that one package, whole."""
    [expression] = re.findall(r"sed -n '(.+?)' requirements-dev\.lock", DOCKERFILE)
    command = ["sed", "-n", expression, str(ROOT / "requirements-dev.lock")]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()

    assert lines[0].startswith("asyncpg==")
    assert all("--hash=sha256:" in line for line in lines[1:])
    assert not lines[-1].endswith("\\")
    assert len(lines) > 1


def test_settings_in_deploy_are_settings() -> None:
    """A renamed setting is renamed here too."""
    everything = "\n".join(file.read_text("utf-8") for file in sorted(DEPLOY.iterdir()))
    known = {f"BOT_{name.upper()}" for name in Settings.model_fields} | {"BOT_CONFIG"}

    assert {name.split("__")[0] for name in re.findall(r"\bBOT_[A-Z_]+", everything)} <= known


def test_health_is_asked_where_it_is_answered() -> None:
    """The image asks its own port, at a path that the bot serves to everybody."""
    [check] = instructions("HEALTHCHECK")
    [port] = re.findall(r"BOT_PORT=(\d+)", DOCKERFILE)

    assert f"http://127.0.0.1:{port}/healthz" in check
    assert instructions("EXPOSE") == [port]


# --- the service ----------------------------------------------------------------------------------------------


def test_the_unit_can_be_read() -> None:
    """By a parser of its kind of file, and by systemd itself where there is one."""
    parser = ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # names keep their capitals
    parser.read_string(UNIT)
    assert parser.sections() == ["Unit", "Service", "Install"]
    if shutil.which("systemd-analyze"):
        command = ["systemd-analyze", "verify", str(DEPLOY / "tweetchat.service")]
        said = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False).stderr
        wrong = [
            line
            for line in said.splitlines()
            if not re.search(r"Restart(Steps|MaxDelaySec)|not executable", line)
        ]
        assert wrong == []  # but for what older ones do not know, and that we are not installed here


def test_what_a_restart_cannot_mend_is_not_tried_again() -> None:
    """Every exit code but that of a bug waits for a person."""
    [codes] = unit()["RestartPreventExitStatus"]

    assert {int(code) for code in codes.split()} == set(EXIT_CODES.values())
    assert unit()["Restart"] == ["on-failure"]


def test_no_crash_loop_costs_the_token() -> None:
    """However fast the bot dies, it signs in less often in a day than Discord allows."""
    [burst], [interval] = unit()["StartLimitBurst"], unit()["StartLimitIntervalSec"]

    assert interval == "1h"
    assert int(burst) * 24 < IDENTIFIES_A_DAY


@pytest.mark.parametrize(
    "hardened",
    [
        "NoNewPrivileges=yes",
        "ProtectSystem=strict",
        "ProtectHome=yes",
        "DynamicUser=yes",
        "CapabilityBoundingSet=",
    ],
)
def test_the_service_may_do_little(hardened: str) -> None:
    """It writes its own folder and speaks to the network, and that is all."""
    assert f"\n{hardened}\n" in UNIT


# --- the proxies ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PROXIES)
def test_a_proxy_hides_what_is_the_operators(name: str) -> None:
    """Metrics and readiness are not passed on, whatever the bot itself would say."""
    text = (DEPLOY / name).read_text("utf-8")

    assert "/metrics" in text
    assert "/readyz" in text
    assert "403" in text


@pytest.mark.parametrize("name", PROXIES)
def test_a_proxy_says_who_is_asking(name: str) -> None:
    """It sets the address itself: what visitors claim about themselves counts for nothing."""
    text = (DEPLOY / name).read_text("utf-8")

    assert re.search(r"X-Forwarded-For (\{remote_host\}|\$remote_addr)", text)
    assert "proxy_add_x_forwarded_for" not in text


def test_nginx_passes_websockets() -> None:
    """Caddy does so by itself; nginx has to be told."""
    text = (DEPLOY / "nginx.conf").read_text("utf-8")

    assert "proxy_set_header Upgrade $http_upgrade;" in text
    assert "proxy_set_header Connection $connection_upgrade;" in text
    assert "proxy_http_version 1.1;" in text
