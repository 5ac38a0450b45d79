"""What is learnt from a chat: pure functions that read events and texts, and may be wrong without harming the chat."""
