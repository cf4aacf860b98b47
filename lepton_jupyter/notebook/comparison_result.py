"""A comparison of runs as a person holds it: it shows itself, and its figures are data frames."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from lepton_jupyter.notebook.output_forms import panel_form

if TYPE_CHECKING:
    import pandas as pd

    from lepton_jupyter.events.comparison_messages import ComparisonMessage


class Comparison:
    """Runs side by side; displays as a page.

    Parameters
    ----------
    message : ComparisonMessage
        What it shows.

    Examples
    --------
    >>> comparison = compare("churn", "churn-linear")  # doctest: +SKIP
    >>> comparison.differences[["first", "second", "mean", "error", "tied"]]  # doctest: +SKIP
    """

    def __init__(self, message: ComparisonMessage) -> None:
        self.message = message

    @property
    def runs(self) -> pd.DataFrame:
        """Each run: what it found, on what, and what it cost."""
        import pandas as pd

        lines = [dataclasses.asdict(each) for each in self.message.runs]
        return pd.DataFrame(lines).drop(columns="models").set_index("name")

    @property
    def differences(self) -> pd.DataFrame:
        """Each difference: between whom, how it was made, its mean (positive: the first is better) and error."""
        import pandas as pd

        return pd.DataFrame([dataclasses.asdict(each) for each in self.message.differences])

    @property
    def settings(self) -> pd.DataFrame:
        """Settings in which the runs differ; a column for each run."""
        import pandas as pd

        columns = [each.name for each in self.message.runs]
        lines = {each.name: each.values for each in self.message.settings}
        return pd.DataFrame.from_dict(lines, orient="index", columns=columns)

    def __repr__(self) -> str:
        from lepton_jupyter.views.comparison_text import render_comparison_text

        return render_comparison_text(self.message)

    def _repr_mimebundle_(self, **_kwargs: Any) -> dict[str, Any]:
        # Beside HTML and text, which say the same alone: JupyterLab draws this with what can be moved and opened.
        return panel_form("application/vnd.lepton.comparison+json", self.message)

    def _repr_html_(self) -> str:
        from lepton_jupyter.views.comparison_page import render_comparison_html

        return render_comparison_html(self.message)
