"""What an object on a magic line means: an expression of the notebook, or one day a path.

Only names, attributes, subscripts and calls are evaluated, and only with the names of the notebook in which the person
typed them.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lepton_jupyter.exceptions.lepton_error import LeptonError, nearest
from lepton_jupyter.exceptions.magic_errors import MagicUsageError, ObjectLookupError
from lepton_jupyter.magics.named_objects import frame_names
from lepton_jupyter.magics.tokens import unquote

if TYPE_CHECKING:
    from collections.abc import Mapping

_PATH_MARKS = frozenset("/\\*.:")
_READERS = {".parquet": "read_parquet", ".json": "read_json", ".jsonl": "read_json", ".xlsx": "read_excel",
            ".feather": "read_feather"}  # fmt: skip
_FILE_ENDINGS = frozenset({*_READERS, ".csv", ".tsv", ".txt", ".gz", ".zip", ".arrow", ".orc"})
_REFUSED_INSIDE: dict[type[ast.AST], str] = {
    ast.Lambda: "a lambda", ast.NamedExpr: "an assignment", ast.Await: "an await", ast.Yield: "a yield",
    ast.YieldFrom: "a yield",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FoundObject:
    """An object of the notebook.

    Parameters
    ----------
    value : object
    label : str
        How a run names it; conditions and call arguments are left out, since they may hold cell values.
    """

    value: Any
    label: str


def find_object(text: str, names: Mapping[str, Any]) -> FoundObject:
    """Object that `text` means in a notebook.

    Parameters
    ----------
    text : str
        As typed, quotes included: a quoted string is a path, a name, attribute, subscript or call whose first name
        exists is an expression, text with a slash or one of ``* . :`` is a path.
    names : mapping
        The names of the notebook.

    Returns
    -------
    found : FoundObject

    Raises
    ------
    ObjectLookupError
        If there is no such name (the nearest data frame is named), if it is a path, or if evaluating it raises.
    MagicUsageError
        If it is an operation.

    Examples
    --------
    >>> find_object("tables['train'][1:]", {"tables": {"train": "abc"}})
    FoundObject(value='bc', label="tables['train'][…]")
    """
    expression = _parse_expression(text, names)
    return FoundObject(evaluate(expression, text, names), label_of(expression))


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
        case _:
            return ast.unparse(expression)


def _parse_expression(text: str, names: Mapping[str, Any]) -> ast.expr:
    if text[0] in "\"'" and unquote(text) != text:
        raise _file_error(unquote(text))
    try:
        expression = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        if _PATH_MARKS & set(text) and not _begins_with_known_name(text, names):
            raise _file_error(text) from None
        raise ObjectLookupError.from_syntax(text) from None
    refuse_inside(expression, text)
    root = root_name(expression)
    if root is None:
        raise _operation_error(expression, text, names)
    if root not in names:
        raise _unknown_name_error(root, text, names)
    return expression


def _operation_error(expression: ast.expr, text: str, names: Mapping[str, Any]) -> LeptonError:
    if _PATH_MARKS & set(text) and not _begins_with_known_name(text, names):
        return _file_error(text)
    if isinstance(expression, ast.Constant | ast.List | ast.Tuple | ast.Dict | ast.Set | ast.JoinedStr):
        return ObjectLookupError.from_syntax(text)
    return MagicUsageError.from_operator(text)


def _unknown_name_error(root: str, text: str, names: Mapping[str, Any]) -> ObjectLookupError:
    frames = frame_names(names)
    looks_like_file = _ending(text) in _FILE_ENDINGS or (set(text) & _PATH_MARKS and nearest(root, frames) is None)
    return _file_error(text) if looks_like_file else ObjectLookupError.from_unknown_name(root, frames)


def _file_error(path: str) -> ObjectLookupError:
    # What stands before an @ or after a ? of an address may be a secret, and an error is saved with the notebook.
    shown = re.sub(r"(://)[^/@]*@", r"\1…@", path.partition("?")[0]) if "://" in path else path
    return ObjectLookupError.from_file(shown[:80], _READERS.get(_ending(shown), "read_csv"))


def _ending(path: str) -> str:
    found = re.search(r"\.[A-Za-z]+$", path)
    return found[0].lower() if found else ""


def _begins_with_known_name(text: str, names: Mapping[str, Any]) -> bool:
    found = re.match(r"\w+", text)
    return found is not None and found[0] in names
