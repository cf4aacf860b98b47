"""Who predicts: a table of what happens, and what is decided."""

from __future__ import annotations

import numpy as np
import pytest

from lepton_jupyter.events.run_events import WarningRaised
from lepton_jupyter.events.stream_events import (
    ChallengerDropped,
    ChallengerFound,
    ChallengerPromoted,
    ChallengerSought,
    DriftDetected,
)
from lepton_jupyter.exceptions.stream_errors import StreamUsageError
from lepton_jupyter.preprocessing.row_reading import RowRefusal
from lepton_jupyter.streaming.champion_contest import ChampionContest
from lepton_jupyter.streaming.contender import Contender
from lepton_jupyter.streaming.online_contender import OnlineContender
from lepton_jupyter.streaming.row_scoring import Scores


class Guess:
    """A model that says `chance` for the class of a row."""

    columns = frozenset({"x"})

    def __init__(self, chance, label="Guess", *, refuses=False):
        self.chance, self.label, self.refuses = chance, label, refuses

    def score(self, rows):
        if self.refuses:
            return Scores({}, {0: RowRefusal("no x", "It has no x.")})
        chances = np.array([self.chance if row["x"] else 1 - self.chance for row in rows])
        return Scores({}, {}, np.column_stack([1 - chances, chances]))


class Search:
    """A search that ends when it is told to."""

    def __init__(self, rows, found):
        self.rows, self.found = rows, found
        self.ended = self.stopped = False
        self.told = []

    def done(self):
        return self.ended

    def result(self):
        if isinstance(self.found, Exception):
            raise self.found
        return self.found

    def decided(self):
        return self.told

    def seconds(self):
        return 1.5

    def stop(self):
        self.stopped = True


class Contest:
    """A contest in which rows of x 0 or 1 come in batches, the truth being x."""

    def __init__(self, challenger, **wishes):
        self.searches = []
        self.contest = ChampionContest(
            Contender("first", Guess(0.6)), search=self.search, n_classes=2, budget="9s",
            **{"least_rows": 100, "cooldown_labels": 300, **wishes},
        )  # fmt: skip
        self.challenger = challenger
        self.n = 0

    def search(self, rows, predicting):
        self.predicting = predicting
        self.searches.append(Search(rows, self.challenger))
        return self.searches[-1]

    def flow(self, n_rows):
        """Rows that are predicted, labelled and decided on in batches of 50; what was decided."""
        told = []
        for _ in range(0, n_rows, 50):
            rows = [{"x": (self.n + place) % 2} for place in range(50)]
            keys = [str(self.n + place) for place in range(50)]
            self.n += 50
            self.contest.predicted(keys, rows, self.contest.champion.scorer.score(rows).outputs)
            for key, row in zip(keys, rows, strict=True):
                self.contest.labelled(key, row["x"])
            told += self.contest.decide()
        return told

    def drift(self, subject="errors", n_rows=30):
        self.contest.drifted(
            DriftDetected(subject=subject, column="", measure="ADWIN", value=1, reference=0, n_rows=n_rows)
        )


def kinds(events):
    return [type(event) for event in events]


def test_a_better_challenger_is_sought_found_proved_and_promoted_in_this_order():
    contest = Contest(Contender("second", Guess(0.9, "Better")))
    assert contest.flow(500) == []
    contest.drift()
    (sought,) = contest.flow(200)
    assert (sought.cause, sought.n_rows, sought.budget) == ("errors", 130, "9s")
    assert len(contest.searches[0].rows) == 130  # since the change, no row of before
    assert contest.contest.champion.run_id == contest.predicting == "first"
    contest.searches[0].ended = True
    contest.searches[0].told = [WarningRaised(text="on the way")]
    told, found, promoted = contest.flow(300)
    assert told.text == "on the way"
    assert (found.run_id, found.label, found.seconds) == ("second", "Better", 1.5)
    assert (promoted.previous_run, promoted.n_rows) == ("first", 200)
    assert promoted.loss == pytest.approx(0.02)
    assert promoted.previous_loss == pytest.approx(0.32)
    assert contest.contest.champion.run_id == "second"


def test_drift_alone_promotes_nobody():
    contest = Contest(Contender("second", Guess(0.55)))
    contest.drift("feature", 0)
    contest.flow(150)
    contest.searches[0].ended = True
    *_, dropped = contest.flow(400)
    assert type(dropped) is ChallengerDropped
    assert dropped.loss > dropped.previous_loss
    assert contest.contest.champion.run_id == "first"


