"""Predicting a table with a run's model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lepton_jupyter.data.frames import to_pandas
from lepton_jupyter.notebook.library import find_ended_run
from lepton_jupyter.notebook.tuned_threshold import wished_threshold, with_threshold

if TYPE_CHECKING:
    import pandas as pd

    from lepton_jupyter.notebook.run_handle import Run


def predict(
    table: Any, *, run: str | Run | None = None, proba: bool = False, threshold: float | str | None = None
) -> pd.Series[Any] | pd.DataFrame:
    """Predict each row of a table with the best model of a run; waits for the run's end.

    Parameters
    ----------
    table : DataFrame
        With the columns of the training table; the target may be among them and is not looked at.
    run : str or Run, optional
        Which run. Default: the only or last finished one of this kernel, which is then said.
    proba : bool, default=False
        A probability for each class instead of a label.
    threshold : float or {"tuned"}, optional
        Probability of the second of two classes from which a row is given its label; ``"tuned"``: the one that
        `evaluate` chose last for this run. Default: the most probable class.

    Returns
    -------
    predictions : Series or DataFrame
        With the index of `table`: labels or values, named after the target; with `proba` one column for each class.

    Raises
    ------
    NoProbabilitiesError
        If probabilities of a regression are asked for.
    ThresholdError
        If the threshold is no probability, was not tuned, or the run does not tell two classes apart.
    """
    import pandas as pd

    chosen = find_ended_run(run)
    model = chosen.model
    index = to_pandas(table).index
    if threshold is not None:
        model = with_threshold(chosen, wished_threshold(chosen, threshold, proba=proba))
    if not proba:
        return pd.Series(model.predict(table), index=index, name=chosen.message().target)
    return pd.DataFrame(chosen.predict_proba(table), index=index, columns=[str(label) for label in model.classes_])
