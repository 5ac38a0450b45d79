"""The rules of a chat, without any clock, network, disk or chance: what is said goes in, events and posts come out."""
