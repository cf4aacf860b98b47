"""What an evaluation of 100,000 rows and 30 columns takes, part by part, beside scikit-learn's own calls.

The model is a run's of one boosted trial, the same for both. Where scikit-learn has no such call (intervals of all
scores, a time limit for importance) the nearest loop over its functions is the reference, and weak slices have none.
Target: the whole in less than 15 s, of which importance may take 8.
"""

from __future__ import annotations

import io
import os
import tempfile
import time
from contextlib import contextmanager, redirect_stderr, redirect_stdout

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ["LEPTON_HOME"] = tempfile.mkdtemp(prefix="lepton-benchmark-")
os.environ["LEPTON_CLUSTER"] = "off"

import numpy as np
import pandas as pd
from sklearn import metrics
from sklearn.calibration import calibration_curve
from sklearn.datasets import make_classification
from sklearn.inspection import permutation_importance as sklearns_importance

from lepton_jupyter.evaluation.metrics import find_metric
from lepton_jupyter.inspection.calibration_curve import calibration
from lepton_jupyter.inspection.class_report import class_lines, confusion_table
from lepton_jupyter.inspection.lift_curve import lift
from lepton_jupyter.inspection.permutation_importance import permutation_importance
from lepton_jupyter.inspection.ranking_curves import precision_recall_curves, roc_curves
from lepton_jupyter.inspection.score_report import score_lines
from lepton_jupyter.inspection.threshold_choice import Objective, best_threshold
from lepton_jupyter.inspection.weak_slices import find_weak_slices
from lepton_jupyter.notebook.evaluating import IMPORTANCE_SECONDS, evaluate
from lepton_jupyter.notebook.fitting import fit
from lepton_jupyter.notebook.judged_rows import rows_of_table

N_ROWS, N_COLUMNS = 100_000, 30


def table() -> pd.DataFrame:
    X, y = make_classification(N_ROWS + 20_000, N_COLUMNS, n_informative=12, flip_y=0.1, random_state=0)
    frame = pd.DataFrame(X, columns=[f"c{place}" for place in range(N_COLUMNS)])
    frame["c0"] = pd.cut(frame["c0"], 12).astype(str)
    frame["c1"] = pd.Timestamp("2024-01-01") + pd.to_timedelta((frame["c1"] * 100).round(), unit="D")
    return frame.assign(target=y)


@contextmanager
def timed(parts: dict[str, float], name: str):
    began = time.perf_counter()
    yield
    parts[name] = time.perf_counter() - began


def main() -> None:  # noqa: PLR0915  part after part
    frame = table()
    train, test = frame.tail(20_000), frame.head(N_ROWS)
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        run = fit(train, target="target", budget="2trials", learners=["lightgbm"], wait=True)
    ours: dict[str, float] = {}
    theirs: dict[str, float] = {}
    metric = find_metric("roc_auc", "binary")
    with timed(ours, "predict"):
        judged = rows_of_table(run, test)
    with timed(theirs, "predict"):
        probabilities = run.model.predict_proba(test)
    rows, y, p = judged.rows, judged.rows.y, probabilities[:, 1]
    with timed(ours, "10 scores with intervals"):
        lines, intervals = score_lines(rows, metric)
    random = np.random.default_rng(0)
    with timed(theirs, "10 scores with intervals"):
        for _ in range(10):
            places = random.integers(0, len(y), len(y))
            metrics.roc_auc_score(y[places], p[places])
    # Ten whole samples of one score are measured; as many samples and scores as ours would take so much more.
    theirs["10 scores with intervals"] *= intervals.n_samples / 10 * len(lines)
    with timed(ours, "curves, classes, calibration"):
        (
            roc_curves(rows),
            precision_recall_curves(rows),
            calibration(rows),
            lift(rows),
            class_lines(rows),
            confusion_table(rows),
        )
    with timed(theirs, "curves, classes, calibration"):
        metrics.roc_curve(y, p), metrics.precision_recall_curve(y, p), metrics.average_precision_score(y, p)
        metrics.roc_auc_score(y, p), metrics.classification_report(y, p > 0.5), metrics.confusion_matrix(y, p > 0.5)
        calibration_curve(y, p, n_bins=10, strategy="quantile"), metrics.brier_score_loss(y, p)
    with timed(ours, "threshold by cost"):
        chosen = best_threshold(y, p, Objective(1.0, 5.0))
    with timed(theirs, "threshold by cost"):  # 100 thresholds, as TunedThresholdClassifierCV tries
        for threshold in np.linspace(0, 1, 100):
            (_, fp), (fn, _) = metrics.confusion_matrix(y, p >= threshold)
            fp + 5 * fn
    names = [name for name in test.columns if name != "target"]
    with timed(ours, "importance"):
        found = permutation_importance(judged.predict, judged.table, rows, metric, names, seconds=IMPORTANCE_SECONDS)
    model = run.model
    with timed(theirs, "importance"):
        sample = test.sample(found.n_rows, random_state=0)
        sklearns_importance(
            model, sample[names], sample["target"], scoring="roc_auc", n_repeats=found.n_shuffles, random_state=0
        )
    kinds = {each.schema.name: each.schema.kind for each in run.best_predictor().recipe.columns}
    with timed(ours, "weak slices"):
        search = find_weak_slices(judged.table, rows, metric, kinds)
    evaluation: dict[str, float] = {}
    with timed(evaluation, "evaluate, all of it"):
        whole = evaluate(test, run=run, cost_fp=1, cost_fn=5)
    with timed(evaluation, "its page"):
        page = whole._repr_html_()
    print(f"{N_ROWS:,} rows × {N_COLUMNS} columns; threshold {chosen:.3f}; importance: {found.note}")
    print(f"{search.n_looked_at:,} conditions looked at; page {len(page.encode()) / 1000:.0f} kB\n")
    print(f"{'part':32}{'lepton, s':>12}{'scikit-learn, s':>18}{'ratio':>8}")
    for name, seconds in ours.items():
        other = theirs.get(name)
        print(f"{name:32}{seconds:12.2f}" + (f"{other:18.2f}{other / seconds:8.1f}" if other else f"{'–':>18}{'–':>8}"))
    for name, seconds in evaluation.items():
        print(f"{name:32}{seconds:12.2f}")


if __name__ == "__main__":
    main()
