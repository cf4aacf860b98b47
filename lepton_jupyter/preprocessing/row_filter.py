"""Rows by a condition that a person writes, such as ``age >= 18 and town != 'Ulm'``; nothing of it is run as code."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.exceptions.preparation_errors import RowConditionError
from lepton_jupyter.preprocessing.cleaning_steps import WordsAsMissing
from lepton_jupyter.preprocessing.feature_choices import HELD
from lepton_jupyter.preprocessing.stored_values import moments_array, numbers_array, one_array

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa

    from lepton_jupyter.preprocessing.column_look import ColumnLook

_COMPARED = {
    ast.Eq: "equal", ast.NotEq: "not_equal", ast.Lt: "less", ast.LtE: "less_equal", ast.Gt: "greater",
    ast.GtE: "greater_equal",
}  # fmt: skip
_CALCULATED = {ast.Add: "add", ast.Sub: "subtract", ast.Mult: "multiply", ast.Div: "divide"}
_LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class RowFilter:
    """A condition on the rows of a table; a row in which it cannot be told, since a value is missing, is left out.

    Columns are compared as they are read: a price that is stored as ``"12 €"`` is the number 12.

    Parameters
    ----------
    text : str
        Comparisons of columns, numbers and texts, with ``in``, ``is None``, the four operations, ``and``, ``or``,
        ``not``. A column whose name is no word is written ``col('net price')``; moments are compared with texts such
        as ``'2024-03-01'``.

    Raises
    ------
    RowConditionError
        If it is anything else.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from lepton_jupyter.preprocessing.column_look import look_at
    >>> table = pa.table({"price": ["12 €", "7 €", "?"], "town": ["Ulm", "Bonn", "Ulm"]})
    >>> RowFilter("price > 10 and town in ('Ulm', 'Kiel')").apply(table, look_at(table)).to_pydict()
    {'price': ['12 €'], 'town': ['Ulm']}
    """

    text: str

    def __post_init__(self) -> None:
        _parsed(self.text)

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns that it looks at."""
        named = (_column_name(node) for node in ast.walk(_parsed(self.text)))
        return tuple(dict.fromkeys(name for name in named if name is not None))

    def check(self, looks: Sequence[ColumnLook]) -> None:
        """Refuse a condition on columns that do not exist, or that cannot be told of their values.

        Raises
        ------
        RowConditionError
        """
        known = [look.name for look in looks]
        for name in self.columns:
            if name not in known:
                raise RowConditionError.from_column(self.text, name, known)

    def apply(self, table: pa.Table, looks: Sequence[ColumnLook]) -> pa.Table:
        """The rows that meet the condition, as they are.

        Raises
        ------
        RowConditionError
            If it compares what cannot be compared.
        """
        import pyarrow as pa
        import pyarrow.compute as pc

        values = {look.name: _values(look, table) for look in looks if look.name in self.columns}
        try:
            mask = _evaluate(_parsed(self.text).body, values, self.text)
            if isinstance(mask, pa.Scalar) or not pa.types.is_boolean(mask.type):
                raise RowConditionError.from_part(self.text, "no comparison of a column")
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError):
            held = {look.name: HELD[look.reads] for look in looks if look.name in self.columns}
            raise RowConditionError.from_types(self.text, held) from None
        return table.filter(pc.fill_null(mask, False))


def _values(look: ColumnLook, table: pa.Table) -> pa.Array:
    import pyarrow as pa

    values = look.values(one_array(table.column(look.name)))
    if look.reads == "text":
        return WordsAsMissing().apply(values)
    if look.reads == "moment":
        return moments_array(np.asarray(values, dtype=np.int64))
    numbers = numbers_array(np.asarray(values, dtype=np.float64))
    return numbers.cast(pa.bool_()) if look.reads == "truth" else numbers


def _parsed(text: str) -> ast.Expression:
    try:
        if len(text) > _LONGEST:
            raise ValueError
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise RowConditionError.from_syntax(text) from None
    _refuse_others(tree.body, text)
    return tree


