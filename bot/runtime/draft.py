"""A batch in the making: what some inputs led to, applied to the live chat but not yet durable."""

from collections.abc import Set
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.core import events as e
from bot.core.apply import apply
from bot.core.chat import Chat
from bot.core.commands import Command
from bot.core.decide import decide
from bot.core.events import Event
from bot.core.names import ChatId, MessageId, PersonId, RoomId, WordKey
from bot.core.posts import Post
from bot.core.react import react
from bot.ports import Acquaintance, Batch, Checkpoint, Erasure, Ids, Mark, Sighting, Somebody, Words
from bot.runtime.directory import Ledger, People, platform_of


@dataclass(slots=True, kw_only=True)
class Draft:
    """Collects what `decide` and `react` give, and everything that has to be stored with it.

    behind: rooms of which not everything was heard that was said before; their checkpoints stay where they are.
    """

    chat: Chat
    ledger: Ledger
    people: People
    ids: Ids
    events: list[Event] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    words: list[Words] = field(default_factory=list)
    sightings: list[Sighting] = field(default_factory=list)
    met: dict[tuple[str, str], Acquaintance] = field(default_factory=dict)
    erasures: list[Erasure] = field(default_factory=list)
    checkpoints: dict[RoomId, Checkpoint] = field(default_factory=dict)
    marks: list[Mark] = field(default_factory=list)
    behind: Set[RoomId] = frozenset()
    expected: int = 0

    def __post_init__(self) -> None:
        """Note where the log stood."""
        self.expected = self.chat.version

    def carry(self, command: Command) -> tuple[Event, ...]:
        """Decide *command*, apply what follows and note the posts. Raises: Refused, with nothing changed."""
        events = decide(self.chat, command)
        for event in events:
            apply(self.chat, event)
            self.posts.extend(self._addressed(post) for post in react(self.chat, event))
            self.erasures.extend(erasures(event))
        self.events.extend(events)
        return events

    def _addressed(self, post: Post) -> Post:
        # The platform's id of a message that goes is taken along: its sighting may be erased in this very batch.
        if post.action != "delete" or post.target is None:
            return post
        where = self.ledger.theirs.get(MessageId(post.target))
        return replace(post, target=where[1] if where else None)

    def message(self, room: RoomId, id: str, author: PersonId | None = None) -> MessageId:
        """Return our id for a platform's message, minting one at first sight."""
        known = self.ledger.ours.get((room, id))
        if known is not None:
            return known
        minted = MessageId(self.ids.new("message", f"{room}/{id}"))
        sighting = Sighting(room=room, id=id, message=minted, person=author)
        self.ledger.note(sighting)
        self.sightings.append(sighting)
        return minted

    def person(self, room: RoomId, somebody: Somebody) -> tuple[PersonId, bool]:
        """Return our id for somebody, and whether they were known before; a new name is noted."""
        key = (platform_of(room), somebody.id)
        known = self.met.get(key) or self.people.known(*key)
        if known is not None and known.name == (somebody.name or known.name):
            return known.person, key not in self.met
        person = known.person if known else self.people.introduce(key[0], somebody)
        self.met[key] = Acquaintance(
            person=person, platform=key[0], id=somebody.id, name=somebody.name or "?", at=self.chat.planned_at
        )
        return person, known is not None

    def heard_up_to(self, room: RoomId, at: datetime, position: str) -> None:
        """Note up to where *room* was heard, if nothing before that is missing."""
        if room not in self.behind:
            self.checkpoints[room] = Checkpoint(room=room, at=at, position=position)

    def keep_words(self, key: WordKey, text: str, person: PersonId | None, revision: int = 0) -> None:
        """Keep a text apart from the log."""
        self.words.append(Words(key=key, text=text, person=person, revision=revision))

    def is_empty(self) -> bool:
        """Return whether there is nothing to store."""
        return not (self.events or self.sightings or self.met or self.marks or self.words or self.checkpoints)

    def batch(self, chat: ChatId, epoch: int, source: str | None) -> Batch:
        """Return everything collected as one batch."""
        return Batch(
            chat=chat,
            expected=self.expected,
            epoch=epoch,
            events=tuple(self.events),
            posts=tuple(self.posts),
            words=tuple(self.words),
            sightings=tuple(self.sightings),
            people=tuple(self.met.values()),
            erasures=tuple(self.erasures),
            checkpoints=tuple(self.checkpoints.values()),
            marks=tuple(self.marks),
            source=source,
        )


def erasures(event: Event) -> tuple[Erasure, ...]:
    """Return which words *event* takes with it."""
    match event:
        case e.MessageDeleted():
            return (Erasure(keys=(WordKey(event.message),)),)
        case e.PersonForgotten():
            return (Erasure(person=event.person),)
        case _:
            return ()
