"""What ``--sql`` and ``--connection`` mean in a notebook: values come from its names, and are bound."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any

from lepton_jupyter.exceptions.magic_errors import ObjectLookupError
from lepton_jupyter.exceptions.sql_errors import SqlUsageError
from lepton_jupyter.magics.object_lookup import evaluate, refuse_inside, root_name
from lepton_jupyter.magics.tokens import unquote
from lepton_jupyter.magics.value_expansion import expand_value

if TYPE_CHECKING:
    from collections.abc import Mapping


_URL = re.compile(r"[\w+.-]+://")


def sql_arguments(sql: str | None, connection: str | None, names: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments by which a function of ``notebook`` reads a select; none where none was typed.

    Parameters
    ----------
    sql, connection : str or None
        As typed.
    names : mapping
        The names of the notebook, which are what ``:name`` in the SQL is bound to.

    Returns
    -------
    arguments : dict
    """
    arguments: dict[str, Any] = {}
    if sql is not None:
        arguments |= {"sql": sql, "params": names}
    if connection is not None:
        arguments["connection"] = find_connection(connection, names)
    return arguments


def find_connection(text: str, names: Mapping[str, Any]) -> Any:
    """The database that is meant.

    Parameters
    ----------
    text : str
        A URL; the name of a variable, or an expression, that holds one or an engine; ``$NAME`` of a variable, or else
        of the environment.
    names : mapping

    Returns
    -------
    connection : object
        ``$NAME`` of the environment stays as it is: it is read where the connection is made.

    Raises
    ------
    SqlUsageError
        If it is none of these.

    Examples
    --------
    >>> find_connection("sqlite:///shop.db", {}), find_connection("shop", {"shop": "sqlite:///shop.db"})
    ('sqlite:///shop.db', 'sqlite:///shop.db')
    """
    typed = unquote(text)
    if typed.startswith("$"):
        return names.get(typed[1:].strip("{}"), typed)
    if _URL.match(typed):
        return expand_value(text, names)
    try:
        expression = ast.parse(typed, mode="eval").body
    except SyntaxError:
        raise SqlUsageError.from_url() from None
    root = root_name(expression)
    if root is None:
        raise SqlUsageError.from_url()
    if root not in names:
        raise SqlUsageError.from_unknown_name(root, [name for name in names if not name.startswith("_")])
    try:
        refuse_inside(expression, typed)
        return evaluate(expression, typed, names)
    except ObjectLookupError as error:
        # Not its words: what was typed, and what a library says of it, may hold the password.
        cause = error.__cause__
        raise SqlUsageError.from_failure(None if cause is None else type(cause).__name__) from None
