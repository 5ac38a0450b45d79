"""The demo: a crowd of fictional people, what they say in their hour, and the stage they say it on."""
