"""Columns made of earlier rows beside a Dask frame, whose rows look back at rows of any of its partitions; lazily.

The graph is that of `earlier_pass`, but that rows also look back at those that a recipe has seen before, and that what
is made goes to the task that wants it instead of a file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.data.partitions import delayed_rows, partitions_of
from lepton_jupyter.preprocessing.earlier_pass import dealt_rows
from lepton_jupyter.preprocessing.earlier_rows import RowsInTime
from lepton_jupyter.preprocessing.partition_graph import Held, PartitionGraph, pack_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    import pandas as pd
    from numpy.typing import NDArray

    from lepton_jupyter.preprocessing.earlier_rows import EarlierRows

    Finish: TypeAlias = Callable[[pd.DataFrame, NDArray[np.float64]], pd.DataFrame]


def with_look_back(frame: Any, earlier: EarlierRows, finish: Finish, meta: pd.DataFrame) -> Any:
    """A Dask frame of what is made of each partition and its columns of earlier rows.

    Parameters
    ----------
    frame : dask.dataframe.DataFrame
    earlier : EarlierRows
    finish : callable
        ``finish(rows, made)`` gives a partition, from its rows and an array of shape (n_rows, n_columns made).
    meta : DataFrame
        Of what it gives, without rows.

    Returns
    -------
    made : dask.dataframe.DataFrame
        Of the same partitions; nothing is computed yet. To compute one of them, all are read.
    """
    import dask.dataframe

    parts = partitions_of(frame).partitions
    graph = PartitionGraph()
    held = graph.add("earlier", _same, Held(Held(earlier)))
    common = graph.add("finish", _same, Held(Held(finish)))
    dealt = dealt_rows(graph, parts, earlier)
    made = [graph.add("make", _make, keys, held) for keys in dealt]
    packs = [
        graph.add("columns", _columns, [graph.add("back", _picked, each, pack) for each in made])
        for pack in range(len(dealt[0]))
    ]
    keys = [
        graph.add("prepared", _finish, common, packs[pack_of(place, len(parts))], place, delayed_rows(part).key)
        for place, part in enumerate(parts)
    ]
    return dask.dataframe.from_delayed(
        graph.results(keys), meta=meta, divisions=tuple(frame.divisions), verify_meta=False
    )


def _same(held: Held) -> Any:
    return held.value


def _picked(several: list[Any], place: int) -> Held:
    return Held(several[place])


def _make(dealt: list[Held], held: Held) -> list[Any]:
    """The columns of the rows of a bucket, by what was dealt together."""
    earlier: EarlierRows = held.value
    made = earlier.made_for(RowsInTime.joined([rows for each in dealt for *_, rows in each.value]))
    back, passed = [], 0
    for each in dealt:
        pack = []
        for place, _, numbers, _ in each.value:
            pack.append((place, numbers, made[passed : passed + len(numbers)]))
            passed += len(numbers)
        back.append(pack)
    return back


def _columns(back: list[Held]) -> Held:
    """The columns of each of some partitions, by their places."""
    parts = [list(of_buckets) for of_buckets in zip(*(each.value for each in back), strict=True)]
    return Held({of_buckets[0][0]: _put_together(of_buckets) for of_buckets in parts})


def _put_together(of_buckets: list[Any]) -> NDArray[np.float64]:
    made = np.empty((sum(len(numbers) for _, numbers, _ in of_buckets), of_buckets[0][2].shape[1]))
    for _, numbers, block in of_buckets:
        made[numbers] = block
    return made


def _finish(common: Held, pack: Held, place: int, rows: pd.DataFrame) -> pd.DataFrame:
    finish: Finish = common.value
    return finish(rows, pack.value[place])
