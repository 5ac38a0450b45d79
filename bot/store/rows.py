"""Our values as rows of the tables, and back."""

from typing import Any

from sqlalchemy import Row

from bot.core.events import Event
from bot.core.posts import Post
from bot.ports import Acquaintance, Batch, Mark, Sighting, StoredText, Unsent
from bot.store import arguments
from bot.store.codec import Encoded, decode, encode

Values = dict[str, Any]
"""One row to write: column to value, each of the column's type."""


def event_rows(batch: Batch) -> list[Values]:
    """Return the rows of the batch's events, numbered from its expected version on."""
    return [_event_row(batch, number, event) for number, event in enumerate(batch.events, batch.expected + 1)]


def _event_row(batch: Batch, version: int, event: Event) -> Values:
    encoded = encode(event)
    return {
        "chat": batch.chat,
        "version": version,
        "kind": encoded.kind,
        "schema": encoded.schema,
        "at": event.at,
        "body": encoded.body,
    }


def event_of(row: Row[Any]) -> Event:
    """Return the event of a row. Raises: StoreUnusable when it cannot be read."""
    encoded = Encoded(kind=row.kind, schema=row.schema, body=row.body)
    return decode(encoded, place=f"chat {row.chat}, version {row.version}")


def words_rows(batch: Batch) -> list[Values]:
    """Return the rows of the batch's words."""
    return [
        {
            "chat": batch.chat,
            "key": words.key,
            "revision": words.revision,
            "text": words.text,
            "person": words.person,
            "digest_key": words.digest_key,
        }
        for words in batch.words
    ]


def text_of(row: Row[Any]) -> StoredText:
    """Return the text of a row."""
    return StoredText(
        key=row.key, revision=row.revision, text=row.text, person=row.person, digest_key=row.digest_key
    )


def people_rows(batch: Batch) -> list[Values]:
    """Return the rows of the people met in the batch."""
    return [
        {
            "platform": somebody.platform,
            "platform_id": somebody.id,
            "person": somebody.person,
            "name": somebody.name,
            "at": somebody.at,
        }
        for somebody in batch.people
    ]


def acquaintance_of(row: Row[Any]) -> Acquaintance:
    """Return the person of a row."""
    return Acquaintance(
        person=row.person, platform=row.platform, id=row.platform_id, name=row.name, at=row.at
    )


def sighting_rows(batch: Batch) -> list[Values]:
    """Return the rows of the platform ids seen in the batch."""
    return [
        {
            "room": sighting.room,
            "platform_id": sighting.id,
            "message": sighting.message,
            "chat": batch.chat,
            "person": sighting.person,
        }
        for sighting in batch.sightings
    ]


def sighting_of(row: Row[Any]) -> Sighting:
    """Return the sighting of a row."""
    return Sighting(room=row.room, id=row.platform_id, message=row.message, person=row.person)


def checkpoint_rows(batch: Batch) -> list[Values]:
    """Return the rows of how far the batch's rooms were heard."""
    return [{"room": point.room, "at": point.at, "position": point.position} for point in batch.checkpoints]


def post_rows(batch: Batch) -> list[Values]:
    """Return the rows of the batch's posts, planned and never tried."""
    return [_post_row(batch, post) for post in batch.posts]


def _post_row(batch: Batch, post: Post) -> Values:
    return {
        "key": post.key,
        "chat": batch.chat,
        "room": post.room,
        "lane": post.lane,
        "action": post.action,
        "line": post.line,
        "arguments": arguments.dump(post.arguments),
        "person": post.person,
        "target": post.target,
        "revision": 0,
        "state": "planned",
        "attempts": 0,
        "reason": "",
    }


def post_of(row: Row[Any]) -> Post:
    """Return the post of a row. Raises: StoreUnusable when it cannot be read."""
    return Post(
        key=row.key,
        room=row.room,
        line=row.line,
        arguments=arguments.parse(row.arguments, place=f"chat {row.chat}, post {row.key}"),
        action=row.action,
        lane=row.lane,
        person=row.person,
        target=row.target,
    )


def unsent_of(row: Row[Any]) -> Unsent:
    """Return the undone post of a row. Raises: StoreUnusable when it cannot be read."""
    return Unsent(
        chat=row.chat,
        post=post_of(row),
        sequence=row.position,
        state=row.state,
        attempts=row.attempts,
        first_at=row.first_at,
        last_at=row.last_at,
        revision=row.revision,
    )


def mark_row(mark: Mark) -> Values:
    """Return what a mark writes."""
    return {
        "marked_key": mark.key,
        "at": mark.at,
        "mark_reason": mark.reason,
        "id": mark.id,
        "mark_via": mark.via,
        "expected_revision": mark.revision,
    }
