"""``%lepton predict``: predict the rows of a table with a run's model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lepton_jupyter.magics.evaluate_verb import read_threshold
from lepton_jupyter.magics.named_objects import run_reference
from lepton_jupyter.magics.object_lookup import find_object
from lepton_jupyter.magics.request import Request
from lepton_jupyter.magics.shared_options import RUN_OPTION, SQL_OPTIONS, TRIAL_OPTION, table_argument
from lepton_jupyter.magics.sql_options import sql_arguments
from lepton_jupyter.magics.verb_options import Option, Verb, read_text

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True, slots=True)
class PredictRequest(Request):
    """Predict the rows of a table with a run's model.

    Parameters
    ----------
    table : str or None
        Expression, path or address as typed; None where `sql` stands in its place.
    run : str or None
    trial : int or None
    proba : bool
    threshold : float, "tuned" or None
    interval : float or None
        Coverage of an interval.
    quantiles : tuple of float or None
    label_set : float or None
        Coverage of a set of classes.
    sql, connection : str or None
        A select, and the database as typed.
    to : str or None
        File, or table of the database, that the predictions are written to.
    keep : tuple of str
        Columns written beside them.
    replace : bool
        Whether a table of that name gives way.
    """

    table: str | None = None
    run: str | None = None
    trial: int | None = None
    proba: bool = False
    threshold: float | str | None = None
    interval: float | None = None
    quantiles: tuple[float, ...] | None = None
    label_set: float | None = None
    sql: str | None = None
    connection: str | None = None
    to: str | None = None
    keep: tuple[str, ...] = ()
    replace: bool = False

    def answer(self, names: Mapping[str, Any]) -> Any:
        """Predict."""
        from lepton_jupyter.notebook.prediction import predict

        return predict(
            None if self.table is None else find_object(self.table, names, read=False).value,
            run=run_reference(self.run, names),
            trial=self.trial,
            proba=self.proba,
            threshold=self.threshold,
            interval=self.interval,
            quantiles=self.quantiles,
            label_set=self.label_set,
            **sql_arguments(self.sql, self.connection, names),
            to=self.to,
            keep=self.keep,
            replace=self.replace,
        )


def _read_threshold(text: str, option: str) -> float | str:
    return text if text == "tuned" else read_threshold(text, option)


def _read_share(text: str, option: str) -> float:
    """Share from 0 to 1, such as 0.9 or 90%.

    Raises
    ------
    CoverageError
        If it is anything else.
    """
    from lepton_jupyter.exceptions.conformal_errors import CoverageError

    try:
        share = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        share = 0.0
    if not 0 < share < 1:
        raise CoverageError.from_value(option, text)
    return share


_SURETY = ("--interval", "--quantiles", "--set")

VERB = Verb(
    name="predict",
    summary="predict the rows of a table with a run's best model",
    request=PredictRequest,
    arguments=(table_argument(instead="--sql"),),
    options=(
        RUN_OPTION,
        TRIAL_OPTION,
        Option(
            name="--proba", field="proba", meaning="a probability for each class", excludes=("--threshold", *_SURETY)
        ),
        Option(
            name="--threshold", field="threshold", placeholder="0.3", read=_read_threshold, suggests="tuned",
            meaning="probability from which a row is called positive, or tuned: as evaluate chose it",
            excludes=("--proba", *_SURETY),
        ),
        Option(
            name="--interval", field="interval", placeholder="90%", read=_read_share, suggests="80% 90% 95%",
            meaning="bounds between which the value lies with this probability", excludes=("--proba", "--threshold"),
        ),
        Option(
            name="--quantiles", field="quantiles", placeholder="10%,50%,90%", read=_read_share, many=True,
            meaning="values below which the true one lies with these probabilities",
            excludes=("--proba", "--threshold"),
        ),
        Option(
            name="--set", field="label_set", placeholder="90%", read=_read_share, suggests="80% 90% 95%",
            meaning="classes among which the true one is with this probability", excludes=("--proba", "--threshold"),
        ),
        Option(
            name="--to", field="to", placeholder="FILE", read=read_text, suggests="files",
            meaning="write them to a .csv, .parquet, .feather, .jsonl or .xlsx file, or to a table of --connection",
        ),
        Option(
            name="--keep", field="keep", placeholder="A,B", read=read_text, many=True, suggests="columns",
            meaning="columns written beside the predictions; else the index",
        ),
        Option(name="--replace", field="replace", meaning="let a table of the database give way to the new one"),
        *SQL_OPTIONS,
    ),
    examples=(
        "predictions = %lepton predict new_rows",
        "%lepton predict new_rows --run churn-1 --proba",
        "%lepton predict new_rows --run price-1 --interval 90%",
        '%lepton predict "new/*.csv" --to predictions.parquet --keep id,name',
        "%lepton predict new_rows --to scores --connection $DATABASE_URL",
    ),
)  # fmt: skip
