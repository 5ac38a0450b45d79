"""`doctor`: asks each platform whether the bot may do its work in the rooms of the plans, and names each fix."""

import asyncio
from collections.abc import Iterable
from contextlib import AsyncExitStack
from pathlib import Path

from rich.console import Console

from bot.app import blueprints, platforms_for_asking
from bot.config import Settings, load
from bot.core.names import RoomId
from bot.errors import PlatformTrouble
from bot.plans.read import read_plan
from bot.ports import Platform
from bot.runtime.directory import platform_of
from bot.wording import Wording, languages

console = Console(highlight=False)
PATIENCE = 20.0
"""Seconds that a platform has for its first answer."""


def run_doctor(config: Path | None, rooms: Iterable[str], *, invite: bool) -> None:
    """Print what is missing, room by room; with *invite*, what brings the bot into a room.

    Raises: BadInput for settings or plans that cannot be used, PlatformTrouble when a platform refuses us or something
    is missing.
    """
    settings = load(config)
    wanted = [RoomId(room) for room in rooms] or list(_planned(settings.plans))
    missing = asyncio.run(_examine(settings, wanted, invite=invite))
    if missing:
        words = Wording.load(settings.language).line("cli.doctor.missing", n=missing)
        raise PlatformTrouble(words, permanent=True)


def _planned(folder: Path) -> Iterable[RoomId]:
    """Give every room that a plan names, once. Raises: BadInput."""
    seen: dict[RoomId, None] = {}
    for file in sorted(folder.glob("*.toml")):
        plan = read_plan(file.read_bytes(), name=file.name, languages=languages())
        seen.update((RoomId(room), None) for room in plan.rooms)
    return seen


async def _examine(settings: Settings, rooms: list[RoomId], *, invite: bool) -> int:
    words, missing = Wording.load(settings.language), 0
    platforms = platforms_for_asking(settings)
    if invite:
        _show_blueprints(settings, words)
    if not platforms:
        console.print(words.line("cli.doctor.none"), markup=False, soft_wrap=True)
    for platform in platforms:
        async with AsyncExitStack() as stack:
            await _sign_in(stack, platform, words)
            console.print(words.line("cli.doctor.connected", platform=platform.name), markup=False)
            if invite:
                console.print(await platform.invitation(), markup=False, soft_wrap=True)
            for room in (room for room in rooms if platform_of(room) == platform.name):
                missing += await _examine_room(platform, room, words)
    return missing


def _show_blueprints(settings: Settings, words: Wording) -> None:
    for name, text in blueprints(settings).items():
        console.print(words.line("cli.doctor.blueprint", platform=name), markup=False, soft_wrap=True)
        console.print(text, markup=False, soft_wrap=True)


async def _sign_in(stack: AsyncExitStack, platform: Platform, words: Wording) -> None:
    """Return once *platform* answers: adapters wait for it for ever, a person does not. Raises: PlatformTrouble."""
    try:
        async with asyncio.timeout(PATIENCE):
            await stack.enter_async_context(platform.asking())
    except TimeoutError:
        raise PlatformTrouble(words.line("cli.doctor.silent", platform=platform.name)) from None


async def _examine_room(platform: Platform, room: RoomId, words: Wording) -> int:
    lacks = await platform.lacks(room)
    if not lacks:
        console.print(words.line("cli.doctor.fine", room=room), markup=False, soft_wrap=True)
    for lack in lacks:
        line = words.line("cli.doctor.lack", room=room, name=lack.name, fix=lack.fix)
        console.print(line, markup=False, soft_wrap=True)
    return len(lacks)
