"""A comm that records, a run to show, and a clock that stands still: real widgets without a kernel."""

from __future__ import annotations

import json
from dataclasses import replace

import comm
import pytest
from comm.base_comm import BaseComm

from lepton_jupyter.events.messages import BoardRow, HistoryPoint, LogLine, PathPicture, PathPoint, RunPanelMessage
from lepton_jupyter.events.run_events import ColumnTreatment
from lepton_jupyter.widgets.run_widget import RunWidget


class RecordingComm(BaseComm):
    """A comm whose page is a list."""

    def __init__(self, *args, **kwargs):
        self.sent = []
        super().__init__(*args, **kwargs)

    def publish_msg(self, msg_type, data=None, metadata=None, buffers=None, **keys):
        self.sent.append((msg_type, json.loads(json.dumps(data or {}))))

    @property
    def heads(self):
        return [
            data["state"]["head"]
            for kind, data in self.sent
            if kind == "comm_msg" and data.get("method") == "update" and "head" in data["state"]
        ]

    def receive(self, content):
        """Deliver a message as the page would send it."""
        data = {"method": "custom", "content": content}
        self.handle_msg({"content": {"comm_id": self.comm_id, "data": data}, "buffers": []})


@pytest.fixture(autouse=True)
def recording_comms(monkeypatch):
    monkeypatch.setattr(comm, "create_comm", RecordingComm)


class StillClock:
    """A clock that moves when it is told to."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return StillClock()


@pytest.fixture
def message():
    return RunPanelMessage(
        sequence=1, run_id="r1", name="run", state="running", detail="", target="churn", task="binary",
        metric_label="AUC", greater_is_better=True, score=0.86, score_error=0.009, best_label="LightGBM", gain=None,
        budget_seconds=30.0, budget_trials=None, reserve_seconds=2.5, elapsed_seconds=1.0, n_trials=1, n_workers=2,
        executor="threads", baselines=(), history=(), paths=(), rows=(), n_rows=0, columns=(), n_columns=0,
        columns_summary="", log=(), notices=(),
    )  # fmt: skip


@pytest.fixture
def make_large(message):
    def make(*, rows=0, history=0, log=0, columns=0, steps=0, text="31 leaves, rate 0.046"):
        return replace(
            message,
            n_rows=rows,
            n_columns=columns,
            rows=tuple(
                BoardRow(
                    trial_id=k, rank=k, family="boosting", label="LightGBM", description=text, score=0.86 - k / 1e4,
                    score_error=0.01, difference=-k / 1e4, difference_error=0.001, tied=False,
                    fold_scores=(0.86, 0.85, 0.87, 0.86, 0.85), gap=0.02, fit_seconds=0.6, row_milliseconds=0.2,
                    size_bytes=600_000, on_frontier=False, members=(),
                )
                for k in range(rows)
            ),
            history=tuple(
                HistoryPoint(
                    trial_id=k, elapsed_seconds=k / 10, score=0.8, family="boosting", improved=k % 50 == 0,
                    best_score=0.86, best_error=0.009,
                )
                for k in range(history)
            ),
            log=tuple(LogLine(elapsed_seconds=float(k), text=f"line {k}: {text}", level="info") for k in range(log)),
            columns=tuple(
                ColumnTreatment(
                    name=f"c{k}", kind="number", treatment=text, reason=text, missing_share=0.0, n_distinct=9
                )
                for k in range(columns)
            ),
            paths=(
                PathPicture(
                    learner="lightgbm", label="LightGBM", family="boosting", x_name="learning rate", y_name="leaves",
                    x_log=True, y_log=True,
                    points=tuple(
                        PathPoint(trial_id=k, x=0.1, y=31.0, score=0.8, accepted=True, step_size=1.0)
                        for k in range(steps)
                    ),
                ),
            ),
        )  # fmt: skip

    return make


@pytest.fixture
def widget(message):
    made = RunWidget(message)
    yield made
    made.close()
