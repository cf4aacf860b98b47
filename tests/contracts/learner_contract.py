"""What every learner promises, as tests that each learner's own test class inherits."""

from __future__ import annotations

import dataclasses
import math
import pickle
from typing import Any

import numpy as np
import pytest

from lepton_jupyter.exceptions.learner_errors import DeadlinePassedError, UnreadableModelError
from lepton_jupyter.execution.deadline import Deadline
from lepton_jupyter.learners.training_data import TableShape, TrainingData

NO_LIMIT = Deadline(math.inf)
TASKS = {"regression": 0, "binary": 2, "multiclass": 4}


def easy_table(
    n_classes: int,
    *,
    n_rows: int = 240,
    n_columns: int = 5,
    missing: bool = True,
    categorical: bool = True,
    metric: str | None = None,
    n_folds: int = 3,
    seed: int = 0,
) -> TrainingData:
    """A table whose target follows from two of its columns, with a category and missing values in the tree view."""
    random = np.random.default_rng(seed)
    X = random.normal(size=(n_rows, n_columns)).astype(np.float32)
    signal = X[:, 0] + 0.5 * X[:, min(1, n_columns - 1)]
    if n_classes:
        y = np.searchsorted(np.quantile(signal, np.arange(1, n_classes) / n_classes), signal).astype(np.int64)
    else:
        y = 10.0 + 3.0 * signal.astype(np.float64)
    tree = X.copy()
    if missing:
        tree[random.random(n_rows) < 0.1, n_columns - 1] = np.nan
    if categorical and n_columns > 2:
        tree[:, 2] = random.integers(0, 3, n_rows)
    default = {0: "neg_root_mean_squared_error", 2: "roc_auc"}.get(n_classes, "neg_log_loss")
    return TrainingData(
        views={"tree": tree, "linear": X},
        categorical=(2,) if categorical and n_columns > 2 else (),
        y=y,
        n_classes=n_classes,
        fold_of_row=(np.arange(n_rows) % n_folds).astype(np.int16),
        n_folds=n_folds,
        metric=metric or default,
    )


def log_loss_or_square_error(outputs: np.ndarray, y: np.ndarray, n_classes: int) -> float:
    if n_classes:
        return float(-np.mean(np.log(outputs[np.arange(len(y)), y])))
    return float(np.mean((outputs[:, 0] - y) ** 2))


class JumpingClock:
    """Stands still for a number of readings, then jumps past every deadline."""

    def __init__(self, readings: int) -> None:
        self.left = readings

    def __call__(self) -> float:
        self.left -= 1
        return 0.0 if self.left >= 0 else 1e9


