"""Single-point local search: asks for trials and hears reports, with NumPy and nothing else."""
