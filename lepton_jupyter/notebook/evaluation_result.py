"""An evaluation as a person holds it: it shows itself, and its figures are data frames."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from lepton_jupyter.notebook.output_forms import panel_form
from lepton_jupyter.notebook.tuned_threshold import with_threshold

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from lepton_jupyter.events.evaluation_messages import EvaluationMessage
    from lepton_jupyter.notebook.evaluation_plots import EvaluationPlots
    from lepton_jupyter.notebook.run_handle import Run


class Evaluation:
    """How good a run's model is on a table; displays as a page.

    Parameters
    ----------
    message : EvaluationMessage
        What it shows.
    run : Run
        The run that was judged.
    threshold : float or None
        In force; None: the most probable class.

    Examples
    --------
    >>> evaluation = evaluate(df, cost_fp=1, cost_fn=5)  # doctest: +SKIP
    >>> evaluation.scores.loc["roc_auc"]  # doctest: +SKIP
    >>> evaluation.model.predict(new_rows)  # doctest: +SKIP
    """

    def __init__(self, message: EvaluationMessage, run: Run, threshold: float | None) -> None:
        self.message = message
        self.run = run
        self.threshold = threshold

    @property
    def scores(self) -> pd.DataFrame:
        """Each metric by its scikit-learn name: label, score, ends of its 95 % interval, score of a constant."""
        return _frame(self.message.scores, index="name")

    @property
    def confusion(self) -> pd.DataFrame | None:
        """Rows by true class (index) and predicted class (columns); None for a regression."""
        import pandas as pd

        table = self.message.confusion
        if table is None:
            return None
        true, predicted = (pd.Index(table.labels, name=name) for name in ("true", "predicted"))
        return pd.DataFrame(list(table.counts), index=true, columns=predicted)

    @property
    def classes(self) -> pd.DataFrame:
        """Each class: its rows, precision, recall, F1 and AUC against the rest; empty for a regression."""
        return _frame(self.message.class_lines, index="label")

    @property
    def importance(self) -> pd.DataFrame:
        """Each column: mean loss of score when it is shuffled, with its 95 % interval over shuffles."""
        return _frame(self.message.importance, index="column")

    @property
    def slices(self) -> pd.DataFrame:
        """Conditions under which the model is worse than elsewhere, beyond chance."""
        return _frame(self.message.slices, index="condition")

    @property
    def trade(self) -> pd.DataFrame:
        """Right and wrong rows at the chosen threshold, at 0.5, always and never; empty unless of two classes."""
        return _frame(() if self.message.threshold is None else self.message.threshold.lines, index="name")

    @property
    def model(self) -> Any:
        """The run's model as a fitted scikit-learn estimator that decides at the threshold."""
        return with_threshold(self.run.model, self.threshold)

    @property
    def plot(self) -> EvaluationPlots:
        """Figures of what it shows, as matplotlib draws them: ``evaluation.plot.roc()``."""
        from lepton_jupyter.notebook.evaluation_plots import EvaluationPlots

        return EvaluationPlots(self.message)

    def __repr__(self) -> str:
        from lepton_jupyter.views.evaluation_text import render_evaluation_text

        return render_evaluation_text(self.message)

    def _repr_mimebundle_(self, **_kwargs: Any) -> dict[str, Any]:
        # Beside HTML and text, which say the same alone: JupyterLab draws this with what can be moved and opened.
        return panel_form("application/vnd.lepton.evaluation+json", self.message)

    def _repr_html_(self) -> str:
        from lepton_jupyter.views.evaluation_page import render_evaluation_html

        return render_evaluation_html(self.message)


def _frame(lines: Iterable[Any], *, index: str) -> pd.DataFrame:
    import pandas as pd

    rows = [dataclasses.asdict(line) for line in lines]
    return pd.DataFrame(rows).set_index(index) if rows else pd.DataFrame()
