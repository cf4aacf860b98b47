"""What was decided about a table, as a transformer: the same steps on any rows, saved as JSON that people can read."""

from __future__ import annotations

import json
from copy import copy
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin

from lepton_jupyter.data.arrow_frames import from_frame, plain_table
from lepton_jupyter.data.dask_frames import is_dask_frame
from lepton_jupyter.data.frames import to_pandas
from lepton_jupyter.exceptions.lepton_error import LeptonError
from lepton_jupyter.exceptions.prediction_errors import InvalidRecipeError, MissingColumnsError
from lepton_jupyter.exceptions.preparation_errors import NoColumnLeftError
from lepton_jupyter.preprocessing.added_columns import added_from_json, added_to_json, json_lines
from lepton_jupyter.preprocessing.column_look import look_at
from lepton_jupyter.preprocessing.column_summary import TableSummary
from lepton_jupyter.preprocessing.dask_look_back import with_look_back
from lepton_jupyter.preprocessing.earlier_rows import EarlierRows
from lepton_jupyter.preprocessing.feature_choices import FeatureChoices
from lepton_jupyter.preprocessing.feature_learning import FeatureLearning
from lepton_jupyter.preprocessing.fold_steps import as_fold_steps
from lepton_jupyter.preprocessing.joined_columns import JoinedColumns
from lepton_jupyter.preprocessing.partition_code import PartitionCode
from lepton_jupyter.preprocessing.preparation_plan import ColumnPlan, plan_columns
from lepton_jupyter.preprocessing.recipe_column import RecipeColumn
from lepton_jupyter.preprocessing.stored_values import one_array
from lepton_jupyter.preprocessing.table_features import TableFeatures
from lepton_jupyter.preprocessing.target_leaks import LeakWatch

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence

    import pandas as pd
    import pyarrow as pa

    from lepton_jupyter.preprocessing.added_columns import AddedColumns

#: Version of the saved form, and the oldest that is read. One that is newer is refused: what it holds that is not known
#: here would be left undone. The second brought columns that are added and made, steps within folds, and units apart.
PREPARATION_VERSION = 2
_OLDEST_VERSION = 1
_FORMAT = "lepton preparation"
_ADDED = {each.kind: each.from_stored for each in (EarlierRows, JoinedColumns)}


