"""Live views in a page: traits, buffers, and the commands that panels send back."""
