"""The verbs of ``%lepton``, declared: what each takes, what it means, and lines to copy."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lepton_jupyter.exceptions.magic_errors import MagicUsageError
from lepton_jupyter.magics.requests import (
    ClusterRequest,
    FitRequest,
    HelpRequest,
    LeaderboardRequest,
    PredictRequest,
    ResumeRequest,
    RunsRequest,
    ShowRequest,
    StopRequest,
)
from lepton_jupyter.magics.verb_options import (
    Argument,
    Option,
    Verb,
    one_of,
    read_age,
    read_budget,
    read_text,
    whole_number,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

TASKS = ("binary", "multiclass", "regression")
KEPT_MODELS = ("best", "front", "all")

#: Verbs that the design names and that a later issue brings.
FUTURE_VERBS = frozenset({
    "profile", "evaluate", "prepare", "compare", "stream", "explain", "fairness", "causal", "forecast", "recommend",
    "export", "serve", "monitor", "cost", "config",
})  # fmt: skip

_ADDRESS = re.compile(r"[a-z+]+://\S+|[\w.\-\[\]:]+:\d{1,5}")


def _table(meaning: str = "a data frame") -> Argument:
    return Argument(
        field="table", placeholder="TABLE", meaning=meaning, required=True, expression=True, suggests="frames"
    )


def _run(*, required: bool = False) -> Argument:
    return Argument(
        field="run", placeholder="RUN", meaning="the name or id of a run", required=required, suggests="runs"
    )


_RUN_OPTION = Option(
    name="--run", field="run", placeholder="RUN", read=read_text, suggests="runs",
    meaning="name or id of the run; else the only or the last one",
)  # fmt: skip
_WAIT = Option(name="--wait", field="wait", meaning="the cell lasts until the run ends", excludes=("--no-wait",))
_NO_WAIT = Option(
    name="--no-wait", field="wait", flag_value=False, meaning="the cell returns at once", excludes=("--wait",)
)
_TRUST = Option(
    name="--trust", field="trust", meaning="load models of classes that lepton does not know; only for runs of your own"
)

_FIT = Verb(
    name="fit",
    summary="find a good model for one column of a table, within a budget",
    request=FitRequest,
    arguments=(_table(),),
    options=(
        Option(
            name="--target", field="target", placeholder="NAME", read=read_text, required=True, suggests="columns",
            meaning="column to predict; in quotes when its name holds blanks",
        ),
        Option(
            name="--budget", field="budget", placeholder="60s", read=read_budget, suggests="30s 60s 5m 40trials",
            meaning="what the search may spend: 30s, 5m, 1h or 40trials (default 60s)",
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
            name="--test", field="test", placeholder="TABLE", expression=True, suggests="frames",
            meaning="table held out for the final score",
        ),
        Option(name="--name", field="name", placeholder="NAME", read=read_text, meaning="what to call the run"),
        Option(
            name="--seed", field="seed", placeholder="N", read=whole_number(0),
            meaning="seed of everything random (default 0)",
        ),
        _WAIT,
        _NO_WAIT,
        Option(
            name="--keep-models", field="keep_models", placeholder="|".join(KEPT_MODELS), read=one_of(KEPT_MODELS),
            suggests=" ".join(KEPT_MODELS), meaning="models that stay on disk at the end (default all)",
        ),
    ),
    examples=(
        "run = %lepton fit df --target churn --budget 30s",
        '%lepton fit df[df.year > 2020] --target "total price" --metric neg_root_mean_squared_error',
        "%lepton fit df --target churn --drop id,name --budget {budget} --seed 7",
    ),
)  # fmt: skip

_PREDICT = Verb(
    name="predict",
    summary="predict the rows of a table with a run's best model",
    request=PredictRequest,
    arguments=(_table(),),
    options=(_RUN_OPTION, Option(name="--proba", field="proba", meaning="a probability for each class")),
    examples=("predictions = %lepton predict new_rows", "%lepton predict new_rows --run churn-1 --proba"),
)

_RUNS = Verb(
    name="runs",
    summary="list the runs on this disk, or remove some",
    request=RunsRequest,
    options=(
        Option(
            name="--remove", field="remove", placeholder="RUN", read=read_text, suggests="runs",
            meaning="remove this run from the disk", excludes=("--older",),
            remedy=" (or %lepton runs --older 30d for all old ones)",
        ),
        Option(
            name="--older", field="older", placeholder="30d", read=read_age, suggests="7d 30d 90d",
            meaning="remove the runs that ended longer ago than this", excludes=("--remove",),
        ),
    ),
    examples=("%lepton runs", "%lepton runs --remove churn-1", "%lepton runs --older 30d"),
)  # fmt: skip

_SHOW = Verb(
    name="show",
    summary="open a run of the past: its board and its model",
    request=ShowRequest,
    arguments=(_run(required=True),),
    options=(_TRUST,),
    examples=("run = %lepton show churn-1",),
)

_LEADERBOARD = Verb(
    name="leaderboard",
    summary="the models of a run, the best first, as a data frame",
    request=LeaderboardRequest,
    arguments=(_run(),),
    options=(_RUN_OPTION,),
    examples=("board = %lepton leaderboard", "%lepton leaderboard --run churn-1"),
)

_STOP = Verb(
    name="stop",
    summary="end a search now and keep the best so far",
    request=StopRequest,
    arguments=(_run(),),
    options=(_RUN_OPTION,),
    examples=("%lepton stop", "%lepton stop churn-1"),
)

_RESUME = Verb(
    name="resume",
    summary="go on with a run that ended, or whose kernel died",
    request=ResumeRequest,
    arguments=(_run(required=True),),
    options=(
        Option(
            name="--table", field="table", placeholder="TABLE", expression=True, suggests="frames",
            meaning="the table it was started on; else the data frame of the same name",
        ),
        Option(
            name="--budget", field="budget", placeholder="60s", read=read_budget, suggests="30s 60s 5m 40trials",
            meaning="what it may spend from now; else what was left",
        ),
        _TRUST,
        _WAIT,
        _NO_WAIT,
    ),
    examples=("run = %lepton resume churn-1 --budget 5m", "run = %lepton resume churn-1 --table df[df.x > 0]"),
)  # fmt: skip


def cluster_request(*, what: str | None = None, n_workers: str | None = None) -> ClusterRequest:
    """Request of the verb ``cluster``, whose words depend on each other.

    Parameters
    ----------
    what, n_workers : str or None
        The two words as typed.

    Returns
    -------
    request : ClusterRequest

    Raises
    ------
    MagicUsageError
        If the first word is neither local, off nor an address, or a number does not belong there.

    Examples
    --------
    >>> cluster_request(what="local", n_workers="4")
    ClusterRequest(what='local', n_workers=4)
    """
    if what is not None and what not in {"local", "off"} and not _ADDRESS.fullmatch(what):
        raise MagicUsageError.from_cluster(what)
    if n_workers is None:
        return ClusterRequest(what=what)
    if what != "local":
        raise MagicUsageError.from_left_over("cluster", n_workers, None)
    return ClusterRequest(what="local", n_workers=whole_number(1)(n_workers, "cluster local"))


_CLUSTER = Verb(
    name="cluster",
    summary="where trials run: processes of this machine, a Dask cluster, or the kernel's own threads",
    request=cluster_request,
    arguments=(
        Argument(field="what", placeholder="local|ADDRESS|off", meaning="local, off or an address",
                 suggests="local off"),
        Argument(field="n_workers", placeholder="N", meaning="how many processes"),
    ),
    examples=("%lepton cluster", "%lepton cluster local 4", "%lepton cluster tcp://10.0.0.5:8786",
              "%lepton cluster off"),
)  # fmt: skip

_HELP = Verb(
    name="help",
    summary="this table, or one verb in full",
    request=HelpRequest,
    arguments=(Argument(field="verb", placeholder="VERB", meaning="a verb", suggests="verbs"),),
    examples=("%lepton help fit",),
)

#: What ``%lepton`` understands today, in the order of the help page.
VERBS: Mapping[str, Verb] = {
    verb.name: verb
    for verb in (_FIT, _PREDICT, _RUNS, _SHOW, _LEADERBOARD, _STOP, _RESUME, _CLUSTER, _HELP)
}  # fmt: skip


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
