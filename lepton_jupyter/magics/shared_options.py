"""Arguments and options that several verbs take, declared once so that they mean the same everywhere."""

from __future__ import annotations

from lepton_jupyter.exceptions.magic_errors import MagicUsageError
from lepton_jupyter.magics.verb_options import Argument, Option, read_text


def table_argument(meaning: str = "a data frame or a path", *, instead: str = "", many: bool = False) -> Argument:
    """Return the word that names a table.

    Parameters
    ----------
    meaning : str
    instead : str
        Option that may stand in its place; ``--sql`` for verbs that take `SQL_OPTIONS`.
    many : bool
        Whether several tables may stand one after the other.
    """
    return Argument(
        field="table", placeholder="TABLE", meaning=meaning, required=True, expression=True, suggests="tables",
        instead=instead, many=many,
    )  # fmt: skip


def run_argument(*, required: bool = False) -> Argument:
    """Return the word that names a run."""
    return Argument(
        field="run", placeholder="RUN", meaning="the name or id of a run", required=required, suggests="runs"
    )


SQL_OPTIONS = (
    Option(
        name="--sql", field="sql", placeholder='"SELECT …"', read=read_text,
        meaning="a select in place of the table; :name in it is the notebook's variable of that name",
    ),
    Option(
        name="--connection", field="connection", placeholder="URL", expression=True, suggests="connections",
        meaning="the database: a URL, a variable that holds one or an engine, or $VARIABLE of the environment",
    ),
)  # fmt: skip


def _read_trial(text: str, option: str) -> int:
    """Number of a trial, as the board's rows have it.

    Raises
    ------
    MagicUsageError
        If it is none.
    """
    if not (text.isascii() and text.isdecimal()):
        raise MagicUsageError.from_trial(option, text)
    return int(text)


RUN_OPTION = Option(
    name="--run", field="run", placeholder="RUN", read=read_text, suggests="runs",
    meaning="name or id of the run; else the only or the last one",
)  # fmt: skip
TRIAL_OPTION = Option(
    name="--trial", field="trial", placeholder="N", read=_read_trial,
    meaning="the model of this trial alone; else the best",
)  # fmt: skip
WAIT = Option(name="--wait", field="wait", meaning="the cell lasts until the run ends", excludes=("--no-wait",))
NO_WAIT = Option(
    name="--no-wait", field="wait", flag_value=False, meaning="the cell returns at once", excludes=("--wait",)
)
TRUST = Option(
    name="--trust", field="trust", meaning="load models of classes that lepton does not know; only for runs of your own"
)
