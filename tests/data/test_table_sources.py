"""Every kind of source keeps the promises of all."""

from __future__ import annotations

import functools
import gzip
import threading
import zipfile
from contextlib import contextmanager, nullcontext
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pyarrow as pa
import pytest
from contracts.table_source_contract import TableSourceContract, example_table

from lepton_jupyter.data.dask_frames import DaskFrame
from lepton_jupyter.data.sql_tables import SqlTable
from lepton_jupyter.data.table_files import table_files
from lepton_jupyter.exceptions.source_errors import MissingFileError

POSTGRES = "postgresql://postgres@localhost:5432/test"
MARIADB = "mariadb://root@127.0.0.1:3306/test"


class FileContract(TableSourceContract):
    name: str

    def write(self, frame, path):
        raise NotImplementedError

    def make(self, frame, folder):
        path = folder / self.name
        self.write(frame, path)
        return table_files(path)

    def test_a_missing_file_is_told_with_the_nearest_name(self, tmp_path):
        (tmp_path / self.name).write_bytes(b"x")
        with pytest.raises(MissingFileError, match=r"There is no file .* Did you mean") as caught:
            table_files(tmp_path / f"x{self.name}").__enter__()
        assert self.name in str(caught.value)


class TestCsv(FileContract):
    name = "rows.csv"

    def write(self, frame, path):
        frame.to_csv(path, index=False)


class TestGermanCsv(FileContract):
    name = "zeilen.csv"

    def write(self, frame, path):
        frame.to_csv(path, index=False, sep=";", decimal=",", encoding="cp1252")

    def test_the_dialect_is_told(self, tmp_path):
        with self.source(tmp_path) as source:
            source.read()
            assert source.notes == (
                "zeilen.csv was read as text in cp1252, separated by semicolons, decimal commas.",
            )  # fmt: skip


class TestUtf16Tsv(FileContract):
    name = "rows.tsv"

    def write(self, frame, path):
        frame.to_csv(path, index=False, sep="\t", encoding="utf-16")


class TestThousands(FileContract):
    """Digits in groups, which Arrow's reader does not know and pandas' does."""

    name = "rows.txt"

    def write(self, frame, path):
        grouped = frame.assign(row=frame["row"].map(lambda value: f"{value:,}".replace(",", ".")))
        grouped.to_csv(path, index=False, sep=";", decimal=",")


class TestGzippedCsv(FileContract):
    name = "rows.csv.gz"

    def write(self, frame, path):
        frame.to_csv(path, index=False)


class TestZippedCsv(FileContract):
    name = "rows.zip"

    def write(self, frame, path):
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("inside/rows.csv", frame.to_csv(index=False))


class TestZstandardCsv(FileContract):
    name = "rows.csv.zst"

    def write(self, frame, path):
        with pa.output_stream(str(path), compression="zstd") as stream:
            stream.write(frame.to_csv(index=False).encode())


class TestCsvWithoutEnding(FileContract):
    name = "rows"

    def write(self, frame, path):
        frame.to_csv(path, index=False)


class TestParquet(FileContract):
    name = "rows.parquet"

    def write(self, frame, path):
        frame.to_parquet(path, row_group_size=700)


class TestFeather(FileContract):
    name = "rows.feather"

    def write(self, frame, path):
        frame.to_feather(path)


class TestArrowStream(FileContract):
    name = "rows.arrows"

    def write(self, frame, path):
        table = pa.Table.from_pandas(frame)
        with pa.ipc.new_stream(path, table.schema) as stream:
            stream.write_table(table, max_chunksize=500)


class TestGzippedJsonLines(FileContract):
    name = "rows.jsonl.gz"

    def write(self, frame, path):
        with gzip.open(path, "wt", encoding="utf-8") as file:
            file.write(frame.to_json(orient="records", lines=True, date_format="iso", force_ascii=False))


class TestJsonLines(FileContract):
    name = "rows.jsonl"

    def write(self, frame, path):
        frame.to_json(path, orient="records", lines=True, date_format="iso")


