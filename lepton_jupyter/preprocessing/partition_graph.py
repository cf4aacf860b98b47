"""Graphs of Dask's over the partitions of a table: a task for each, a tree of merges of what they give, and dealing.

Trees depend on the number of partitions alone, so that the same partitions give the same bits with any number of
workers. Graphs are plain dictionaries of tasks: to build one of ten thousand partitions takes a moment, where a call of
``dask.delayed`` for each task takes as long as all else.
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
#: Of more partitions than these what is dealt is first put together, so many at a time: else each deals to each bucket.
_MOST_DEALING = 64
_PACKED = 16


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


def pack_of(place: int, n_parts: int) -> int:
    """Which of the tasks that deal, of so many partitions, deals what the partition in a place gave.

    Examples
    --------
    >>> pack_of(37, 64), pack_of(37, 65)
    (37, 2)
    """
    return place if n_parts <= _MOST_DEALING else place // _PACKED


class PartitionGraph:
    """A graph that is being built; tasks are named by their keys.

    Examples
    --------
    >>> graph = PartitionGraph()
    >>> keys = [graph.add("number", int, Held(place)) for place in range(0)]
    >>> one = graph.add("text", str, 7)
    >>> graph.result(graph.add("twice", "{0}{0}".format, one)).compute(scheduler="synchronous")
    '77'
    """

    def __init__(self) -> None:
        self._token = uuid.uuid4().hex[:8]
        self._tasks: dict[str, Any] = {}
        self._frames: list[Any] = []

    def __len__(self) -> int:
        return len(self._tasks)

    def add(self, name: str, function: Callable[..., Any], *args: Any) -> str:
        """A task more.

        Parameters
        ----------
        name : str
            What Dask shows.
        function : callable
        *args : object
            Keys of tasks, or lists of them, stand for what those give; all else for itself, if it is wrapped in `Held`
            or a number.

        Returns
        -------
        key : str
        """
        key = f"{name}-{self._token}-{len(self._tasks)}"
        self._tasks[key] = (function, *args)
        return key

    def partitions(self, parts: Sequence[Partition], work: Callable[..., Any], *shared: Any) -> list[str]:
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
        keys : list of str
        """
        name = work.__name__.strip("_")
        common = self.add(f"{name}-common", _same, Held(Held(shared)))
        keys = []
        for place, part in enumerate(parts):
            rows = delayed_rows(part)
            if rows is not None:
                self._frames.append(rows)
            held = Held((work, place, without_delayed(part)))
            keys.append(self.add(name, _work_on, held, common, None if rows is None else rows.key))
        return keys

    def merged(self, keys: Sequence[str], merge: Callable[[Sequence[Any]], Any]) -> str:
        """One task: the results of all, merged sixteen at a time in their order.

        Parameters
        ----------
        keys : sequence of str
            At least one.
        merge : callable
            Merges a list of results.

        Examples
        --------
        >>> graph = PartitionGraph()
        >>> keys = [graph.add("number", int, place) for place in range(40)]
        >>> graph.result(graph.merged(keys, sum)).compute(scheduler="synchronous")
        780
        """
        level = list(keys)
        for groups in tree_levels(len(level)):
            level = [self.add("merge", merge, [level[place] for place in group]) for group in groups]
        return level[0]

    def dealt(self, keys: Sequence[str], n_buckets: int, put_together: Callable[[list[Any]], Any]) -> list[list[str]]:
        """What tasks give for each bucket, in their order.

        Parameters
        ----------
        keys : sequence of str
            Of tasks that give a list with something for each bucket.
        n_buckets : int
        put_together : callable
            Makes one of several such things of a bucket.

        Returns
        -------
        keys : list of list of str
            For each bucket those of tasks that give a `Held` with the thing.
        """
        givers = list(keys)
        if len(givers) > _MOST_DEALING:
            packs = [givers[place : place + _PACKED] for place in range(0, len(givers), _PACKED)]
            givers = [self.add("pack", _packed, Held(put_together), pack) for pack in packs]
        return [[self.add("deal", _picked, giver, bucket) for giver in givers] for bucket in range(n_buckets)]

    def result(self, key: str) -> Any:
        """What a task gives, as `dask.delayed.Delayed`."""
        from dask.delayed import Delayed
        from dask.highlevelgraph import HighLevelGraph

        if not self._frames:
            return Delayed(key, self._tasks)
        name = f"lepton-{self._token}"
        graph = HighLevelGraph.from_collections(name, self._tasks, dependencies=self._frames)
        return Delayed(key, graph, layer=name)

    def results(self, keys: Sequence[str]) -> list[Any]:
        """What several tasks give, each as `dask.delayed.Delayed`; they share one graph, which is not copied for each.

        Examples
        --------
        >>> graph = PartitionGraph()
        >>> [each.compute(scheduler="synchronous") for each in graph.results([graph.add("number", int, 7)])]
        [7]
        """
        from dask.delayed import Delayed
        from dask.highlevelgraph import HighLevelGraph

        name = f"lepton-{self._token}"
        graph = HighLevelGraph.from_collections(name, self._tasks, dependencies=self._frames)
        return [Delayed(key, graph, layer=name) for key in keys]


def _same(held: Held) -> Any:
    return held.value


def _picked(several: list[Any], place: int) -> Held:
    return Held(several[place])


def _packed(held: Held, several: list[list[Any]]) -> list[Any]:
    return [held.value(list(each)) for each in zip(*several, strict=True)]


def _work_on(held: Held, common: Held, rows: Any) -> Any:
    work, place, part = held.value
    return work(place, part if rows is None else with_rows(part, rows), *common.value)
