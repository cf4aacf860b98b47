"""How each system is called: as its own documentation advises for the best result within a time limit.

Each function takes the table, the seconds and a seed; it calls `started` when its imports are done (and, for H2O, its
Java machine runs and holds the table), since from then on the clock counts, and returns what predicts.
"""

from __future__ import annotations

import os
import tempfile
from typing import TYPE_CHECKING, Any

import numpy as np
from benchmarks.race.contest_table import Fitted

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.race.contest_table import ContestTable

    Started = Callable[[], None]


def lepton(table: ContestTable, budget: float, seed: int, started: Started) -> Fitted:
    """This project."""
    from lepton_jupyter import LeptonClassifier, LeptonRegressor

    started()
    metric = {"binary": "roc_auc", "multiclass": "neg_log_loss", "regression": "neg_root_mean_squared_error"}
    kind = LeptonRegressor if table.task == "regression" else LeptonClassifier
    model = kind(f"{budget:g}s", metric=metric[table.task], random_state=seed, verbose=0).fit(table.X, table.y)

    def estimate() -> float:
        from lepton_jupyter.events.run_events import RunFinished
        from lepton_jupyter.notebook.library import show_run

        events = [logged.event for logged in show_run(model.run_).events]
        score = next(event.score for event in reversed(events) if isinstance(event, RunFinished))
        # The board shows an AUC, where the race counts what it lacks to one; the other scores are losses.
        return 1.0 - score if table.task == "binary" else abs(score)

    if table.task == "regression":
        return Fitted(lambda: model.predict(table.X_test), None, estimate)
    return Fitted(lambda: model.predict_proba(table.X_test), list(model.classes_), estimate)


def sklearn(table: ContestTable, budget: float, seed: int, started: Started) -> Fitted:
    """Histogram gradient boosting as it comes: no search, whatever the budget; what a search must at least beat."""
    from sklearn.compose import make_column_selector, make_column_transformer
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OrdinalEncoder

    del budget
    started()
    codes = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=np.nan, encoded_missing_value=np.nan)
    encoded = make_column_transformer(
        (codes, make_column_selector(dtype_include=object)), remainder="passthrough", verbose_feature_names_out=False
    )
    kind = HistGradientBoostingRegressor if table.task == "regression" else HistGradientBoostingClassifier
    model = make_pipeline(encoded, kind(random_state=seed)).fit(table.X, table.y)
    if table.task == "regression":
        return Fitted(lambda: model.predict(table.X_test), None)
    return Fitted(lambda: model.predict_proba(table.X_test), list(model.classes_))


def ag(table: ContestTable, budget: float, seed: int, started: Started) -> Fitted:
    """AutoGluon; ``AG_PRESET`` chooses another preset than best_quality."""
    from autogluon.tabular import TabularPredictor

    del seed  # it has one of its own
    started()
    metric = {"binary": "roc_auc", "multiclass": "log_loss", "regression": "root_mean_squared_error"}[table.task]
    predictor = TabularPredictor(
        label="__target", eval_metric=metric, path=tempfile.mkdtemp(), verbosity=0, problem_type=table.task
    ).fit(
        table.X.assign(__target=table.y.to_numpy()), time_limit=budget,
        presets=os.environ.get("AG_PRESET", "best_quality"),
    )  # fmt: skip
    if table.task == "regression":
        return Fitted(lambda: predictor.predict(table.X_test).to_numpy(), None)
    return Fitted(lambda: predictor.predict_proba(table.X_test).to_numpy(), list(predictor.class_labels))


def h2o(table: ContestTable, budget: float, seed: int, started: Started) -> Fitted:
    """H2O AutoML; its Java machine's start and the copy of the table into it are not counted against it."""
    import socket

    import h2o
    from h2o.automl import H2OAutoML

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    h2o.init(nthreads=-1, max_mem_size="8g", verbose=False, port=port, strict_version_check=False)
    h2o.no_progress()
    frame = h2o.H2OFrame(table.X.assign(__target=table.y.to_numpy()))
    if table.task != "regression":
        frame["__target"] = frame["__target"].asfactor()
    metric = {"binary": "AUC", "multiclass": "logloss", "regression": "RMSE"}[table.task]
    search = H2OAutoML(max_runtime_secs=int(budget), seed=seed, sort_metric=metric)
    started()
    search.train(y="__target", training_frame=frame)
    test = h2o.H2OFrame(table.X_test)
    if table.task == "regression":
        return Fitted(lambda: search.leader.predict(test).as_data_frame()["predict"], None)
    classes = list(frame["__target"].levels()[0])
    return Fitted(lambda: search.leader.predict(test).as_data_frame().drop(columns="predict"), classes)


