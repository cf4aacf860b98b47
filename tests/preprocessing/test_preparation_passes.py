"""The two passes give the same bits whoever works, and lose nothing with a worker."""

from __future__ import annotations

import errno
import logging
import os
import pickle
import signal
import threading
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from preprocessing import messy_tables
from pyarrow import parquet

from lepton_jupyter.data.partitions import partitions_of
from lepton_jupyter.exceptions.execution_errors import ClusterLostError
from lepton_jupyter.exceptions.preparation_errors import BadPartitionError, PreparedFolderError
from lepton_jupyter.execution.graph_runner import GraphRunner
from lepton_jupyter.execution.local_cluster import start_local_cluster
from lepton_jupyter.preprocessing.column_look import look_at
from lepton_jupyter.preprocessing.earlier_pass import with_earlier_rows
from lepton_jupyter.preprocessing.earlier_rows import EarlierRows
from lepton_jupyter.preprocessing.joined_columns import aggregate_partitions
from lepton_jupyter.preprocessing.key_aggregates import AggregatePlan
from lepton_jupyter.preprocessing.partition_rows import PassSettings, first_rows, partition_rows
from lepton_jupyter.preprocessing.preparation_passes import summarise_partitions, write_partitions
from lepton_jupyter.preprocessing.preparation_plan import plan_columns
from lepton_jupyter.preprocessing.preparation_recipe import PreparationRecipe
from lepton_jupyter.preprocessing.principal_components import ComponentWatch

if TYPE_CHECKING:
    from pathlib import Path

    from lepton_jupyter.preprocessing.co_moments import CoMoments
    from lepton_jupyter.preprocessing.column_summary import TableSummary

N_PARTITIONS = 18  # more than are merged at once


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    folder = tmp_path_factory.mktemp("table")
    messy_tables.write_partitions(folder, N_PARTITIONS, 200)
    return partitions_of(folder)


@pytest.fixture(scope="module")
def settings(table):
    return PassSettings(look_at(first_rows(table)[0]))


@pytest.fixture(scope="module")
def alone(table, settings):
    """The summary as one thread makes it."""
    return summarise_partitions(table, settings, GraphRunner(n_threads=1), nothing)


@pytest.fixture(scope="module", params=[0, 2], ids=["exact", "by mixtures"])
def watched(request, settings):
    """What is wanted for principal components, beside all else."""
    watch = ComponentWatch(("price", "age", "income"), (80.0, 50.0, 3e3), (40.0, 20.0, 500.0), request.param)
    return replace(settings, watches=(watch,))


def same_bits(one: CoMoments, other: CoMoments) -> bool:
    """Whether two are the same to the bit; how pickle writes them depends on how they came about."""
    return one.count == other.count and all(
        getattr(one, name).tobytes() == getattr(other, name).tobytes()
        for name in ("means", "squares", "mixture_means", "products")
    )


def nothing(news: object) -> None:
    """Hears news and does nothing."""


def recipe_of(summary: TableSummary, settings: PassSettings) -> PreparationRecipe:
    return PreparationRecipe.of_plans(plan_columns(settings.looks, summary, target="returned"), summary)


def written(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted(folder.iterdir())]


def test_threads_give_the_bits_of_one_thread_and_the_news_of_each_partition(table, settings, alone):
    news = []
    found = summarise_partitions(table, settings, GraphRunner(n_threads=3), news.append)
    assert pickle.dumps(found.summary) == pickle.dumps(alone.summary)
    assert [report.name for report in found.reports] == [part.name for part in table.partitions]
    assert sorted(each["partition"] for each in news) == [part.name for part in table.partitions]
    assert sum(each["rows"] for each in news) == found.summary.n_rows == N_PARTITIONS * 200


def test_threads_give_the_bits_of_one_thread_for_several_columns_at_once(table, watched):
    one, three = (summarise_partitions(table, watched, GraphRunner(n_threads=n), nothing).summary for n in (1, 3))
    assert same_bits(three.joint["components"], one.joint["components"])
    assert one.joint["components"].count == one.n_rows


def test_a_batch_is_never_larger_than_it_may_be(tmp_path):
    messy_tables.messy_table(300_000).drop(columns=["price", "day"]).to_parquet(tmp_path / "large.parquet")
    large = partitions_of(tmp_path)
    looks = look_at(first_rows(large)[0])
    sizes = [batch.num_rows for part in large.partitions for batch in partition_rows(part, PassSettings(looks))]
    assert sum(sizes) == 300_000
    assert max(sizes) <= 131_072


def test_a_large_file_is_parted_at_its_row_groups(tmp_path, monkeypatch):
    whole = messy_tables.messy_table(5_000)
    whole.to_parquet(tmp_path / "one.parquet", row_group_size=700)
    monkeypatch.setattr("lepton_jupyter.data.partitions._PIECE_BYTES", 120_000)
    parted = partitions_of(tmp_path / "one.parquet")
    assert 2 < len(parted.partitions) <= 8
    assert parted.partitions[0].name.startswith("one.parquet, row group")
    rows = [batch for part in parted.partitions for batch in part.tables()]
    assert pa.concat_tables(rows)["order_id"].to_pylist() == whole["order_id"].tolist()


