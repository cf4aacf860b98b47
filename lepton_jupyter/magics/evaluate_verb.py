"""``%lepton evaluate``: how good a run's model is, how sure that is, and where it is weak."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lepton_jupyter.magics.named_objects import run_reference, table_finder
from lepton_jupyter.magics.object_lookup import find_object
from lepton_jupyter.magics.request import Request
from lepton_jupyter.magics.shared_options import RUN_OPTION, SQL_OPTIONS
from lepton_jupyter.magics.sql_options import sql_arguments
from lepton_jupyter.magics.verb_options import Argument, Option, Verb, read_text

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True, slots=True)
class EvaluateRequest(Request):
    """Judge a run's model.

    Parameters
    ----------
    table : str or None
        Expression of the rows to judge it on; None: its own rows, out of fold.
    run : str or None
    train : str or None
        Expression of the table the run learnt from; None for the variable of that name.
    cost_fp, cost_fn : float or None
    tune : str or None
        Name of a metric.
    threshold : float or None
    sql, connection : str or None
        A select in place of the table, and the database as typed.
    """

    table: str | None = None
    run: str | None = None
    train: str | None = None
    cost_fp: float | None = None
    cost_fn: float | None = None
    tune: str | None = None
    threshold: float | None = None
    sql: str | None = None
    connection: str | None = None

    def answer(self, names: Mapping[str, Any]) -> Any:
        """Judge it."""
        from lepton_jupyter.notebook.evaluating import evaluate

        table = None if self.table is None else find_object(self.table, names, read=False)
        return evaluate(
            None if table is None else table.value,
            **sql_arguments(self.sql, self.connection, names),
            run=run_reference(self.run, names),
            train=None if self.train is None else find_object(self.train, names, read=False).value,
            # By name alone: an expression from a log of the past is not evaluated.
            find_table=table_finder(names),
            table_name=None if table is None else table.label,
            cost_fp=self.cost_fp,
            cost_fn=self.cost_fn,
            tune=self.tune,
            threshold=self.threshold,
        )


def read_cost(text: str, option: str) -> float:
    """Cost of one error.

    Raises
    ------
    ThresholdError
        If it is not a number from 0.

    Examples
    --------
    >>> read_cost("2.5", "--cost-fp")
    2.5
    """
    from lepton_jupyter.exceptions.evaluation_errors import ThresholdError

    cost = _number(text)
    if cost is None or not 0 <= cost < float("inf"):
        raise ThresholdError.from_cost(option, text)
    return cost


def read_threshold(text: str, option: str) -> float:
    """Probability from 0 to 1.

    Raises
    ------
    ThresholdError
        If it is anything else.
    """
    from lepton_jupyter.exceptions.evaluation_errors import ThresholdError

    del option
    threshold = _number(text)
    if threshold is None or not 0 <= threshold <= 1:
        raise ThresholdError.from_value(text)
    return threshold


def _number(text: str) -> float | None:
    try:
        # float() alone would also take "1_000" and " 5 "
        return float(text) if text.isascii() and "_" not in text and text == text.strip() else None
    except ValueError:
        return None


VERB = Verb(
    name="evaluate",
    summary="judge a run's model: scores and how sure they are, threshold, calibration, weak spots",
    request=EvaluateRequest,
    arguments=(
        Argument(
            field="table", placeholder="TABLE", expression=True, suggests="tables",
            meaning="a table with the target; else the run's own rows, out of fold",
        ),
    ),
    options=(
        RUN_OPTION,
        Option(
            name="--cost-fp", field="cost_fp", placeholder="1", read=read_cost,
            meaning="what a row costs that is called positive and is not; chooses the threshold",
            excludes=("--tune",),
        ),
        Option(
            name="--cost-fn", field="cost_fn", placeholder="5", read=read_cost,
            meaning="what a row costs that is positive and is not called so",
        ),
        Option(
            name="--tune", field="tune", placeholder="METRIC", read=read_text, suggests="metrics",
            meaning="choose the threshold by a metric on labels, such as f1", excludes=("--threshold", "--cost-fp"),
        ),
        Option(
            name="--threshold", field="threshold", placeholder="0.3", read=read_threshold,
            meaning="judge at this threshold", excludes=("--tune",),
        ),
        Option(
            name="--train", field="train", placeholder="TABLE", expression=True, suggests="tables",
            meaning="the table the run learnt from; else the data frame of the same name",
        ),
        *SQL_OPTIONS,
    ),
    examples=("%lepton evaluate test", "%lepton evaluate test --run churn-1 --cost-fp 1 --cost-fn 5"),
)  # fmt: skip
