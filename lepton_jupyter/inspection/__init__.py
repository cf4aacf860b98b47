"""Looking closely: what a table holds, how good a model is and where it fails, and which of two is better."""
