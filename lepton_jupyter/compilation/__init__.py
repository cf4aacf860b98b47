"""A fitted model as fast scorers of single rows and micro-batches, compared with the model before they are used."""
