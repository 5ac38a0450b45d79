"""What `run` does about memory before people talk."""

import gc

from bot.cli.run import spare_what_is_loaded


def test_what_is_loaded_is_not_looked_through_again() -> None:
    """The garbage collector leaves the libraries alone, and looks less often at what people make."""
    before = gc.get_threshold()
    try:
        spare_what_is_loaded()

        assert gc.get_freeze_count() > 10_000
        assert gc.get_threshold()[0] > before[0]
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)