class PreparationRecipe(TransformerMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """Cleans tables as it was decided on the table that it was fitted on; a scikit-learn transformer.

    Nothing in it has seen the target, and each value is treated by itself: any part of a table, a single row
    included, is prepared to the bits that it has in the whole.

    Parameters
    ----------
    without : sequence of str, default=()
        Kinds of steps that are left out, such as ``"outliers"``, or ``"column:kind"``.
    target : str, optional
        Column of `X` that is to be predicted; it is read, and nothing else is done to it.
    scale, encode, dates, text, outliers : str or sequence of str
        What is made of cleaned columns, such as ``"standard"``, or ``"age:robust"`` for one column; see
        `feature_choices.CHOICES`.
    pca : int, default=0
        Principal components that stand for all columns of numbers; 0 for none.
    drop_leaks : bool, default=False
        Whether columns that alone nearly determine the target are left out.

    Attributes
    ----------
    columns_ : tuple of RecipeColumn
    code_ : PartitionCode or None
        What a person's cell does before all else.
    added_ : tuple of AddedColumns
        Columns that are added to rows before the code is run.
    features_ : TableFeatures
        What is made of the cleaned columns.
    in_folds_ : tuple of str
        Steps that see the target or learn from rows together: a search fits them within its folds, the recipe never.
    n_rows_ : int
        Rows that it was fitted on.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"price": ["12 €", "7,50 €", "?"], "town": ["Ulm", "ulm ", "Ulm"]})
    >>> recipe = PreparationRecipe().fit(table)
    >>> recipe.transform(pd.DataFrame({"price": ["1.000 €"], "town": ["ULM"]}))
        price town
    0  1000.0  Ulm
    """

    def __init__(
        self,
        *,
        without: Sequence[str] = (),
        target: str | None = None,
        scale: str | Sequence[str] = (),
        encode: str | Sequence[str] = (),
        dates: str | Sequence[str] = (),
        text: str | Sequence[str] = (),
        pca: int = 0,
        outliers: str | Sequence[str] = (),
        drop_leaks: bool = False,
    ) -> None:
        self.without = without
        self.target = target
        self.scale = scale
        self.encode = encode
        self.dates = dates
        self.text = text
        self.pca = pca
        self.outliers = outliers
        self.drop_leaks = drop_leaks

    @classmethod
    def of_plans(
        cls,
        plans: Sequence[ColumnPlan],
        summary: TableSummary,
        code: PartitionCode | None = None,
        added: Sequence[AddedColumns] = (),
        in_folds: Sequence[str] = (),
    ) -> Self:
        """What was planned for all columns of a table, from the summary of its rows."""
        target = next((plan.name for plan in plans if plan.role == "target"), None)
        recipe = cls(target=target)
        recipe.columns_ = _columns_of(plans, summary)
        recipe.n_rows_ = summary.n_rows
        recipe.code_ = code
        recipe.added_ = tuple(added)
        recipe.in_folds_ = as_fold_steps(in_folds)
        recipe.features_ = TableFeatures()
        return recipe

    def fit(self, X: Any, y: Any = None) -> Self:
        """Decide what is to be done, from a table in memory.

        Parameters
        ----------
        X : DataFrame
        y : ignored

        Returns
        -------
        recipe : PreparationRecipe

        Raises
        ------
        NoColumnLeftError
            If all columns would be left out.
        """
        del y
        table = arrow_of(X)
        looks = look_at(table)
        choices = FeatureChoices.of(
            pca=self.pca, scale=self.scale, encode=self.encode, dates=self.dates, text=self.text, outliers=self.outliers
        )
        choices.check_columns(table.column_names)
        choices.check_kinds(looks)
        watch = None if self.target is None else LeakWatch.of_rows(table, looks, self.target)
        summary = TableSummary.of(table, looks, () if watch is None else (watch,))
        plans = plan_columns(
            looks, summary, target=self.target, without=tuple(self.without), leak_watch=watch,
            drop_leaks=self.drop_leaks, choices=choices,
        )  # fmt: skip
        self.columns_ = _columns_of(plans, summary)
        self.n_rows_ = table.num_rows
        self.code_: PartitionCode | None = None
        self.added_: tuple[AddedColumns, ...] = ()
        self.in_folds_: tuple[str, ...] = ()
        self.features_ = TableFeatures()
        learning = FeatureLearning.of(plans, summary, self.pca)
        found = TableSummary.of(self.clean_arrow(table), learning.looks, learning.watches) if learning.needed else None
        self.features_ = learning.learn(found)
        return self

    def transform(self, X: Any) -> Any:
        """Prepare rows.

        Parameters
        ----------
        X : DataFrame or Table
            pandas, polars, pyarrow or Dask; of any number of rows. Columns are found by name.

        Returns
        -------
        prepared : DataFrame or Table
            Of the kind that was given; of Dask, lazily. A row of a Dask frame looks back at earlier rows in whatever
            partition they are.

        Raises
        ------
        MissingColumnsError
            If a column is missing that is part of the prepared table, the target excepted.
        """
        import pandas as pd
        import pyarrow as pa
        from sklearn.utils.validation import check_is_fitted

        check_is_fitted(self, "columns_")
        if is_dask_frame(X):
            return self._transform_dask(X)
        prepared = self.transform_arrow(arrow_of(X, self._needed))
        if isinstance(X, pa.Table):
            return prepared
        if type(X).__module__.partition(".")[0] == "polars":
            import polars

            return polars.from_arrow(prepared)
        frame = prepared.to_pandas()
        if isinstance(X, pd.DataFrame) and self.code_ is None:  # a person's code may leave rows out
            frame.index = X.index
        return frame

    def transform_arrow(self, table: pa.Table) -> pa.Table:
        """Prepare rows that are in Arrow's memory."""
        return self._prepared(table)

    def _prepared(self, table: pa.Table, made: np.ndarray[Any, Any] | None = None) -> pa.Table:
        """Prepare rows, for which columns of earlier rows may have been made already."""
        for added in self.added_:
            absent = [name for name in added.needs if name not in table.column_names]
            if absent:
                raise MissingColumnsError.from_recipe(absent, table.column_names)
            if made is not None and isinstance(added, EarlierRows):
                table = added.put_beside(table, made)
            else:
                table = added.beside(table)
        return self.clean_arrow(table if self.code_ is None else self.code_.run(table, "the rows given"))

    def clean_arrow(self, table: pa.Table) -> pa.Table:
        """Prepare rows to which columns were added, and on which the code of the cell was run, if there are any."""
        import pyarrow as pa

        kept = [each for each in self.columns_ if each.kept]
        absent = [each.name for each in kept if each.name not in table.column_names and each.role != "target"]
        if absent:
            raise MissingColumnsError.from_recipe(absent, table.column_names)
        present = [each for each in kept if each.name in table.column_names]
        prepared = {}
        for each in present:
            column = one_array(table.column(each.name))
            prepared[each.name] = each.apply(column)
            units = each.units(column)
            if units is not None:
                prepared[f"{each.name} unit"] = units
        return self.features_.beside(pa.table(prepared))

    def empty_table(self) -> pa.Table:
        """A table without rows that can be prepared: what comes of it has the types of all that is."""
        import pyarrow as pa

        types = {"number": pa.float64(), "truth": pa.bool_(), "moment": pa.timestamp("us"), "text": pa.large_string()}
        return pa.table({
            each.name: pa.array([], pa.type_for_alias(each.stored_as) if each.stored_as else types[each.look.storage])
            for each in self.columns_
        })  # fmt: skip

    def having_seen(self, X: Any) -> PreparationRecipe:
        """The recipe once these rows are past: columns of earlier rows then look back at them too.

        For rows that come in micro-batches: prepare a batch, then go on with ``recipe = recipe.having_seen(batch)``.
        Where no column is made of earlier rows, nothing changes.

        Parameters
        ----------
        X : DataFrame
            Rows as they came, not prepared.
        """
        table = arrow_of(X)
        later = copy(self)
        later.added_ = tuple(each.having_seen(table) if isinstance(each, EarlierRows) else each for each in self.added_)
        return later

    def _transform_dask(self, table: Any) -> Any:
        # Not of the frame's own empty one, on which a person's code may raise.
        meta = self.clean_arrow(self.empty_table()).to_pandas()
        earlier = next((each for each in self.added_ if isinstance(each, EarlierRows)), None)
        if earlier is None:
            return table.map_partitions(self.transform, meta=meta)
        absent = [name for name in earlier.needs if name not in table.columns]
        if absent:
            raise MissingColumnsError.from_recipe(absent, list(table.columns))
        return with_look_back(table, earlier, self._looked_back, meta)

    def _looked_back(self, frame: pd.DataFrame, made: np.ndarray[Any, Any]) -> pd.DataFrame:
        """A partition of a Dask frame, prepared, when the columns of earlier rows have been made for it."""
        prepared: pd.DataFrame = self._prepared(arrow_of(frame, self._needed), made).to_pandas()
        if self.code_ is None:  # a person's code may leave rows out
            prepared.index = frame.index
        return prepared

    @property
    def _needed(self) -> list[str]:
        """Names of all columns that it reads."""
        return [*(name for added in self.added_ for name in added.needs), *(each.name for each in self.columns_)]

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray[Any, Any]:
        """Names of the columns of the prepared table, the target left out."""
        del input_features
        roles = {each.name: each.role for each in self.columns_}
        return np.array([name for name in self.prepared_names if roles.get(name) != "target"], dtype=object)

    @property
    def prepared_names(self) -> list[str]:
        """Names of the columns of the prepared table."""
        names: list[str] = self.clean_arrow(self.empty_table()).column_names
        return names

    def explain(self) -> pd.DataFrame:
        """What is done to each column, and why: one row a step, columns to which nothing is done included."""
        from lepton_jupyter.preprocessing.explained_steps import ExplainedSteps

        rows = []
        for each in self.columns_:
            steps = each.done or (("", "left as it is", ""),)
            rows += [(each.name, each.look.reads if each.kept else "left out", *step) for step in steps]
        return ExplainedSteps(rows, columns=["column", "becomes", "step", "action", "reason"])

    def to_json(self) -> str:
        """The recipe as JSON, one line for each column; numbers come back with the same bits."""
        return self.json_for(None)

    def json_for(self, path: Path | None) -> str:
        """The JSON that goes to a file; what is large of joined tables is written beside it, as Parquet."""
        head: dict[str, Any] = {"format": _FORMAT, "version": PREPARATION_VERSION, "rows": self.n_rows_}
        if self.code_ is not None:
            head["code"] = {"text": self.code_.text, "name": self.code_.name, "modules": dict(self.code_.modules)}
        if self.in_folds_:
            head["in folds"] = list(self.in_folds_)
        features = self.features_.to_dict()
        lines = ",\n  ".join(json.dumps(each.to_dict(), ensure_ascii=False) for each in self.columns_)
        made = json_lines(added_to_json(self.added_, path))
        opening = json.dumps(head, indent=1)[:-2] + (f',\n "added": [\n  {made}\n ]' if made else "")
        ending = f',\n "features": {json.dumps(features, ensure_ascii=False)}' if features else ""
        return f'{opening},\n "columns": [\n  {lines}\n ]{ending}\n}}\n'

    @classmethod
    def from_json(
        cls,
        text: str,
        *,
        trust: bool = False,
        names: Mapping[str, Any] | None = None,
        folder: str | os.PathLike[str] | None = None,
    ) -> Self:
        """Read what `to_json` wrote.

        Parameters
        ----------
        text : str
        trust : bool, default=False
            Whether code of a cell that the recipe holds may be run; only for recipes of your own.
        names : mapping, optional
            What that code uses, such as functions of the notebook, which a recipe does not hold.
        folder : str or path, optional
            Where what `save` has put beside the recipe lies.

        Raises
        ------
        InvalidRecipeError
            If the text is no recipe, one of a newer version, or one with code that is not trusted.
        """
        try:
            saved = json.loads(text)
            if saved["format"] != _FORMAT:
                raise InvalidRecipeError.from_text("its format is another")
            version = saved["version"]
            if type(version) is not int or version < _OLDEST_VERSION:
                raise InvalidRecipeError.from_text(f"its version is {str(version)[:20]!r}")
            if version > PREPARATION_VERSION:
                raise InvalidRecipeError.from_version(version, PREPARATION_VERSION)
            columns = tuple(map(RecipeColumn.from_dict, saved["columns"]))
            n_rows = int(saved["rows"])
            added = added_from_json(saved.get("added", ()), _ADDED, None if folder is None else Path(folder))
            in_folds = as_fold_steps(saved.get("in folds", ()))
            features = TableFeatures.from_dict(saved.get("features", {}))
            code = None
            if "code" in saved:
                if not trust:
                    raise InvalidRecipeError.from_code()
                code = PartitionCode(**saved["code"], values=dict(names or {}))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            if isinstance(error, LeptonError):
                raise
            raise InvalidRecipeError.from_text(f"{type(error).__name__}: {error}") from error
        recipe = cls(target=next((each.name for each in columns if each.role == "target"), None))
        recipe.columns_, recipe.n_rows_, recipe.code_, recipe.added_ = columns, n_rows, code, added
        recipe.in_folds_ = in_folds
        recipe.features_ = features
        return recipe

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the recipe as JSON; of joined tables with many keys a Parquet file beside it."""
        Path(path).write_text(self.json_for(Path(path)), encoding="utf-8")

    @classmethod
    def load(cls, path: str | os.PathLike[str], *, trust: bool = False, names: Mapping[str, Any] | None = None) -> Self:
        """Read what `save` wrote; parameters as for `from_json`.

        Raises
        ------
        InvalidRecipeError
            If the file holds no recipe, or one of a newer version.
        """
        try:
            text = Path(path).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise InvalidRecipeError.from_text(f"{type(error).__name__}: {error}") from error
        return cls.from_json(text, trust=trust, names=names, folder=Path(path).parent)


def arrow_of(table: Any, needed: Sequence[str] = ()) -> pa.Table:
    """Any table as Arrow, with columns of plain types.

    Of the columns that are needed, fields of records that none of these rows has are missing in each.
    """
    import pyarrow as pa

    if not isinstance(table, pa.Table):
        table = from_frame(to_pandas(table).reset_index(drop=True))
    records = tuple(
        f"{each.name}." for each in table.schema if pa.types.is_struct(each.type) or pa.types.is_null(each.type)
    )
    plain = plain_table(table).replace_schema_metadata(None)
    for name in needed:
        if name.startswith(records) and name not in plain.column_names:
            plain = plain.append_column(name, pa.nulls(len(plain), pa.float64()))
    return plain


def _columns_of(plans: Sequence[ColumnPlan], summary: TableSummary) -> tuple[RecipeColumn, ...]:
    columns = tuple(RecipeColumn.of_plan(plan, summary.columns[plan.name]) for plan in plans)
    if columns and not any(each.kept for each in columns):
        raise NoColumnLeftError.from_count(len(columns))
    return columns
