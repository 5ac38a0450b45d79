"""Commands, menus, buttons and forms: acknowledged at once, heard in their place in line, answered in private.

Discord gives three seconds for a first answer and fifteen minutes for the rest. What only asks for more (a form, "are
you sure", what I may do about myself) is answered straight away and changes nothing.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

import discord
import structlog

from adapters.discord import content as native
from adapters.discord import forms, wishes
from adapters.discord.content import EPHEMERAL, NO_MENTIONS, Frame, Json
from adapters.discord.hearing import PAUSE_AFTER_TROUBLE, Hearing
from adapters.discord.people import Acquaintances
from adapters.discord.wire import Wire
from adapters.discord.wishes import Pressed
from bot.errors import PlatformTrouble, StoreTrouble
from bot.markup import Ask, Block, Button, Buttons, Content, Heading, Paragraph, Run
from bot.ports import Clock, HeardCommand, Intake, Reply, RoomId, RoomState, RoomView, Somebody

log = structlog.get_logger(__name__)

_MESSAGE, _LATER, _FORM = 4, 5, 9
_CALLBACK = "/interactions/{webhook_id}/{webhook_token}/callback"
_ANSWER = "/webhooks/{webhook_id}/{webhook_token}/messages/@original"
_GOOD_FOR = 14 * 60.0
"""Seconds; Discord takes an answer for 15 minutes."""

Spawn = Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody asked for, as read from an interaction."""

    interaction: discord.Interaction
    by: Somebody
    at: datetime
    pressed: Pressed


class Interactions:
    """Everything that people do but write."""

    def __init__(
        self, wire: Wire, hearing: Hearing, people: Acquaintances, view: RoomView, clock: Clock
    ) -> None:
        self._wire, self._hearing, self._people, self._view, self._clock = wire, hearing, people, view, clock
        self.spawn: Spawn | None = None

    def take(self, interaction: discord.Interaction) -> None:
        """Acknowledge *interaction* and put it into its place in line, or answer it at once."""
        asked = self._read(interaction)
        if asked is None or self.spawn is None:
            return
        if asked.pressed.command == wishes.ABOUT_ME:
            self.spawn(self._answer(asked, self._show_panel))
        elif asked.pressed.way == "form":
            self.spawn(self._answer(asked, self._show_form))
        elif asked.pressed.way == "confirm":
            self.spawn(self._answer(asked, self._ask_again))
        else:
            self._hear(asked, self.spawn)

    # --- reading ---

    def _read(self, interaction: discord.Interaction) -> Asked | None:
        data = cast("Json", interaction.data or {})
        pressed = self._pressed(interaction, data)
        if pressed is None:
            return None
        by, allowed = self._people.meet(interaction.user), interaction.permissions
        rights = allowed.administrator or allowed.manage_guild or allowed.manage_messages
        return Asked(
            interaction=interaction,
            by=replace(by, may_moderate=by.may_moderate or rights),
            at=interaction.created_at,
            pressed=pressed,
        )

    def _pressed(self, interaction: discord.Interaction, data: Json) -> Pressed | None:
        match interaction.type:
            case discord.InteractionType.application_command:
                return self._ordered(interaction, data)
            case discord.InteractionType.component:
                values = data.get("values") or [data["custom_id"]]
                return self._placed(interaction, wishes.read(str(values[0])))
            case discord.InteractionType.modal_submit:
                pressed = self._placed(interaction, wishes.read(str(data["custom_id"])))
                given = forms.handed_in(data.get("components", ()))
                return replace(pressed, arguments=pressed.arguments | given) if pressed else None
            case _:
                return None

    def _placed(self, interaction: discord.Interaction, pressed: Pressed | None) -> Pressed | None:
        """Return *pressed* in the room it was pressed in; only in a private conversation its id says which."""
        if pressed is None or interaction.guild_id is None:
            return pressed
        return replace(pressed, room=self._hearing.room_of(interaction.channel))

    def _ordered(self, interaction: discord.Interaction, data: Json) -> Pressed | None:
        if interaction.guild_id is None:
            return None
        room = self._hearing.room_of(interaction.channel)
        if data["type"] == discord.AppCommandType.chat_input.value:
            command, arguments = forms.typed(data)
            return Pressed(command=command, room=room, arguments=arguments)
        picked = forms.picked(data, self._view.commands())
        if picked is None:
            return None
        wish, message = picked
        way: wishes.Way = "form" if _open(wish.asks, {"message"}) else "confirm" if wish.confirm else "now"
        return Pressed(command=wish.command, room=room, arguments={"message": message}, way=way)

    # --- hearing ---

    def _hear(self, asked: Asked, spawn: Spawn) -> None:
        waiting = {"type": _LATER, "data": {"flags": EPHEMERAL, "allowed_mentions": NO_MENTIONS}}
        acknowledged = spawn(self._respond(asked, waiting))

        def start(intake: Intake) -> None:
            spawn(self._carry(asked, acknowledged, intake))

        self._hearing.put(start)

    async def _carry(self, asked: Asked, acknowledged: asyncio.Task[None], intake: Intake) -> None:
        reply = await self._obeyed(asked, intake)
        await acknowledged
        if reply is None:
            return
        frame = Frame(room=asked.pressed.room)
        blocks: list[Block] = [Paragraph(runs=(Run(text=reply.text),))] if reply.text else []
        blocks += reply.content.blocks if reply.content else ()
        interaction = asked.interaction
        into = {"webhook_id": interaction.application_id, "webhook_token": interaction.token}
        try:
            if blocks:
                body = native.message(Content(blocks=tuple(blocks)), frame)
                await self._wire.request("PATCH", _ANSWER, body, **into)
            else:
                await self._wire.request("DELETE", _ANSWER, **into)
        except PlatformTrouble as trouble:
            log.warning("not answered", command=asked.pressed.command, reason=trouble.reason)

    async def _obeyed(self, asked: Asked, intake: Intake) -> Reply | None:
        """Return what the core says, None when it could not be stored for so long that nobody waits any more."""
        until = self._clock.monotonic() + _GOOD_FOR  # by our own clock: Discord's may show another time
        while self._clock.monotonic() < until:
            try:
                return await intake.hear(await self._command(asked))
            except StoreTrouble:
                await self._clock.sleep(PAUSE_AFTER_TROUBLE)
        return None

    async def _command(self, asked: Asked) -> HeardCommand:
        pressed, arguments, expects = asked.pressed, asked.pressed.arguments, asked.pressed.expects
        if pressed.digest is not None:
            wish = await self._button(asked)
            arguments = dict(wish.arguments) | arguments if wish else arguments
            expects = wish.expects if wish else None
        return HeardCommand(
            room=pressed.room,
            by=asked.by,
            command=pressed.command,
            at=asked.at,
            arguments=arguments,
            expects=expects,
            id=str(asked.interaction.id),
        )

    # --- what is answered at once ---

    async def _answer(self, asked: Asked, making: Callable[[Asked], Coroutine[Any, Any, Json]]) -> None:
        try:
            await self._respond(asked, await making(asked))
        except StoreTrouble as trouble:
            log.warning("not answered", command=asked.pressed.command, reason=type(trouble).__name__)

    async def _respond(self, asked: Asked, answer: Json) -> None:
        into = {"webhook_id": asked.interaction.id, "webhook_token": asked.interaction.token}
        try:
            await self._wire.request("POST", _CALLBACK, answer, **into)
        except PlatformTrouble as trouble:
            log.warning("not acknowledged", command=asked.pressed.command, reason=trouble.reason)

    async def _show_panel(self, asked: Asked) -> Json:
        state = await self._view.state(asked.pressed.room, asked.by.id)
        return _privately(Content(blocks=tuple(_panel(state))), asked.pressed.room)

    async def _show_form(self, asked: Asked) -> Json:
        wish = await self._button(asked) or self._known(asked.pressed.command)
        asks = _open(wish.asks, set(asked.pressed.arguments)) or wish.asks
        return {"type": _FORM, "data": forms.form(wish, asks, _id(asked.pressed, wish))}

    async def _ask_again(self, asked: Asked) -> Json:
        wish = await self._button(asked) or self._known(asked.pressed.command)
        sure = replace(wish, asks=(), confirm=None, **_said(asked.pressed, wish))
        question = Paragraph(runs=(Run(text=wish.confirm or wish.label),))
        return _privately(Content(blocks=(question, Buttons(buttons=(sure,)))), asked.pressed.room)

    async def _button(self, asked: Asked) -> Button | None:
        """Return the button that was pressed, as it is shown now; None when it is no longer shown."""
        state = await self._view.state(asked.pressed.room, asked.by.id)
        return next((wish for wish in _shown(state) if wishes.means(wish, asked.pressed)), None)

    def _known(self, command: str) -> Button:
        known = next((wish for wish in self._view.commands() if wish.command == command), None)
        return known or Button(label=command, command=command)


