"""The real runtime and core in a simulated world: virtual time, a disk, platforms, people, and all that fails."""