class LearnerContract:
    """Inherit beside `ClassesContract`, `ValuesContract` or both, and give `learner`."""

    tasks: tuple[str, ...]

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        if "task" in metafunc.fixturenames:
            metafunc.parametrize("task", self.tasks)

    @pytest.fixture
    def learner(self) -> Any:
        raise NotImplementedError

    @pytest.fixture
    def data(self, task: str) -> TrainingData:
        return easy_table(TASKS[task])

    def fitted(self, learner: Any, data: TrainingData, seed: int = 0, fold_index: int = 0, point: Any = None) -> Any:
        point = point or learner.starting_points(data.shape)[0]
        return learner.fit(data.fold(fold_index, learner.view), point, deadline=NO_LIMIT, seed=seed)

    def test_supports_its_tasks_alone(self, learner: Any) -> None:
        supported = tuple(task for task, n_classes in TASKS.items() if learner.supports(easy_table(n_classes).shape))
        assert supported == self.tasks

    def test_predictions_have_one_column_for_each_output(self, learner: Any, data: TrainingData) -> None:
        fold = data.fold(0, learner.view)
        outputs = self.fitted(learner, data).predict(fold.X_validation)
        assert outputs.shape == (len(fold.X_validation), fold.n_outputs)
        assert outputs.dtype == np.float64
        assert np.isfinite(outputs).all()
        if fold.n_classes:
            np.testing.assert_allclose(outputs.sum(axis=1), 1.0, atol=1e-9)
            assert outputs.min() > 0

    def test_no_rows_give_no_predictions(self, learner: Any, data: TrainingData) -> None:
        fold = data.fold(0, learner.view)
        outputs = self.fitted(learner, data).predict(fold.X_validation[:0])
        assert outputs.shape == (0, fold.n_outputs)

    def test_one_row_is_predicted_as_within_a_batch(self, learner: Any, data: TrainingData) -> None:
        fold = data.fold(0, learner.view)
        model = self.fitted(learner, data)
        batch = model.predict(fold.X_validation.copy())
        np.testing.assert_allclose(model.predict(fold.X_validation[3:4]), batch[3:4], rtol=1e-4, atol=1e-6)

    def test_models_of_all_folds_together_predict_their_mean(self, learner: Any, data: TrainingData) -> None:
        models = [self.fitted(learner, data, fold_index=fold) for fold in range(data.n_folds)]
        together = learner.together(models)
        assert 1 <= len(together) <= len(models)
        X = data.fold(0, learner.view).X_validation
        mean = np.mean([model.predict(X) for model in models], axis=0)
        for quick in (together, pickle.loads(pickle.dumps(together))):
            found = np.mean([model.predict(X) for model in quick], axis=0)
            assert found == pytest.approx(mean, rel=1e-9, abs=1e-9)
            assert np.mean([model.predict(X[:0]) for model in quick], axis=0).shape == (0, mean.shape[1])
        assert learner.together(models[:1]) == (models[0],)

    def test_same_seed_gives_the_same_model(self, learner: Any, data: TrainingData) -> None:
        X = data.fold(0, learner.view).X_validation
        first, second = (self.fitted(learner, data, seed=7).predict(X) for _ in range(2))
        np.testing.assert_array_equal(first, second)

    def test_same_seed_gives_the_same_model_on_a_table_placed_anew(self, learner: Any, data: TrainingData) -> None:
        X = data.fold(0, learner.view).X_validation
        again = pickle.loads(pickle.dumps(data))
        np.testing.assert_array_equal(
            self.fitted(learner, data, seed=7).predict(X), self.fitted(learner, again, seed=7).predict(X)
        )

    def test_folds_are_fitted_on_their_own_rows(self, learner: Any, data: TrainingData) -> None:
        X = data.fold(0, learner.view).X_validation.copy()
        first, second = (self.fitted(learner, data, fold_index=index).predict(X) for index in (0, 1))
        assert not np.array_equal(first, second) or learner.baseline

    def test_an_early_end_still_gives_a_model(self, learner: Any, data: TrainingData) -> None:
        fold = data.fold(0, learner.view)
        point = learner.starting_points(data.shape)[0]
        for readings in (2, 3, 5, 9):
            deadline = Deadline(1.0, JumpingClock(readings))
            try:
                model = learner.fit(fold, point, deadline=deadline, seed=0)
            except DeadlinePassedError:
                continue
            assert np.isfinite(model.predict(fold.X_validation)).all()
            return
        pytest.fail("no model after nine looks at the clock")

    def test_no_time_at_all_is_said(self, learner: Any, data: TrainingData) -> None:
        fold = data.fold(0, learner.view)
        point = learner.starting_points(data.shape)[0]
        if learner.baseline:  # always there in time
            assert learner.fit(fold, point, deadline=Deadline(1.0, JumpingClock(0)), seed=0) is not None
            return
        with pytest.raises(DeadlinePassedError, match=learner.label):
            learner.fit(fold, point, deadline=Deadline(1.0, JumpingClock(0)), seed=0)

    def test_saved_models_predict_the_same_to_the_last_bit(
        self, learner: Any, data: TrainingData, tmp_path: Any
    ) -> None:
        X = data.fold(0, learner.view).X_validation.copy()
        model = self.fitted(learner, data)
        learner.save(model, tmp_path / "model")
        assert [path.name for path in tmp_path.iterdir()] == ["model"]
        again = learner.load(tmp_path / "model")
        np.testing.assert_array_equal(again.predict(X), model.predict(X))
        assert again.n_iterations == model.n_iterations

    def test_damaged_files_are_refused(self, learner: Any, data: TrainingData, tmp_path: Any) -> None:
        path = tmp_path / "model"
        learner.save(self.fitted(learner, data), path)
        whole = path.read_bytes()
        for damaged in (b"", b"not a model", whole[: len(whole) // 2]):
            path.write_bytes(damaged)
            with pytest.raises(UnreadableModelError, match="Fit the run again"):
                learner.load(path)

    def test_models_and_learners_pickle(self, learner: Any, data: TrainingData) -> None:
        X = data.fold(0, learner.view).X_validation.copy()
        model = self.fitted(learner, data)
        before = model.predict(X)
        np.testing.assert_array_equal(pickle.loads(pickle.dumps(model)).predict(X), before)
        travelled = pickle.loads(pickle.dumps(learner))
        np.testing.assert_array_equal(self.fitted(travelled, data).predict(X), before)

    def test_a_row_of_weight_0_is_as_good_as_not_there(self, learner: Any, data: TrainingData) -> None:
        random = np.random.default_rng(5)
        weights = np.where(random.random(len(data.y)) < 0.3, 0.0, 1.0)
        weights[data.fold_of_row == 0] = 1.0  # the rows that both are judged, and may stop, on
        there = weights > 0
        without = _replaced(
            data,
            views={name: view[there] for name, view in data.views.items()},
            y=data.y[there],
            fold_of_row=data.fold_of_row[there],
        )
        X = data.fold(0, learner.view).X_validation.copy()
        point = learner.starting_points(data.shape)[0]
        outputs = self.fitted(learner, _replaced(data, weights=weights), point=point).predict(X)
        expected = self.fitted(learner, without, point=point).predict(X)
        np.testing.assert_allclose(outputs, expected, rtol=1e-3, atol=1e-3)

    def test_of_two_rows_that_disagree_the_heavy_one_is_believed(self, learner: Any, data: TrainingData) -> None:
        if not learner.weighs_rows or learner.baseline:
            return
        opposite = data.n_classes - 1 - data.y if data.n_classes else 2 * data.y.mean() - data.y
        both = _replaced(
            data,
            views={name: np.concatenate([view, view]) for name, view in data.views.items()},
            y=np.concatenate([data.y, opposite]),
            fold_of_row=np.concatenate([data.fold_of_row, data.fold_of_row]),
        )
        fold = data.fold(0, learner.view)
        losses = []
        for first, second in ((20.0, 1.0), (1.0, 20.0)):
            weights = np.repeat([first, second], len(data.y))
            outputs = self.fitted(learner, _replaced(both, weights=weights)).predict(fold.X_validation.copy())
            losses.append(log_loss_or_square_error(outputs, fold.y_validation, fold.n_classes))
        assert losses[0] < 0.7 * losses[1], losses

    def test_a_weight_of_3_is_three_rows_where_that_is_promised(self, learner: Any, data: TrainingData) -> None:
        if not learner.weight_repeats:
            return
        weights = np.random.default_rng(5).integers(1, 4, len(data.y))
        repeated = _replaced(
            data,
            views={name: np.repeat(view, weights, axis=0) for name, view in data.views.items()},
            y=np.repeat(data.y, weights),
            fold_of_row=np.repeat(data.fold_of_row, weights),
        )
        X = data.fold(0, learner.view).X_validation.copy()
        outputs = self.fitted(learner, _replaced(data, weights=weights.astype(np.float64))).predict(X)
        np.testing.assert_allclose(outputs, self.fitted(learner, repeated).predict(X), rtol=1e-3, atol=1e-3)

    def test_it_learns_in_time_from_earlier_rows_alone(self, learner: Any, data: TrainingData) -> None:
        blocks = (np.arange(len(data.y)) * 4 // len(data.y) - 1).astype(np.int16)
        in_time = _replaced(data, fold_of_row=blocks, in_time=True)
        early = _replaced(
            data,
            views={name: view[blocks <= 1] for name, view in data.views.items()},
            y=data.y[blocks <= 1],
            fold_of_row=np.where(blocks <= 0, -1, 1)[blocks <= 1].astype(np.int16),
        )
        X = in_time.fold(1, learner.view).X_validation.copy()
        point = learner.starting_points(data.shape)[0]
        first, second = (self.fitted(learner, each, fold_index=1, point=point).predict(X) for each in (in_time, early))
        np.testing.assert_array_equal(first, second)

    def test_no_row_chooses_the_round_at_which_it_is_judged(self, learner: Any, data: TrainingData) -> None:
        parts = (np.arange(len(data.y)) // data.n_folds % 2).astype(np.int8)
        # Rows of the second part tell the opposite of all others: they like the first round best, and so judge the
        # first part there, where little is learnt; they themselves are judged where the first part is best.
        opposite = data.n_classes - 1 - data.y if data.n_classes else 2 * data.y.mean() - data.y
        contrary = (data.fold_of_row == 0) & (parts == 1)
        mixed = _replaced(data, y=np.where(contrary, opposite, data.y), stopping_parts=parts)
        fold = mixed.fold(0, learner.view)
        outputs = getattr(self.fitted(learner, mixed), "on_validation", None)
        if outputs is None:  # it stops at no round, or predicts the validation rows as any others
            return
        assert outputs.shape == (len(fold.y_validation), fold.n_outputs)
        first, second = (outputs[fold.stopping_parts == part].std(axis=0).mean() for part in (0, 1))
        assert first < 0.7 * second

    def test_starting_points_lie_in_the_space(self, learner: Any, data: TrainingData) -> None:
        for shape in _shapes(data):
            points = learner.starting_points(shape)
            assert points
            for point in points:
                assert learner.space(shape).contains(point), point

    def test_corners_of_the_space_can_be_fitted(self, learner: Any, data: TrainingData) -> None:
        fold, space = data.fold(0, learner.view), learner.space(data.shape)
        for corner in (0.0, 1.0):
            point = space.from_unit([corner] * len(space.dimensions), learner.starting_points(data.shape)[0])
            assert space.contains(point)
            # A corner may hold thousands of rounds: a few looks at the clock are enough to see that it fits at all.
            model = learner.fit(fold, point, deadline=Deadline(1.0, JumpingClock(40)), seed=0)
            assert np.isfinite(model.predict(fold.X_validation)).all()

    def test_descriptions_are_short(self, learner: Any, data: TrainingData) -> None:
        for point in learner.starting_points(data.shape):
            assert 0 < len(learner.describe(point)) <= 45

    def test_costs_are_positive_and_grow_with_rows(self, learner: Any, data: TrainingData) -> None:
        small, large = (_resized(data.shape, n_rows) for n_rows in (1_000, 20_000))
        point = learner.starting_points(small)[0]
        assert 0 < learner.cost_units(point, small) < learner.cost_units(point, large)
        assert 0 < learner.memory_bytes(point, small) < learner.memory_bytes(point, large)
        assert isinstance(learner.memory_bytes(point, small), int)
        assert type(learner.cost_units(point, small)) is float

    @pytest.mark.parametrize(("n_rows", "n_columns"), [(10, 1), (10, 4), (60, 1)])
    def test_tiny_tables_work(self, learner: Any, data: TrainingData, n_rows: int, n_columns: int) -> None:
        tiny = easy_table(data.n_classes, n_rows=n_rows, n_columns=n_columns, missing=False, n_folds=2)
        outputs = self.fitted(learner, tiny).predict(tiny.fold(0, learner.view).X_validation)
        assert outputs.shape == (n_rows // 2, tiny.shape.n_outputs)
        assert np.isfinite(outputs).all()

    def test_is_better_than_a_constant(self, learner: Any, data: TrainingData) -> None:
        fold = data.fold(0, learner.view)
        outputs = self.fitted(learner, data).predict(fold.X_validation)
        loss = log_loss_or_square_error(outputs, fold.y_validation, fold.n_classes)
        constant = np.log(fold.n_classes) if fold.n_classes else float(np.var(fold.y_validation))
        assert loss < constant * (1.05 if learner.baseline else 0.8)


class ClassesContract(LearnerContract):
    """What a learner for classes promises beside."""

    tasks = ("binary", "multiclass")

    def test_a_class_that_a_fold_lacks_keeps_its_column(self, learner: Any) -> None:
        data = easy_table(4)
        fold_of_row = np.where(data.y == 2, 0, 1 + np.arange(len(data.y)) % 2).astype(np.int16)
        data = _replaced(data, fold_of_row=fold_of_row)
        fold = data.fold(0, learner.view)
        outputs = self.fitted(learner, data).predict(fold.X_validation)
        assert outputs.shape[1] == 4
        assert outputs[:, 2].max() < 0.5
        assert np.isfinite(outputs).all()

    def test_a_single_class_can_be_learnt_from(self, learner: Any) -> None:
        data = easy_table(2)
        data = _replaced(data, fold_of_row=np.where(data.y == 1, 0, 1).astype(np.int16))
        outputs = self.fitted(learner, data).predict(data.fold(0, learner.view).X_validation)
        assert outputs.shape[1] == 2
        assert outputs[:, 0].min() > 0.5


class ValuesContract(LearnerContract):
    """What a learner for values promises beside."""

    tasks = ("regression",)

    def test_a_constant_target_is_predicted(self, learner: Any) -> None:
        data = easy_table(0)
        data = _replaced(data, y=np.full(len(data.y), 42.0))
        outputs = self.fitted(learner, data).predict(data.fold(0, learner.view).X_validation)
        np.testing.assert_allclose(outputs, 42.0, atol=1.0)

    def test_values_on_a_far_scale_are_learnt(self, learner: Any) -> None:
        data = easy_table(0)
        far = _replaced(data, y=1e6 + 1e4 * data.y)
        fold = far.fold(0, learner.view)
        outputs = self.fitted(learner, far).predict(fold.X_validation)
        assert np.mean((outputs[:, 0] - fold.y_validation) ** 2) < np.var(fold.y_validation) * (
            1.05 if learner.baseline else 0.8
        )


class EveryTaskContract(ClassesContract, ValuesContract):
    """For learners of classes and values alike."""

    tasks = ("regression", "binary", "multiclass")


def _replaced(data: TrainingData, **changed: Any) -> TrainingData:
    return dataclasses.replace(data, **changed)


def _resized(shape: TableShape, n_rows: int) -> TableShape:
    return TableShape(n_rows, shape.n_columns, shape.n_classes, shape.n_categorical)


def _shapes(data: TrainingData) -> list[TableShape]:
    return [
        data.shape,
        *(
            TableShape(n_rows, {"tree": columns, "linear": columns + 1}, data.n_classes, n_categorical)
            for n_rows in (10, 400, 6_000, 100_000)
            for columns in (1, 30, 900)
            for n_categorical in (0, 1)
        ),
    ]
