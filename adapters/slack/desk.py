"""Commands, buttons, menu entries and forms: from what somebody did to a command of the core, and the answer back."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import structlog

from adapters.slack.blocks import Json, Native, Words, render
from adapters.slack.calls import Calls
from adapters.slack.forms import filled_in, form
from adapters.slack.inbox import Full, Inbox
from adapters.slack.manifest import in_menu
from adapters.slack.payloads import Interaction, Slash
from adapters.slack.people import People
from adapters.slack.settings import LONGEST_CARD, room_id
from adapters.slack.text import cut
from adapters.slack.wishes import Wish, find, parse, unpack
from bot.errors import PlatformTrouble
from bot.markup import Button, Buttons, Content, Paragraph, Run
from bot.ports import Clock, HeardCommand, Reply, RoomId, RoomState, RoomView

log = structlog.get_logger(__name__)

ANSWER_WITHIN = 2.0
"""Seconds that an acknowledgement waits for the answer it could carry: after three, Slack tells of a failure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who did something, where, and how they are answered. *trigger*: Slack's own name for this one gesture."""

    person: str
    room: RoomId
    trigger: str = ""
    address: str = ""


@dataclass(slots=True, kw_only=True)
class Desk:
    """Takes what people ask for."""

    calls: Calls
    view: RoomView
    people: People
    inbox: Inbox
    clock: Clock
    tasks: asyncio.TaskGroup

    # --- what people do ---

    async def typed(self, slash: Slash) -> Json | None:
        """Take a typed command; return what the acknowledgement says, None for nothing."""
        asker = Asker(
            person=slash.user_id,
            room=room_id(slash.channel_id),
            trigger=slash.trigger_id,
            address=slash.response_url,
        )
        commands = self.view.commands()
        typed = parse(slash.text, commands)
        if typed is None:
            return await self._overview(asker)
        button = next((one for one in commands if one.command == typed.command), None)
        if button is not None and (typed.missing or button.confirm):
            given = tuple(typed.arguments.items())
            await self._ask(replace(button, arguments=given, asks=typed.missing), asker)
            return None
        reply = await self._give(typed.command, typed.arguments, None, asker)
        return _spoken(reply, asker.room)

    async def done(self, what: Interaction) -> Json | None:
        """Take a button, a menu entry or a form; return what the acknowledgement says, None for nothing."""
        match what.type:
            case "view_submission":
                return await self._sent(what)
            case "block_actions":
                await self._pressed(what)
            case "message_action":
                await self._picked(what)
        return None

    async def _pressed(self, what: Interaction) -> None:
        wish = unpack(what.actions[0].value) if what.actions else None
        if wish is None:
            return
        asker = Asker(person=what.user.id, room=wish.room, trigger=what.trigger_id, address=what.response_url)
        arguments = wish.arguments
        if wish.form or wish.digest:
            button = find(wish, _buttons(await self._state(asker)))
            if button is not None and button.asks:
                await self._ask(button, asker)
                return
            arguments = dict(button.arguments) if button else arguments
        await self._give_and_answer(wish.command, arguments, wish.expects, asker)

    async def _picked(self, what: Interaction) -> None:
        room = room_id(what.channel.id if what.channel else "")
        asker = Asker(person=what.user.id, room=room, trigger=what.trigger_id, address=what.response_url)
        known = next((one for one in self.view.commands() if one.command == what.callback_id), None)
        if known is None or not in_menu(known):
            return
        state = await self._state(asker)
        button = next((one for one in state.menu if one.command == known.command), None)
        named = _named(known, what)
        if button is not None and (button.asks or button.confirm):
            await self._ask(replace(button, arguments=tuple(named.items())), asker)
            return
        await self._give_and_answer(known.command, named, None, asker)

    async def _sent(self, what: Interaction) -> Json | None:
        wish = unpack(what.view.private_metadata)
        if wish is None:
            return None
        asker = Asker(person=what.user.id, room=wish.room, trigger=what.trigger_id)
        given = filled_in(what.view.state.get("values") or {})
        arguments = {**await self._spelled_out(wish, asker), **given}
        reply = await self._give(wish.command, arguments, wish.expects, asker)
        if reply is not None and reply.refused and given:
            return {"response_action": "errors", "errors": {next(iter(given)): cut(reply.text, 300) or "…"}}
        await self._answer(reply, asker)
        return None

    async def _spelled_out(self, wish: Wish, asker: Asker) -> Mapping[str, str]:
        if not wish.digest:
            return wish.arguments
        button = find(wish, _buttons(await self._state(asker)))
        return dict(button.arguments) if button else wish.arguments

    # --- what follows ---

    async def _state(self, asker: Asker) -> RoomState:
        """Return how the room looks to whoever asks; who may moderate does from the first time they ask."""
        state = await self.view.state(asker.room, asker.person)
        if state.moderating or state.chat is None:
            return state
        if (await self.people.get([asker.person]))[asker.person].may_moderate:
            await self._give("moderate", {}, None, asker)
            state = await self.view.state(asker.room, asker.person)
        return state

    async def _overview(self, asker: Asker) -> Json:
        """Return what somebody may do here now: the card for moderators, their own choices for everybody else."""
        state = await self._state(asker)
        own = Content(blocks=(Buttons(buttons=(*state.compose, *state.mine)),))
        header = state.header.blocks if state.header else ()
        content = state.card or Content(blocks=(*header, *own.blocks))
        native = render(content, asker.room, limit=LONGEST_CARD, words=_words(state))
        return {"response_type": "ephemeral", "text": native.text, "blocks": native.blocks}

    async def _ask(self, button: Button, asker: Asker) -> None:
        words = dict((await self.view.state(asker.room, asker.person)).words)
        try:
            await self.calls.open_form(asker.trigger, form(button, asker.room, words))
        except PlatformTrouble as trouble:
            log.warning("form not shown", command=button.command, reason=trouble.reason)

    async def _give(
        self, command: str, arguments: Mapping[str, str], expects: str | None, asker: Asker
    ) -> Reply | None:
        """Return what came of a command, None while it is not durable yet: then the answer follows by itself.

        Raises: Full when there is no room to wait in: who did it sees that it failed.
        """
        heard = self.tasks.create_task(self._heard(command, arguments, expects, asker))
        try:
            stored = self.inbox.put(heard).stored
        except Full:
            heard.cancel()
            raise
        done, _ = await asyncio.wait({stored}, timeout=ANSWER_WITHIN)
        if done:
            return stored.result()
        self.tasks.create_task(self._answer_late(stored, asker))
        return None

    async def _heard(
        self, command: str, arguments: Mapping[str, str], expects: str | None, asker: Asker
    ) -> tuple[HeardCommand, ...]:
        # Asked for anew: what somebody may do counts at the moment of doing it.
        by = (await self.people.get([asker.person], fresh=True))[asker.person]
        return (
            HeardCommand(
                room=asker.room,
                by=by,
                command=command,
                at=self.clock.now(),
                arguments=dict(arguments),
                expects=expects,
                id=asker.trigger,
            ),
        )

    async def _give_and_answer(
        self, command: str, arguments: Mapping[str, str], expects: str | None, asker: Asker
    ) -> None:
        await self._answer(await self._give(command, arguments, expects, asker), asker)

    async def _answer_late(self, stored: asyncio.Future[Reply], asker: Asker) -> None:
        await self._answer(await stored, asker)

    async def _answer(self, reply: Reply | None, asker: Asker) -> None:
        """Tell whoever did it, beside the acknowledgement: best effort, an answer that is lost is no loss."""
        native = _native(reply, asker.room)
        if native is not None:
            self.tasks.create_task(self._tell(native, asker))

    async def _tell(self, native: Native, asker: Asker) -> None:
        try:
            if asker.address:
                await self.calls.respond(asker.address, native)
            else:
                await self.calls.whisper(asker.room.partition("/")[2], asker.person, native)
        except PlatformTrouble as trouble:
            log.info("answer lost", room=asker.room, reason=trouble.reason)


def _named(button: Button, what: Interaction) -> dict[str, str]:
    """Return which messages a menu entry is about: an exchange is an answer and what it answers."""
    if any(ask.name == "message" for ask in button.asks):
        return {"message": what.message_ts}
    thread = what.message.thread if what.message else None
    return {"messages": f"{thread},{what.message_ts}" if thread else what.message_ts}


def _buttons(state: RoomState) -> Iterable[Button]:
    for block in state.card.blocks if state.card else ():
        if isinstance(block, Buttons):
            yield from block.buttons
    yield from (*state.menu, *state.compose, *state.mine)


def _words(state: RoomState) -> Words:
    return Words(yes=state.words.get("page.send", "OK"), no=state.words.get("page.cancel", "×"))


def _native(reply: Reply | None, room: RoomId) -> Native | None:
    if reply is None or not (reply.text or reply.content):
        return None
    said = (Paragraph(runs=(Run(text=reply.text),)),) if reply.text else ()
    shown = reply.content.blocks if reply.content else ()
    return render(Content(blocks=(*said, *shown)), room)


def _spoken(reply: Reply | None, room: RoomId) -> Json | None:
    native = _native(reply, room)
    return {"response_type": "ephemeral", "text": native.text, "blocks": native.blocks} if native else None
