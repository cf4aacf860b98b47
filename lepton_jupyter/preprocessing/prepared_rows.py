"""A prepared table that lies in no memory: partitions, and the recipe that they go through when they are read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lepton_jupyter.data.arrow_frames import in_memory_bytes, join_tables, to_frame
from lepton_jupyter.preprocessing.partition_graph import Held
from lepton_jupyter.preprocessing.partition_rows import partition_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    import pyarrow as pa

    from lepton_jupyter.data.partitions import Partition, PartitionedTable
    from lepton_jupyter.preprocessing.partition_rows import PassSettings
    from lepton_jupyter.preprocessing.preparation_recipe import PreparationRecipe


@dataclass(frozen=True, slots=True, eq=False)
class PreparedPartition:
    """A partition of a prepared table, which is prepared when it is read.

    Parameters
    ----------
    partition : Partition
        As it was.
    settings : PassSettings
    recipe : PreparationRecipe
    """

    partition: Partition
    settings: PassSettings
    recipe: PreparationRecipe

    @property
    def name(self) -> str:
        """What the partition is called."""
        return self.partition.name

    def tables(self) -> Iterator[pa.Table]:
        """Its rows, prepared."""
        for rows in partition_rows(self.partition, self.settings):
            yield self.recipe.clean_arrow(rows)


@dataclass(slots=True, eq=False)
class PreparedRows:
    """The rows of a prepared table, made while they are read; a source like others.

    Parameters
    ----------
    table : PartitionedTable
        Good partitions alone.
    settings : PassSettings
    recipe : PreparationRecipe
    n_rows : int
        As the first pass counted them.
    notes : tuple of str
    """

    table: PartitionedTable
    settings: PassSettings
    recipe: PreparationRecipe
    n_rows: int
    notes: tuple[str, ...] = ()
    label: str = field(init=False)

    def __post_init__(self) -> None:
        self.label = self.table.label

    def estimated_bytes(self) -> int:
        """Memory of all rows, if they are like the first."""
        head = next((rows for rows in self.batches() if rows.num_rows), None)
        return 0 if head is None else int(in_memory_bytes(head) * self.n_rows / head.num_rows)

    def read(self) -> pd.DataFrame:
        """All rows at once."""
        return to_frame(join_tables(list(self.batches())))

    def batches(self) -> Iterator[pa.Table]:
        """All rows, a bounded number at a time."""
        for part in self.partitions():
            yield from part.tables()

    def partitions(self) -> tuple[PreparedPartition, ...]:
        """Its partitions, for another pass over them."""
        return tuple(PreparedPartition(part, self.settings, self.recipe) for part in self.table.partitions)

    def head(self, n_rows: int = 5) -> pd.DataFrame:
        """The first rows."""
        held: list[pa.Table] = []
        for rows in self.batches():
            held.append(rows.slice(0, n_rows - sum(each.num_rows for each in held)))
            if sum(each.num_rows for each in held) >= n_rows:
                break
        return to_frame(join_tables(held))

    def to_dask(self) -> Any:
        """The prepared table as a Dask DataFrame, of one partition for each of the table's."""
        import dask.dataframe
        from dask import delayed

        meta = to_frame(self.recipe.clean_arrow(self.recipe.empty_table()))
        prepare = delayed(_prepared_frame, pure=False, traverse=False)
        parts = [prepare(Held(part)) for part in self.partitions()]
        return dask.dataframe.from_delayed(parts, meta=meta, verify_meta=False)


def _prepared_frame(held: Held) -> pd.DataFrame:
    part: PreparedPartition = held.value
    tables = list(part.tables())
    return to_frame(join_tables(tables or [part.recipe.clean_arrow(part.recipe.empty_table())]))
