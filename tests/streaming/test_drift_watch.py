"""Drift in a stream: a stationary one raises no alarm, an abrupt one raises it soon, and the log holds no value."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from streaming.drifting_rows import sea

from lepton_jupyter import fit, stream
from lepton_jupyter.evaluation.column_reference import ColumnReference, references_of
from lepton_jupyter.events.run_events import WarningRaised
from lepton_jupyter.events.stream_events import DriftDetected, DriftPassed
from lepton_jupyter.exceptions.lepton_error import LeptonError
from lepton_jupyter.streaming.column_watch import ColumnWatch
from lepton_jupyter.streaming.error_watch import ErrorWatch

PATIENCE = 120.0


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LEPTON_CLUSTER", "off")
        return fit(sea(2_000, 8.0, 0), target="label", budget="4trials", folds=3, learners=["lightgbm"], wait=True)


def alarms(streamed):
    return [each.event for each in streamed.events if isinstance(each.event, DriftDetected)]


def test_a_stationary_stream_raises_no_alarm(run):
    streamed = stream(run, source=sea(20_000, 8.0, 1), sink=lambda _: None, labels="label").wait(PATIENCE)
    assert alarms(streamed) == []
    assert streamed.stats["drifts"] == []
    assert streamed.stats["n_labels"] == 20_000


def test_an_abrupt_change_of_the_concept_is_an_alarm_about_errors_alone(run):
    rows = pd.concat([sea(6_000, 8.0, 2), sea(4_000, 11.0, 3)], ignore_index=True)
    streamed = stream(run, source=rows, sink=lambda _: None, labels="label").wait(PATIENCE)
    (alarm,) = alarms(streamed)
    assert (alarm.subject, alarm.column) == ("errors", "")
    assert alarm.value > alarm.reference
    assert "drift of errors" in streamed.formats()["text/plain"]
    assert "errors grew from" in streamed.formats()["text/html"]


def test_columns_and_predictions_that_moved_are_named_and_no_label_is_needed(run):
    rows = sea(3_000, 8.0, 4).drop(columns="label")
    rows["b"] = rows["b"] * 0.4 + 5
    streamed = stream(run, source=rows, sink=lambda _: None).wait(PATIENCE)
    assert {(alarm.subject, alarm.column) for alarm in alarms(streamed)} == {
        ("feature", "b"),
        ("prediction", "probability_yes"),
    }
    assert {alarm.measure for alarm in alarms(streamed)} <= {"PSI", "KS"}


def test_rows_that_are_parsed_together_are_watched_as_well(run, tmp_path):
    rows = sea(3_000, 8.0, 4).drop(columns="label")
    (rows * [1.0, 0.4, 1.0]).to_json(tmp_path / "rows.jsonl", orient="records", lines=True)
    streamed = stream(run, source=tmp_path / "rows.jsonl", sink=lambda _: None, until_end=True).wait(PATIENCE)
    assert ("feature", "b") in {(alarm.subject, alarm.column) for alarm in alarms(streamed)}
    assert not {alarm.column for alarm in alarms(streamed)} & {"a", "c"}


def test_who_ignores_drift_is_told_nothing_and_another_word_is_refused(run):
    rows = sea(2_000, 8.0, 4).assign(a=0.0)
    assert alarms(stream(run, source=rows, sink=lambda _: None, on_drift="ignore").wait(PATIENCE)) == []
    with pytest.raises(LeptonError, match="on_drift"):
        stream(run, source=rows, sink=lambda _: None, on_drift="panic")


def test_the_reference_holds_no_row_and_a_run_without_one_says_so(run):
    path = run.folder.path / "reference.json"
    kept = path.read_text()
    assert [each["name"] for each in json.loads(kept)] == ["a", "b", "c"]
    path.unlink()
    try:
        streamed = stream(run, source=sea(10, 8.0, 4), sink=lambda _: None).wait(PATIENCE)
    finally:
        path.write_text(kept)
    warned = [each.event.text for each in streamed.events if isinstance(each.event, WarningRaised)]
    assert "not watched for drift" in warned[0]


def test_a_column_is_told_once_until_it_has_passed():
    random, now = np.random.default_rng(0), [0.0]
    reference = ColumnReference.of("x", random.normal(size=5_000))
    watch = ColumnWatch(
        [reference], [], lambda rows: np.array([[row["x"]] for row in rows]), window_rows=300, clock=lambda: now[0]
    )
    told = []
    for shift in (0.0, 2.0, 2.0, 0.4, 0.0, 2.0):
        now[0] += 1.0
        told.append([type(event) for event in watch.saw([{"x": x} for x in random.normal(shift, 1, 300)], None)])
    assert told == [[], [DriftDetected], [], [], [DriftPassed], [DriftDetected]]
    assert list(watch.saw([{"x": 0.0}] * 300, None)) == []  # a fast stream is sampled


def test_outputs_are_watched_beside_the_columns_in_whatever_batches_they_come():
    random = np.random.default_rng(0)
    outputs = random.dirichlet([2, 5], 2_000)
    watch = ColumnWatch([], references_of(["p"], outputs[:, 1:]), np.zeros, window_rows=500)
    moved = random.dirichlet([5, 2], 700)
    told = [event for part in np.split(moved, 7) for event in watch.saw([{}] * 100, part)]
    assert [(event.subject, event.column, event.n_rows) for event in told] == [("prediction", "p", 500)]


def test_distances_of_a_regression_are_told_in_their_own_unit():
    random = np.random.default_rng(0)
    watch = ErrorWatch(bounded=False)
    distances = np.abs(random.normal(0, np.repeat([100.0, 300.0], [4_000, 2_000])))
    found = [alarm for part in distances.reshape(-1, 50) if (alarm := watch.heard(part))]
    assert len(found) == 1
    assert 40 < found[0].reference < 100
    assert found[0].value > 1.5 * found[0].reference
