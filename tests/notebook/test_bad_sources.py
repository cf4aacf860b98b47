"""Files, addresses, databases and destinations that cannot be used: one sentence each, and nothing half-made left."""

from __future__ import annotations

import gzip
import os
import pickle
import socket
import sqlite3
import zipfile

import numpy as np
import pandas as pd
import pytest
import sqlalchemy

from lepton_jupyter import fit
from lepton_jupyter.exceptions.lepton_error import LeptonError
from lepton_jupyter.notebook.tables import open_table

TABLE = pd.DataFrame({"a": [1, 2, 3], "town": ["Ulm", "Bonn", "Köln"], "churn": [0, 1, 0]})


def csv(text, **options):
    encoding = options.get("encoding", "utf-8")
    return lambda path: path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))


def packed(pack, data):
    return lambda path: path.write_bytes(pack(data))


def zipped(*names):
    def write(path):
        with zipfile.ZipFile(path, "w") as archive:
            for name in names:
                archive.writestr(name, "a,b\n1,2\n")

    return write


def parquet_cut(path):
    TABLE.to_parquet(path)
    path.write_bytes(path.read_bytes()[:-20])


def parquet_scrambled(path):
    TABLE.to_parquet(path)
    data = bytearray(path.read_bytes())
    data[-60:-10] = bytes(50)
    path.write_bytes(data)


def feather_cut(path):
    TABLE.to_feather(path)
    path.write_bytes(path.read_bytes()[:60])


def excel_of_nothing(path):
    pd.DataFrame().to_excel(path)


def excel_of_a_header(path):
    TABLE.head(0).to_excel(path, index=False)


def excel_damaged(path):
    TABLE.to_excel(path)
    path.write_bytes(path.read_bytes()[:2000])


def folder(path):
    path.mkdir()
    TABLE.to_csv(path / "inside.csv")


def unreadable(path):
    path.write_text("a,b\n1,2\n")
    path.chmod(0)


def loop_of_links(path):
    path.symlink_to(path)


