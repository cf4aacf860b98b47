"""What is to be made of which column of a cleaned table, from what a person chose and what the column holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lepton_jupyter.preprocessing.feature_choices import CHOICES, FeatureChoices
from lepton_jupyter.preprocessing.planned_step import PlannedStep

if TYPE_CHECKING:
    from lepton_jupyter.preprocessing.column_look import ColumnLook
    from lepton_jupyter.preprocessing.column_summary import ColumnSummary
    from lepton_jupyter.preprocessing.heavy_hitters import HeavyHitters

_KINDS = {"scale": "scaling", "encode": "encoding", "dates": "calendar", "text": "words"}


def is_category(held: HeavyHitters, n_known: int) -> bool:
    """Whether texts are categories: few enough to be counted exactly, and not mostly different ones."""
    return not held.error and 0 < len(held.counts) <= n_known / 2 + 1


def offered_options(look: ColumnLook, summary: ColumnSummary) -> tuple[str, ...]:
    """Options of which one may be chosen for a column, first that by which a choice for all columns reaches it.

    Parameters
    ----------
    look : ColumnLook
    summary : ColumnSummary
    """
    if look.reads == "text":
        return ("encode", "text") if is_category(summary.texts, summary.n_known) else ("text", "encode")
    option = {"number": "scale", "moment": "dates"}.get(look.reads)
    return () if option is None else (option,)


def planned_features(look: ColumnLook, summary: ColumnSummary, choices: FeatureChoices) -> list[PlannedStep]:
    """What is made of a column that is kept.

    Parameters
    ----------
    look : ColumnLook
    summary : ColumnSummary
    choices : FeatureChoices
    """
    if look.reads == "number" and choices.n_components:
        said = f"of all columns of numbers, standardised, {choices.n_components} directions are kept"
        return [PlannedStep("components", "part of the principal components", said)]
    offered = offered_options(look, summary)
    # What a person says of a column by name holds, whatever its texts look like.
    named = [each for each in sorted(offered) if look.name in choices.chosen.get(each, {})]
    option = next(iter((*named, *offered)), "")
    choice = choices.get(option, look.name) if option else ""
    if not choice:
        return []
    return [PlannedStep(_KINDS[option], f"made {choice}", CHOICES[option][choice], choice=choice)]
