"""What is to be predicted: the task, the classes in their order, and the rows that can be learnt from."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.data.readings import MISSING_WORDS, label_of, object_kind, plain, read_labels, read_numbers
from lepton_jupyter.exceptions.data_errors import (
    InvalidTargetError,
    InvalidTaskError,
    UnknownLabelError,
)
from lepton_jupyter.exceptions.prediction_errors import ColumnTypeError

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

#: What a class label may be.
Label = str | int | float | bool
#: Tasks as they are typed; ``classification`` is binary or multiclass, as the target has it.
TASKS = ("binary", "multiclass", "regression", "classification")
#: Whole numbers with more different values than this are quantities.
MOST_NUMBER_CLASSES = 20
#: Rows that each whole number should have on average to be a class.
ROWS_PER_NUMBER_CLASS = 10
#: More classes of text than this, in half as many rows, are names rather than classes.
MOST_TEXT_CLASSES = 100

_NUMBER_OBJECTS = {"integer", "floating", "mixed-integer-float", "decimal", "timedelta"}


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """What is to be predicted.

    Parameters
    ----------
    name : str
    task : {"binary", "multiclass", "regression"}
    kept : ndarray of bool of shape (n_rows,)
        Rows of the table that have a target; only these are learnt from.
    y : ndarray of shape (n_kept,)
        float64 values, or int64 class codes 0 … n_classes-1.
    classes : tuple of str, int, float or bool
        Labels in the order of the codes: sorted as scikit-learn sorts them, the positive class moved to the end.
        Empty for regression.
    reason : str
        Why it is this task, in a few words.
    notes : tuple of str
        Sentences that a person should read.
    """

    name: str
    task: str
    kept: NDArray[np.bool_]
    y: NDArray[np.float64] | NDArray[np.int64]
    classes: tuple[Label, ...]
    reason: str
    notes: tuple[str, ...] = ()

    @property
    def n_classes(self) -> int:
        """How many classes there are; 0 for regression."""
        return len(self.classes)

    @property
    def class_counts(self) -> tuple[int, ...]:
        """Rows of each class."""
        return tuple(np.bincount(self.y.astype(np.int64), minlength=self.n_classes).tolist()) if self.classes else ()

    def class_array(self) -> NDArray[Any]:
        """Labels as an array: of numbers or truths where they are such, else of objects."""
        return labels_as_array(self.classes)


def labels_as_array(classes: tuple[Label, ...]) -> NDArray[Any]:
    """Class labels as scikit-learn's ``classes_`` holds them: text as objects, the rest in its own type.

    Examples
    --------
    >>> labels_as_array((0, 1)), labels_as_array(("no", "yes"))
    (array([0, 1]), array(['no', 'yes'], dtype=object))
    """
    if all(isinstance(label, str) for label in classes):
        return np.array(classes, dtype=object)
    return np.array(classes)


def understand_target(
    values: Any,
    *,
    name: str = "target",
    task: str | None = None,
    positive: Any = None,
    single_row_classes: str = "refuse",
) -> Target:
    """Find out what is to be predicted.

    Text, categories and truths are classes, and so are two different numbers. Whole numbers are classes if at most 20
    are different and each has 10 rows on average; other numbers are a quantity. `task` overrides this.

    Parameters
    ----------
    values : pandas.Series or array-like of shape (n_rows,)
        The target; missing values are allowed, their rows are left out.
    name : str, default="target"
        For messages.
    task : {"binary", "multiclass", "regression", "classification"}, optional
        Overrides what is inferred.
    positive : str, int, float or bool, optional
        The class of two whose probability is of interest; what was typed (``"1"``) finds the number 1.
    single_row_classes : {"refuse", "keep"}, default="refuse"
        What to do with a class of one row, which can be learnt or validated but not both. Kept, it gets a note.

    Returns
    -------
    target : Target

    Raises
    ------
    InvalidTargetError
        If it is constant, missing throughout, infinite, or has a class of one row or far too many classes.
    InvalidTaskError
        If the task is unknown or does not fit.
    UnknownLabelError
        If `positive` is no class.

    Examples
    --------
    >>> target = understand_target(["no", "yes", "no", "yes", None], positive="no")
    >>> target.task, target.classes, target.y.tolist()
    ('binary', ('yes', 'no'), [1, 0, 1, 0])
    >>> target.notes
    ('1 of 5 rows has no target and is left out.',)
    """
    if task is not None and task not in TASKS:
        raise InvalidTaskError.from_unknown(task, TASKS)
    series = plain(_as_series(values))
    kept = _kept_rows(series)
    if not kept.any():
        raise InvalidTargetError.from_missing(name)
    series = series if kept.all() else series[kept]
    if series.dtype.kind == "M" or object_kind(series) in {"date", "datetime", "datetime64", "period"}:
        raise InvalidTargetError.from_date(name)
    numbers, from_text = _as_numbers(series, name)
    chosen, reason = _choose_task(series, numbers, task, name)
    notes = _missing_note(kept)
    if chosen == "regression":
        y = _as_quantity(series, numbers, name, positive)
        if from_text:
            notes = (*notes, f"Target {name!r} holds numbers stored as text; they are read as numbers.")
        return Target(name, chosen, kept, y, (), reason, notes)
    codes, classes = _as_classes(series, None if from_text else numbers)
    _check_classes(codes, classes, name, task)
    single = [classes[place] for place in np.flatnonzero(np.bincount(codes, minlength=len(classes)) == 1)]
    if single and single_row_classes == "refuse":
        raise InvalidTargetError.from_single_row_classes(name, single)
    notes += tuple(f"Class {label!r} of target {name!r} has only one row, too few to be validated." for label in single)
    if positive is not None:
        codes, classes = _with_positive_last(codes, classes, positive)
    return Target(name, "binary" if len(classes) == 2 else "multiclass", kept, codes, classes, reason, notes)


def coded_target(values: pd.Series[Any], name: str, classes: tuple[Label, ...]) -> NDArray[Any]:
    """The target of another table, in the codes of the training table.

    Parameters
    ----------
    values : pandas.Series
        Without missing values.
    name : str
        For messages.
    classes : tuple of str, int, float or bool
        Labels in the order of the codes; empty: values.

    Returns
    -------
    y : ndarray of shape (n_rows,)
        float64 values, or int64 codes.

    Raises
    ------
    UnknownLabelError
        If a label is none of the classes.
    ColumnTypeError
        If a value cannot be read as a finite number.

    Examples
    --------
    >>> import pandas as pd
    >>> coded_target(pd.Series(["yes", "no"]), "churn", ("no", "yes"))
    array([1, 0])
    """
    if not classes:
        reading = read_numbers(values)
        unreadable = np.flatnonzero(~np.isfinite(reading.values))
        if len(unreadable):
            raise ColumnTypeError.from_value(name, "number", values.iloc[int(unreadable[0])])
        return reading.values
    codes = {label_of(label): float(code) for code, label in enumerate(classes)}
    coded = read_labels(values).map(codes, -1.0)
    if (coded < 0).any():
        raise UnknownLabelError.from_label(values.iloc[int(np.flatnonzero(coded < 0)[0])], classes)
    return coded.astype(np.int64)


def class_code(label: Any, classes: tuple[Label, ...]) -> int:
    """Code of the class that a person means: what was typed (``"1"``) finds the number 1, capitals or not.

    Raises
    ------
    UnknownLabelError
        If it is none of the classes.

    Examples
    --------
    >>> class_code("1", (0, 1)), class_code("Yes", ("no", "yes"))
    (1, 1)
    """
    wanted = label_of(label).strip().lower()
    exact = [place for place, each in enumerate(classes) if label_of(each) == label_of(label)]
    alike = exact or [place for place, each in enumerate(classes) if label_of(each).strip().lower() == wanted]
    if len(alike) != 1 or wanted in MISSING_WORDS:
        raise UnknownLabelError.from_label(label, classes)
    return alike[0]


def known_target(values: pd.Series[Any]) -> NDArray[np.bool_]:
    """Rows that have a target: not missing, and not blank where it is text.

    Examples
    --------
    >>> import pandas as pd
    >>> known_target(pd.Series(["yes", " ", None])).tolist()
    [True, False, False]
    """
    return _kept_rows(plain(values))


def _as_quantity(
    series: pd.Series[Any], numbers: NDArray[np.float64] | None, name: str, positive: Any
) -> NDArray[np.float64]:
    if positive is not None:
        raise UnknownLabelError.from_task(positive, "regression")
    if numbers is None:
        raise InvalidTaskError.from_text(name, label_of(series.iloc[0]))
    if numbers.min() == numbers.max():
        raise InvalidTargetError.from_constant(name, numbers[0].item())
    return numbers


def _as_series(values: Any) -> pd.Series[Any]:
    import pandas as pd

    if hasattr(values, "to_pandas"):
        values = values.to_pandas()
    if isinstance(values, pd.DataFrame) and values.shape[1] == 1:
        values = values.iloc[:, 0]
    if isinstance(values, pd.Series):
        return values.reset_index(drop=True)
    if isinstance(values, list | tuple) and not any(isinstance(each, list | tuple) for each in values[:1]):
        return pd.Series(values)  # by value, not through np.asarray: one text would turn all numbers into text
    array = np.asarray(values)
    if array.ndim == 2 and array.shape[1] == 1:
        from sklearn.exceptions import DataConversionWarning

        message = "A column-vector y was passed when a 1d array was expected. It is read as one value a row."
        warnings.warn(message, DataConversionWarning, stacklevel=3)
        array = array[:, 0]
    if array.ndim != 1:
        raise InvalidTargetError.from_several_columns(array.shape)
    return pd.Series(array.astype(object) if array.dtype.kind in "US" else array)


def _kept_rows(series: pd.Series[Any]) -> NDArray[np.bool_]:
    kept = series.notna().to_numpy()
    if series.dtype.kind not in "iufbmM":
        # Blank is missing; other words for missing may well be a class of a target.
        labels = read_labels(series)
        kept = kept & (labels.map({text: 0.0 for text in labels.texts if not text.strip()}, 1.0) > 0)
    return kept


def _missing_note(kept: NDArray[np.bool_]) -> tuple[str, ...]:
    n_missing = int(np.count_nonzero(~kept))
    if not n_missing:
        return ()
    verb, rest = ("has", "is") if n_missing == 1 else ("have", "are")
    return (f"{n_missing:,} of {len(kept):,} rows {verb} no target and {rest} left out.",)


def _as_numbers(series: pd.Series[Any], name: str) -> tuple[NDArray[np.float64] | None, bool]:
    """Values as numbers, or None where they are not, and whether they were text."""
    if _reason_of_labels(series) != "text":
        return None, False
    reading = read_numbers(series)
    if reading.unreadable is not None or np.isnan(reading.values).any():
        return None, True
    count = int(np.count_nonzero(np.isinf(reading.values)))
    if count:
        raise InvalidTargetError.from_infinite(name, count)
    return reading.values, series.dtype.kind not in "iufm" and object_kind(series) not in _NUMBER_OBJECTS


def _choose_task(
    series: pd.Series[Any], numbers: NDArray[np.float64] | None, task: str | None, name: str
) -> tuple[str, str]:
    if task == "regression":
        return task, "as asked"
    if numbers is None:
        return "classification", "as asked" if task else _reason_of_labels(series)
    distinct = np.unique(numbers)
    fractions = distinct[distinct != np.floor(distinct)]
    if task is not None:
        if len(fractions) and len(distinct) > 2:
            raise InvalidTaskError.from_continuous(name, float(fractions[0]))
        return "classification", "as asked"
    if len(distinct) == 2:
        return "classification", "two different numbers"
    few = len(distinct) <= MOST_NUMBER_CLASSES and len(numbers) >= ROWS_PER_NUMBER_CLASS * len(distinct)
    if few and not len(fractions) and len(distinct) > 1:
        return "classification", f"whole numbers, {len(distinct)} different ones"
    return "regression", f"numbers, {len(distinct):,} different ones"


def _reason_of_labels(series: pd.Series[Any]) -> str:
    import pandas as pd

    if isinstance(series.dtype, pd.CategoricalDtype):
        return "categories"
    return "true or false" if series.dtype.kind == "b" or object_kind(series) == "boolean" else "text"


def _as_classes(
    series: pd.Series[Any], numbers: NDArray[np.float64] | None
) -> tuple[NDArray[np.int64], tuple[Label, ...]]:
    if numbers is not None:
        distinct, codes = np.unique(numbers, return_inverse=True)
        integers = series.dtype.kind in "iu" or (series.dtype == object and object_kind(series) == "integer")
        classes = tuple(int(each) if integers else float(each) for each in distinct)
        return codes.astype(np.int64), classes
    if _reason_of_labels(series) == "true or false":
        codes = series.astype(bool).to_numpy().astype(np.int64)
        present = np.unique(codes)
        return np.searchsorted(present, codes), tuple(bool(each) for each in present)
    labels, values = read_labels(series), _label_values(series)
    names = sorted(labels.counts(), key=lambda text: (values[text], text) if len(values) else (0, text))
    place = {text: code for code, text in enumerate(names)}
    return labels.map(place, -1).astype(np.int64), tuple(values.get(text, text) for text in names)


def _label_values(series: pd.Series[Any]) -> dict[str, Any]:
    """For categories that are whole numbers or truths, the value behind each text; empty for text."""
    import pandas as pd

    if not isinstance(series.dtype, pd.CategoricalDtype):
        return {}
    kept = series.cat.categories
    if kept.dtype.kind in "iuf":
        return {label_of(value): value.item() for value in kept.to_numpy()}
    return {label_of(value): bool(value) for value in kept} if kept.dtype.kind == "b" else {}


def _check_classes(codes: NDArray[np.int64], classes: tuple[Label, ...], name: str, task: str | None) -> None:
    if len(classes) == 1:
        raise InvalidTargetError.from_constant(name, classes[0])
    if len(classes) > MOST_TEXT_CLASSES and 2 * len(classes) > len(codes):
        raise InvalidTargetError.from_too_many_classes(name, len(classes), len(codes))
    if task == "binary" and len(classes) > 2:
        raise InvalidTaskError.from_class_count(name, len(classes))


def _with_positive_last(
    codes: NDArray[np.int64], classes: tuple[Label, ...], positive: Any
) -> tuple[NDArray[np.int64], tuple[Label, ...]]:
    if len(classes) != 2:
        raise UnknownLabelError.from_task(positive, "multiclass")
    if class_code(positive, classes) == 1:
        return codes, classes
    return 1 - codes, (classes[1], classes[0])
