"""How rows are split and weighed: duplicates, groups and times never lie where they would flatter a score."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_jupyter.automl.preparation import understand_task
from lepton_jupyter.automl.settings import AutoMLSettings
from lepton_jupyter.automl.splits import Splits, read_splits
from lepton_jupyter.events.quantities import Budget
from lepton_jupyter.exceptions.lepton_error import LeptonError
from lepton_jupyter.exceptions.split_errors import GroupColumnError, SplitColumnError, TimeColumnError
from lepton_jupyter.runs.run_store import RunStore

BUDGET = Budget(trials=3)


def settings_for(**changed):
    return AutoMLSettings(**{"target": "y", "budget": BUDGET, **changed})


def table(n_rows=200, seed=0):
    random = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "a": random.normal(size=n_rows),
            "b": random.integers(0, 5, n_rows),
            "who": random.integers(0, 25, n_rows),
            "day": pd.Timestamp("2024-01-01") + pd.to_timedelta(random.integers(0, 400, n_rows), unit="D"),
            "w": random.integers(0, 4, n_rows),
            "y": random.integers(0, 2, n_rows),
        }
    )


def folds_of(task):
    return task.splits.fold_of_row(task.target.y, task.target.n_classes, task.n_folds, task.seed)


class TestDuplicates:
    @settings(max_examples=15, deadline=None)
    @given(seed=st.integers(0, 2**31 - 1), n_copied=st.integers(1, 60))
    def test_copies_of_a_row_share_a_fold(self, seed, n_copied):
        random = np.random.default_rng(seed)
        rows = table(200, seed)
        copied = pd.concat([rows, rows.iloc[random.integers(0, 200, n_copied)]], ignore_index=True)
        copied = copied.sample(frac=1.0, random_state=seed).reset_index(drop=True)
        task = understand_task(copied, settings_for(seed=seed))
        fold_of_row = pd.Series(folds_of(task))
        assert fold_of_row.groupby([copied[name] for name in copied.columns]).nunique().max() == 1
        assert any(note.endswith("duplicated rows share folds.") for note in task.notes)

    def test_a_table_without_copies_is_dealt_as_ever(self):
        task = understand_task(table(), settings_for())
        assert task.splits.groups is None
        assert task.notes == ()
        assert np.array_equal(folds_of(task), Splits().fold_of_row(task.target.y, 2, task.n_folds, 0))

    def test_columns_that_are_not_used_tell_no_rows_apart(self):
        rows = pd.concat([table(), table()], ignore_index=True).assign(id=range(400))
        task = understand_task(rows, settings_for())
        assert "400 duplicated rows share folds." in task.notes
        fold_of_row = folds_of(task)
        assert np.array_equal(fold_of_row[:200], fold_of_row[200:])

    def test_a_table_of_few_different_rows_is_not_held_to_be_copied(self):
        rows = pd.DataFrame({"a": [0, 1, 2, 3] * 50, "b": [0, 1] * 100, "y": [0, 1, 1, 0, 1] * 40})
        task = understand_task(rows, settings_for())
        assert task.splits.groups is None
        assert task.notes == ()

    def test_they_are_left_apart_where_no_metric_could_be_told_otherwise(self):
        rows = table(300).assign(y=0)
        positive = pd.concat([rows.head(1)] * 20).assign(a=99.0, y=1)
        task = understand_task(pd.concat([rows, positive], ignore_index=True), settings_for())
        fold_of_row = folds_of(task)
        assert all((fold_of_row[300:] == fold).any() for fold in range(task.n_folds))

    def test_groups_and_copies_are_both_kept_whole(self):
        rows = table()
        rows = pd.concat([rows, rows.head(10)], ignore_index=True)
        task = understand_task(rows, settings_for(groups="who"))
        fold_of_row = folds_of(task)
        assert pd.Series(fold_of_row).groupby(rows["who"]).nunique().max() == 1
        assert np.array_equal(fold_of_row[:10], fold_of_row[200:])


class TestNearCopies:
    @settings(max_examples=10, deadline=None)
    @given(seed=st.integers(0, 2**31 - 1), n_copied=st.integers(1, 60))
    def test_near_copies_of_a_row_share_a_fold(self, seed, n_copied):
        random = np.random.default_rng(seed)
        names = [f"{first} {last}" for first in ("Anna", "Bernd", "Claudia") for last in ("Schneider", "Zimmermann")]
        rows = table(200, seed).assign(name=random.choice(names, 200), price=random.gamma(3, 30, 200) + 10)
        again = rows.iloc[random.choice(200, n_copied, replace=False)]
        again = again.assign(name=again["name"].str.upper() + " ", price=again["price"].round(3))
        both = pd.concat([rows, again], ignore_index=True)
        both["order_id"] = range(len(both))
        task = understand_task(both, settings_for(seed=seed))
        fold_of_row = pd.Series(folds_of(task), index=[*rows.index, *again.index])
        # Rounding may bring a price over the edges of both grids by which numbers find each other, if rarely.
        assert (fold_of_row.groupby(level=0).nunique() == 1).mean() > 0.99
        assert any("nearly" in note for note in task.notes)
        grouped = understand_task(both, settings_for(seed=seed, groups="who"))
        fold_of_row = folds_of(grouped)
        assert pd.Series(fold_of_row).groupby(both["who"]).nunique().max() == 1

    def test_a_chain_of_slips_through_much_of_a_table_is_none_of_copying(self):
        chain = ["abcdefghijklmnopqrs"]
        for place in range(1, 18):
            for letter in "tuvwxyz":
                chain.append(chain[-1][:place] + letter + chain[-1][place + 1 :])
        rows = pd.DataFrame({"said": chain, "y": [0, 1] * (len(chain) // 2) + [0] * (len(chain) % 2)})
        assert understand_task(rows, settings_for()).splits.groups is None

    def test_what_arrow_cannot_hold_is_left_as_it_is(self):
        assert Splits().sharing_near_copies(pd.DataFrame({"z": np.arange(200) + 1j})).groups is None


class TestGroups:
    def test_rows_of_a_group_share_a_fold_and_are_not_learnt_from(self):
        rows = table()
        task = understand_task(rows, settings_for(groups="who"))
        assert pd.Series(folds_of(task)).groupby(rows["who"]).nunique().max() == 1
        assert "who" not in task.schema.names

    def test_rows_of_a_group_never_choose_for_one_another_when_fits_stop(self, tmp_path):
        rows = table()
        task = understand_task(rows, settings_for(groups="who"))
        data = task.prepare(RunStore(tmp_path).create("run")).data
        assert data.stopping_parts.max() == 3
        assert pd.Series(data.stopping_parts).groupby(rows["who"]).nunique().max() == 1
        fold = data.fold(1, "tree")
        assert np.array_equal(fold.stopping_parts, data.stopping_parts[data.fold_of_row == 1])

    def test_late_folds_learn_from_nearly_all_rows_and_leave_groups_out_whole(self, tmp_path):
        rows = pd.concat([table().assign(who=lambda each, n=n: each["who"] + 1_000 * n) for n in range(12)])
        rows = rows.reset_index(drop=True)
        task = understand_task(rows, settings_for(groups="who", n_folds=3))
        data = task.prepare(RunStore(tmp_path).create("run")).data
        assert data.n_late_folds == 2
        for index in (3, 4):
            left_out = ~data.training_rows(index)
            assert 0.02 < left_out.mean() < 0.1
            assert not set(rows["who"][left_out]) & set(rows["who"][~left_out])
            fold = data.fold(index, "tree")
            assert np.array_equal(fold.X_validation, data.views["tree"][left_out], equal_nan=True)
            assert len(fold.y_train) + len(fold.y_validation) == len(rows)

    def test_they_are_learnt_from_where_that_is_asked_for(self):
        task = understand_task(table(), settings_for(groups="who", learn_groups=True))
        assert "who" in task.schema.names
        assert pd.Series(folds_of(task)).groupby(table()["who"]).nunique().max() == 1

    def test_few_groups_bring_the_folds_down(self):
        task = understand_task(table().assign(who=np.arange(200) % 3), settings_for(groups="who"))
        assert task.n_folds == 3
        assert understand_task(table().assign(who=np.arange(200) % 2), settings_for(groups="who")).n_folds == 2

    def test_rows_without_a_target_take_their_groups_along(self):
        rows = table().assign(y=np.where(np.arange(200) < 20, np.nan, table()["y"]))
        task = understand_task(rows, settings_for(groups="who"))
        assert len(task.splits.groups) == 180

    def test_groups_of_one_class_leave_folds_that_can_be_judged(self):
        rows = table().assign(y=np.arange(200) % 2, who=np.arange(200) % 4)  # each group is of one class
        task = understand_task(rows, settings_for(groups="who"))
        fold_of_row = folds_of(task)
        assert all(len(set(rows["y"][fold_of_row == fold])) == 2 for fold in range(task.n_folds))


class TestTime:
    def test_validation_is_later_than_all_that_is_learnt_from(self):
        rows = table()
        task = understand_task(rows, settings_for(time="day"))
        fold_of_row, days = folds_of(task), rows["day"]
        for fold in range(task.n_folds):
            assert days[fold_of_row < fold].max() < days[fold_of_row == fold].min()
        assert "day" in task.schema.names
        assert any(note.startswith("Folds follow 'day'") and "The last block counts" in note for note in task.notes)

    def test_few_times_bring_the_folds_down(self):
        task = understand_task(table().assign(day=np.arange(200) % 4), settings_for(time="day"))
        assert task.n_folds == 3

    def test_copies_may_come_again_later(self):
        rows = pd.concat([table(), table()], ignore_index=True).assign(step=range(400))
        task = understand_task(rows, settings_for(time="step", drop=("step",)))
        assert folds_of(task)[0] == -1
        assert folds_of(task)[399] == task.n_folds - 1

    def test_a_column_that_looks_like_the_time_is_named_once(self):
        rows = table().sort_values("day").reset_index(drop=True)
        said = "Column 'day' looks like the time of each row; if later rows are to be predicted, use --time day."
        assert understand_task(rows, settings_for()).notes.count(said) == 1
        assert said not in understand_task(rows, settings_for(time="day")).notes
        assert said not in understand_task(rows, settings_for(groups="who")).notes
        spaced = rows.rename(columns={"day": "the day"})
        assert any(note.endswith('use --time "the day".') for note in understand_task(spaced, settings_for()).notes)


class TestWeights:
    def test_they_are_of_mean_1_and_not_learnt_from(self):
        task = understand_task(table(), settings_for(weights="w"))
        assert task.splits.weights.mean() == pytest.approx(1.0)
        assert "w" not in task.schema.names

    def test_their_mean_is_that_of_the_rows_with_a_target(self):
        rows = table().assign(y=np.where(np.arange(200) < 60, np.nan, table()["y"]), w=np.r_[[50.0] * 60, [1, 3] * 70])
        weights = understand_task(rows, settings_for(weights="w")).splits.weights
        assert len(weights) == 140
        assert weights.mean() == pytest.approx(1.0)

    def test_rows_of_weight_0_are_as_good_as_not_there(self):
        rows = table()
        n_there = int((rows["w"] > 0).sum())
        task = understand_task(rows, settings_for(weights="w"))
        assert task.n_rows == n_there
        assert f"{200 - n_there} rows of weight 0 are left out." in task.notes
        alone = understand_task(rows[rows["w"] > 0], settings_for(weights="w"))
        assert np.array_equal(folds_of(task), folds_of(alone))
        assert np.array_equal(task.splits.weights, alone.splits.weights)

    def test_weights_that_are_all_alike_are_none(self):
        assert understand_task(table().assign(w=7), settings_for(weights="w")).splits.weights is None

    def test_targets_beside_the_table_lose_the_same_rows(self):
        rows = table()
        task = understand_task(rows.drop(columns="y"), settings_for(), target=rows["y"], sample_weight=rows["w"])
        assert task.n_rows == int((rows["w"] > 0).sum())
        assert np.array_equal(task.target.y, rows["y"][rows["w"] > 0])


class TestTogether:
    def test_time_and_weights_and_a_held_out_table(self):
        task = understand_task(table(), settings_for(time="day", weights="w"), test=table(seed=1))
        assert len(task.test.weights) == 200
        unweighed = understand_task(table(), settings_for(weights="w"), test=table(seed=1).drop(columns="w"))
        assert unweighed.test.weights is None

    def test_settings_survive_their_file(self):
        asked = settings_for(groups="who", weights="w", learn_groups=True, queue=True)
        assert AutoMLSettings.from_json(asked.to_json()) == asked
        assert AutoMLSettings.from_json(settings_for(time="day").to_json()).time == "day"

    def test_a_fingerprint_knows_groups_times_and_weights(self):
        rows = table()
        prints = {
            read_splits(each, settings_for(**kind)).fingerprint()
            for each in (
                rows,
                rows.assign(who=rows["who"] % 9, w=1 + rows["w"]),
            )
            for kind in ({"groups": "who"}, {"weights": "w"})
        }
        assert len(prints) == 4
        assert read_splits(rows, settings_for()).fingerprint() == ""


# fmt: off
WRONG = [
    ({"groups": "whom"}, KeyError, "no column for --groups 'whom' in the table. Did you mean 'who'?"),
    ({"time": "days"}, KeyError, "no column for --time 'days' in the table. Did you mean 'day'?"),
    ({"weights": "ww"}, KeyError, "no column for --weights 'ww' in the table."),
    ({"groups": "y"}, ValueError, "--groups 'y' is the target, which cannot be both"),
    ({"time": "y"}, ValueError, "--time 'y' is the target"),
    ({"weights": "y"}, ValueError, "--weights 'y' is the target"),
    ({"groups": "who", "time": "day"}, ValueError, "--groups and --time cannot be combined"),
    ({"groups": "w", "weights": "w"}, ValueError, "Column 'w' is named for --groups and for --weights"),
    ({"time": "w", "weights": "w"}, ValueError, "Column 'w' is named for --time and for --weights"),
    ({"groups": 3}, ValueError, "groups cannot be 3"),
    ({"time": ""}, ValueError, "time cannot be ''"),
    ({"weights": ["w"]}, ValueError, "weights cannot be ['w']"),
    ({"groups": "one"}, ValueError, "All rows are of one group in column 'one'"),
    ({"groups": "two", "n_folds": 5}, ValueError, "Column 'two' has 2 groups, fewer than the 5 folds asked for"),
    ({"time": "two", "n_folds": 5}, ValueError, "2 different times, too few for 5 folds"),
    ({"time": "one"}, ValueError, "1 different time, too few for 2 folds"),
    ({"time": "words"}, ValueError, "Column 'words' holds 'soon', which is neither a date nor a number"),
    ({"time": "gaps"}, ValueError, "100 rows have no time in column 'gaps'"),
    ({"groups": "gaps"}, ValueError, "100 rows have no group in column 'gaps'"),
    ({"weights": "gaps"}, ValueError, "100 rows have no weight in 'gaps'"),
    ({"weights": "words"}, ValueError, "hold 'soon', which is not a number"),
    ({"weights": "a"}, ValueError, "a weight is never negative"),
    ({"weights": "none"}, ValueError, "All weights in 'none' are zero"),
    ({"time": "late", "n_folds": 3}, ValueError, "AUC has no value on some stretch of 'late'"),
    ({"groups": "pure", "n_folds": 2}, ValueError, "AUC has no value on some fold, however the groups of 'pure'"),
    ({"groups": "who", "drop": ("a", "b", "day", "w", "one", "two", "words", "gaps", "none", "late", "pure")},
     ValueError, "no columns to learn from"),
]
# fmt: on


@pytest.mark.parametrize(("wrong", "parent", "said"), WRONG, ids=lambda value: str(value)[:50])
def test_what_is_wrong_is_said_in_one_sentence(wrong, parent, said):
    rows = table().assign(
        one=1, two=np.arange(200) % 2, words="soon", gaps=np.where(np.arange(200) % 2, np.nan, 1.0), none=0,
        late=np.argsort(np.argsort(table()["y"], kind="stable")), pure=table()["y"] * 2,
    )  # fmt: skip
    with pytest.raises(LeptonError) as caught:
        understand_task(rows, settings_for(**wrong))
    assert isinstance(caught.value, parent)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("kind", [SplitColumnError, GroupColumnError, TimeColumnError])
def test_errors_keep_their_sentence_in_a_pickle(kind):
    import pickle

    assert str(pickle.loads(pickle.dumps(kind("So it is.")))) == "So it is."
