"""``%lepton resume``: go on with a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lepton_jupyter.magics.named_objects import run_reference, table_finder
from lepton_jupyter.magics.object_lookup import find_object
from lepton_jupyter.magics.request import Request
from lepton_jupyter.magics.shared_options import NO_WAIT, SQL_OPTIONS, TRUST, WAIT, run_argument
from lepton_jupyter.magics.sql_options import sql_arguments
from lepton_jupyter.magics.verb_options import Option, Verb, read_budget

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True, slots=True)
class ResumeRequest(Request):
    """Go on with a run or a stream that ended or died.

    Parameters
    ----------
    run : str
    table : str or None
        Expression or path of the table it was started on; None for the same file, or the variable of that name.
    test : str or None
        Expression or path of the held-out table; None for the variable of that name.
    sql, connection : str or None
        The select it was started on, and the database as typed.
    budget : str or None
        As typed, checked; None for what was left.
    trust : bool
    wait : bool or None
    source, sink, dead_letters : str or None
        Of a stream, as typed; None for the same path or address, or the variable of that name.
    detach : bool or None
        Of a stream; None for as it was.
    """

    run: str
    table: str | None = None
    test: str | None = None
    sql: str | None = None
    connection: str | None = None
    budget: str | None = None
    trust: bool = False
    wait: bool | None = None
    source: str | None = None
    sink: str | None = None
    dead_letters: str | None = None
    detach: bool | None = None

    def answer(self, names: Mapping[str, Any]) -> Any:
        """Go on with the run."""
        from lepton_jupyter.notebook.resuming import resume_run

        return resume_run(
            run_reference(self.run, names),
            table=None if self.table is None else find_object(self.table, names, read=False).value,
            test=None if self.test is None else find_object(self.test, names, read=False).value,
            **sql_arguments(self.sql, self.connection, names),
            # By name alone: an expression from a log of the past is not evaluated.
            find_table=table_finder(names),
            budget=self.budget,
            trust=self.trust,
            wait=self.wait,
            source=None if self.source is None else find_object(self.source, names, read=False).value,
            sink=None if self.sink is None else find_object(self.sink, names, read=False).value,
            dead_letters=None if self.dead_letters is None else find_object(self.dead_letters, names, read=False).value,
            detach=self.detach,
        )


VERB = Verb(
    name="resume",
    summary="go on with a run that ended, or whose kernel died",
    request=ResumeRequest,
    arguments=(run_argument(required=True),),
    options=(
        Option(
            name="--table", field="table", placeholder="TABLE", expression=True, suggests="tables",
            meaning="the table it was started on; else the same file, or the data frame of the same name",
        ),
        *SQL_OPTIONS,
        Option(
            name="--test", field="test", placeholder="TABLE", expression=True, suggests="frames",
            meaning="the table held out for the final score; else the data frame of the same name",
        ),
        Option(
            name="--budget", field="budget", placeholder="60s", read=read_budget, suggests="30s 60s 5m 40trials",
            meaning="what it may spend from now; else what was left",
        ),
        Option(
            name="--from", field="source", placeholder="SOURCE", expression=True, suggests="tables",
            meaning="of a stream: where rows come from; else the same path, address or variable",
        ),
        Option(
            name="--to", field="sink", placeholder="SINK", expression=True, suggests="files",
            meaning="of a stream: where results go; else the same path, address or variable",
        ),
        Option(
            name="--dead-letters", field="dead_letters", placeholder="PATH", expression=True, suggests="files",
            meaning="of a stream: where rows go that cannot be scored; else as before",
        ),
        Option(
            name="--detach", field="detach", excludes=("--no-detach",),
            meaning="of a stream: go on in a process of its own; else as it did before",
        ),
        Option(
            name="--no-detach", field="detach", flag_value=False, excludes=("--detach",),
            meaning="of a stream: go on in this kernel, and end with it",
        ),
        TRUST,
        WAIT,
        NO_WAIT,
    ),
    examples=("run = %lepton resume churn-1 --budget 5m", "run = %lepton resume churn-1 --table df[df.x > 0]"),
)  # fmt: skip
