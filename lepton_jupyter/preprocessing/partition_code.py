"""Pandas code that a person wrote into a cell, run on one partition at a time."""

from __future__ import annotations

import ast
import builtins
import traceback
from dataclasses import dataclass, field
from types import ModuleType
from typing import TYPE_CHECKING, Any

from lepton_jupyter.data.arrow_frames import from_frame, join_tables, plain_table, to_frame
from lepton_jupyter.data.frames import to_pandas
from lepton_jupyter.exceptions.preparation_errors import PartitionCodeError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    import pyarrow as pa

_FILE = "<cell>"
#: Rows that are shown of a partition on which the code raises.
_SHOWN_ROWS = 3


@dataclass(frozen=True, slots=True, eq=False)
class PartitionCode:
    """Code of a cell, and what it uses of the notebook.

    The partition stands under one name, and what that name holds at the end is the result, unless the last line is an
    expression: then it is that. Each partition is a whole pandas frame; a row knows nothing of other partitions.

    Parameters
    ----------
    text : str
    name : str
        Name of the partition in the code.
    modules : mapping of str to str
        Names of the notebook that are modules, and which.
    values : mapping of str to object
        Other names of the notebook, such as functions; they are sent to the workers by value.

    Raises
    ------
    PartitionCodeError
        If the text is no Python.

    Examples
    --------
    >>> import pyarrow as pa
    >>> code = PartitionCode("df['total'] = df.price * df.number", "df")
    >>> code.run(pa.table({"price": [2.0], "number": [3]}), "rows 1 to 1").column_names
    ['price', 'number', 'total']
    >>> sums = PartitionCode("df.groupby('number').sum()", "df")
    >>> sums.run(pa.table({"price": [2.0], "number": [3]}), "rows 1 to 1").column_names
    ['number', 'price']
    """

    text: str
    name: str
    modules: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        try:
            ast.parse(self.text)
        except (SyntaxError, ValueError) as error:
            line = getattr(error, "lineno", None) or 1
            raise PartitionCodeError.from_syntax(line, getattr(error, "msg", str(error))) from None

    @classmethod
    def of_cell(cls, text: str, called: Sequence[str], names: Mapping[str, Any]) -> PartitionCode:
        """Code with what it uses of the names of the notebook.

        Parameters
        ----------
        text : str
        called : sequence of str
            What the partition may be called, at least one; it is the first that the code uses.
        names : mapping
        """
        code = cls(text, called[0])
        used = {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
        name = next((each for each in called if each in used), called[0])
        used -= {name}
        known = {each: names[each] for each in sorted(used) if each in names and not hasattr(builtins, each)}
        modules = {each: value.__name__ for each, value in known.items() if isinstance(value, ModuleType)}
        return cls(code.text, name, modules, {each: known[each] for each in known if each not in modules})

    def run(self, table: pa.Table, partition: str) -> pa.Table:
        """What the code makes of the rows of a partition.

        Parameters
        ----------
        table : pyarrow.Table
        partition : str
            For the error.

        Raises
        ------
        PartitionCodeError
            If it raises, or gives no DataFrame; with the rows at which it raises.
        DuplicateColumnsError
            If it gives two columns of one name.
        """
        import pandas as pd

        frame = to_frame(table)
        try:
            result = self._execute(frame.copy())
        except Exception as error:  # noqa: BLE001  a person's code may raise anything
            rows = self._raising_rows(frame).head(_SHOWN_ROWS).to_string()
            raise PartitionCodeError.from_error(partition, _line_of(error), error, rows) from None
        if not isinstance(result, pd.DataFrame):
            raise PartitionCodeError.from_result(self.name, type(result).__name__)
        return plain_table(from_frame(_with_named_index(to_pandas(result)))).replace_schema_metadata(None)

    def _execute(self, frame: pd.DataFrame) -> Any:
        from importlib import import_module

        modules = {"pd": "pandas", "np": "numpy", **self.modules}
        scope: dict[str, Any] = {each: import_module(module) for each, module in modules.items()}
        scope |= {**self.values, self.name: frame, "__name__": "lepton_cell"}
        body = ast.parse(self.text).body
        last = body[-1] if body else None
        if isinstance(last, ast.Expr):
            before = ast.Module(body[:-1], type_ignores=[])
            exec(compile(before, _FILE, "exec"), scope)
            return eval(compile(ast.Expression(last.value), _FILE, "eval"), scope)
        exec(compile(ast.Module(body, type_ignores=[]), _FILE, "exec"), scope)
        return scope[self.name]

    def _raising_rows(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The fewest rows, found by halving, on which the code still raises."""
        while len(frame) > 1:
            halves = frame.iloc[: len(frame) // 2], frame.iloc[len(frame) // 2 :]
            raising = next((half for half in halves if self._raises(half)), None)
            if raising is None:
                break
            frame = raising
        return frame

    def _raises(self, frame: pd.DataFrame) -> bool:
        try:
            self._execute(frame.copy())
        except Exception:  # noqa: BLE001  as in `run`
            return True
        return False


def run_on_whole(code: PartitionCode, tables: list[pa.Table], partition: str) -> pa.Table:
    """What code makes of a partition that was read in pieces."""
    return code.run(join_tables(tables), partition)


def _line_of(error: BaseException) -> int:
    """Line of the cell in which an error was raised."""
    frames = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == _FILE]
    return (frames[-1] if frames else None) or 1


def _with_named_index(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows numbered from 0; what of their index has a name, such as the key of a groupby, in columns before others.

    An index without a name is numbers of rows, and one whose name a column has says nothing that is not there.
    """
    index = frame.index
    plain = frame.reset_index(drop=True)
    for place in reversed(range(index.nlevels)):
        name = index.names[place]
        if name is not None and name not in frame.columns:
            plain.insert(0, name, index.get_level_values(place), allow_duplicates=True)
    return plain
