"""What a recipe does, as a table that shows its sentences to their end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable


class ExplainedSteps(pd.DataFrame):
    """A data frame of texts, one row a step, which is drawn whole: pandas cuts a text off after fifty letters.

    Examples
    --------
    >>> ExplainedSteps({"column": ["age"], "reason": ["−999 in 364 rows, apart from all others and nearer to none"]})
    column reason
    age    −999 in 364 rows, apart from all others and nearer to none
    """

    @property
    def _constructor(self) -> Callable[..., ExplainedSteps]:
        return ExplainedSteps

    def __repr__(self) -> str:
        widths = {name: max([len(name), *self[name].astype(str).str.len()]) for name in self.columns}
        left: dict[str, Callable[[str], str]] = {name: f"{{:<{width}}}".format for name, width in widths.items()}
        with pd.option_context("display.max_colwidth", None):
            lines = self.astype(str).to_string(index=False, justify="left", formatters=left).splitlines()
        return "\n".join(line.rstrip() for line in lines)

    def _repr_html_(self) -> str:
        with pd.option_context("display.max_colwidth", None):
            return str(self.to_html(index=False, notebook=True))
