"""Audio between the bridge and the conversation: one tick, VAD, playout (D2, D4, D7)."""
