"""The shell round the core: one facilitator for each chat, the outbox, timers and clocks."""
