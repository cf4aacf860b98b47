"""How the rows of a run are split and weighed: which stay together, which come later, how much each counts."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.data.arrow_frames import from_frame, plain_table
from lepton_jupyter.data.checks import find_column
from lepton_jupyter.data.duplicate_rows import duplicate_groups
from lepton_jupyter.data.row_columns import as_column, read_groups, read_times, read_weights
from lepton_jupyter.evaluation.folds import assign_folds
from lepton_jupyter.evaluation.late_parts import late_parts
from lepton_jupyter.evaluation.row_groups import joined_groups, n_sharing
from lepton_jupyter.evaluation.stopping_parts import stopping_parts
from lepton_jupyter.evaluation.time_folds import assign_time_folds
from lepton_jupyter.evaluation.validation_sample import sample_validation
from lepton_jupyter.exceptions.data_errors import ComplexDataError
from lepton_jupyter.exceptions.metric_errors import MetricMismatchError
from lepton_jupyter.exceptions.split_errors import GroupColumnError, SplitColumnError, TimeColumnError
from lepton_jupyter.preprocessing.column_look import look_at
from lepton_jupyter.preprocessing.near_rows import near_groups

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from lepton_jupyter.automl.settings import AutoMLSettings
    from lepton_jupyter.evaluation.metrics import Metric

#: Tables with fewer different rows than this for each fold repeat themselves by their nature, and not by copying.
_DIFFERENT_ROWS_PER_FOLD = 10
#: Folds that duplicates are looked at for, whatever their number becomes.
_MOST_FOLDS = 8
#: Values of a table up to which near copies are looked for: a second on one core.
_MOST_NEAR_VALUES = 1_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Splits:
    """What is known of rows beside their columns and their target.

    Parameters
    ----------
    groups : ndarray of int64, shape (n_rows,), or None
        Rows of one group share a fold.
    times : ndarray of shape (n_rows,), or None
        Folds are then validated on later rows than they learn from.
    weights : ndarray of float64, shape (n_rows,), or None
        Of mean 1, none of them 0.
    groups_name, times_name, weights_name : str
        What they were called, for messages; empty where there are none.
    notes : tuple of str
        Sentences a person should read.

    Examples
    --------
    >>> together = Splits(groups=np.array([0, 0, 1, 2]))
    >>> fold_of_row = together.fold_of_row(np.arange(4.0), n_classes=0, n_folds=2, seed=0)
    >>> bool(fold_of_row[0] == fold_of_row[1])
    True
    """

    groups: NDArray[np.int64] | None = None
    times: NDArray[Any] | None = None
    weights: NDArray[np.float64] | None = None
    groups_name: str = ""
    times_name: str = ""
    weights_name: str = ""
    notes: tuple[str, ...] = ()

    @property
    def in_time(self) -> bool:
        """Whether folds follow one another in time."""
        return self.times is not None

    def taking(self, rows: NDArray[np.bool_]) -> Splits:
        """The same for some of the rows."""
        if rows.all():
            return self
        return replace(
            self,
            groups=None if self.groups is None else self.groups[rows],
            times=None if self.times is None else self.times[rows],
            weights=None if self.weights is None else self.weights[rows],
        )

    def without_weightless(self, counted: NDArray[np.bool_]) -> Splits:
        """The same for the rows whose weight is not 0, and a note about the others."""
        n_left_out = int((~counted).sum())
        subject = "1 row of weight 0 is" if n_left_out == 1 else f"{n_left_out:,} rows of weight 0 are"
        return replace(self.taking(counted), notes=(*self.notes, f"{subject} left out."))

    def weighing(self) -> Splits:
        """The same with weights of mean 1, so that what a weight means does not depend on its unit."""
        if self.weights is None:
            return self
        # All alike is as good as none, and the same to the last bit.
        alike = bool((self.weights == self.weights[0]).all())
        return replace(self, weights=None if alike else self.weights / self.weights.mean())

    def fingerprint(self) -> str:
        """A digest of groups, times and weights, by which a run that is resumed knows them again; empty without any."""
        digest = hashlib.sha256()
        given = [
            each for each in (self.groups if self.groups_name else None, self.times, self.weights) if each is not None
        ]
        for each in given:
            digest.update(np.ascontiguousarray(each).tobytes())
        return digest.hexdigest() if given else ""

    def sharing_duplicates(self, table: pd.DataFrame) -> Splits:
        """The same, with rows that are equal in all columns of `table` in one fold.

        Not where time decides, nor where nearly all rows are alike because the columns hold few values: there two
        equal rows are no copies, and a model that is asked about them is asked nothing odd.
        """
        if self.in_time:
            return self
        duplicates = duplicate_groups(table)
        if duplicates is None or int(duplicates.max()) + 1 < _DIFFERENT_ROWS_PER_FOLD * _MOST_FOLDS:
            return self
        groups = duplicates if self.groups is None else joined_groups(self.groups, duplicates)
        if self.groups is not None and int(groups.max()) + 1 < min(_MOST_FOLDS, int(self.groups.max()) + 1):
            return self  # equal rows tie the groups together until too few are left
        note = f"{n_sharing(duplicates):,} duplicated rows share folds."
        return replace(self, groups=groups, notes=(*self.notes, note))

    def sharing_near_copies(self, table: pd.DataFrame) -> Splits:
        """The same, with rows that are nearly copies of each other in one fold, in a table that is not too large.

        Two orders that differ in the case of a name are one order: where one is learnt from and the other is judged, a
        model is asked what it was told. See `near_rows` for what is near.
        """
        import pyarrow as pa

        if self.in_time or table.size > _MOST_NEAR_VALUES:
            return self
        try:
            # Names tell nothing of near copies, and need not be such as Arrow knows.
            rows = plain_table(from_frame(table.set_axis([str(place) for place in range(table.shape[1])], axis=1)))
        except (pa.ArrowException, ComplexDataError):  # such columns are compared exactly alone
            return self
        near = near_groups(rows, look_at(rows))
        if near is None:
            return self
        before = np.arange(len(table)) if self.groups is None else self.groups
        groups = joined_groups(before, near)
        n_before, n_groups = int(before.max()) + 1, int(groups.max()) + 1
        needed = min(_MOST_FOLDS, n_before) if self.groups_name else _DIFFERENT_ROWS_PER_FOLD * _MOST_FOLDS
        if n_groups in {n_before, *range(needed)}:
            return self
        # A chain of slips from row to row that takes in much of the table is none of copying.
        if np.bincount(groups).max() > max(np.bincount(before).max(), len(table) // (2 * _MOST_FOLDS)):
            return self
        n_more = n_sharing(near) - (n_sharing(self.groups) if self.shares_duplicates and self.groups is not None else 0)
        what = "row that is nearly a copy of another shares" if n_more == 1 else "rows that are nearly copies share"
        notes = (*self.notes, f"{n_more:,} {what} folds.") if n_more > 0 else self.notes
        return replace(self, groups=groups, notes=notes)

    def fold_of_row(self, y: NDArray[Any], n_classes: int, n_folds: int, seed: int) -> NDArray[np.int16]:
        """Fold in which each row is validated; -1 for rows that are only learnt from.

        Raises
        ------
        TimeColumnError, TooFewRowsError
            If there are too few different times, or groups.
        """
        if self.times is not None:
            return assign_time_folds(self.times, n_folds)
        dealt = assign_folds(y, n_classes, n_folds, seed, self.groups)
        return sample_validation(dealt, y if n_classes else None, self.groups, seed)

    def stopping_parts(
        self, y: NDArray[Any], n_classes: int, fold_of_row: NDArray[np.int16], seed: int
    ) -> NDArray[np.int8]:
        """Part of its fold that each row is in when fits stop early; what shares a fold for a reason shares a part."""
        return stopping_parts(y, n_classes, fold_of_row, seed, groups=self.groups, moments=self.times)

    def late_parts(
        self, y: NDArray[Any], n_classes: int, fold_of_row: NDArray[np.int16], seed: int
    ) -> NDArray[np.int8] | None:
        """Late fold that leaves each row out; None where there are none, as where folds follow one another in time."""
        return None if self.in_time else late_parts(y, n_classes, fold_of_row, seed, groups=self.groups)

    @property
    def shares_duplicates(self) -> bool:
        """Whether rows share folds because they are copies of each other, and for no other reason."""
        return self.groups is not None and not self.groups_name

    def notes_on_folds(self, n_folds: int) -> tuple[str, ...]:
        """What a person should know of folds that are not of random rows."""
        if not self.in_time:
            return ()
        return (
            f"Folds follow {self.times_name!r}: {n_folds} blocks of the later half, each judged by models of what came "
            "before it. The last block counts most: its models predict.",
        )

    def check_folds(self, n_folds: int) -> None:
        """Refuse a number of folds that was wished for and cannot be had.

        Raises
        ------
        GroupColumnError
        """
        if self.groups_name and self.groups is not None:
            n_groups = int(np.count_nonzero(np.bincount(self.groups)))
            if n_groups < n_folds:
                raise GroupColumnError.from_folds(self.groups_name, n_groups, n_folds)

    def most_folds(self, n_folds: int) -> int:
        """As many folds as there are groups or times for, and no more than `n_folds`."""
        if self.times is not None:
            return max(2, min(n_folds, len(np.unique(self.times)) - 1))
        if self.groups is not None:
            return max(2, min(n_folds, int(np.count_nonzero(np.bincount(self.groups)))))
        return n_folds

    def unjudged(self, metric: Metric, smallest: int, n_folds: int, n_classes: int) -> Exception:
        """The error about a metric that has no value on some fold, in the words of what splits the rows."""
        if self.times is not None:
            return TimeColumnError.from_metric(self.times_name, metric.label)
        if self.groups_name:
            return GroupColumnError.from_metric(self.groups_name, metric.label)
        return MetricMismatchError.from_folds(metric.label, smallest, n_folds, n_classes=n_classes)


def read_splits(
    frame: pd.DataFrame, settings: AutoMLSettings, *, groups: Any = None, sample_weight: Any = None
) -> Splits:
    """Read what splits and weighs the rows: from columns that the settings name, or from arrays.

    Parameters
    ----------
    frame : pandas.DataFrame
    settings : AutoMLSettings
    groups, sample_weight : array-like of shape (n_rows,), optional
        In place of columns.

    Returns
    -------
    splits : Splits
        Of all rows; weights as given, 0 among them.

    Raises
    ------
    UnknownColumnError, SplitColumnError, GroupColumnError, TimeColumnError, WeightsError
    """
    named = {"--groups": settings.groups, "--time": settings.time, "--weights": settings.weights}
    seen: dict[str, str] = {}
    for option, name in named.items():
        if name is None:
            continue
        find_column(frame, name, role=f"column for {option}")
        if name in seen:
            raise SplitColumnError.from_two_parts(name, seen[name], option)
        seen[name] = option
    n_rows = len(frame)
    group_column = _given(frame, settings.groups, groups, n_rows, "groups")
    weight_column = _given(frame, settings.weights, sample_weight, n_rows, "sample_weight")
    groups_name = settings.groups or ("" if groups is None else "groups")
    weights_name = settings.weights or ("" if sample_weight is None else "sample_weight")
    return Splits(
        groups=None if group_column is None else read_groups(group_column, groups_name),
        times=None if settings.time is None else read_times(frame[settings.time], settings.time),
        weights=None if weight_column is None else read_weights(weight_column, weights_name),
        groups_name=groups_name,
        times_name=settings.time or "",
        weights_name=weights_name,
    )


def _given(frame: pd.DataFrame, name: str | None, values: Any, n_rows: int, argument: str) -> Any:
    if name is not None:
        return frame[name]
    return None if values is None else as_column(values, n_rows, argument)
