"""Tests run in a world that tells them nothing about the machine they run on."""

import os
import socket

import pytest

from tests.surroundings import LeftTheMachine, find_browser, is_local


def test_another_machine_cannot_be_reached() -> None:
    """A test that would leave the machine fails at once and says where it wanted to go."""
    # 192.0.2.0/24 is kept for documents: nothing answers there.
    with socket.socket() as outward, pytest.raises(LeftTheMachine, match=r"192\.0\.2\.1"):
        outward.connect(("192.0.2.1", 80))


def test_another_machine_cannot_be_looked_up() -> None:
    """A name of another machine is refused before anybody is asked for its address."""
    with pytest.raises(LeftTheMachine, match=r"chat\.example"):
        socket.getaddrinfo("chat.example", 443)


def test_this_machine_can_be_reached() -> None:
    """Fakes of the platforms listen on this machine, and tests may speak to them."""
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as client,
    ):
        assert client.getpeername() == server.getsockname()


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.8.8", "::1", None, b"localhost"])
def test_names_of_this_machine_are_local(host: object) -> None:
    """Every way to name this machine counts as staying on it."""
    assert is_local(host)


@pytest.mark.parametrize("host", ["chat.example", "10.0.0.1", "192.168.1.1", "2001:db8::1"])
def test_neighbours_are_not_local(host: object) -> None:
    """A machine in the same office is still another machine."""
    assert not is_local(host)


def test_no_settings_of_the_developer_reach_a_test() -> None:
    """A token in the developer's environment is never used by a test."""
    assert [name for name in os.environ if name.startswith("BOT_")] == []


def test_any_known_browser_will_do() -> None:
    """Debian and Ubuntu name the same browser differently."""
    assert find_browser(lambda name: "/opt/browser" if name == "chromium-browser" else None) == "/opt/browser"
    assert find_browser(lambda _: None) is None
