"""A few principal components that stand for all columns of numbers."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from lepton_jupyter.preprocessing.co_moments import CoMoments
from lepton_jupyter.preprocessing.stored_values import as_numbers, numbers_array, one_array

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class ComponentWatch:
    """Co-moments of some columns, whose middle value stands where one is missing.

    Parameters
    ----------
    columns : tuple of str
    middles, spreads : tuple of float
        Of each column: values are taken in spreads from the middle, so that no column outweighs the digits of others.
    name : str
    """

    columns: tuple[str, ...]
    middles: tuple[float, ...]
    spreads: tuple[float, ...]
    name: str = "components"

    def of(self, table: pa.Table) -> CoMoments:
        """Of some rows."""
        values = np.empty((table.num_rows, len(self.columns)))
        for place, (name, middle, spread) in enumerate(zip(self.columns, self.middles, self.spreads, strict=True)):
            numbers = as_numbers(one_array(table.column(name)))
            values[:, place] = (np.where(np.isfinite(numbers), numbers, middle) - middle) / spread
        return CoMoments.of(values)


@dataclass(frozen=True, slots=True)
class PrincipalComponents:
    """Standardised columns of numbers, projected on the directions in which they vary most [1]_.

    Found from merged co-moments, so that no row is seen twice and none is left out. The largest part of each direction
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
        deviations = np.sqrt(np.diagonal(found.products) / found.count)
        deviations = np.where(deviations > 0, deviations, 1.0)
        correlation = found.products / found.count / np.outer(deviations, deviations)
        sizes, vectors = np.linalg.eigh((correlation + correlation.T) / 2)
        chosen = vectors[:, ::-1][:, :n_components].T
        largest = chosen[np.arange(len(chosen)), np.abs(chosen).argmax(axis=1)]
        chosen = chosen * np.where(largest < 0, -1.0, 1.0)[:, None]
        shares = (sizes[::-1][:n_components].clip(0) / max(float(sizes.clip(0).sum()), 1e-300)).tolist()
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
