"""What people are shown of a running chat: the room, the moderator card, the draft, menus. Reads, never writes."""