# What is written under a name; the error's built-in parent; what its sentence holds.
# fmt: off
FILES = [
    ("empty.csv", csv(""), ValueError, "'empty.csv' is empty. Give a file that holds a table."),
    ("blank.csv", csv("\n\n  \n"), ValueError, "'blank.csv' is empty"),
    ("marked.csv", csv(b"\xef\xbb\xbf"), ValueError, "'marked.csv' is empty"),
    ("empty.parquet", csv(""), ValueError, "'empty.parquet' is empty"),
    ("empty.csv.gz", packed(gzip.compress, b""), ValueError, "'empty.csv.gz' is empty"),
    ("header.csv", csv("a,b,churn\n"), ValueError, "'header.csv' names 3 columns and has no rows"),
    ("header.tsv", csv("a\tb\tchurn"), ValueError, "'header.tsv' names 3 columns and has no rows"),
    ("rowless.parquet", lambda path: TABLE.head(0).to_parquet(path), ValueError, "names 3 columns and has no rows"),
    ("rowless.feather", lambda path: TABLE.head(0).to_feather(path), ValueError, "names 3 columns and has no rows"),
    ("rowless.xlsx", excel_of_a_header, ValueError, "names 3 columns and has no rows"),
    ("nothing.xlsx", excel_of_nothing, ValueError, "No sheet of 'nothing.xlsx' holds a table"),
    ("folder", folder, OSError, "is a folder. Name a file in it, or a pattern such as"),
    ("folder.csv", folder, OSError, "is a folder. Name a file in it, or a pattern such as"),
    ("locked.csv", unreadable, OSError, "'locked.csv' cannot be opened: permission denied. Make it readable"),
    ("loop.csv", loop_of_links, OSError, "'loop.csv' is a link that leads to no file"),
    ("pipe.csv", getattr(os, "mkfifo", folder), OSError, "'pipe.csv' is not a file that can be read twice"),
    ("picture.csv", csv(b"\x89PNG\r\n\x1a\n" + bytes(range(256))), ValueError, "it is a PNG picture. Give CSV, Parque"),
    ("paper.csv", csv(b"%PDF-1.7\n%\xe2\xe3"), ValueError, "it is a PDF document"),
    ("shop.csv", lambda path: sqlite3.connect(path).executescript("create table t(a); vacuum;").close(), ValueError,
     "it is an SQLite database (read it by --sql and --connection sqlite:///"),
    ("noise.csv", csv(bytes(range(256)) * 40), ValueError, "it is binary data"),
    ("beeps.csv", csv(bytes(range(1, 9)) * 400), ValueError, "it is binary data"),
    ("array.npy", lambda path: np.save(path, np.eye(3)), ValueError, "it is a NumPy array"),
    ("lfs.csv", csv("version https://git-lfs.github.com/spec/v1\n"), ValueError, "a pointer to a file in Git LFS"),
    ("table.pkl", lambda path: path.write_bytes(pickle.dumps(TABLE)), ValueError, "is a pickle, which is never read"),
    ("old.xls", csv("a,b"), ValueError, "files ending in .xls are not. Save the table as CSV, Parquet or Excel."),
    ("ole.xlsx", csv(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)), ValueError, "protected by a password, or in t"),
    ("damaged.xlsx", excel_damaged, ValueError, "'damaged.xlsx'"),
    ("text.xlsx", csv("a,b\n1,2\n"), ValueError, "'text.xlsx' is not a whole Excel file"),
    ("table.sav", csv("$FL2"), ValueError, "files ending in .sav are not"),
    ("cut.parquet", parquet_cut, ValueError, "'cut.parquet' is not a whole Parquet file: it was cut off"),
    ("scrambled.parquet", parquet_scrambled, ValueError, "'scrambled.parquet' cannot be read as Parquet"),
    ("text.parquet", csv("a,b\n1,2\n"), ValueError, "'text.parquet' is not a whole Parquet file"),
    ("cut.feather", feather_cut, ValueError, "'cut.feather' is not a whole Arrow file"),
    ("cut.csv.gz", lambda path: path.write_bytes(gzip.compress(b"a,b\n" + os.urandom(9_000).hex().encode())[:3_000]),
     ValueError, "'cut.csv.gz' cannot be read as gzip"),
    ("scrambled.gz", csv(b"\x1f\x8b\x08\x00" + bytes(40)), ValueError, "'scrambled.gz' cannot be read as gzip"),
    ("scrambled.zst", csv(b"\x28\xb5\x2f\xfd" + bytes(range(40))), ValueError, "'scrambled.zst' cannot be read as zst"),
    ("two.zip", zipped("a.csv", "b.csv"), ValueError, "The archive 'two.zip' holds 2 files, and one table is read"),
    ("none.zip", zipped(), ValueError, "The archive 'none.zip' holds no file"),
    ("scrambled.zip", csv(b"PK\x03\x04" + bytes(99)), ValueError, "'scrambled.zip' cannot be read as zip"),
    ("twice.gz", packed(gzip.compress, gzip.compress(b"a\n1\n")), ValueError, "it is an archive in an archive"),
    ("long.csv", csv("a,b\n1,2\n3,4,5\n6,7\n"), ValueError, "Line 3 of 'long.csv' has 3 values where 2 are expected"),
    ("short.csv", csv("a,b,c\n1,2,3\n4,5\n" + "6,7,8\n" * 9), ValueError, "Line 3 of 'short.csv' has 2 values where 3"),
    ("footer.csv", csv("a,b\n" + "1,2\n" * 50 + "total: 50\n"), ValueError, "Line 52 of 'footer.csv' has one value wh"),
    ("late.csv", csv("a,b\n" + "1,2\n" * 300_000 + "3,4,5\n"), ValueError, "Line 300,002 of 'late.csv' has 3 values"),
    ("open.csv", csv('a,b\n1,"x\n2,y\n3,z\n'), ValueError, "The quote that opens in line 2 of 'open.csv' never closes"),
    ("late-open.csv", csv("a,b\n" + "1,x\n" * 200_000 + '2,"y\n' + "3,z\n" * 9), ValueError,
     "The quote that opens in line 200,002 of 'late-open.csv' never closes"),
    ("wide.csv", csv(",".join(f"c{i}" for i in range(1_000_000)) + "\n" + "1," * 999_999 + "1\n"), ValueError,
     "'wide.csv' has 1,000,000 columns, and at most 100,000 are read"),
    ("wall.csv", csv("x" * (65 << 20)), ValueError, "The first line of 'wall.csv' is longer than 64 MB"),
    ("words.json", csv('"just a text"'), ValueError, "holds texts, and a table is read from objects"),
    ("numbers.json", csv("[1, 2, 3]"), ValueError, "holds a list of numbers, and a table is read from objects"),
    ("lists.json", csv("[[1, 2], [3, 4]]"), ValueError, "holds a list of lists"),
    ("none.json", csv("[]"), ValueError, "'none.json' is empty"),
    ("open.jsonl", csv('{"a": 1}\n{"a": 2\n'), ValueError, "'open.jsonl' is not JSON: Expecting"),
    ("trailing.json", csv('[{"a": 1},]'), ValueError, "'trailing.json' is not JSON"),
    ("deep.json", csv("[" * 200_000), ValueError, "'deep.json' is not JSON"),
    ("single.jsonl", csv('{"a": 1}\nnonsense\n'), ValueError, "'single.jsonl' is not JSON"),
]
PLACES = [
    ("chrun.csv", FileNotFoundError, "There is no file 'chrun.csv' in this folder. Did you mean 'churn.csv'?"),
    ("nowhere/churn.csv", FileNotFoundError, "there is no folder 'nowhere'. Check the path."),
    ("*.parqet", FileNotFoundError, "No file matches '*.parqet'"),
    ("chrun*.csv", FileNotFoundError, "No file matches 'chrun*.csv'. Did you mean 'churn.csv'?"),
    ("", FileNotFoundError, "There is no file"),
    ("a\0b.csv", FileNotFoundError, "There is no file"),
    ("x" * 300 + ".csv", OSError, "cannot be opened: file name too long"),
    ("churn.csv/more.csv", FileNotFoundError, "there is no folder 'churn.csv'"),
    ("mixed/*", ValueError, "are files of different kinds. Name one kind"),
    ("columns/*.csv", ValueError, "'b.csv' lacks the column 'town' that 'a.csv' has"),
    ("types/*.parquet", ValueError, "The files of 'types/*.parquet' do not go together"),
    ("http://127.0.0.1:1/a.csv", ConnectionError, "'http://127.0.0.1:1/a.csv' cannot be reached: connection refused"),
    ("https://ada:geheim@127.0.0.1:1/a.csv?token=geheim", ConnectionError, "'https://…@127.0.0.1:1/a.csv' cannot be"),
    ("http://no-such-host.invalid/a.csv", ConnectionError, "cannot be reached"),
    ("http://[::1/a.csv", ConnectionError, "cannot be reached"),
    ("gopher://host/a.csv", ConnectionError, "nothing here reads addresses that begin with gopher://"),
    ("s3://bucket/a.csv", ImportError, "Reading s3:// addresses needs the package s3fs. Install it: pip install s3fs"),
    ("memory://nothing/a.csv", ConnectionError, "'memory://nothing/a.csv' cannot be reached: there is no such file"),
    ("postgresql://ada:geheim@host/db", ConnectionError, "'postgresql://…@host/db' is a database. Say what to read"),
]
# fmt: on


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def assert_one_sentence(error, parent, said):
    assert isinstance(error, LeptonError)
    assert isinstance(error, parent)
    assert said in str(error)
    assert "\n" not in str(error)
    assert len(str(error)) < 400
    assert "geheim" not in str(error)
    assert type(error).__name__ in repr(pickle.loads(pickle.dumps(error)))


