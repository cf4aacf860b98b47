"""Tables from anywhere: what the board says of them, that no secret is kept, and where predictions go."""

from __future__ import annotations

from pathlib import Path

import dask.dataframe as dd
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import sqlalchemy

from lepton_jupyter import fit, profile
from lepton_jupyter.data import table_writing
from lepton_jupyter.data.opened_table import OpenedTable
from lepton_jupyter.events.run_events import RunStarted, SampleDrawn, WarningRaised
from lepton_jupyter.exceptions.automl_errors import TableChangedError
from lepton_jupyter.exceptions.lepton_error import LeptonError
from lepton_jupyter.notebook import tables
from lepton_jupyter.notebook.comparing import compare
from lepton_jupyter.notebook.evaluating import evaluate
from lepton_jupyter.notebook.library import show_run
from lepton_jupyter.notebook.prediction import predict
from lepton_jupyter.notebook.resuming import resume_run
from lepton_jupyter.notebook.session import current_session
from lepton_jupyter.notebook.tables import open_table


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def notes_of(run):
    return [logged.event.text for logged in run.events if isinstance(logged.event, WarningRaised)]


def started(run):
    return next(logged.event for logged in run.events if isinstance(logged.event, RunStarted))


def quick(table=None, **options):
    return fit(table, target="churn", budget="2trials", folds=2, learners=["linear"], wait=True, **options)


@pytest.fixture
def little_memory(monkeypatch):
    """Leave a table of the tests a few kilobytes."""
    from lepton_jupyter.execution.free_memory import free_memory

    monkeypatch.setattr(tables, "_SHARE", 6_000 / free_memory())


