"""What numbers were like in training, as counts in bins: enough to say how far others have drifted from them."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from lepton_jupyter.evaluation.drift_measures import (
    LARGE,
    MODERATE,
    chance_index,
    kolmogorov_smirnov_of_counts,
    stability_index,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

#: Rows that a reference is made from, drawn evenly from all.
MOST_ROWS = 10_000
#: Columns of a wide table that are watched.
MOST_COLUMNS = 300
_N_EDGES = 49  # the distribution function is known at each fiftieth
_N_BINS = 10  # of the stability index
#: Distance of distribution functions from which a column has drifted, if chance does not explain it.
FAR = 0.2
_SURE = 1e-6


class Shift(NamedTuple):
    """How far a sample is from a reference.

    Parameters
    ----------
    stability_index : float
        Over tenths of the reference and its missing values.
    distance : float
        Kolmogorov and Smirnov's, between distribution functions at fiftieths of the reference.
    drifted : str
        Measure that is beyond its limit and beyond chance, ``"PSI"`` or ``"KS"``; empty: neither is.
    """

    stability_index: float
    distance: float
    drifted: str

    @property
    def limit(self) -> float:
        """From where on the measure that tells says so."""
        return LARGE if self.drifted == "PSI" else FAR

    @property
    def near(self) -> bool:
        """Whether it is well within the limits."""
        return self.stability_index < MODERATE and self.distance < FAR / 2


@dataclass(frozen=True, slots=True)
class ColumnReference:
    """Counts of one column's values between its quantiles; no row is kept.

    Parameters
    ----------
    name : str
    edges : tuple of float
        Rising; fewer than 50 where values are equal. The last one is just above the largest value.
    counts : tuple of int
        Values below the first edge, up to each, and above the last.
    n_missing : int

    Examples
    --------
    >>> random = np.random.default_rng(0)
    >>> reference = ColumnReference.of("age", random.normal(size=5_000))
    >>> reference.shift(random.normal(size=1_000)).drifted, reference.shift(random.normal(1, 1, 1_000)).drifted
    ('', 'PSI')
    """

    name: str
    edges: tuple[float, ...]
    counts: tuple[int, ...]
    n_missing: int

    @classmethod
    def of(cls, name: str, values: NDArray[Any]) -> ColumnReference:
        """Make the reference of some values, NaN where they are missing."""
        known = np.sort(values[~np.isnan(values)]).astype(np.float64)
        places = (np.arange(1, _N_EDGES + 1) * len(known)) // (_N_EDGES + 1)
        # What is larger than anything in training has a bin of its own: the last one, empty in the reference.
        edges = np.unique(np.append(known[places], np.nextafter(known[-1], np.inf))) if len(known) else np.zeros(0)
        counts = _counted(known, edges)
        return cls(name, tuple(edges.tolist()), tuple(counts.tolist()), len(values) - len(known))

    def shift(self, values: NDArray[Any]) -> Shift:
        """Compare other values with the reference.

        Parameters
        ----------
        values : ndarray of shape (n_rows,)
            NaN where they are missing.

        Returns
        -------
        shift : Shift
        """
        known = values[~np.isnan(values)]
        counts, others = np.array(self.counts), _counted(known, np.array(self.edges))
        n_rows, n_others = int(counts.sum()) + self.n_missing, len(values)
        coarse = _tenths(counts)
        own, their = (
            np.append(np.bincount(coarse, each), gone)
            for each, gone in ((counts, self.n_missing), (others, len(values) - len(known)))
        )
        index = stability_index(own, their)
        effect = kolmogorov_smirnov_of_counts(counts, others)
        drifted = ""
        if index >= LARGE and index > chance_index(n_rows, n_others, len(own)):
            drifted = "PSI"
        elif effect.size >= FAR and effect.p_value < _SURE:
            drifted = "KS"
        return Shift(index, effect.size, drifted)


def references_of(names: Sequence[str], values: NDArray[Any]) -> tuple[ColumnReference, ...]:
    """References of the first columns of a matrix, from at most `MOST_ROWS` of its rows.

    Parameters
    ----------
    names : sequence of str
    values : ndarray of shape (n_rows, n_columns)
        NaN where they are missing.

    Returns
    -------
    references : tuple of ColumnReference
    """
    rows = values[:: max(1, len(values) // MOST_ROWS)][:MOST_ROWS]
    return tuple(ColumnReference.of(name, rows[:, place]) for place, name in enumerate(names[:MOST_COLUMNS]))


def references_to_json(references: Sequence[ColumnReference]) -> str:
    """Write references as JSON, which `references_from_json` reads."""
    return json.dumps([asdict(each) for each in references])


def references_from_json(text: str) -> tuple[ColumnReference, ...]:
    """Read what `references_to_json` wrote.

    Raises
    ------
    ValueError, TypeError, KeyError
        If it is something else.
    """
    return tuple(
        ColumnReference(
            str(each["name"]),
            tuple(map(float, each["edges"])),
            tuple(map(int, each["counts"])),
            int(each["n_missing"]),
        )
        for each in json.loads(text)
    )


def _counted(values: NDArray[Any], edges: NDArray[np.float64]) -> NDArray[np.int64]:
    counts: NDArray[np.int64] = np.bincount(np.searchsorted(edges, values, side="right"), minlength=len(edges) + 1)
    return counts


def _tenths(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Which tenth of the reference each of its fine bins belongs to; one bin that holds more is a tenth of its own."""
    below = np.cumsum(counts) - counts / 2
    tenths: NDArray[np.int64] = np.minimum((below / max(1, counts.sum()) * _N_BINS).astype(np.int64), _N_BINS - 1)
    return tenths
