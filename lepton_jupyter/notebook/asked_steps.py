"""What a person wants to be done to the columns of a table, and the plan that follows from it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

from lepton_jupyter.events.commands import PlanChoices
from lepton_jupyter.events.preparation_events import PlannedColumn, PreparationPlanned, StepOfColumn
from lepton_jupyter.events.preparation_messages import OfferedOptions
from lepton_jupyter.exceptions.data_errors import UnknownColumnError
from lepton_jupyter.exceptions.preparation_errors import UnknownStepError
from lepton_jupyter.notebook.plan_editing import PlanEditor, PlanLanguage, Replanned
from lepton_jupyter.preprocessing.feature_choices import FeatureChoices
from lepton_jupyter.preprocessing.planned_features import offered_options
from lepton_jupyter.preprocessing.preparation_plan import STEP_KINDS, plan_columns, with_added
from lepton_jupyter.preprocessing.target_leaks import LeakWatch

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lepton_jupyter.preprocessing.column_summary import TableSummary
    from lepton_jupyter.preprocessing.partition_rows import PassSettings
    from lepton_jupyter.preprocessing.preparation_plan import ColumnPlan
    from lepton_jupyter.runs.event_log import EventLog


@dataclass(frozen=True, slots=True, eq=False)
class AskedSteps:
    """What a person wants to be done to the columns.

    Parameters
    ----------
    target : str or None
        Column that is to be predicted.
    wanted : PlanChoices
        As it was given.
    choices : FeatureChoices
        As it was understood.
    language : PlanLanguage or None
        How a line for it is written, where one can be.
    """

    target: str | None
    wanted: PlanChoices
    choices: FeatureChoices
    language: PlanLanguage | None

    @classmethod
    def of(
        cls,
        target: str | None,
        without: Sequence[str],
        drop_leaks: bool,
        pca: int,
        language: PlanLanguage | None,
        options: Mapping[str, str | Sequence[str]],
    ) -> Self:
        """From what was given to options."""
        choices = FeatureChoices.of(pca=pca, **options)
        given = {name: (each,) if isinstance(each, str) else tuple(each) for name, each in options.items() if each}
        return cls(target, PlanChoices(without=tuple(without), options=given, drop_leaks=drop_leaks), choices, language)

    def editor(self, log: EventLog, settings: PassSettings, summary: TableSummary, *, draft: bool) -> PlanEditor | None:
        """What changes the plan in its panel; None where no line can be written for it."""
        if self.language is None:
            return None

        def replan(wanted: PlanChoices) -> Replanned:
            names = [look.name for look in settings.looks]
            check_steps(wanted.without)
            check_columns(self.target, wanted.without, names)
            choices = FeatureChoices.of(pca=self.choices.n_components, **wanted.options)
            choices.check_columns(names)
            asked = replace(self, wanted=wanted, choices=choices)
            plans = asked.plan(settings, summary)
            planned = planned_event(with_added(plans, settings.added, draft=draft), summary, draft=draft)
            return Replanned(planned, _offered(plans, summary, choices))

        return PlanEditor(log.events(), self.wanted, replan, self.language)

    def plan(self, settings: PassSettings, summary: TableSummary) -> tuple[ColumnPlan, ...]:
        """What is done to each column, from the statistics of a pass."""
        watch = next((each for each in settings.watches if isinstance(each, LeakWatch)), None)
        return plan_columns(
            settings.looks, summary, target=self.target, without=self.wanted.without, leak_watch=watch,
            drop_leaks=self.wanted.drop_leaks, choices=self.choices,
        )  # fmt: skip


def planned_event(plans: Sequence[ColumnPlan], summary: TableSummary, *, draft: bool) -> PreparationPlanned:
    """What the log tells of plans.

    Parameters
    ----------
    plans : sequence of ColumnPlan
    summary : TableSummary
        That they were made from.
    draft : bool
        Whether that is of first rows alone.
    """
    columns = []
    for plan in plans:
        column = summary.columns[plan.name]
        unknown = column.n_rows - column.n_known
        columns.append(
            PlannedColumn(
                name=plan.name,
                stored=plan.look.storage,
                becomes=plan.look.reads if plan.kept else "left out",
                role=plan.role,
                missing_share=unknown / column.n_rows if column.n_rows else 0.0,
                n_distinct=round(column.n_distinct),
                steps=tuple(
                    StepOfColumn(kind=step.kind, action=step.action, reason=step.reason, on=step.on)
                    for step in plan.steps
                ),
            )
        )
    return PreparationPlanned(draft=draft, n_rows=summary.n_rows, columns=tuple(columns))


def _offered(plans: Sequence[ColumnPlan], summary: TableSummary, choices: FeatureChoices) -> tuple[OfferedOptions, ...]:
    """What may be chosen of which column."""
    offered = []
    for plan in plans:
        options: tuple[str, ...] = ()
        if plan.kept and not plan.role and not (choices.n_components and plan.look.reads == "number"):
            options = offered_options(plan.look, summary.columns[plan.name])
        if any(step.kind == "outliers" for step in plan.steps):
            options = (*options, "outliers")
        if options:
            offered.append(OfferedOptions(column=plan.name, options=options))
    return tuple(offered)


def check_steps(without: Sequence[str]) -> None:
    """Refuse to leave out a step that there is not.

    Raises
    ------
    UnknownStepError
    """
    for name in without:
        if name.rpartition(":")[2] not in STEP_KINDS:
            raise UnknownStepError.from_name(name, STEP_KINDS)


def check_columns(target: str | None, without: Sequence[str], names: list[str]) -> None:
    """Refuse a target and steps of columns that are not there.

    Raises
    ------
    UnknownColumnError
    UnknownStepError
    """
    if target is not None and target not in names:
        raise UnknownColumnError.from_name(target, names, role="target column")
    for name in without:
        column = name.rpartition(":")[0]
        if column and column not in names:
            raise UnknownStepError.from_column(name, column, names)
