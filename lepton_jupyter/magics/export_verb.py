"""``%lepton export``: write a model to a file that can be taken elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lepton_jupyter.magics.named_objects import is_model, run_reference
from lepton_jupyter.magics.request import Request
from lepton_jupyter.magics.shared_options import RUN_OPTION, TRIAL_OPTION
from lepton_jupyter.magics.verb_options import Argument, Option, Verb, read_text

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True, slots=True)
class ExportRequest(Request):
    """Write a model to a file that can be taken elsewhere.

    Parameters
    ----------
    run : str or None
        A run's name or id, or a variable that holds a run or a model.
    to : str
    trial : int or None
    overwrite : bool
    """

    run: str | None = None
    to: str
    trial: int | None = None
    overwrite: bool = False

    def answer(self, names: Mapping[str, Any]) -> Any:
        """Write it, which says so in a line."""
        from lepton_jupyter.notebook.exporting import export

        held = None if self.run is None else names.get(self.run)
        model = held if is_model(held) else run_reference(self.run, names)
        export(model, to=self.to, trial=self.trial, overwrite=self.overwrite)


VERB = Verb(
    name="export",
    summary="write a model to one file that predicts the same anywhere, or as code that fits it again",
    request=ExportRequest,
    arguments=(
        Argument(
            field="run", placeholder="RUN", suggests="runs",
            meaning="the name or id of a run, or a variable that holds one or a model; else the only or the last one",
        ),
    ),
    options=(
        RUN_OPTION,
        Option(
            name="--to", field="to", placeholder="FILE", read=read_text, suggests="files", required=True,
            meaning="a .zip file, which lepton_jupyter.load_model reads, or a .py file of plain code",
        ),
        TRIAL_OPTION,
        Option(name="--overwrite", field="overwrite", meaning="let a file that is there give way to the new one"),
    ),
    examples=("%lepton export --to churn.zip", "%lepton export churn-1 --trial 12 --to churn.py --overwrite"),
)  # fmt: skip
