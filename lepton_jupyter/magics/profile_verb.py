"""``%lepton profile``: what a table holds, and what to look at before a fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lepton_jupyter.magics.object_lookup import find_object
from lepton_jupyter.magics.request import Request
from lepton_jupyter.magics.shared_options import SQL_OPTIONS, table_argument
from lepton_jupyter.magics.sql_options import sql_arguments
from lepton_jupyter.magics.verb_options import Option, Verb, read_text

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True, slots=True)
class ProfileRequest(Request):
    """Profile a table.

    Parameters
    ----------
    table : str or None
        Expression, path or address as typed; None where `sql` stands in its place.
    target : str or None
        Name of the column that is to be predicted.
    against : str or None
        Expression, path or address of another table.
    sql, connection : str or None
        A select, and the database as typed.
    """

    table: str | None = None
    target: str | None = None
    against: str | None = None
    sql: str | None = None
    connection: str | None = None

    def answer(self, names: Mapping[str, Any]) -> Any:
        """Profile."""
        from lepton_jupyter.notebook.profiling import profile

        table = None if self.table is None else find_object(self.table, names, read=False)
        other = None if self.against is None else find_object(self.against, names, read=False)
        return profile(
            None if table is None else table.value,
            self.target,
            None if other is None else other.value,
            **sql_arguments(self.sql, self.connection, names),
            table_name=None if table is None else table.label,
            against_name=None if other is None else other.label,
        )


VERB = Verb(
    name="profile",
    summary="what a table holds: types, missing values, distributions, suspicious columns, drift",
    request=ProfileRequest,
    arguments=(table_argument(instead="--sql"),),
    options=(
        Option(
            name="--target", field="target", placeholder="NAME", read=read_text, suggests="columns",
            meaning="column to predict: splits the pictures, and columns that leak it are named",
        ),
        Option(
            name="--against", field="against", placeholder="TABLE", expression=True, suggests="tables",
            meaning="another table of the same columns: how it differs",
        ),
        *SQL_OPTIONS,
    ),
    examples=(
        "%lepton profile df --target churn",
        "found = %lepton profile df --target churn --against newer",
    ),
)  # fmt: skip
