"""Online learners of a stream beside River's, prequentially: each row is predicted before its label is learnt from.

River stands in an environment of its own, and tables go between as files:

    python -m venv DIR && DIR/bin/pip install river
    python tests/benchmarks/stream_quality.py --river DIR/bin/python [--rows 5000] [--seeds 1]

Streams are those that River's wheel holds and its seeded generators with abrupt or gradual drift. Ours learn in batches
of 50 labels, River's after each row. Seconds are CPU time of learning and predicting on one thread. River's ensembles
may use as many models as they come with. Then the drift policy on the same streams, told by the errors of a frozen
LightGBM of the first rows: false alarms before the drift, and labels until the first alarm after it.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

BATCH = 50
#: Row at which a generator's concept changes, as a part of the stream, and over how many rows.
CHANGE = 0.5

RIVER = Path(__file__).parent / "river_side" / "river_streams.py"


def ours(X, y, n_classes, wish):
    from lepton_jupyter.streaming.online_learner import online_learner

    learner = online_learner(wish, n_classes=n_classes)
    chances = np.full((len(y), n_classes), 1 / n_classes)
    # As the recipe of a model scales, by what there was before the stream: its first rows stand for that.
    first = X[:200]
    X = ((X - first.mean(axis=0)) / np.maximum(first.std(axis=0), 1e-9)).astype(np.float32)
    began = time.process_time()
    for start in range(0, len(y), BATCH):
        part = slice(start, start + BATCH)
        if start:
            chances[part] = learner.predict(X[part])
        learner.learn(X[part], y[part].astype(float))
    return chances, time.process_time() - began


def scored(y, chances):
    """Accuracy and Brier score, from the second batch on: before it nobody has learnt."""
    y, chances = y[BATCH:], chances[BATCH:]
    total = chances.sum(axis=1, keepdims=True)
    even = np.full_like(chances, 1 / chances.shape[1])
    chances = np.where(total > 0, chances / np.where(total > 0, total, 1), even)
    true = np.eye(chances.shape[1])[y]
    return float((chances.argmax(axis=1) == y).mean()), float(((chances - true) ** 2).sum(axis=1).mean())


def alarms(X, y, n_classes, *, corrects=True):
    """Labels at which the drift policy tells of one, by errors of a model of the first fifth and what corrects them."""
    import lightgbm

    from lepton_jupyter.streaming.correction_watch import CorrectionWatch
    from lepton_jupyter.streaming.error_watch import ErrorWatch

    known = len(y) // 5
    model = lightgbm.LGBMClassifier(n_estimators=50, num_leaves=15, n_jobs=1, verbosity=-1).fit(X[:known], y[:known])
    chances = np.zeros((len(y) - known, n_classes))
    chances[:, model.classes_] = model.predict_proba(X[known:])
    errors = 1 - chances[np.arange(len(chances)), y[known:]]
    scaled = (X - X[:known].mean(axis=0)) / np.maximum(X[:known].std(axis=0), 1e-9)
    watch = ErrorWatch(bounded=True)
    correction = CorrectionWatch(lambda rows: (np.array(rows), set()), n_classes=n_classes)
    told = []
    for start in range(0, len(errors), BATCH):
        part = slice(start, start + BATCH)
        keys = [str(place) for place in range(len(errors[part]))]
        correction.predicted(keys, scaled[known:][part], chances[part])
        for key, truth in zip(keys, y[known:][part].tolist(), strict=True):
            correction.labelled(key, truth)
        # As the judge of a stream's loop asks them.
        by_errors = watch.heard(errors[part])
        if by_errors is None and (not corrects or correction.heard() is None):
            continue
        told.append(known + start + BATCH)
        watch.reset()
        correction.reset()
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--river", default=os.environ.get("LEPTON_RIVER", ""), help="a Python that has River")
    parser.add_argument("--rows", type=int, default=5_000)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--alarms", action="store_true", help="the drift policy alone")
    parser.add_argument("--errors-alone", action="store_true", help="the drift policy without corrections")
    parser.add_argument("--only", default="", help="streams whose names hold this")
    chosen = parser.parse_args()
    if not chosen.river:
        print("Skipped: no Python with River is named; see --help.")
        return
    wins = n_streams = 0
    print(f"Up to {chosen.rows:,} rows, accuracy % / Brier / CPU s; * the best accuracy")
    for seed in range(chosen.seeds):
        with tempfile.TemporaryDirectory() as folder:

            def river(todo, folder=folder, seed=seed):
                command = [chosen.river, str(RIVER), todo, folder, str(chosen.rows), str(seed)]
                subprocess.run(command, check=True, env={**os.environ, "PYTHONPATH": ""})

            river("make")
            made = [each for each in sorted(Path(folder).glob("*.npz")) if chosen.only in each.name]
            for path in made:
                table = np.load(path)
                X, y = table["X"], table["y"]
                n_classes = int(y.max()) + 1
                found = {}
                for wish in () if chosen.alarms else ("boosting", "linear"):
                    chances, seconds = ours(X, y, n_classes, wish)
                    found[f"ours: {wish}"] = (*scored(y, chances), seconds)
                if not chosen.alarms:
                    river(path.stem)
                for name in () if chosen.alarms else ("Adaptive random forest", "SRP", "Hoeffding adaptive tree"):
                    said = np.load(f"{folder}/{path.stem}.{name}.npz")
                    found[name] = (*scored(y, said["chances"]), float(said["seconds"]))
                best = max(found, key=lambda name: found[name][0], default="")
                n_streams += 1
                wins += best.startswith("ours")
                # Gradual drift takes a fifth of the stream, about its middle.
                change = int((CHANGE - (0.1 if path.stem.endswith("gradual") else 0.0)) * len(y))
                told = alarms(X, y, n_classes, corrects=not chosen.errors_alone)
                drifts = path.stem.endswith(("abrupt", "gradual"))
                false = [each for each in told if not drifts or each <= change]
                after = next((each - change for each in told if drifts and each > change), None)
                print(f"\n{path.stem}, seed {seed}, {len(y):,} rows, {n_classes} classes", flush=True)
                for name, (accuracy, brier, seconds) in found.items():
                    mark = "*" if name == best else " "
                    print(f"  {mark} {name:26} {100 * accuracy:6.2f} {brier:7.4f} {seconds:8.2f}")
                late = f", first alarm {after:,} labels after it began" if after is not None else ""
                unsaid = ", the change was not told" if drifts and after is None else ""
                moving = "alarms" if path.stem.endswith("moving") else "false alarms"
                print(f"    drift policy: {len(false)} {moving}{late}{unsaid}", flush=True)
    if not chosen.alarms:
        print(f"\nThe best accuracy was ours in {wins} of {n_streams} streams.")


if __name__ == "__main__":
    sys.exit(main())
