"""An online learner in the contest: taught by every label, in the shadow until its losses speak for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from lepton_jupyter.events.stream_events import ChallengerDropped, ChallengerFound, ChallengerPromoted
from lepton_jupyter.exceptions.lepton_error import LeptonError
from lepton_jupyter.streaming.learner_state import KeepableLearner
from lepton_jupyter.streaming.paired_losses import LEVEL, PairedLosses
from lepton_jupyter.streaming.row_scoring import score_each

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from lepton_jupyter.events.run_events import Event
    from lepton_jupyter.streaming.contender import Contender
    from lepton_jupyter.streaming.labelled_window import LabelledRow
    from lepton_jupyter.streaming.online_learner import OnlineLearner
    from lepton_jupyter.streaming.stream_source import Row


class LinearView(Protocol):
    """Reads rows as an online learner sees them."""

    def __call__(self, rows: Sequence[Row]) -> tuple[NDArray[np.float32], set[int]]:
        """The view of the rows that can be read, and the places of the others."""
        ...


class OnlineContender:
    """An online learner: predicts each row before its label is known to it, then learns from the label.

    It is compared with whoever predicts, again and again as long as it is in the shadow, since it learns on. The k-th
    comparison since the last change of champion has the level 5 % / 2^k, so that all together promote one that is no
    better at most once in twenty times.

    Parameters
    ----------
    contender : Contender
        Its scorer; the id of its run is empty, since it has none.
    learner : OnlineLearner
    view : LinearView
    n_classes : int
        0 for regression.
    n_columns : int
        Of the view.
    """

    def __init__(
        self, contender: Contender, learner: OnlineLearner, view: LinearView, *, n_classes: int, n_columns: int
    ) -> None:
        self.contender = contender
        self._learner, self._view = learner, view
        self._n_classes, self._n_columns = n_classes, n_columns
        self._fresh: list[LabelledRow] = []
        self._ready = self._failed = False
        self._against: Contender | None = None
        self._losses = PairedLosses(n_classes)
        self._n_lost = 0
        self._n_learnt = 0

    def kept(self) -> dict[str, Any] | None:
        """What it has learnt, as plain JSON; None where there is nothing to keep, or no way."""
        if self._failed or not self._n_learnt or not isinstance(self._learner, KeepableLearner):
            return None
        return {
            "learner": self._learner.label,
            "n_classes": self._n_classes,
            "n_columns": self._n_columns,
            "n_labels": self._n_learnt,
            "state": self._learner.state(),
        }

    def take_up(self, kept: Mapping[str, Any]) -> None:
        """Go on with what `kept` gave.

        Raises
        ------
        ValueError, TypeError, KeyError
            If that is of another learner or of other columns; then nothing is taken up.
        """
        if not isinstance(self._learner, KeepableLearner):
            raise TypeError(f"{self._learner.label} takes nothing up")
        expected = (self._learner.label, self._n_classes, self._n_columns)
        if (kept["learner"], kept["n_classes"], kept["n_columns"]) != expected:
            raise ValueError("it has learnt from other columns, or something else")
        n_learnt = int(kept["n_labels"])
        self._learner.take_up(kept["state"], self._n_columns)
        self._n_learnt, self._ready = n_learnt, True

    @property
    def n_learnt(self) -> int:
        """Labels that it has learnt from, also in earlier lives of the stream."""
        return self._n_learnt

    @property
    def keepable(self) -> bool:
        """Whether what it learns outlives its process."""
        return isinstance(self._learner, KeepableLearner)

    def predicted(self, keys: Sequence[str], rows: Sequence[Row], outputs: NDArray[np.float64]) -> None:
        """Predict rows too, unseen; nothing where it predicts already."""
        if not self._ready or self._failed or self._against is None or not rows:
            return
        scores = score_each(self.contender.scorer, rows)
        # Rows that it cannot read say nothing about it; there the champion's word stands.
        kept = [place for place in range(len(rows)) if place not in scores.refused]
        if scores.outputs is not None and scores.outputs.shape == (len(kept), outputs.shape[1]):
            self._losses.predicted([keys[place] for place in kept], outputs[kept], scores.outputs)

    def labelled(self, key: str, row: LabelledRow | None, truth: float) -> None:
        """Hear the truth about a row, and the row if it is still known."""
        self._losses.labelled(key, truth)
        if row is not None:
            self._fresh.append(row)

    def decide(self, champion: Contender, *, rests: bool = False) -> Iterator[Event]:
        """Learn what was heard, and tell whether it is to predict; while it rests it only learns."""
        if self._failed:
            return
        try:
            learnt = self._learn()
        except Exception as error:  # noqa: BLE001  whatever a learner raises must not end the stream
            self._failed = True
            said = str(error) if isinstance(error, LeptonError) else f"{type(error).__name__}: {error}"
            yield ChallengerDropped(
                run_id="", sentence=f"{self._learner.label} cannot learn: {said}", n_rows=0, loss=None,
                previous_loss=None,
            )  # fmt: skip
            return
        if learnt and not self._ready:
            self._ready = True
            yield ChallengerFound(run_id="", label=self._learner.label, seconds=0.0)
        if rests or champion is self.contender:
            self._against = None
        elif self._against is not champion:
            self._against, self._losses, self._n_lost = champion, self._begun(0), 0
        elif (verdict := self._losses.verdict()).better is not None:
            if not verdict.better:
                self._n_lost += 1
                self._losses = self._begun(self._n_lost)
                return
            yield ChallengerPromoted(
                run_id="",
                label=self._learner.label,
                previous_run=champion.run_id,
                n_rows=verdict.n_rows,
                loss=verdict.loss,
                previous_loss=verdict.other_loss,
                p_value=verdict.p_value,
            )

    def _begun(self, n_lost: int) -> PairedLosses:
        return PairedLosses(self._n_classes, level=LEVEL / 2 ** (n_lost + 1))

    def _learn(self) -> bool:
        if not self._fresh:
            return False
        fresh, self._fresh = self._fresh, []
        X, refused = self._view([each.row for each in fresh])
        truths = np.array([each.truth for place, each in enumerate(fresh) if place not in refused], dtype=np.float64)
        if len(truths):
            self._learner.learn(X, truths)
            self._n_learnt += len(truths)
        return bool(len(truths))
