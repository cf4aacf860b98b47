"""A profile as data frames, to filter and to sort."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from lepton_jupyter.events.profile_messages import ProfiledColumn, ProfileMessage

_FIGURES = ("minimum", "lower_quartile", "median", "upper_quartile", "maximum", "mean", "deviation")


def columns_frame(message: ProfileMessage) -> pd.DataFrame:
    """One row a column, named by it.

    Dates are moments in the columns of figures where they can be; ``alone`` is how well a column alone tells the
    target, out of fold.
    """
    import pandas as pd

    names = [column.name for column in message.columns]
    rows = [_row(column, message.n_rows) for column in message.columns]
    return pd.DataFrame(rows, index=pd.Index(names, name="column", dtype=object), columns=[
        "kind", "dtype", "reason", "missing", "missing_share", "distinct", "most_common", *_FIGURES, "alone", "notes",
    ])  # fmt: skip


def _row(column: ProfiledColumn, n_rows: int) -> dict[str, Any]:
    figures = column.figures
    known = {} if figures is None else {name: _value(getattr(figures, name), column.kind, name) for name in _FIGURES}
    return {
        "kind": column.kind,
        "dtype": column.dtype,
        "reason": column.reason,
        "missing": column.n_missing,
        "missing_share": column.n_missing / n_rows if n_rows else 0.0,
        "distinct": column.n_distinct,
        "most_common": column.picture.labels[0] if column.picture.labels else None,
        **known,
        "alone": column.alone,
        "notes": "; ".join(f"{note.kind}: {note.text}" for note in column.notes),
    }


def _value(value: float, kind: str, name: str) -> Any:
    if kind != "date":
        return value
    import numpy as np
    import pandas as pd

    if name == "deviation":
        return pd.Timedelta(np.timedelta64(int(value), "us"))
    return pd.Timestamp(np.datetime64(int(value), "us"))


def suspicions_frame(message: ProfileMessage) -> pd.DataFrame:
    """One row a note, the worst first, then in the table's order."""
    import pandas as pd

    order = ("error", "warning", "info")
    rows = [(column.name, note.kind, note.level, note.text) for column in message.columns for note in column.notes]
    rows.sort(key=lambda row: order.index(row[2]))
    return pd.DataFrame(rows, columns=["column", "kind", "level", "reason"])


def drift_frame(message: ProfileMessage) -> pd.DataFrame | None:
    """One row a column, the most drifted first, those of one table only last; None without another table."""
    import pandas as pd

    if message.drift is None:
        return None
    drift = message.drift
    rows: list[tuple[Any, ...]] = [(name, "", "missing", f"not in {drift.table}") for name in drift.missing]
    rows += [(name, "", "extra", f"only in {drift.table}") for name in drift.extra]
    rows = [(*row[:3], "", None, None, "", None, row[3]) for row in rows]
    rows[:0] = [
        (
            each.name,
            each.kind,
            each.change,
            each.level,
            each.stability_index,
            each.effect,
            each.effect_name,
            each.p_value,
            each.text,
        )
        for each in drift.columns
    ]
    names = ["column", "kind", "change", "level", "psi", "effect", "effect_name", "p_value", "reason"]
    return pd.DataFrame(rows, columns=names).set_index("column")
