"""Predicting a table with a run's model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lepton_jupyter.data.frames import to_pandas
from lepton_jupyter.notebook.library import find_ended_run

if TYPE_CHECKING:
    import pandas as pd

    from lepton_jupyter.notebook.run_handle import Run


def predict(table: Any, *, run: str | Run | None = None, proba: bool = False) -> pd.Series[Any] | pd.DataFrame:
    """Predict each row of a table with the best model of a run; waits for the run's end.

    Parameters
    ----------
    table : DataFrame
        With the columns of the training table; the target may be among them and is not looked at.
    run : str or Run, optional
        Which run. Default: the only or last finished one of this kernel, which is then said.
    proba : bool, default=False
        A probability for each class instead of a label.

    Returns
    -------
    predictions : Series or DataFrame
        With the index of `table`: labels or values, named after the target; with `proba` one column for each class.

    Raises
    ------
    NoProbabilitiesError
        If probabilities of a regression are asked for.
    """
    import pandas as pd

    chosen = find_ended_run(run)
    model = chosen.model
    index = to_pandas(table).index
    if not proba:
        return pd.Series(model.predict(table), index=index, name=chosen.message().target)
    return pd.DataFrame(chosen.predict_proba(table), index=index, columns=[str(label) for label in model.classes_])
