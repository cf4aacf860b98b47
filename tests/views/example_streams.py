"""Realistic streams as lists of logged events, for tests and for the golden files; the same on every machine."""

from __future__ import annotations

from views.example_runs import MARKUP, VERSIONS, ExampleRun

from lepton_jupyter.events.run_events import StopRequested
from lepton_jupyter.events.stream_events import (
    BoostingContinued,
    ChallengerDropped,
    ChallengerFound,
    ChallengerPromoted,
    ChallengerSought,
    ChampionCompiled,
    ChampionRestored,
    ConnectionLost,
    ConnectionRegained,
    DriftDetected,
    DriftPassed,
    LearnerTakenUp,
    LoopLost,
    LoopPlaced,
    OffsetsCommitted,
    RowsQuarantined,
    SecondPassed,
    StreamContinued,
    StreamEnded,
    StreamPaused,
    StreamStarted,
    WatermarkMoved,
)


def started(**changes: object) -> StreamStarted:
    """The first event of a stream from Redis to Redis."""
    said = {
        "run_id": "20251121-143144-orders-3f0a",
        "name": "orders",
        "model_run": "20251121-140000-churn-77aa",
        "model_label": "Ensemble of 4",
        "task": "binary",
        "target": "churn",
        "source": "redis://localhost/orders",
        "sink": "redis://localhost/scored",
        "dead_letters": "/home/ada/.local/share/lepton/runs/20251121-143144-orders-3f0a/dead_letters.jsonl",
        "guarantee": "effectively-once",
        "promise": "offsets are committed after results are stored, and a row scored again replaces its result.",
        "key": "order_id",
        "labels": "churn",
        "metric_label": "AUC",
        "versions": VERSIONS,
    }
    return StreamStarted(**{**said, **changes})


