"""Preparing a table: what ``%lepton prepare`` calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lepton_jupyter.data.partitions import PartitionedTable
from lepton_jupyter.exceptions.sql_errors import SqlUsageError
from lepton_jupyter.notebook.asked_preparation import AskedPreparation, cell_code, several
from lepton_jupyter.notebook.asked_steps import AskedSteps
from lepton_jupyter.notebook.first_look import FirstLook
from lepton_jupyter.notebook.joining import partitioned_table
from lepton_jupyter.notebook.left_copies import AskedCopies
from lepton_jupyter.notebook.looking_back import AskedLookBack
from lepton_jupyter.notebook.preparation_run import PreparationRun, dry_plan
from lepton_jupyter.notebook.tables import resolved_connection
from lepton_jupyter.preprocessing.fold_steps import as_fold_steps
from lepton_jupyter.preprocessing.row_filter import RowFilter
from lepton_jupyter.preprocessing.sampled_rows import SampleSize

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence

    from lepton_jupyter.notebook.plan_editing import PlanLanguage


def prepare(  # noqa: PLR0913  a person's options, each with its name
    table: Any = None,
    *,
    target: str | None = None,
    dry_run: bool = False,
    where: str | None = None,
    to: str | os.PathLike[str] | None = None,
    on_bad_partition: str = "fail",
    without: Sequence[str] = (),
    drop_repeated: bool = False,
    drop_near_repeated: bool = False,
    near_by: str | Sequence[str] = (),
    join: Any = None,
    on: str | Sequence[str] | None = None,
    entity: str | Sequence[str] = (),
    time: str | None = None,
    lags: Sequence[int] = (),
    rolling: Sequence[int] = (),
    sample: str | float | None = None,
    sample_by: str | Sequence[str] = (),
    in_folds: Sequence[str] = (),
    scale: str | Sequence[str] = (),
    encode: str | Sequence[str] = (),
    dates: str | Sequence[str] = (),
    text: str | Sequence[str] = (),
    pca: int = 0,
    outliers: str | Sequence[str] = (),
    drop_leaks: bool = False,
    sql: str | None = None,
    connection: Any = None,
    params: Mapping[str, Any] | None = None,
    partition_by: str | None = None,
    code: str | None = None,
    names: Mapping[str, Any] | None = None,
    table_name: str | None = None,
    language: PlanLanguage | None = None,
) -> Any:
    """Prepare a table of any size: find out what is wrong with its columns, and put it right.

    Parameters
    ----------
    table : DataFrame, str or path, optional
        A path, a pattern or a folder of files; a Dask, pandas, polars or Arrow table; one that was prepared; or a list
        of such tables, which stand below each other.
    target : str, optional
        Column that is to be predicted: it is read, and nothing else is done to it.
    dry_run : bool, default=False
        Only plan, from a first look at some rows.
    where : str, optional
        Condition on the rows that are kept, such as ``"age >= 18 and town != 'Ulm'"``; see `RowFilter`.
    to : str or path, optional
        Folder for the prepared table, a Parquet file for each partition; it must be new or empty. Without one, rows
        are prepared when they are read.
    on_bad_partition : {"fail", "skip", "quarantine"}, default="fail"
        What becomes of a partition that cannot be read or lacks columns; "quarantine" copies it aside in `to`.
    without : sequence of str
        Steps that are left out, such as ``"outliers"``, or ``"age:outliers"`` for one column.
    drop_repeated : bool, default=False
        Leave out rows that are copies of an earlier one in every column; this takes a pass of its own.
    drop_near_repeated : bool, default=False
        Leave out rows that are nearly copies of an earlier one: the same in every column but for case, blanks,
        rounding, and in one column a slip or a fifth of a long text; see `near_rows`. It takes a pass of its own too.
    near_by : str or sequence of str
        Columns that alone count for that, where a key would make each row different.
    join : table, sequence of tables or mapping of str to table, optional
        Other tables, each of whose rows belong to rows of this one by a key: added are their number, of each of their
        columns of numbers mean, sum, least and greatest, of truths the share, of dates the first and the last, of
        categories the commonest, its share and their number. A mapping names them; files are called by their name.
    on : str or sequence of str, optional
        Columns of the key; ``"customer=id"`` where it is called otherwise in the joined tables.
    time : str, optional
        Column of dates or numbers that puts rows in order: what is then added looks back alone, never ahead.
    entity : str or sequence of str, optional
        Columns that say whose rows they are, such as ``"customer"``; without one all are of one.
    lags : sequence of int
        Of each column of numbers its value so many rows of the entity before; 1 if neither this nor `rolling` is given.
    rolling : sequence of int
        Of each column of numbers its mean over so many rows, the row itself and those before it.
    sample : str, float or int, optional
        A share of the rows that are kept, such as ``"10%"`` or 0.1, or about how many; of each class of the target
        the same share. Which rows it is depends on their order alone, not on partitions or workers.
    sample_by : str or sequence of str
        Columns whose rows of equal values are drawn together or not at all, such as those of one customer.
    in_folds : sequence of {"variance", "redundancy", "information", "shadows", "encode", "balance"}
        Steps that see the target or learn from rows together, see `FOLD_STEPS`: they are not taken here, but within
        each fold when a model is fitted on what is prepared, so that scores stay honest.
    scale : str or sequence of str
        ``"standard"``, ``"robust"``, ``"quantile"`` or ``"power"`` for all columns of numbers; ``"age:robust"`` or
        ``"age:none"`` for one of them.
    encode : str or sequence of str
        ``"onehot"``, ``"ordinal"`` or ``"count"`` for categories, likewise; columns of `on` and `entity` stay as they
        are unless they are named.
    dates : str or sequence of str
        ``"calendar"`` or ``"cyclic"``: dates become their parts.
    text : str or sequence of str
        ``"hashed"`` or ``"tfidf"``: free texts become counts of their words and pairs of words; ``"embeddings"``: 30
        numbers of which more agree the more characters two texts share, which suits names and dirty categories
        (``"town:embeddings"``) too.
    pca : int, default=0
        Principal components that stand for all columns of numbers.
    outliers : str or sequence of str
        ``"flag"`` leaves outliers as they are and tells them by a column; default ``"winsorise"``.
    drop_leaks : bool, default=False
        Leave out columns that alone nearly determine the target; they are always told of.
    sql, connection, params : optional
        A select instead of a table, as for `fit`.
    partition_by : str, optional
        Column of numbers or dates by whose ranges the select is asked in parts, side by side; best one with an index.
    code : str, optional
        Pandas code that is run on each partition before all else; see `PartitionCode`. In it the partition is called
        ``df``, or like the table.
    names : mapping, optional
        What the code uses beside pandas as ``pd`` and NumPy as ``np``.
    table_name : str, optional
        What the page calls the table. Default: the name of the file.
    language : PlanLanguage, optional
        How the line of a plan is written; with one, the plan can be changed in its panel.

    Returns
    -------
    prepared : Prepared or PreparationPlan
        The plan alone for a dry run.

    Raises
    ------
    LeptonError
        One sentence about what is wrong with the table, a partition, the condition or the folder.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"price": ["12 €", "7,50 €", "?"], "town": ["Ulm", "ulm ", "Ulm"]})
    >>> clean = prepare(table)
    >>> clean.head()
       price town
    0   12.0  Ulm
    1    7.5  Ulm
    2    NaN  Ulm
    """
    chosen = {"scale": scale, "encode": encode, "dates": dates, "text": text, "outliers": outliers}
    asked = AskedPreparation(
        steps=AskedSteps.of(target, without, drop_leaks, pca, language, chosen),
        copies=AskedCopies(drop_repeated, drop_near_repeated, several(near_by)),
        look_back=AskedLookBack(time, several(entity), tuple(lags), tuple(rolling)),
        join=join,
        on=on,
        cell=cell_code(code, table_name, names),
        where=None if where is None else RowFilter(where),
        sample=None if sample is None else SampleSize.parse(sample),
        sample_by=several(sample_by),
        in_folds=as_fold_steps(in_folds),
        on_bad=on_bad_partition,
        to=to,
        dry_run=dry_run,
    )
    if partition_by is not None and sql is None:
        raise SqlUsageError.from_partition_without_sql()
    parts = partitioned_table(
        table, sql=sql, connection=None if sql is None else resolved_connection(connection), params=params,
        partition_by=partition_by,
    )  # fmt: skip
    look = FirstLook.at(PartitionedTable(parts.partitions, table_name or parts.label, parts.movable), asked)
    return dry_plan(look) if dry_run else PreparationRun(look).prepared()
