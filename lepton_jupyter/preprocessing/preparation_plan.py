"""What will be done to each column of a table, and why: decided from the summaries of its columns."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from lepton_jupyter.data.column_kinds import names_rows
from lepton_jupyter.preprocessing.category_typos import typos_of
from lepton_jupyter.preprocessing.cleaning_steps import (
    CleaningStep,
    InfiniteAsMissing,
    NumbersAsMissing,
    SpellingsUnited,
    TyposCorrected,
    Winsorised,
    WordsAsMissing,
    spelling_key,
)
from lepton_jupyter.preprocessing.feature_choices import FeatureChoices
from lepton_jupyter.preprocessing.feature_steps import OutlierFlag
from lepton_jupyter.preprocessing.impossible_steps import DaysAsMissing
from lepton_jupyter.preprocessing.impossible_values import (
    impossible_dates,
    impossible_numbers,
    marking_days,
    possible_range,
)
from lepton_jupyter.preprocessing.planned_features import is_category, planned_features
from lepton_jupyter.preprocessing.planned_step import PlannedStep, rows_of
from lepton_jupyter.preprocessing.target_leaks import leak_step

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from lepton_jupyter.preprocessing.added_columns import AddedColumns
    from lepton_jupyter.preprocessing.column_look import ColumnLook
    from lepton_jupyter.preprocessing.column_summary import ColumnSummary, TableSummary
    from lepton_jupyter.preprocessing.impossible_values import PossibleRange
    from lepton_jupyter.preprocessing.target_leaks import LeakWatch

#: The kinds of steps that a plan may hold, each of which can be left out, with their meaning.
STEP_KINDS: Mapping[str, str] = {
    "numbers": "texts that are numbers become numbers",
    "dates": "texts that are dates become dates",
    "missing": "marks for missing, such as N/A, -999 and 1900-01-01, become missing values",
    "impossible": "infinite numbers, and values that cannot be what the column is called, become missing values",
    "outliers": "the few numbers far beyond all others are brought to a bound, or told by a column",
    "categories": "spellings of one category that differ in case and blanks become one",
    "typos": "rare spellings that are one slip away from a frequent one become it",
    "units": "of currencies and units that are not converted into each other, a column tells which it is",
    "leaks": "columns that alone nearly determine the target are left out where that is asked for",
    "scaling": "numbers are scaled, where a scale is chosen",
    "encoding": "categories become numbers, where an encoding is chosen",
    "calendar": "dates become their parts, where that is chosen",
    "words": "texts become counts of their words, where that is chosen",
    "components": "columns of numbers become principal components, where a number of them is chosen",
    "constants": "columns that hold one value are left out",
    "identifiers": "columns that number or name the rows are left out",
}
#: Of the values that are there, how many may be no number or date where all others are.
_MOST_UNREADABLE = 0.05
_MARKS = frozenset(float(sign * int("9" * n)) for sign in (-1, 1) for n in range(2, 7)) | {-1.0, -9.0}
#: Beyond so many spreads of the middle half a value is far out (J. W. Tukey, Exploratory Data Analysis, 1977) …
_FENCE = 3.0
#: … and more than this share of such values is a heavy tail, as that of an exponential is, not a few errors.
_MOST_OUTLIERS = 0.005
_NEARLY_ALL = 0.95
_ENOUGH_ROWS = 20
_LEAVING_OUT = frozenset({"constants", "identifiers", "leaks"})


@dataclass(frozen=True, slots=True)
class ColumnPlan:
    """What is done to one column.

    Parameters
    ----------
    look : ColumnLook
        As what its values are read.
    steps : tuple of PlannedStep
    role : {"", "target"}
    """

    look: ColumnLook
    steps: tuple[PlannedStep, ...] = ()
    role: str = ""

    @property
    def name(self) -> str:
        """Name of the column."""
        return self.look.name

    @property
    def kept(self) -> bool:
        """Whether it is part of the prepared table."""
        return not any(step.on and step.kind in _LEAVING_OUT for step in self.steps)

    @property
    def cleaning(self) -> tuple[CleaningStep, ...]:
        """The steps that are done to its values, in their order."""
        return tuple(step.step for step in self.steps if step.on and step.step is not None)


def plan_columns(
    looks: Sequence[ColumnLook],
    summary: TableSummary,
    *,
    target: str | None = None,
    without: Collection[str] = (),
    leak_watch: LeakWatch | None = None,
    drop_leaks: bool = False,
    choices: FeatureChoices | None = None,
) -> tuple[ColumnPlan, ...]:
    """Decide what is done to each column.

    Parameters
    ----------
    looks : sequence of ColumnLook
        What a first look told.
    summary : TableSummary
        Of a sample for a draft, of all rows for what is done.
    target : str, optional
        Column that is to be predicted: it is read, and nothing else is done to it.
    without : collection of str
        Kinds of steps that are left out, or ``"column:kind"`` for one column.
    leak_watch : LeakWatch, optional
        What was counted of pairs of a column and the target.
    drop_leaks : bool, default=False
        Whether columns that alone nearly determine the target are left out.
    choices : FeatureChoices, optional
        What is made of columns once they are cleaned; nothing by default.

    Returns
    -------
    plans : tuple of ColumnPlan

    Examples
    --------
    >>> import pyarrow as pa
    >>> from lepton_jupyter.preprocessing.column_look import look_at
    >>> from lepton_jupyter.preprocessing.column_summary import TableSummary
    >>> table = pa.table({"town": ["Ulm", "ulm ", "Bonn", "Ulm", "N/A", "Bonn"], "land": ["de"] * 6})
    >>> looks = look_at(table)
    >>> [step.action for plan in plan_columns(looks, TableSummary.of(table, looks)) for step in plan.steps]
    ['marks become missing', 'spellings united', 'left out']
    """

    def leaks_of(name: str) -> list[PlannedStep]:
        if leak_watch is None:
            return []
        return leak_step(name, leak_watch, summary.joint[leak_watch.name], drop=drop_leaks)

    chosen = choices or FeatureChoices.of()
    plans = tuple(
        _plan(look, summary.columns[look.name], look.name == target, without, leaks_of(look.name), chosen)
        for look in looks
    )
    return _with_true_counts(plans, chosen.n_components)


def _with_true_counts(plans: tuple[ColumnPlan, ...], n_asked: int) -> tuple[ColumnPlan, ...]:
    """Plans that do not promise more components than there are columns to make them of."""
    projected = [
        plan for plan in plans if plan.kept and any(step.on and step.kind == "components" for step in plan.steps)
    ]
    n_columns = len(projected)
    if not 0 < n_columns < n_asked:
        return plans
    kept = "1 direction is kept" if n_columns == 1 else f"{n_columns} directions are kept"
    said = (
        f"of all columns of numbers, standardised, {kept}: there are no more columns, though {n_asked} were asked for"
    )
    return tuple(
        replace(
            plan, steps=tuple(replace(step, reason=said) if step.kind == "components" else step for step in plan.steps)
        )
        for plan in plans
    )


def with_added(plans: Sequence[ColumnPlan], added: Sequence[AddedColumns], *, draft: bool) -> tuple[ColumnPlan, ...]:
    """Plans that tell of columns that were added where they come from.

    Parameters
    ----------
    plans : sequence of ColumnPlan
    added : sequence of AddedColumns
    draft : bool
        Of first rows alone it cannot be told what is wrong with such a column, since what it is made of is elsewhere.
    """
    origin = {
        column.name: PlannedStep(each.kind, column.action, column.reason) for each in added for column in each.added
    }
    return tuple(
        replace(plan, steps=(origin[plan.name], *(() if draft else plan.steps))) if plan.name in origin else plan
        for plan in plans
    )


def _plan(
    look: ColumnLook,
    summary: ColumnSummary,
    is_target: bool,
    without: Collection[str],
    leaks: list[PlannedStep],
    choices: FeatureChoices,
) -> ColumnPlan:
    def is_on(kind: str) -> bool:
        return kind not in without and f"{look.name}:{kind}" not in without

    steps = _readings(look, summary)
    if look.reads != look.storage and not all(step.on and is_on(step.kind) for step in steps):
        look = replace(look, form=None, date_format=None)
    if not is_target:
        steps += _unused(look, summary) or leaks
    if not any(step.on and is_on(step.kind) and step.kind in _LEAVING_OUT for step in steps):
        flag = choices.get("outliers", look.name) == "flag"
        steps += _texts(summary) if look.reads == "text" else _numbers(look, summary, is_target, flag=flag)
        steps += [] if is_target else planned_features(look, summary, choices)
    switched = tuple(replace(step, on=step.on and is_on(step.kind)) for step in steps)
    return ColumnPlan(look, switched, "target" if is_target else "")


def _readings(look: ColumnLook, summary: ColumnSummary) -> list[PlannedStep]:
    if look.reads == look.storage:
        return []
    kind = "numbers" if look.form is not None else "dates"
    there = summary.n_known + summary.n_unreadable
    others = summary.n_unreadable
    if others > _MOST_UNREADABLE * max(1, there):
        reason = f"{others:,} of {there:,} values are no {kind}"
        return [PlannedStep(kind, f"{kind} are not read from text", reason, on=False)]
    written = look.form.says if look.form is not None else f"written as {look.date_format}"
    reason = "stored as text" + (f", {written}" if written else "")
    if others:
        reason += f"; {others:,} that are none become missing"
    steps = [PlannedStep(kind, f"read as {kind}", reason)]
    if look.form is not None and look.form.apart:
        reason = f"they are not converted into each other; a column {look.name + ' unit'!r} tells which it is"
        steps.append(PlannedStep("units", "units kept apart", reason))
    return steps


def _unused(look: ColumnLook, summary: ColumnSummary) -> list[PlannedStep]:
    if not summary.n_known - summary.n_infinite:
        return [PlannedStep("constants", "left out", "no value is known")]
    known_everywhere = summary.n_known == summary.n_rows and not summary.n_infinite
    if known_everywhere and summary.n_distinct == 1 and not (summary.numbers.error or summary.texts.error):
        return [PlannedStep("constants", "left out", "the same value in every row")]
    if summary.n_known < _ENOUGH_ROWS or summary.n_distinct < _NEARLY_ALL * summary.n_known:
        return []
    if look.codes and look.reads == "text":
        return [PlannedStep("identifiers", "left out", "a different code in nearly every row")]
    what = {"number": "whole number", "text": "text"}.get(look.reads)
    if what is None or not names_rows(look.name) or (look.reads == "number" and not summary.whole):
        return []
    return [PlannedStep("identifiers", "left out", f"a different {what} in nearly every row, named like a key")]


def _texts(summary: ColumnSummary) -> list[PlannedStep]:
    steps = []
    if summary.n_marked:
        reason = f"a word for missing in {rows_of(summary.n_marked)}"
        steps.append(PlannedStep("missing", "marks become missing", reason, step=WordsAsMissing()))
    held = summary.texts
    if len(held.counts) < 2 or not is_category(held, summary.n_known):
        return steps
    spellings = _united(held)
    if spellings is not None:
        n_spellings = len(held.counts)
        reason = f"{n_spellings:,} spellings of {len(spellings):,} categories, differing in case or blanks"
        steps.append(PlannedStep("categories", "spellings united", reason, step=SpellingsUnited(spellings)))
    typos = typos_of(held)
    if typos:
        reason = f"{len(typos):,} rare spelling{'' if len(typos) == 1 else 's'}, each one slip from a frequent one"
        steps.append(PlannedStep("typos", "typos corrected", reason, step=TyposCorrected(typos)))
    return steps


def _united(held: Any) -> dict[str, str] | None:
    """The commonest spelling of each category, or None where each has but one."""
    commonest = held.commonest()
    texts = [text for text, _ in commonest]
    keys = spelling_key(pa.array(texts, pa.large_string())).to_pylist()
    spellings: dict[str, str] = {}
    for key, text in zip(keys, texts, strict=True):
        spellings.setdefault(key, re.sub(r"\s+", " ", text.strip()))
    blanks = any(text != text.strip() for text in texts)
    return spellings if len(spellings) < len(texts) or blanks else None


def _numbers(look: ColumnLook, summary: ColumnSummary, is_target: bool, *, flag: bool) -> list[PlannedStep]:
    steps = []
    if summary.n_infinite:
        reason = f"infinite in {rows_of(summary.n_infinite)}"
        steps.append(PlannedStep("impossible", "infinite numbers become missing", reason, step=InfiniteAsMissing()))
    if is_target or not summary.moments.count:
        return steps
    if look.reads == "moment":
        return steps + _dates(summary)
    if look.reads != "number":
        return steps
    marks = _marks(summary)
    if marks:
        n_marked = sum(summary.numbers.count_of(mark) for mark in marks)
        shown = ", ".join(f"{mark:,.0f}".replace("-", "−") for mark in marks)
        reason = f"{shown} in {rows_of(n_marked)}, apart from all others"
        steps.append(PlannedStep("missing", "marks become missing", reason, step=NumbersAsMissing(marks)))
    if look.form is not None and look.form.apart:  # amounts in several units have no common end
        return steps
    impossible = impossible_numbers(look.name, summary, marks)
    possible = possible_range(look.name, summary) if impossible else None
    return steps + impossible + _outliers(look.name, summary, marks, possible, flag=flag)


def _dates(summary: ColumnSummary) -> list[PlannedStep]:
    marked = marking_days(summary)
    days = tuple(day for each in marked if isinstance(each.step, DaysAsMissing) for day in each.step.days)
    return marked + impossible_dates(summary, days)


def _marks(summary: ColumnSummary) -> tuple[float, ...]:
    """Numbers at an end that repeat and stand apart, and are such as people write for missing."""
    points = summary.quantiles.points
    found = []
    for value, rest in ((summary.moments.low, points[1:]), (summary.moments.high, points[:-1])):
        if value not in _MARKS or len(rest) < 2:
            continue
        n_times = summary.numbers.count_of(value)
        gap = float(np.abs(rest - value).min())
        stands_apart = n_times >= 2 and gap > max(float(rest.max() - rest.min()), 1.0)
        below_zero = value <= -99.0 and rest.min() >= 0 and n_times >= max(3.0, 5e-4 * summary.n_rows)
        if stands_apart or below_zero:
            found.append(float(value))
    return tuple(found)


def _outliers(
    name: str, summary: ColumnSummary, marks: tuple[float, ...], possible: PossibleRange | None, *, flag: bool
) -> list[PlannedStep]:
    quantiles = summary.quantiles
    valid = ~np.isin(quantiles.points, marks)
    if possible is not None:
        valid &= (quantiles.points >= possible.low) & (quantiles.points <= possible.high)
    if summary.n_distinct <= 10 or not valid.any():
        return []
    points, weights = quantiles.points[valid], quantiles.weights[valid]
    reached = np.cumsum(weights)
    lower, upper = (float(points[np.searchsorted(reached, share * reached[-1])]) for share in (0.25, 0.75))
    spread = upper - lower
    low, high = lower - _FENCE * spread, upper + _FENCE * spread
    lowest, highest = float(points[0]), float(points[-1])
    if valid.all():
        lowest, highest = summary.moments.low, summary.moments.high
    if not (np.isfinite(spread) and spread > 0):
        return []
    # Where none lies twice as far out, the few beyond the fence are the end of a tail.
    if lowest >= lower - 2 * _FENCE * spread and highest <= upper + 2 * _FENCE * spread:
        return []
    outside = float(weights[(points < low) | (points > high)].sum())
    if outside > _MOST_OUTLIERS * reached[-1]:
        return []
    # An extreme lies beyond, though no point of the sketch may stand for it.
    n_outside = f"{'about ' * bool(quantiles.rank_error)}{max(1, round(outside)):,}"
    lie = "lies" if n_outside == "1" else "lie"
    reason = (
        f"{n_outside} of {summary.moments.count:,} values {lie} more than three spreads of the middle half beyond it"
    )
    if flag:
        return [PlannedStep("outliers", "told by a column", reason, makes=OutlierFlag(name, low, high))]
    bounds = Winsorised(max(low, lowest), min(high, highest))
    return [PlannedStep("outliers", f"brought to {bounds.low:,.6g} … {bounds.high:,.6g}", reason, step=bounds)]
