"""``%lepton fit``: find a good model for one column of a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from lepton_jupyter.events.quantities import Price
from lepton_jupyter.magics.assignments import read_numbers_by_name, read_signs_by_name
from lepton_jupyter.magics.object_lookup import find_object
from lepton_jupyter.magics.request import Request
from lepton_jupyter.magics.shared_options import NO_WAIT, SQL_OPTIONS, WAIT, table_argument
from lepton_jupyter.magics.sql_options import sql_arguments
from lepton_jupyter.magics.verb_options import Option, Verb, checked_by, one_of, read_budget, read_text, whole_number

if TYPE_CHECKING:
    from collections.abc import Mapping

Task = Literal["binary", "multiclass", "regression"]
KeptModels = Literal["best", "front", "all"]
Preference = Literal["accuracy", "balanced", "speed", "smallest"]

TASKS = ("binary", "multiclass", "regression")
KEPT_MODELS = ("best", "front", "all")
PREFERENCES = ("accuracy", "balanced", "speed", "smallest")


@dataclass(frozen=True, kw_only=True, slots=True)
class FitRequest(Request):
    """Find a model for one column of a table.

    Parameters
    ----------
    table : str or None
        Expression, path or address as typed; None where `sql` stands in its place.
    target : str
        Name of the column to predict.
    sql, connection : str or None
        A select, and the database as typed.
    budget : str or None
        As typed, checked; None, here and below: as ``%lepton config`` says.
    trials : int or None
        Limit on trials beside the time.
    task, metric, positive : str or None
        None is inferred from the target; `positive` is the text of a label.
    drop : tuple of str
        Columns to leave out.
    learners : tuple of str or None
        The only ones to try.
    without : tuple of str
        Learners to leave out.
    folds : int or None
    test : str or None
        Expression of a held-out table.
    name : str or None
        What the run is called.
    seed : int or None
    wait : bool or None
        Whether the cell lasts until the end; None where it depends on who looks.
    keep_models : {"best", "front", "all"} or None
    prefer : {"accuracy", "balanced", "speed", "smallest"} or None
    groups, time, weights : str or None
        Columns that say how rows are split and weighed.
    class_weight : "balanced", dict of str to float, or None
        By the text of the label.
    monotone : dict of str to {1, -1}, or None
    max_memory, trial_seconds : str or None
        As typed, checked.
    learn_groups : bool
    queue : bool
        Whether to wait for the runs before.
    core_hour_price : str or None
        What an hour of one core costs, as typed, checked.
    """

    table: str | None = None
    target: str
    sql: str | None = None
    connection: str | None = None
    budget: str | None = None
    trials: int | None = None
    task: Task | None = None
    metric: str | None = None
    positive: str | None = None
    drop: tuple[str, ...] = ()
    learners: tuple[str, ...] | None = None
    without: tuple[str, ...] = ()
    folds: int | None = None
    test: str | None = None
    name: str | None = None
    seed: int | None = None
    wait: bool | None = None
    keep_models: KeptModels | None = None
    prefer: Preference | None = None
    groups: str | None = None
    time: str | None = None
    weights: str | None = None
    class_weight: str | dict[str, float] | None = None
    monotone: dict[str, int] | None = None
    max_memory: str | None = None
    trial_seconds: str | None = None
    learn_groups: bool = False
    queue: bool = False
    core_hour_price: str | None = None

    def answer(self, names: Mapping[str, Any]) -> Any:
        """Start the search."""
        from lepton_jupyter.notebook.fitting import fit

        table = None if self.table is None else find_object(self.table, names, read=False)
        test = None if self.test is None else find_object(self.test, names, read=False)
        return fit(
            None if table is None else table.value,
            **sql_arguments(self.sql, self.connection, names),
            table_name=None if table is None else table.label,
            target=self.target,
            budget=self.budget,
            trials=self.trials,
            task=self.task,
            metric=self.metric,
            positive=self.positive,
            drop=self.drop,
            learners=self.learners,
            without=self.without,
            folds=self.folds,
            test=None if test is None else test.value,
            test_name=None if test is None else test.label,
            name=self.name,
            seed=self.seed,
            wait=self.wait,
            keep_models=self.keep_models,
            prefer=self.prefer,
            groups=self.groups,
            time=self.time,
            weights=self.weights,
            class_weight=self.class_weight,
            monotone=self.monotone,
            max_memory=self.max_memory,
            trial_seconds=self.trial_seconds,
            learn_groups=self.learn_groups,
            queue=self.queue,
            core_hour_price=self.core_hour_price,
        )


def _read_class_weight(text: str, option: str) -> str | dict[str, float]:
    return text if text == "balanced" else read_numbers_by_name(text, option)


def _read_size(text: str, option: str) -> str:
    from lepton_jupyter.automl.memory_limit import as_bytes

    del option
    as_bytes(text)
    return text


def _read_trial_seconds(text: str, option: str) -> str:
    from lepton_jupyter.automl.settings import as_trial_seconds

    del option
    as_trial_seconds(text)
    return text


VERB = Verb(
    name="fit",
    summary="find a good model for one column of a table, within a budget",
    request=FitRequest,
    arguments=(table_argument(instead="--sql"),),
    options=(
        Option(
            name="--target", field="target", placeholder="NAME", read=read_text, required=True, suggests="columns",
            meaning="column to predict; in quotes when its name holds blanks",
        ),
        Option(
            name="--budget", field="budget", placeholder="60s", read=read_budget, suggests="30s 60s 5m 40trials",
            meaning="what the search may spend: 30s, 5m, 1h or 40trials, or money (default 60s)",
        ),
        Option(
            name="--trials", field="trials", placeholder="N", read=whole_number(1),
            meaning="try at most N configurations within the budget",
        ),
        Option(
            name="--task", field="task", placeholder="|".join(TASKS), read=one_of(TASKS), suggests=" ".join(TASKS),
            meaning="kind of problem; else inferred from the target",
        ),
        Option(
            name="--metric", field="metric", placeholder="NAME", read=read_text, suggests="metrics",
            meaning="what is optimised, by scikit-learn's name, such as roc_auc",
        ),
        Option(
            name="--positive", field="positive", placeholder="LABEL", read=read_text,
            meaning="label of the class that counts as positive",
        ),
        Option(
            name="--drop", field="drop", placeholder="A,B", read=read_text, many=True, suggests="columns",
            meaning="columns to leave out",
        ),
        Option(
            name="--learners", field="learners", placeholder="A,B", read=read_text, many=True, suggests="learners",
            meaning="try these learners only", excludes=("--without",),
        ),
        Option(
            name="--without", field="without", placeholder="A,B", read=read_text, many=True, suggests="learners",
            meaning="try all learners but these", excludes=("--learners",),
        ),
        Option(
            name="--folds", field="folds", placeholder="N", read=whole_number(2),
            meaning="folds of the cross-validation; else chosen by the number of rows",
        ),
        Option(
            name="--groups", field="groups", placeholder="COLUMN", read=read_text, suggests="columns",
            meaning="rows with one value of this column share a fold; it is not learnt from", excludes=("--time",),
        ),
        Option(
            name="--learn-groups", field="learn_groups", meaning="learn from the column of --groups all the same",
        ),
        Option(
            name="--time", field="time", placeholder="COLUMN", read=read_text, suggests="columns",
            meaning="column of times: validate on later rows than were learnt from", excludes=("--groups",),
        ),
        Option(
            name="--weights", field="weights", placeholder="COLUMN", read=read_text, suggests="columns",
            meaning="column that tells how much each row counts; it is not learnt from",
        ),
        Option(
            name="--class-weight", field="class_weight", placeholder="balanced|A=5,B=1", read=_read_class_weight,
            suggests="balanced", meaning="how much more rows of a class count in fits; scores count rows as they are",
        ),
        Option(
            name="--monotone", field="monotone", placeholder="A=+1,B=-1", read=read_signs_by_name,
            meaning="columns along which the prediction never falls (+1) or never rises (-1)",
        ),
        Option(
            name="--max-memory", field="max_memory", placeholder="2GB", read=_read_size, suggests="1GB 2GB 4GB",
            meaning="memory that fits may take beside the table, all at once together; what needs more is left out",
        ),
        Option(
            name="--trial-seconds", field="trial_seconds", placeholder="20s", read=_read_trial_seconds,
            meaning="longest that the fits of one trial may take, summed over its folds",
        ),
        Option(
            name="--test", field="test", placeholder="TABLE", expression=True, suggests="tables",
            meaning="table, or path of one, held out for the final score",
        ),
        Option(
            name="--queue", field="queue", meaning="wait for the runs before this one; else they share the workers",
        ),
        Option(
            name="--core-hour-price", field="core_hour_price", placeholder="PRICE", read=checked_by(Price.parse),
            meaning="what an hour of one core costs, such as 0.05EUR; a budget may then be money",
        ),
        *SQL_OPTIONS,
        Option(name="--name", field="name", placeholder="NAME", read=read_text, meaning="what to call the run"),
        Option(
            name="--seed", field="seed", placeholder="N", read=whole_number(0),
            meaning="seed of everything random (default 0)",
        ),
        WAIT,
        NO_WAIT,
        Option(
            name="--keep-models", field="keep_models", placeholder="|".join(KEPT_MODELS), read=one_of(KEPT_MODELS),
            suggests=" ".join(KEPT_MODELS), meaning="models that stay on disk at the end (default all)",
        ),
        Option(
            name="--prefer", field="prefer", placeholder="|".join(PREFERENCES), read=one_of(PREFERENCES),
            suggests=" ".join(PREFERENCES), meaning="what the final model is chosen for (default accuracy)",
        ),
    ),
    examples=(
        "run = %lepton fit df --target churn --budget 30s",
        '%lepton fit df[df.year > 2020] --target "total price" --metric neg_root_mean_squared_error',
        "%lepton fit df --target churn --drop id,name --budget {budget} --seed 7",
        '%lepton fit "data/*.parquet" --target churn --test holdout.csv',
        '%lepton fit --sql "select * from customers where year > :first" --connection $DATABASE_URL --target churn',
    ),
)  # fmt: skip
