"""What a search was asked to do: checked once, frozen, and kept with the run so that it can be resumed."""

from __future__ import annotations

import json
import math
import numbers
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

from lepton_jupyter.automl.class_weights import BALANCED, as_class_weight
from lepton_jupyter.automl.memory_limit import as_bytes
from lepton_jupyter.automl.monotone import as_monotone
from lepton_jupyter.evaluation.model_choice import PREFERENCES
from lepton_jupyter.events.quantities import Budget, Price, parse_duration
from lepton_jupyter.exceptions.budget_errors import InvalidQuantityError
from lepton_jupyter.exceptions.constraint_errors import TrialTimeError
from lepton_jupyter.exceptions.fold_step_errors import FoldStepError
from lepton_jupyter.exceptions.lepton_error import did_you_mean
from lepton_jupyter.exceptions.settings_errors import InvalidSettingError
from lepton_jupyter.exceptions.split_errors import SplitColumnError
from lepton_jupyter.preprocessing.fold_steps import as_fold_steps

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_TASKS = ("binary", "multiclass", "regression", "classification")
#: NumPy and LightGBM take seeds of 31 bits.
_LARGEST_SEED = 2**31 - 1
_KEEP_MODELS = ("best", "front", "all")


@dataclass(frozen=True, kw_only=True, slots=True)
class AutoMLSettings:
    """Settings of one search.

    Parameters
    ----------
    target : str
        Column to predict.
    table_name : str, default="table"
        What the person calls the table; `resume` looks for it under this name.
    budget : Budget
        Seconds, trials, or both.
    task : {"binary", "multiclass", "regression", "classification"} or None
        None: inferred from the target; classification: binary or multiclass, as the target has it.
    metric : str or None
        scikit-learn's name; None: ROC AUC, log loss or RMSE by task.
    positive : object
        Label of the class that `predict_proba` gives last; None: the last in order.
    drop : tuple of str
        Columns that are not used.
    learners, without : tuple of str
        Learners to use (empty: all) and to leave out.
    n_folds : int or None
        None: chosen by the size of the table.
    name : str or None
        Name of the run; None: the target.
    seed : int, default=0
    keep_models : {"all", "front", "best"}, default="all"
        Whose fold models stay on disk after the end.
    prefer : {"accuracy", "balanced", "speed", "smallest"}, default="accuracy"
        What the final model is chosen for: see `lepton_jupyter.evaluation.model_choice.choose`.
    n_workers : int or None
        Most fits side by side; None: all usable cores.
    groups, time, weights : str or None
        Columns that tell which rows stay in one fold, which are later, and how much each counts. Groups and weights
        are not learnt from.
    class_weight : "balanced", mapping of str to float, or None
        How much more rows of a class count in fits, by the text of its label; scores do not know it.
    monotone : mapping of str to {1, -1}, or None
        Columns along which predictions may never fall, or never rise.
    max_memory : int, str or None
        Bytes that fits may take beside the table, all that go on at once together, by the estimates of the learners;
        text such as ``"2GB"`` is read.
    trial_seconds : float, str or None
        Longest that the fits of one trial may take, summed over its folds; text such as ``"20s"`` is read. Under a
        budget in trials the clock is then read, and a run is no longer the same each time.
    learn_groups : bool, default=False
        Learn from the column of groups all the same.
    queue : bool, default=False
        Wait for the runs before this one in the same kernel.
    patience : int or None
        End after so many trials without gain; None: go on as long as the budget lasts.
    core_hour_price : str or None
        What an hour of one core costs, such as ``"0.05EUR"``; None: `cost` says no money.
    test_name : str or None
        What the person calls the held-out table, which `resume` looks for; None: there is none, or it has no name.
    table_place, test_place : str or None
        Path or pattern that the table, and the held-out one, were read from; never an address, which may hold a secret.
    in_folds : tuple of str
        Steps of a preparation that are fitted within each fold, before any learner.
    n_drawn : int or None
        Rows that were drawn at random from a table too large for the memory; None: all were used.

    Raises
    ------
    InvalidSettingError, ClassWeightError, MonotoneError, MemorySizeError, TrialTimeError
        If a value is not one of those above.
    """

    target: str
    table_name: str = "table"
    budget: Budget
    task: str | None = None
    metric: str | None = None
    positive: Any = None
    drop: tuple[str, ...] = ()
    learners: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    n_folds: int | None = None
    name: str | None = None
    seed: int = 0
    keep_models: str = "all"
    prefer: str = "accuracy"
    n_workers: int | None = None
    groups: str | None = None
    time: str | None = None
    weights: str | None = None
    class_weight: str | Mapping[str, float] | None = None
    monotone: Mapping[str, int] | None = None
    max_memory: int | str | None = None
    trial_seconds: float | str | None = None
    learn_groups: bool = False
    queue: bool = False
    patience: int | None = None
    core_hour_price: str | None = None
    test_name: str | None = None
    table_place: str | None = None
    test_place: str | None = None
    in_folds: tuple[str, ...] = ()
    n_drawn: int | None = None

    def __post_init__(self) -> None:
        _text("target", self.target)
        for setting in ("name", "task", "metric", "groups", "time", "weights"):
            value = getattr(self, setting)
            if value is not None:
                _text(setting, value)
        self._check_split()
        # Frozen, and yet set here: a person's mapping may change later, and its labels become text in any case.
        object.__setattr__(self, "class_weight", as_class_weight(self.class_weight))
        object.__setattr__(self, "monotone", as_monotone(self.monotone))
        object.__setattr__(self, "max_memory", as_bytes(self.max_memory))
        object.__setattr__(self, "in_folds", as_fold_steps(self.in_folds))
        if "balance" in self.in_folds and self.class_weight is None:
            object.__setattr__(self, "class_weight", BALANCED)
        if "encode" in self.in_folds and self.monotone is not None:
            raise FoldStepError.from_monotone()
        object.__setattr__(self, "trial_seconds", as_trial_seconds(self.trial_seconds))
        one_of("task", self.task, (None, *_TASKS))
        one_of("keep_models", self.keep_models, _KEEP_MODELS)
        one_of("prefer", self.prefer, PREFERENCES)
        whole_number("seed", self.seed)
        if not 0 <= self.seed <= _LARGEST_SEED:
            raise InvalidSettingError.from_seed(self.seed, _LARGEST_SEED)
        if self.n_folds is not None:
            whole_number("folds", self.n_folds)
            if self.n_folds < 2:
                raise InvalidSettingError.from_folds(self.n_folds)
        if self.n_workers is not None:
            whole_number("n_jobs", self.n_workers)
            if self.n_workers < 1:
                raise InvalidSettingError.from_workers(self.n_workers)
        self._check_spending()

    def _check_spending(self) -> None:
        if self.patience is not None:
            whole_number("patience", self.patience)
            if self.patience < 1:
                raise InvalidSettingError.from_patience(self.patience)
        if self.core_hour_price is not None:
            Price.parse(self.core_hour_price)

    def _check_split(self) -> None:
        if self.groups is not None and self.time is not None:
            raise SplitColumnError.from_both()
        for option, name in (("--groups", self.groups), ("--time", self.time), ("--weights", self.weights)):
            if name == self.target:
                raise SplitColumnError.from_target(option, self.target)

    @property
    def stratum(self) -> str | None:
        """Column of each of whose classes a sample of the table has the same share."""
        return None if self.task == "regression" else self.target

    @property
    def unlearnt(self) -> tuple[str, ...]:
        """Columns that no model learns from: those left out, and those that say something of rows alone."""
        groups = None if self.learn_groups else self.groups
        beside = (name for name in (groups, self.weights) if name is not None and name not in self.drop)
        return (*self.drop, *beside)

    def to_json(self) -> str:
        """The settings as JSON; a positive label keeps its type if JSON has it."""
        document = asdict(self) | {"seed": int(self.seed)}
        positive = document["positive"]
        document["positive"] = positive.item() if hasattr(positive, "item") else positive
        return json.dumps(document, indent=2, default=str)

    @classmethod
    def from_json(cls, text: str) -> AutoMLSettings:
        """Read what `to_json` wrote; fields of a newer version are left out."""
        document = json.loads(text)
        known = {field.name for field in fields(cls)}
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in document.items()
        }
        values["budget"] = Budget(**document["budget"])
        return cls(**{name: value for name, value in values.items() if name in known})


