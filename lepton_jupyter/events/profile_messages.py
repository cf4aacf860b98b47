"""What a profile shows of a table: its columns as understood, small pictures of them, and how two tables differ.

A profile holds counts, figures and the names of the commonest categories, since the person asked to see the table; it
is shown and never logged. As a whole it may be of any size; what is shown of it is cut to 64 KiB by
`views.profile_limits`, which counts what it leaves out.
"""

from __future__ import annotations

from dataclasses import dataclass

from lepton_jupyter.events.messages import Message


@dataclass(frozen=True, kw_only=True, slots=True)
class ColumnPicture:
    """Bars of one column: a histogram, or shares of its commonest categories."""

    style: str  # "histogram" | "shares" | "none"
    counts: tuple[int, ...]  # rows in each bar
    second: tuple[int, ...]  # of these, rows in the second colour; empty without a target
    labels: tuple[str, ...]  # of categories, the commonest first; empty for a histogram
    rest: int = 0  # rows in categories without a bar
    rest_second: int = 0
    low: float | None = None  # left edge of a histogram; dates in microseconds since 1970
    high: float | None = None
    cut: bool = False  # whether the outer bars also hold what lies beyond the edges


@dataclass(frozen=True, kw_only=True, slots=True)
class ColumnFigures:
    """Where the numbers of a column lie; dates in microseconds since 1970, durations in seconds."""

    minimum: float
    lower_quartile: float
    median: float
    upper_quartile: float
    maximum: float
    mean: float
    deviation: float  # standard deviation


@dataclass(frozen=True, kw_only=True, slots=True)
class ColumnNote:
    """Something a person should know of a column."""

    kind: str  # in a word or two: "identifier", "constant", "leak", "as text", …
    level: str  # "info": handled; "warning": set aside, or to look at; "error": to be acted upon
    text: str  # the reason, in a line


@dataclass(frozen=True, kw_only=True, slots=True)
class ProfiledColumn:
    """One column: what it is understood as and why, and what it holds."""

    name: str
    kind: str  # "number", "category", "boolean", "date", "text", "constant", "identifier" or "unusable"
    dtype: str
    reason: str
    n_missing: int
    n_distinct: int
    picture: ColumnPicture
    figures: ColumnFigures | None
    alone: float | None  # how well it tells the target alone, out of fold: AUC, or R² of ranks
    notes: tuple[ColumnNote, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ProfiledTarget:
    """What is to be predicted."""

    name: str
    task: str  # "binary" | "multiclass" | "regression"
    n_classes: int  # 0 for a numeric target
    reason: str
    metric_label: str  # of the score that a fit would take
    n_missing: int
    second_label: str  # what the second colour of all pictures stands for
    picture: ColumnPicture
    figures: ColumnFigures | None
    alone_label: str  # what `alone` of the columns is: "AUC" or "R²"
    notes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class DriftedColumn:
    """How one column differs between two tables."""

    name: str
    kind: str
    change: str  # "" | "type": it is of another type, so that no values are compared
    level: str  # "" | "moderate" | "large": how far it drifted, beyond what chance does
    stability_index: float | None  # population stability index; None where values cannot be compared
    effect: float | None
    effect_name: str  # "KS" | "Cramér's V" | ""
    p_value: float | None
    text: str  # what differs, in a line
    labels: tuple[str, ...]  # of the bars that are categories
    shares: tuple[float, ...]  # of the profiled table's rows in each bar
    other_shares: tuple[float, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class DriftPicture:
    """How another table differs from the profiled one, the most drifted column first."""

    table: str  # name of the other table
    n_rows: int
    compared_rows: int  # of each table at most, drawn at random; 0 where all were compared
    separability: float | None  # AUC out of fold of a model that tells the tables apart; 0.5 is not at all
    separability_error: float | None  # half the 95 % interval
    missing: tuple[str, ...]  # columns that the other table does not have
    n_missing: int
    extra: tuple[str, ...]  # columns that only the other table has
    n_extra: int
    left_out: tuple[str, ...]  # columns that were not compared: identifiers
    n_left_out: int
    columns: tuple[DriftedColumn, ...]
    n_columns: int
    n_retyped: int  # of all columns, those of another type
    n_large: int  # those that drifted far
    n_moderate: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ProfileMessage(Message):
    """All that a profile shows of a table."""

    version: int = 1
    table: str
    n_rows: int
    n_columns: int  # the target among them
    memory_bytes: int
    n_duplicate_rows: int  # rows that are equal to an earlier one
    target: ProfiledTarget | None
    columns: tuple[ProfiledColumn, ...]  # in the table's order; the most telling ones where not all have room
    n_noted: int  # of all columns, those with a note
    hidden: str  # what is said of columns without room, such as "905 more: 880 numbers, 25 categories"; or empty
    judged_rows: int  # rows drawn for the columns' scores against the target; 0 without a target
    drift: DriftPicture | None
    notes: tuple[str, ...]
