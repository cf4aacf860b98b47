"""``%lepton runs``: the runs on this disk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lepton_jupyter.events.quantities import parse_duration
from lepton_jupyter.magics.named_objects import run_reference
from lepton_jupyter.magics.request import Request
from lepton_jupyter.magics.verb_options import Option, Verb, checked_by, read_text

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True, slots=True)
class RunsRequest(Request):
    """List the runs on disk, or remove some."""

    remove: str | None = None
    older: str | None = None

    def answer(self, names: Mapping[str, Any]) -> Any:
        """List the runs, or remove some and list the others."""
        from lepton_jupyter.notebook.library import list_runs, remove_runs

        if self.remove is None and self.older is None:
            return list_runs()
        return remove_runs(run_reference(self.remove, names), older=self.older)


VERB = Verb(
    name="runs",
    summary="list the runs on this disk, or remove some",
    request=RunsRequest,
    options=(
        Option(
            name="--remove", field="remove", placeholder="RUN", read=read_text, suggests="runs",
            meaning="remove this run from the disk", excludes=("--older",),
            remedy=" (or %lepton runs --older 30d for all old ones)",
        ),
        Option(
            name="--older", field="older", placeholder="30d", read=checked_by(parse_duration), suggests="7d 30d 90d",
            meaning="remove the runs that ended longer ago than this", excludes=("--remove",),
        ),
    ),
    examples=("%lepton runs", "%lepton runs --remove churn-1", "%lepton runs --older 30d"),
)  # fmt: skip
