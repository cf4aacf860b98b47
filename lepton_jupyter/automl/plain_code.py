"""One model of a run as code that needs scikit-learn and LightGBM alone: to be read, kept and changed.

What lepton adds to these libraries is left out and named in the code: features made within folds, logarithms of the
target, texts, and stopping on validation rows, in whose place is the number of rounds that did best.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lepton_jupyter.exceptions.choice_errors import NoPlainCodeError
from lepton_jupyter.learners.featured_learner import MADE_FEATURES
from lepton_jupyter.learners.lightgbm import OFF_BELOW
from lepton_jupyter.learners.log_target import TARGET_SCALE
from lepton_jupyter.learners.model_layers import LAYER_COORDINATES
from lepton_jupyter.learners.quantile_level import OF_MEDIANS, quantile_level
from lepton_jupyter.preprocessing.made_features import FEATURE_CHOICES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from lepton_jupyter.data.column_kinds import ColumnSchema
    from lepton_jupyter.events.run_events import RunStarted, TrialAsked

#: What scikit-learn's wrapper calls LightGBM's parameters.
_LIGHTGBM_NAMES = {
    "min_data_in_leaf": "min_child_samples",
    "feature_fraction": "colsample_bytree",
    "bagging_fraction": "subsample",
    "lambda_l1": "reg_alpha",
    "lambda_l2": "reg_lambda",
}
_ENCODED = 'OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)'
_SCALED = """\
complete = make_pipeline(
    SimpleImputer(strategy="median", add_indicator=True),
    make_union(StandardScaler(), QuantileTransformer(n_quantiles=min(100, len(df)), output_distribution="normal")),
)"""
_FILLED = 'complete = SimpleImputer(strategy="median")'
_DATE_PARTS = ("year", "month", "day", "day_of_week", "hour")


@dataclass(frozen=True, slots=True)
class _Written:
    """An estimator as code, the modules it needs, and whether its columns are complete and scaled."""

    expression: str
    imports: Mapping[str, tuple[str, ...]]
    scaled: bool = False
    filled: bool = False


def plain_code(
    asked: TrialAsked,
    started: RunStarted,
    columns: Sequence[ColumnSchema],
    *,
    n_rounds: int | None = None,
    left_out: Sequence[str] = (),
) -> str:
    """Write a trial's model as code that fits it again on all rows of a table ``df``.

    Parameters
    ----------
    asked : TrialAsked
    started : RunStarted
    columns : sequence of ColumnSchema
        Of the table, as it was understood.
    n_rounds : int, optional
        Rounds that did best on validation rows, where the model is boosted.
    left_out : sequence of str
        What else the run did that the code does not, to be named in it.

    Returns
    -------
    code : str
        Text of data is in it as literals only.

    Raises
    ------
    NoPlainCodeError
        If neither library has such a model.

    Examples
    --------
    >>> print(run.as_code(12))  # doctest: +SKIP
    # LightGBM, 31 leaves, rate 0.1: trial 12 of run 20251121-143144-churn-3a1f,
    # fitted again on all rows of the table df by scikit-learn and LightGBM alone.
    import pandas as pd
    from lightgbm import LGBMClassifier
    …
    """
    writer = _WRITERS.get(asked.learner)
    if writer is None:
        raise NoPlainCodeError.from_learner(asked.label, tuple(_WRITERS))
    written = writer(dict(asked.parameters), started, n_rounds)
    kinds = {kind: [each.name for each in columns if each.kind == kind] for kind in ("category", "date", "text")}
    numbers = [each.name for each in columns if each.kind in {"number", "boolean"} and _is_numeric(each)]
    # Truths that are texts are two categories.
    categories = [each.name for each in columns if each.kind == "boolean" and not _is_numeric(each)]
    categories += kinds["category"]
    missing = [*left_out, *(f"the texts of {name!r}" for name in kinds["text"])]
    if asked.parameters.get(MADE_FEATURES, FEATURE_CHOICES[0]) != FEATURE_CHOICES[0]:
        missing.append("features made within folds")
    if asked.parameters.get(TARGET_SCALE) == "log":
        missing.append("the logarithm of the target")
    level = quantile_level(started.metric)
    if level is not None:
        missing.append(f"that the quantile of {level:.0%} is wanted, and not the mean")
    if asked.row_share < 1:
        missing.append(f"that it learnt from {asked.row_share:.0%} of the rows")
    return _assembled(asked, started, written, numbers, categories, kinds["date"], missing)


def _is_numeric(column: ColumnSchema) -> bool:
    return column.kind == "number" or column.dtype.lower().startswith(("bool", "int", "uint", "float"))


def _assembled(
    asked: TrialAsked,
    started: RunStarted,
    written: _Written,
    numbers: list[str],
    categories: list[str],
    dates: list[str],
    left_out: list[str],
) -> str:
    imports: dict[str, set[str]] = {name: set(names) for name, names in written.imports.items()}

    def need(module: str, *names: str) -> None:
        imports.setdefault(module, set()).update(names)

    need("sklearn.compose", "ColumnTransformer")
    need("sklearn.pipeline", "make_pipeline")
    steps = []
    if categories:
        need("sklearn.preprocessing", "OneHotEncoder" if written.scaled else "OrdinalEncoder")
        encoder = 'OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=5)' if written.scaled else _ENCODED
        steps.append(f'("categories", {encoder}, categories),')
    if written.scaled:
        need("sklearn.impute", "SimpleImputer")
        need("sklearn.pipeline", "make_union")
        need("sklearn.preprocessing", "StandardScaler", "QuantileTransformer")
    if written.filled:
        need("sklearn.impute", "SimpleImputer")
    completed = _SCALED if written.scaled else _FILLED if written.filled else None
    rest = '"passthrough"' if completed is None else "complete"
    lines = [
        f"# {asked.label}, {asked.description}: trial {asked.trial_id} of run {started.run_id},",
        "# fitted again on all rows of the table df by scikit-learn and LightGBM alone.",
        *(f"# Left out: {each}." for each in left_out),
        "import pandas as pd",
        *(f"from {module} import {', '.join(sorted(names))}" for module, names in sorted(imports.items())),
        "",
        f"target = {started.target!r}",
        f"numbers = {numbers!r}",
        f"categories = {categories!r}",
        f"dates = {dates!r}",
        "",
        "",
        "def features(table):",
        '    made = table[numbers].apply(pd.to_numeric, errors="coerce").astype("float64")',
        "    for name in dates:",
        '        moment = pd.to_datetime(table[name], errors="coerce", utc=True)',
        f"        for part in {_DATE_PARTS!r}:",
        '            made[f"{name} {part}"] = getattr(moment.dt, part).astype("float64")',
        "    for name in categories:",
        '        made[name] = table[name].astype("string").fillna("").astype("object")',
        "    return made",
        "",
        "",
        *([] if completed is None else [completed]),
        "columns = ColumnTransformer([",
        *(f"    {step}" for step in steps),
        f"], remainder={rest}, sparse_threshold=0)",
        f"model = make_pipeline(columns, {written.expression})",
        "",
        "rows = df.dropna(subset=[target])",
        "y = rows[target]" if started.n_classes else 'y = rows[target].astype("float64")',
    ]
    named = [f"sample_weight=rows[{started.weights!r}]"] if started.weights else []
    arguments = [f"{written.expression.partition('(')[0].lower()}__{each}" for each in named]
    if asked.learner == "lightgbm" and categories:
        name = written.expression.partition("(")[0].lower()
        arguments.append(f"{name}__categorical_feature=list(range(len(categories)))")
    lines.append(f"model.fit({', '.join(['features(rows)', 'y', *arguments])})")
    return "\n".join(lines) + "\n"


def _call(name: str, arguments: Mapping[str, Any]) -> str:
    return f"{name}({', '.join(f'{key}={value!r}' for key, value in arguments.items())})"


def _kind(started: RunStarted, name: str) -> str:
    return f"{name}Classifier" if started.n_classes else f"{name}Regressor"


def _lightgbm(point: dict[str, Any], started: RunStarted, n_rounds: int | None) -> _Written:
    arguments: dict[str, Any] = {"n_estimators": n_rounds or 100}
    for name, value in point.items():
        if name in LAYER_COORDINATES:
            continue
        off = name in OFF_BELOW and float(value) < OFF_BELOW[name]
        arguments[_LIGHTGBM_NAMES.get(name, name)] = 0.0 if off else value
    arguments |= {"subsample_freq": 1, "random_state": started.seed, "verbosity": -1}
    if started.metric in OF_MEDIANS:
        arguments["objective"] = "regression_l1"
    name = _kind(started, "LGBM")
    return _Written(_call(name, arguments), {"lightgbm": (name,)})


def _linear(point: dict[str, Any], started: RunStarted, n_rounds: int | None) -> _Written:
    del n_rounds
    if started.n_classes:
        expression = _call("LogisticRegression", {"C": point["C"], "max_iter": 1000})
        return _Written(expression, {"sklearn.linear_model": ("LogisticRegression",)}, scaled=True)
    return _Written(_call("Ridge", {"alpha": point["alpha"]}), {"sklearn.linear_model": ("Ridge",)}, scaled=True)


def _neighbours(point: dict[str, Any], started: RunStarted, n_rounds: int | None) -> _Written:
    del n_rounds
    name = _kind(started, "KNeighbors")
    arguments = {key: point[key] for key in ("n_neighbors", "weights")}
    return _Written(_call(name, arguments), {"sklearn.neighbors": (name,)}, scaled=True)


def _trees(module: str, stem: str) -> Callable[[dict[str, Any], RunStarted, int | None], _Written]:
    def write(point: dict[str, Any], started: RunStarted, n_rounds: int | None) -> _Written:
        del n_rounds
        own = {key: value for key, value in point.items() if key not in LAYER_COORDINATES}
        name = _kind(started, stem)
        return _Written(_call(name, {**own, "random_state": started.seed}), {module: (name,)}, filled=True)

    return write


_WRITERS: Mapping[str, Callable[[dict[str, Any], RunStarted, int | None], _Written]] = {
    "lightgbm": _lightgbm,
    "linear": _linear,
    "extra_trees": _trees("sklearn.ensemble", "ExtraTrees"),
    "random_forest": _trees("sklearn.ensemble", "RandomForest"),
    "decision_tree": _trees("sklearn.tree", "DecisionTree"),
    "neighbours": _neighbours,
}
