"""Copies of rows that are left out of a preparation: which are asked for, and how they are told apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lepton_jupyter.exceptions.data_errors import UnknownColumnError
from lepton_jupyter.preprocessing.near_rows import NearPlan

if TYPE_CHECKING:
    import pyarrow as pa

    from lepton_jupyter.preprocessing.column_look import ColumnLook


@dataclass(frozen=True, slots=True)
class PlannedCopies:
    """Which copies are left out.

    Parameters
    ----------
    exact : tuple of ColumnLook
        All columns, where exact copies are.
    near : NearPlan or None
    named : bool
        Whether a person named the columns that count for near ones.
    """

    exact: tuple[ColumnLook, ...] = ()
    near: NearPlan | None = None
    named: bool = False


@dataclass(frozen=True, slots=True)
class AskedCopies:
    """Which copies a person wants to be left out.

    Parameters
    ----------
    exact, near : bool
    near_by : tuple of str
        Columns that alone count for near ones.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from lepton_jupyter.preprocessing.column_look import look_at
    >>> rows = pa.table({"id": [1, 2], "town": ["Ulm", "ulm"]})
    >>> planned = AskedCopies(near_by=("town",)).planned(rows, look_at(rows))
    >>> [look.name for look in planned.near.looks], planned.exact
    (['town'], ())
    """

    exact: bool = False
    near: bool = False
    near_by: tuple[str, ...] = ()

    def planned(self, first: pa.Table, looks: tuple[ColumnLook, ...]) -> PlannedCopies:
        """What that means for a table, from its first rows.

        Raises
        ------
        UnknownColumnError
            If there is no such column.
        """
        for name in self.near_by:
            if name not in first.column_names:
                raise UnknownColumnError.from_name(name, first.column_names, role="column for --near-by")
        plan = NearPlan.of_rows(first, looks, self.near_by) if self.near or self.near_by else None
        return PlannedCopies(looks if self.exact else (), plan, bool(self.near_by))