def _panel(state: RoomState) -> Iterator[Block]:
    """Give what somebody may do about themselves, to moderators the card before that."""
    if state.card is not None:
        yield from state.card.blocks
    yield Heading(text=state.words.get("page.you-menu", state.title))
    yield Buttons(buttons=(*state.compose, *state.mine))


def _shown(state: RoomState) -> Iterator[Button]:
    for content in (state.card, state.header):
        for block in content.blocks if content else ():
            yield from block.buttons if isinstance(block, Buttons) else ()
    yield from (*state.menu, *state.compose, *state.mine)


def _open(asks: Sequence[Ask], given: set[str]) -> tuple[Ask, ...]:
    """Return what still has to be asked: what is neither *given* nor has an answer of its own."""
    return tuple(ask for ask in asks if ask.name not in given and ask.required and not ask.value)


def _said(pressed: Pressed, wish: Button) -> dict[str, Any]:
    """Return what a button has to carry that means the same as *pressed*."""
    if pressed.digest is not None:
        return {"arguments": wish.arguments, "expects": wish.expects}
    return {"arguments": tuple(pressed.arguments.items()), "expects": pressed.expects}


def _id(pressed: Pressed, wish: Button) -> str:
    """Return the custom id for the form of *wish*: what is handed in under it acts."""
    return wishes.custom_id(replace(wish, **_said(pressed, wish)), pressed.room, "", 0, way="now")


def _privately(content: Content, room: RoomId) -> Json:
    body = native.message(content, Frame(room=room))
    return {"type": _MESSAGE, "data": body | {"flags": body.get("flags", 0) | EPHEMERAL}}
