"""Executors: callables in, futures out, on threads, on a local cluster or on the user's own."""
