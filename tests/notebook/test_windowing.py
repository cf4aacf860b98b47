"""A model that learnt from windows predicts a stream as it predicts the table, whatever order its rows come in."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lepton_jupyter import fit, predict, stream, window_features
from lepton_jupyter.events.stream_events import WatermarkMoved
from lepton_jupyter.exceptions.lepton_error import LeptonError

PATIENCE = 120.0
WINDOWS = {"window": ["1m", "2m/30s", "session:20s"], "entity": "who", "time": "at", "lateness": "10s"}


def orders(n_rows, seed):
    random = np.random.default_rng(seed)
    at = np.sort(random.uniform(0, n_rows, n_rows)).round(3)
    who = random.integers(0, 5, n_rows)
    amount = random.gamma(2, 10, n_rows) * (1 + who)
    return pd.DataFrame({"at": at, "who": who, "amount": amount.round(2)})


@pytest.fixture
def table():
    wide = window_features(orders(600, 0), columns="amount", lags=2, **WINDOWS)
    usual = wide["amount_mean_1m"].fillna(30)
    return wide.assign(large=np.where(wide["amount"] > usual, "yes", "no"))


@pytest.fixture
def run(table):
    learnt = table.drop(columns=["at", "who"])
    return fit(learnt, target="large", budget="2trials", folds=2, learners=["lightgbm"], wait=True)


def test_rows_that_come_in_another_order_are_predicted_as_in_a_table(run):
    rows = orders(300, 1)
    wide = window_features(rows, columns="amount", lags=2, **WINDOWS)
    expected = predict(wide.drop(columns=["at", "who"]), run=run, proba=True)
    delay = np.random.default_rng(2).uniform(0, 10, len(rows))
    came = rows.assign(id=range(len(rows))).iloc[np.argsort(rows["at"] + delay)].to_dict("records")
    seen = []
    streamed = stream(
        run, source=iter(came), sink=seen.extend, key="id", keep=["amount_mean_1m", "rows_session_20s"], **WINDOWS
    ).wait(PATIENCE)
    found = pd.DataFrame(seen).set_index("id")
    found.index = found.index.astype(int)
    found = found.sort_index()
    assert np.allclose(found["probability_yes"], expected["yes"], atol=1e-6)
    means = found["amount_mean_1m"].astype(float)
    assert np.allclose(means, wide["amount_mean_1m"], equal_nan=True)
    assert found["rows_session_20s"].tolist() == wide["rows_session_20s"].tolist()
    moved = [each.event for each in streamed.events if isinstance(each.event, WatermarkMoved)]
    assert sum(event.n_late for event in moved) == 0
    assert 0 < moved[-1].n_held < 100
    assert "Watermark" in streamed.formats()["text/plain"]


def test_late_rows_are_predicted_counted_and_shown_and_rows_without_a_time_are_dead_letters(run):
    rows = [{"at": at, "who": 1, "amount": 5.0} for at in (0, 100, 95, 40, 200)]
    streamed = stream(run, source=iter([*rows, {"who": 1, "amount": 5.0}]), sink=lambda _: None, **WINDOWS)
    message = streamed.wait(PATIENCE).message()
    assert (message.n_stored, message.n_dead, message.n_late) == (5, 1, 1)
    assert message.watermark == "1970-01-01 00:03:10"
    assert "Late rows" in streamed.formats()["text/html"]


def test_a_table_keeps_its_order_and_what_it_had(table):
    shuffled = orders(600, 0).sample(frac=1.0, random_state=0)
    wide = window_features(shuffled, columns="amount", lags=2, **WINDOWS)
    assert wide.index.tolist() == shuffled.index.tolist()
    pd.testing.assert_frame_equal(wide.sort_index(), table.drop(columns="large"))


@pytest.mark.mistake
def test_windows_that_cannot_be_made_are_said(run, churn):
    rows = orders(5, 0)
    for wish, said in (
        ({"window": "10m"}, "--window needs --time COLUMN"),
        ({"entity": "who"}, "--entity needs --time COLUMN"),
        ({"lateness": "5s"}, "--lateness needs --window"),
        ({"window": "often", "time": "at"}, "'often' is not a window"),
        ({"window": "7m", "time": "at", "keep": ["amount"], "on_drift": "ignore"}, None),
    ):
        if said is None:  # the model still reads lags
            stream(run, source=rows, sink=lambda _: None, **wish).wait(PATIENCE)
            continue
        with pytest.raises(LeptonError, match=said):
            stream(run, source=rows, sink=print, **wish)
    plain = fit(churn, target="churn", budget="1trials", folds=2, learners=["linear"], wait=True)
    with pytest.raises(LeptonError, match="reads no column of these windows, such as 'rows_7m'"):
        stream(plain, source=rows, sink=print, window="7m", time="at")
    with pytest.raises(LeptonError, match="holds no time in 1 rows"):
        window_features(rows.assign(at=[0, 1, None, 2, 3]), time="at", window="1m", columns="amount")
    with pytest.raises(LeptonError, match="no column 'amont'"):
        window_features(rows, time="at", window="1m", columns="amont")
