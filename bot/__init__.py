"""A chat bot that runs live healthcare tweet-chats."""
