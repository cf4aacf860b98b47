"""Tables as people have them: read, checked, and understood column by column."""
