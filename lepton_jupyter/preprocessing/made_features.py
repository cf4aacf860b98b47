"""Columns made from others within a fold: what is learnt from its training rows, and how it is kept in a file."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, Self

import numpy as np

from lepton_jupyter.preprocessing.column_gains import column_gains, screened_rows
from lepton_jupyter.preprocessing.encoded_keys import encoded_keys, repeating_columns
from lepton_jupyter.preprocessing.group_statistics import GroupStatistics
from lepton_jupyter.preprocessing.number_pairs import NumberPairs
from lepton_jupyter.preprocessing.number_pieces import NumberPieces
from lepton_jupyter.preprocessing.ordered_cross import OrderedCross
from lepton_jupyter.preprocessing.shadow_selection import telling_columns
from lepton_jupyter.preprocessing.target_encoding import TargetEncoding
from lepton_jupyter.preprocessing.value_counts import ValueCounts

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from lepton_jupyter.preprocessing.training_rows import TrainingRows

#: Choices of features to make, the first one none: arithmetic of two numbers; deviations from the means of groups, and
#: counts of values; mean targets; all of these. Where whole numbers have an order in common, it is in each. The last
#: one makes none, and leaves out columns that tell nothing.
FEATURE_CHOICES = ("plain", "pairs", "groups", "encoded", "all", "selected")
#: Choices for the linear view, the first one none, with the most pieces that a number is cut into.
PIECES = {"plain": 0, "8 pieces": 8, "16 pieces": 16}
#: Columns that are made at most.
MOST_MADE = 16
#: Columns that pairs and groups are made of: those that serve a small booster most.
_MOST_PAIRED = 8
_MOST_GROUPED = 6
#: Different values up to which whole numbers group rows.
_MOST_GROUPS = 200
#: Share of the screen's whole gain below which a column is not worth having.
_LEAST_SHARE = 0.005
_OWN = "own"


class FeatureStep(Protocol):
    """One kind of made columns, fitted on training rows."""

    @property
    def kind(self) -> str:
        """Its name in files."""
        ...

    def columns(self, X: NDArray[np.float32]) -> NDArray[np.float32]:
        """The made columns of rows that were not learnt from, of shape (n_rows, n_made)."""
        ...

    def keeping(self, places: NDArray[np.int64]) -> Self:
        """With some of the columns only, given in their order."""
        ...

    def to_arrays(self) -> dict[str, NDArray[np.generic]]:
        """What was learnt, as arrays."""
        ...


_STEPS: dict[str, Callable[[dict[str, NDArray[np.generic]]], FeatureStep]] = {
    each.kind: each.from_arrays
    for each in (NumberPairs, OrderedCross, GroupStatistics, ValueCounts, TargetEncoding, NumberPieces)
}


@dataclass(frozen=True, slots=True)
class MadeFeatures:
    """Columns that are made beside those of a view.

    Parameters
    ----------
    steps : tuple of FeatureStep
    own : ndarray of int64, optional
        Columns of the view that are left, ascending; default: all.

    Examples
    --------
    >>> from lepton_jupyter.preprocessing.training_rows import TrainingRows
    >>> X = np.random.default_rng(0).random((800, 3)).astype(np.float32)
    >>> rows = TrainingRows(X, (X[:, 0] / X[:, 1]).astype(np.float64), categorical=(), n_classes=0)
    >>> made, training = MadeFeatures.learn(rows, "pairs", stop=lambda: False)
    >>> again = MadeFeatures.from_bytes(made.to_bytes())
    >>> bool((again.beside(X) == training).all())
    True
    """

    steps: tuple[FeatureStep, ...]
    own: NDArray[np.int64] | None = None

    @classmethod
    def learn(
        cls, rows: TrainingRows, choice: str, *, stop: Callable[[], bool]
    ) -> tuple[Self, NDArray[np.float32]] | None:
        """Choose and fit the features of one choice.

        For the tree view all candidates compete in one small booster, beside the columns of the table, and the best are
        kept.

        Parameters
        ----------
        rows : TrainingRows
            Nothing else is seen.
        choice : str
            One of `FEATURE_CHOICES`, or for the linear view of `PIECES`, but the first.
        stop : callable
            Asked before each step.

        Returns
        -------
        made : MadeFeatures
        training : ndarray of shape (n_rows, n_columns + n_made)
            The training rows with their made columns on the right; targets encoded without each row's own.
            None instead of both if it was told to stop.
        """
        n_own = rows.X.shape[1]
        if stop():
            return None
        if choice in PIECES:
            made = cls((NumberPieces.learn(rows, PIECES[choice]),))
            return made, made.beside(rows.X)
        if choice == "selected":
            left = telling_columns(rows)
            return cls((), left), rows.X[:, left]
        candidates = _candidates(rows, choice)
        if stop():
            return None
        # Most candidates are made for a few rows alone; of encodings all rows are there.
        n_made = sum(each.n_columns for each in candidates)
        drawn = rows.drawn(screened_rows(n_own + n_made))
        few = rows.taking(drawn)
        blocks = [each.of_training(few.X, drawn) for each in candidates]
        gains = column_gains(few.beside(blocks))
        worth = np.flatnonzero(gains[n_own:] > _LEAST_SHARE * gains.sum())
        best = np.sort(worth[np.argsort(-gains[n_own:][worth], kind="stable")[:MOST_MADE]])
        kept: list[_Candidate] = []
        start = 0
        for each in candidates:
            places = best[(best >= start) & (best < start + each.n_columns)] - start
            start += each.n_columns
            if len(places):
                kept.append(each.keeping(places))
        every = np.arange(len(rows.y))
        return cls(tuple(each.step for each in kept)), np.hstack(
            [rows.X, *(each.of_training(rows.X, every) for each in kept)]
        )

    def beside(self, X: NDArray[np.float32]) -> NDArray[np.float32]:
        """Rows that were not learnt from: their own columns that are left, with the made ones on the right."""
        own = X if self.own is None else X[:, self.own]
        return np.hstack([own, *(step.columns(X) for step in self.steps)])

    def categorical(self, columns: tuple[int, ...]) -> tuple[int, ...]:
        """Where columns of category codes are after `beside`; none of the made ones is one."""
        if self.own is None:
            return columns
        return tuple(np.flatnonzero(np.isin(self.own, columns)).tolist())

    def monotone(self, columns: tuple[int, ...], n_columns: int) -> tuple[int, ...]:
        """Constraints of columns after `beside`, of which there are so many; the made ones have none."""
        if not columns:
            return ()
        kept = columns if self.own is None else tuple(columns[place] for place in self.own.tolist())
        return (*kept, *(0 for _ in range(n_columns - len(kept))))

    def to_bytes(self) -> bytes:
        """All that was learnt, as NumPy's archive of arrays."""
        arrays = {
            f"{place}:{step.kind}:{name}": each
            for place, step in enumerate(self.steps)
            for name, each in step.to_arrays().items()
        }
        if self.own is not None:
            arrays[_OWN] = self.own
        file = io.BytesIO()
        np.savez(file, **arrays)  # type: ignore[arg-type]  # its keywords are names of arrays but one
        return file.getvalue()

    @property
    def are_pieces(self) -> bool:
        """Whether numbers are cut into pieces, and nothing else is made: a few products of whole columns."""
        return all(isinstance(step, NumberPieces) for step in self.steps)

    @classmethod
    def from_bytes(cls, archive: bytes) -> Self:
        """From what `to_bytes` gave.

        Raises
        ------
        ValueError
            If the archive holds objects, which are never unpickled.
        """
        by_step: dict[tuple[int, str], dict[str, NDArray[np.generic]]] = {}
        with np.load(io.BytesIO(archive), allow_pickle=False) as arrays:
            for path in arrays.files:
                if path != _OWN:
                    place, kind, name = path.split(":")
                    by_step.setdefault((int(place), kind), {})[name] = arrays[path]
            left = arrays[_OWN].astype(np.int64) if _OWN in arrays.files else None
        return cls(tuple(_STEPS[kind](learnt) for (_, kind), learnt in sorted(by_step.items())), left)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A step with more columns than may be kept, and what it makes of the training rows if that is another matter."""

    step: FeatureStep
    n_columns: int
    training: NDArray[np.float32] | None = None

    def of_training(self, X: NDArray[np.float32], places: NDArray[np.int64]) -> NDArray[np.float32]:
        return self.step.columns(X) if self.training is None else self.training[places]

    def keeping(self, places: NDArray[np.int64]) -> _Candidate:
        training = None if self.training is None else self.training[:, places]
        return _Candidate(self.step.keeping(places), len(places), training)


def _candidates(rows: TrainingRows, choice: str) -> list[_Candidate]:
    few = rows.sample(screened_rows(rows.X.shape[1]))
    cross = OrderedCross.learn(rows)
    steps: list[FeatureStep] = [cross]
    own = column_gains(few) if choice != "encoded" else np.empty(0)
    numbers = few.numbers
    if choice in {"pairs", "all"}:
        steps.append(NumberPairs.of(_best(numbers, own, _MOST_PAIRED)))
    if choice in {"groups", "all"}:
        groupings = _best((*rows.categorical, *few.whole_numbers(most=_MOST_GROUPS)), own, _MOST_GROUPED)
        steps.append(GroupStatistics.learn(rows, groupings, _best(numbers, own, _MOST_GROUPED)))
        steps.append(ValueCounts.learn(rows, repeating_columns(rows)))
    candidates = [_Candidate(step, step.columns(rows.X[:0]).shape[1]) for step in steps]
    if choice in {"encoded", "all"}:
        encoding, training = TargetEncoding.learn(rows, encoded_keys(rows, cross.digits))
        candidates.append(_Candidate(encoding, training.shape[1], training))
    return candidates


def _best(columns: tuple[int, ...], gains: NDArray[np.float64], most: int) -> tuple[int, ...]:
    return tuple(sorted(columns, key=lambda place: -gains[place])[:most])
