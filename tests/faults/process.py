"""The real bot in a process of its own: started, stopped, killed and started again on the same store."""

import asyncio
import os
import re
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.runtime.clock import SystemClock

PATIENCE = 30.0
"""Seconds after which a test gives up waiting: far more than anything here takes on two busy cores."""
BETWEEN_LOOKS = 0.05

_MODERATORS = re.compile(r"^Moderators of .*?: (http\S+)$", re.MULTILINE)
_OWNER = re.compile(r"^Plan chats at\s+(http\S+)$", re.MULTILINE)


class NeverCame(AssertionError):
    """What a test waited for did not come in time."""


@dataclass(slots=True)
class Bot:
    """`python -m bot run` with a store and plans in *folder*; everything it says goes to one file there."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    port: int = 0
    arguments: Sequence[str] = ()
    clock: SystemClock = field(default_factory=SystemClock)
    _process: asyncio.subprocess.Process | None = None

    def __post_init__(self) -> None:
        """Choose a port that stays the same over restarts, so that pages find their way back."""
        self.port = self.port or free_port()
        self.plans.mkdir(parents=True, exist_ok=True)

    @property
    def store(self) -> Path:
        """Return the file that the chats are kept in."""
        return Path(self.settings.get("BOT_STORE", self.folder / "chats.db"))

    @property
    def plans(self) -> Path:
        """Return the folder of plans."""
        return self.folder / "plans"

    @property
    def address(self) -> str:
        """Return where the room is served."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def said(self) -> str:
        """Return everything that the bot wrote to its terminal, over all restarts."""
        file = self.folder / "said.txt"
        return file.read_text("utf-8", "replace") if file.exists() else ""

    @property
    def moderator_link(self) -> str:
        """Return the newest moderator's link that the bot printed."""
        return _MODERATORS.findall(self.said)[-1]

    @property
    def pid(self) -> int:
        """Return the number of the process."""
        return self._running.pid

    @property
    def _running(self) -> asyncio.subprocess.Process:
        if self._process is None:
            raise RuntimeError("the bot was not started")
        return self._process

    def environment(self) -> dict[str, str]:
        """Return the environment the bot runs in: ours, and its settings."""
        own = {"BOT_STORE": str(self.store), "BOT_PLANS": str(self.plans), "BOT_PORT": str(self.port)}
        return {**os.environ, "PYTHONFAULTHANDLER": "1", **own, **self.settings}

    async def launch(self, said: Path | None = None) -> None:
        """Start the process, and wait for nothing; what it says goes to *said*."""
        with (said or self.folder / "said.txt").open("ab") as output:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-P",
                "-m",
                "bot",
                "run",
                *self.arguments,
                cwd=self.folder,
                env=self.environment(),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # a Ctrl-C of ours is not the bot's
            )

    async def start(self) -> None:
        """Return when the bot has opened its room and told where. Raises: NeverCame."""
        already = self._opened()
        await self.launch()
        await self.until(lambda: self._opened() > already or self.has_left(), "the bot to open")
        if self._opened() == already:
            raise NeverCame(f"the bot left with {self._running.returncode}; it said: {self.said[-2_000:]}")
        await self.until(self.is_open, "the room to open")

    def _opened(self) -> int:
        return self.said.count("Plan chats at")

    def has_left(self) -> bool:
        """Return whether the process is gone."""
        return self._running.returncode is not None

    async def until_planned(self) -> str:
        """Return the moderator's link once there is a chat."""
        await self.until(lambda: bool(_MODERATORS.search(self.said)), "a moderator's link")
        return self.moderator_link

    def is_open(self) -> bool:
        """Return whether the page answers."""
        with socket.socket() as asking:
            asking.settimeout(1.0)
            return asking.connect_ex(("127.0.0.1", self.port)) == 0

    async def until(self, came: Callable[[], bool], what: str, patience: float = PATIENCE) -> None:
        """Return once *came*. Raises: NeverCame, with what the bot said last."""
        deadline = self.clock.monotonic() + patience
        while not came():
            if self.clock.monotonic() > deadline:
                raise NeverCame(f"waited {patience:g} s for {what}; the bot said: {self.said[-2_000:]}")
            await self.clock.sleep(BETWEEN_LOOKS)

    async def kill(self) -> None:
        """Kill it as a power cut would, and return when it is gone."""
        if self._running.returncode is None:
            self._running.send_signal(signal.SIGKILL)
        await self._running.wait()

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the bot alone."""
        self._running.send_signal(number)

    def send_to_all(self, number: signal.Signals) -> None:
        """Send a signal to the bot and its workers, as a terminal does for Ctrl-C."""
        os.killpg(self._running.pid, number)

    async def left(self, patience: float = PATIENCE) -> int:
        """Return the exit code, once it left by itself. Raises: NeverCame."""
        try:
            async with asyncio.timeout(patience):
                return await self._running.wait()
        except TimeoutError:
            raise NeverCame(f"the bot did not leave; it said: {self.said[-2_000:]}") from None

    async def stop(self) -> int:
        """Ask it to stop as a service manager does; return its exit code."""
        self.send(signal.SIGTERM)
        return await self.left()

    async def make_sure_it_is_gone(self) -> None:
        """Leave nothing behind, whatever a test came to."""
        if self._process is not None and self._process.returncode is None:
            await self.kill()


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