def test_a_bad_partition_met_by_a_worker_is_named(tmp_path):
    paths = messy_tables.write_partitions(tmp_path, 60, 20)
    settings = PassSettings(look_at(first_rows(partitions_of(tmp_path))[0]))
    paths[41].write_bytes(b"PAR1 and no more")
    with pytest.raises(BadPartitionError, match=r"Partition 'part-041\.parquet' is bad"):
        summarise_partitions(partitions_of(tmp_path), settings, GraphRunner(n_threads=2), nothing)


def test_a_file_whose_text_ends_in_another_encoding_is_read_or_named(tmp_path):
    """A CSV that begins like UTF-8 and is not is read in what it is; binary rubbish is bad, by its name."""
    paths = messy_tables.write_partitions(tmp_path, 3, 50, form="csv")
    paths[1].write_bytes(
        paths[1].read_bytes().replace("Köln".encode(), "Köln".encode("cp1252")).replace(b"\xe2\x82\xac", b"\x80")
    )
    settings = PassSettings(look_at(first_rows(partitions_of(tmp_path))[0]))
    found = summarise_partitions(partitions_of(tmp_path), settings, GraphRunner(n_threads=1), nothing)
    assert found.summary.columns["town"].texts.count_of("Köln") > 20
    assert found.summary.columns["price"].n_unreadable == 0
    paths[2].write_bytes(bytes(range(256)) * 40)
    with pytest.raises(BadPartitionError, match=r"Partition 'part-002\.csv' is bad"):
        summarise_partitions(partitions_of(tmp_path), settings, GraphRunner(n_threads=1), nothing)


