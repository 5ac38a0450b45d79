"""Brings events stored by an older version into today's shape, one step at a time.

When a field must change its shape: raise the kind's number here, write the step from the old number, and keep the
old line in tests/golden/events.
"""

from collections.abc import Callable, Mapping

Body = dict[str, object]
Step = Callable[[Body], Body]
Steps = Mapping[tuple[str, int], Step]

FIRST = 1
"""The number of a kind that never changed its shape."""

STEPS: Steps = {}
"""(kind, number) to the function that makes the shape of the next number of it."""


def schema_of(kind: str, steps: Steps = STEPS) -> int:
    """Return the number of today's shape of *kind*."""
    return max((number + 1 for name, number in steps if name == kind), default=FIRST)


def upcast(kind: str, schema: int, body: Body, steps: Steps = STEPS) -> Body:
    """Return *body*, stored in the shape *schema*, in today's shape. Raises: KeyError when a step is missing."""
    for number in range(schema, schema_of(kind, steps)):
        body = steps[kind, number](body)
    return body