class TestOpening:
    @pytest.mark.parametrize(
        "make",
        [
            lambda t: t,
            pl.from_pandas,
            lambda t: pl.from_pandas(t).lazy(),
            pa.Table.from_pandas,
            lambda t: dd.from_pandas(t, npartitions=3),
            lambda t: t.to_dict(orient="list"),
            OpenedTable,
        ],
        ids=["pandas", "polars", "lazy polars", "Arrow", "Dask", "dict", "opened"],
    )
    def test_every_frame_gives_the_same_rows(self, churn, make):
        opened = open_table(make(churn))
        assert opened.columns == list(churn.columns)
        assert opened.frame["bill"].sum() == pytest.approx(churn["bill"].sum())
        assert opened.frame["plan"].astype(str).tolist() == churn["plan"].tolist()

    def test_columns_of_arrays_are_known_by_place(self):
        assert not open_table(np.eye(3)).named
        assert open_table({"a": [1]}).named

    def test_a_path_may_be_a_path_object_or_text(self, churn):
        churn.to_csv("churn.csv", index=False)
        assert len(open_table(Path("churn.csv"))) == len(open_table(str(Path("churn.csv").absolute()))) == len(churn)

    def test_a_path_from_home(self, churn, here, monkeypatch):
        monkeypatch.setenv("HOME", str(here))
        churn.to_csv("churn.csv", index=False)
        assert len(open_table("~/churn.csv")) == len(churn)

    def test_nested_and_odd_values_become_what_can_be_learnt(self):
        odd = pa.table({
            "place": [{"town": "Ulm", "at": {"x": 1.5}}, {"town": "Bonn", "at": None}],
            "tags": [["a", "b"], None],
            "price": pa.array(["1.50", "2.25"]).cast(pa.decimal128(8, 2)),
            "day": pa.array([19_000, None], pa.date32()),
            "at": pa.array([3_600, 60], pa.time32("s")),
            "raw": [b"\x00\xff", None],
            "nothing": pa.nulls(2),
            "kind": pa.array(["u", "v"]).dictionary_encode(),
        })  # fmt: skip
        pa.parquet.write_table(odd, "odd.parquet")
        opened = open_table("odd.parquet")
        frame = opened.frame
        assert set(frame.columns[:4]) == {"place.town", "place.at.x", "tags", "price"}
        assert frame["place.at.x"].tolist()[0] == 1.5
        assert frame["tags"].tolist()[0] == '["a", "b"]'
        assert frame["price"].tolist() == [1.5, 2.25]
        assert frame["day"].dtype.kind == "M"
        assert frame["at"].tolist() == ["01:00:00", "00:01:00"]
        assert frame["nothing"].isna().all()
        assert opened.notes == (
            "odd.parquet holds nested values ('place', 'tags'): the fields of records became columns of their own, "
            "lists became text.",
        )

    def test_time_zones_that_differ_are_read(self):
        Path("zones.csv").write_text(
            "at,churn\n2024-03-31T01:30:00+01:00,0\n2024-03-31T03:30:00+02:00,1\n2024-03-31T01:30:00Z,0\n"
        )
        assert open_table("zones.csv").frame["at"].dt.tz is not None
        Path("mixed.csv").write_text("at,churn\n2024-03-31T01:30:00+01:00,0\n2024-03-31 03:30:00,1\n")
        assert len(open_table("mixed.csv")) == 2

    def test_numbers_that_turn_out_otherwise_late_in_a_file_are_text_for_all(self, little_memory):
        rows = [f"{place},{place}" for place in range(200_000)]
        rows[-1] = "many,1.5"
        Path("late.csv").write_text("a,b\n" + "\n".join(rows))
        opened = open_table("late.csv")
        assert opened.n_drawn is not None
        assert opened.frame["a"].map(type).eq(str).all()

    @pytest.mark.parametrize("large", [False, True])
    def test_a_file_that_is_utf8_only_at_first_is_read_in_its_encoding(self, large, request):
        if large:
            request.getfixturevalue("little_memory")
        lines = [f"{place};town {place}" for place in range(150_000)]
        lines[-3:] = ["1;Köln", "2;Größe", "3;Müller"]
        Path("late.csv").write_text("a;town\n" + "\n".join(lines), encoding="cp1252")
        opened = open_table("late.csv")
        assert (opened.n_drawn is not None) == large
        assert opened.notes[0] == "late.csv was read as text in cp1252, separated by semicolons."
        if not large:
            assert opened.frame["town"].tolist()[-1] == "Müller"

    def test_an_engine_of_the_persons_own_can_write_as_before(self, churn, mariadb):
        for engine in (
            sqlalchemy.create_engine("sqlite://", poolclass=sqlalchemy.pool.StaticPool),
            sqlalchemy.create_engine(mariadb.replace("mariadb:", "mariadb+pymysql:")),
        ):
            churn.to_sql("lepton_test_own", engine, index=False, if_exists="replace")
            assert len(open_table(sql="select * from lepton_test_own", connection=engine)) == len(churn)
            churn.head(3).to_sql("lepton_test_own", engine, index=False, if_exists="append")
            assert len(open_table(sql="select * from lepton_test_own", connection=engine)) == len(churn) + 3
            engine.dispose()

    def test_a_million_columns_are_refused(self):
        with pytest.raises(LeptonError, match="has 1,000,000 columns, and at most 100,000 are read"):
            open_table(np.zeros((2, 1_000_000)))


def test_a_profile_of_a_file_says_how_it_was_read(churn, little_memory):
    churn.to_csv("kunden.csv", index=False, sep=";")
    found = profile("kunden.csv", target="churn", against=churn)
    assert found.message.table == "kunden.csv"
    assert "separated by semicolons" in repr(found)
    assert "of 240 rows were drawn at random" in repr(found)


