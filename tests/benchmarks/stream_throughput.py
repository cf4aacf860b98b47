"""Rows that one stream scores, stores and commits for a second of processor, and what a single row costs.

One LightGBM of 200 trees on numbers, texts and missing values; rows are JSON. Figures are per second of this process's
own CPU time, which a busy machine changes less than its clock; brokers work in processes of their own. Beside them:
scikit-learn's ``predict_proba`` of a pipeline with the same booster, on a data frame of one row. Redis needs
``redis-server`` and the extra ``stream``.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ["LEPTON_HOME"] = tempfile.mkdtemp(prefix="lepton-benchmark-")
os.environ["LEPTON_CLUSTER"] = "off"
sys.path.insert(0, str(Path(__file__).parents[1]))

import lightgbm
import numpy as np
import pandas as pd
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OrdinalEncoder
from streaming.redis_server import RedisServer

from lepton_jupyter.compilation.lightgbm_calls import LightGBMCalls
from lepton_jupyter.learners.lightgbm import LightGBMModel
from lepton_jupyter.notebook.champion import CompiledPredictor, compiled_scorer
from lepton_jupyter.notebook.fitting import fit
from lepton_jupyter.notebook.model_scorer import ModelScorer
from lepton_jupyter.notebook.starting_streams import stream
from lepton_jupyter.preprocessing.row_reading import RowReader

N_ROWS = int(os.environ.get("LEPTON_STREAM_ROWS", "50000"))


def made(n_rows: int, seed: int) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    frame = pd.DataFrame(random.normal(size=(n_rows, 20)), columns=[f"x{place}" for place in range(20)])
    risk = frame["x0"] + frame["x1"] * frame["x2"] + random.logistic(size=n_rows) / 2
    frame["town"] = random.choice(["Ulm", "Bonn", "Köln", "Kiel"], n_rows)
    frame["plan"] = random.choice(["basic", "plus", "max"], n_rows)
    frame.loc[random.random(n_rows) < 0.1, "x3"] = np.nan
    return frame.assign(churn=np.where(risk > 0, "yes", "no"))


def least_microseconds(call, n_times=200):
    taken = []
    for _ in range(n_times):
        began = time.perf_counter()
        call()
        taken.append(time.perf_counter() - began)
    return 1e6 * min(taken)


def show_microseconds(what, call, n_rows=1):
    microseconds = least_microseconds(call, 200 if n_rows == 1 else 5) / n_rows
    print(f"  {what:<55} {microseconds:>10,.1f} µs")


def streamed(run, source, sink, **wishes):
    began, on_clock = time.process_time(), time.monotonic()
    flowing = stream(run, source=source, sink=sink, **wishes).wait()
    cpu, clock = time.process_time() - began, time.monotonic() - on_clock
    return f"{N_ROWS / cpu:>10,.0f} rows/CPU s {N_ROWS / clock:>10,.0f} rows/s on the clock", flowing


def compare_scorers(run, table, rows) -> None:
    booster = lightgbm.LGBMClassifier(n_estimators=200, n_jobs=1, verbose=-1)
    predictor = run.best_predictor()
    plain = ModelScorer(predictor, target="churn", label=run.best_label)
    scorer, compiled = compiled_scorer(predictor, target="churn", label=run.best_label)
    pipeline = make_pipeline(
        make_column_transformer(
            (OrdinalEncoder(), make_column_selector(dtype_exclude="number")),
            (SimpleImputer(), make_column_selector(dtype_include="number")),
        ),
        booster,
    ).fit(table.drop(columns="churn"), table["churn"])
    one, frame = rows.iloc[0].to_dict(), rows.iloc[:1]
    models = [model for member in predictor.members for model in member.models]
    n_trees = sum(model.text.count("\nTree=") for model in models if isinstance(model, LightGBMModel))
    print(f"\n{run.best_label}: {len(models)} fold models, {n_trees:,} trees; {N_ROWS:,} rows of 22 columns")
    print(f"compiled in {compiled.seconds:.1f} s to {dict(compiled.how)}, {compiled.n_rows:,} rows compared: "
          f"{compiled.largest_difference or 0:.1e} away at most, {compiled.n_flipped} decided otherwise")  # fmt: skip
    print("one row of JSON's values:")
    show_microseconds("scorer of the stream", lambda: scorer.score([one]))
    show_microseconds("the same, not compiled", lambda: plain.score([one]))
    show_microseconds("scikit-learn's pipeline of 200 trees on a data frame", lambda: pipeline.predict_proba(frame))
    ready, _ = RowReader(predictor.recipe).read([one], predictor.views)
    pool = CompiledPredictor(predictor).pool
    print("the same models on a ready array of one row:")
    show_microseconds("compiled", lambda: pool.predict(ready))
    calls = [LightGBMCalls(model.text) for model in models if isinstance(model, LightGBMModel)]
    if len(calls) == len(models):
        show_microseconds("LightGBM's own single-row calls", lambda: [each.sums(ready["tree"]) for each in calls])
    many = rows.head(4096).astype(object).where(rows.head(4096).notna(), None).to_dict("records")
    ready, _ = RowReader(predictor.recipe).read(many, predictor.views)
    print("a row of 4,096:")
    show_microseconds("scorer of the stream", lambda: scorer.score(many), 4096)
    show_microseconds("compiled, on a ready array", lambda: pool.predict(ready), 4096)
    if len(calls) == len(models):
        show_microseconds(
            "LightGBM itself, on a ready array", lambda: [each.sums(ready["tree"]) for each in calls], 4096
        )
    show_microseconds("scikit-learn's pipeline of 200 trees", lambda: pipeline.predict_proba(rows.head(4096)), 4096)


def compare_ends(run, rows) -> None:
    folder = Path(tempfile.mkdtemp(prefix="lepton-benchmark-"))
    print("table → function     ", streamed(run, rows, lambda _: None)[0])
    print("table → SQLite       ", streamed(run, rows, f"sqlite:///{folder}/scored.db?table=scores")[0])
    rows.to_json(folder / "rows.jsonl", orient="records", lines=True)
    print("JSON lines → Parquet ", streamed(run, folder / "rows.jsonl", folder / "scored", until_end=True)[0])
    if shutil.which("redis-server") is None:
        return
    server = RedisServer(folder)
    with server.client() as client:
        pipe = client.pipeline(transaction=False)
        for line in (folder / "rows.jsonl").read_text().splitlines():
            pipe.xadd("orders", {"row": line})
        pipe.execute()
        began, on_clock = time.process_time(), time.monotonic()
        flowing = stream(run, source=f"{server.address}/orders", sink=f"{server.address}/scored?as=hash")
        while client.hlen("scored") < N_ROWS:
            time.sleep(0.1)
        cpu, clock = time.process_time() - began, time.monotonic() - on_clock
        print(f"Redis → Redis          {N_ROWS / cpu:>10,.0f} rows/CPU s {N_ROWS / clock:>10,.0f} rows/s on the clock")
        flowing.stop()
        flowing.settle()
    server.kill()


def main() -> None:
    table, rows = made(5_000, 0), made(N_ROWS, 1).drop(columns="churn")
    run = fit(table, target="churn", budget="2trials", learners=["lightgbm"], prefer="speed", folds=2, wait=True)
    compare_scorers(run, table, rows)
    compare_ends(run, rows)


if __name__ == "__main__":
    main()
