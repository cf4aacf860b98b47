"""Graphs of Dask's over the partitions of a table: a task for each, and a tree of merges of what they give.

The tree depends on the number of partitions alone, so that the same partitions give the same bits with any number of
workers.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from lepton_jupyter.data.partitions import delayed_rows, with_rows, without_delayed
from lepton_jupyter.preprocessing.canonical_tree import tree_levels

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lepton_jupyter.data.partitions import Partition

#: One bucket for so many partitions, so that the rows of a bucket fit into a worker; and most buckets.
_PARTITIONS_OF_A_BUCKET = 8
_MOST_BUCKETS = 32


class Held:
    """Something on its way to a task, which Dask would take apart if it were not wrapped."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


def bucket_count(n_parts: int) -> int:
    """Buckets that the rows of so many partitions are dealt to by a hash.

    Examples
    --------
    >>> bucket_count(1), bucket_count(9), bucket_count(10_000)
    (1, 2, 32)
    """
    return min(_MOST_BUCKETS, -(-n_parts // _PARTITIONS_OF_A_BUCKET))


def partition_tasks(parts: Sequence[Partition], work: Callable[..., Any], *shared: Any) -> list[Any]:
    """A task for each partition.

    Parameters
    ----------
    parts : sequence of Partition
        Those of a Dask frame are computed where the task is.
    work : callable
        Called with the partition's place among all, the partition and all of `shared`.
    *shared : object
        Sent to each worker once.

    Returns
    -------
    tasks : list of dask.delayed.Delayed
    """
    from dask import delayed

    token = uuid.uuid4().hex[:8]
    task = delayed(_work_on, pure=False, traverse=False)
    common = delayed(Held(shared), pure=False, traverse=False)
    name = work.__name__.strip("_")
    return [
        task(Held((work, place, without_delayed(part))), common, delayed_rows(part),
             dask_key_name=f"{name}-{token}-{place}")
        for place, part in enumerate(parts)
    ]  # fmt: skip


def merged_tasks(tasks: Sequence[Any], merge: Callable[[Sequence[Any]], Any]) -> Any:
    """One task: the results of all, merged sixteen at a time in their order.

    Parameters
    ----------
    tasks : sequence of dask.delayed.Delayed
        At least one.
    merge : callable
        Merges a list of results.

    Returns
    -------
    task : dask.delayed.Delayed

    Examples
    --------
    >>> from dask import delayed
    >>> merged_tasks([delayed(int)(place) for place in range(40)], sum).compute(scheduler="synchronous")
    780
    """
    from dask import delayed

    token = uuid.uuid4().hex[:8]
    merging = delayed(merge, pure=False, traverse=False)
    level = list(tasks)
    for height, groups in enumerate(tree_levels(len(level))):
        level = [
            merging([level[place] for place in group], dask_key_name=f"merge-{token}-{height}-{number}")
            for number, group in enumerate(groups)
        ]
    return level[0]


def _work_on(held: Held, common: Held, rows: Any) -> Any:
    work, place, part = held.value
    return work(place, part if rows is None else with_rows(part, rows), *common.value)
