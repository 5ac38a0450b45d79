"""Runs every measurement that needs no data of others; each prints JSON lines with name, value, unit and context.

`replay_all.py`, `shuffle.py`, `meetings.py` and `attribution.py` measure on the shared data and are run by themselves.
"""

import argparse
import os
import platform

import ingest
import lateness
import on_postgres
import past
import platforms
import process
import summaries
from measured import spent, tell

PARTS = {
    "process": process.measure,
    "ingest": ingest.measure,
    "postgres": on_postgres.measure,
    "past": past.measure,
    "summaries": summaries.measure,
    "lateness": lateness.measure,
    "platforms": platforms.measure,
}


def main() -> None:
    """Run the parts that were asked for, else all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help=f"some of: {', '.join(PARTS)}")
    options = parser.parse_args()
    tell("cores", os.cpu_count() or 0, "cores", python=platform.python_version(), machine=platform.machine())
    with spent() as time:
        for name in options.parts or PARTS:
            PARTS[name]()
    tell("whole bench", time.wall, "s")


if __name__ == "__main__":
    main()