class TestFiles:
    @pytest.mark.mistake
    @pytest.mark.parametrize(("name", "write", "parent", "said"), FILES, ids=[row[0] for row in FILES])
    def test_a_file_that_holds_no_table_is_refused(self, here, name, write, parent, said):
        if write is unreadable and os.geteuid() == 0:
            pytest.skip("the remedy is for people who are not root")
        write(here / name)
        with pytest.raises(LeptonError) as caught:
            open_table(name)
        assert_one_sentence(caught.value, parent, said)

    @pytest.mark.mistake
    @pytest.mark.parametrize(("place", "parent", "said"), PLACES, ids=[row[0][:40] for row in PLACES])
    def test_a_place_where_nothing_is_is_told(self, here, place, parent, said):
        TABLE.to_csv("churn.csv", index=False)
        for name in ("mixed", "columns", "types"):
            (here / name).mkdir()
        TABLE.to_csv("mixed/a.csv")
        TABLE.to_parquet("mixed/b.parquet")
        TABLE.to_csv("columns/a.csv", index=False)
        TABLE.drop(columns="town").to_csv("columns/b.csv", index=False)
        TABLE.to_parquet("types/a.parquet")
        TABLE.assign(a=[[1], [2], [3]]).to_parquet("types/b.parquet")
        with pytest.raises(LeptonError) as caught:
            open_table(place)
        assert_one_sentence(caught.value, parent, said)

    def test_a_run_is_not_begun_on_them(self, here, home):
        for options in ({"table": "no.csv"}, {"table": TABLE, "test": "no.csv"}):
            with pytest.raises(LeptonError, match=r"There is no file 'no\.csv'"):
                fit(**options, target="churn", budget="1trials")
        assert not (home / "runs").exists()


