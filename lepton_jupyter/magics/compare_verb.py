"""``%lepton compare``: runs side by side, and how sure their difference is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lepton_jupyter.magics.named_objects import run_reference, table_finder
from lepton_jupyter.magics.object_lookup import find_object
from lepton_jupyter.magics.request import Request
from lepton_jupyter.magics.verb_options import Argument, Option, Verb

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True, slots=True)
class CompareRequest(Request):
    """Put runs side by side.

    Parameters
    ----------
    first, second : str
        Names or ids of runs.
    third, fourth, fifth : str or None
    test : str or None
        Expression of rows with the target.
    """

    first: str
    second: str
    third: str | None = None
    fourth: str | None = None
    fifth: str | None = None
    test: str | None = None

    def answer(self, names: Mapping[str, Any]) -> Any:
        """Compare them."""
        from lepton_jupyter.notebook.comparing import compare

        given = (self.first, self.second, self.third, self.fourth, self.fifth)
        return compare(
            *(run_reference(each, names) for each in given if each is not None),
            test=None if self.test is None else find_object(self.test, names).value,
            # By name alone: an expression from a log of the past is not evaluated.
            find_table=table_finder(names),
        )


def _run(field: str, placeholder: str, *, required: bool = False) -> Argument:
    meaning = "the name or id of a run" if field == "first" else f"the name or id of a {field} run"
    return Argument(field=field, placeholder=placeholder, meaning=meaning, required=required, suggests="runs")


VERB = Verb(
    name="compare",
    summary="put runs side by side: how much better, how sure, what it cost, what differs",
    request=CompareRequest,
    arguments=(
        _run("first", "RUN", required=True),
        _run("second", "RUN", required=True),
        *(_run(field, "RUN") for field in ("third", "fourth", "fifth")),
    ),
    options=(
        Option(
            name="--test", field="test", placeholder="TABLE", expression=True, suggests="tables",
            meaning="rows with the target, to compare row by row",
        ),
    ),
    examples=("%lepton compare churn-1 churn-2", "%lepton compare churn-1 churn-2 --test held_out"),
)  # fmt: skip
