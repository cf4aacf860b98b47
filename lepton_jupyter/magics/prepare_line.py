"""The cell that prepares as it was chosen in a plan's panel: the line that was typed, with other options."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from lepton_jupyter.exceptions.magic_errors import MagicUsageError
from lepton_jupyter.magics.calling_statement import assigned_name
from lepton_jupyter.magics.line_parser import parse_line
from lepton_jupyter.magics.prepare_verb import VERB, PrepareRequest
from lepton_jupyter.magics.written_line import can_stand_in_line, write_request
from lepton_jupyter.notebook.plan_editing import PlanLanguage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lepton_jupyter.events.commands import PlanChoices

_OPTIONS = ("scale", "encode", "dates", "text", "outliers")


def plan_language(request: PrepareRequest, names: Mapping[str, Any]) -> PlanLanguage:
    """How a plan is written: into the name that takes the result, for a dry run into one of its own."""
    assigned = request.result_name or (None if request.dry_run else assigned_name())

    def write(choices: PlanChoices) -> str:
        return write_preparation(request, choices, names, assigned or result_variable(names))

    return PlanLanguage(write)


def write_preparation(request: PrepareRequest, choices: PlanChoices, names: Mapping[str, Any], variable: str) -> str:
    """Text of a cell that prepares what was asked for, with these choices.

    Parameters
    ----------
    request : PrepareRequest
        What was typed.
    choices : PlanChoices
    names : mapping
        The names of the notebook.
    variable : str
        What the result is called.

    Returns
    -------
    source : str

    Raises
    ------
    MagicUsageError
        If the line would not be read as it is meant, as with a line break in a column's name.

    Examples
    --------
    >>> from lepton_jupyter.events.commands import PlanChoices
    >>> choices = PlanChoices(without=("age:outliers",), options={"scale": ("robust",)}, drop_leaks=False)
    >>> write_preparation(PrepareRequest(table=("df",), dry_run=True), choices, {"df": 1}, "clean")
    'clean = %lepton prepare df --without-step age:outliers --scale robust'
    """
    from IPython.core.inputtransformer2 import TransformerManager

    chosen = replace(
        request, dry_run=False, without=choices.without, drop_leaks=choices.drop_leaks,
        result_name=None if request.body is None else variable, body=None, language=None,
        **{name: choices.options.get(name, ()) for name in _OPTIONS},  # type: ignore[arg-type]  # fields of texts
    )  # fmt: skip
    line = write_request(VERB, chosen)
    source = f"%%lepton {line}" if request.body is not None else f"{variable} = %lepton {line}"
    if not can_stand_in_line(line) or parse_line(line, names).request != chosen:
        raise MagicUsageError.from_unwritable(_longest(chosen))
    if request.body is not None:
        return f"{source}\n{request.body}"
    if (
        TransformerManager().transform_cell(source)
        != f"{variable} = get_ipython().run_line_magic('lepton', {line!r})\n"
    ):
        raise MagicUsageError.from_unwritable(_longest(chosen))
    return source


def result_variable(names: Mapping[str, Any]) -> str:
    """Name that a prepared table gets: ``clean``, unless that is something else of the person's.

    Examples
    --------
    >>> result_variable({}), result_variable({"clean": 1, "clean_1": 2})
    ('clean', 'clean_2')
    """
    name, place = "clean", 0
    while name in names and type(names[name]).__name__ != "Prepared":
        place += 1
        name = f"clean_{place}"
    return name


def _longest(request: PrepareRequest) -> str:
    """The value that is most likely to be the odd one."""
    given = [request.without, request.scale, request.encode, request.dates, request.text, request.outliers]
    named = [each for values in given for each in values if not each.replace(":", "").isalnum()]
    return max(named, key=len, default=request.target or "The line")
