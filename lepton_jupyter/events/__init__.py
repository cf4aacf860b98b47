"""The one vocabulary: events that have happened, commands that are wished, messages that panels receive."""
