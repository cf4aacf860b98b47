"""``%lepton prepare``: a table of any size, cleaned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lepton_jupyter.exceptions.magic_errors import MagicUsageError
from lepton_jupyter.magics.object_lookup import find_object
from lepton_jupyter.magics.request import Request
from lepton_jupyter.magics.shared_options import SQL_OPTIONS, table_argument
from lepton_jupyter.magics.sql_options import sql_arguments
from lepton_jupyter.magics.tokens import split_list
from lepton_jupyter.magics.verb_options import Option, Verb, one_of, read_name, read_text, whole_number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lepton_jupyter.notebook.plan_editing import PlanLanguage


@dataclass(frozen=True, kw_only=True, slots=True)
class PrepareRequest(Request):
    """Prepare a table.

    Parameters
    ----------
    table : tuple of str
        Expressions, paths, patterns or addresses as typed; none where `sql` stands in their place.
    target, where, to : str or None
    dry_run : bool
    on_bad_partition : {"fail", "skip", "quarantine"}
    without : tuple of str
        Steps that are left out.
    drop_repeated, drop_near_repeated : bool
    near_by : tuple of str
        Columns by which near copies are told.
    join : str or None
        Tables to join, as typed, with commas between them.
    on : tuple of str
        Their key.
    entity : tuple of str
    time : str or None
    lags, rolling : tuple of int
    sample : str or None
    sample_by : tuple of str
    in_folds : tuple of str
    scale, encode, dates, text, outliers : tuple of str
        What is made of cleaned columns.
    pca : int
    drop_leaks : bool
    sql, connection : str or None
        A select, and the database as typed.
    partition_by : str or None
    body : str or None
        Code of the cell.
    result_name : str or None
        What a cell's result is called.
    language : PlanLanguage or None
        How its plan is written as a line; no option.
    """

    table: tuple[str, ...] = ()
    target: str | None = None
    dry_run: bool = False
    where: str | None = None
    to: str | None = None
    on_bad_partition: str = "fail"
    without: tuple[str, ...] = ()
    drop_repeated: bool = False
    drop_near_repeated: bool = False
    near_by: tuple[str, ...] = ()
    join: str | None = None
    on: tuple[str, ...] = ()
    entity: tuple[str, ...] = ()
    time: str | None = None
    lags: tuple[int, ...] = ()
    rolling: tuple[int, ...] = ()
    sample: str | None = None
    sample_by: tuple[str, ...] = ()
    in_folds: tuple[str, ...] = ()
    scale: tuple[str, ...] = ()
    encode: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    text: tuple[str, ...] = ()
    pca: int = 0
    outliers: tuple[str, ...] = ()
    drop_leaks: bool = False
    sql: str | None = None
    connection: str | None = None
    partition_by: str | None = None
    body: str | None = None
    result_name: str | None = None
    language: PlanLanguage | None = None

    def answer(self, names: Mapping[str, Any]) -> Any:
        """Prepare."""
        from lepton_jupyter.notebook.preparing import prepare

        if self.result_name is not None and self.body is None:
            raise MagicUsageError.from_as_in_line("prepare", self.result_name)
        tables = [find_object(each, names, read=False) for each in self.table]
        return prepare(
            tables[0].value if len(tables) == 1 else [each.value for each in tables] or None,
            target=self.target,
            dry_run=self.dry_run,
            where=self.where,
            to=self.to,
            on_bad_partition=self.on_bad_partition,
            without=self.without,
            drop_repeated=self.drop_repeated,
            drop_near_repeated=self.drop_near_repeated,
            near_by=self.near_by,
            join=None if self.join is None else self._joined(self.join, names),
            on=self.on,
            entity=self.entity,
            time=self.time,
            lags=self.lags,
            rolling=self.rolling,
            sample=self.sample,
            sample_by=self.sample_by,
            in_folds=self.in_folds,
            scale=self.scale,
            encode=self.encode,
            dates=self.dates,
            text=self.text,
            pca=self.pca,
            outliers=self.outliers,
            drop_leaks=self.drop_leaks,
            **sql_arguments(self.sql, self.connection, names),
            partition_by=self.partition_by,
            code=self.body,
            names=None if self.body is None else names,
            table_name=tables[0].label if len(tables) == 1 else None,
            language=self.language,
        )

    def _joined(self, typed: str, names: Mapping[str, Any]) -> dict[str, Any]:
        joined: dict[str, Any] = {}
        for each in split_list(typed):
            found = find_object(each, names, read=False)
            # Columns are called by the label, and two folders may hold files of one name.
            joined[f"{found.label} {len(joined) + 1}" if found.label in joined else found.label] = found.value
        return joined


VERB = Verb(
    name="prepare",
    summary="clean a table of any size: a plan first, then all its partitions; the recipe works on new rows too",
    request=PrepareRequest,
    arguments=(
        table_argument("a data frame, a path, a pattern or a folder, or several of them", instead="--sql", many=True),
    ),
    options=(
        Option(
            name="--target", field="target", placeholder="NAME", read=read_text, suggests="columns",
            meaning="column to predict: it is read, and nothing else is done to it",
        ),
        Option(name="--dry-run", field="dry_run", meaning="only plan, from a first look at some rows"),
        Option(
            name="--where", field="where", placeholder='"EXPR"', read=read_text,
            meaning="rows to keep, such as \"age >= 18 and town != 'Ulm'\"",
            remedy='Put it in quotes if it holds blanks: --where "age >= 18".',
        ),
        Option(
            name="--to", field="to", placeholder="FOLDER", read=read_text, suggests="paths",
            meaning="write the prepared table there, a Parquet file for each partition",
        ),
        Option(
            name="--on-bad-partition", field="on_bad_partition", placeholder="fail|skip|quarantine",
            read=one_of(("fail", "skip", "quarantine")), suggests="fail skip quarantine",
            meaning="when one cannot be read: end, go on without it, or also copy it aside in --to",
        ),
        Option(
            name="--without-step", field="without", placeholder="STEP[,…]", many=True,
            suggests="numbers dates units missing impossible outliers categories typos constants identifiers",
            meaning="steps to leave out, such as outliers, or age:outliers for one column",
        ),
        Option(
            name="--drop-repeated", field="drop_repeated",
            meaning="leave out rows that are copies of an earlier one in every column",
        ),
        Option(
            name="--drop-near-repeated", field="drop_near_repeated",
            meaning="leave out near copies too: the same but for case, blanks, a slip or rounding",
        ),
        Option(
            name="--near-by", field="near_by", placeholder="COLUMN[,…]", many=True, suggests="columns",
            meaning="columns that alone count for near copies, where a key would make each row different",
        ),
        Option(
            name="--join", field="join", placeholder="TABLE[,…]", expression=True, many=True, suggests="tables",
            meaning="other tables: count, mean, least, … of their rows with the same key become columns",
        ),
        Option(
            name="--on", field="on", placeholder="KEY[,…]", many=True, suggests="columns",
            meaning="columns of that key; customer=id where it is called otherwise there",
        ),
        Option(
            name="--time", field="time", placeholder="COLUMN", read=read_text, suggests="columns",
            meaning="dates or numbers that put rows in order: values of earlier rows become columns",
        ),
        Option(
            name="--entity", field="entity", placeholder="COLUMN[,…]", many=True, suggests="columns",
            meaning="whose rows they are: a row looks back at those of the same customer, shop, …",
        ),
        Option(
            name="--lags", field="lags", placeholder="N[,…]", many=True, read=whole_number(1),
            meaning="numbers as they were so many rows before; 1 unless --rolling is given",
        ),
        Option(
            name="--rolling", field="rolling", placeholder="N[,…]", many=True, read=whole_number(1),
            meaning="means over so many rows, itself and those before it",
        ),
        Option(
            name="--sample", field="sample", placeholder="10%|N", read=read_text,
            meaning="prepare a share of the rows, or about N of them; of each class of the target the same share",
        ),
        Option(
            name="--sample-by", field="sample_by", placeholder="COLUMN[,…]", many=True, suggests="columns",
            meaning="draw rows that share these values together or not at all",
        ),
        Option(
            name="--in-folds", field="in_folds", placeholder="STEP[,…]", many=True,
            suggests="variance redundancy information shadows encode balance",
            meaning="steps that a fit takes within each fold: columns selected, mean targets, classes balanced",
        ),
        Option(
            name="--scale", field="scale", placeholder="HOW[,…]", many=True,
            suggests="standard robust quantile power",
            meaning="scale numbers: standard, robust, quantile or power; age:robust or age:none for one column",
        ),
        Option(
            name="--encode", field="encode", placeholder="HOW[,…]", many=True, suggests="onehot ordinal count",
            meaning="categories become numbers: onehot, ordinal or count; town:count for one column",
        ),
        Option(
            name="--dates", field="dates", placeholder="HOW[,…]", many=True, suggests="calendar cyclic",
            meaning="dates become their parts: calendar, or cyclic with sine and cosine",
        ),
        Option(
            name="--text", field="text", placeholder="HOW[,…]", many=True, suggests="hashed tfidf embeddings",
            meaning="free texts become counts of their words: hashed, or tfidf; or embeddings",
        ),
        Option(
            name="--pca", field="pca", placeholder="N", read=whole_number(1),
            meaning="so many principal components stand for all columns of numbers",
        ),
        Option(
            name="--outliers", field="outliers", placeholder="HOW[,…]", many=True, suggests="winsorise flag",
            meaning="bring outliers to a bound, or leave them and flag them in a column; income:flag for one column",
        ),
        Option(
            name="--drop-leaks", field="drop_leaks",
            meaning="leave out columns that alone nearly determine the target; the plan always tells of them",
        ),
        Option(
            name="--as", field="result_name", placeholder="NAME", read=read_name,
            meaning="what the result of %%lepton prepare, with pandas code in the cell, is called",
        ),
        *SQL_OPTIONS,
        Option(
            name="--partition-by", field="partition_by", placeholder="COLUMN", read=read_text,
            meaning="ask the select in parts, by ranges of a column of numbers or dates",
        ),
    ),
    body_stands_for="",
    examples=(
        "clean = %lepton prepare data/*.parquet --target churn",
        "%lepton prepare df --dry-run",
        "%%lepton prepare orders --as clean",
        "clean = %lepton prepare customers --join orders/*.parquet --on customer",
        "clean = %lepton prepare df --scale robust,year:none --encode onehot --dates cyclic",
        'clean = %lepton prepare orders/ --where "price > 0" --without-step outliers --to clean/',
    ),
)  # fmt: skip
