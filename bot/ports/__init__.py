"""The doors of the house: what the bot needs from a platform, a store, a clock and a lease, and what passes through.

Small Protocols and plain values. Adapters see this room, `bot.errors` and `bot.markup`, and nothing else of ours.
"""

from bot.core.names import ChatId, MessageId, PersonId, PostKey, RoomId
from bot.core.posts import Action, Argument, Lane, NameRef, Post, WordRef
from bot.markup import Content
from bot.ports.heard import (
    Heard,
    HeardCommand,
    HeardDeletion,
    HeardEcho,
    HeardEdit,
    HeardGap,
    HeardMessage,
    HeardReaction,
    Intake,
    Reply,
    Somebody,
)
from bot.ports.meter import Meter, Uncounted
from bot.ports.platform import Capabilities, Lack, Look, Platform, Receipt, Via
from bot.ports.store import (
    Acquaintance,
    Batch,
    ChatRow,
    Checkpoint,
    Erasure,
    Lease,
    Loaded,
    Mark,
    PostState,
    Sighting,
    Store,
    StoredText,
    Unsent,
    Words,
)
from bot.ports.time import Clock, Ids
from bot.ports.trial import Standing, Trial
from bot.ports.view import RoomState, RoomView, ShownMessage, ShownPost

__all__ = [
    "Acquaintance",
    "Action",
    "Argument",
    "Batch",
    "Capabilities",
    "ChatId",
    "ChatRow",
    "Checkpoint",
    "Clock",
    "Content",
    "Erasure",
    "Heard",
    "HeardCommand",
    "HeardDeletion",
    "HeardEcho",
    "HeardEdit",
    "HeardGap",
    "HeardMessage",
    "HeardReaction",
    "Ids",
    "Intake",
    "Lack",
    "Lane",
    "Lease",
    "Loaded",
    "Look",
    "Mark",
    "MessageId",
    "Meter",
    "NameRef",
    "PersonId",
    "Platform",
    "Post",
    "PostKey",
    "PostState",
    "Receipt",
    "Reply",
    "RoomId",
    "RoomState",
    "RoomView",
    "ShownMessage",
    "ShownPost",
    "Sighting",
    "Somebody",
    "Standing",
    "Store",
    "StoredText",
    "Trial",
    "Uncounted",
    "Unsent",
    "Via",
    "WordRef",
    "Words",
]
