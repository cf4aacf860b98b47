"""What a form shows for what is chosen in it: the tables of the notebook, a suggested target, and the line.

Everything is looked up anew for each answer, because cells go on changing the notebook under an open form.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from lepton_jupyter.data.table_outline import TableOutline, outline
from lepton_jupyter.data.target import understand_target
from lepton_jupyter.evaluation.metrics import find_metric, metric_names
from lepton_jupyter.events.commands import FormChoices
from lepton_jupyter.events.form_messages import FormColumn, FormMessage, FormOption
from lepton_jupyter.exceptions.lepton_error import LeptonError
from lepton_jupyter.learners.registry import available_learners
from lepton_jupyter.views.number_format import count, counted, number
from lepton_jupyter.views.plain_text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lepton_jupyter.data.target import Target

#: Stops of the budget, in seconds; a search of less than ten has little to show.
BUDGET_STOPS = (10.0, 30.0, 60.0, 120.0, 300.0, 600.0)
_FIRST_BUDGET = 30.0

_MOST_COLUMNS = 200
#: Bytes of the column names in one message; all else in it is small.
_COLUMN_BYTES = 24 * 1024
#: Enough to know a target by; a column of millions of texts would take a second.
_SAMPLE_ROWS = 50_000
_MOST_FRAMES = 100

#: Names that a column to predict often has; the first found is suggested.
_TARGET_NAMES = ("target", "y", "label", "class", "churn", "outcome", "response", "survived", "diagnosis", "species",
                 "price", "default", "fraud", "is_fraud", "clicked", "converted", "目标", "标签")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class FormLanguage:
    """What the magics know of lines, handed down: how a line is written and what may stand in it.

    Parameters
    ----------
    tables : callable
        ``tables(names)`` lists the names of tables in a namespace.
    options : callable
        ``options()`` lists the options to offer.
    variable : callable
        ``variable(names)`` is the name that the run gets.
    write : callable
        ``write(choices, variable)`` is the line.
    check : callable
        ``check(choices, names, variable)`` raises a `LeptonError` if the line would not mean what is chosen.
    """

    tables: Callable[[Mapping[str, Any]], list[str]]
    options: Callable[[], tuple[FormOption, ...]]
    variable: Callable[[Mapping[str, Any]], str]
    write: Callable[[FormChoices, str], str]
    check: Callable[[FormChoices, Mapping[str, Any], str], None]


def first_choices(names: Mapping[str, Any], language: FormLanguage) -> FormChoices:
    """What a form begins with: the table made last, 30 seconds, and all else left to be suggested.

    Parameters
    ----------
    names : mapping
    language : FormLanguage

    Returns
    -------
    choices : FormChoices
    """
    tables = language.tables(names)
    return FormChoices(
        frame=tables[-1] if tables else "",
        is_path=not tables,
        target="",
        budget_seconds=_FIRST_BUDGET,
        options={},
    )


def form_message(
    choices: FormChoices, names: Mapping[str, Any], language: FormLanguage, *, revision: int = 0, find: str = ""
) -> FormMessage:
    """What a form shows for these choices.

    Parameters
    ----------
    choices : FormChoices
        An empty target asks for a suggestion.
    names : mapping
        The names of the notebook.
    language : FormLanguage
    revision : int, default=0
        Number of the choices, which comes back with the answer.
    find : str, default=""
        Text that the columns are looked for by.

    Returns
    -------
    message : FormMessage
        Less than 64 KiB, whatever the table is.
    """
    tables = language.tables(names)[-_MOST_FRAMES:]
    found = None if choices.is_path else outline(names.get(choices.frame))
    columns = () if found is None else found.names
    if not choices.target and columns:
        choices = replace(choices, target=suggested_target(columns))
    target_note, task, problem = _look_at_target(choices, found)
    variable = language.variable(names)
    shown, n_matching = _matching_columns(found, find)
    return FormMessage(
        revision=revision,
        state="ready",
        detail="",
        frames=tuple(tables),
        choices=choices,
        frame_note="" if found is None else _frame_note(found),
        target_note=target_note,
        problem=problem or _problem_of_line(choices, names, language, variable),
        find=find,
        columns=shown,
        n_matching=n_matching,
        n_columns=len(columns),
        options=tuple(_with_choices(each, task, tables) for each in language.options()),
        budget_stops=BUDGET_STOPS,
        line=language.write(choices, variable),
    )


def suggested_target(columns: tuple[str, ...]) -> str:
    """Column that is probably to be predicted: one that is called so, else the last.

    Parameters
    ----------
    columns : tuple of str
        At least one.

    Returns
    -------
    name : str

    Examples
    --------
    >>> suggested_target(("id", "Churn", "fee")), suggested_target(("a", "b"))
    ('Churn', 'b')
    """
    by_lower = {name.lower(): name for name in reversed(columns)}
    return next((by_lower[name] for name in _TARGET_NAMES if name in by_lower), columns[-1])


def _frame_note(found: TableOutline) -> str:
    columns = counted(len(found.names), "column")
    return columns if found.n_rows is None else f"{counted(found.n_rows, 'row')}, {columns}"


def _problem_of_line(choices: FormChoices, names: Mapping[str, Any], language: FormLanguage, variable: str) -> str:
    if not choices.frame:
        return "Choose a table: make one by df = pd.read_csv(…), or type the path of a file."
    if not choices.target:
        return "Type the name of the column to predict."
    try:
        language.check(choices, names, variable)
    except LeptonError as error:
        return str(error)
    return ""


def _look_at_target(choices: FormChoices, found: TableOutline | None) -> tuple[str, str | None, str]:
    """What is said of the target, its task where that is known, and what is wrong with it."""
    if found is None or not choices.target:
        return "", None, ""
    if choices.target not in found.names:
        return "", None, f"{choices.frame} has no column {choices.target!r}."
    values = found.sample(found.names.index(choices.target), most_rows=_SAMPLE_ROWS)
    if values is None:
        return "", None, ""
    positive = next(iter(choices.options.get("--positive", ())), None)
    try:
        target = understand_target(values, name=choices.target, positive=positive, single_row_classes="keep")
        metric = find_metric(next(iter(choices.options.get("--metric", ())), None), target.task)
    except LeptonError as error:
        return "", None, str(error)
    is_whole = found.n_rows is None or found.n_rows <= _SAMPLE_ROWS
    return f"{_target_note(target, is_whole=is_whole)}; {metric.label}", target.task, ""


def _target_note(target: Target, *, is_whole: bool) -> str:
    if not target.classes:
        return f"a number, {_short(target.y.min())} … {_short(target.y.max())}"
    counts = target.class_counts
    # Of two classes the one that the probability is of; of many the commonest.
    place = 1 if target.n_classes == 2 else max(range(len(counts)), key=counts.__getitem__)
    about = "" if is_whole else "about "
    share = f"{about}{number(100 * counts[place] / sum(counts), 1)} % {one_line(str(target.classes[place]), 24)}"
    classes = "two classes" if target.n_classes == 2 else f"{count(target.n_classes)} classes"
    return f"{classes}, {share}"


def _short(value: float) -> str:
    size = abs(value)
    return number(value, 0 if size >= 1000 or value == int(value) else 2 if size >= 1 else 4)


def _matching_columns(found: TableOutline | None, find: str) -> tuple[tuple[FormColumn, ...], int]:
    if found is None:
        return (), 0
    wanted = find.casefold()
    starting = [place for place, name in enumerate(found.names) if name.casefold().startswith(wanted)]
    holding = [
        place
        for place, name in enumerate(found.names)
        if wanted and wanted in name.casefold() and not name.casefold().startswith(wanted)
    ]
    matching = starting + holding
    shown: list[FormColumn] = []
    room = _COLUMN_BYTES
    for place in matching[:_MOST_COLUMNS]:
        name = found.names[place]
        # As it travels: characters beyond ASCII take up to six bytes.
        room -= len(json.dumps(name)) + 40
        if room < 0:
            break
        shown.append(FormColumn(name=name, kind=found.kind(place)))
    return tuple(shown), len(matching)


def _with_choices(option: FormOption, task: str | None, tables: list[str]) -> FormOption:
    if option.kind == "table":
        return replace(option, choices=tuple(tables))
    if option.name == "--metric":
        tasks = (task,) if task else ("binary", "multiclass", "regression")
        names = dict.fromkeys(name for each in tasks for name in metric_names(each))
        return replace(option, choices=tuple(names))
    if option.kind == "choices":
        return replace(option, choices=tuple(name for name in available_learners() if name not in {"majority", "mean"}))
    return option
