"""Who moderates, who may write, how people want to be quoted, and forgetting."""

from bot.core import commands as c
from bot.core import events as e
from bot.core.chat import Chat
from bot.core.decide.hearing import amended, shown_anew
from bot.core.decide.keeping import author_of
from bot.core.names import MessageId, PersonId
from bot.errors import Refused


def appoint(chat: Chat, command: c.Appoint) -> tuple[e.Event, ...]:
    """Return a new moderator. Raises: Refused when the link that was shown opens nothing (any more)."""
    if command.generation is not None and command.generation != chat.link_generation:
        raise Refused("refused.link-expired")
    if command.person in chat.moderators:
        return ()
    # Whom a moderator sent away does not come back by the link that they still hold.
    if command.generation is not None and chat.released.get(command.person) == command.generation:
        raise Refused("refused.link-expired")
    return (e.ModeratorAppointed(at=command.at, person=command.person, generation=command.generation or 0),)


def hand_over(chat: Chat, command: c.HandOver) -> tuple[e.Event, ...]:
    """Return who leads from here. Raises: Refused when they don't moderate this chat."""
    if command.to not in chat.moderators:
        raise Refused("refused.not-a-moderator")
    if chat.leader == command.to:
        return ()
    return (e.HandedOver(at=command.at, to=command.to, cause="command", by=command.by),)


def release(chat: Chat, command: c.Release) -> tuple[e.Event, ...]:
    """Return that somebody moderates no more. Raises: Refused for the only moderator."""
    if command.person not in chat.moderators:
        return ()
    if len(chat.moderators) == 1:
        raise Refused("refused.last-moderator")
    return (e.ModeratorReleased(at=command.at, person=command.person, by=command.by),)


def rotate_link(chat: Chat, command: c.RotateLink) -> tuple[e.Event, ...]:
    """Return a new generation of the moderator's link; whoever came by the old one is out, but for *by*."""
    others = [
        person
        for person, generation in chat.moderators.items()
        if generation == chat.link_generation and person != command.by
    ]
    released = [e.ModeratorReleased(at=command.at, person=person, by=command.by) for person in others]
    generation = chat.link_generation + 1
    # Released first, by the old link: they may come back by the new one.
    return (*released, e.LinkRotated(at=command.at, by=command.by, generation=generation))


def mute(chat: Chat, command: c.Mute) -> tuple[e.Event, ...]:
    """Return that somebody may not write for now, or may again. Raises: Refused for a moderator."""
    if command.muted and command.person in chat.moderators:
        raise Refused("refused.mute-moderator")
    if chat.person(command.person).muted == command.muted:
        return ()
    return (e.PersonMuted(at=command.at, person=command.person, by=command.by, muted=command.muted),)


def declare(chat: Chat, command: c.Declare) -> tuple[e.Event, ...]:
    """Return for which group somebody speaks. Raises: Refused for a group the plan does not name."""
    if command.group is not None and command.group not in chat.plan.groups:
        raise Refused("refused.no-such-group")
    known = chat.people.get(command.by)
    if known is not None and known.room is not None and known.group == command.group:
        return ()
    return (e.PersonJoined(at=command.at, person=command.by, room=command.room, group=command.group),)


def consent(chat: Chat, command: c.Consent) -> tuple[e.Event, ...]:
    """Return how somebody wants to be quoted, in a published summary as well: a *no* takes their lines out of it."""
    if command.message is not None:
        _must_be_authors(chat, command.by, command.message)
    known = chat.person(command.by)
    if _chosen(known.choice, known.choices, command.message) == command.choice:
        return ()
    given = e.ConsentGiven(at=command.at, person=command.by, choice=command.choice, message=command.message)
    messages = (command.message,) if command.message else messages_of(chat, command.by)
    if command.choice == "no":
        return (given, *amended(chat, command.at, messages, "withdrawn"))
    free = tuple(message for message in messages if not chat.message(message).locked)
    return (given, *shown_anew(chat, command.at, free))


def _chosen(
    general: e.Choice | None, single: dict[MessageId, e.Choice], message: MessageId | None
) -> e.Choice | None:
    if message is not None:
        return single.get(message)
    return None if single else general


def _must_be_authors(chat: Chat, person: PersonId, message: MessageId) -> None:
    if author_of(chat, message) != person:
        raise Refused("refused.not-yours")


def messages_of(chat: Chat, person: PersonId) -> tuple[MessageId, ...]:
    """Return every message that *person* wrote in this chat."""
    return tuple(
        message.id
        for message in chat.messages.values()
        if message.heard is not None and message.heard.author == person
    )


def forget(chat: Chat, command: c.Forget) -> tuple[e.Event, ...]:
    """Return that somebody is forgotten and everything they wrote is gone, from a published summary too."""
    messages = messages_of(chat, command.by)
    gone = [
        e.MessageDeleted(at=command.at, message=message, by=command.by, remove=True)
        for message in messages
        if not chat.messages[message].deleted
    ]
    if chat.person(command.by).forgotten and not gone:
        return ()
    forgotten = e.PersonForgotten(at=command.at, person=command.by)
    return (*gone, forgotten, *amended(chat, command.at, messages, "forgotten"))
