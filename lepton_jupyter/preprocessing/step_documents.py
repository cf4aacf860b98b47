"""Steps of a recipe as JSON holds them: the name of their kind, and their fields."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

from lepton_jupyter.exceptions.prediction_errors import InvalidRecipeError

if TYPE_CHECKING:
    from collections.abc import Mapping


def step_document(step: Any, kinds: Mapping[str, type[Any]], *, key: str) -> dict[str, Any]:
    """A step as JSON can hold it.

    Parameters
    ----------
    step : dataclass
    kinds : mapping of str to type
        All kinds of such steps by their names.
    key : str
        Under which the name stands.
    """
    name = next(name for name, kind in kinds.items() if kind is type(step))
    return {key: name, **asdict(step)}


def step_of_document(saved: Mapping[str, Any], kinds: Mapping[str, type[Any]], *, key: str, unknown: str) -> Any:
    """From what `step_document` gave.

    Parameters
    ----------
    saved : mapping
    kinds : mapping of str to type
    key : str
    unknown : str
        What is said of a kind that this version does not know, before its name.

    Raises
    ------
    InvalidRecipeError
        If there is no such step in this version.
    """
    kind = kinds.get(saved[key])
    if kind is None:
        raise InvalidRecipeError.from_text(f"{unknown} {str(saved[key])[:40]!r}")
    given = {each.name: saved[each.name] for each in fields(kind)}
    return kind(**{name: tuple(value) if isinstance(value, list) else value for name, value in given.items()})