@pytest.mark.parametrize(
    ("challenger", "said"),
    [
        (StreamUsageError.from_lost_class("yes", 100), "Class 'yes' does not occur"),
        (RuntimeError("out of ideas"), "RuntimeError: out of ideas"),
        (Contender("second", Guess(0.9, refuses=True)), "cannot predict a row that the champion can: no x"),
    ],
)
def test_a_search_that_fails_and_a_model_that_refuses_rows_leave_the_champion(challenger, said):
    contest = Contest(challenger)
    contest.drift()
    contest.flow(150)
    contest.searches[0].ended = True
    dropped = contest.flow(100)[-1]
    assert said in dropped.sentence
    assert contest.contest.champion.run_id == "first"


def test_after_a_decision_nothing_begins_for_a_while_and_then_the_newest_drift_counts():
    contest = Contest(RuntimeError("no"))
    contest.drift()
    contest.flow(150)
    contest.searches[0].ended = True
    assert kinds(contest.flow(50)) == [ChallengerDropped]
    contest.drift(n_rows=0)
    contest.drift(n_rows=0)
    assert contest.flow(250) == []
    assert kinds(contest.flow(50)) == [ChallengerSought]
    assert len(contest.searches) == 2
    assert len(contest.searches[1].rows) == 300


def test_a_roll_back_restores_the_model_of_before_and_drops_who_was_compared_with_the_other():
    contest = Contest(Contender("second", Guess(0.9, "Better")))
    with pytest.raises(StreamUsageError, match="'first' has predicted from the beginning"):
        contest.contest.roll_back("python")
    contest.drift()
    contest.flow(150)
    contest.searches[0].ended = True
    assert kinds(contest.flow(300)) == [ChallengerFound, ChallengerPromoted]
    contest.drift()
    contest.challenger = Contender("third", Guess(0.95))
    contest.flow(400)
    contest.searches[1].ended = True
    contest.flow(50)
    restored = contest.contest.roll_back("python")
    assert (restored.run_id, restored.previous_run, restored.by) == ("first", "second", "python")
    assert contest.contest.champion.run_id == "first"
    (dropped,) = contest.flow(50)
    assert (dropped.run_id, dropped.sentence) == ("third", "the champion it was compared with predicts no longer")


def test_without_a_search_nothing_is_kept_or_begun_and_an_end_stops_one_that_goes_on():
    quiet = ChampionContest(Contender("first", Guess(0.6)))
    quiet.predicted(["a"], [{"x": 1}], np.array([[0.4, 0.6]]))
    assert list(quiet.decide()) == []
    assert quiet._window._waiting == {}
    contest = Contest(RuntimeError("no"))
    contest.drift()
    contest.flow(150)
    contest.contest.close()
    assert contest.searches[0].stopped


class Taught:
    """An online learner that is right after its first label, and counts what it is told."""

    label = "Taught"

    def __init__(self, *, fails=False):
        self.n_learnt, self.fails = 0, fails

    def learn(self, X, truths):
        if self.fails:
            raise ValueError("no more")
        assert X[:, 0].tolist() == truths.tolist()
        self.n_learnt += len(X)


def with_online(learner, chance):
    made = Contest(None)
    view = lambda rows: (np.array([[row["x"]] for row in rows], dtype=np.float32), set())  # noqa: E731
    online = OnlineContender(Contender("", Guess(chance, "Taught")), learner, view, n_classes=2, n_columns=1)
    made.contest = ChampionContest(Contender("first", Guess(0.6)), online=online, n_classes=2, cooldown_labels=300)
    return made


def test_an_online_learner_learns_every_label_and_is_promoted_when_it_is_better():
    learner = Taught()
    contest = with_online(learner, 0.9)
    found, promoted = contest.flow(500)
    assert type(found) is ChallengerFound
    assert (promoted.run_id, promoted.label, promoted.previous_run, promoted.n_rows) == ("", "Taught", "first", 200)
    assert learner.n_learnt == 500
    assert contest.contest.champion.scorer.label == "Taught"
    # Taken back, it learns on, and has to prove itself anew after the rest.
    contest.contest.roll_back("python")
    assert contest.flow(250) == []
    assert kinds(contest.flow(500)) == [ChallengerPromoted]
    assert learner.n_learnt == 1_250


def test_an_online_learner_that_is_no_better_stays_in_the_shadow():
    contest = with_online(Taught(), 0.55)
    assert kinds(contest.flow(10_000)) == [ChallengerFound]
    assert contest.contest.champion.run_id == "first"


def test_an_online_learner_that_raises_is_dropped_and_nothing_else_ends():
    contest = with_online(Taught(fails=True), 0.9)
    (dropped,) = contest.flow(500)
    assert type(dropped) is ChallengerDropped
    assert dropped.sentence == "Taught cannot learn: ValueError: no more"
