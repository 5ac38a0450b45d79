"""Who takes part in a simulated chat: answers in bursts, edits, deletions, and moderators who press twice."""

from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random

from bot.core.plan import question_words
from bot.ports import HeardCommand, HeardReaction, Reply, RoomId, Somebody
from tests.sim.nodes import House
from tests.sim.platforms import SimSite
from tests.sim.world import Said, World

NAMES = ("Meera", "Olu", "Ben", "Ines", "Tomas", "Aiko", "Ruth", "Kofi")
MODERATORS = (
    Somebody(id="u-andrew", name="Andrew", may_moderate=True),
    Somebody(id="u-gary", name="Gary", may_moderate=True),
)
PEOPLE = tuple(Somebody(id=f"u-{name.lower()}", name=name) for name in NAMES)
LOOK_FOR_DOUBT = 10.0


@dataclass(slots=True, kw_only=True)
class Hour:
    """When things happen, in seconds of the world: the doors, each question, the end of the hour, of everything."""

    doors: float
    questions: tuple[float, ...]
    ends: float
    review: float
    over: float


class Crowd:
    """Everybody who is in the rooms."""

    def __init__(self, house: House, hour: Hour, rooms: tuple[RoomId, ...], seed: int) -> None:
        self._house, self._hour, self._rooms = house, hour, rooms
        self._world: World = house.world
        self._chance = Random(f"people of {seed}")
        self._gestures = 0
        self._tokens = 0
        self.said: list[Said] = []

    # --- participants ---

    def come(self, messages: int) -> None:
        """Have everybody do what they will do, each at their time."""
        chance, hour = self._chance, self._hour
        for _ in range(messages):
            if chance.random() < 0.6:
                at = chance.choice(hour.questions) + chance.expovariate(1 / 40)
            else:
                at = chance.uniform(hour.doors + 5, hour.review - 30)
            self._world.loop.after(at, self._write)
        for _ in range(messages // 6):
            self._world.loop.after(chance.uniform(hour.doors + 60, hour.review - 20), self._edit)
        for _ in range(messages // 8):
            self._world.loop.after(chance.uniform(hour.doors + 60, hour.over - 200), self._delete)
        for _ in range(messages // 6):
            self._world.loop.after(chance.uniform(hour.doors + 60, hour.ends), self._react)
        if chance.random() < 0.3:
            self._world.loop.after(chance.uniform(hour.questions[0], hour.over - 200), self._choose)
        if chance.random() < 0.2:
            self._world.loop.after(chance.uniform(hour.questions[0], hour.review), self._ask_to_be_forgotten)

    def _site(self, room: RoomId) -> SimSite:
        site = self._world.site(room)
        if not isinstance(site, SimSite):
            raise TypeError(site)
        return site

    def _write(self) -> None:
        chance = self._chance
        room = chance.choice(self._rooms)
        before = [said for said in self.said[-8:] if said.room == room and said.stands]
        reply_to = chance.choice(before).id if before and chance.random() < 0.25 else None
        label = f"A{chance.randrange(1, 5)} " if chance.random() < 0.4 else ""
        site = self._site(room)
        self.said.append(site.say(room, chance.choice(PEOPLE), label + self._words(), reply_to))

    def _words(self) -> str:
        self._tokens += 1
        return f"{self._chance.choice(TEXTS)} zq{self._tokens}x"

    def _standing(self) -> Said | None:
        there = [said for said in self.said if said.stands]
        return self._chance.choice(there) if there else None

    def _edit(self) -> None:
        said = self._standing()
        if said is not None:
            self._site(said.room).change(said, self._words())

    def _delete(self) -> None:
        said = self._standing()
        if said is not None:
            self._site(said.room).take_out(said)

    def _react(self) -> None:
        said, by = self._standing(), self._chance.choice((*PEOPLE, *MODERATORS))
        if said is not None:
            reaction = self._chance.choice(("💡", "👍", "❤️"))
            now = self._world.time.now()
            self._site(said.room).tell(
                HeardReaction(room=said.room, id=said.id, by=by, reaction=reaction, at=now)
            )

    def _choose(self) -> None:
        self._wish("consent", choice=self._chance.choice(("named", "role", "no")))

    def _ask_to_be_forgotten(self) -> None:
        self._wish("forget")

    def _wish(self, command: str, **arguments: str) -> None:
        wish = HeardCommand(
            room=self._rooms[0],
            by=self._chance.choice(PEOPLE),
            command=command,
            at=self._world.time.now(),
            arguments=arguments,
            id=self._gesture(),
        )
        self._send(wish, 3)

    # --- moderators ---

    def moderate(self) -> None:
        """Have the moderators do what they will do."""
        chance, hour = self._chance, self._hour
        self._world.loop.after(LOOK_FOR_DOUBT, self._look_for_doubt)
        for deed, likely in (
            (self._back, 0.15),
            (self._extend, 0.2),
            (self._hold, 0.25),
            (self._next, 0.25),
            (self._skip, 0.15),
            (self._edit_plan, 0.3),
        ):
            if chance.random() < likely:
                self._world.loop.after(chance.uniform(hour.doors, hour.ends), deed)
        for _ in range(chance.randrange(0, 4)):
            self._world.loop.after(chance.uniform(hour.questions[0], hour.ends), self._keep)

    def press(self, command: str, *, tries: int = 3, gesture: str | None = None, **arguments: str) -> None:
        """Press a button: in front of a stage, once, twice with one name or with two, or both moderators at once."""
        chance = self._chance
        gesture = gesture or self._gesture()
        presses = [(MODERATORS[0], gesture)]
        if chance.random() < 0.3:
            presses.append(
                chance.choice(
                    [
                        (MODERATORS[0], gesture),
                        (MODERATORS[0], self._gesture()),
                        (MODERATORS[1], self._gesture()),
                    ]
                )
            )
        expects = arguments.pop("expects", None)
        for by, name in presses:
            heard = HeardCommand(
                room=self._rooms[0],
                by=by,
                command=command,
                at=self._world.time.now(),
                arguments=arguments,
                expects=expects,
                id=name,
            )
            self._world.loop.after(
                chance.uniform(0, 1.5) if len(presses) > 1 else 0, self._send, heard, tries
            )

    def _gesture(self) -> str:
        self._gestures += 1
        return f"g{self._gestures}"

    def _send(self, heard: HeardCommand, tries: int) -> None:
        reached = self._site(heard.room).command(heard, lambda reply: self._answered(heard, reply))
        if not reached and tries > 1:  # "did not respond": pressed again
            again = replace(heard, id=self._gesture())
            self._world.loop.after(self._chance.uniform(4, 12), self._send, again, tries - 1)

    def _answered(self, heard: HeardCommand, reply: Reply) -> None:
        oracles = self._world.oracles
        oracles.counts["commands"] += not reply.refused
        if heard.command == "forget" and not reply.refused:
            oracles.forgot[heard.room.partition("/")[0], heard.by.id] = heard.at

    def _stage(self) -> str | None:
        chat = self._world.oracles.chat
        return str(chat.stage) if chat is not None else None

    def _hold(self) -> None:
        self.press("hold")
        self._world.loop.after(self._chance.uniform(5, 200), self._resume)

    def _resume(self) -> None:
        self.press("resume")
        self._world.loop.after(20, self._make_sure)

    def _make_sure(self) -> None:
        chat = self._world.oracles.chat
        if chat is not None and chat.is_over:
            return
        if chat is not None and chat.held_since is not None:
            self.press("resume")
        self._world.loop.after(20, self._make_sure)

    def _next(self) -> None:
        stage = self._stage()
        if stage is not None:
            self._world.oracles.presses += 1
            self.press("next", expects=stage)

    def _back(self) -> None:
        stage = self._stage()
        if stage is not None:
            self._world.oracles.presses += 1
            self.press("back", expects=stage)

    def _extend(self) -> None:
        chat = self._world.oracles.chat
        if chat is not None:
            self.press("extend", minutes="2", seen=str(chat.extended))

    def _skip(self) -> None:
        chat = self._world.oracles.chat
        if chat is not None and chat.remaining:
            self.press("skip", question=chat.remaining[0].id, expects=str(chat.stage))

    def publish(self) -> None:
        """Press "publish" until the summary is out."""
        chat = self._world.oracles.chat
        if chat is not None and chat.published is None and self._world.loop.time() < self._hour.over - 60:
            self.press("publish")
            self._world.loop.after(30, self.publish)

    def _keep(self) -> None:
        said = self._standing()
        if said is not None and said.room == self._rooms[0]:
            self.press("keep", message=said.id)

    def _edit_plan(self) -> None:
        file, chance = self._house.file, self._chance
        number = chance.randrange(len(file.plan.questions))
        if chance.random() < 0.5:
            key = question_words(file.plan.questions[number].id)
            file.words = {**file.words, key: f"Asked otherwise, {chance.randrange(99)}?"}
        else:
            moved = replace(
                file.plan.questions[number],
                opens_after=file.plan.questions[number].opens_after + timedelta(seconds=30),
            )
            questions = (*file.plan.questions[:number], moved, *file.plan.questions[number + 1 :])
            file.plan = replace(file.plan, questions=questions)
        file.save()

    # --- posts in doubt ---

    def _look_for_doubt(self) -> None:
        """Look at the card now and then; what is in doubt is looked up in the room by a person, and answered."""
        for row in self._house.disk.image.rows().values():
            if row.state == "ask" and self._chance.random() < 0.4:
                there = any(
                    said.key == row.post.key and said.stands
                    for said in self._site(row.post.room).rooms[row.post.room]
                )
                answer = "there" if there else self._chance.choice(("again", "again", "leave"))
                self.press("settle-post", post=row.post.key, answer=answer)
        if self._world.loop.time() < self._hour.over:
            self._world.loop.after(LOOK_FOR_DOUBT, self._look_for_doubt)


TEXTS = (
    "Pacing myself helped more than any pill",
    "My manager gave me a later start and it changed the week",
    "Ask early, write it down",
    "We run a group on Tuesdays",
    "It depends on the day, honestly",
    "The new leaflet is much clearer than the old one",
)
