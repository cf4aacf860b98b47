"""The body of ``%%lepton stream``: statements that yield rows, as an async generator of the notebook."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from lepton_jupyter.exceptions.magic_errors import MagicUsageError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

_FUNCTION = "cell"


def rows_of_cell(body: str, names: dict[str, Any]) -> Callable[[], AsyncIterator[Any]]:
    r"""Make the statements of a cell an async generator.

    Parameters
    ----------
    body : str
        Python, after the transforms of the notebook; may await, and yields rows.
    names : dict
        The names of the notebook, which it reads as globals. What it assigns is its own.

    Returns
    -------
    rows : callable
        Makes the generator.

    Raises
    ------
    MagicUsageError
        If it is no Python, or yields nothing.

    Examples
    --------
    >>> rows = rows_of_cell("for number in range(count):\n    yield {'x': number}", {"count": 2})
    >>> import asyncio
    >>> async def read():
    ...     return [row async for row in rows()]
    >>> asyncio.run(read())
    [{'x': 0}, {'x': 1}]
    """
    try:
        statements = ast.parse(body, "<%%lepton stream>").body
    except SyntaxError as error:
        raise MagicUsageError.from_body_syntax(error.msg, error.lineno) from None
    if not any(isinstance(node, ast.Yield) for statement in statements for node in ast.walk(statement)):
        raise MagicUsageError.from_body_without_yield()
    # Put into a function as a tree: indenting the text would change the strings in it.
    module = ast.parse(f"async def {_FUNCTION}():\n    pass")
    module.body[0].body = statements  # type: ignore[attr-defined]  # an AsyncFunctionDef
    made: dict[str, Any] = {}
    try:
        exec(
            compile(module, "<%%lepton stream>", "exec"), names, made
        )  # the person's own cell, in the person's own notebook
    except SyntaxError as error:  # such as a return with a value
        raise MagicUsageError.from_body_syntax(error.msg, error.lineno) from None
    rows: Callable[[], AsyncIterator[Any]] = made[_FUNCTION]
    return rows
