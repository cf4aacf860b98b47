"""What ``%lepton`` understands: the verbs, each declared in a module of its own, in the order of the help page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lepton_jupyter.exceptions.magic_errors import MagicUsageError
from lepton_jupyter.magics import (
    cluster_verb,
    compare_verb,
    config_verb,
    cost_verb,
    evaluate_verb,
    export_verb,
    fit_verb,
    help_verb,
    leaderboard_verb,
    predict_verb,
    prepare_verb,
    profile_verb,
    resume_verb,
    runs_verb,
    show_verb,
    stop_verb,
    stream_verb,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lepton_jupyter.magics.verb_options import Verb

#: Verbs that the design names and that a later issue brings.
FUTURE_VERBS = frozenset({
    "explain", "fairness", "causal", "forecast", "recommend",
    "serve", "monitor",
})  # fmt: skip

#: What ``%lepton`` understands today, in the order of the help page.
VERBS: Mapping[str, Verb] = {
    module.VERB.name: module.VERB
    for module in (
        profile_verb,
        prepare_verb,
        fit_verb,
        predict_verb,
        evaluate_verb,
        compare_verb,
        export_verb,
        stream_verb,
        runs_verb,
        show_verb,
        leaderboard_verb,
        cost_verb,
        stop_verb,
        resume_verb,
        cluster_verb,
        config_verb,
        help_verb,
    )
}


def find_verb(name: str) -> Verb:
    """Verb called `name`.

    Parameters
    ----------
    name : str

    Returns
    -------
    verb : Verb

    Raises
    ------
    MagicUsageError
        If it is planned, or unknown; then the nearest one is named.

    Examples
    --------
    >>> find_verb("fit").options[0].name
    '--target'
    """
    verb = VERBS.get(name)
    if verb is not None:
        return verb
    if name in FUTURE_VERBS:
        raise MagicUsageError.from_future_verb(name, VERBS)
    raise MagicUsageError.from_unknown_verb(name, VERBS)