class TestJsonList(FileContract):
    name = "rows.json"

    def write(self, frame, path):
        frame.to_json(path, orient="records", date_format="iso", indent=1)


class TestJsonColumns(FileContract):
    """What pandas writes when it is told nothing."""

    name = "columns.json"

    def write(self, frame, path):
        frame.to_json(path, date_format="iso")


class TestExcel(FileContract):
    name = "rows.xlsx"
    n_rows = 160

    def write(self, frame, path):
        frame.to_excel(path, index=False)


class TestPattern(TableSourceContract):
    """Files of one pattern, their columns in any order."""

    def make(self, frame, folder):
        for place in range(4):
            part = frame.iloc[place * 1000 : (place + 1) * 1000]
            part[part.columns[:: 1 if place % 2 else -1]][list(frame.columns)].to_csv(
                folder / f"part-{place}.csv", index=False
            )
        return table_files(folder / "part-*.csv")


class TestParquetFolder(TableSourceContract):
    """What Dask and Spark call a file."""

    def make(self, frame, folder):
        place = folder / "rows.parquet"
        place.mkdir(exist_ok=True)
        for part in range(4):
            frame.iloc[part * 1000 : (part + 1) * 1000].to_parquet(place / f"part.{part}.parquet", index=False)
        (place / "_SUCCESS").write_text("")
        return table_files(place)


class TestAddress(TableSourceContract):
    """A file behind an address; a real server of this machine gives it."""

    @contextmanager
    def make(self, frame, folder):
        frame.to_csv(folder / "rows.csv", index=False)

        class Quiet(SimpleHTTPRequestHandler):
            def log_message(self, *_):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            with table_files(f"http://127.0.0.1:{server.server_port}/rows.csv?token=secret") as source:
                assert source.label == "rows.csv"
                yield source
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


class TestOtherFileSystem(TableSourceContract):
    """An address that fsspec reads."""

    def make(self, frame, folder):
        import fsspec

        with fsspec.open("memory://lepton/rows.parquet", "wb") as file:
            frame.to_parquet(file)
        return table_files("memory://lepton/*.parquet")


class TestDask(TableSourceContract):
    def make(self, frame, folder):
        import dask.dataframe as dd

        return nullcontext(DaskFrame(dd.from_pandas(frame, npartitions=5 if len(frame) else 1)))


class SqlContract(TableSourceContract):
    def url(self, folder):
        raise NotImplementedError

    def make(self, frame, folder):
        import sqlalchemy

        url = self.url(folder)
        engine = sqlalchemy.create_engine(
            url.replace("postgresql:", "postgresql+psycopg:").replace("mariadb:", "mariadb+pymysql:"),
            poolclass=sqlalchemy.pool.NullPool,
        )
        name = "lepton_test_rows"
        if self.written_for(url) != len(frame):
            frame.to_sql(name, engine, if_exists="replace", index=False, chunksize=1000)
            type(self).written = (url, len(frame))
        engine.dispose()
        return nullcontext(SqlTable(f'select * from {name} order by "row"' if "maria" not in url else
                                    f"select * from {name} order by `row`", url))  # fmt: skip

    written = None

    def written_for(self, url):
        return self.written[1] if self.written and self.written[0] == url else None


class TestSqlite(SqlContract):
    def url(self, folder):
        return f"sqlite:///{folder}/rows.db"


class TestPostgres(SqlContract):
    @pytest.fixture(autouse=True)
    def _there(self, postgres):
        pass

    def url(self, folder):
        return POSTGRES


class TestMariaDB(SqlContract):
    @pytest.fixture(autouse=True)
    def _there(self, mariadb):
        pass

    def url(self, folder):
        return MARIADB


def test_columns_of_later_files_are_found_by_name(tmp_path):
    example_table(10).to_csv(tmp_path / "a.csv", index=False)
    example_table(10)[["paid", "town", "row", "day", "amount"]].to_csv(tmp_path / "b.csv", index=False)
    with table_files(tmp_path / "*.csv") as source:
        frame = source.read()
    assert frame["row"].tolist() == [*range(10), *range(10)]
