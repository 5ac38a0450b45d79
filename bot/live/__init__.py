"""Tries everything that a chat needs on the real platform, in a room set aside for it, and cleans up afterwards."""