class Trap:
    """A server that accepts and says nothing, as a port behind a firewall."""

    def __enter__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        return self.listener.getsockname()[1]

    def __exit__(self, *_):
        self.listener.close()


def ask(sql, connection, **params):
    return open_table(sql=sql, connection=connection, params=params)


@pytest.fixture
def sqlite(here):
    TABLE.to_sql("customers", f"sqlite:///{here}/shop.db", index=False)
    return f"sqlite:///{here}/shop.db"


# fmt: off
STATEMENTS = [
    ("selct * from customers", ValueError, "'SELCT' does not read rows, and nothing else is run here: write a select"),
    ("select * form customers", ConnectionError, "The database refused the statement: near \"form\": syntax error."),
    ("select * from custmers", ConnectionError, "The database refused the statement: no such table: custmers."),
    ("select twn from customers", ConnectionError, "no such column: twn"),
    ("select 'x", ConnectionError, "The database refused the statement"),
    ("delete from customers", ValueError, "'DELETE' does not read rows"),
    ("-- select\ndrop table customers", ValueError, "'DROP' does not read rows"),
    ("/* select */ update customers set a = 1", ValueError, "'UPDATE' does not read rows"),
    ("with x as (select 1) insert into customers select 1, 'x', 0", ConnectionError, "attempt to write a readonly"),
    ("select 1; drop table customers", ConnectionError, "You can only execute one statement at a time"),
    ("", ValueError, "The SQL is empty: write a select"),
    ("-- nothing", ValueError, "The SQL is empty: write a select"),
    ("select * from customers where a > 99", ValueError, "The select has 3 columns and no rows. Widen its conditions."),
    ("select * from customers where a > :lowest", ValueError, "The SQL asks for :lowest, which has no value. Did you "),
    ("select * from customers where a > :zzz", ValueError, "asks for :zzz, which has no value. Give it a value: a var"),
    ("select * from customers where a > :frame", ValueError, "The value of :frame is a DataFrame, which no database t"),
    ("select * from customers where a in :lists", ValueError, "The value of :lists is a list, which no database takes"),
]
CONNECTIONS = [
    (None, ValueError, "SQL needs a database to ask: add --connection URL"),
    (5, ValueError, "A int is not a connection. Give a URL such as postgresql://user@host/database"),
    ("no url", ValueError, "The connection is not a URL that can be read. Write postgresql://user:password@host"),
    ("postgresql://ada:geheim@host:port/db", ValueError, "The connection is not a URL that can be read"),
    ("oracel://ada:geheim@host/db", ValueError, "Nothing here speaks to 'oracel' databases. Use postgresql://"),
    ("postgresql+psycopg2://ada:geheim@host/db", ImportError, "needs the package psycopg2. Install it: pip install"),
    ("mysql+mysqldb://ada:geheim@host/db", ImportError, "Asking a mysql database needs the package mysqlclient"),
    ("$LEPTON_NO_SUCH_VARIABLE", ValueError, "The environment variable 'LEPTON_NO_SUCH_VARIABLE' is not set"),
    ("sqlite:////no/such/folder/shop.db", ConnectionError, "No connection to 'sqlite:////no/such/folder/shop.db': una"),
    ("postgresql://ada:geheim@127.0.0.1:1/db", ConnectionError, "No connection to 'postgresql://127.0.0.1:1/db'"),
    ("postgresql://ada:geheim@no-such-host.invalid/db", ConnectionError, "No connection to 'postgresql://no-such-host"),
    ("mariadb://ada:geheim@127.0.0.1:1/db", ConnectionError, "No connection to 'mariadb://127.0.0.1:1/db'"),
    ("mariadb://ada:geheim@no-such-host.invalid/db", ConnectionError, "No connection to 'mariadb://no-such-host"),
]
# fmt: on


