"""What a profile says in words: the same sentences on a page and in a terminal."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from lepton_jupyter.views.column_ranges import share_text
from lepton_jupyter.views.number_format import count, counted, number, size
from lepton_jupyter.views.plain_text import one_line

if TYPE_CHECKING:
    from lepton_jupyter.events.profile_messages import DriftPicture, ProfiledColumn, ProfiledTarget, ProfileMessage

#: Names of columns in a sentence.
_MOST_NAMES = 8
_KINDS = {"boolean": "yes/no"}


def kind_text(column: ProfiledColumn) -> str:
    """The type as a person calls it."""
    return _KINDS.get(column.kind, column.kind)


def storage_text(column: ProfiledColumn) -> str:
    """How it is stored, where that is not what its type says; else empty."""
    if column.kind in {"number", "date", "boolean"} and "text" in column.reason:
        return "from text"
    expected = {
        "number": (
            "int",
            "uint",
            "float",
            "Int",
            "UInt",
            "Float",
            "double",
            "decimal",
            "timedelta",
            "duration",
            "Sparse",
        ),
        "date": ("date", "timestamp", "period", "time"),
        "boolean": ("bool",),
    }.get(column.kind)
    if expected is not None and not column.dtype.startswith(expected):
        return f"from {column.dtype}"
    return ""


def size_text(message: ProfileMessage) -> str:
    """How large the table is."""
    duplicates = counted(message.n_duplicate_rows, "duplicate row") if message.n_duplicate_rows else "no duplicate rows"
    shape = f"{counted(message.n_rows, 'row')}, {counted(message.n_columns, 'column')}"
    return f"{shape}, {size(message.memory_bytes)}; {duplicates}"


def attention_text(message: ProfileMessage) -> tuple[str, str]:
    """How many columns deserve a look, and why.

    Returns
    -------
    what, why : str
        ``"5 columns to look at"``, ``"1 leak, 3 set aside, 2 read from text"``.
    """
    if not message.n_noted:
        return "nothing to look at", ""
    found = Counter(note.kind for column in message.columns for note in column.notes)
    parts = [
        (found["leak"], "leak" if found["leak"] == 1 else "leaks"),
        (found["unusable"] + found["infinite"], "refused by a fit"),
        (found["identifier"] + found["constant"] + found["empty"], "set aside"),
        (found["duplicate"], "told twice"),
        (found["marker"], "with marks for missing"),
        (found["near-unique"] + found["mixed"] + found["telling"] + found["mostly missing"], "doubtful"),
        (found["as text"], "read from text"),
        (found["time"], "in the order of time"),
    ]
    return f"{counted(message.n_noted, 'column')} to look at", ", ".join(f"{count(n)} {what}" for n, what in parts if n)


def target_text(target: ProfiledTarget) -> str:
    """What the target is, what a constant answer would reach, and the score that follows."""
    total = sum(target.picture.counts) + target.picture.rest
    if target.task == "regression":
        return f"number; the score is {target.metric_label}"
    most = max(range(len(target.picture.counts)), key=lambda place: target.picture.counts[place])
    kind = "two classes" if target.task == "binary" else f"{count(target.n_classes)} classes"
    share = share_text(target.picture.counts[most], total)
    answer = f"always answering {target.picture.labels[most]} would be right for {share}"
    return f"{kind}; {answer}, so {target.metric_label} is the score"


def drift_text(drift: DriftPicture) -> str:
    """How far another table is from the profiled one, as a model sees it, and how many columns differ."""
    parts = [counted(drift.n_rows, "row")]
    if drift.separability is not None:
        error = drift.separability_error or 0.0
        apart = "cannot tell" if drift.separability - error <= 0.5 else "tells"
        shown = f"{number(drift.separability, 3)}{f' ±{number(error, 3)}' if error >= 0.0005 else ''}"
        parts.append(f"a model {apart} the tables apart: AUC {shown} out of fold, 0.5 is chance")
    found = [
        (drift.n_missing, "missing"),
        (drift.n_extra, "extra"),
        (drift.n_retyped, "of another type"),
        (drift.n_large, "drifted far"),
        (drift.n_moderate, "drifted"),
    ]
    differ = ", ".join(f"{count(n)} {what}" for n, what in found if n)
    return "; ".join([*parts, differ or "no column drifted"])


def drift_names(drift: DriftPicture) -> list[str]:
    """Sentences about columns that one of the tables does not have, or that were not compared."""
    found = [
        (f"Not in {drift.table}", drift.missing, drift.n_missing),
        (f"Only in {drift.table}", drift.extra, drift.n_extra),
        ("Not compared", drift.left_out, drift.n_left_out),
    ]
    return [f"{what}: {_some(names, n)}" for what, names, n in found if n]


def _some(names: tuple[str, ...], n: int) -> str:
    shown = [one_line(name, 40) for name in names[:_MOST_NAMES]]
    more = f" and {count(n - len(shown))} more" if n > len(shown) else ""
    return f"{', '.join(shown)}{more}"


def drift_note(drift: DriftPicture) -> str:
    """What was compared, and with what limits."""
    limits = "PSI: population stability index, 0.1 is moderate, 0.25 large."
    if not drift.compared_rows:
        return limits
    return f"{count(drift.compared_rows)} rows of each table at most, drawn at random. {limits}"


def fit_line(message: ProfileMessage) -> str:
    """The line that fits what was profiled, without the columns that leak; empty without a target, and for a query."""
    # A query has no name by which a line could call it.
    if message.target is None or "…" in message.table or message.table == "SQL":
        return ""
    leaks = [column.name for column in message.columns if any(note.kind == "leak" for note in column.notes)]
    drop = f" --drop {','.join(map(_quoted, leaks))}" if leaks else ""
    table = f'"{message.table}"' if " " in message.table else message.table
    return f"%lepton fit {table} --target {_quoted(message.target.name)}{drop}"


def _quoted(name: str) -> str:
    if name.replace("_", "").isalnum():
        return name
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
