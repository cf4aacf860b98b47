"""What a correction of a model gains tells a change that errors alone do not, of any task, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from lepton_jupyter.streaming.correction_watch import CorrectionWatch
from lepton_jupyter.streaming.error_watch import ErrorWatch


def as_numbers(rows):
    return np.array([row["x"] for row in rows], dtype=np.float32), set()


def alarms(columns, outputs, truths, *, n_classes, batch=50, view=as_numbers):
    watch = CorrectionWatch(view, n_classes=n_classes)
    found = []
    for start in range(0, len(truths), batch):
        part = slice(start, start + batch)
        keys = [f"k{place}" for place in range(start, start + len(truths[part]))]
        watch.predicted(keys, [{"x": values} for values in columns[part]], outputs[part])
        for key, truth in zip(keys, truths[part], strict=True):
            watch.labelled(key, float(truth))
        alarm = watch.heard()
        if alarm is not None:
            found.append((start, alarm))
    return found


def noisy_classes(n_rows, seed, *, moved_at=None, n_classes=2):
    """Rows, what a model says that knew the concept before it moved, and the truths."""
    random = np.random.default_rng(seed)
    columns = random.uniform(-1, 1, size=(n_rows, 4))
    sums = columns[:, 0] + columns[:, 1]
    shift = np.where(np.arange(n_rows) >= (n_rows if moved_at is None else moved_at), 0.35, 0.0)
    limits = np.linspace(-0.5, 0.5, n_classes - 1) if n_classes > 2 else np.zeros(1)
    known = np.searchsorted(limits, sums)
    truths = np.searchsorted(limits, sums - shift)
    noise = random.random(n_rows) < 0.15
    truths[noise] = random.integers(0, n_classes, noise.sum())
    outputs = np.full((n_rows, n_classes), 0.15 / n_classes)
    outputs[np.arange(n_rows), known] += 0.85
    return columns, outputs, truths


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("batch", [20, 50, 1_000])
def test_a_change_is_told_once_and_soon_whatever_the_size_of_batches(n_classes, batch):
    columns, outputs, truths = noisy_classes(12_000, 0, moved_at=6_000, n_classes=n_classes)
    [(start, alarm)] = alarms(columns, outputs, truths, n_classes=n_classes, batch=batch)
    assert 6_000 <= start <= 6_000 + 3 * max(batch, 300)
    assert (alarm.subject, alarm.measure) == ("errors", "correction")
    assert alarm.value > alarm.reference > 0


def test_it_tells_what_the_mean_error_does_not():
    random = np.random.default_rng(1)
    columns = random.uniform(-1, 1, size=(4_000, 4))
    sums = columns[:, 0] + columns[:, 1]
    outputs = np.where(sums[:, None] > 0, [0.25, 0.75], [0.75, 0.25])
    # A quarter is wrong before and after: everywhere at first, then mostly beside the limit.
    strip = (sums > 0) & (sums < np.quantile(sums[sums > 0], 0.375))
    wrong = np.where(np.arange(4_000) < 2_000, 0.25, np.where(strip, 0.9, 0.1))
    truths = (sums > 0) ^ (random.random(4_000) < wrong)
    errors = 1 - outputs[np.arange(4_000), truths.astype(int)]
    watch = ErrorWatch(bounded=True)
    assert all(watch.heard(part) is None for part in errors.reshape(-1, 50))
    [(start, _)] = alarms(columns, outputs, truths, n_classes=2)
    assert start >= 2_000


@pytest.mark.parametrize("seed", range(4))
def test_a_model_that_could_always_be_corrected_is_no_alarm(seed):
    columns, outputs, truths = noisy_classes(20_000, seed, moved_at=0)
    assert alarms(columns, outputs, truths, n_classes=2) == []


def test_a_regression_is_corrected_too_and_told_in_its_own_unit():
    random = np.random.default_rng(0)
    columns = random.normal(size=(8_000, 3))
    slope = np.where(np.arange(8_000) < 4_000, 0.0, 60.0)
    truths = 1_000 + slope * columns[:, 0] + random.standard_t(2, 8_000) * 100
    outputs = np.full((8_000, 1), 1_000.0)
    assert alarms(columns[:4_000], outputs[:4_000], truths[:4_000], n_classes=0) == []
    [(start, alarm)] = alarms(columns, outputs, truths, n_classes=0)
    assert 4_000 <= start < 5_500
    assert alarm.value - alarm.reference > 1_000  # of 60²


def test_values_beyond_all_bounds_and_rows_that_cannot_be_read_spoil_nothing():
    columns, outputs, truths = noisy_classes(6_000, 2, moved_at=4_000)
    columns[::97, 0], columns[::89, 1] = 1e300, np.nan

    def view(rows):
        read = np.array([row["x"] for row in rows])
        refused = {place for place, row in enumerate(rows) if row["x"][3] > 0.9}
        with np.errstate(over="ignore"):
            return np.delete(read, sorted(refused), axis=0).astype(np.float32), refused

    [(start, _)] = alarms(columns, outputs, truths, n_classes=2, view=view)
    assert 4_000 <= start < 5_000


def test_labels_without_a_row_are_nothing_and_what_waits_is_bounded():
    watch = CorrectionWatch(as_numbers, n_classes=2)
    watch.labelled("never seen", 1.0)
    assert watch.heard() is None
    keys = [str(place) for place in range(25_000)]
    for start in range(0, 25_000, 100):
        watch.predicted(keys[start : start + 100], [{"x": [0.0]}] * 100, np.tile([0.5, 0.5], (100, 1)))
    assert len(watch._waiting) == 20_000
