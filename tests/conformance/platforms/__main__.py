"""Prints the table of scenarios that every platform is held against: `python -m tests.conformance.platforms`."""

import sys
from collections import Counter

from tests.conformance.platforms.scenarios import PROMISES, SCENARIOS

count = Counter((one.platform, one.mode) for one in SCENARIOS)
for (platform, mode), scenarios in count.items():
    sys.stdout.write(f"{platform:10}{mode:12}{scenarios:4}\n")
sys.stdout.write(f"{len(SCENARIOS)} scenarios from {len(PROMISES)} capabilities\n")
