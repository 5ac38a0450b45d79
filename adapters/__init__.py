"""One folder for each platform; they see bot.ports, bot.errors and bot.markup, never one another."""
