"""What the doors and the conversations of the room share: settings, ports, limits, and who is there."""

import asyncio
import itertools
import re
from dataclasses import replace
from urllib.parse import urlsplit

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from adapters.local.limits import Limit, Rate
from adapters.local.rooms import Rooms
from adapters.local.session import COOKIE, LIFETIME, Session, read_cookie, write_cookie
from adapters.local.tokens import Signer
from bot.ports import Clock, Ids, Intake, RoomView

ROOM = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
"""What a room can be called in an address."""


class Settings(BaseModel):
    """How the local room is set up.

    public_url: the address people type. behind_proxy: a proxy of ours stands in front and says who is asking.
    names: what the bot is called, kept from nicknames. The rest: how much one person (one address, for joins) may do.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    public_url: str = Field(default="http://127.0.0.1:8080", pattern=r"^https?://[^/\s]+/?$")
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    default_room: str = Field(default="main", pattern=f"^{ROOM.pattern}$")
    behind_proxy: bool = False
    names: tuple[str, ...] = ("tweetchat",)
    messages_at_once: int = Field(default=10, ge=1)
    messages_per_minute: float = Field(default=40.0, gt=0)
    commands_at_once: int = Field(default=20, ge=1)
    commands_per_minute: float = Field(default=120.0, gt=0)
    # A ward, an office or a lecture hall shares one address.
    joins_at_once: int = Field(default=60, ge=1)
    joins_per_minute: float = Field(default=60.0, gt=0)
    pages_per_person: int = Field(default=6, ge=1)
    pages_at_most: int = Field(default=5_000, ge=1)
    heartbeat: float = Field(default=25.0, gt=0)


class Premises:
    """One local platform's belongings."""

    def __init__(self, settings: Settings, view: RoomView, clock: Clock, ids: Ids, secret: bytes) -> None:
        self.settings, self.view, self.clock, self.ids = settings, view, clock, ids
        self.signer = Signer(secret)
        self.rooms = Rooms()
        self.intake: Intake | None = None
        self.sequence = itertools.count(1)
        self.stale: set[tuple[str, str | None]] = set()
        self.stirred = asyncio.Event()
        s = settings
        self.messages = Limit(Rate(burst=s.messages_at_once, per_minute=s.messages_per_minute))
        self.commands = Limit(Rate(burst=s.commands_at_once, per_minute=s.commands_per_minute))
        self.joins = Limit(Rate(burst=s.joins_at_once, per_minute=s.joins_per_minute))

    def session(self, request: web.Request) -> Session | None:
        """Return who is asking, None for a stranger."""
        return read_cookie(request.cookies.get(COOKIE), self.signer, self.clock.now())

    def new_session(self, known: Session | None, *, hint: str = "") -> Session:
        """Return *known* with a fresh date, or a new session; with a *hint*, it surely has a person id."""
        until = self.clock.now() + LIFETIME
        session = replace(known, until=until) if known else Session(person="", until=until)
        if session.person or not hint:
            return session
        return replace(session, person=self.ids.new("person", hint))

    def keep_session(self, response: web.StreamResponse, session: Session) -> None:
        """Have the browser remember *session* from *response* on."""
        response.set_cookie(
            COOKIE,
            write_cookie(session, self.signer),
            max_age=int(LIFETIME.total_seconds()),
            httponly=True,
            samesite="Lax",
            secure=self.settings.public_url.startswith("https:"),
        )

    def typed(self, path: str) -> str:
        """Return *path* as people type it."""
        return self.settings.public_url.rstrip("/") + path

    def address(self, request: web.Request) -> str:
        """Return the address that *request* came from, as our own proxy saw it where there is one."""
        forwarded = request.headers.get("X-Forwarded-For", "") if self.settings.behind_proxy else ""
        return forwarded.rpartition(",")[2].strip() or request.remote or ""

    def is_from_here(self, request: web.Request) -> bool:
        """Return whether *request* was made by a page of ours, not by another site in the same browser."""
        origin = request.headers.get("Origin")
        if origin in {None, "null"}:
            return request.headers.get("Sec-Fetch-Site") == "same-origin"
        public, asked = urlsplit(self.settings.public_url), urlsplit(origin or "")
        if asked.scheme not in {"http", "https"}:
            return False
        return asked.netloc == request.host or (asked.scheme, asked.netloc) == (public.scheme, public.netloc)

    def refresh(self, room: str, person: str | None = None) -> None:
        """Have the pages of *room* (of *person* only) drawn anew soon, once however often it is asked."""
        self.stale.add((room, person))
        self.stirred.set()


async def read_form(request: web.Request) -> dict[str, str]:
    """Return the fields of a form that was sent. Raises: HTTPBadRequest for one that no page of ours would send."""
    try:
        return {name: str(value) for name, value in (await request.post()).items()}
    except (ValueError, LookupError):  # broken parts, broken text, an encoding there is none of
        raise web.HTTPBadRequest from None
