"""What is made of a cleaned table, learnt from merged statistics as it was planned."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np

from lepton_jupyter.preprocessing.column_look import ColumnLook
from lepton_jupyter.preprocessing.feature_steps import (
    DAY_MICROSECONDS,
    TEXT_COLUMNS,
    CalendarParts,
    FeatureStep,
    HashedWords,
    LevelNumbers,
    MinHashed,
    OneHot,
    PowerScaled,
    RankScaled,
    Scaled,
    word_counts,
)
from lepton_jupyter.preprocessing.principal_components import ComponentWatch, PrincipalComponents, mixture_count
from lepton_jupyter.preprocessing.stored_values import one_array
from lepton_jupyter.preprocessing.table_features import TableFeatures

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from lepton_jupyter.preprocessing.column_summary import ColumnSummary, TableSummary
    from lepton_jupyter.preprocessing.heavy_hitters import HeavyHitters
    from lepton_jupyter.preprocessing.joint_statistics import JointWatch
    from lepton_jupyter.preprocessing.preparation_plan import ColumnPlan

#: Categories that get a column of their own; all others share one.
MOST_ONE_HOT = 30
_N_RANKS = 257
_N_POWER = 1_000
#: The squares of larger numbers, which scikit-learn takes, overflow.
_LARGEST_POWER = 1e100


@dataclass(frozen=True, slots=True, eq=False)
class DocumentCounts:
    """How many texts there are, and in how many each column of the hash is not 0.

    Parameters
    ----------
    n_texts : mapping of str to int
        By column of the table.
    counts : mapping of str to ndarray of shape (n_columns,)
    """

    n_texts: Mapping[str, int]
    counts: Mapping[str, NDArray[np.int64]]

    @classmethod
    def merged(cls, parts: Iterable[DocumentCounts]) -> Self:
        """Of all parts, at least one; whole numbers, so that any parts give the same."""
        held = list(parts)
        return cls(
            {name: sum(part.n_texts[name] for part in held) for name in held[0].n_texts},
            {name: np.sum([part.counts[name] for part in held], axis=0) for name in held[0].counts},
        )

    def weights(self, name: str) -> tuple[float, ...]:
        """Inverse document frequencies as scikit-learn smooths them: ln((1 + n) / (1 + count)) + 1."""
        n_texts = self.n_texts[name]
        return tuple(math.log((1 + n_texts) / (1 + count)) + 1.0 for count in self.counts[name].tolist())


@dataclass(frozen=True, slots=True)
class WordWatch:
    """Counts in how many texts of some columns each column of the hash is not 0.

    Parameters
    ----------
    columns : tuple of str
    """

    name: ClassVar[str] = "words"
    columns: tuple[str, ...]

    def of(self, table: pa.Table) -> DocumentCounts:
        """Of some rows."""
        texts = {name: one_array(table.column(name)) for name in self.columns}
        counts = {name: (word_counts(each, TEXT_COLUMNS) > 0).sum(axis=0) for name, each in texts.items()}
        return DocumentCounts({name: len(each) - each.null_count for name, each in texts.items()}, counts)


@dataclass(frozen=True, slots=True)
class FeatureLearning:
    """What is to be learnt from the cleaned table before features can be made.

    Parameters
    ----------
    plans : tuple of ColumnPlan
    looks : tuple of ColumnLook
        Of the cleaned columns that something is learnt from.
    watches : tuple of JointWatch
        What is wanted of them at once.
    n_components : int
    """

    plans: tuple[ColumnPlan, ...]
    looks: tuple[ColumnLook, ...]
    watches: tuple[JointWatch, ...]
    n_components: int

    @classmethod
    def of(cls, plans: Sequence[ColumnPlan], summary: TableSummary, n_components: int = 0) -> Self:
        """From a plan, and the statistics that it was made from."""
        kept = [plan for plan in plans if plan.kept]
        chosen = [plan for plan in kept if any(step.on and step.choice for step in plan.steps)]
        projected = [plan for plan in kept if any(step.on and step.kind == "components" for step in plan.steps)]
        asked = {plan.name for plan in (*chosen, *projected)}
        looks = tuple(
            ColumnLook(plan.name, plan.look.reads, pivot=plan.look.pivot) for plan in kept if plan.name in asked
        )
        watches: list[JointWatch] = []
        wordy = tuple(plan.name for plan in chosen if any(step.on and step.choice == "tfidf" for step in plan.steps))
        if wordy:
            watches.append(WordWatch(wordy))
        if projected:
            columns = [summary.columns[plan.name] for plan in projected]
            middles = tuple(_finite(column.quantiles.quantile(0.5), 0.0) for column in columns)
            spreads = tuple(_spread(column) for column in columns)
            names = tuple(plan.name for plan in projected)
            watches.append(ComponentWatch(names, middles, spreads, mixture_count(len(names), n_components)))
        return cls(tuple(kept), looks, tuple(watches), n_components)

    @property
    def needed(self) -> bool:
        """Whether the cleaned table has to be looked at."""
        return bool(self.looks)

    def learn(self, found: TableSummary | None) -> TableFeatures:
        """What is made, from the statistics of the cleaned table.

        Parameters
        ----------
        found : TableSummary or None
            None where nothing is `needed`.
        """
        steps: list[FeatureStep] = []
        for plan in self.plans:
            steps += [step.makes for step in plan.steps if step.on and step.makes is not None]
            for step in plan.steps:
                if step.on and step.choice and found is not None:
                    steps.append(_learnt(plan.name, step.choice, found))
        watch = next((each for each in self.watches if isinstance(each, ComponentWatch)), None)
        if watch is None or found is None:
            return TableFeatures(tuple(steps))
        n_components = min(self.n_components, len(watch.columns))
        return TableFeatures(tuple(steps), PrincipalComponents.of(watch, found.joint[watch.name], n_components))


def _learnt(name: str, choice: str, found: TableSummary) -> FeatureStep:
    summary = found.columns[name]
    if choice in {"calendar", "cyclic"}:
        hours = bool((summary.quantiles.points % DAY_MICROSECONDS != 0).any())
        return CalendarParts(name, choice == "cyclic", hours)
    if choice == "hashed":
        return HashedWords(name)
    if choice == "embeddings":
        return MinHashed(name)
    if choice == "tfidf":
        return HashedWords(name, weights=found.joint[WordWatch.name].weights(name))
    if choice in {"onehot", "ordinal", "count"}:
        return _encoded(name, choice, summary.texts)
    return _scaled(name, choice, summary)


def _encoded(name: str, choice: str, held: HeavyHitters) -> FeatureStep:
    commonest = held.commonest()
    levels = tuple(text for text, _ in commonest)
    if choice == "onehot":
        return OneHot(name, levels[:MOST_ONE_HOT], len(levels) > MOST_ONE_HOT or held.error > 0)
    if choice == "count":
        return LevelNumbers(name, levels, tuple(float(count) for _, count in commonest), 0.0)
    return LevelNumbers(name, tuple(sorted(levels)), tuple(float(place) for place in range(len(levels))), None)


def _scaled(name: str, choice: str, summary: ColumnSummary) -> FeatureStep:
    moments, quantiles = summary.moments, summary.quantiles
    standard = Scaled(name, _finite(moments.mean, 0.0), _spread(summary))
    if not moments.count or moments.low == moments.high or choice == "standard":
        return standard
    if choice == "robust":
        lower, middle, upper = quantiles.quantiles([0.25, 0.5, 0.75]).tolist()
        return Scaled(name, middle, upper - lower or standard.spread)
    if choice == "quantile":
        shares = (np.cumsum(quantiles.weights) - quantiles.weights / 2) / quantiles.count
        places = np.unique(np.linspace(0, len(shares) - 1, _N_RANKS).round().astype(np.int64))
        return RankScaled(name, tuple(quantiles.points[places].tolist()), tuple(shares[places].tolist()))
    return _power(name, quantiles.quantiles((np.arange(_N_POWER) + 0.5) / _N_POWER), standard)


def _power(name: str, values: NDArray[np.float64], standard: Scaled) -> FeatureStep:
    """The power that is likeliest for values at evenly spaced ranks, which stand for all."""
    from scipy.stats import yeojohnson
    from sklearn.preprocessing import PowerTransformer

    if len(np.unique(values)) < 2 or np.abs(values).max() > _LARGEST_POWER:
        return standard
    power = float(PowerTransformer(standardize=False).fit(values[:, None]).lambdas_[0])
    moved = yeojohnson(values.copy(), lmbda=power)
    return PowerScaled(name, power, float(moved.mean()), float(moved.std()) or 1.0)


def _spread(summary: ColumnSummary) -> float:
    """Standard deviation, or that of the middle half where the square of it overflows; 1 where there is none."""
    if not summary.moments.count:
        return 1.0
    lower, upper = summary.quantiles.quantiles([0.25, 0.75]).tolist()
    # An overflow leaves infinity, or nothing.
    return _finite(math.sqrt(max(summary.moments.variance, 0.0)), 0.0) or _finite(upper - lower, 0.0) or 1.0


def _finite(value: float, other: float) -> float:
    return float(value) if math.isfinite(value) else other
