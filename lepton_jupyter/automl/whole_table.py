"""Rows of a table that fits no worker, as a booster learns them: read on the workers, partition by partition.

Which rows are held out follows from the order in which the search's sample was drawn: the sample has the smallest keys
of that order, the held-out rows the largest. So no model has seen them, however the table is cut.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.data.arrow_frames import to_frame
from lepton_jupyter.data.draw_order import DrawOrder
from lepton_jupyter.data.frames import to_pandas
from lepton_jupyter.data.row_columns import read_weights
from lepton_jupyter.data.row_hashes import with_column
from lepton_jupyter.data.target import coded_target, known_target

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from lepton_jupyter.data.partitions import Partition
    from lepton_jupyter.learners.model_layers import ModelLayers
    from lepton_jupyter.preprocessing.recipe import Recipe

    Counts = Mapping[str, int]
    Block = tuple[NDArray[np.float32], NDArray[np.float64], NDArray[np.float64] | None]

#: Values of which a batch of rows is made, so that it and its views are small beside a worker.
_BATCH_VALUES = 2_000_000


@dataclass(frozen=True, slots=True, eq=False)
class WholeTable:
    """How the rows of a table are read, and which of them are held out.

    Parameters
    ----------
    recipe : Recipe
    layers : ModelLayers
        What stands between the recipe's tree view and the booster.
    target : str
    seed : int
        Of the sample.
    stratum : str or None
        Column from whose classes the sample was drawn evenly.
    held_share : float
        Part of the rows that are held out.
    groups, weights : str or None
        Columns: rows of one group are held out together or not at all; how much a row counts.
    class_weights : ndarray of shape (n_classes,) or None
        Factor of the weight of each row in fits.
    """

    recipe: Recipe
    layers: ModelLayers
    target: str
    seed: int
    stratum: str | None
    held_share: float = 0.0
    groups: str | None = None
    weights: str | None = None
    class_weights: NDArray[np.float64] | None = None

    @property
    def weighed(self) -> bool:
        """Whether some rows count more than others in fits."""
        return self.weights is not None or self.class_weights is not None

    def rows(
        self, part: Partition, before: Counts, *, held: bool
    ) -> Iterator[tuple[pd.DataFrame, NDArray[Any], NDArray[np.float64] | None]]:
        """Rows of a partition that are held out, or that are not: their columns, targets and weights.

        Parameters
        ----------
        part : Partition
        before : mapping of str to int
            How many rows of each class come before the partition.
        held : bool
        """
        import pyarrow as pa

        order = DrawOrder(self.seed, self.stratum, before)
        for table in part.tables():
            n_rows = max(1, _BATCH_VALUES // max(1, table.num_columns))
            for start in range(0, table.num_rows, n_rows):
                batch = table.slice(start, n_rows)
                keys = order.keys(batch) if self.groups is None else _keys_of_groups(batch, self.groups)
                chosen = batch.filter(pa.array((keys >= 1.0 - self.held_share) == held))
                if chosen.num_rows:
                    yield self._read(to_pandas(to_frame(chosen)))

    def _read(self, frame: pd.DataFrame) -> tuple[pd.DataFrame, NDArray[Any], NDArray[np.float64] | None]:
        known = known_target(frame[self.target])
        weights = None if self.weights is None else read_weights(frame[self.weights], self.weights)
        if weights is not None:
            known &= weights > 0
        frame = frame[known]
        y = coded_target(frame[self.target], self.target, self.recipe.classes)
        return frame, y, None if weights is None else weights[known]


@dataclass(frozen=True, slots=True, eq=False)
class HeldRows:
    """Rows that are held out, as models see them.

    Parameters
    ----------
    views : dict of str to ndarray of shape (n_rows, n_columns)
    y : ndarray of shape (n_rows,)
    weights : ndarray of shape (n_rows,) or None
    """

    views: dict[str, NDArray[np.float32]]
    y: NDArray[Any]
    weights: NDArray[np.float64] | None

    @classmethod
    def joined(cls, parts: Sequence[HeldRows]) -> HeldRows:
        """Rows of several parts, one after the other."""
        return cls(
            {view: np.concatenate([each.views[view] for each in parts]) for view in parts[0].views},
            np.concatenate([each.y for each in parts]),
            None if parts[0].weights is None else np.concatenate([each.weights for each in parts]),
        )

    def taking(self, rows: slice) -> HeldRows:
        """Some of them."""
        weights = None if self.weights is None else self.weights[rows]
        return HeldRows({view: each[rows] for view, each in self.views.items()}, self.y[rows], weights)

    def __len__(self) -> int:
        return len(self.y)


def count_rows(_: int, part: Partition, seed: int, stratum: str | None) -> Counts:
    """How many rows of each class a partition has."""
    order = DrawOrder(seed, stratum)
    for table in part.tables():
        order.count(table)
    return dict(order.passed)


def held_rows(
    place: int, part: Partition, whole: WholeTable, before: Sequence[Counts], views: Sequence[str]
) -> HeldRows:
    """Rows of a partition that are held out."""
    found = [
        HeldRows(whole.recipe.transform(frame, views=views), y, weights)
        for frame, y, weights in whole.rows(part, before[place], held=True)
    ]
    if found:
        return HeldRows.joined(found)
    nothing = {
        view: np.empty((0, max(1, len(whole.recipe.feature_names(view)))), dtype=np.float32) for view in views
    }  # fmt: skip
    y = np.empty(0, dtype=np.int64 if whole.recipe.classes else np.float64)
    return HeldRows(nothing, y, None if whole.weights is None else np.empty(0))


def training_block(
    place: int, part: Partition, whole: WholeTable, before: Sequence[Counts], copies: NDArray[np.uint64], n_columns: int
) -> Block:
    """Rows of a partition that are learnt from, as the booster sees them; copies of held-out rows are not.

    Parameters
    ----------
    place : int
    part : Partition
    whole : WholeTable
    before : sequence of mapping
        For each partition, how many rows of each class come before it.
    copies : ndarray of uint64
        Hashes of the held-out rows, ascending.
    n_columns : int
        That the booster sees.
    """
    blocks: list[Block] = []
    for frame, y, weights in whole.rows(part, before[place], held=False):
        X = whole.recipe.transform(frame, views=("tree",))["tree"]
        kept = ~np.isin(hashes_of(X, y), copies, kind="sort")
        factors = np.ones(len(y)) if weights is None else weights
        if whole.class_weights is not None:
            factors = factors * whole.class_weights[y]
        learnt = whole.layers.learnt(y[kept]).astype(np.float64)
        blocks.append((whole.layers.beside(X[kept]), learnt, factors[kept] if whole.weighed else None))
    if not blocks:
        return np.empty((0, n_columns), np.float32), np.empty(0), np.empty(0) if whole.weighed else None
    X, y = (np.concatenate([each[column] for each in blocks]) for column in (0, 1))
    return X, y, np.concatenate([each[2] for each in blocks]) if whole.weighed else None


def hashes_of(X: NDArray[np.float32], y: NDArray[Any]) -> NDArray[np.uint64]:
    """A hash of each row with its target.

    Examples
    --------
    >>> X = np.array([[1, np.nan], [1, np.nan], [2, 0]], np.float32)
    >>> len(set(hashes_of(X, np.array([0, 0, 1])).tolist()))
    2
    """
    hashes = with_column(np.zeros(len(X), np.uint64), y.astype(np.float64).view(np.uint64))
    bits = np.where(np.isnan(X), np.float32(np.nan), X + np.float32(0.0)).view(np.uint32)  # minus zero is zero
    for column in range(bits.shape[1]):
        hashes = with_column(hashes, bits[:, column].astype(np.uint64))
    return hashes


def _keys_of_groups(batch: Any, name: str) -> NDArray[np.float64]:
    """A number from 0 to 1 for each row, the same for all rows of a group."""
    import pyarrow.compute as pc

    column = batch.column(name).combine_chunks()
    coded = pc.dictionary_encode(column, null_encoding="encode") if not hasattr(column, "dictionary") else column
    names = [str(value).encode("utf-8", "surrogatepass") for value in coded.dictionary.to_pylist()]
    numbers = np.array([zlib.crc32(each) for each in names], dtype=np.float64) / 2.0**32
    return np.asarray(numbers[np.asarray(coded.indices.fill_null(0))] if len(numbers) else np.zeros(len(column)))