def as_names(setting: str, value: str | Sequence[str] | None) -> tuple[str, ...]:
    """Names of a setting that takes several: a single text is one name, not its letters.

    Raises
    ------
    InvalidSettingError
        If something among them is not text.

    Examples
    --------
    >>> as_names("drop", "id"), as_names("drop", ["id", "day"]), as_names("drop", None)
    (('id',), ('id', 'day'), ())
    """
    if value is None:
        return ()
    names: tuple[Any, ...] = tuple(value) if not isinstance(value, str) and hasattr(value, "__iter__") else (value,)
    for name in names:
        _text(setting, name)
    return names


def as_trial_seconds(wish: Any) -> float | None:
    """The longest time of a trial in seconds.

    Raises
    ------
    TrialTimeError
        If it is no time above 0.

    Examples
    --------
    >>> as_trial_seconds("2m"), as_trial_seconds(20)
    (120.0, 20.0)
    """
    if wish is None:
        return None
    try:
        seconds = parse_duration(wish) if isinstance(wish, str) else float(wish)
    except (InvalidQuantityError, TypeError, ValueError):
        seconds = 0.0
    if isinstance(wish, bool) or not 0 < seconds < math.inf:
        raise TrialTimeError.from_value(wish)
    return seconds


def _text(setting: str, value: object) -> None:
    if not isinstance(value, str) or not value:
        raise InvalidSettingError.from_text(setting, value)


def whole_number(setting: str, value: object) -> None:
    """Refuse what is not a whole number.

    Raises
    ------
    InvalidSettingError
    """
    # Not numbers.Integral alone: True is one, and nobody means a number by it.
    if isinstance(value, bool) or not isinstance(value, numbers.Integral):
        raise InvalidSettingError.from_number(setting, value)


def one_of(setting: str, value: str | None, choices: Sequence[str | None]) -> None:
    """Refuse what is not among the choices.

    Raises
    ------
    InvalidSettingError
    """
    if value not in choices:
        known = [choice for choice in choices if choice is not None]
        raise InvalidSettingError.from_choice(setting, str(value), did_you_mean(str(value), known))
