"""What a preparation of 10,000 partitions by 200 workers asks of Dask: tasks, bytes, seconds; without the machines.

``python tests/benchmarks/prepare_graph.py --partitions 10000 --workers 200``

The graphs are those that `prepare` builds, of files of which nothing is read; how long that takes is measured. What
would follow is simulated: tasks are handed out in Dask's own order, one after the other, each to an idle worker that
holds some of its inputs if there is one; what is not held there is sent. Seconds and sizes are those of one real
partition of the table of ``prepare_table.py``, of so many rows, on this machine.
"""

from __future__ import annotations

import argparse
import heapq
import pickle
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dask import order
from dask._task_spec import convert_legacy_graph
from pyarrow import parquet

from lepton_jupyter.data.partitions import FilePartition, partitions_of
from lepton_jupyter.execution.graph_runner import GraphRunner
from lepton_jupyter.preprocessing import near_repeated, preparation_passes, repeated_rows, shared_keys
from lepton_jupyter.preprocessing.column_look import look_at
from lepton_jupyter.preprocessing.near_rows import NearPlan
from lepton_jupyter.preprocessing.partition_graph import bucket_count
from lepton_jupyter.preprocessing.partition_rows import PassSettings, first_rows
from lepton_jupyter.preprocessing.preparation_passes import PassResult, summarise_partitions
from lepton_jupyter.preprocessing.preparation_plan import plan_columns
from lepton_jupyter.preprocessing.preparation_recipe import PreparationRecipe

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    #: Seconds that a kind of task takes, and bytes of what it gives.
    Costs = Mapping[str, tuple[float, float]]

#: Bytes that a worker receives in a second, and seconds that the scheduler needs for a task (Dask's documentation).
BANDWIDTH, SCHEDULER_SECONDS = 100e6, 2e-4
PACKED = 16
WANTED_SECONDS = 5.0


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    began = time.process_time()
    found = work()
    return found, time.process_time() - began


def costs_and_graphs(n_rows: int, n_partitions: int, place: Path) -> dict[str, tuple[Callable[[], Any], Costs]]:
    """For each phase what builds its graph, and what its tasks cost."""
    from prepare_table import mixed_rows  # found where this file is run as a script

    parquet.write_table(mixed_rows(n_rows, 0), place / "part.parquet")
    table, runner = partitions_of(place / "part.parquet"), GraphRunner(n_threads=1)
    [part], first = table.partitions, first_rows(table)[0]
    looks = look_at(first)
    settings, near, n_buckets = PassSettings(looks), NearPlan.of_rows(first, looks), bucket_count(n_partitions)
    found, seconds = timed(lambda: summarise_partitions(table, settings, runner, print_nothing))
    merged, merging = timed(lambda: PassResult.merged([found] * PACKED))
    recipe = PreparationRecipe.of_plans(plan_columns(looks, found.summary), found.summary)
    out = place / "out"
    out.mkdir()
    _, writing = timed(lambda: preparation_passes.write_partitions(table, settings, recipe, out, runner, print_nothing))
    whole, likely = repeated_rows.whole_rows(looks), near_repeated.near_row_keys(near)
    hashed, hashing = timed(lambda: shared_keys._key_rows(0, part, whole, "", "fail", n_buckets))
    keyed, keying = timed(lambda: shared_keys._key_rows(0, part, likely, "", "fail", n_buckets))

    def dealing(name: str, gave: Any, took: float) -> Costs:
        size = sum(array.nbytes for each in gave for array in each)
        dealt = PACKED * size / n_buckets
        return {name: (took, size), "pack": (size * PACKED / 1e9, size * PACKED), "deal": (0.0, dealt),
                "find": (dealt * n_partitions / PACKED / 1e8, 0.0)}  # fmt: skip

    parts = tuple(FilePartition(Path(f"/none/{n}.parquet"), f"{n}.parquet") for n in range(n_partitions))
    passed = (parts, settings, "topic")
    return {
        "statistics": (
            lambda: preparation_passes._graph(parts, preparation_passes._summarise_one, settings, "topic"),
            {"summarise_one": (seconds, size_of(found)), "merge": (merging, size_of(merged))},
        ),
        "writing": (
            lambda: preparation_passes._graph(passed[0], preparation_passes._write_one, *passed[1:], recipe, "/none"),
            {"write_one": (writing, 500.0)},
        ),
        "copies": (
            lambda: repeated_rows.graph_of_copies(parts, looks, "topic", "fail"), dealing("key_rows", hashed, hashing)
        ),
        "near copies": (
            lambda: near_repeated.graph_of_pairs(parts, near, "topic", "fail"), dealing("key_rows", keyed, keying)
        ),
    }  # fmt: skip


