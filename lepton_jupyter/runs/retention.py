"""Which fold models stay on disk when a run ends; predictions of all trials always do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lepton_jupyter.runs.run_folder import OUT_OF_FOLD_NAME

if TYPE_CHECKING:
    from collections.abc import Collection

    from lepton_jupyter.runs.run_folder import RunFolder


def trials_to_keep(
    policy: str, *, best: Collection[int], front: Collection[int], finished: Collection[int]
) -> frozenset[int]:
    """Trials whose models stay under a policy.

    Parameters
    ----------
    policy : {"best", "front", "all"}
        What the final predictor is made of; also the trials that no other beats in score and speed, so that one may
        still choose between them; everything.
    best, front, finished : collection of int
        Ids of those trials.

    Returns
    -------
    kept : frozenset of int

    Examples
    --------
    >>> sorted(trials_to_keep("front", best=[3, 5], front=[1, 3], finished=range(9)))
    [1, 3, 5]
    """
    if policy == "all":
        return frozenset(finished)
    return frozenset(best) | (frozenset(front) if policy == "front" else frozenset())


def remove_models(folder: RunFolder, keep: Collection[int]) -> int:
    """Delete the fold models of all trials but some.

    Out-of-fold predictions stay, so that the board, the ensemble's weights and a resumed search are what they were; a
    trial without models can no longer predict.

    Parameters
    ----------
    folder : RunFolder
        Locked by the caller.
    keep : collection of int
        Ids of the trials whose models stay.

    Returns
    -------
    freed : int
        Bytes.
    """
    freed = 0
    for trial_id in set(folder.finished_trials()) - set(keep):
        for each in folder.trial(trial_id).iterdir():
            if each.name != OUT_OF_FOLD_NAME:
                freed += each.stat().st_size
                each.unlink()
    return freed


def has_models(folder: RunFolder, trial_id: int) -> bool:
    """Whether a trial can still predict: its folder is there and holds more than its predictions."""
    place = folder.trial(trial_id)
    return place.is_dir() and any(each.name != OUT_OF_FOLD_NAME for each in place.iterdir())
