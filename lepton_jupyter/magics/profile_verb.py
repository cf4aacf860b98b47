"""``%lepton profile``: what a table holds, and what to look at before a fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lepton_jupyter.magics.object_lookup import find_object
from lepton_jupyter.magics.request import Request
from lepton_jupyter.magics.shared_options import table_argument
from lepton_jupyter.magics.verb_options import Option, Verb, read_text

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True, slots=True)
class ProfileRequest(Request):
    """Profile a table.

    Parameters
    ----------
    table : str
        Expression as typed.
    target : str or None
        Name of the column that is to be predicted.
    against : str or None
        Expression of another table.
    """

    table: str
    target: str | None = None
    against: str | None = None

    def answer(self, names: Mapping[str, Any]) -> Any:
        """Profile."""
        from lepton_jupyter.notebook.profiling import profile

        table = find_object(self.table, names)
        if self.against is None:
            return profile(table.value, self.target, table_name=table.label)
        other = find_object(self.against, names)
        return profile(table.value, self.target, other.value, table_name=table.label, against_name=other.label)


VERB = Verb(
    name="profile",
    summary="what a table holds: types, missing values, distributions, suspicious columns, drift",
    request=ProfileRequest,
    arguments=(table_argument(),),
    options=(
        Option(
            name="--target", field="target", placeholder="NAME", read=read_text, suggests="columns",
            meaning="column to predict: splits the pictures, and columns that leak it are named",
        ),
        Option(
            name="--against", field="against", placeholder="TABLE", expression=True, suggests="tables",
            meaning="another table of the same columns: how it differs",
        ),
    ),
    examples=(
        "%lepton profile df --target churn",
        "found = %lepton profile df --target churn --against newer",
    ),
)  # fmt: skip