class TestFitting:
    def test_the_board_names_the_file_and_says_how_it_was_read(self, churn):
        churn.to_csv("kunden.csv", index=False, sep=";", decimal=",")
        run = quick("kunden.csv")
        assert started(run).table_name == "kunden.csv"
        assert "kunden.csv was read as separated by semicolons, decimal commas." in notes_of(run)

    def test_a_table_too_large_is_drawn_from_and_the_board_says_so(self, churn, little_memory):
        churn.to_parquet("churn.parquet")
        run = quick("churn.parquet")
        [said] = [note for note in notes_of(run) if "drawn" in note]
        assert "of 240 rows were drawn at random, since all would need" in said
        assert started(run).n_rows < 240
        [drawn] = [each.event for each in run.events if isinstance(each.event, SampleDrawn)]
        assert (drawn.n_table_rows, drawn.n_rows, drawn.reason) == (240, started(run).n_rows, "memory")
        assert drawn.by_class
        assert drawn.table_bytes > drawn.limit_bytes > 0

    def test_a_run_on_a_drawn_table_goes_on_with_the_same_rows(self, churn, monkeypatch, little_memory):
        churn.to_csv("churn.csv", index=False)
        run = quick("churn.csv", seed=5)
        monkeypatch.setattr(tables, "_SHARE", 0.25)
        monkeypatch.chdir("/")
        resumed = resume_run(run.id, budget="3trials", wait=True)
        assert resumed.id == run.id
        assert started(run).n_rows < 240

    def test_a_file_that_has_changed_is_refused(self, churn):
        churn.to_csv("churn.csv", index=False)
        run = quick("churn.csv")
        churn.assign(bill=1.0).to_csv("churn.csv", index=False)
        with pytest.raises(TableChangedError):
            resume_run(run.id, budget="3trials", wait=True)

    def test_a_held_out_file_is_scored(self, churn):
        churn.head(60).to_csv("test.csv", index=False)
        run = quick(churn, test="test.csv")
        assert run.events[-1].event.test_score is not None

    def test_a_select_is_fitted_with_bound_values_and_no_secret_is_kept(self, churn, postgres, home):
        engine = sqlalchemy.create_engine(postgres.replace("sql:", "sql+psycopg:"), poolclass=sqlalchemy.pool.NullPool)
        churn.to_sql("lepton_test_churn", engine, index=False, if_exists="replace")
        url = postgres.replace("postgres@", "postgres:geheim@")
        sql = "select * from lepton_test_churn where tenure >= :least and plan in :plans"
        run = quick(sql=sql, connection=url, params={"least": 3, "plans": ["basic", "plus"]})
        expected = churn[(churn["tenure"] >= 3) & churn["plan"].isin(["basic", "plus"])]
        assert started(run).n_rows == len(expected)
        for file in home.rglob("*"):
            if file.is_file():
                assert b"geheim" not in file.read_bytes(), file
        resumed = resume_run(
            run.id, sql=sql, connection=engine, params={"least": 3, "plans": ("basic", "plus")}, budget="3trials",
            wait=True,
        )  # fmt: skip
        assert resumed.id == run.id

    def test_a_value_is_never_part_of_the_statement(self, churn):
        churn.to_sql("t", f"sqlite:///{Path.cwd()}/shop.db", index=False)
        for value in ("' or 1=1 --", "basic'; drop table t; --"):
            with pytest.raises(LeptonError, match="no rows"):
                open_table(sql="select * from t where plan = :plan", connection="sqlite:///shop.db",
                           params={"plan": value})  # fmt: skip
        found = open_table(
            sql="select * from t where plan = :plan and tenure > :low", connection="sqlite:///shop.db",
            params={"plan": "basic", "low": np.int64(3)},
        )  # fmt: skip
        assert len(found) == ((churn["plan"] == "basic") & (churn["tenure"] > 3)).sum()

    def test_the_url_may_stand_in_the_environment(self, monkeypatch):
        monkeypatch.setenv("LEPTON_TEST_DATABASE", "sqlite://")
        assert len(open_table(sql="select 1 as x", connection="$LEPTON_TEST_DATABASE")) == 1

    def test_an_address_is_kept_without_its_secret(self, churn, home, tmp_path):
        import fsspec

        with fsspec.open("memory://lepton/churn.csv", "w") as file:
            churn.to_csv(file, index=False)
        quick("memory://lepton/churn.csv")
        [folder] = (home / "runs").iterdir()
        assert '"table_place": null' in (folder / "settings.json").read_text()


@pytest.fixture(scope="class")
def fitted(tmp_path_factory, churn_table):
    """A finished run and its table."""
    table = churn_table(120)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("LEPTON_HOME", str(tmp_path_factory.mktemp("past")))
        current_session.cache_clear()
        return fit(table, target="churn", budget="2trials", folds=2, learners=["linear"], wait=True), table


@pytest.fixture
def run_and_table(fitted, monkeypatch):
    run, table = fitted
    monkeypatch.setenv("LEPTON_HOME", str(run._folder.path.parents[1]))
    current_session.cache_clear()
    return run, table


READERS = {
    "csv": pd.read_csv,
    "tsv": lambda path: pd.read_csv(path, sep="\t"),
    "csv.gz": pd.read_csv,
    "parquet": pd.read_parquet,
    "feather": pd.read_feather,
    "jsonl": lambda path: pd.read_json(path, lines=True),
    "xlsx": pd.read_excel,
}


