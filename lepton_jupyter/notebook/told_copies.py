"""What a person is told of rows that are copies of others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lepton_jupyter.preprocessing.near_rows import linked, near_keys, near_pairs
from lepton_jupyter.views.number_format import counted

if TYPE_CHECKING:
    import pyarrow as pa

    from lepton_jupyter.preprocessing.near_repeated import NearCopies
    from lepton_jupyter.preprocessing.near_rows import NearPlan


def copies_told(n_rows: int) -> list[str]:
    """What is told of exact copies that were left out.

    Examples
    --------
    >>> copies_told(1)
    ['1 row that is a copy of an earlier one was left out.']
    """
    if not n_rows:
        return []
    if n_rows == 1:
        return ["1 row that is a copy of an earlier one was left out."]
    return [f"{counted(n_rows, 'row')} that are copies of earlier ones were left out."]


def near_told(found: NearCopies, columns: int, *, named: bool) -> list[str]:
    """What is told of near copies that were left out: how many, and of some where they are.

    Parameters
    ----------
    found : NearCopies
    columns : int
        How many columns were compared.
    named : bool
        Whether a person named them.

    Examples
    --------
    >>> from lepton_jupyter.preprocessing.near_repeated import NearCopies
    >>> near_told(NearCopies(2, 0, ("row 3 of a is row 1 of a but for x",)), 4, named=False)
    ['2 rows that are nearly copies of earlier ones were left out: row 3 of a is row 1 of a but for x.']
    """
    if not found.n_rows:
        hint = "" if named else "; a key makes rows different: name the columns that count with --near-by"
        return [f"No row is nearly a copy of another in {counted(columns, 'column')}{hint}."]
    what = "is nearly a copy of an earlier one was" if found.n_rows == 1 else "are nearly copies of earlier ones were"
    equal = f", {found.n_equal:,} of them for case, blanks and the like alone" if found.n_equal else ""
    shown = f": {'; '.join(found.examples)}" if found.examples else ""
    return [f"{counted(found.n_rows, 'row')} that {what} left out{equal}{shown}."]


def near_planned(plan: NearPlan, rows: pa.Table) -> list[str]:
    """What first rows tell of near copies, for a plan.

    Parameters
    ----------
    plan : NearPlan
    rows : pyarrow.Table
    """
    pairs = near_pairs(plan, rows, near_keys(plan, rows))
    n_copies = rows.num_rows - int(linked(pairs, rows.num_rows).max(initial=-1)) - 1
    among = f"of the first {counted(rows.num_rows, 'row')} {n_copies:,} {'is' if n_copies == 1 else 'are'}"
    return [f"Near copies of earlier rows are left out, compared in {counted(len(plan.looks), 'column')}; {among}."]
