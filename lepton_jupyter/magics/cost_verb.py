"""``%lepton cost``: what a run took."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lepton_jupyter.events.quantities import Price
from lepton_jupyter.magics.named_objects import run_reference
from lepton_jupyter.magics.request import Request
from lepton_jupyter.magics.shared_options import RUN_OPTION, run_argument
from lepton_jupyter.magics.verb_options import Option, Verb, checked_by

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True, slots=True)
class CostRequest(Request):
    """See what a run took: CPU, wall, energy and money.

    Parameters
    ----------
    run : str or None
    core_hour_price : str or None
        As typed, checked; None: as the run was told.
    """

    run: str | None = None
    core_hour_price: str | None = None

    def answer(self, names: Mapping[str, Any]) -> Any:
        """Return the cost, which shows itself."""
        from lepton_jupyter.notebook.library import find_run

        cost = find_run(run_reference(self.run, names)).cost
        return cost if self.core_hour_price is None else cost.at_price(self.core_hour_price)


VERB = Verb(
    name="cost",
    summary="what a run took: CPU, wall, energy and money, by learner and by trial",
    request=CostRequest,
    arguments=(run_argument(),),
    options=(
        RUN_OPTION,
        Option(
            name="--core-hour-price", field="core_hour_price", placeholder="PRICE", read=checked_by(Price.parse),
            meaning="what an hour of one core costs, such as 0.05EUR; else as the run was told",
        ),
    ),
    examples=("%lepton cost", "%lepton cost --run churn-1 --core-hour-price 0.05EUR"),
)  # fmt: skip
