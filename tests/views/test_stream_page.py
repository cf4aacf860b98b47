from __future__ import annotations

import pytest
from views import example_streams
from views.example_runs import MARKUP

from lepton_jupyter.views.stream_page import render_stream_html, render_stream_text
from lepton_jupyter.views.stream_state import StreamState, extract_stream


def message(run, *, live=True):
    return extract_stream(StreamState.from_events(run.log), live=live)


def test_counts_and_figures_are_those_of_the_log():
    shown = message(example_streams.flowing())
    assert (shown.n_read, shown.n_stored, shown.n_dead) == (3753, 3750, 3)
    assert shown.rows_per_second == 1250
    assert shown.p50_milliseconds == pytest.approx(1e3 * 1.1**-61, rel=0.06)
    assert shown.p99_milliseconds == pytest.approx(1e3 * 1.1**-47, rel=0.06)
    assert (shown.dead_reasons[0].reason, shown.dead_reasons[0].n_rows) == ("column 'amount' is no number", 2)


def test_states_follow_the_events():
    run = example_streams.stalled()
    states = [StreamState.from_events(run.log[:end]).state(live=True) for end in range(8, len(run.log) + 1)]
    assert states == ["running", "waiting", "running", "paused", "running", "running", "failed"]
    assert message(example_streams.flowing(), live=False).state == "interrupted"


def test_a_page_says_state_flow_and_what_went_wrong():
    text = render_stream_text(message(example_streams.stalled(), live=False))
    assert text.startswith("Failed, 3,750 rows stored")
    for said in ("redis://localhost/orders → Ensemble of 4 →", "the sensor is gone", "2 × column 'amount'", "paused"):
        assert said in text
    assert max(map(len, text.splitlines())) <= 100


def test_what_drifts_is_shown_until_it_has_passed():
    shown = message(example_streams.drifting())
    assert [each.column for each in shown.drifts] == ["", "probability_yes", "amount"]
    text = render_stream_text(shown)
    assert "drift of errors, 'probability_yes', 'amount'" in text
    assert "Drift: errors grew from 0.212 to 0.341 within 448 labels, says ADWIN" in text
    assert "'plan' is again as in training" in text
    assert "Watermark 2025-11-21 14:31:41 · Late rows 5" in " ".join(text.split())
    assert "windows hold as many entities as they may" in text
    assert "PSI 0.412, limit 0.25" in render_stream_html(shown)


def test_loops_on_workers_are_told_as_they_come_and_go():
    notes = [note.sentence for note in message(example_streams.shared()).notes]
    assert notes[:2] == [
        "loop 2 reads on tcp://10.0.0.6:40007, 2 loops in all",
        "loop 2 on tcp://10.0.0.6:40001 is lost, 1 loop left: its worker died",
    ]
    assert [mark.until is None for mark in message(example_streams.shared()).marks if mark.kind == "lost"] == [False]


def test_who_predicts_and_who_wants_to_is_said_with_every_decision():
    run = example_streams.contested()
    shown = [message(ExampleRunUntil(run, end)) for end in range(len(run.log) - 9, len(run.log) + 1)]
    assert [each.model_label for each in shown] == ["Ensemble of 4"] * 7 + ["Ensemble of 3"] + ["Ensemble of 4"] * 2
    assert [bool(each.challenger) for each in shown] == [False, True, True, False, True, True, True, False, False, True]
    assert [bool(each.drifts) for each in shown] == [True] * 7 + [False] * 3
    notes = [note.sentence for note in shown[-1].notes]
    assert notes[4] == (
        "LightGBM, boosted on for 40 rounds: loss 0.224 against 0.219 on 820 rows; Ensemble of 3 is taken"
    )
    assert notes[6] == (
        "challenger dropped: it is no better than the champion on the same rows; loss 0.412 against 0.409 on 3,204 rows"
    )
    assert notes[2] == (
        "challenger promoted: loss 0.211 against 0.409 on 400 rows, p = 3.1e-09; Ensemble of 3 predicts now"
    )
    assert "rolled back: Ensemble of 4 predicts again" in render_stream_text(shown[-1])
    assert "Challenger: searched for on 500 rows within 30s" in render_stream_text(shown[-1])
    assert "searched for on 500 rows" in render_stream_html(shown[-1])


def test_a_learner_that_is_taken_up_is_who_predicts_or_wants_to():
    run = example_streams.taken_up()
    predicting, shadow = message(ExampleRunUntil(run, len(run.log) - 3)), message(run)
    assert (predicting.model_label, predicting.challenger) == ("Boosting on sliding windows", "")
    assert (shadow.model_label, shadow.challenger) == (
        "Ensemble of 4",
        "Boosting on sliding windows predicts the same rows, unseen, to prove itself",
    )
    assert predicting.notes[0].sentence == (
        "Boosting on sliding windows takes up what it had learnt from 3,750 labels, and predicts"
    )


class ExampleRunUntil:
    """The first events of a run."""

    def __init__(self, run, end):
        self.log = run.log[:end]


def test_text_from_elsewhere_is_never_markup():
    page = render_stream_html(message(example_streams.hostile()))
    assert "<img" not in page
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert MARKUP not in page


def test_a_page_stays_small_however_long_a_stream_is():
    run = example_streams.flowing()
    for _ in range(3000):
        run.happen(example_streams.second(1000), 1.0)
    shown = message(run)
    assert 180 <= len(shown.seconds) <= 240
    assert shown.seconds[-1].at - shown.seconds[0].at >= 595
    assert len(render_stream_html(shown)) < 64 * 1024
