"""The pages beside the room: published summaries, drafts for moderators, vital signs."""
