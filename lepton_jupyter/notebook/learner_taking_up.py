"""What the online learner of a stream that goes on begins with: what it had learnt, or nothing, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lepton_jupyter.events.run_events import WarningRaised
from lepton_jupyter.events.stream_events import LearnerTakenUp
from lepton_jupyter.streaming.learner_checkpoint import take_up_kept

if TYPE_CHECKING:
    from lepton_jupyter.runs.run_folder import RunFolder
    from lepton_jupyter.streaming.online_contender import OnlineContender

_OWN = "{} is an object of your own, of which nothing is kept: it learns afresh."
_AFRESH = "{} learns afresh: {}."


def taken_up(folder: RunFolder, online: OnlineContender, *, predicted: bool) -> LearnerTakenUp | WarningRaised:
    """Let the learner take up what the stream's folder keeps of it, and say so in the log's words.

    Parameters
    ----------
    folder : RunFolder
    online : OnlineContender
    predicted : bool
        Whether it was the champion.

    Returns
    -------
    said : LearnerTakenUp or WarningRaised
    """
    label = online.contender.scorer.label
    if not online.keepable:
        return WarningRaised(text=_OWN.format(label))
    why_not = take_up_kept(folder, online.take_up)
    if why_not is not None:
        return WarningRaised(text=_AFRESH.format(label, why_not))
    return LearnerTakenUp(label=label, n_labels=online.n_learnt, predicts=predicted)
