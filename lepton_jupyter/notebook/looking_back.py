"""Columns made of earlier rows of a table that is prepared: what is asked for, and of which columns they are made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lepton_jupyter.exceptions.join_errors import TimeOrderError
from lepton_jupyter.preprocessing.column_summary import TableSummary
from lepton_jupyter.preprocessing.earlier_rows import plan_earlier
from lepton_jupyter.preprocessing.preparation_plan import plan_columns
from lepton_jupyter.preprocessing.target_leaks import LeakWatch

if TYPE_CHECKING:
    import pyarrow as pa

    from lepton_jupyter.notebook.asked_steps import AskedSteps
    from lepton_jupyter.preprocessing.column_look import ColumnLook
    from lepton_jupyter.preprocessing.earlier_rows import EarlierRows

#: Rows that are looked back at most.
_FARTHEST_BACK = 1_000


@dataclass(frozen=True, slots=True)
class AskedLookBack:
    """What a person wants to be made of earlier rows.

    Parameters
    ----------
    time : str or None
        Column that puts rows in order; None where nothing is made.
    entity : tuple of str
    lags, rolling : tuple of int

    Raises
    ------
    TimeOrderError
        If there is no order to look back in, or it is looked back too far.

    Examples
    --------
    >>> AskedLookBack("day", ("shop",)).lags
    ()
    """

    time: str | None = None
    entity: tuple[str, ...] = ()
    lags: tuple[int, ...] = ()
    rolling: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        given = (("--entity", self.entity), ("--lags", self.lags), ("--rolling", self.rolling))
        for option, values in given:
            if self.time is None and values:
                raise TimeOrderError.from_no_time(option)
        for option, distances in given[1:]:
            for each in distances:
                if not isinstance(each, int) or not 1 <= each <= _FARTHEST_BACK:
                    raise TimeOrderError.from_distance(option, each, _FARTHEST_BACK)

    def planned(self, first: pa.Table, looks: tuple[ColumnLook, ...], steps: AskedSteps) -> tuple[EarlierRows, ...]:
        """What is made, if anything is; decided from first rows, before any code is run on them."""
        if self.time is None:
            return ()
        target = steps.target
        watch = None if target is None or target not in first.column_names else LeakWatch.of_rows(first, looks, target)
        # Not of a column that tells the target, if those are left out: a mean that ends with the row itself tells it.
        plans = plan_columns(
            looks, TableSummary.of(first, looks, () if watch is None else (watch,)), target=target,
            without=steps.wanted.without, leak_watch=watch, drop_leaks=steps.wanted.drop_leaks,
        )  # fmt: skip
        lags = self.lags or (() if self.rolling else (1,))
        return (plan_earlier(plans, entity=self.entity, time=self.time, lags=lags, windows=self.rolling),)
