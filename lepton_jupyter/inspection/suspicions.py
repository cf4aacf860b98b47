"""What a person should know of a column before it is learnt from: each rule says its reason in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.data.readings import MISSING_WORDS
from lepton_jupyter.events.profile_messages import ColumnNote
from lepton_jupyter.inspection.target_leaks import LEAK, TELLING

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lepton_jupyter.inspection.column_values import ColumnValues
    from lepton_jupyter.inspection.target_leaks import AloneScore

#: From this share of missing values on, a column is named for them.
MOSTLY_MISSING = 0.5
#: From this AUC on, whether a value is missing is itself said to tell the target.
MISSING_TELLS = 0.8
_NEAR_UNIQUE = 0.5
_SENTINELS = frozenset(float(sign * int("9" * n)) for sign in (-1, 1) for n in range(2, 7)) | {-1.0, -9.0}


def kind_notes(values: ColumnValues, n_missing: int, n_distinct: int, n_rows: int) -> list[ColumnNote]:
    """Notes that follow from what a column is understood as."""
    schema = values.schema
    notes: list[ColumnNote] = []
    if schema.kind == "unusable":
        notes.append(_note("unusable", "error", f"{schema.reason}: a fit refuses them"))
    if values.n_infinite:
        text = f"infinity in {_rows(values.n_infinite)}: a fit refuses it; often a division by zero"
        notes.append(_note("infinite", "error", text))
    if schema.kind == "identifier":
        nearly = "" if n_distinct == n_rows - n_missing else "nearly "
        notes.append(_note("identifier", "warning", f"set aside: {nearly}all different"))
    if schema.kind == "constant":
        text = "no value is known" if n_distinct == 0 else "one value"
        notes.append(_note("constant" if n_distinct else "empty", "warning", f"set aside: {text}"))
    n_known = n_rows - n_missing
    if schema.kind == "category" and n_distinct > 20 and n_distinct >= _NEAR_UNIQUE * n_known:
        text = f"{n_distinct:,} different values in {n_known:,} rows: little to learn from"
        notes.append(_note("near-unique", "warning", text))
    if schema.reason.startswith(("mixed types", "values of type")):
        notes.append(_note("mixed", "warning", schema.reason))
    if n_rows and schema.used and n_missing / n_rows >= MOSTLY_MISSING:
        notes.append(_note("mostly missing", "warning", f"no value in {100 * n_missing / n_rows:.1f} % of rows"))
    return notes


def target_notes(name: str, alone: AloneScore | None, missing: AloneScore | None, metric: str) -> list[ColumnNote]:
    """Notes on how well a column alone tells the target."""
    remedy = f"drop it unless it is known before {name}"
    if alone is not None and alone.at_least >= LEAK:
        return [_note("leak", "error", f"tells the target alone: {metric} {alone.value:.3f} out of fold; {remedy}")]
    if missing is not None and missing.value >= MISSING_TELLS and missing.at_least > 0.5:
        text = f"whether it is missing tells the target: AUC {missing.value:.3f}; {remedy}"
        return [_note("leak", "error" if missing.at_least >= TELLING else "warning", text)]
    if alone is not None and alone.at_least >= TELLING:
        text = f"nearly tells the target alone: {metric} {alone.value:.3f} out of fold; is it known before {name}?"
        return [_note("telling", "warning", text)]
    return []


def _note(kind: str, level: str, text: str) -> ColumnNote:
    return ColumnNote(kind=kind, level=level, text=text)


def _rows(count: int) -> str:
    return f"{count:,} row{'' if count == 1 else 's'}"


def text_notes(values: ColumnValues, series: Any) -> list[ColumnNote]:
    """Notes on texts that are read as something else, and on words that stand for missing.

    Parameters
    ----------
    values : ColumnValues
    series : pandas.Series
        As stored.
    """
    schema = values.schema
    if values.numbers is not None and "text" in schema.reason:
        gone = values.missing & series.notna().to_numpy()
        words = _commonest(series[gone]) if gone.any() else ""
        return [_note("as text", "info", f"{words} read as missing" if words else schema.reason)]
    if values.codes is None or schema.kind != "category":
        return []
    return _marked_levels(values)


def _commonest(series: Any) -> str:
    counts = series.astype(str).str.strip().value_counts()
    first = [f"{_rows_word(text)} in {_rows(int(n))}" for text, n in counts.iloc[:2].items()]
    more = int(counts.iloc[2:].sum())
    return ", ".join(first) + (f" and {_rows(more)} more" if more else "")


def _rows_word(text: str) -> str:
    return "blank" if not text else f"“{text[:24]}”"


def _marked_levels(values: ColumnValues) -> list[ColumnNote]:
    if len(values.levels) > 5_000 or values.codes is None:
        return []
    marks = {code: values.label(code) for code in range(len(values.levels))}
    marks = {code: text.strip() for code, text in marks.items() if text.strip().lower() in MISSING_WORDS}
    if not marks:
        return []
    counts = np.bincount(values.codes + 1, minlength=len(values.levels) + 1)[1:]
    parts = [
        f"{_rows_word(text)} in {_rows(int(counts[code]))}" for code, text in list(marks.items())[:3] if counts[code]
    ]
    if not parts:
        return []
    return [_note("marker", "warning", f"{', '.join(parts)}: a mark for missing? It counts as a category")]


def sentinel_notes(ordered: NDArray[Any]) -> list[ColumnNote]:
    """A note on a number such as −999 that stands apart from all others and repeats.

    Examples
    --------
    >>> [note.text for note in sentinel_notes(np.array([-999.0, -999.0, 3.0, 4.0, 5.0, 9.0]))]
    ['−999 in 2 rows: a mark for missing? It counts as a number']
    """
    notes: list[ColumnNote] = []
    for ends in ("low", "high"):
        if len(ordered) < 3:
            break
        value = float(ordered[0] if ends == "low" else ordered[-1])
        if value not in _SENTINELS:
            continue
        same = (
            np.searchsorted(ordered, value, side="right")
            if ends == "low"
            else len(ordered) - np.searchsorted(ordered, value)
        )
        rest = ordered[same:] if ends == "low" else ordered[: len(ordered) - same]
        if same < 2 or len(rest) < 2:
            continue
        gap = abs(float(rest[0] if ends == "low" else rest[-1]) - value)
        if gap > max(float(rest[-1] - rest[0]), 1.0):
            shown = f"{value:,.0f}".replace("-", "−")
            notes.append(
                _note("marker", "warning", f"{shown} in {_rows(int(same))}: a mark for missing? It counts as a number")
            )
    return notes


def time_note(name: str) -> ColumnNote:
    """A note on a column by which the rows are sorted, or with which the target drifts.

    Examples
    --------
    >>> time_note("sold on").text
    'looks like the time of each row; if later rows are to be predicted: fit --time "sold on"'
    """
    option = name if name.isidentifier() else f'"{name}"'
    text = f"looks like the time of each row; if later rows are to be predicted: fit --time {option}"
    return _note("time", "info", text)
