from __future__ import annotations

import socket
import sys
from types import ModuleType

import pytest
from contracts.executor_contract import PATIENCE

from lepton_jupyter.exceptions.execution_errors import ClusterUnreachableError
from lepton_jupyter.execution.user_cluster import active_client, connect, connect_beside


@pytest.fixture
def user_client():
    """A cluster as a notebook's user may have it: workers in threads, and no nannies."""
    from distributed import Client, LocalCluster

    options = {"processes": False, "protocol": "tcp", "host": "127.0.0.1", "dashboard_address": "127.0.0.1:0"}
    with LocalCluster(n_workers=2, threads_per_worker=1, **options) as cluster, Client(cluster) as client:
        yield client


@pytest.mark.parametrize(
    "address", ["tcp://127.0.0.1:1", "127.0.0.1:1", "no address at all", "tcp://", "smoke://signal:1"]
)
def test_a_dead_address_is_one_sentence(address):
    with pytest.raises(ClusterUnreachableError, match=f"No Dask scheduler answered at '{address}'"):
        connect(address)


def test_an_address_where_nobody_answers_is_one_sentence():
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        with pytest.raises(ClusterUnreachableError):
            connect(f"tcp://127.0.0.1:{silent.getsockname()[1]}")


@pytest.mark.cluster
def test_the_users_client_is_found_and_left_alone(user_client):
    assert active_client() is user_client
    with connect_beside(user_client) as handle:
        executor = handle.executor()
        assert executor.resources.kind == "cluster"
        assert executor.resources.n_workers == 2
        assert not executor.resources.interruptible
        placed = executor.place([1, 2, 3])
        assert executor.submit(sum, placed).result(PATIENCE) == 6
        executor.close()
    assert user_client.submit(abs, -1).result() == 1
    assert active_client() is user_client


def test_no_client_is_none():
    assert active_client() is None


def test_a_library_that_another_thread_is_importing_has_no_client(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed.client", ModuleType("distributed.client"))
    assert active_client() is None