class TestSql:
    @pytest.mark.mistake
    @pytest.mark.parametrize(("sql", "parent", "said"), STATEMENTS, ids=[row[0][:40] or "empty" for row in STATEMENTS])
    def test_a_statement_that_gives_no_rows_is_refused_and_changes_nothing(self, sqlite, sql, parent, said):
        with pytest.raises(LeptonError) as caught:
            ask(sql, sqlite, lowst=1, frame=TABLE, lists=[[1], [2]])
        assert_one_sentence(caught.value, parent, said)
        assert len(ask("select * from customers", sqlite)) == len(TABLE)

    @pytest.mark.mistake
    @pytest.mark.parametrize(("url", "parent", "said"), CONNECTIONS, ids=[str(row[0])[:40] for row in CONNECTIONS])
    def test_a_database_that_cannot_be_asked_is_told_without_its_password(self, url, parent, said):
        with pytest.raises(LeptonError) as caught:
            ask("select 1 as one", url)
        assert_one_sentence(caught.value, parent, said)

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            ({"table": TABLE, "sql": "select 1", "connection": "sqlite://"}, "A table and --sql exclude each other"),
            ({"table": TABLE, "connection": "sqlite://"}, 'A connection alone reads nothing: add --sql "select …"'),
            ({"sql": 5, "connection": "sqlite://"}, "A int is not SQL"),
            ({"sql": "select 1"}, "SQL needs a database to ask"),
        ],
    )
    def test_arguments_that_do_not_go_together_are_refused(self, arguments, said):
        with pytest.raises(ValueError, match=said.replace("(", r"\(")) as caught:
            open_table(**arguments)
        assert_one_sentence(caught.value, ValueError, said)


# fmt: off
POSTGRES_STATEMENTS = [
    ("select * form t", "syntax error at or near"),
    ("select * from no_such_table", 'relation "no_such_table" does not exist'),
    ("with x as (delete from lepton_test_bad returning *) select * from x", "must not contain data-modifying statemen"),
    ("select setval('lepton_test_numbers', 9) as x", "cannot execute setval() in a read-only transaction"),
    ("select 1; drop table lepton_test_bad", "cannot insert multiple commands into a prepared statement"),
    ("select 1/0 as x", "division by zero"),
    ("select 1/(5 - n) as x from generate_series(1, 9) as t(n)", "division by zero"),
]
# fmt: on