def second(n: int, **changes: object) -> SecondPassed:
    """A second in which `n` rows moved."""
    said = {
        "n_read": n,
        "n_stored": n,
        "n_dead": 0,
        "n_waiting": 0,
        "lag": 212,
        "latency": {"-61": n // 2, "-47": n - n // 2},
        "score": 0.871,
        "n_labels": n // 10,
    }
    return SecondPassed(**{**said, **changes})


def flowing() -> ExampleRun:
    """Three seconds of a stream that goes on, with dead letters."""
    run = ExampleRun()
    run.happen(started())
    run.happen(
        ChampionCompiled(
            label="Ensemble of 4", how={"ONNX Runtime": 9, "its own code": 3}, n_rows=2048,
            reason="There is no compiled form of CatBoost models.", largest_difference=2.1e-07, n_flipped=0,
            seconds=0.41,
        )
    )  # fmt: skip
    run.happen(second(1200), 1.0)
    run.happen(OffsetsCommitted(offsets={"orders": "1732199505000-3"}, n_rows=1200))
    run.happen(second(1300, n_read=1303, n_dead=3, score=0.868), 1.0)
    run.happen(RowsQuarantined(n_rows=2, reason="column 'amount' is no number"))
    run.happen(RowsQuarantined(n_rows=1, reason="no JSON"))
    run.happen(second(1250), 1.0)
    return run


def drifting() -> ExampleRun:
    """A stream whose rows, predictions and errors are no longer as they were; one column came back."""
    run = flowing()
    for subject, column, measure, value, reference, n_rows in (
        ("feature", "amount", "PSI", 0.412, 0.25, 1000),
        ("feature", "plan", "PSI", 0.263, 0.25, 1000),
        ("prediction", "probability_yes", "KS", 0.2345, 0.2, 1000),
        ("errors", "", "ADWIN", 0.341, 0.212, 448),
    ):
        run.happen(
            DriftDetected(
                subject=subject, column=column, measure=measure, value=value, reference=reference, n_rows=n_rows
            ),
            1.0,
        )
    run.happen(DriftPassed(subject="feature", column="plan"), 1.0)
    run.happen(WatermarkMoved(watermark="2025-11-21 14:31:40", n_late=3, n_held=412, n_lost=0))
    run.happen(WatermarkMoved(watermark="2025-11-21 14:31:41", n_late=2, n_held=500_000, n_lost=17), 1.0)
    return run


def shared() -> ExampleRun:
    """A stream that two workers share, of which one died and was replaced."""
    run = ExampleRun()
    run.happen(started())
    first, second_worker, third = "tcp://10.0.0.5:40001", "tcp://10.0.0.6:40001", "tcp://10.0.0.6:40007"
    run.happen(LoopPlaced(seat=0, worker=first, n_loops=1), 0.4)
    run.happen(LoopPlaced(seat=1, worker=second_worker, n_loops=2))
    run.happen(second(2400), 1.0)
    run.happen(LoopLost(seat=1, worker=second_worker, sentence="its worker died", n_loops=1), 0.5)
    run.happen(second(1200), 0.5)
    run.happen(LoopPlaced(seat=1, worker=third, n_loops=2), 2.0)
    run.happen(second(2500), 1.0)
    return run


def contested() -> ExampleRun:
    """A drift, a challenger that was no better, one that was promoted, a roll-back, and a third search."""
    run = drifting()
    run.happen(ChallengerSought(cause="errors", n_rows=512, budget="30s"), 2.0)
    run.happen(ChallengerFound(run_id="20251121-143200-orders-challenger-11aa", label="LightGBM", seconds=30.2), 30.2)
    run.happen(
        ChallengerDropped(
            run_id="20251121-143200-orders-challenger-11aa",
            sentence="it is no better than the champion on the same rows",
            n_rows=3204,
            loss=0.412,
            previous_loss=0.409,
        ),
        9.0,
    )
    run.happen(ChallengerSought(cause="errors", n_rows=820, budget="30s"), 60.0)
    run.happen(
        BoostingContinued(
            label="LightGBM, boosted on",
            n_rounds=40,
            n_rows=820,
            loss=0.224,
            fresh_label="Ensemble of 3",
            fresh_loss=0.219,
            p_value=0.71,
            chosen=False,
        ),
        30.0,
    )
    run.happen(ChallengerFound(run_id="20251121-143400-orders-challenger-22bb", label="Ensemble of 3", seconds=30))
    run.happen(
        ChallengerPromoted(
            run_id="20251121-143400-orders-challenger-22bb",
            label="Ensemble of 3",
            previous_run="20251121-140000-churn-77aa",
            n_rows=400,
            loss=0.211,
            previous_loss=0.409,
            p_value=3.1e-9,
        ),
        4.0,
    )
    run.happen(
        ChampionRestored(
            run_id="20251121-140000-churn-77aa",
            label="Ensemble of 4",
            previous_run="20251121-143400-orders-challenger-22bb",
            by="python",
        ),
        20.0,
    )
    run.happen(ChallengerSought(cause="feature", n_rows=500, budget="30s"), 60.0)
    return run


def taken_up() -> ExampleRun:
    """A stream that went on twice: its online learner predicted, and had been taken back."""
    run = flowing()
    end = StreamEnded(reason="stopped", sentence="", n_read=3753, n_stored=3750, n_dead=3)
    for predicts in (True, False):
        run.happen(end, 1.0)
        run.happen(started(resumed=True), 60.0)
        run.happen(LearnerTakenUp(label="Boosting on sliding windows", n_labels=3750, predicts=predicts))
    return run


def stalled() -> ExampleRun:
    """A stream whose sink went away and came back, that was paused, and failed."""
    run = flowing()
    run.happen(ConnectionLost(end="sink", sentence="redis://localhost/scored does not answer: refused."), 0.5)
    run.happen(ConnectionRegained(end="sink", seconds=2.5), 2.5)
    run.happen(StreamPaused(by="python"), 0.1)
    run.happen(StreamContinued(by="magic"), 4.0)
    run.happen(StopRequested(source="magic"), 0.1)
    run.happen(
        StreamEnded(
            reason="failed",
            sentence="orders raised ValueError: the sensor is gone. The stream ended there.",
            n_read=3753,
            n_stored=3750,
            n_dead=3,
        ),
        0.2,
    )
    return run


def hostile() -> ExampleRun:
    """A stream whose every text is markup."""
    run = ExampleRun()
    run.happen(
        started(name=MARKUP, source=MARKUP, sink=MARKUP, model_label=MARKUP, dead_letters=MARKUP, metric_label=MARKUP,
                guarantee=MARKUP, promise=MARKUP)
    )  # fmt: skip
    run.happen(second(10, n_dead=1), 1.0)
    run.happen(RowsQuarantined(n_rows=1, reason=MARKUP))
    run.happen(second(10), 1.0)
    run.happen(DriftDetected(subject="feature", column=MARKUP, measure="PSI", value=0.4, reference=0.25, n_rows=1000))
    run.happen(ConnectionLost(end="source", sentence=MARKUP))
    run.happen(ChallengerFound(run_id=MARKUP, label=MARKUP, seconds=1.0))
    return run
