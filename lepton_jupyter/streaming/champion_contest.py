"""Champion and challenger: who predicts, who is searched for after a drift, and who has to prove itself.

A drift is no proof that another model is better. So one is searched for in the background on the newest labelled rows;
then it predicts the same rows as the champion, unseen, until a paired test of losses speaks for it or it is dropped.
Whatever was decided, nothing new is begun for a while.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Protocol

from lepton_jupyter.events.stream_events import (
    ChallengerDropped,
    ChallengerFound,
    ChallengerPromoted,
    ChallengerSought,
    ChampionRestored,
)
from lepton_jupyter.exceptions.lepton_error import LeptonError
from lepton_jupyter.exceptions.stream_errors import StreamUsageError
from lepton_jupyter.streaming.labelled_window import MOST_LABELLED, LabelledWindow
from lepton_jupyter.streaming.paired_losses import PairedLosses
from lepton_jupyter.streaming.row_scoring import score_each

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from lepton_jupyter.events.run_events import Event
    from lepton_jupyter.events.stream_events import DriftDetected
    from lepton_jupyter.streaming.contender import Contender
    from lepton_jupyter.streaming.labelled_window import LabelledRow
    from lepton_jupyter.streaming.online_contender import OnlineContender
    from lepton_jupyter.streaming.stream_source import Row

#: Labelled rows since the change that a search begins with, and labels after a decision before the next begins.
LEAST_ROWS = 500
COOLDOWN_LABELS = 2_000


class ChallengerSearch(Protocol):
    """A search that goes on elsewhere."""

    def done(self) -> bool:
        """Whether it has ended."""
        ...

    def result(self) -> Contender:
        """What it found; raises a LeptonError if that is nothing."""
        ...

    def decided(self) -> Sequence[Event]:
        """What it decided on the way; heard when it is done."""
        ...

    def seconds(self) -> float:
        """How long it took."""
        ...

    def stop(self) -> None:
        """End soon; nobody waits for what it finds."""
        ...


class ChampionContest:
    """Decides who predicts; hears rows, labels and drifts from the loop, and tells events.

    All is called from the loop but `roll_back`, which may come from any thread.

    Parameters
    ----------
    champion : Contender
    earlier : sequence of Contender
        Who predicted before, the last one last: whom a roll-back restores.
    search : callable or None
        ``search(rows, run_id)`` begins a `ChallengerSearch` on labelled rows, beside the model of a run that predicts
        now. None: nothing is ever searched for.
    online : OnlineContender or None
        A learner that learns from every label and may be promoted at any time.
    n_classes : int
        0 for regression.
    budget : str
        Of a search, as typed: for the log.
    least_rows, cooldown_labels : int
    """

    def __init__(
        self,
        champion: Contender,
        *,
        earlier: Sequence[Contender] = (),
        search: Callable[[Sequence[LabelledRow], str], ChallengerSearch] | None = None,
        online: OnlineContender | None = None,
        n_classes: int = 0,
        budget: str = "",
        least_rows: int = LEAST_ROWS,
        cooldown_labels: int = COOLDOWN_LABELS,
    ) -> None:
        self._lock = threading.Lock()
        self._champions = [*earlier, champion]
        self._begin_search = search
        self._online = online
        self._n_classes = n_classes
        self._budget = budget
        self._least_rows, self._cooldown = least_rows, cooldown_labels
        self._window = LabelledWindow()
        #: Labels at which the newest drift that waits for a search began, and what it was about.
        self._changed: tuple[int, str] | None = None
        self._search: ChallengerSearch | None = None
        self._challenger: Contender | None = None
        self._against = champion
        self._losses = PairedLosses(n_classes)
        self._refusal = ""
        self._rests_until = self._taken_back_until = 0

    @property
    def _listens(self) -> bool:
        return self._begin_search is not None or self._online is not None

    @property
    def champion(self) -> Contender:
        """Who predicts."""
        return self._champions[-1]

    # What the loop tells ---------------------------------------------------------------------------------------------

    def predicted(self, keys: Sequence[str], rows: Sequence[Row], outputs: NDArray[np.float64] | None) -> None:
        """Hear of rows that the champion has predicted; a challenger predicts them too."""
        if not self._listens or outputs is None:
            return
        self._window.predicted(keys, rows)
        if self._online is not None:
            self._online.predicted(keys, rows, outputs)
        challenger = self._challenger
        if challenger is None or not rows:
            return
        scores = score_each(challenger.scorer, rows)
        if scores.refused or scores.outputs is None or scores.outputs.shape != outputs.shape:
            reason = next(iter(scores.refused.values())).reason if scores.refused else "other outputs"
            self._refusal = f"it cannot predict a row that the champion can: {reason}"
            return
        self._losses.predicted(keys, outputs, scores.outputs)

    def labelled(self, key: str, truth: float) -> None:
        """Hear the truth about a row: the code of its class, or its value."""
        if self._listens:
            joined = self._window.labelled(key, truth)
            self._losses.labelled(key, truth)
            if self._online is not None:
                self._online.labelled(key, joined, truth)

    def drifted(self, alarm: DriftDetected) -> None:
        """Hear of a drift; a challenger is searched for when enough rows of the time since are labelled."""
        # How long rows have been others nobody can tell; errors have grown since so many labels.
        since = alarm.n_rows if alarm.subject == "errors" else 0
        self._changed = (max(0, self._window.n_labelled - since), alarm.subject)

    def decide(self) -> Iterator[Event]:
        """Events of what is decided now, after a batch; the champion may be another one afterwards."""
        if self._online is not None:
            yield from self._hear_online(self._online)
        if self._begin_search is None:
            return
        if self._search is not None:
            yield from self._look_at_search(self._search)
        elif self._challenger is not None:
            yield from self._judge(self._challenger)
        elif self._changed is not None and self._window.n_labelled >= self._rests_until:
            began, cause = self._changed
            n_rows = min(self._window.n_labelled - began, MOST_LABELLED)
            if n_rows >= self._least_rows:
                self._changed = None
                rows = self._window.newest(n_rows)
                yield ChallengerSought(cause=cause, n_rows=len(rows), budget=self._budget)
                self._search = self._begin_search(rows, self.champion.run_id)

    def close(self) -> None:
        """End a search that goes on."""
        if self._search is not None:
            self._search.stop()

    def _hear_online(self, online: OnlineContender) -> Iterator[Event]:
        for event in online.decide(self.champion, rests=self._window.n_labelled < self._taken_back_until):
            if isinstance(event, ChallengerPromoted):
                with self._lock:
                    self._champions.append(online.contender)
            yield event

    def _look_at_search(self, search: ChallengerSearch) -> Iterator[Event]:
        if not search.done():
            return
        self._search = None
        yield from search.decided()
        try:
            found = search.result()
        except Exception as error:  # noqa: BLE001  whatever ends a search must not end the stream
            said = str(error) if isinstance(error, LeptonError) else f"{type(error).__name__}: {error}"
            yield self._dropped("", f"The search found none: {said}")
            return
        self._challenger, self._losses, self._refusal = found, PairedLosses(self._n_classes), ""
        self._against = self.champion
        yield ChallengerFound(run_id=found.run_id, label=found.scorer.label, seconds=search.seconds())

    def _judge(self, challenger: Contender) -> Iterator[Event]:
        if self._against is not self.champion:
            self._refusal = "the champion it was compared with predicts no longer"
        if self._refusal:
            yield self._dropped(challenger.run_id, self._refusal)
            return
        verdict = self._losses.verdict()
        if verdict.better is None:
            return
        if not verdict.better:
            yield self._dropped(challenger.run_id, "it is no better than the champion on the same rows")
            return
        with self._lock:
            previous = self.champion
            self._champions.append(challenger)
        self._rest()
        yield ChallengerPromoted(
            run_id=challenger.run_id,
            label=challenger.scorer.label,
            previous_run=previous.run_id,
            n_rows=verdict.n_rows,
            loss=verdict.loss,
            previous_loss=verdict.other_loss,
            p_value=verdict.p_value,
        )

    def _dropped(self, run_id: str, sentence: str) -> ChallengerDropped:
        n_rows = self._losses.n_rows if run_id else 0
        verdict = self._losses.verdict() if n_rows else None
        self._rest()
        return ChallengerDropped(
            run_id=run_id,
            sentence=sentence,
            n_rows=n_rows,
            loss=None if verdict is None else verdict.loss,
            previous_loss=None if verdict is None else verdict.other_loss,
        )

    def _rest(self) -> None:
        self._challenger, self._losses = None, PairedLosses(self._n_classes)
        self._rests_until = self._window.n_labelled + self._cooldown

    # What a person wishes --------------------------------------------------------------------------------------------

    def roll_back(self, by: str) -> ChampionRestored:
        """Let the model of before predict again.

        Raises
        ------
        StreamUsageError
            If there was none before.
        """
        with self._lock:
            if len(self._champions) < 2:
                raise StreamUsageError.from_first_champion(self.champion.run_id)
            given_up = self._champions.pop()
            self._rests_until = self._taken_back_until = self._window.n_labelled + self._cooldown
            return ChampionRestored(
                run_id=self.champion.run_id,
                label=self.champion.scorer.label,
                previous_run=given_up.run_id,
                by=by,
            )