class TestPredicting:
    def test_a_file_is_predicted_as_its_table_is(self, run_and_table):
        run, table = run_and_table
        table.to_csv("new.csv", index=False)
        expected = predict(table, run=run)
        assert predict("new.csv", run=run).tolist() == expected.tolist()
        assert predict(dd.from_pandas(table, npartitions=4), run=run).tolist() == expected.tolist()
        assert predict(np.asarray(table.drop(columns="churn"), dtype=object), run=run).tolist() == expected.tolist()

    @pytest.mark.parametrize("name", ["new.csv", "new.parquet", "new.jsonl"])
    def test_what_does_not_fit_is_predicted_in_parts_and_whole(self, run_and_table, little_memory, name):
        run, table = run_and_table
        many = pd.concat([table] * 40, ignore_index=True)
        {"csv": lambda: many.to_csv(name, index=False), "parquet": lambda: many.to_parquet(name, row_group_size=900),
         "jsonl": lambda: many.to_json(name, orient="records", lines=True, date_format="iso")}[name[4:]]()  # fmt: skip
        found = predict(name, run=run)
        assert found.index.equals(many.index)
        assert found.tolist() == predict(many, run=run).tolist()

    @pytest.mark.parametrize("ending", READERS)
    def test_predictions_are_written_with_the_index(self, run_and_table, ending, capsys):
        run, table = run_and_table
        rows = table.set_index(pd.Index(range(1000, 1120), name="customer"))
        found = predict(rows, run=run, to=f"out.{ending}")
        assert capsys.readouterr().out.startswith(f"Wrote 120 predictions to out.{ending} (")
        written = READERS[ending](f"out.{ending}")
        assert written.columns.tolist() == ["customer", "predicted_churn"]
        assert written["customer"].tolist() == list(range(1000, 1120))
        assert written["predicted_churn"].tolist() == found.tolist()
        assert [each.name for each in Path().iterdir()] == [f"out.{ending}"]

    def test_columns_are_kept_and_probabilities_named(self, run_and_table):
        run, table = run_and_table
        predict(table, run=run, proba=True, to="out.csv", keep=["plan", "tenure"])
        written = pd.read_csv("out.csv")
        assert written.columns.tolist() == ["plan", "tenure", "probability_no", "probability_yes"]
        assert written["plan"].tolist() == table["plan"].tolist()

    def test_an_earlier_file_stays_whole_if_writing_fails(self, run_and_table, monkeypatch):
        run, table = run_and_table
        Path("out.csv").write_text("before")

        def half(frame, place):
            place.write_text("half")
            raise OSError(28, "No space left on device")

        monkeypatch.setitem(table_writing._WRITERS, ".csv", half)
        with pytest.raises(OSError, match=r"'out\.csv' was not written: no space left on device"):
            predict(table, run=run, to="out.csv")
        assert Path("out.csv").read_text() == "before"
        assert [each.name for each in Path().iterdir()] == ["out.csv"]

    def test_text_that_looks_like_a_formula_stays_text(self, run_and_table):
        import openpyxl

        run, table = run_and_table
        predict(table.assign(plan="=1+1"), run=run, to="out.xlsx", keep=["plan"])
        cell = openpyxl.load_workbook("out.xlsx").active["A2"]
        assert (cell.data_type, cell.value) == ("s", "=1+1")

    @pytest.mark.parametrize("database", ["sqlite", "postgres", "mariadb"])
    def test_predictions_become_a_table_that_gives_way_only_if_told(self, run_and_table, database, request, capsys):
        run, table = run_and_table
        url = "sqlite:///out.db" if database == "sqlite" else request.getfixturevalue(database)
        predict(table, run=run, to="lepton_test_out", connection=url, keep="plan", replace=True)
        assert "Wrote 120 predictions to table lepton_test_out of" in capsys.readouterr().out
        with pytest.raises(LeptonError, match="There is a table 'lepton_test_out' already"):
            predict(table.head(5), run=run, to="lepton_test_out", connection=url)
        assert len(open_table(sql="select * from lepton_test_out", connection=url)) == 120
        predict(table.head(5), run=run, to="lepton_test_out", connection=url, keep="plan", replace=True)
        written = open_table(sql="select * from lepton_test_out", connection=url).frame
        assert written.columns.tolist() == ["plan", "predicted_churn"]
        assert len(written) == 5
        assert not [name for name in names_of_tables(url) if "unfinished" in name]

    def test_a_select_is_predicted_into_a_table_beside_it(self, run_and_table):
        run, table = run_and_table
        table.to_sql("t", f"sqlite:///{Path.cwd()}/shop.db", index=False)
        predict(sql="select * from t where tenure > :low", params={"low": 5}, connection="sqlite:///shop.db", run=run,
                to="scores", keep="tenure")  # fmt: skip
        assert len(open_table(sql="select * from scores", connection="sqlite:///shop.db")) == (table.tenure > 5).sum()


