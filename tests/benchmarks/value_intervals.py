"""Intervals of values: how many targets they hold, how wide they are, and what their quantiles lose, beside others'.

Run: ``python tests/benchmarks/value_intervals.py [FOLDER] [--budget SECONDS] [--tables NAME ...]``. Each way has the
same rows and says 5 %, 50 % and 95 % quantiles of held-out rows: this project's (conformal, from the folds of one
search), LightGBM fitted once for each quantile with early stopping on a fifth of the rows, and, where MAPIE is
installed, its CV+ on LightGBM, whose middle is the prediction. Columns: share of the targets within 5 % to 95 %
(goal: 90 %, within three standard errors of so many rows), mean width and mean pinball loss [1]_ (goal: none loses
less), both in standard deviations of the target, and seconds. A folder holds NAME.train.parquet, NAME.test.parquet and
index.json, which names target and task of each.

.. [1] R. Koenker, G. Bassett. Regression quantiles. Econometrica 46(1):33-50, 1978.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ["LEPTON_HOME"] = tempfile.mkdtemp(prefix="lepton-benchmark-")
os.environ["LEPTON_CLUSTER"] = "off"

import lightgbm
import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split

from lepton_jupyter import LeptonRegressor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    Way = Callable[[pd.DataFrame, pd.Series, pd.DataFrame, float], NDArray[np.float64]]

QUANTILES = (0.05, 0.5, 0.95)
WITHIN = QUANTILES[-1] - QUANTILES[0]


def ours(X: pd.DataFrame, y: pd.Series, test: pd.DataFrame, budget: float) -> NDArray[np.float64]:
    """Of one search."""
    return np.asarray(LeptonRegressor(budget, verbose=0).fit(X, y).predict_quantiles(test, QUANTILES))


def lightgbm_quantiles(X: pd.DataFrame, y: pd.Series, test: pd.DataFrame, _: float) -> NDArray[np.float64]:
    """A model for each quantile, sorted where they cross."""
    X, test = _categories(X, test)
    parts = train_test_split(X, y, test_size=0.2, random_state=0)
    found = []
    for quantile in QUANTILES:
        model = lightgbm.LGBMRegressor(
            objective="quantile", alpha=quantile, n_estimators=5_000, learning_rate=0.05, random_state=0, verbose=-1
        )
        model.fit(
            parts[0], parts[2], eval_set=[(parts[1], parts[3])], callbacks=[lightgbm.early_stopping(50, verbose=False)]
        )
        found.append(model.predict(test))
    return np.sort(np.column_stack(found), axis=1)


def mapie_cross(X: pd.DataFrame, y: pd.Series, test: pd.DataFrame, _: float) -> NDArray[np.float64]:
    """CV+ of five folds on LightGBM as it comes."""
    from mapie.regression import CrossConformalRegressor

    X, test = _categories(X, test)
    model = CrossConformalRegressor(
        lightgbm.LGBMRegressor(random_state=0, verbose=-1), confidence_level=0.9, method="plus", cv=5
    )
    middle, bounds = model.fit_conformalize(X, y).predict_interval(test)
    return np.column_stack([bounds[:, 0, 0], middle, bounds[:, 1, 0]])


def _categories(X: pd.DataFrame, test: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Text as categories of the training rows, as LightGBM takes it, and names that it takes."""
    X, test = X.copy(), test.copy()
    for name in X.columns:
        if not pd.api.types.is_numeric_dtype(X[name]):
            levels = pd.CategoricalDtype(sorted(X[name].dropna().astype(str).unique()))
            X[name], test[name] = (part[name].astype("str").astype(levels) for part in (X, test))
    names = [f"c{place}" for place in range(X.shape[1])]
    return X.set_axis(names, axis=1), test.set_axis(names, axis=1)


def pinball(y: NDArray[np.float64], found: NDArray[np.float64]) -> float:
    """Mean pinball loss over rows and quantiles."""
    off = y[:, None] - found
    return float(np.maximum(np.array(QUANTILES) * off, (np.array(QUANTILES) - 1) * off).mean())


def generated() -> Iterator[tuple[str, str, pd.DataFrame, pd.DataFrame]]:
    """Tables drawn from a seed: the same noise everywhere, noise that grows with a column, noise with a long tail."""
    for name in ("even noise", "growing noise", "long tail"):
        random = np.random.default_rng(len(name))
        x = random.uniform(-1, 1, size=(4_000, 8))
        signal = 2 * x[:, 0] + x[:, 1] * x[:, 2] + np.sin(3 * x[:, 3])
        noise = random.gumbel(size=len(x)) if name == "long tail" else random.normal(size=len(x))
        scale = 0.1 + 0.9 * (x[:, 4] > 0) if name == "growing noise" else 0.5
        table = pd.DataFrame(x).add_prefix("x").assign(y=signal + scale * noise)
        yield name, "y", table.iloc[:2_000], table.iloc[2_000:]


def stored(folder: Path, names: list[str] | None) -> Iterator[tuple[str, str, pd.DataFrame, pd.DataFrame]]:
    """Name, target, training and held-out rows of the regression tables of a folder."""
    for name, told in json.loads((folder / "index.json").read_text("utf-8")).items():
        if told["task"] == "regression" and (not names or name in names):
            train, test = (pd.read_parquet(folder / f"{name}.{part}.parquet") for part in ("train", "test"))
            yield name, told["target"], train, test


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--budget", type=float, default=10.0, help="seconds of the search")
    parser.add_argument("--tables", nargs="*")
    options = parser.parse_args()
    ways: dict[str, Way] = {"lepton": ours, "LightGBM quantile": lightgbm_quantiles}
    if importlib.util.find_spec("mapie"):
        ways["MAPIE CV+"] = mapie_cross
    else:
        print("MAPIE is not installed: pip install mapie")
    as_promised, least_loss = {}, {}
    for name, target, train, test in stored(options.folder, options.tables) if options.folder else generated():
        losses = {}
        X, y = train.drop(columns=target), train[target].astype(float)
        truth, spread = test[target].to_numpy(float), float(y.std())
        for way, predict in ways.items():
            began = time.monotonic()
            found = predict(X, y, test.drop(columns=target), options.budget)
            seconds = time.monotonic() - began
            held = np.mean((found[:, 0] <= truth) & (truth <= found[:, -1]))
            width = float((found[:, -1] - found[:, 0]).mean()) / spread
            losses[way] = pinball(truth, found) / spread
            told = f"{held:6.1%} within, width {width:.3f}, pinball {losses[way]:.4f}, {seconds:5.1f} s"
            print(f"{name:12s} {way:18s} {told}", flush=True)
            if way == "lepton":
                as_promised[name] = abs(held - WITHIN) <= 3 * (WITHIN * (1 - WITHIN) / len(truth)) ** 0.5
        least_loss[name] = losses["lepton"] <= min(losses.values())
    print()
    print(verdict(f"{WITHIN:.0%} of the targets within, by three standard errors", as_promised))
    print(verdict("no other way loses less", least_loss))


def verdict(goal: str, on_table: dict[str, bool]) -> str:
    """A line of a goal, and on which tables it is met.

    Examples
    --------
    >>> verdict("no other way loses less", {"ames": True, "wine": False})
    'goal: no other way loses less: not met, on 1 of 2 tables; not on wine'
    """
    missed = [name for name, met in on_table.items() if not met]
    found = f"on {len(on_table) - len(missed)} of {len(on_table)} tables"
    return f"goal: {goal}: {'not met' if missed else 'met'}, {found}" + (
        f"; not on {', '.join(missed)}" if missed else ""
    )


if __name__ == "__main__":
    main()
