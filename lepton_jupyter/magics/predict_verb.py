"""``%lepton predict``: predict the rows of a table with a run's model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lepton_jupyter.magics.evaluate_verb import read_threshold
from lepton_jupyter.magics.named_objects import run_reference
from lepton_jupyter.magics.object_lookup import find_object
from lepton_jupyter.magics.request import Request
from lepton_jupyter.magics.shared_options import RUN_OPTION, table_argument
from lepton_jupyter.magics.verb_options import Option, Verb

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True, slots=True)
class PredictRequest(Request):
    """Predict the rows of a table with a run's model."""

    table: str
    run: str | None = None
    proba: bool = False
    threshold: float | str | None = None

    def answer(self, names: Mapping[str, Any]) -> Any:
        """Predict."""
        from lepton_jupyter.notebook.prediction import predict

        return predict(
            find_object(self.table, names).value,
            run=run_reference(self.run, names),
            proba=self.proba,
            threshold=self.threshold,
        )


def _read_threshold(text: str, option: str) -> float | str:
    return text if text == "tuned" else read_threshold(text, option)


VERB = Verb(
    name="predict",
    summary="predict the rows of a table with a run's best model",
    request=PredictRequest,
    arguments=(table_argument(),),
    options=(
        RUN_OPTION,
        Option(
            name="--proba", field="proba", meaning="a probability for each class", excludes=("--threshold",)
        ),
        Option(
            name="--threshold", field="threshold", placeholder="0.3", read=_read_threshold, suggests="tuned",
            meaning="probability from which a row is called positive, or tuned: as evaluate chose it",
            excludes=("--proba",),
        ),
    ),
    examples=("predictions = %lepton predict new_rows", "%lepton predict new_rows --run churn-1 --proba"),
)  # fmt: skip
