"""From one wish to the core and back: what is refused at the door, what is acknowledged, what everybody then sees."""

from dataclasses import replace
from typing import assert_never

from adapters.local import translate
from adapters.local.nicknames import mentioned
from adapters.local.premises import Premises
from adapters.local.rooms import Room, Seat
from adapters.local.translate import Json, as_text, room_id
from adapters.local.wishes import AnyWish, Delete, Edit, Order, React, Say, written
from adapters.local.words import say
from bot.ports import Reply, ShownMessage

MOST_TEXT = 4_000
# After this many seconds the page sends again what could not be stored.
TRY_AGAIN = 2.0
ARGUMENTS_WITH_MESSAGES = ("message", "messages")

Spoken = Say | Edit | Delete | React | Order


class Hearing:
    """What one seat may have the core hear."""

    def __init__(self, premises: Premises, room: Room, seat: Seat) -> None:
        self._premises, self._room, self._seat = premises, room, seat
        self.turned_away = 0

    async def hear(self, wish: Spoken) -> None:
        """Have the core hear *wish*, acknowledge it once it is durable, and show what came of it.

        Raises: StoreTrouble when it is not durable; nothing was acknowledged then.
        """
        intake = self._premises.intake
        if intake is None:
            self.tell(self.trouble(wish.nonce))
            return
        if problem := self._problem(wish):
            self.refuse(wish, problem)
            return
        answer = await intake.hear(
            translate.heard(
                wish,
                self._speaker(),
                at=self._premises.clock.now(),
                sequence=next(self._premises.sequence),
                mentions=mentioned(wish.text, self._room.names()) if isinstance(wish, Say | Edit) else (),
            )
        )
        message = translate.message_id(self._seat.alias, wish.nonce) if isinstance(wish, Say) else None
        self.tell(translate.reply(wish.nonce, answer, message=message))
        if not answer.refused:
            await self._show(wish)

    def _speaker(self) -> translate.Speaker:
        seat = self._seat
        chat = seat.state.chat if seat.state else None
        return translate.Speaker(room=self._room.name, session=seat.session, alias=seat.alias, chat=chat)

    def must_wait(self, wish: AnyWish) -> bool:
        """Return whether this person does too much at once; they are told for how long to wait."""
        premises = self._premises
        limit = premises.messages if isinstance(wish, Say | Edit) else premises.commands
        wait = limit.take(self._seat.session.person, premises.clock.monotonic())
        self.turned_away = self.turned_away + 1 if wait else 0
        if wait:
            self.refuse(wish, "page.slow-down", retry=round(wait, 3))
        return wait > 0

    def _problem(self, wish: Spoken) -> str | None:
        """Return the key of what is wrong with *wish* before the core need look at it."""
        match wish:
            case Edit() | Delete() if not translate.is_own(self._seat.alias, wish.id):
                return "page.not-yours"
            case Say() | Edit() if not written(wish.text):
                return "page.text-empty"
            case Say() | Edit() if len(written(wish.text)) > MOST_TEXT:
                return "page.text-long"
            case _:
                return None

    # --- showing what came of it ---

    async def _show(self, wish: Spoken) -> None:
        match wish:
            case Say():
                await self._show_message(translate.message_id(self._seat.alias, wish.nonce), "message")
            case Edit():
                await self._show_message(wish.id, "edited")
            case Delete():
                self._room.broadcast({"type": "deleted", "id": wish.id})
            case React():
                await self._show_reactions(wish)
            case Order():
                await self._show_touched(wish)
            case _:
                assert_never(wish)

    async def _show_message(self, id: str, kind: str) -> None:
        # Asked for anew instead of repeating the wish: whatever came twice or overtook it, this is how it stands.
        if (message := await self._message(id)) is not None:
            self._room.broadcast({"type": kind, "message": translate.shown(message, self.alias_of)})

    async def _show_reactions(self, wish: React) -> None:
        if (message := await self._message(wish.id)) is not None:
            self._room.broadcast(
                {
                    "type": "reactions",
                    "id": wish.id,
                    "reactions": translate.reactions(message),
                    "by": self._seat.alias,
                    "reaction": wish.reaction,
                    "present": wish.present,
                }
            )

    async def _show_touched(self, wish: Order) -> None:
        """Show anew what a command was about (it may have a badge now) and what its giver may do next."""
        named = ",".join(wish.arguments.get(name, "") for name in ARGUMENTS_WITH_MESSAGES)
        for id in filter(None, named.split(",")):
            await self._show_message(id, "edited")
        self._premises.refresh(self._room.name, self._seat.session.person)

    async def _message(self, id: str) -> ShownMessage | None:
        message = await self._premises.view.message(room_id(self._room.name), None, id)
        if message is None:
            return None
        # "Mine" is nobody's in what everybody reads.
        return replace(message, reactions=tuple((r, count, False) for r, count, _ in message.reactions))

    # --- words ---

    def tell(self, message: Json) -> None:
        """Send *message* to this page alone."""
        self._seat.send(as_text(message))

    def refuse(self, wish: AnyWish, problem: str, **more: object) -> None:
        """Say kindly why *wish* does not happen."""
        self.tell(translate.reply(wish.nonce, Reply(refused=True, text=self.words(problem))) | more)

    def trouble(self, nonce: str) -> Json:
        """Return what a page reads whose wish could not be stored: it keeps it and sends it again."""
        return {"type": "trouble", "nonce": nonce, "text": self.words("page.unsaved"), "retry": TRY_AGAIN}

    def words(self, key: str) -> str:
        """Return the words under *key* in the language of the chat."""
        state = self._seat.state
        return say(state.words if state else {}, key)

    def alias_of(self, person: str) -> str:
        """Return how *person* is known in this room."""
        return self._premises.signer.alias(self._room.name, person)
