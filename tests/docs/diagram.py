"""Draws the life of a chat from `PHASES` into ARCHITECTURE.md: `python -m tests.docs.diagram`."""

from pathlib import Path

from bot.core.phases import PHASES

PAGE = Path(__file__).parents[2] / "ARCHITECTURE.md"
BEGIN, END = "<!-- phases -->\n", "<!-- /phases -->"


def drawn() -> str:
    """Return the diagram as Mermaid, as it should stand in the page."""
    arrows = [
        f"    {_name(phase)} --> {_name(after)}" for phase, rule in PHASES.items() for after in rule.follows
    ]
    return "\n".join(["```mermaid", "stateDiagram-v2", "    [*] --> draft", *arrows, "```", ""])


def _name(phase: str) -> str:
    return phase.replace("-", "_")


def parted(text: str) -> tuple[str, str, str]:
    """Return what stands before the diagram, the diagram, and what stands behind it."""
    before, _, rest = text.partition(BEGIN)
    diagram, _, after = rest.partition(END)
    return before + BEGIN, diagram, END + after


def main() -> None:
    """Write the diagram into its place."""
    before, _, after = parted(PAGE.read_text(encoding="utf-8"))
    PAGE.write_text(before + drawn() + after, encoding="utf-8")


if __name__ == "__main__":
    main()
