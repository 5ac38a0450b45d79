"""The composition root: the one file that knows every room of the house and puts them together."""

import os
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from aiohttp import web

from bot.config import Settings
from bot.core.names import ChatId, RoomId
from bot.errors import BadInput, StoreUnusable
from bot.ports import Clock, Ids
from bot.runtime.clock import new_secret
from bot.runtime.composer import Composer, InlineComposer, WorkerComposer
from bot.runtime.planbook import Planbook
from bot.runtime.service import Service
from bot.runtime.view import Links, View
from bot.store import LeasedStore, open_store
from bot.web.pages import Pages

FRONT_ROOM = RoomId("local/main")


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Everything put together, not yet running."""

    service: Service
    planbook: Planbook
    store: LeasedStore
    runner: web.AppRunner
    address: str
    owner_link: str
    room_link: Callable[[RoomId], str]
    moderator_link: Callable[[ChatId], str]


@asynccontextmanager
async def open_house(
    settings: Settings,
    clock: Clock,
    ids: Ids,
    *,
    on_problem: Callable[[BadInput], None],
    inline: bool = False,
) -> AsyncIterator[House]:
    """Give the house with its doors open: store leased, chats loaded, pages served; all is closed afterwards.

    *inline*: make summaries in this process, for a demo that shall end the same every time.
    Raises: OwnedByAnother, StoreUnusable, StoreTrouble, BadInput.
    """
    store = await open_store(settings.store)
    try:
        epoch = await store.lease.acquire(_owner())
        async with _serving(settings, clock, ids, store, epoch, on_problem, inline) as house:
            yield house
        await store.lease.release()
    finally:
        await store.close()


@asynccontextmanager
async def _serving(  # noqa: PLR0913, PLR0917  # the parts of the house
    settings: Settings,
    clock: Clock,
    ids: Ids,
    store: LeasedStore,
    epoch: int,
    on_problem: Callable[[BadInput], None],
    inline: bool,
) -> AsyncIterator[House]:
    from adapters.local import Settings as RoomSettings  # noqa: PLC0415  # aiohttp only where it is used
    from adapters.local import connect  # noqa: PLC0415

    listener = _listen(settings)
    address = settings.public_url or f"http://{settings.host}:{listener.getsockname()[1]}"
    composer: Composer = (
        InlineComposer(store) if inline else WorkerComposer(partial(open_store, settings.store))
    )
    service = Service(
        store=store,
        clock=clock,
        ids=ids,
        epoch=epoch,
        platforms={},
        composer=composer,
        summary_link=lambda chat: f"{address}/summary/{chat}",
    )
    links = Links(
        moderator=lambda chat, room, generation: local.moderator_link(chat, room, generation),  # noqa: PLW0108  # made below
        summary=service.summary_link,
        draft=lambda chat: f"{address}/draft/{chat}",
    )
    view = View(service=service, links=links, language=settings.language)
    room_settings = RoomSettings(public_url=address, host=settings.host, port=settings.port)
    local = connect(room_settings, view, clock, ids, _secret(settings))
    service.platforms[local.name] = local
    planbook = Planbook(
        folder=settings.plans,
        service=service,
        clock=clock,
        links=lambda chat, room: local.moderator_link(chat, room, service.chats[chat].chat.link_generation),
        on_problem=on_problem,
    )
    service.create = planbook.create
    application = local.application()
    application.add_routes(Pages(service, local.person_behind, FRONT_ROOM).routes())
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=5.0)
    await service.load()
    await runner.setup()
    await web.SockSite(runner, listener).start()
    try:
        yield House(
            service=service,
            planbook=planbook,
            store=store,
            runner=runner,
            address=address,
            owner_link=local.owner_link(),
            room_link=local.room_link,
            moderator_link=lambda chat: planbook.links(chat, service.chats[chat].chat.plan.rooms[0]),
        )
    finally:
        await runner.cleanup()
        await composer.close()


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
    if settings.secret is not None:
        return settings.secret.get_secret_value().encode()
    file = Path(settings.store + ".secret")
    try:
        if not file.exists():
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w") as made:
                made.write(new_secret())
        return file.read_bytes().strip()
    except OSError as error:
        raise StoreUnusable(
            f"the secret beside the store cannot be kept: {error.strerror} ({file})"
        ) from None
