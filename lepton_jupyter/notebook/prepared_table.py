"""What ``%lepton prepare`` gives: a plan that shows itself, and a prepared table that lies in no memory."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lepton_jupyter.notebook.shown_in_forms import ShownInForms
from lepton_jupyter.views.number_format import counted

if TYPE_CHECKING:
    import pandas as pd

    from lepton_jupyter.data.partitions import PartitionedTable
    from lepton_jupyter.data.table_source import TableSource
    from lepton_jupyter.events.preparation_messages import PreparationMessage
    from lepton_jupyter.notebook.plan_editing import PlanEditor
    from lepton_jupyter.preprocessing.preparation_recipe import PreparationRecipe
    from lepton_jupyter.preprocessing.prepared_rows import PreparedRows


class PreparationPlan(ShownInForms):
    """What is done to each column of a table, or was, and why; shows itself as a page, as text in a terminal.

    Parameters
    ----------
    message : PreparationMessage
    editor : PlanEditor, optional
        What changes it in its panel.
    """

    def __init__(self, message: PreparationMessage, editor: PlanEditor | None = None) -> None:
        self._message = message
        self.editor = editor

    @property
    def message(self) -> PreparationMessage:
        """What is planned, with what was changed in the panel; of what is prepared, what was done."""
        if self.editor is None or self._message.state != "planned":
            return self._message
        return self.editor.message()

    def _ipython_display_(self) -> None:
        from lepton_jupyter.notebook.preparation_display import show_plan
        from lepton_jupyter.notebook.surroundings import look_around

        if self.editor is None or not look_around().live_page:
            raise NotImplementedError  # IPython then asks for the other forms
        show_plan(self.editor)

    @property
    def columns(self) -> pd.DataFrame:
        """One row a step, columns to which nothing is done included."""
        import pandas as pd

        rows = []
        for column in self.message.columns:
            for step in column.steps or (None,):
                told = ("", "as it is", "", True) if step is None else (step.kind, step.action, step.reason, step.on)
                rows.append((column.name, column.stored, column.becomes, *told))
        return pd.DataFrame(rows, columns=["column", "stored", "becomes", "step", "action", "reason", "on"])

    def formats(self) -> dict[str, Any]:
        """What an output of it carries, by MIME type."""
        from lepton_jupyter.notebook.preparation_display import preparation_forms

        return preparation_forms(self.message)


class Prepared:
    """A prepared table: its rows are made when they are read, or lie in the folder they were written to.

    ``%lepton fit clean --target churn``, `profile`, `predict` and `evaluate` take it like any other table.

    Parameters
    ----------
    rows : PreparedRows
    message : PreparationMessage
        How it was made.
    written : TableSource, optional
        Its rows, where they were written.
    folder : str, optional
        Where.
    editor : PlanEditor, optional
        What changes its plan in a panel, for another preparation.

    Attributes
    ----------
    recipe : PreparationRecipe
        The same steps for other rows: ``clean.recipe.transform(new_rows)``.
    plan : PreparationPlan
    """

    def __init__(
        self,
        rows: PreparedRows,
        message: PreparationMessage,
        written: TableSource | None = None,
        folder: str | None = None,
        editor: PlanEditor | None = None,
    ) -> None:
        self._rows = rows
        self.folder = folder
        self.source: TableSource = rows if written is None else written
        self.plan = PreparationPlan(message, editor)

    @property
    def recipe(self) -> PreparationRecipe:
        """A scikit-learn transformer; see `PreparationRecipe`."""
        return self._rows.recipe

    @property
    def in_folds(self) -> tuple[str, ...]:
        """Steps that are not taken here: a search fits them within each of its folds."""
        return self.recipe.in_folds_

    @property
    def partitioned(self) -> PartitionedTable:
        """Its rows in partitions, for another pass over them."""
        from lepton_jupyter.data.partitions import PartitionedTable

        return PartitionedTable(self._rows.partitions(), self._rows.label, self._rows.table.movable)

    @property
    def columns(self) -> list[str]:
        """Names of its columns."""
        return self.recipe.prepared_names

    @property
    def shape(self) -> tuple[int, int]:
        """How many rows and columns it has."""
        return self._rows.n_rows, len(self.columns)

    def __len__(self) -> int:
        return self._rows.n_rows

    def head(self, n_rows: int = 5) -> pd.DataFrame:
        """The first rows."""
        return self._rows.head(n_rows)

    def to_dask(self) -> Any:
        """The prepared table as a Dask DataFrame, which is computed when it is asked for."""
        return self._rows.to_dask()

    def compute(self) -> pd.DataFrame:
        """All its rows in memory."""
        return self.source.read()

    def __repr__(self) -> str:
        n_rows, n_columns = self.shape
        where = f" in {_from_here(self.folder)}" if self.folder else ""
        size = f"{counted(n_rows, 'row')} × {counted(n_columns, 'column')}"
        later = f"; within folds: {', '.join(self.in_folds)}" if self.in_folds else ""
        told = ".plan says what was done, .recipe does it to other rows"
        return f"Prepared {self._rows.label}: {size}{where}{later}; {told}"


def _from_here(folder: str) -> str:
    """A folder as one would type it: from the current one, where it lies below that."""
    path = Path(folder)
    with suppress(OSError):  # the current folder is gone
        if path.is_relative_to(Path.cwd()):
            return str(path.relative_to(Path.cwd()))
    return folder
