"""One chat as its summary sees it: what may be shown, who is called what, which words stand where."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from bot.core.attribution import Attribution, attribute
from bot.core.chat import Chat, Message
from bot.core.events import MessageHeard
from bot.core.names import MessageId, PersonId, QuestionId
from bot.insights import consent, tags
from bot.insights.board import Kept, board, nominations
from bot.insights.consent import As, Verdict
from bot.summary.document import Edition
from bot.summary.names import shown_name
from bot.summary.spans import showable
from bot.summary.texts import Texts
from bot.wording import Wording


@dataclass(frozen=True, slots=True)
class Said:
    """A message that was heard, with what is known of it."""

    message: Message
    heard: MessageHeard

    @property
    def id(self) -> MessageId:
        """Return the id of the message."""
        return self.message.id

    @property
    def author(self) -> PersonId:
        """Return who wrote it."""
        return self.heard.author


class View:
    """Everything that choosing and building read; nothing in it changes.

    until: of what was heard later nothing is counted, because a published summary is frozen.
    """

    def __init__(
        self, chat: Chat, texts: Texts, *, edition: Edition, at: datetime, until: datetime | None = None
    ) -> None:
        self.chat, self.texts, self.edition, self.at, self.until = chat, texts, edition, at, until
        self.words = Wording.load(chat.plan.language)
        self.tags = tags.load()
        self._verdicts: dict[MessageId, Verdict] = {}

    def say(self, key: str, /, **arguments: object) -> str:
        """Return the line ``summary.<key>`` in the chat's language."""
        return self.words.line(f"summary.{key}", **arguments)

    @cached_property
    def attributions(self) -> Mapping[MessageId, Attribution]:
        """Return what each message answers, in the order of the platforms' times."""
        return attribute(self.chat)

    @cached_property
    def said(self) -> Sequence[Said]:
        """Return everything that people wrote, in order; neither bots' lines nor our own posts."""
        people = self.chat.people
        found = []
        for id in self.attributions:
            message = self.chat.messages[id]
            heard = message.heard
            if heard is None or id in self.chat.own or (self.until is not None and heard.at > self.until):
                continue
            if heard.author not in people or not people[heard.author].bot:
                found.append(Said(message, heard))
        return found

    @cached_property
    def answers(self) -> Mapping[QuestionId, Sequence[Said]]:
        """Return the answers to each question that was asked, in order."""
        found: dict[QuestionId, list[Said]] = {question: [] for question in self.chat.asked}
        for said in self.said:
            attribution = self.attributions[said.id]
            if attribution.reason != "asked":
                for question in attribution.questions:
                    found.setdefault(question, []).append(said)
        return found

    @cached_property
    def aliases(self) -> Mapping[PersonId, str]:
        """Return p1, p2 ... in the order in which people first spoke: nothing of their ids shows."""
        people = dict.fromkeys(said.author for said in self.said)
        return {person: f"p{number}" for number, person in enumerate(people, 1)}

    @cached_property
    def board(self) -> Sequence[Kept]:
        """Return what moderators kept."""
        return board(self.chat, self.tags)

    @cached_property
    def kept(self) -> Mapping[MessageId, Sequence[Kept]]:
        """Return what moderators kept, by message."""
        found: dict[MessageId, list[Kept]] = {}
        for kept in self.board:
            for message in kept.messages:
                found.setdefault(message, []).append(kept)
        return found

    def nominations(self, message: MessageId) -> int:
        """Return how many people would have kept *message*."""
        return nominations(self.chat, message, self.tags)

    def verdict(self, message: MessageId) -> Verdict:
        """Return whether this edition may show *message*."""
        found = self._verdicts.get(message)
        if found is None:
            ask = consent.quotable if self.edition == "public" else consent.showable
            found = self._verdicts[message] = ask(self.chat, message)
        return found

    def heard(self, message: MessageId) -> MessageHeard:
        """Return the event by which *message* was heard. Raises: KeyError when it never was."""
        known = self.chat.messages[message].heard
        if known is None:
            raise KeyError(message)
        return known

    def text(self, message: Message) -> str | None:
        """Return the newest text of *message*, None when it is not kept (any more)."""
        return self.texts.revision(message.id, message.revision)

    def written(self, key: str) -> str | None:
        """Return the organisers' words under *key*, None when they are not kept; what no page can show is marked."""
        text = self.texts.text(key)
        return None if text is None else showable(text)

    def author(self, message: MessageHeard, quoted_as: As) -> str:
        """Return what who wrote *message* is called: by name if they allowed it and it is known, else by role."""
        person = message.author
        name = shown_name(self.texts.signature(message.message, person)) if quoted_as == "named" else ""
        return name or self.role(person)

    def role(self, person: PersonId) -> str:
        """Return the group somebody speaks for ("a patient"), or that they took part."""
        known = self.chat.people.get(person)
        group = known.group if known else None
        if group is None:
            return self.say("role.moderator" if person in self.chat.moderators else "role.participant")
        key = f"summary.role.{group.casefold()}"
        if key in self.words:
            return self.words.line(key)
        return self.say("role.of-group", group=shown_name(group))

    def group_label(self, group: str | None) -> str:
        """Return how a group is called in a table; None: they did not say."""
        if group is None:
            return self.say("group.not-said")
        key = f"summary.group.{group.casefold()}"
        return self.words.line(key) if key in self.words else shown_name(group)

    def group(self, person: PersonId) -> str | None:
        """Return the group somebody speaks for, None when they did not say."""
        known = self.chat.people.get(person)
        return known.group if known else None
