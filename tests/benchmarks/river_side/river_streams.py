"""What stream_quality.py asks of the Python that has River: make its streams as files, or judge its learners on one.

python river_streams.py make FOLDER ROWS SEED | python river_streams.py STREAM FOLDER ROWS SEED
"""

from __future__ import annotations

import itertools
import sys
import time

import numpy as np
from river import datasets, ensemble, forest, preprocessing, tree
from river.datasets import synth


def streams(n_rows, seed):
    """Names and rows of all streams."""
    yield "Phishing", datasets.Phishing()
    yield "Bananas", datasets.Bananas()
    yield "ImageSegments", datasets.ImageSegments()
    for kind in ("abrupt", "gradual"):
        for name, one, other in pairs(seed):
            yield f"{name} {kind}", changing(one, other, n_rows, seed, abrupt=kind == "abrupt")
    yield "Hyperplane moving", hyperplane(seed, n_drift_features=5, mag_change=0.01)
    yield (
        "RandomRBF moving",
        synth.RandomRBFDrift(
            seed, seed, n_classes=4, n_features=10, n_centroids=30, change_speed=0.001, n_drift_centroids=30
        ),
    )


def pairs(seed):
    """The concept before, and the one after."""
    yield "SEA", *(synth.SEA(each, noise=0.1, seed=seed + each) for each in (0, 3))
    yield "Agrawal", synth.Agrawal(0, seed, perturbation=0.05), synth.Agrawal(4, seed + 1, perturbation=0.05)
    yield "RandomRBF", *(synth.RandomRBF(each, seed, n_classes=4, n_features=10, n_centroids=30) for each in (seed, 99))
    yield "Hyperplane", hyperplane(seed, n_drift_features=0), hyperplane(seed + 1, n_drift_features=0)


def hyperplane(seed, **drift):
    return synth.Hyperplane(seed=seed, n_features=10, noise_percentage=0.05, **drift)


def changing(one, other, n_rows, seed, *, abrupt):
    """Rows of one, in the middle of the stream of the other: at once, or over a fifth of the rows."""
    half = n_rows // 2
    if abrupt:
        # ConceptDriftStream computes exp(rows beyond the change): with a width of 1 it overflows after 710 of them.
        return itertools.chain(itertools.islice(one, half), other)
    return synth.ConceptDriftStream(one, other, position=half, width=n_rows // 5, seed=seed)


def make(folder, n_rows, seed):
    for name, stream in streams(n_rows, seed):
        rows, labels = [], []
        for x, label in itertools.islice(stream, n_rows):
            rows.append([float(value) for value in x.values()])
            labels.append(label)
        codes = {label: code for code, label in enumerate(sorted(set(labels), key=str))}
        truths = np.array([codes[label] for label in labels])
        np.savez(f"{folder}/{name}.npz", X=np.array(rows, dtype=np.float32), y=truths)


def judge(name, folder, seed):
    kinds = {
        "Adaptive random forest": forest.ARFClassifier(seed=seed),
        "SRP": ensemble.SRPClassifier(seed=seed),
        "Hoeffding adaptive tree": tree.HoeffdingAdaptiveTreeClassifier(seed=seed),
    }
    table = np.load(f"{folder}/{name}.npz")
    n_classes = int(table["y"].max()) + 1
    for kind, learner in kinds.items():
        model = preprocessing.StandardScaler() | learner
        chances = np.full((len(table["y"]), n_classes), 1 / n_classes)
        began = time.process_time()
        for place, (row, label) in enumerate(zip(table["X"].tolist(), table["y"].tolist(), strict=True)):
            x = dict(enumerate(row))
            said = model.predict_proba_one(x)
            if said:
                chances[place] = [said.get(code, 0.0) for code in range(n_classes)]
            model.learn_one(x, label)
        np.savez(f"{folder}/{name}.{kind}.npz", chances=chances, seconds=time.process_time() - began)


if __name__ == "__main__":
    todo, into, number, seeded = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    if todo == "make":
        make(into, number, seeded)
    else:
        judge(todo, into, seeded)
