"""The soak of `make soak` with 200,000 rows, and what it says of a sink that has no keys."""

from __future__ import annotations

import shutil
import sys

import pytest

pytest.importorskip("redis", reason="the package redis is not installed")

from soak.stream_soak import FAULTS, Soak

from lepton_jupyter.notebook.session import current_session
from lepton_jupyter.streaming.loop_settings import LoopSettings

pytestmark = [
    pytest.mark.cluster,
    pytest.mark.timeout(900),  # under a minute on a machine that has nothing else to do
    pytest.mark.skipif(shutil.which("redis-server") is None, reason="redis-server is not installed"),
    pytest.mark.skipif(sys.platform == "win32", reason="needs processes that can be killed and stopped by a signal"),
]


@pytest.fixture(autouse=True)
def _home(tmp_path, monkeypatch):
    monkeypatch.setenv("LEPTON_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LEPTON_CLUSTER", "off")
    current_session.cache_clear()
    yield
    current_session().close()
    current_session.cache_clear()


def test_every_key_of_200_000_is_stored_once_whatever_is_killed(tmp_path):
    figures = Soak(tmp_path, 200_000, n_faults=len(FAULTS)).run()
    print(figures)
    assert figures["faults"] == dict.fromkeys(FAULTS, 1)
    assert figures["results"] + figures["dead letters"] == 200_000
    assert (figures["lost"], figures["twice in the sink"]) == (0, 0)
    # Each loop reads ahead of its sink by a bounded number of micro-batches: four wait to be scored and one to be
    # stored, two are in the hands of the reader, one is being scored, one stored.
    assert 0 < figures["pending while the sink stood still"] <= 2 * 9 * LoopSettings().most_rows


def test_without_keys_nothing_is_lost_and_only_what_a_crash_repeats_is_there_twice(tmp_path):
    quiet, killed = tmp_path / "quiet", tmp_path / "killed"
    quiet.mkdir()
    killed.mkdir()
    figures = Soak(quiet, 20_000, n_faults=0, appends=True, repeated=0.0).run()
    assert figures["twice in the sink"] == 0
    figures = Soak(killed, 30_000, n_faults=1, appends=True, repeated=0.0, name="killed").run()
    print(figures)
    assert figures["faults"] == {"worker": 1}
    # What one loop had stored and not committed: micro-batches of the moment for which its dead letters are gathered.
    assert figures["twice in the sink"] <= LoopSettings().most_batches * LoopSettings().most_rows
