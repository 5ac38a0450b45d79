"""The composition root: the one file that knows every room of the house and puts them together."""

import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import web

from bot.config import PLATFORMS, Settings, platform_settings
from bot.core.names import ChatId, RoomId
from bot.errors import BadInput, OwnedByAnother, StoreTrouble, StoreUnusable
from bot.ports import Clock, Ids, Lease, Platform, RoomView, Trial
from bot.runtime.clock import RandomIds, SystemClock, new_secret
from bot.runtime.composer import Composer, InlineComposer, WorkerComposer
from bot.runtime.planbook import Planbook
from bot.runtime.pulse import Pulse
from bot.runtime.service import Service
from bot.showing.view import Links, View
from bot.store import LeasedStore, MemoryStore, is_shared, open_store
from bot.web.gate import Gate
from bot.web.metrics import Metrics
from bot.web.pages import Pages
from bot.web.vitals import Vitals

if TYPE_CHECKING:
    from adapters.local import LocalPlatform

FRONT_ROOM = RoomId("local/main")


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Everything put together, not yet running."""

    service: Service
    pulse: Pulse
    planbook: Planbook
    store: LeasedStore
    runner: web.AppRunner
    address: str
    owner_link: str
    room_link: Callable[[RoomId], str]
    moderator_link: Callable[[ChatId], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fittings:
    """What a house is fitted with. *on_problem* is told of each plan file that cannot be used.

    on_standby: called again and again while somebody else has a store that several share, with the reason; without it
    that is an error. inline: summaries are made in this process, so that a demo ends the same every time.
    """

    clock: Clock
    gather: float = 0.0  # as a `Facilitator` takes it; only for a clock that goes by itself
    ids: Ids
    on_problem: Callable[[BadInput], None]
    on_standby: Callable[[OwnedByAnother | StoreTrouble], Awaitable[None]] | None = None
    inline: bool = False


@asynccontextmanager
async def open_house(settings: Settings, fittings: Fittings) -> AsyncIterator[House]:
    """Give the house with its doors open: store leased, chats loaded, pages served; all is closed afterwards.

    Raises: OwnedByAnother, StoreUnusable, StoreTrouble, BadInput.
    """
    store = await _store(settings)()
    try:
        _load_adapters(settings)  # now, because while a room waits for us it would take longer
        epoch = await _acquire(store.lease, fittings)
        with closing(_listen(settings)) as listener:
            async with _serving(settings, fittings, store, epoch, listener) as house:
                yield house
        await store.lease.release()
    finally:
        await store.close()


def _store(settings: Settings) -> Callable[[], Awaitable[LeasedStore]]:
    """Return what opens the store, here or in a worker process."""
    return partial(open_store, settings.store, installation=settings.installation, lease=settings.lease)


async def _acquire(lease: Lease, fittings: Fittings) -> int:
    """Return the epoch once the store is ours. Raises: OwnedByAnother and StoreTrouble, unless waiting may help."""
    while True:
        try:
            return await lease.acquire(_owner())
        except (OwnedByAnother, StoreTrouble) as reason:
            if fittings.on_standby is None or not lease.shared:
                raise
            await fittings.on_standby(reason)


def _load_adapters(settings: Settings) -> None:
    for name in ("local", *settings.platforms()):
        import_module(f"adapters.{name}")


@asynccontextmanager
async def _serving(
    settings: Settings, fittings: Fittings, store: LeasedStore, epoch: int, listener: socket.socket
) -> AsyncIterator[House]:
    address = settings.public_url.rstrip("/") or f"http://{settings.host}:{listener.getsockname()[1]}"
    metrics = Metrics(fittings.clock)
    service = Service(
        store=store,
        clock=fittings.clock,
        gather=fittings.gather,
        ids=fittings.ids,
        epoch=epoch,
        platforms={},
        composer=_composer(settings, store, inline=fittings.inline),
        summary_link=lambda chat: f"{address}/summary/{chat}",
        may_speak=store.lease.surely_ours,
        meter=metrics,
    )
    doors = Doors(service, address)
    view = View(service=service, links=doors.links(), language=settings.language)
    local = doors.local = _local(settings, fittings, view, address)
    service.platforms.update(
        {platform.name: platform for platform in (local, *_others(settings, fittings, view))}
    )
    planbook = Planbook(
        folder=settings.plans,
        service=service,
        clock=fittings.clock,
        links=doors.moderator_link,
        on_problem=fittings.on_problem,
    )
    service.create = planbook.create
    pulse = Pulse(store=store, clock=fittings.clock, epoch=epoch)
    vitals = Vitals(service, pulse, metrics, Gate(settings.metrics_token), store.lease.surely_ours)
    application = local.application()
    application.add_routes([*Pages(service, local.person_behind, FRONT_ROOM).routes(), *vitals.routes()])
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=5.0)
    house = House(
        service=service,
        pulse=pulse,
        planbook=planbook,
        store=store,
        runner=runner,
        address=address,
        owner_link=local.owner_link(),
        room_link=local.room_link,
        moderator_link=doors.moderator_link,
    )
    async with _open_doors(house, listener):
        yield house


@asynccontextmanager
async def _open_doors(house: House, listener: socket.socket) -> AsyncIterator[None]:
    """Load every chat, then serve the pages on *listener*; let go of both afterwards."""
    try:
        await house.service.load()
        await house.runner.setup()
        await web.SockSite(house.runner, listener).start()
        yield
    finally:
        await house.runner.cleanup()
        await house.service.composer.close()


class Doors:
    """Where things stand. The moderator's link leads to a browser room, whatever other rooms a chat has."""

    def __init__(self, service: Service, address: str) -> None:
        self.service = service
        self.address = address
        self.local: LocalPlatform | None = None

    def links(self) -> Links:
        """Return the addresses that views show."""
        return Links(
            moderator=self.moderator_link,
            summary=self.service.summary_link,
            draft=lambda chat: f"{self.address}/draft/{chat}",
        )

    def moderator_link(self, chat: ChatId) -> str | None:
        """Return the address that makes whoever opens it a moderator, None for a chat without a browser room."""
        known = self.service.roster.chats[chat].chat
        room = next(
            (room for room in known.plan.rooms if self.local and room.startswith(f"{self.local.name}/")), None
        )
        return self.local.moderator_link(chat, room, known.link_generation) if self.local and room else None


