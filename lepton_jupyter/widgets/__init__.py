"""Live views in a page: traits, and the commands that panels send back."""
