"""Streams: rows are read, scored and stored, and only then taken as done."""
