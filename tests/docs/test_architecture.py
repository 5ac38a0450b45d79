"""What ARCHITECTURE.md draws is what the code does."""

from tests.docs.diagram import PAGE, drawn, parted


def test_the_diagram_of_phases_is_drawn_from_the_table() -> None:
    """Whoever changes the life of a chat draws it again: python -m tests.docs.diagram."""
    assert parted(PAGE.read_text(encoding="utf-8"))[1] == drawn()
