from __future__ import annotations

import json
import sqlite3

import pytest
from contracts.sink_contract import N, SinkContract, results
from pyarrow import parquet
from pyarrow.dataset import dataset

from lepton_jupyter.exceptions.sql_errors import SqlUsageError
from lepton_jupyter.exceptions.stream_errors import StreamPlaceError
from lepton_jupyter.streaming.function_sink import FunctionSink
from lepton_jupyter.streaming.json_lines_file import JsonLinesFile
from lepton_jupyter.streaming.parquet_folder import ParquetFolder
from lepton_jupyter.streaming.sql_upserts import SqlUpserts
from lepton_jupyter.streaming.stream_places import sink_of, source_of
from lepton_jupyter.streaming.stream_sink import Results

TORN = '{"id": "r'


class TestParquetFolder(SinkContract):
    @pytest.fixture(autouse=True)
    def _place(self, tmp_path):
        self.path = tmp_path / "scored"

    def make(self):
        return ParquetFolder(self.path)

    def stored(self):
        return [row for each in sorted(self.path.iterdir()) for row in parquet.read_table(each).to_pylist()]

    def test_a_large_part_is_a_file_of_its_own(self):
        self.make = lambda: ParquetFolder(self.path, most_rows=4)
        self.written(results(0, 2), results(2, 4), results(4, N))
        assert len(list(self.path.iterdir())) == 2

    def kept(self, *parts):
        """Values of a kept column, each part in a file of its own, as the whole folder is read."""
        self.make = lambda: ParquetFolder(self.path, most_rows=1)
        self.written(*(Results("id", [f"r{place}" for place in range(len(part))], {"x": part}) for part in parts))
        return dataset(self.path).to_table().column("x").to_pylist()

    @pytest.mark.parametrize(
        ("values", "stored"),
        [
            ([1, "b", None, {"c": [1]}], ["1", "b", None, '{"c": [1]}']),
            ([{}, {"a": 1}], ["{}", '{"a": 1}']),
            ([10**30, 1], [str(10**30), "1"]),
            (["\ud800x", "ü"], ["\\ud800x", "ü"]),
            ([[1.0], None], [[1.0], None]),
        ],
    )
    def test_kept_values_that_are_not_all_of_one_kind_are_text(self, values, stored):
        assert self.kept(values) == stored

    @pytest.mark.parametrize(
        ("parts", "stored"),
        [
            (([1.5], [2]), [1.5, 2.0]),
            (([1], [2.0]), [1, 2]),
            (([2.5], [None]), [2.5, None]),
            ((["a"], [7], [None]), ["a", "7", None]),
        ],
    )
    def test_a_column_keeps_its_type_from_file_to_file(self, parts, stored):
        assert self.kept(*parts) == stored


class TestJsonLines(SinkContract):
    @pytest.fixture(autouse=True)
    def _place(self, tmp_path):
        self.path = tmp_path / "scored.jsonl"

    def make(self):
        return JsonLinesFile(self.path)

    def stored(self):
        lines = self.path.read_text(encoding="utf-8").splitlines() if self.path.exists() else []
        return [json.loads(line) for line in lines if line != TORN]

    def test_a_line_that_a_crash_has_torn_is_ended_first(self):
        self.path.write_text(TORN)
        assert len(self.written(results())) == N

    def test_nobody_else_may_read_it(self):
        self.written(results())
        assert self.path.stat().st_mode & 0o077 == 0


class TestFunction(SinkContract):
    @pytest.fixture(autouse=True)
    def _place(self):
        self.rows = []

    def make(self):
        async def take(rows):
            self.rows += rows

        return FunctionSink(take)

    def stored(self):
        return self.rows


class TestSqlite(SinkContract):
    @pytest.fixture(autouse=True)
    def _place(self, tmp_path):
        self.path = tmp_path / "scored.db"

    def make(self):
        return SqlUpserts(f"sqlite:///{self.path}?table=scores")

    def stored(self):
        connection = sqlite3.connect(self.path)
        connection.row_factory = sqlite3.Row
        try:
            return [dict(row) for row in connection.execute("select * from scores")]
        finally:
            connection.close()


class TestPostgres(SinkContract):
    @pytest.fixture(autouse=True)
    def _place(self, postgres):
        import sqlalchemy

        self.url = postgres
        self.engine = sqlalchemy.create_engine(postgres.replace("postgresql:", "postgresql+psycopg:"))
        with self.engine.begin() as connection:
            connection.exec_driver_sql("drop table if exists lepton_test_scores")
        yield
        self.engine.dispose()

    def make(self):
        return SqlUpserts(f"{self.url}?table=lepton_test_scores")

    def stored(self):
        with self.engine.begin() as connection:
            return [dict(row._mapping) for row in connection.exec_driver_sql("select * from lepton_test_scores")]


@pytest.mark.mistake
@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("kafak://host/topic", "No sink of a stream is known for kafak://"),
        ("scored.csv", "end it in .jsonl, or name a folder"),
        ("/nowhere/at/all/scored.jsonl", "no folder '/nowhere/at/all'"),
        (3, "3 cannot be the sink of a stream"),
        ("sqlite:///scored.db", "does not say where rows are"),
    ],
)
def test_what_is_no_sink_is_answered_with_one_sentence(place, said):
    with pytest.raises(StreamPlaceError, match=None) as caught:
        sink_of(place)
    assert said in str(caught.value)


@pytest.mark.mistake
def test_a_database_that_cannot_replace_rows_is_refused():
    with pytest.raises(SqlUsageError):
        SqlUpserts("mysql+pymysql://root@127.0.0.1:3306/test?table=scores")


@pytest.mark.mistake
@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("orders.xlsx", "end it in .jsonl"),
        ("/nowhere/orders.jsonl", "no folder '/nowhere'"),
        ("ftp://host/orders", "No source of a stream is known for ftp://"),
        (None, "None cannot be the source of a stream"),
    ],
)
def test_what_is_no_source_is_answered_with_one_sentence(place, said):
    with pytest.raises(StreamPlaceError) as caught:
        source_of(place, name="churn")
    assert said in str(caught.value)
