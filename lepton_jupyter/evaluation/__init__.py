"""Metrics, folds, out-of-fold scores with their errors, the greedy ensemble and the speed–cost front."""
