"""The cost of a run as a person holds it: it shows itself, and its figures are numbers and data frames."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from lepton_jupyter.views.run_cost import RunCost


class Cost:
    """What a run has taken so far; displays as a page.

    Parameters
    ----------
    figures : RunCost

    Examples
    --------
    >>> run.cost.cpu_seconds, run.cost.energy_wh  # doctest: +SKIP
    >>> run.cost.at_price("0.05EUR")  # doctest: +SKIP
    """

    def __init__(self, figures: RunCost) -> None:
        self.figures = figures

    @property
    def cpu_seconds(self) -> float:
        """CPU of all workers and of the run's own threads."""
        return self.figures.cpu_seconds

    @property
    def wall_seconds(self) -> float:
        """Time that the run was at work."""
        return self.figures.wall_seconds

    @property
    def utilisation(self) -> float:
        """Part of the cores held that was used."""
        return self.figures.utilisation

    @property
    def energy_wh(self) -> float:
        """Energy in watt hours; `energy_method` says how it was found."""
        return self.figures.energy_watt_hours

    @property
    def energy_method(self) -> str:
        """Whether the energy was measured or estimated, and how."""
        return self.figures.energy_method

    @property
    def money(self) -> str | None:
        """Price of the cores held, such as ``"0.0008 EUR"``; None where no price is known."""
        money = self.figures.money
        return None if money is None else str(money)

    def at_price(self, core_hour_price: str) -> Cost:
        """The same at a price of an hour of one core, such as ``"0.05EUR"``."""
        return Cost(self.figures.at_price(core_hour_price))

    @property
    def by_learner(self) -> pd.DataFrame:
        """Trials and CPU seconds of each learner, the dearest first."""
        import pandas as pd

        lines = [dataclasses.asdict(each) for each in self.figures.learners]
        return pd.DataFrame(lines, columns=["learner", "label", "n_trials", "cpu_seconds"]).set_index("learner")

    @property
    def by_trial(self) -> pd.DataFrame:
        """CPU seconds of each trial, also of those that were rejected, failed or given up."""
        import pandas as pd

        columns = ["trial_id", "learner", "label", "description", "outcome", "cpu_seconds", "dropped_seconds"]
        lines = [dataclasses.asdict(each) for each in self.figures.trials]
        return pd.DataFrame(lines, columns=columns).rename(columns={"trial_id": "trial"}).set_index("trial")

    def __repr__(self) -> str:
        from lepton_jupyter.views.cost_page import render_cost_text

        return render_cost_text(self.figures)

    def _repr_html_(self) -> str:
        from lepton_jupyter.views.cost_page import render_cost_html

        return render_cost_html(self.figures)