def _composer(settings: Settings, store: LeasedStore, *, inline: bool) -> Composer:
    return InlineComposer(store) if inline else WorkerComposer(_store(settings))


def _local(settings: Settings, fittings: Fittings, view: View, address: str) -> "LocalPlatform":
    from adapters import local  # noqa: PLC0415  # aiohttp only where it is used

    room = local.Settings(
        public_url=address, host=settings.host, port=settings.port, behind_proxy=settings.behind_proxy
    )
    return local.connect(room, view, fittings.clock, fittings.ids, _secret(settings))


def platforms_for_asking(settings: Settings) -> list[Platform]:
    """Return a connection for each platform that is set up, for questions only: no chat, no store, nothing heard.

    Raises: BadInput for a setting that its adapter does not know or cannot use.
    """
    fittings = Fittings(clock=SystemClock(), ids=RandomIds(), on_problem=lambda _: None)
    return list(_others(settings, fittings, _empty_view(settings, fittings)))


def platform_for_trying(settings: Settings, name: str, view: RoomView) -> Platform:
    """Return a connection to the platform *name* that shows and hears what *view* says. Raises: BadInput."""
    adapter = import_module(f"adapters.{name}")
    given = platform_settings(name, adapter.Settings, settings.platforms()[name])
    platform: Platform = adapter.connect(given, view, SystemClock(), RandomIds())
    return platform


def trials_of(name: str) -> tuple[Trial, ...]:
    """Return what the platform *name* has to be tried for on its own."""
    trials: tuple[Trial, ...] = import_module(f"adapters.{name}.trials").TRIALS
    return trials


def view_of_nothing(settings: Settings) -> RoomView:
    """Return how rooms look in which there is no chat."""
    return _empty_view(settings, Fittings(clock=SystemClock(), ids=RandomIds(), on_problem=lambda _: None))


def blueprints(settings: Settings) -> dict[str, str]:
    """Return, for each platform that is not set up yet, what its application is made from; some need nothing."""
    view = view_of_nothing(settings)
    missing = [name for name in PLATFORMS if name not in settings.platforms()]
    made = {name: str(import_module(f"adapters.{name}").blueprint(view)) for name in missing}
    return {name: text for name, text in made.items() if text}


def _empty_view(settings: Settings, fittings: Fittings) -> View:
    store = MemoryStore()
    service = Service(
        store=store,
        clock=fittings.clock,
        ids=fittings.ids,
        epoch=0,
        platforms={},
        composer=InlineComposer(store),
        summary_link=lambda _: "",
    )
    return View(service=service, links=Doors(service, "").links(), language=settings.language)


def _others(settings: Settings, fittings: Fittings, view: View) -> Iterator[Platform]:
    """Give a connection for each platform that is set up; the libraries of the others are never loaded.

    Raises: BadInput for a setting that its adapter does not know or cannot use.
    """
    for name, given in settings.platforms().items():
        adapter = import_module(f"adapters.{name}")
        yield adapter.connect(
            platform_settings(name, adapter.Settings, given), view, fittings.clock, fittings.ids
        )


def _listen(settings: Settings) -> socket.socket:
    """Return the socket that the pages are served on. Raises: BadInput when the address is taken or not ours."""
    try:
        return socket.create_server((settings.host, settings.port), backlog=512)
    except OSError as error:
        place = f"BOT_HOST/BOT_PORT {settings.host}:{settings.port}"
        raise BadInput(
            f"cannot listen there: {error.strerror}.", place=place, fix="Choose another port."
        ) from None


def _owner() -> str:
    return f"process {os.getpid()} on {socket.gethostname()}"


def _secret(settings: Settings) -> bytes:
    """Return what signs links and sessions: as set, or made once and kept beside the store for this user alone."""
    if settings.secret:
        return settings.secret.get_secret_value().encode()
    if is_shared(settings.store):
        raise BadInput(
            "processes that share a store must sign alike.",
            place="BOT_SECRET",
            fix="Give each the same long random text.",
        )
    file = Path(settings.store + ".secret")
    try:
        # A disk that was full at the first start left an empty one; nothing was ever signed with that.
        if not file.exists() or not file.stat().st_size:
            _write_secret(file)
        return file.read_bytes().strip()
    except OSError as error:
        raise StoreUnusable(
            f"the secret beside the store cannot be kept: {error.strerror} ({file})"
        ) from None


def _write_secret(file: Path) -> None:
    staged = file.with_name(f"{file.name}.new")
    handle = os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as made:
        made.write(new_secret())
    staged.replace(file)
