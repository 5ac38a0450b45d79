"""A past chat through the real core, store and summary."""
