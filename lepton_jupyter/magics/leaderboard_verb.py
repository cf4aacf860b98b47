"""``%lepton leaderboard``: the models of a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lepton_jupyter.magics.named_objects import run_reference
from lepton_jupyter.magics.request import Request
from lepton_jupyter.magics.shared_options import RUN_OPTION, run_argument
from lepton_jupyter.magics.verb_options import Verb

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True, slots=True)
class LeaderboardRequest(Request):
    """See the models of a run, the best first."""

    run: str | None = None

    def answer(self, names: Mapping[str, Any]) -> Any:
        """Return the board as a data frame."""
        from lepton_jupyter.notebook.library import find_run

        return find_run(run_reference(self.run, names)).leaderboard


VERB = Verb(
    name="leaderboard",
    summary="the models of a run, the best first, as a data frame",
    request=LeaderboardRequest,
    arguments=(run_argument(),),
    options=(RUN_OPTION,),
    examples=("board = %lepton leaderboard", "%lepton leaderboard --run churn-1"),
)
