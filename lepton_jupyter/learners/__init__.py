"""Learners: an estimator, its search space and its cheapest starting point."""
