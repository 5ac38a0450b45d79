"""Readers and writers of chat logs: JSONL, IRC and MeetBot, Slack, DiscordChatExporter, CSV."""
