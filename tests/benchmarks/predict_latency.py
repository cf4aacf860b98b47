"""What a row costs to predict, alone and within 10,000, with each model that one search can give.

Each table is searched once; the models are chosen afterwards, with nothing fitted again. Latencies are those of the
fitted estimator on a pandas table, so reading and preparing it counts; the least of several calls is shown, since a
busy machine only ever adds. ``--peers`` adds a LightGBM and a linear model by themselves, as people build them with
scikit-learn, on the same rows. Tables are given as ``PATH.parquet:TARGET``; without any, two are made.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ["LEPTON_HOME"] = tempfile.mkdtemp(prefix="lepton-benchmark-")
os.environ["LEPTON_CLUSTER"] = "off"

import numpy as np
import pandas as pd
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.datasets import make_classification, make_regression
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from lepton_jupyter.evaluation.metrics import find_metric
from lepton_jupyter.evaluation.model_choice import PREFERENCES
from lepton_jupyter.notebook.fitting import fit

N_BATCH = 10_000


def made_tables() -> dict[str, tuple[pd.DataFrame, str]]:
    X, y = make_classification(24_000, 14, n_informative=9, flip_y=0.1, random_state=0)
    classes = pd.DataFrame(X, columns=[f"c{place}" for place in range(14)]).assign(target=y)
    for place in range(6):
        classes[f"c{place}"] = pd.cut(classes[f"c{place}"], 8 + place).astype(str)
    X, values = make_regression(24_000, 10, n_informative=6, noise=20.0, random_state=0)
    return {"classes": (classes, "target"), "values": (pd.DataFrame(X).add_prefix("c").assign(target=values), "target")}


def given_tables(names: list[str]) -> dict[str, tuple[pd.DataFrame, str]]:
    pairs = [name.rsplit(":", 1) for name in names]
    return {Path(path).name.split(".")[0]: (pd.read_parquet(path), target) for path, target in pairs}


def milliseconds(predict: Any, rows: pd.DataFrame, n_times: int) -> float:
    predict(rows)
    taken = []
    for _ in range(n_times):
        began = time.perf_counter()
        predict(rows)
        taken.append(time.perf_counter() - began)
    return 1e3 * min(taken)


def line(label: str, predict: Any, test: pd.DataFrame, score: float, size_bytes: float) -> None:
    batch = pd.concat([test] * (N_BATCH // len(test) + 1), ignore_index=True).head(N_BATCH)
    one, many = milliseconds(predict, test.head(1), 40), milliseconds(predict, batch, 7)
    print(f"  {label:<34}{score:>10.4f}{one:>14.2f}{many:>14.1f}{size_bytes / 1e3:>12,.0f}")


def peers(train: pd.DataFrame, target: str, classifies: bool) -> dict[str, Any]:
    import lightgbm

    X, y = train.drop(columns=target), train[target]
    texts = make_column_selector(dtype_exclude=np.number)
    numbers = make_pipeline(SimpleImputer(), StandardScaler())
    columns = make_column_transformer(
        (numbers, make_column_selector(dtype_include=np.number)),
        (OneHotEncoder(handle_unknown="ignore", max_categories=30), texts),
    )
    linear = LogisticRegression(max_iter=300) if classifies else Ridge()
    boosted = lightgbm.LGBMClassifier if classifies else lightgbm.LGBMRegressor
    booster = boosted(n_estimators=200, learning_rate=0.06, verbose=-1, n_jobs=1)
    return {
        "scikit-learn, linear": make_pipeline(columns, linear).fit(X, y),
        "LightGBM, 200 rounds, one-hot": make_pipeline(columns, booster).fit(X, y),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tables", nargs="*")
    parser.add_argument("--budget", default="10s")
    parser.add_argument("--peers", action="store_true")
    asked = parser.parse_args()
    warnings.simplefilter("ignore")
    for name, (table, target) in (given_tables(asked.tables) or made_tables()).items():
        train, test = train_test_split(table, test_size=0.2, random_state=0)
        run = fit(train, target=target, budget=asked.budget, wait=True, name=name)
        started = run.message()
        metric = find_metric(None, started.task)
        X, y = test.drop(columns=target), test[target]
        codes = y if started.task == "regression" else y.map({c: i for i, c in enumerate(sorted(y.unique()))})
        n_classes = 0 if started.task == "regression" else codes.nunique()

        def score(outputs: Any, *, metric: Any = metric, codes: Any = codes, n_classes: int = n_classes) -> float:
            return float(metric.score(codes.to_numpy(), np.asarray(outputs).reshape(len(codes), -1), n_classes))

        print(
            f"\n{name}: {len(train):,} rows, {X.shape[1]} columns, {asked.budget}; {metric.label} on {len(test):,} rows"
        )
        print(f"  {'':<34}{metric.label:>10}{'1 row, ms':>14}{'10k rows, ms':>14}{'kB':>12}")
        for prefer in PREFERENCES:
            model = run.choose(prefer=prefer)
            predict = getattr(model, "predict_proba", model.predict)
            members = {each.trial_id: len(each.models) for each in model.predictor_.members}
            files = [path for i, n in members.items() for path in sorted(run.folder.trial(i).glob("fold-*"))[:n]]
            label = f"{prefer}: {len(members)} × {max(members.values())} folds"
            line(label, predict, X, score(predict(X)), sum(path.stat().st_size for path in files))
        for label, model in (peers(train, target, n_classes > 0) if asked.peers else {}).items():
            predict = getattr(model, "predict_proba", model.predict)
            line(label, predict, X, score(predict(X)), float("nan"))


if __name__ == "__main__":
    main()
