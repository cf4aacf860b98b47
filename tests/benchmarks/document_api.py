"""What `LeptonModel` costs beside the scikit-learn estimator it fits, where everything is given: fit and predict.

Both are timed in turn, so that a busy machine is busy for both; the figure is the median of the ratios of neighbours.
``--costs`` prints the measured seconds of each kind beside those its formula gives, and searches nothing.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
import warnings

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ["LEPTON_HOME"] = tempfile.mkdtemp(prefix="lepton-benchmark-")
os.environ["LEPTON_CLUSTER"] = "off"

from sklearn.datasets import make_classification, make_regression
from sklearn.exceptions import ConvergenceWarning

from lepton_jupyter import (
    KNN,
    SVM,
    DecisionTree,
    GradientBoosting,
    LeptonModel,
    LinearRegression,
    LogisticRegression,
    NaiveBayes,
    NeuralNetwork,
    RandomForest,
)
from lepton_jupyter.learners.named_learners import KINDS

warnings.simplefilter("ignore", ConvergenceWarning)
SIZES = [(1_000, 20), (20_000, 30)]
MODELS = [
    (SVM, {"C": 1.0, "kernel": "linear"}),
    (LogisticRegression, {"C": 1.0}),
    (LinearRegression, {}),
    (DecisionTree, {"max_depth": 8, "min_samples_leaf": 2}),
    (RandomForest, {"max_depth": 8, "max_features": 0.3, "min_samples_leaf": 2, "n_estimators": 30}),
    (GradientBoosting, {"learning_rate": 0.1, "n_estimators": 30, "max_depth": 3, "subsample": 1.0}),
    (KNN, {"n_neighbors": 5, "weights": "uniform", "p": 2}),
    (NaiveBayes, {"var_smoothing": 1e-9}),
    (NeuralNetwork, {"hidden_layer_sizes": 32, "alpha": 1e-4, "learning_rate_init": 1e-3, "max_iter": 10}),
]


def table(task: str, n_rows: int, n_columns: int) -> tuple[object, object]:
    if task == "regression":
        return make_regression(n_rows, n_columns, n_informative=10, noise=10.0, random_state=0)
    return make_classification(n_rows, n_columns, n_informative=10, random_state=0)


def seconds(call: object) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def ratios() -> None:
    print(
        f"{'learner':<20}{'rows':>8}{'scikit-learn fit':>18}{'fit ratio':>11}{'predict ratio':>15}{'predict +ms':>13}"
    )
    for n_rows, n_columns in SIZES:
        for kind, usual in MODELS:
            # A linear kernel does not converge on the larger table within minutes.
            given = {"C": 1.0, "kernel": "rbf", "gamma": 0.03} if kind is SVM and n_rows > 5_000 else usual
            task = kind.only_task or "classification"
            X, y = table(task, n_rows, n_columns)
            fits, predictions, slower, began = [], [], [], time.perf_counter()
            base = []
            while not fits or (len(fits) < 25 and time.perf_counter() - began < 3.0):
                rival = kind.estimator(task, given)
                if "random_state" in rival.get_params():
                    rival.set_params(random_state=0)
                mine = LeptonModel(kind, **given)
                theirs = seconds(lambda: rival.fit(X, y))  # noqa: B023  called at once
                ours = seconds(lambda: mine.fit(X, y))  # noqa: B023  called at once
                base.append(theirs)
                fits.append(ours / theirs)
                theirs = seconds(lambda: rival.predict(X))  # noqa: B023  called at once
                ours = seconds(lambda: mine.predict(X))  # noqa: B023  called at once
                predictions.append(ours / theirs)
                slower.append(1e3 * (ours - theirs))
                assert (rival.predict(X[:200]) == mine.predict(X[:200])).all()
            print(
                f"{kind.name:<20}{n_rows:>8,}{1e3 * statistics.median(base):>15,.1f} ms"
                f"{statistics.median(fits):>11.2f}{statistics.median(predictions):>15.2f}"
                f"{statistics.median(slower):>13.2f}"
            )


def costs() -> None:
    print(f"{'kind':<22}{'rows':>8}{'columns':>9}{'measured':>11}{'formula':>10}{'ratio':>8}")
    for kind in KINDS.values():
        task = kind.only_task or "classification"
        for n_rows, n_columns in ((1_000, 20), (5_000, 20), (10_000, 60)):
            X, y = table(task, n_rows, n_columns)
            took = seconds(lambda: kind.estimator(task, {}).fit(X, y))  # noqa: B023  called at once
            if kind is KNN:
                took += seconds(lambda: kind.estimator(task, {}).fit(X, y).predict(X[: n_rows // 5]))  # noqa: B023
            said = kind.seconds(n_rows, n_columns, {})
            print(f"{kind.name:<22}{n_rows:>8,}{n_columns:>9}{took:>10.3f}s{said:>9.3f}s{took / said:>8.2f}")


if __name__ == "__main__":
    costs() if "--costs" in sys.argv else ratios()