def flaml(table: ContestTable, budget: float, seed: int, started: Started) -> Fitted:
    """FLAML, which wants text columns as categories."""
    import pandas as pd
    from flaml import AutoML

    started()
    X, X_test = table.X.copy(), table.X_test.copy()
    for name in X.select_dtypes(object):
        X[name] = X[name].astype("category")
        X_test[name] = pd.Categorical(X_test[name], categories=X[name].cat.categories)
    search = AutoML()
    search.fit(
        X, table.y, task="regression" if table.task == "regression" else "classification", time_budget=budget,
        metric={"binary": "roc_auc", "multiclass": "log_loss", "regression": "rmse"}[table.task], seed=seed,
        verbose=0, n_jobs=-1,
    )  # fmt: skip
    if table.task == "regression":
        return Fitted(lambda: search.predict(X_test), None)
    return Fitted(lambda: search.predict_proba(X_test), list(search.classes_))


def lama(table: ContestTable, budget: float, seed: int, started: Started) -> Fitted:
    """LightAutoML's preset for tables, which takes classes as numbers and may number them anew."""
    from lightautoml.automl.presets.tabular_presets import TabularAutoML
    from lightautoml.tasks import Task

    started()
    classes = sorted(set(table.y)) if table.task != "regression" else []
    y = table.y.map({each: code for code, each in enumerate(classes)}).astype(int) if classes else table.y
    kind = {"binary": "binary", "multiclass": "multiclass", "regression": "reg"}[table.task]
    search = TabularAutoML(
        task=Task(kind), timeout=int(budget), cpu_limit=os.cpu_count(), reader_params={"random_state": seed}
    )
    search.fit_predict(table.X.assign(__target=y.to_numpy()), roles={"target": "__target"}, verbose=0)

    def predict() -> Any:
        found = search.predict(table.X_test).data
        return np.column_stack([1 - found[:, 0], found[:, 0]]) if table.task == "binary" else found

    numbering = search.reader.class_mapping if table.task == "multiclass" else None
    if numbering:
        classes = [classes[int(code)] for code, _ in sorted(numbering.items(), key=lambda item: item[1])]
    return Fitted(predict, classes or None)


def mljar(table: ContestTable, budget: float, seed: int, started: Started) -> Fitted:
    """mljar-supervised in its mode for competitions."""
    from supervised import AutoML

    started()
    search = AutoML(
        total_time_limit=int(budget), results_path=f"{tempfile.mkdtemp()}/results", verbose=0, random_state=seed,
        mode="Compete", eval_metric={"binary": "auc", "multiclass": "logloss", "regression": "rmse"}[table.task],
    )  # fmt: skip
    search.fit(table.X, table.y)
    if table.task == "regression":
        return Fitted(lambda: search.predict(table.X_test), None)
    return Fitted(lambda: search.predict_proba(table.X_test), sorted(set(table.y)))


def tpot(table: ContestTable, budget: float, seed: int, started: Started) -> Fitted:
    """TPOT, which takes numbers without gaps alone: categories are encoded and gaps filled for it."""
    import tpot
    from sklearn.compose import make_column_selector, make_column_transformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder

    started()
    one_hot = OneHotEncoder(max_categories=20, handle_unknown="ignore", sparse_output=False)
    prepare = make_column_transformer(
        (
            make_pipeline(SimpleImputer(strategy="constant", fill_value="missing"), one_hot),
            make_column_selector(dtype_include=object),
        ),
        (SimpleImputer(strategy="median"), make_column_selector(dtype_exclude=object)),
    )
    X = prepare.fit_transform(table.X.replace({None: np.nan}))
    X_test = prepare.transform(table.X_test.replace({None: np.nan}))
    classes = sorted(set(table.y)) if table.task != "regression" else []
    y = table.y.map({each: code for code, each in enumerate(classes)}).astype(int) if classes else table.y
    kind = tpot.TPOTClassifier if classes else tpot.TPOTRegressor
    scorer = {"binary": "roc_auc", "multiclass": "neg_log_loss", "regression": "neg_root_mean_squared_error"}
    search = kind(
        max_time_mins=budget / 60, n_jobs=os.cpu_count(), random_state=seed, scorers=[scorer[table.task]],
        scorers_weights=[1], verbose=0,
    )  # fmt: skip
    search.fit(X, y.to_numpy())
    predict = search.predict_proba if classes else search.predict
    return Fitted(lambda: predict(X_test), classes or None)


CALLS = {each.__name__: each for each in (lepton, sklearn, ag, h2o, flaml, lama, mljar, tpot)}
