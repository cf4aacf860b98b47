"""``%lepton show``: open a run of the past."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lepton_jupyter.magics.named_objects import run_reference
from lepton_jupyter.magics.request import Request
from lepton_jupyter.magics.shared_options import TRUST, run_argument
from lepton_jupyter.magics.verb_options import Verb

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True, slots=True)
class ShowRequest(Request):
    """Open a run of the past."""

    run: str
    trust: bool = False

    def answer(self, names: Mapping[str, Any]) -> Any:
        """Open the run."""
        from lepton_jupyter.notebook.library import show_run

        return show_run(run_reference(self.run, names), trust=self.trust)


VERB = Verb(
    name="show",
    summary="open a run of the past: its board and its model",
    request=ShowRequest,
    arguments=(run_argument(required=True),),
    options=(TRUST,),
    examples=("run = %lepton show churn-1",),
)
