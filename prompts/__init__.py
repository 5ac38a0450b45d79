"""Every word the bot says, by language; read by bot.wording."""
