"""What one learner has shown about the table is where the others start."""

from __future__ import annotations

import pytest

from lepton_jupyter.search.cost_model import CountedCost
from lepton_jupyter.search.local_search import LocalSearch, Start
from lepton_jupyter.search.shared_coordinate import SharedCoordinate
from lepton_jupyter.search.space import Choice, Real, Space
from lepton_jupyter.search.trial import Report, Trial

SCALE = Choice("scale", ("plain", "log"))
N_FOLDS = 3


def heard(*told):
    coordinate = SharedCoordinate("scale")
    for number, (learner, value, losses, row_share) in enumerate(told):
        trial = Trial(id=number, learner=learner, point={"scale": value}, origin="portfolio", row_share=row_share)
        coordinate.hear(trial, dict(enumerate(losses)))
    return coordinate


@pytest.mark.parametrize(
    ("told", "better"),
    [
        ([("linear", "plain", (5, 6), 1.0)], None),
        ([("linear", "plain", (5, 6), 1.0), ("trees", "log", (1, 2), 1.0)], None),
        ([("linear", "plain", (5, 6), 1.0), ("linear", "log", (4, 5), 1.0)], "log"),
        ([("linear", "plain", (5, 6), 1.0), ("linear", "log", (4, 6.9), 1.0)], None),
        ([("linear", "plain", (5, 6), 1.0), ("linear", "log", (4, 5), 0.5)], None),
        ([("linear", "plain", (5, 6), 1.0), ("linear", "log", (4, 5), 1.0), ("linear", "plain", (3, 4), 1.0)], "plain"),
        (
            [
                ("linear", "plain", (5, 6), 1.0),
                ("linear", "log", (4, 5), 1.0),
                ("trees", "log", (3, 4), 1.0),
                ("trees", "plain", (2, 3), 1.0),
            ],
            "plain",
        ),
    ],
    ids=[
        "one value", "two learners", "better", "within the noise", "of other rows", "a better trial came",
        "the best learner says it",
    ],
)  # fmt: skip
def test_the_better_value_is_what_the_best_learner_that_tried_both_is_clearly_better_with(told, better):
    assert heard(*told).better() == better


def test_a_point_without_the_coordinate_says_nothing():
    coordinate = SharedCoordinate("scale")
    coordinate.hear(Trial(id=0, learner="mean", point={}, origin="baseline"), {0: 1.0})
    assert coordinate.better() is None


def searched(loss_of, n):
    """Trials of a search over three learners, told as `loss_of` says."""
    spaces = {name: Space((Real("x", 0.0, 1.0), SCALE)) for name in ("linear", "trees", "forest")}
    portfolio = [
        Start("mean", {}, baseline=True),
        Start("linear", {"x": 0.5, "scale": "plain"}),
        Start("linear", {"x": 0.5, "scale": "log"}),
        Start("trees", {"x": 0.5, "scale": "plain"}),
        Start("trees", {"x": 0.5, "scale": "log"}),
        Start("forest", {"x": 0.2, "scale": "plain"}),
    ]
    search = LocalSearch(spaces, portfolio, CountedCost(lambda *_: 1.0), n_folds=N_FOLDS, shared=("scale",))
    found = []
    for _ in range(n):
        trial = search.ask()
        losses = {fold: loss_of(trial) + 0.01 * fold for fold in range(N_FOLDS)}
        search.tell(trial, Report(fold_losses=losses, complete=True, cost=1.0))
        found.append((trial.learner, trial.point.get("scale"), trial.origin))
    return found


def test_the_rest_of_the_portfolio_starts_with_what_paid_and_the_other_value_comes_last():
    found = searched(lambda trial: 2.0 - (trial.point.get("scale") == "log"), 7)
    assert found[:6] == [
        ("mean", None, "baseline"),
        ("linear", "plain", "portfolio"),
        ("linear", "log", "portfolio"),
        ("trees", "log", "portfolio"),
        ("forest", "log", "portfolio"),
        ("trees", "plain", "portfolio"),
    ]
    assert found[6][2] == "step"


def test_where_neither_value_is_better_the_portfolio_stays_as_it_is():
    found = searched(lambda _: 2.0, 6)
    assert [value for _, value, _ in found] == [None, "plain", "log", "plain", "log", "plain"]


def test_a_promotion_leaves_the_start_with_the_other_value_where_it_waits():
    starts = [Start("trees", {"x": 0.5, "scale": scale}) for scale in ("plain", "log")]
    spaces = {"trees": Space((Real("x", 0.0, 1.0), SCALE))}
    search = LocalSearch(spaces, starts, CountedCost(lambda *_: 1.0), n_folds=N_FOLDS, shared=("scale",))
    first = search.ask()
    search.tell(first, Report(fold_losses=dict.fromkeys(range(N_FOLDS), 1.0), complete=True, cost=1.0))
    promoted = Trial(id=1, learner="trees", point=first.point, origin="portfolio", parent_id=first.id)
    search.adopt(promoted)
    assert search.ask().point == starts[1].point
