"""``%lepton stop``: end a search, a stream or a preparation now."""

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
class StopRequest(Request):
    """End a search now and keep the best so far, or end a stream or a preparation."""

    run: str | None = None

    def answer(self, names: Mapping[str, Any]) -> Any:
        """Stop it; returns at once."""
        from lepton_jupyter.notebook.library import find_running_run

        find_running_run(run_reference(self.run, names)).stop(source="magic")


VERB = Verb(
    name="stop",
    summary="end a search now and keep the best so far, or end a stream or a preparation",
    request=StopRequest,
    arguments=(run_argument(),),
    options=(RUN_OPTION,),
    examples=("%lepton stop", "%lepton stop churn-1"),
)
