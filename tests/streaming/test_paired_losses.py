from __future__ import annotations

import numpy as np
import pytest

from lepton_jupyter.streaming.labelled_window import LabelledRow, LabelledWindow
from lepton_jupyter.streaming.paired_losses import LOOKS, PairedLosses


def judged(champion, challenger, truths, *, n_classes, part=50):
    """Verdicts after each part, until one is final."""
    losses = PairedLosses(n_classes)
    for start in range(0, len(truths), part):
        places = range(start, min(start + part, len(truths)))
        keys = [str(place) for place in places]
        losses.predicted(keys, champion[start : start + part], challenger[start : start + part])
        for place in places:
            losses.labelled(str(place), truths[place])
        verdict = losses.verdict()
        if verdict.better is not None:
            return verdict
    return verdict


def made(n_rows, seed, *, skill):
    """Truths of two classes, and probabilities that know so much of them."""
    random = np.random.default_rng(seed)
    truths = random.integers(0, 2, n_rows)
    chance = np.clip(0.5 + skill * (truths - 0.5) + random.normal(0, 0.2, n_rows), 0.01, 0.99)
    return truths, np.column_stack([1 - chance, chance])


def test_a_better_one_is_found_soon_and_a_worse_one_as_soon():
    truths, good = made(2_000, 0, skill=0.5)
    _, blind = made(2_000, 1, skill=0.0)
    won, lost = (judged(*pair, truths, n_classes=2) for pair in ((blind, good), (good, blind)))
    assert (won.better, won.n_rows) == (True, LOOKS[0])
    assert (lost.better, lost.n_rows) == (False, LOOKS[0])
    assert won.loss == lost.other_loss == pytest.approx(np.mean((good[:200, 1] - truths[:200]) ** 2) * 2)


def test_one_that_is_no_better_is_seldom_promoted_and_given_up_at_the_last_look():
    n_promoted = 0
    for seed in range(60):
        truths, first = made(LOOKS[-1], seed, skill=0.3)
        noise = np.random.default_rng(seed).normal(0, 0.05, len(first))
        second = np.clip(first + np.column_stack([-noise, noise]), 0, 1)
        n_promoted += judged(first, second, truths, n_classes=2).better is True
    assert n_promoted <= 60 * 0.05 + 2 * (60 * 0.05) ** 0.5
    truths, same = made(LOOKS[-1], 0, skill=0.3)
    last = judged(same, same, truths, n_classes=2)
    assert (last.better, last.n_rows, last.p_value) == (False, LOOKS[-1], 0.5)


def test_values_are_judged_by_their_squared_distance():
    random = np.random.default_rng(0)
    truths = random.normal(size=400)
    near, far = truths + random.normal(0, 0.1, 400), truths + random.normal(0, 1.0, 400)
    verdict = judged(far[:, None], near[:, None], truths, n_classes=0)
    assert verdict.better
    assert verdict.loss == pytest.approx(np.mean((near - truths)[:200] ** 2))


def test_only_rows_that_both_predicted_before_their_label_count():
    losses = PairedLosses(2)
    one = np.array([[0.5, 0.5]])
    losses.labelled("early", 1)
    losses.predicted(["a"], one, one)
    losses.labelled("a", 1)
    losses.labelled("a", 1)
    assert losses.n_rows == 1


def test_the_window_holds_the_newest_labelled_rows_and_no_more():
    window = LabelledWindow(most_labelled=2, most_waiting=3)
    window.predicted("abcd", [{"x": key} for key in "abcd"])
    for key in "abcd":
        window.labelled(key, 1.0)
    assert window.newest(5) == [LabelledRow({"x": "c"}, 1.0), LabelledRow({"x": "d"}, 1.0)]
    assert (window.n_labelled, window.newest(0)) == (3, [])