def _refuse_others(node: ast.expr, text: str) -> None:
    """Refuse what `_evaluate` does not know, before any row is looked at."""
    if _column_name(node) is not None:
        return
    match node:
        case ast.BoolOp(values=parts) | ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Set(elts=parts):
            pass
        case ast.Compare(left=left, ops=ops, comparators=others) if all(
            type(each) in {*_COMPARED, ast.In, ast.NotIn, ast.Is, ast.IsNot} for each in ops
        ):
            parts = [left, *others]
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _CALCULATED:
            parts = [left, right]
        case ast.UnaryOp(op=ast.Not() | ast.USub() | ast.UAdd(), operand=operand):
            parts = [operand]
        case ast.Constant(value=None | bool() | int() | float() | str()):
            return
        case _:
            raise RowConditionError.from_part(text, repr(ast.unparse(node)[:40]))
    for part in parts:
        _refuse_others(part, text)


def _column_name(node: ast.AST) -> str | None:
    match node:
        case ast.Name(id=name):
            return name
        case ast.Call(func=ast.Name(id="col"), args=[ast.Constant(value=str() as name)], keywords=[]):
            return name
    return None


def _evaluate(node: ast.expr, values: Mapping[str, pa.Array], text: str) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    name = _column_name(node)
    if name is not None:
        return values[name]
    match node:
        case ast.BoolOp(op=op, values=parts):
            join = pc.and_kleene if isinstance(op, ast.And) else pc.or_kleene
            return reduce(join, [_evaluate(part, values, text) for part in parts])
        case ast.Compare(left=left, ops=ops, comparators=others):
            steps = zip([left, *others], ops, others, strict=False)
            return reduce(pc.and_kleene, [_compared(*step, values, text) for step in steps])
        case ast.BinOp(left=left, op=op, right=right):
            return pc.call_function(_CALCULATED[type(op)], [_evaluate(side, values, text) for side in (left, right)])
        case ast.UnaryOp(op=op, operand=operand):
            inner = _evaluate(operand, values, text)
            return {ast.Not: pc.invert, ast.USub: pc.negate}.get(type(op), lambda same: same)(inner)
    value = node.value if isinstance(node, ast.Constant) else None
    return pa.scalar(float(value)) if type(value) is int else pa.scalar(value)


def _compared(first: ast.expr, op: ast.cmpop, second: ast.expr, values: Mapping[str, pa.Array], text: str) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    left = _evaluate(first, values, text)
    if isinstance(op, ast.Is | ast.IsNot):
        if not (isinstance(second, ast.Constant) and second.value is None):
            raise RowConditionError.from_part(text, "an is without None")
        return pc.is_null(left) if isinstance(op, ast.Is) else pc.is_valid(left)
    if isinstance(op, ast.In | ast.NotIn):
        if not isinstance(second, ast.Tuple | ast.List | ast.Set):
            raise RowConditionError.from_part(text, "an in without a list")
        known = [_evaluate(each, values, text).as_py() for each in second.elts]
        found = pc.is_in(left, value_set=pa.array(known).cast(left.type))
        return pc.and_(pc.is_valid(left), found if isinstance(op, ast.In) else pc.invert(found))
    right = _evaluate(second, values, text)
    return pc.call_function(_COMPARED[type(op)], _of_one_type(left, right))


def _of_one_type(left: Any, right: Any) -> list[Any]:
    """A moment is compared with a text as the moment that the text tells."""
    import pyarrow as pa

    sides = [left, right]
    for place, other in ((0, 1), (1, 0)):
        if pa.types.is_timestamp(sides[place].type) and pa.types.is_string(sides[other].type):
            sides[other] = pa.scalar(np.datetime64(sides[other].as_py(), "us"))
        elif pa.types.is_large_string(sides[place].type) and pa.types.is_string(sides[other].type):
            sides[other] = sides[other].cast(pa.large_string())
    return sides