def print_nothing(news: object) -> None:
    del news


def size_of(value: object) -> float:
    return float(len(pickle.dumps(value)))


def simulated(graph: Mapping[Any, Any], n_workers: int, costs: Costs) -> tuple[float, float]:
    """Seconds until all is done, and bytes that were moved."""
    asked: dict[Any, list[Any]] = {key: [] for key in graph}
    for key, task in graph.items():
        for need in task.dependencies:
            asked[need].append(key)
    rank = order.order(dict(graph))
    lacking = {key: len(task.dependencies) for key, task in graph.items()}
    ready = [(rank[key], key) for key, n_lacking in lacking.items() if not n_lacking]
    heapq.heapify(ready)
    idle, where = set(range(n_workers)), dict.fromkeys(graph, -1)
    running: list[tuple[float, int, Any]] = []
    now = moved = free = 0.0  # `free` is when the scheduler can hand out the next task
    while ready or running:
        while ready and idle:
            _, key = heapq.heappop(ready)
            needs = graph[key].dependencies
            holders = Counter(where[need] for need in needs)
            took = cost_of(key, costs)[0]
            if not took and needs:  # what takes no time is done where its input is, busy or not, as Dask does
                [(worker, _)] = holders.most_common(1)
            else:
                worker = next((each for each, _ in holders.most_common() if each in idle), next(iter(idle)))
                idle.discard(worker)
            coming = sum(cost_of(need, costs)[1] for need in needs if where[need] != worker)
            moved += coming
            free = max(free, now) + SCHEDULER_SECONDS
            heapq.heappush(running, (free + coming / BANDWIDTH + took, worker, key))
        now, worker, key = heapq.heappop(running)
        where[key] = worker
        if cost_of(key, costs)[0] or not graph[key].dependencies:
            idle.add(worker)
        for then in asked[key]:
            lacking[then] -= 1
            if not lacking[then]:
                heapq.heappush(ready, (rank[then], then))
    return now, moved


def cost_of(key: Any, costs: Costs) -> tuple[float, float]:
    name = str(key)
    return (0.0, 10_000.0) if "-common-" in name else costs.get(name.partition("-")[0], (0.0, 0.0))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--partitions", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=200)
    parser.add_argument("--rows", type=int, default=250_000, help="of a partition")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        phases = costs_and_graphs(given.rows, given.partitions, Path(name))
    slowest = 0.0
    for phase, (build, costs) in phases.items():
        began = time.perf_counter()
        graph, cpu = timed(lambda build=build: convert_legacy_graph(dict(build().__dask_graph__())))
        wall = time.perf_counter() - began
        slowest = max(slowest, cpu)
        seconds, moved = simulated(graph, given.workers, costs)
        ideal = sum(cost_of(key, costs)[0] for key in graph) / given.workers
        print(
            f"{phase:12} {len(graph):7,} tasks, built in {cpu:4.2f} s of CPU ({wall:4.2f} s)  "
            f"{moved / 1e9:7.2f} GB moved  {seconds:7.1f} s, {ideal:7.1f} s if nothing ever waited",
            flush=True,
        )
    met = "met" if slowest <= WANTED_SECONDS else "missed"
    print(f"the slowest graph is built in {slowest:.2f} s of CPU, wanted <= {WANTED_SECONDS:.0f}: {met}")


if __name__ == "__main__":
    main()
