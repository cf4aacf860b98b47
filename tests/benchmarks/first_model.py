"""How soon the first model is on the board: 10,000 rows, 30 columns, in threads and in processes that are ready.

A rival does the same work by hand: scikit-learn's histogram gradient boosting, five folds, default settings. Target:
1 s after the call, when the package was used once before in this process.
"""

from __future__ import annotations

import io
import os
import statistics
import tempfile
import time
from contextlib import redirect_stdout

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ["LEPTON_HOME"] = tempfile.mkdtemp(prefix="lepton-benchmark-")
os.environ["LEPTON_CLUSTER"] = "off"

import pandas as pd
from sklearn.datasets import make_classification
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import cross_val_predict

from lepton_jupyter.events.run_events import FoldScored, TrialAsked, TrialFinished
from lepton_jupyter.notebook.fitting import fit
from lepton_jupyter.notebook.session import current_session

REPEATS = 5


def table() -> pd.DataFrame:
    X, y = make_classification(10_000, 30, n_informative=12, random_state=0)
    frame = pd.DataFrame(X, columns=[f"c{place}" for place in range(30)])
    frame["c0"] = pd.cut(frame["c0"], 12).astype(str)
    frame["c1"] = pd.Timestamp("2024-01-01") + pd.to_timedelta((frame["c1"] * 100).round(), unit="D")
    return frame.assign(target=y)


def one_run(frame: pd.DataFrame) -> dict[str, float]:
    began = time.monotonic()
    with redirect_stdout(io.StringIO()):
        run = fit(frame, target="target", budget="5s", wait=False)
    returned = time.monotonic() - began
    run.settle()
    events = [(logged.elapsed_seconds, logged.event) for logged in run.events]
    baselines = {event.trial_id for _, event in events if isinstance(event, TrialAsked) and event.origin == "baseline"}
    finished = [(at, event) for at, event in events if isinstance(event, TrialFinished)]
    # The log's clock starts when the table is understood; `returned` bounds what came before.
    offset = returned - next(at for at, _ in events)
    return {
        "the call returns": returned,
        "first fold": offset + next(at for at, event in events if isinstance(event, FoldScored)),
        "baseline": offset + next(at for at, event in finished if event.trial_id in baselines),
        "first model": offset + next(at for at, event in finished if event.trial_id not in baselines),
    }


def report(title: str, runs: list[dict[str, float]]) -> None:
    cells = [f"{statistics.median(run[name] for run in runs):17.3f}" for name in runs[0]]
    print(f"{title:32s}{''.join(cells)}", flush=True)


def main() -> None:
    frame = table()
    one_run(frame)
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    print(f"10,000 × 30, seconds after the call, median of {REPEATS}, load {load:.1f}; target: first model ≤ 1 s\n")
    print(f"{'':32s}{'the call returns':>17s}{'first fold':>17s}{'baseline':>17s}{'first model':>17s}")
    report("threads", [one_run(frame) for _ in range(REPEATS)])
    current_session().cluster.start_local().result()
    one_run(frame)
    report("processes, ready", [one_run(frame) for _ in range(REPEATS)])
    current_session().close()
    numbers = frame.drop(columns=["target", "c0", "c1"])
    began = time.perf_counter()
    cross_val_predict(HistGradientBoostingClassifier(), numbers, frame["target"], cv=5, method="predict_proba")
    print(f"{'scikit-learn by hand, 5 folds':32s}{'':51s}{time.perf_counter() - began:17.3f}")


if __name__ == "__main__":
    main()