def names_of_tables(url):
    engine = sqlalchemy.create_engine(
        url.replace("postgresql:", "postgresql+psycopg:").replace("mariadb:", "mariadb+pymysql:"),
        poolclass=sqlalchemy.pool.NullPool,
    )
    return sqlalchemy.inspect(engine).get_table_names()


# fmt: off
DESTINATIONS = [
    ({"to": "out.xyz"}, ValueError, "'out.xyz' is neither a file nor a table: end it in .csv, .tsv, .parquet"),
    ({"to": "scores"}, ValueError, "'scores' is neither a file nor a table"),
    ({"to": ""}, ValueError, "is neither a file nor a table"),
    ({"to": "nowhere/out.csv"}, OSError, "'nowhere/out.csv' was not written: there is no folder 'nowhere'. Make it fi"),
    ({"to": "folder.csv"}, OSError, "'folder.csv' was not written: it is a folder. Name a file in it."),
    ({"to": "x" * 300 + ".csv"}, OSError, "was not written: file name too long. Choose another place"),
    ({"to": "a\0.csv"}, OSError, "was not written"),
    ({"to": "/proc/out.csv"}, OSError, "'/proc/out.csv' was not written"),
    ({"to": "out.csv", "keep": ["plna"]}, ValueError, "There is no column 'plna' to keep. Did you mean 'plan'?"),
    ({"to": "out.csv", "replace": True}, ValueError, "--replace is for tables of a database; the file 'out.csv' is re"),
    ({"keep": ["plan"]}, ValueError, "--keep says how predictions are written: name a place for them, such as --to"),
    ({"replace": True}, ValueError, "--replace says how predictions are written"),
    ({"connection": "sqlite://"}, ValueError, 'A connection alone reads nothing: add --sql "select …".'),
    ({"to": "t", "connection": "postgresql://ada:geheim@127.0.0.1:1/db"}, ConnectionError, "No connection to 'postgre"),
    ({"to": "t", "connection": "sqlite:////no/such/folder.db"}, ConnectionError, "No connection to 'sqlite:////no/such"),
    ({"to": "t", "connection": "nonsense"}, ValueError, "The connection is not a URL that can be read"),
    ({"to": "no_schema.t", "connection": "sqlite://"}, ConnectionError, "Table 'no_schema.t' was not written"),
]
# fmt: on


@pytest.mark.mistake
@pytest.mark.parametrize(("options", "parent", "said"), DESTINATIONS, ids=[str(row[0])[:50] for row in DESTINATIONS])
class TestBadDestinations:
    def test_a_destination_that_cannot_be_is_refused_and_nothing_is_left(self, run_and_table, options, parent, said):
        run, table = run_and_table
        Path("folder.csv").mkdir()
        with pytest.raises(LeptonError) as caught:
            predict(table, run=run, **options)
        assert isinstance(caught.value, parent)
        assert said in str(caught.value)
        assert "geheim" not in str(caught.value)
        assert "\n" not in str(caught.value)
        assert [each.name for each in Path().iterdir()] == ["folder.csv"]


def test_runs_on_files_are_judged_and_compared_from_files(churn):
    churn.to_csv("churn.csv", index=False)
    churn.sample(frac=0.5, random_state=1).assign(bill=1.0).to_csv("newer.csv", index=False, sep=";")
    run, other = quick("churn.csv"), quick("churn.csv", seed=0)
    found = evaluate("newer.csv", run=run)
    assert any("newer.csv was read as separated by semicolons" in notice for notice in found.message.notices)
    again = show_run(run.id, trust=True)  # as another kernel opens it: its rows are in the file alone
    assert evaluate(run=again).message.n_rows == len(churn)
    assert compare(run, other, test="newer.csv").message.notices[0].startswith("In the test table: newer.csv was read")
