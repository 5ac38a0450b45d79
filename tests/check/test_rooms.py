"""Every room of the house has its place in the order of imports."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def layered_modules() -> set[str]:
    """Return the modules that the first import contract orders."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    return {name.strip(" ()") for layer in contracts[0]["layers"] for name in layer.split("|")}


def test_every_module_of_bot_has_a_layer() -> None:
    """A new room must say what it may import, or the import check would pass it by."""
    rooms = {
        f"bot.{path.stem}"
        for path in (ROOT / "bot").iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    }

    assert rooms - {"bot.__init__"} <= layered_modules()
