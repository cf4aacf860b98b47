"""Rows whose concept changes abruptly, and a source that gives them for as long as a test needs."""

from __future__ import annotations

import asyncio
import itertools

import numpy as np
import pandas as pd


def sea(n_rows, threshold, seed, *, noise=0.1):
    """Concepts of SEA: two of three columns matter, their sum against a threshold, a tenth of the labels turned [1]_.

    References
    ----------
    .. [1] W. N. Street, Y. Kim. A streaming ensemble algorithm (SEA) for large-scale classification. KDD 2001.
    """
    random = np.random.default_rng(seed)
    frame = pd.DataFrame(random.uniform(0, 10, size=(n_rows, 3)), columns=["a", "b", "c"])
    truth = (frame["a"] + frame["b"] <= threshold) ^ (random.random(n_rows) < noise)
    return frame.assign(label=np.where(truth, "yes", "no"))


class RowsUntil:
    """Rows of one concept, then of another one until somebody has enough; while a search goes on they come slowly.

    Parameters
    ----------
    before, after : DataFrame
        The second one again and again.
    enough : callable
        Asked before each row of the second one.
    """

    def __init__(self, before, after, enough):
        self.before, self.after, self.enough = before, after, enough
        self.slow = lambda: False

    async def rows(self):
        """The rows."""
        for row in self.before.to_dict("records"):
            yield row
        for row in itertools.cycle(self.after.to_dict("records")):
            if self.enough():
                return
            await asyncio.sleep(0.02 if self.slow() else 0)
            yield row
