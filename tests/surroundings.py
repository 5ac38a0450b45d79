"""The world that tests run in: no network but this machine's own, an odd time zone, none of your settings."""

import ipaddress
import os
import shutil
import sys
import time
from collections.abc import Callable

# Far from UTC, off the full hour, or on another day: a test that reads the machine's clock shows itself.
ZONES = ("Pacific/Kiritimati", "Pacific/Marquesas", "Asia/Kathmandu", "America/St_Johns", "Europe/London")
LOCAL_NAMES = frozenset({"", "localhost"})
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


class LeftTheMachine(RuntimeError):
    """A test asked for an address that is not on this machine."""


def settle_environment() -> str:
    """Put this process and its children into a neutral environment; return the time zone chosen.

    `TZ=Asia/Kathmandu sh dev.sh test` asks for one zone.
    """
    for name in [
        name for name in os.environ if name.startswith("BOT_") or name in {"LANGUAGE", "FORCE_COLOR"}
    ]:
        del os.environ[name]
    os.environ.update(LC_ALL="C.UTF-8", NO_COLOR="1", COLUMNS="100")
    zone = os.environ.setdefault("TZ", ZONES[os.getpid() % len(ZONES)])
    time.tzset()
    return zone


def forbid_the_network() -> None:
    """Let this process reach nothing but the loopback addresses and Unix sockets, whatever library asks."""
    sys.addaudithook(_refuse_other_machines)


def _refuse_other_machines(event: str, arguments: tuple[object, ...]) -> None:
    if event == "socket.getaddrinfo":
        host = arguments[0]
    elif event in {"socket.connect", "socket.sendto", "socket.sendmsg"} and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    else:
        return
    if not is_local(host):
        raise LeftTheMachine(f"{event} {host!r}: tests reach nothing but this machine")


def is_local(host: object) -> bool:
    """Return whether *host* is this machine by name, by a loopback address, or by no address at all."""
    name = host.decode() if isinstance(host, bytes) else str(host or "")
    if name in LOCAL_NAMES:
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def find_browser(which: Callable[[str], str | None] = shutil.which) -> str | None:
    """Return the path of a Chromium browser on this machine, or None when there is none."""
    return next((path for name in BROWSERS if (path := which(name))), None)
