"""What a search was asked to do: checked once, frozen, and kept with the run so that it can be resumed."""

from __future__ import annotations

import json
import numbers
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

from lepton_jupyter.events.quantities import Budget
from lepton_jupyter.exceptions.lepton_error import did_you_mean
from lepton_jupyter.exceptions.settings_errors import InvalidSettingError
from lepton_jupyter.exceptions.split_errors import SplitColumnError

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    n_workers : int or None
        Most fits side by side; None: all usable cores.
    groups, time, weights : str or None
        Columns that tell which rows stay in one fold, which are later, and how much each counts. Groups and weights
        are not learnt from.
    learn_groups : bool, default=False
        Learn from the column of groups all the same.
    queue : bool, default=False
        Wait for the runs before this one in the same kernel.
    patience : int or None
        End after so many trials without gain; None: go on as long as the budget lasts.
    test_name : str or None
        What the person calls the held-out table, which `resume` looks for; None: there is none, or it has no name.
    table_place, test_place : str or None
        Path or pattern that the table, and the held-out one, were read from; never an address, which may hold a secret.
    n_drawn : int or None
        Rows that were drawn at random from a table too large for the memory; None: all were used.

    Raises
    ------
    InvalidSettingError
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
    n_workers: int | None = None
    groups: str | None = None
    time: str | None = None
    weights: str | None = None
    learn_groups: bool = False
    queue: bool = False
    patience: int | None = None
    test_name: str | None = None
    table_place: str | None = None
    test_place: str | None = None
    n_drawn: int | None = None

    def __post_init__(self) -> None:
        _text("target", self.target)
        for setting in ("name", "task", "metric", "groups", "time", "weights"):
            value = getattr(self, setting)
            if value is not None:
                _text(setting, value)
        self._check_split()
        _one_of("task", self.task, (None, *_TASKS))
        _one_of("keep_models", self.keep_models, _KEEP_MODELS)
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
        if self.patience is not None:
            whole_number("patience", self.patience)
            if self.patience < 1:
                raise InvalidSettingError.from_patience(self.patience)

    def _check_split(self) -> None:
        if self.groups is not None and self.time is not None:
            raise SplitColumnError.from_both()
        for option, name in (("--groups", self.groups), ("--time", self.time), ("--weights", self.weights)):
            if name == self.target:
                raise SplitColumnError.from_target(option, self.target)

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


def _one_of(setting: str, value: str | None, choices: Sequence[str | None]) -> None:
    if value not in choices:
        known = [choice for choice in choices if choice is not None]
        raise InvalidSettingError.from_choice(setting, str(value), did_you_mean(str(value), known))
