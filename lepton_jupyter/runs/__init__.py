"""The log of a run: append, read back, subscribe, and the folders it lives in."""
