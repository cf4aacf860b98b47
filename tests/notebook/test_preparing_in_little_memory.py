"""A preparation whose workers may use little memory works, or says in one sentence that it cannot."""

from __future__ import annotations

import pytest
from contracts.whole_preparation import a_cluster, at_first_news_of
from preprocessing import messy_tables

from lepton_jupyter import prepare
from lepton_jupyter.exceptions.execution_errors import WorkerMemoryError
from lepton_jupyter.execution import graph_runner
from lepton_jupyter.execution.graph_runner import GraphRunner
from lepton_jupyter.notebook import preparation_run

pytestmark = pytest.mark.cluster


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("orders")
    messy_tables.write_partitions(place, 6, 20_000)
    return place


def prepared_within(limit, folder, to, monkeypatch):
    from distributed import Client

    with a_cluster(1, memory_limit=limit) as cluster, Client(cluster, set_as_default=False) as client:
        monkeypatch.setattr(preparation_run, "GraphRunner", lambda _: GraphRunner(client))
        return prepare(folder, to=to, scale="robust", drop_repeated=True)


def test_six_hundred_megabytes_are_enough(folder, tmp_path, monkeypatch):
    clean = prepared_within("600MB", folder, tmp_path / "clean", monkeypatch)
    assert clean.shape[0] > 100_000


def test_where_the_libraries_alone_fill_a_worker_it_says_so_and_does_not_wait_for_ever(folder, tmp_path, monkeypatch):
    with pytest.raises(WorkerMemoryError, match=r"Give each worker at least 0\.7 GB"):
        prepared_within("200MB", folder, tmp_path / "clean", monkeypatch)
    assert list((tmp_path / "clean").iterdir()) == []


def test_workers_that_do_not_come_back_are_not_waited_for_for_ever(folder, tmp_path, monkeypatch):
    from distributed import Client

    monkeypatch.setattr(graph_runner, "_MOST_LOOKS_AT_NONE", 2)
    monkeypatch.setattr(graph_runner, "_LOOK_SECONDS", 0.5)
    with a_cluster(1) as cluster, Client(cluster, set_as_default=False) as client:
        at_first_news_of("statistics", lambda: cluster.scale(0), monkeypatch)
        monkeypatch.setattr(preparation_run, "GraphRunner", lambda _: GraphRunner(client))
        with pytest.raises(
            WorkerMemoryError, match="All workers of the cluster are gone, and none came back within 1 s"
        ):
            prepare(folder, to=tmp_path / "clean")
