"""One folder for each platform that the bot speaks; they see bot.ports, bot.errors and bot.markup, never one another."""
