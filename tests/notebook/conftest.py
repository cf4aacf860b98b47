from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from streaming.redis_server import RedisServer

from lepton_jupyter.notebook.session import current_session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A ``LEPTON_HOME`` of each test's own, and a session that begins and ends with it."""
    place = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("LEPTON_HOME", str(place))
        environment.setenv("LEPTON_CLUSTER", "off")
        environment.setenv("OMP_NUM_THREADS", "1")
        current_session.cache_clear()
        yield place
        current_session().close()
        current_session.cache_clear()


@pytest.fixture(scope="session")
def redis_orders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """A Redis of the tests' own, empty at first."""
    pytest.importorskip("redis", reason="the package redis is not installed")
    if shutil.which("redis-server") is None:
        pytest.skip("redis-server is not installed")
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    yield server
    server.kill()


@pytest.fixture(scope="session")
def churn_table() -> Callable[..., pd.DataFrame]:
    """Makes a table with columns of all kinds; ``churn`` depends on the first three."""
    return _churn_table


@pytest.fixture
def churn() -> pd.DataFrame:
    """Such a table of 240 rows."""
    return _churn_table(240)


def _churn_table(n_rows: int, seed: int = 0) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    tenure = random.integers(0, 60, n_rows)
    plan = random.choice(["basic", "plus", "max"], n_rows)
    bill = random.normal(40, 15, n_rows).round(2)
    risk = 1.5 - tenure / 20 + (plan == "basic") + (bill - 40) / 30 + random.logistic(size=n_rows) / 2
    return pd.DataFrame(
        {
            "tenure": tenure,
            "plan": plan,
            "bill": np.where(random.random(n_rows) < 0.1, np.nan, bill),
            "since": pd.Timestamp("2024-01-01") + pd.to_timedelta(random.integers(0, 700, n_rows), unit="D"),
            "paperless": random.random(n_rows) < 0.5,
            "churn": np.where(risk > 0, "yes", "no"),
        }
    )


@pytest.fixture
def python(home: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run code in a process of its own, on the same ``LEPTON_HOME``."""

    def python(code: str, *, check: bool = True, **environment: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True, text=True, timeout=240, check=False, env={**os.environ, **environment},
        )  # fmt: skip
        assert not check or done.returncode == 0, done.stderr
        return done

    return python