def test_a_full_disk_is_one_sentence_and_leaves_nothing_unfinished(table, settings, alone, tmp_path, monkeypatch):
    def full(self, *args, **kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(parquet.ParquetWriter, "write_table", full)
    recipe = recipe_of(alone.summary, settings)
    with pytest.raises(PreparedFolderError, match=r"no space left on device\. Make room"):
        write_partitions(table, settings, recipe, tmp_path, GraphRunner(n_threads=1), nothing)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_one_sentence(table, settings, alone, tmp_path):
    recipe = recipe_of(alone.summary, settings)
    with pytest.raises(PreparedFolderError, match="cannot be written"):
        write_partitions(table, settings, recipe, tmp_path / "absent", GraphRunner(n_threads=1), nothing)


@contextmanager
def two_workers(whose, home):
    from distributed import Client, LocalCluster

    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    if whose == "of the kernel":
        with start_local_cluster(2, home=home, warm_up=()) as cluster:
            cluster.client.wait_for_workers(2, timeout=60)
            yield cluster.client
        return
    options = {"threads_per_worker": 1, "dashboard_address": "127.0.0.1:0", "silence_logs": logging.CRITICAL}
    with LocalCluster(n_workers=2, **options) as cluster, Client(cluster, set_as_default=False) as client:
        yield client


WHOSE = ["of Dask", "of the kernel"]


@pytest.fixture(scope="module", params=WHOSE)
def client(request, tmp_path_factory):
    with two_workers(request.param, tmp_path_factory.mktemp("home")) as client:
        yield client


@pytest.fixture(params=WHOSE)
def mortal(request, tmp_path):
    """A cluster for each death: old nannies do not always replace a worker that was killed."""
    (tmp_path / "home").mkdir()
    with two_workers(request.param, tmp_path / "home") as client:
        yield client


@pytest.mark.cluster
class TestOnACluster:
    def killer(self, client):
        """Kills a worker at the first news of a partition."""
        victims = [next(iter(client.run(os.getpid).values()))]

        def kill(news):
            if victims:
                os.kill(victims.pop(), signal.SIGKILL)

        return kill

    def test_news_come_with_the_memory_of_the_workers(self, client, table, settings, alone):
        runner = GraphRunner(client)
        assert (runner.kind, runner.n_workers) == ("cluster", 2)
        memory = []
        found = summarise_partitions(table, settings, runner, lambda _: memory.append(runner.worker_memory()))
        assert pickle.dumps(found.summary) == pickle.dumps(alone.summary)
        assert memory
        assert all(used > 0 and limit > 0 for each in memory for used, limit in each.values())

    def test_workers_give_the_bits_of_one_thread_for_several_columns_at_once(self, client, table, watched):
        one, two = (
            summarise_partitions(table, watched, runner, nothing).summary
            for runner in (GraphRunner(n_threads=1), GraphRunner(client))
        )
        assert same_bits(two.joint["components"], one.joint["components"])

    def test_a_worker_killed_while_statistics_are_made_loses_nothing(self, mortal, table, settings, alone):
        found = summarise_partitions(table, settings, GraphRunner(mortal), self.killer(mortal))
        assert pickle.dumps(found.summary) == pickle.dumps(alone.summary)

    def test_a_worker_killed_while_files_are_written_loses_nothing(self, mortal, table, settings, alone, tmp_path):
        recipe = recipe_of(alone.summary, settings)
        for name, runner, heard in (
            ("killed", GraphRunner(mortal), self.killer(mortal)),
            ("alone", GraphRunner(n_threads=1), nothing),
        ):
            (tmp_path / name).mkdir()
            result = write_partitions(table, settings, recipe, tmp_path / name, runner, heard)
            assert sum(report.n_rows for report in result.reports) == N_PARTITIONS * 200
        assert [path.name for path in sorted((tmp_path / "killed").iterdir())] == [
            f"part-{place:05d}.parquet" for place in range(N_PARTITIONS)
        ]
        assert written(tmp_path / "killed") == written(tmp_path / "alone")

    @pytest.mark.parametrize("whose", WHOSE)
    def test_a_worker_killed_while_other_rows_are_looked_at_loses_nothing(self, whose, table, settings, tmp_path):
        looks = {look.name: look for look in settings.looks}
        plan = AggregatePlan((looks["town"],), ("text",), (looks["price"], looks["day"]))
        earlier = EarlierRows((looks["town"],), ("text",), looks["day"], (looks["age"],), ((-999.0,),), (1,), (3,))
        alone, killed = tmp_path / "alone", tmp_path / "killed"

        def dying(call):
            home = tmp_path / f"home of {call.func.__name__}"
            home.mkdir()
            with two_workers(whose, home) as client:
                return call(GraphRunner(client), self.killer(client))

        found = []
        for folder, passing in ((alone, lambda call: call(GraphRunner(n_threads=1), nothing)), (killed, dying)):
            folder.mkdir()
            wrapped, kept = passing(partial(with_earlier_rows, table, earlier, folder))
            joined = passing(partial(aggregate_partitions, table, plan)).finished("towns")
            rows = [rows for part in wrapped.partitions for rows in part.tables()]
            found.append((joined, kept.stored, pa.concat_tables(rows)["age_mean_3"]))
        assert all(one.equals(other) for one, other in zip(*found, strict=True))
        assert written(alone) == written(killed)

    def test_a_table_of_four_times_the_memory_of_its_worker_is_prepared_by_one_process(self, tmp_path):
        from distributed import Client, LocalCluster

        limit, n_partitions, n_rows = 450_000_000, 12, 500_000
        kinds = [f"{'A long name of what was sold ' * 5}{number}" for number in range(40)]
        codes = pa.array(range(n_rows)).cast(pa.int64())
        for place in range(n_partitions):
            sold = pa.DictionaryArray.from_arrays(pc.bit_wise_and(codes, 31), kinds)
            bought = pa.DictionaryArray.from_arrays(pc.bit_wise_and(pc.shift_right(codes, 3), 31), kinds)
            table = pa.table({"sold": sold.cast(pa.string()), "bought": bought.cast(pa.string())})
            assert n_partitions * table.nbytes > 4 * limit
            parquet.write_table(table, tmp_path / f"{place:02}.parquet", row_group_size=n_rows)
        large = partitions_of(tmp_path)
        settings = PassSettings(look_at(first_rows(large)[0]))
        options = {"threads_per_worker": 1, "dashboard_address": "127.0.0.1:0", "silence_logs": logging.CRITICAL}
        with (
            LocalCluster(n_workers=1, memory_limit=limit, **options) as cluster,
            Client(cluster, set_as_default=False) as client,
        ):
            runner, used = GraphRunner(client), []
            processes = client.run(os.getpid)
            found = summarise_partitions(large, settings, runner, lambda _: used.append(runner.worker_memory()))
            recipe = PreparationRecipe.of_plans(plan_columns(settings.looks, found.summary), found.summary)
            (tmp_path / "out").mkdir()
            result = write_partitions(large, settings, recipe, tmp_path / "out", runner, nothing)
            assert sum(report.n_rows for report in result.reports) == found.summary.n_rows == n_partitions * n_rows
            assert client.run(os.getpid) == processes, "a worker that is full is started anew"
            assert max(bytes_used for each in used for bytes_used, _ in each.values()) < limit

    def test_a_cluster_that_goes_away_is_one_sentence(self, table, settings):
        from distributed import Client, LocalCluster

        options = {"processes": False, "protocol": "tcp", "dashboard_address": "127.0.0.1:0"}
        with LocalCluster(n_workers=1, silence_logs=logging.CRITICAL, **options) as cluster:
            client = Client(cluster, set_as_default=False)
            # Not on the thread that brings the news: it belongs to the client's loop, on which closing waits.
            ends = threading.Thread(target=cluster.close, kwargs={"timeout": 5})

            def end(news):
                if not ends.ident:
                    ends.start()

            try:
                with pytest.raises(ClusterLostError, match="The Dask cluster went away"):
                    summarise_partitions(table, settings, GraphRunner(client), end)
            finally:
                ends.join()
                client.close(timeout=1)
