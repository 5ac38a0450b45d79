"""The names of things: every id in the log is one of these, random or derived, never a platform's or a person's own."""

from typing import NewType

ChatId = NewType("ChatId", str)
RoomId = NewType("RoomId", str)
"""``<platform>/<room>``, for example ``local/main``: a place, not a person."""
PersonId = NewType("PersonId", str)
MessageId = NewType("MessageId", str)
"""Ours for every message of a room, people's and the bot's own; the platform's id stands beside the words."""
QuestionId = NewType("QuestionId", str)
InsightId = NewType("InsightId", str)
PostKey = NewType("PostKey", str)
WordKey = NewType("WordKey", str)
"""What a text is kept under: a message id, or ``title``, ``question/q2``, ``say/3``, ``note/<insight>``..."""
