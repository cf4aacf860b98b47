"""A preparation on a real cluster loses nothing with a worker, in whatever phase it dies, and says what it cannot."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading

import pytest
from contracts.whole_preparation import PHASES, a_cluster, at_first_news_of, everything, write_orders, write_towns
from preprocessing import messy_tables

from lepton_jupyter import prepare
from lepton_jupyter.events.run_events import RunFailed
from lepton_jupyter.exceptions.execution_errors import ClusterLostError
from lepton_jupyter.execution.graph_runner import GraphRunner
from lepton_jupyter.notebook import preparation_run
from lepton_jupyter.notebook.session import current_session
from lepton_jupyter.runs.log_reading import read_log


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_orders(tmp_path_factory.mktemp("orders"))


@pytest.fixture(scope="module")
def towns(tmp_path_factory):
    return write_towns(tmp_path_factory.mktemp("towns"))


def written(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.parquet"))}


@pytest.fixture(scope="module")
def alone(folder, towns, tmp_path_factory):
    """What one thread writes."""
    to = tmp_path_factory.mktemp("alone") / "clean"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(preparation_run, "GraphRunner", lambda _: GraphRunner(n_threads=1))
        everything(folder, towns, to)
    return written(to)


@pytest.fixture
def client():
    """A cluster for each death: old nannies do not always replace a worker that was killed."""
    from distributed import Client

    with a_cluster(2) as cluster, Client(cluster, set_as_default=False) as client:
        yield client


@pytest.mark.cluster
@pytest.mark.parametrize("phase", PHASES)
def test_a_worker_killed_in_any_phase_loses_nothing(phase, client, folder, towns, alone, tmp_path, monkeypatch):
    victim = sorted(client.run(os.getpid).values())[0]
    heard = at_first_news_of(phase, lambda: os.kill(victim, signal.SIGKILL), monkeypatch)
    monkeypatch.setattr(preparation_run, "GraphRunner", lambda _: GraphRunner(client))
    clean = everything(folder, towns, tmp_path / "clean")
    assert set(heard) == set(PHASES)
    assert written(tmp_path / "clean") == alone
    assert not any(path.name.startswith(".") for path in (tmp_path / "clean").rglob("*"))
    assert clean.plan.message.state == "finished"


@pytest.mark.cluster
@pytest.mark.parametrize("phase", ["statistics", "writing"])
def test_a_cluster_that_is_lost_is_one_sentence_in_the_cell_and_in_the_log(phase, folder, tmp_path, monkeypatch):
    from distributed import Client

    with a_cluster(1, processes=False, protocol="tcp") as cluster:
        client = Client(cluster, set_as_default=False)
        ends = threading.Thread(target=cluster.close, kwargs={"timeout": 5})
        at_first_news_of(phase, ends.start, monkeypatch)
        monkeypatch.setattr(preparation_run, "GraphRunner", lambda _: GraphRunner(client))
        try:
            with pytest.raises(ClusterLostError, match="The Dask cluster went away while the preparation was to run"):
                prepare(folder, to=tmp_path / "clean")
        finally:
            ends.join()
            client.close(timeout=1)
    assert not any(path.name.startswith(".") for path in (tmp_path / "clean").iterdir())
    last = read_log(current_session().store.list()[0].events).events[-1].event
    assert isinstance(last, RunFailed)
    assert last.sentence.startswith("The Dask cluster went away")


#: Lets no file grow beyond so many bytes, as a disk or a quota that is full does, and prepares.
_FULL = """\
    import resource, signal, sys
    from lepton_jupyter import prepare
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    table, to, options = sys.argv[1], sys.argv[2], eval(sys.argv[3])
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
    try:
        prepare(table, to=to, **options)
    except OSError as error:
        print(type(error).__name__, error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits of file sizes are set by resource, which Windows lacks")
@pytest.mark.parametrize("options", [{}, {"time": "day", "entity": "town"}], ids=["writing", "earlier rows"])
def test_a_disk_that_is_full_is_one_sentence_and_leaves_no_half_file(options, tmp_path):
    messy_tables.write_partitions(tmp_path / "orders", 3, 3_000)
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(_FULL), tmp_path / "orders", tmp_path / "clean", repr(options)],
        capture_output=True, text=True, timeout=120, check=False,
        env={**os.environ, "LEPTON_CLUSTER": "off", "LEPTON_HOME": str(tmp_path / "home")},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    [said] = done.stdout.splitlines()
    assert said.startswith("PreparedFolderError The prepared table cannot be written to ")
    assert said.endswith(": file too large. Make room, or name another folder.")
    assert [path.name for path in (tmp_path / "clean").rglob("*") if path.is_file()] == []
