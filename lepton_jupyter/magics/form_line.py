"""The line that a form writes: choices by name, written as a person would type them.

A page sends names and texts, never code. Each value is quoted, so that it cannot be more than a value, and the whole
line is read back: unless IPython and the parser understand exactly what was chosen, it is not offered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lepton_jupyter.events.form_messages import FormOption
from lepton_jupyter.events.quantities import Budget
from lepton_jupyter.exceptions.magic_errors import MagicUsageError
from lepton_jupyter.magics.line_parser import parse_line
from lepton_jupyter.magics.named_objects import frame_names, is_run
from lepton_jupyter.magics.tokens import quote
from lepton_jupyter.magics.verbs import VERBS
from lepton_jupyter.magics.written_line import can_stand_in_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lepton_jupyter.events.commands import FormChoices
    from lepton_jupyter.magics.verb_options import Option

_FIT = VERBS["fit"]
#: Options that a form offers where the verb declares them, in this order.
_OFFERED = ("--metric", "--positive", "--test", "--drop", "--groups", "--time", "--weights", "--learners", "--without",
            "--folds", "--trials", "--name", "--seed")  # fmt: skip
_KINDS = {("columns", False): "column", ("columns", True): "columns", ("frames", False): "table",
          ("tables", False): "table",
          ("metrics", False): "choice", ("learners", True): "choices"}  # fmt: skip

#: Stands in a line for what is still to be chosen.
_MISSING = "…"


def offered_options() -> tuple[FormOption, ...]:
    """Options that the verb declares and a form offers.

    Returns
    -------
    options : tuple of FormOption
        Their choices are left to `notebook`, which knows metrics, learners and tables.

    Examples
    --------
    >>> [each.name for each in offered_options()][:2]
    ['--metric', '--positive']
    """
    declared = (_FIT.option(name) for name in _OFFERED)
    return tuple(
        FormOption(name=each.name, meaning=each.meaning, kind=_kind(each), excludes=each.excludes)
        for each in declared
        if each is not None
    )


def table_names(names: Mapping[str, Any]) -> list[str]:
    """Names of the tables that a form offers, in the order of their making."""
    # A notebook may put anything into its globals; only what Python reads as a name can stand in a line.
    return [name for name in frame_names(names) if name.isidentifier()]


def variable_for(names: Mapping[str, Any]) -> str:
    """Name that the run gets: ``run``, unless that is something else of the person's.

    Examples
    --------
    >>> variable_for({}), variable_for({"run": print, "run_1": print})
    ('run', 'run_2')
    """
    name, place = "run", 0
    while name in names and not is_run(names[name]):
        place += 1
        name = f"run_{place}"
    return name


def write_line(choices: FormChoices, variable: str = "run") -> str:
    """Line that does what is chosen; what is the default anyway is left out.

    Parameters
    ----------
    choices : FormChoices
    variable : str, default="run"

    Returns
    -------
    line : str

    Examples
    --------
    >>> from lepton_jupyter.events.commands import FormChoices
    >>> print(write_line(FormChoices(frame="df", is_path=False, target="total price", budget_seconds=30.0, options={})))
    run = %lepton fit df --target "total price" --budget 30s
    """
    return _line(variable, _after_magic(choices))


def check_line(choices: FormChoices, names: Mapping[str, Any], variable: str = "run") -> None:
    """Refuse choices whose line would not be understood, or would mean something else.

    Parameters
    ----------
    choices : FormChoices
    names : mapping
        The names of the notebook.
    variable : str, default="run"

    Raises
    ------
    LeptonError
        One sentence about what is wrong.
    """
    from IPython.core.inputtransformer2 import TransformerManager

    known = table_names(names)
    tables = [] if choices.is_path else [choices.frame]
    for table in [*tables, *choices.options.get("--test", ())]:
        if table not in known:
            raise MagicUsageError.from_gone_table(table, known)
    odd = next(_odd_values(choices), None)
    if odd is not None:
        raise MagicUsageError.from_unwritable(odd)
    rest = _after_magic(choices)
    parsed = parse_line(rest, names)
    wanted = _expected_fields(choices)
    found = {name: getattr(parsed.request, name, None) for name in wanted}
    expected = f"{variable} = get_ipython().run_line_magic('lepton', {rest!r})\n"
    if found != wanted or parsed.silent or TransformerManager().transform_cell(_line(variable, rest)) != expected:
        raise MagicUsageError.from_unwritable(choices.target)


def _line(variable: str, rest: str) -> str:
    return f"{variable} = %lepton {rest}"


def _after_magic(choices: FormChoices) -> str:
    table = quote(choices.frame, '"') if choices.is_path else choices.frame
    words = ["fit", table if choices.frame else _MISSING]
    words += ["--target", quote(choices.target) if choices.target else _MISSING]
    if Budget(seconds=choices.budget_seconds) != _budget_left_open():
        words += ["--budget", _budget_text(choices.budget_seconds)]
    for name in _OFFERED:
        option, values = _FIT.option(name), choices.options.get(name, ())
        if option is not None and any(values):
            words += [name, _option_text(option, values)]
    return " ".join(words)


def _option_text(option: Option, values: tuple[str, ...]) -> str:
    if option.expression:
        return values[0]
    return ",".join(quote(each) for each in values) if option.many else quote(values[0])


def _budget_left_open() -> Budget:
    """What a line without a budget spends, as ``%lepton config`` says."""
    from lepton_jupyter.notebook.configuration import read_configuration

    return Budget.parse(read_configuration()["budget"])


def _budget_text(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole // 60}m" if whole >= 120 and whole % 60 == 0 else f"{whole}s"


def _expected_fields(choices: FormChoices) -> dict[str, Any]:
    fields: dict[str, Any] = {"target": choices.target}
    for name, values in choices.options.items():
        option = _FIT.option(name)
        if option is None or name not in _OFFERED:
            raise MagicUsageError.from_unknown_option(name, _FIT.name, _OFFERED)
        if not any(values):
            continue
        value: Any = tuple(values) if option.many else values[0]
        fields[option.field] = option.read(value, name) if option.read and not option.many else value
    return fields


def _kind(option: Option) -> str:
    if option.placeholder == "N":
        return "number"
    return _KINDS.get((option.suggests, option.many), "text")


def _odd_values(choices: FormChoices) -> Iterator[str]:
    """Values that would end a line, or that no file and no page can hold."""
    values = [choices.frame, choices.target, *(each for many in choices.options.values() for each in many)]
    return (each for each in values if not can_stand_in_line(each))
