"""What was done to the table, in one line."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from lepton_jupyter.views.number_format import count, counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lepton_jupyter.events.run_events import ColumnTreatment

# In the order in which they are told: what is missing from the model first.
_WORDS = ("set aside", "encoded", "read as text", "taken apart as dates", "as they are")


def columns_summary(columns: Sequence[ColumnTreatment]) -> str:
    """Count the columns by what was done to them.

    Parameters
    ----------
    columns : sequence of ColumnTreatment

    Returns
    -------
    summary : str
        Such as ``"14 columns: 3 set aside, 5 encoded, 6 as they are"``; empty without columns.

    Examples
    --------
    >>> from lepton_jupyter.events.run_events import ColumnTreatment
    >>> age = ColumnTreatment(name="age", kind="number", treatment="as it is", reason="", missing_share=0, n_distinct=9)
    >>> columns_summary([age, age])
    '2 columns: 2 as they are'
    """
    if not columns:
        return ""
    found = Counter(_word(each) for each in columns)
    parts = [f"{count(found[word])} {word}" for word in _WORDS if found[word]]
    text = ", ".join(parts)
    if len(columns) == 1:
        text = text.replace("as they are", "as it is").replace("as dates", "as a date")
    return f"{counted(len(columns), 'column')}: {text}"


def _word(column: ColumnTreatment) -> str:
    treatment = column.treatment.lower()
    if treatment.startswith("set aside"):
        return "set aside"
    if column.kind in {"text", "date"}:
        return "read as text" if column.kind == "text" else "taken apart as dates"
    return "as they are" if treatment.startswith("as it is") else "encoded"
