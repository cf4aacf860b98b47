"""``{variable}`` and ``$variable`` in the values of options.

IPython would expand the whole line, and so would put a table's text where its name was meant; the magic therefore
declines that and expands values alone. Quoted values stand as they are: a column may well be called ``price {net}``.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any

from lepton_jupyter.exceptions.lepton_error import LeptonError, nearest
from lepton_jupyter.exceptions.magic_errors import MagicUsageError
from lepton_jupyter.magics.object_lookup import evaluate, refuse_inside, root_name
from lepton_jupyter.magics.tokens import split_list, unquote

if TYPE_CHECKING:
    from collections.abc import Mapping

_VARIABLE = re.compile(r"\{\{|\}\}|\$\$|\{(?P<braced>[^{}]+)\}|\$(?P<bare>[^\W\d]\w*)")
_LITERAL = {"{{": "{", "}}": "}", "$$": "$"}


def expand_value(text: str, names: Mapping[str, Any]) -> str:
    """Value of an option, with its variables replaced by their text.

    Parameters
    ----------
    text : str
        As typed; in quotes it is taken as it stands. ``{{``, ``}}`` and ``$$`` stand for single characters.
    names : mapping
        The names of the notebook.

    Returns
    -------
    value : str

    Raises
    ------
    MagicUsageError
        If a variable does not exist, or is more than a name, attribute, subscript or call.

    Examples
    --------
    >>> expand_value("{minutes}m", {"minutes": 5}), expand_value("'{minutes}m'", {})
    ('5m', '{minutes}m')
    """
    if unquote(text) != text:
        return unquote(text)

    def replace(found: re.Match[str]) -> str:
        return _LITERAL.get(found[0]) or str(_variable(found, names))

    return _VARIABLE.sub(replace, text)


def expand_list(text: str, names: Mapping[str, Any]) -> tuple[str, ...]:
    """Values of a comma list, with variables replaced; one that holds several values stands for all of them.

    Parameters
    ----------
    text : str
        As typed, such as ``id,"total price",{others}``.
    names : mapping
        The names of the notebook.

    Returns
    -------
    values : tuple of str

    Raises
    ------
    MagicUsageError
        As for `expand_value`.

    Examples
    --------
    >>> expand_list('id,"total price",$others', {"others": ["a", "b"]})
    ('id', 'total price', 'a', 'b')
    """
    values: list[str] = []
    for piece in split_list(text):
        found = _VARIABLE.fullmatch(piece)
        if found is None or found[0] in _LITERAL:
            values.append(expand_value(piece, names))
            continue
        value = _variable(found, names)
        several = not isinstance(value, str) and hasattr(value, "__iter__")
        values += [str(each) for each in value] if several else [str(value)]
    return tuple(values)


def _variable(found: re.Match[str], names: Mapping[str, Any]) -> Any:
    text = (found["braced"] or found["bare"]).strip()
    try:
        expression = ast.parse(text, mode="eval").body
    except SyntaxError:
        raise MagicUsageError.from_expansion(found[0], "it is no expression") from None
    root = root_name(expression)
    if root is None:
        raise MagicUsageError.from_expansion(found[0], "only names, attributes, subscripts and calls are read")
    if root not in names:
        match = nearest(root, (name for name in names if not name.startswith("_")))
        hint = f"; perhaps {match!r} was meant" if match else ""
        raise MagicUsageError.from_expansion(found[0], f"there is no {root!r}{hint}")
    try:
        refuse_inside(expression, text)
        return evaluate(expression, text, names)
    except LeptonError as error:
        raise MagicUsageError.from_expansion(found[0], str(error).rstrip(".")) from error
