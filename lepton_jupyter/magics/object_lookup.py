"""What an object on a magic line means: an expression of the notebook, or a path, a pattern or an address.

Only names, attributes, subscripts and calls are evaluated, and only with the names of the notebook in which the person
typed them.
"""

from __future__ import annotations

import ast
import os
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lepton_jupyter.exceptions.lepton_error import LeptonError, nearest
from lepton_jupyter.exceptions.magic_errors import MagicUsageError, ObjectLookupError
from lepton_jupyter.exceptions.source_errors import nearest_file
from lepton_jupyter.magics.named_objects import frame_names
from lepton_jupyter.magics.tokens import unquote

if TYPE_CHECKING:
    from collections.abc import Mapping

_PATH_MARKS = frozenset("/\\*.:")
#: No expression of Python begins so, whatever the variables are called: ``import redis`` changes no address.
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_FILE_ENDINGS = frozenset({
    ".csv", ".tsv", ".tab", ".txt", ".dat", ".parquet", ".pq", ".feather", ".arrow", ".json", ".jsonl", ".ndjson",
    ".xlsx", ".xls", ".gz", ".zip", ".zst", ".bz2", ".xz", ".orc", ".pkl",
})  # fmt: skip
_REFUSED_INSIDE: dict[type[ast.AST], str] = {
    ast.Lambda: "a lambda", ast.NamedExpr: "an assignment", ast.Await: "an await", ast.Yield: "a yield",
    ast.YieldFrom: "a yield",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FoundObject:
    """An object of the notebook, or a table that was opened.

    Parameters
    ----------
    value : object
        Of a path an `OpenedTable`, or the path as text where it was not to be read.
    label : str
        How a run names it; conditions and call arguments are left out, since they may hold cell values, and of an
        address what may be secret.
    """

    value: Any
    label: str


def find_object(text: str, names: Mapping[str, Any], *, read: bool = True) -> FoundObject:
    """Object that `text` means in a notebook.

    Parameters
    ----------
    text : str
        As typed, quotes included: a quoted string is a path, a name, attribute, subscript or call whose first name
        exists is an expression, text with a slash or one of ``* . :`` is a path.
    names : mapping
        The names of the notebook.
    read : bool, default=True
        Whether to open the table of a path; otherwise the path itself is the value, for functions that open it.

    Returns
    -------
    found : FoundObject

    Raises
    ------
    ObjectLookupError
        If there is neither a name nor a file (the nearest is named), or if evaluating it raises.
    LeptonError
        If a file cannot be read.
    MagicUsageError
        If it is an operation.

    Examples
    --------
    >>> find_object("tables['train'][1:]", {"tables": {"train": "abc"}})
    FoundObject(value='bc', label="tables['train'][…]")
    """
    meant = _meaning(text, names)
    if isinstance(meant, str):
        return _opened(meant) if read else FoundObject(meant, _path_label(meant))
    return FoundObject(evaluate(meant, text, names), label_of(meant))


def refuse_inside(expression: ast.expr, text: str) -> None:
    """Refuse what would do more than look up: lambdas, assignments, awaits and yields, however deep.

    Parameters
    ----------
    expression : ast.expr
    text : str
        The same as typed, for the error.

    Raises
    ------
    ObjectLookupError
        If one is found.
    """
    for node in ast.walk(expression):
        what = _REFUSED_INSIDE.get(type(node))
        if what is not None:
            raise ObjectLookupError.from_refused(text, what)


def evaluate(expression: ast.expr, text: str, names: Mapping[str, Any]) -> Any:
    """Value of an expression that was judged fit to be evaluated.

    Parameters
    ----------
    expression : ast.expr
    text : str
        The same as typed, for the error.
    names : mapping

    Returns
    -------
    value : object

    Raises
    ------
    ObjectLookupError
        If it raises; errors of lepton pass through as they are.
    """
    code = compile(ast.Expression(expression), "<%lepton>", "eval")
    try:
        # One dict for globals and locals: a comprehension within a subscript would not see separate locals.
        return eval(code, dict(names))  # the person's own expression, in the person's own notebook
    except LeptonError:
        raise
    except Exception as error:
        raise ObjectLookupError.from_failure(text, error) from error


def root_name(expression: ast.expr) -> str | None:
    """First name of a chain of attributes, subscripts and calls, or None for anything else.

    Parameters
    ----------
    expression : ast.expr

    Returns
    -------
    name : str or None

    Examples
    --------
    >>> root_name(ast.parse("df.query('x > 0')[0]", mode="eval").body)
    'df'
    """
    while True:
        match expression:
            case ast.Name(id=name):
                return name
            case ast.Attribute(value=inner) | ast.Subscript(value=inner) | ast.Call(func=inner):
                expression = inner
            case _:
                return None


def label_of(expression: ast.expr) -> str:
    """Short name of an expression, with conditions and arguments left out.

    Parameters
    ----------
    expression : ast.expr
        A chain of attributes, subscripts and calls.

    Returns
    -------
    label : str

    Examples
    --------
    >>> label_of(ast.parse("trips[trips.name == 'Ada'].copy()", mode="eval").body)
    'trips[…].copy()'
    """
    match expression:
        case ast.Attribute(value=inner, attr=attribute):
            return f"{label_of(inner)}.{attribute}"
        case ast.Subscript(value=inner, slice=ast.Constant(value=str() | int() as key)):
            return f"{label_of(inner)}[{key!r}]"
        case ast.Subscript(value=inner):
            return f"{label_of(inner)}[…]"
        case ast.Call(func=inner):
            return f"{label_of(inner)}({'…' if expression.args or expression.keywords else ''})"
        case ast.Dict() | ast.List():
            return "table"
        case _:
            return ast.unparse(expression)


def _meaning(text: str, names: Mapping[str, Any]) -> ast.expr | str:
    """An expression, or a path as it is meant."""
    path = unquote(text)
    if (text[0] in "\"'" and path != text) or _ADDRESS.match(text) or _is_file_after_all(text, names):
        return path
    try:
        expression = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        if _PATH_MARKS & set(text) and (_ending(text) in _FILE_ENDINGS or not _begins_with_known_name(text, names)):
            return text
        raise ObjectLookupError.from_syntax(text) from None
    if _is_written_table(expression):
        refuse_inside(expression, text)
        return expression
    root = root_name(expression)
    if root is None:
        return _path_or_refusal(expression, text, names)
    if root not in names:
        return _path_or_unknown(root, text, names)
    refuse_inside(expression, text)
    return expression


def _is_written_table(expression: ast.expr) -> bool:
    """Whether somebody wrote a table out: a dictionary of columns, or a list of such rows."""
    if isinstance(expression, ast.List) and expression.elts:
        return all(isinstance(each, ast.Dict) for each in expression.elts)
    return isinstance(expression, ast.Dict)


def _path_or_refusal(expression: ast.expr, text: str, names: Mapping[str, Any]) -> str:
    for node in ast.walk(expression):
        if type(node) in _REFUSED_INSIDE:
            raise ObjectLookupError.from_refused(text, _REFUSED_INSIDE[type(node)])
    if _PATH_MARKS & set(text) and not _begins_with_known_name(text, names):
        return text
    if isinstance(expression, ast.Constant | ast.List | ast.Tuple | ast.Set | ast.JoinedStr):
        raise ObjectLookupError.from_syntax(text)
    raise MagicUsageError.from_operator(text)


def _path_or_unknown(root: str, text: str, names: Mapping[str, Any]) -> str:
    """A path, unless a name that does not exist is likelier to have been meant."""
    frames = frame_names(names)
    if _PATH_MARKS & set(text):
        looks_like_file = _ending(text) in _FILE_ENDINGS or nearest(root, frames) is None
        if looks_like_file or Path(text).exists():
            return text
    raise ObjectLookupError.from_unknown_name(root, frames, nearest_file(text, _files_here()))


def _opened(path: str) -> FoundObject:
    from lepton_jupyter.notebook.tables import open_table

    opened = open_table(path)
    return FoundObject(opened, opened.label)


def _path_label(path: str) -> str:
    from lepton_jupyter.notebook.tables import label_of_place

    return label_of_place(path)


def _files_here() -> list[str]:
    """Names of files, and of folders with the slash that tells one on a line."""
    with suppress(OSError), os.scandir() as found:
        return [each.name + "/" * each.is_dir() for each in found if not each.name.startswith(".")]
    return []


def _ending(path: str) -> str:
    found = re.search(r"\.[A-Za-z0-9]+$", path)
    return found[0].lower() if found else ""


def _begins_with_known_name(text: str, names: Mapping[str, Any]) -> bool:
    found = re.match(r"\w+", text)
    return found is not None and found[0] in names


def _is_file_after_all(text: str, names: Mapping[str, Any]) -> bool:
    """Whether a file is meant, though a variable begins its name: ``test.csv`` beside a data frame `test`.

    It need not be there yet, since a stream may write to it. Likewise of a folder, ``exports/`` beside a variable
    `exports`: a slash can mean nothing else, as no operation is evaluated.
    """
    if "/" in text and re.fullmatch(r"[\w./ -]+", text):
        return text.endswith("/") or Path(text).exists()
    if _ending(text) not in _FILE_ENDINGS:
        return False
    root, _, attribute = text.partition(".")
    if root in names and hasattr(names[root], attribute):
        return False
    return Path(text).is_file() or (root in names and attribute.isidentifier())
