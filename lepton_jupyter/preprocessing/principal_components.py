"""A few principal components that stand for all columns of numbers."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from lepton_jupyter.execution.native_threads import one_native_thread
from lepton_jupyter.preprocessing.co_moments import CoMoments
from lepton_jupyter.preprocessing.stored_values import as_numbers, numbers_array, one_array

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray


#: Columns up to which each one's products with all others are kept: 8 MB of them.
_MOST_EXACT = 1_000
#: Of more columns their products with so many random mixtures: this many, and so many for each component.
_LEAST_MIXTURES, _MIXTURES_OF_ONE = 128, 4


@dataclass(frozen=True, slots=True)
class ComponentWatch:
    """Co-moments of some columns, whose middle value stands where one is missing.

    Parameters
    ----------
    columns : tuple of str
    middles, spreads : tuple of float
        Of each column: values are taken in spreads from the middle, so that no column outweighs the digits of others.
    n_mixtures : int
        Random mixtures of the columns with which their products are kept; 0: with each other.
    name : str
    """

    columns: tuple[str, ...]
    middles: tuple[float, ...]
    spreads: tuple[float, ...]
    n_mixtures: int = 0
    name: str = "components"

    @property
    def mixtures(self) -> NDArray[np.float64] | None:
        """How much of each column is in each mixture; the same on every worker."""
        return random_mixtures(len(self.columns), self.n_mixtures) if self.n_mixtures else None

    def of(self, table: pa.Table) -> CoMoments:
        """Of some rows."""
        values = np.empty((table.num_rows, len(self.columns)))
        for place, (name, middle, spread) in enumerate(zip(self.columns, self.middles, self.spreads, strict=True)):
            numbers = as_numbers(one_array(table.column(name)))
            values[:, place] = (np.where(np.isfinite(numbers), numbers, middle) - middle) / spread
        with one_native_thread():
            return CoMoments.of(values, self.mixtures)


def mixture_count(n_columns: int, n_components: int) -> int:
    """Mixtures by which so many components of so many columns are found; 0 where these are few enough without.

    Examples
    --------
    >>> mixture_count(1_000, 5), mixture_count(20_000, 5), mixture_count(1_800, 200)
    (0, 148, 0)
    """
    n_mixtures = _LEAST_MIXTURES + _MIXTURES_OF_ONE * n_components
    return 0 if n_columns <= max(_MOST_EXACT, 2 * n_mixtures) else n_mixtures


@lru_cache(maxsize=2)
def random_mixtures(n_columns: int, n_mixtures: int) -> NDArray[np.float64]:
    """Weights of columns in mixtures, drawn once for all; of shape (n_columns, n_mixtures)."""
    return np.random.default_rng(0).standard_normal((n_columns, n_mixtures))


@dataclass(frozen=True, slots=True)
class PrincipalComponents:
    """Standardised columns of numbers, projected on the directions in which they vary most [1]_.

    Found from merged co-moments, so that no row is seen twice and none is left out. Of more than a thousand columns
    they are found from products with random mixtures [2]_, in one pass too: nearly the same where few components tell
    much of the variance; of others the share that is explained comes out too small. The largest part of each direction
    is positive: signs do not depend on a library.

    Parameters
    ----------
    columns : tuple of str
        What is projected; they are no longer part of the table.
    fills, centres, spreads : tuple of float
        Of each column: what stands for a missing value, mean and standard deviation.
    directions : tuple of tuple of float, of shape (n_components, n_columns)
    explained : tuple of float
        Share of the variance that each component has.

    References
    ----------
    .. [1] I. T. Jolliffe. Principal component analysis. 2nd edition, Springer, 2002.
    .. [2] J. A. Tropp, A. Yurtsever, M. Udell, V. Cevher. Fixed-rank approximation of a positive-semidefinite matrix
           from streaming data. NeurIPS, 2017.
    """

    columns: tuple[str, ...]
    fills: tuple[float, ...]
    centres: tuple[float, ...]
    spreads: tuple[float, ...]
    directions: tuple[tuple[float, ...], ...]
    explained: tuple[float, ...]

    @classmethod
    def of(cls, watch: ComponentWatch, found: CoMoments, n_components: int) -> Self:
        """From what a pass has found."""
        deviations, mixtures = found.deviations, watch.mixtures
        if mixtures is None:
            correlation = found.correlation()
            sizes, vectors = np.linalg.eigh((correlation + correlation.T) / 2)
        else:
            sketch = found.products / found.count / deviations[:, None]
            sizes, vectors = _of_sketch(sketch, mixtures * deviations[:, None])
        chosen = vectors[:, ::-1][:, :n_components].T
        largest = chosen[np.arange(len(chosen)), np.abs(chosen).argmax(axis=1)]
        chosen = chosen * np.where(largest < 0, -1.0, 1.0)[:, None]
        # Each standardised column that varies has a variance of one.
        shares = (sizes[::-1][:n_components].clip(0) / max(1, np.count_nonzero(found.squares))).tolist()
        spreads, middles = np.array(watch.spreads), np.array(watch.middles)
        return cls(
            watch.columns, watch.middles, tuple((middles + spreads * found.means).tolist()),
            tuple((spreads * deviations).tolist()), tuple(map(tuple, chosen.tolist())), tuple(shares),
        )  # fmt: skip

    def beside(self, table: pa.Table) -> pa.Table:
        """A table with the components instead of the columns that they stand for."""
        made = self._projected(table)
        for name in self.columns:
            table = table.drop_columns(name)
        for place in range(len(self.directions)):
            table = table.append_column(f"component {place + 1}", numbers_array(made[place]))
        return table

    def _projected(self, table: pa.Table) -> NDArray[np.float64]:
        # Column by column, not as one product: each row then has the same bits, however many others there are.
        made = np.zeros((len(self.directions), table.num_rows))
        for place, name in enumerate(self.columns):
            numbers = as_numbers(one_array(table.column(name)))
            complete = np.where(np.isfinite(numbers), numbers, self.fills[place])
            scaled = (complete - self.centres[place]) / self.spreads[place]
            for component, direction in enumerate(self.directions):
                made[component] += direction[place] * scaled
        return made

    def to_dict(self) -> dict[str, Any]:
        """As JSON can hold it."""
        return asdict(self)

    @classmethod
    def from_dict(cls, saved: dict[str, Any]) -> Self:
        """From what `to_dict` gave."""
        plain = {name: tuple(saved[name]) for name in ("columns", "fills", "centres", "spreads", "explained")}
        return cls(**plain, directions=tuple(map(tuple, saved["directions"])))


def _of_sketch(
    sketch: NDArray[np.float64], mixtures: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Ascending eigenvalues of a correlation of which only its product with some mixtures is known, and eigenvectors.

    Nyström's approximation, with the small shift by which Tropp and others keep it from breaking down.
    """
    shift = float(np.sqrt(len(sketch)) * np.finfo(np.float64).eps * np.linalg.norm(sketch, 2))
    moved = sketch + shift * mixtures
    inner = mixtures.T @ moved
    sizes, vectors = np.linalg.eigh((inner + inner.T) / 2)
    kept = sizes > sizes[-1] * len(sizes) * np.finfo(np.float64).eps
    left, singular, _ = np.linalg.svd(moved @ (vectors[:, kept] / np.sqrt(sizes[kept])), full_matrices=False)
    return (singular**2 - shift)[::-1], left[:, ::-1]
