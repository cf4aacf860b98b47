"""A function of the notebook as a sink."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from lepton_jupyter.streaming.stream_sink import Results


class FunctionSink:
    """Calls a function with a list of rows, each a dictionary.

    Parameters
    ----------
    function : callable
        May be async. When it returns, the rows count as stored; rows over which it raises are dead letters, unless it
        raises an OSError, which asks for another try.

    Examples
    --------
    >>> import asyncio
    >>> from lepton_jupyter.streaming.stream_sink import Results
    >>> seen = []
    >>> asyncio.run(FunctionSink(seen.extend).write(Results("id", ["a"], {"score": [0.5]})))
    >>> seen
    [{'id': 'a', 'score': 0.5}]
    """

    keyed = False
    gather_seconds = 0.0

    def __init__(self, function: Callable[[list[dict[str, Any]]], Any]) -> None:
        self._function = function
        self.label = f"{getattr(function, '__name__', type(function).__name__)}()"

    async def open(self) -> None:
        """Nothing to make ready."""

    async def write(self, results: Results) -> None:
        """Call the function."""
        answer = self._function(list(results.rows()))
        if inspect.isawaitable(answer):
            await answer

    async def flush(self) -> None:
        """Nothing is held back."""

    async def close(self) -> None:
        """Nothing to let go of."""