class TestPostgres:
    @pytest.mark.parametrize(("sql", "said"), POSTGRES_STATEMENTS, ids=[row[0][:40] for row in POSTGRES_STATEMENTS])
    def test_what_the_database_says_is_passed_on(self, postgres, sql, said):
        engine = sqlalchemy.create_engine(postgres.replace("sql:", "sql+psycopg:"), poolclass=sqlalchemy.pool.NullPool)
        TABLE.to_sql("lepton_test_bad", engine, index=False, if_exists="replace")
        with engine.begin() as connection:
            connection.exec_driver_sql("create sequence if not exists lepton_test_numbers")
        with pytest.raises(LeptonError) as caught:
            ask(sql, postgres)
        assert_one_sentence(caught.value, ConnectionError, said)
        assert len(ask("select * from lepton_test_bad", postgres)) == len(TABLE)

    def test_an_unknown_user_or_database_is_told(self, postgres):
        with pytest.raises(ConnectionError) as caught:
            ask("select 1 as x", postgres.replace("/test", "/no_such_database"))
        assert_one_sentence(caught.value, ConnectionError, 'database "no_such_database" does not exist')
        with pytest.raises(ConnectionError) as caught:
            ask("select 1 as x", postgres.replace("postgres@", "nobody:geheim@"))
        assert_one_sentence(caught.value, ConnectionError, 'role "nobody" does not exist')

    def test_a_connection_that_is_lost_while_rows_come_is_told_with_how_many_came(self, postgres):
        from lepton_jupyter.data.sql_tables import SqlTable

        killer = sqlalchemy.create_engine(postgres.replace("sql:", "sql+psycopg:"), poolclass=sqlalchemy.pool.NullPool)
        source = SqlTable(
            "select pg_backend_pid() as pid, n, repeat('x', 1000) as t from generate_series(1, 2000000) as s(n)",
            postgres,
        )
        batches = source.batches()
        pid = next(batches).column("pid")[0].as_py()
        with killer.connect() as connection:
            assert connection.execute(sqlalchemy.text("select pg_terminate_backend(:pid)"), {"pid": pid}).scalar()
        with pytest.raises(ConnectionError) as caught:
            list(batches)
        assert_one_sentence(
            caught.value, ConnectionError, "The connection to 'postgresql://localhost:5432/test' was los"
        )
        assert "rows. Run the line again." in str(caught.value)

    def test_a_server_that_says_nothing_is_given_up(self, monkeypatch):
        from lepton_jupyter.data import sql_connections

        monkeypatch.setattr(sql_connections, "_CONNECT_SECONDS", 2)
        with Trap() as port, pytest.raises(ConnectionError) as caught:
            ask("select 1 as x", f"postgresql://ada:geheim@127.0.0.1:{port}/db")
        assert_one_sentence(caught.value, ConnectionError, "No connection to")


class TestMariaDB:
    @pytest.mark.parametrize(
        ("sql", "said"),
        [
            ("select * form t", "You have an error in your SQL syntax"),
            ("select * from no_such_table", "Table 'test.no_such_table' doesn't exist"),
            ("select lepton_no_such_function() as x", "does not exist"),
            ("select 1 as x; drop table lepton_test_bad", "You have an error in your SQL syntax"),
        ],
    )
    def test_what_the_database_says_is_passed_on(self, mariadb, sql, said):
        with pytest.raises(LeptonError) as caught:
            ask(sql, mariadb)
        assert_one_sentence(caught.value, ConnectionError, said)

    def test_a_wrong_password_is_told_and_not_shown(self, mariadb):
        with pytest.raises(ConnectionError) as caught:
            ask("select 1 as x", mariadb.replace("root@", "root:geheim@"))
        assert_one_sentence(caught.value, ConnectionError, "Access denied for user 'root'@'")

    def test_a_connection_that_is_lost_while_rows_come_is_told(self, mariadb):
        from lepton_jupyter.data.sql_tables import SqlTable

        killer = sqlalchemy.create_engine(
            mariadb.replace("mariadb:", "mariadb+pymysql:"), poolclass=sqlalchemy.pool.NullPool
        )
        batches = SqlTable(
            "select connection_id() as pid, seq, repeat('x', 1000) as t from seq_1_to_2000000", mariadb
        ).batches()
        pid = next(batches).column("pid")[0].as_py()
        with killer.connect() as connection:
            connection.execute(sqlalchemy.text(f"kill {int(pid)}"))
        with pytest.raises(ConnectionError) as caught:
            list(batches)
        assert_one_sentence(caught.value, ConnectionError, "was lost after")


def test_the_battery_is_as_large_as_it_is_said_to_be():
    assert len(FILES) + len(PLACES) + len(STATEMENTS) + len(CONNECTIONS) + len(POSTGRES_STATEMENTS) >= 110
