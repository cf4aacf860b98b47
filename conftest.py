"""What holds for every test and every doctest; beside both, so that a doctest run on its own finds it too."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile

# Before anything imports numpy: a pool of threads in each of several workers would fight over the cores.
os.environ["OMP_NUM_THREADS"] = "1"
# A cluster is started by the tests that are about one.
os.environ["LEPTON_CLUSTER"] = "off"
# What the person at this machine likes to see must not change what is tested.
os.environ.pop("LEPTON_PAGE", None)

from typing import TYPE_CHECKING

import hypothesis
import pytest

if TYPE_CHECKING:
    from collections.abc import Generator

#: Run by a Python that has River, which the project's own has not.
collect_ignore = ["tests/benchmarks/river_side"]

#: Set by .ci/run: a test that is skipped there would be a check that never ran.
REQUIRE_ALL = os.environ.get("LEPTON_REQUIRE_ALL") == "1"

#: Reasons that say what a test cannot mean, rather than what the machine lacks.
DOES_NOT_APPLY = (
    "calls run within submit",
    "this scikit-learn has no scorer",
    "the remedy is for",
    "all tests skipped by +SKIP option",
    "learns classes alone",
    "keeps no state of its own",
    "cannot be fitted by several workers together",  # an XGBoost of before 3.0
    "SCIPY_ARRAY_API is not set",  # arrays that are not NumPy's: a promise that the estimators do not make
)

#: Folders whose files take longest: begun last, one of them would keep a single core busy at the end.
LONGEST_FOLDERS = ("soak", "tutorials", "browser")

# No deadline: a machine with two busy cores may take any time for one example.
hypothesis.settings.register_profile(
    "lepton", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow], print_blob=True
)
hypothesis.settings.load_profile("lepton")


def pytest_configure(config: pytest.Config) -> None:
    """Keep the runs of the tests apart from the person's own."""
    for setting in ("BUDGET", "METRIC", "FOLDS", "SEED", "LEARNERS", "WITHOUT", "KEEP_MODELS", "WAIT"):
        os.environ.pop(f"LEPTON_{setting}", None)
    # One folder for the whole session, inherited by kernels and workers.
    home = tempfile.mkdtemp(prefix="lepton-tests-")
    os.environ["LEPTON_HOME"] = home
    os.environ["LEPTON_CONFIG"] = os.path.join(home, "lepton.toml")  # noqa: PTH118  # not there
    config.add_cleanup(lambda: shutil.rmtree(home, ignore_errors=True))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with the longest files, and leave the soak itself to ``make soak``."""
    items.sort(key=lambda item: item.path.parent.name not in LONGEST_FOLDERS)
    if "soak" in config.option.markexpr:
        return
    soaks = [item for item in items if item.get_closest_marker("soak")]
    if soaks:
        config.hook.pytest_deselected(items=soaks)
        items[:] = [item for item in items if not item.get_closest_marker("soak")]


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """Give the main module a spec: that of an IPython shell has none, and multiprocessing looks before it spawns."""
    vars(sys.modules["__main__"]).setdefault("__spec__", None)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Refuse that a whole module is skipped, where everything is required."""
    report = yield
    _fail_what_was_skipped(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Refuse that a test is skipped, where everything is required."""
    report = yield
    if not hasattr(report, "wasxfail"):
        _fail_what_was_skipped(report)
    return report


def _fail_what_was_skipped(report: pytest.CollectReport | pytest.TestReport) -> None:
    if not REQUIRE_ALL or not report.skipped:
        return
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    if not any(known in reason for known in DOES_NOT_APPLY):
        report.outcome = "failed"
        report.longrepr = f"LEPTON_REQUIRE_ALL=1 lets nothing be skipped. {reason}"
