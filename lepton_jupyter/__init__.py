"""AutoML that lives in a Jupyter notebook: one line finds a good model, live, within the seconds you have.

In a notebook::

    %load_ext lepton_jupyter
    run = %lepton fit df --target churn --budget 30s
    run.model.predict(df)

In a script::

    from lepton_jupyter import LeptonClassifier
    model = LeptonClassifier(budget="30s").fit(X, y)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lepton_jupyter._version import __version__

if TYPE_CHECKING:
    from lepton_jupyter.learners.named_learners import (
        KNN,
        SGD,
        SVM,
        AdaBoost,
        DecisionTree,
        ElasticNet,
        ExtraTrees,
        GradientBoosting,
        HistGradientBoosting,
        KNearestNeighbors,
        Lasso,
        LinearRegression,
        LinearSVM,
        LogisticRegression,
        NaiveBayes,
        NeuralNetwork,
        RandomForest,
        Ridge,
    )
    from lepton_jupyter.learners.own_learners import add_learner
    from lepton_jupyter.notebook.comparing import compare
    from lepton_jupyter.notebook.data_preprocessing import preprocess_data
    from lepton_jupyter.notebook.estimators import LeptonClassifier, LeptonRegressor
    from lepton_jupyter.notebook.evaluating import evaluate
    from lepton_jupyter.notebook.exporting import export, load_model
    from lepton_jupyter.notebook.fitting import fit
    from lepton_jupyter.notebook.lepton_model import LeptonModel
    from lepton_jupyter.notebook.prediction import predict
    from lepton_jupyter.notebook.preparing import prepare
    from lepton_jupyter.notebook.profiling import profile
    from lepton_jupyter.notebook.settings_page import config
    from lepton_jupyter.notebook.starting_streams import stream
    from lepton_jupyter.notebook.windowing import window_features
    from lepton_jupyter.preprocessing.preparation_recipe import PreparationRecipe

__all__ = [
    "KNN",
    "SGD",
    "SVM",
    "AdaBoost",
    "DecisionTree",
    "ElasticNet",
    "ExtraTrees",
    "GradientBoosting",
    "HistGradientBoosting",
    "KNearestNeighbors",
    "Lasso",
    "LeptonClassifier",
    "LeptonModel",
    "LeptonRegressor",
    "LinearRegression",
    "LinearSVM",
    "LogisticRegression",
    "NaiveBayes",
    "NeuralNetwork",
    "PreparationRecipe",
    "RandomForest",
    "Ridge",
    "__version__",
    "add_learner",
    "compare",
    "config",
    "evaluate",
    "export",
    "fit",
    "load_ipython_extension",
    "load_model",
    "predict",
    "prepare",
    "preprocess_data",
    "profile",
    "stream",
    "unload_ipython_extension",
    "window_features",
]

# What is imported when it is first asked for: the package itself must load in a fraction of a second.
_WHERE = {
    "LeptonClassifier": "lepton_jupyter.notebook.estimators",
    "LeptonRegressor": "lepton_jupyter.notebook.estimators",
    "add_learner": "lepton_jupyter.learners.own_learners",
    "compare": "lepton_jupyter.notebook.comparing",
    "evaluate": "lepton_jupyter.notebook.evaluating",
    "LeptonModel": "lepton_jupyter.notebook.lepton_model",
    "config": "lepton_jupyter.notebook.settings_page",
    "export": "lepton_jupyter.notebook.exporting",
    "fit": "lepton_jupyter.notebook.fitting",
    "load_model": "lepton_jupyter.notebook.exporting",
    "predict": "lepton_jupyter.notebook.prediction",
    "prepare": "lepton_jupyter.notebook.preparing",
    "profile": "lepton_jupyter.notebook.profiling",
    "PreparationRecipe": "lepton_jupyter.preprocessing.preparation_recipe",
    "stream": "lepton_jupyter.notebook.starting_streams",
    "window_features": "lepton_jupyter.notebook.windowing",
    "preprocess_data": "lepton_jupyter.notebook.data_preprocessing",
    **dict.fromkeys(
        (
            "KNN", "SGD", "SVM", "AdaBoost", "DecisionTree", "ElasticNet", "ExtraTrees", "GradientBoosting",
            "HistGradientBoosting", "KNearestNeighbors", "Lasso", "LinearRegression", "LinearSVM",
            "LogisticRegression", "NaiveBayes", "NeuralNetwork", "RandomForest", "Ridge",
        ),
        "lepton_jupyter.learners.named_learners",
    ),
}  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    from importlib import import_module

    value = getattr(import_module(_WHERE[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)


def load_ipython_extension(ipython: Any) -> None:
    """Bring ``%lepton`` into an IPython session: ``%load_ext lepton_jupyter``."""
    from lepton_jupyter.magics.lepton_magics import load

    load(ipython)


def unload_ipython_extension(ipython: Any) -> None:
    """Take ``%lepton`` out again and close everything it started."""
    from lepton_jupyter.magics.lepton_magics import unload

    unload(ipython)
