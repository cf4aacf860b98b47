"""The tables and runs among the names of a notebook, told by their types' names: no library is imported to look."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, overload

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

#: Libraries whose tables are offered by name, and the types among theirs that are tables.
_FRAME_LIBRARIES = frozenset({"pandas", "polars", "pyarrow", "modin", "cudf", "dask", "ibis", "duckdb"})
_FRAME_TYPES = frozenset({"DataFrame", "LazyFrame", "Table", "DuckDBPyRelation"})


def is_frame(value: object) -> bool:
    """Whether `value` is a table of a library that is known by name; imports none of them.

    Parameters
    ----------
    value : object

    Returns
    -------
    is_frame : bool

    Examples
    --------
    >>> is_frame([1, 2])
    False
    """
    if type(value).__name__ == "Prepared" and type(value).__module__.startswith("lepton_jupyter."):
        return True
    return any(
        base.__name__ in _FRAME_TYPES and base.__module__.partition(".")[0] in _FRAME_LIBRARIES
        for base in type(value).__mro__
    )


def frame_names(names: Mapping[str, Any]) -> list[str]:
    """Names of the tables in a namespace, private ones left out, in the order of their making.

    Parameters
    ----------
    names : mapping

    Returns
    -------
    frames : list of str
    """
    # list(): another thread may add a name meanwhile
    return [name for name, value in list(names.items()) if not name.startswith("_") and is_frame(value)]


def table_finder(names: Mapping[str, Any]) -> Callable[[object], Any]:
    """Find a table by the name that a run's log gives it; a text or a path of that name is no table.

    The log may come from elsewhere: a variable that it names must not be opened as a file or shown in an error.

    Parameters
    ----------
    names : mapping
        The names of the notebook.

    Returns
    -------
    find : callable
        Gives None where there is no such table.

    Examples
    --------
    >>> find = table_finder({"rows": [[1, 2]], "api_key": "sk-1"})
    >>> find("rows"), find("api_key"), find("other")
    ([[1, 2]], None, None)
    """

    def find(name: object) -> Any:
        value = names.get(name) if isinstance(name, str) else None
        return None if isinstance(value, str | bytes | os.PathLike) else value

    return find


def connection_names(names: Mapping[str, Any]) -> list[str]:
    """Names of the SQLAlchemy engines and of the texts that look like a URL of a database, private ones left out.

    Parameters
    ----------
    names : mapping

    Returns
    -------
    connections : list of str

    Examples
    --------
    >>> connection_names({"shop": "sqlite:///shop.db", "page": "https://host", "number": 3})
    ['shop']
    """
    return [name for name, value in list(names.items()) if not name.startswith("_") and _is_connection(value)]


def _is_connection(value: object) -> bool:
    if isinstance(value, str):
        scheme, found, _ = value[:40].partition("://")
        return bool(found) and scheme.partition("+")[0] not in {"http", "https", "file", "s3", "gs", "ftp", "tcp"}
    return any(
        base.__name__ in {"Engine", "URL"} and base.__module__.startswith("sqlalchemy.") for base in type(value).__mro__
    )


def is_run(value: object) -> bool:
    """Whether `value` is a run or a stream, told by its type's name: its module is not imported before the first one.

    Parameters
    ----------
    value : object

    Returns
    -------
    is_run : bool
    """
    kind = type(value)
    return kind.__name__ in {"Run", "Stream"} and kind.__module__.startswith("lepton_jupyter.")


def is_model(value: object) -> bool:
    """Whether `value` is a fitted model of a run, told as `is_run` tells runs.

    Parameters
    ----------
    value : object

    Returns
    -------
    is_model : bool
    """
    return any(
        base.__name__ in {"LeptonClassifier", "LeptonRegressor"} and base.__module__.startswith("lepton_jupyter.")
        for base in type(value).__mro__
    )


@overload
def run_reference(text: str, names: Mapping[str, Any]) -> str: ...
@overload
def run_reference(text: str | None, names: Mapping[str, Any]) -> str | None: ...
def run_reference(text: str | None, names: Mapping[str, Any]) -> str | None:
    """Name or id of the run that `text` means: that of a variable which holds a run, else the text itself.

    Parameters
    ----------
    text : str or None
        None stands for the only or the last run and stays None.
    names : mapping
        The names of the notebook.

    Returns
    -------
    reference : str or None

    Examples
    --------
    >>> run_reference("churn-1", {})
    'churn-1'
    """
    value = names.get(text) if text is not None else None
    return str(value.id) if is_run(value) else text  # type: ignore[union-attr]  # is_run has looked
