"""``%lepton prepare`` and its twin in Python: plan, passes, rows, recipe, log, and one sentence for what is wrong."""

from __future__ import annotations

import itertools
import json
import re
from typing import ClassVar

import dask
import dask.dataframe
import nbformat
import numpy as np
import pandas as pd
import pytest
from nbclient import NotebookClient
from preprocessing.messy_tables import TOWNS, messy_table, write_partitions

from lepton_jupyter import fit, prepare
from lepton_jupyter.events.encoding import decode_message
from lepton_jupyter.events.preparation_events import PartitionRejected, PassFinished, PreparationPlanned
from lepton_jupyter.exceptions.automl_errors import NoRunError
from lepton_jupyter.exceptions.data_errors import DuplicateColumnsError, UnknownColumnError
from lepton_jupyter.exceptions.fold_step_errors import FoldStepError
from lepton_jupyter.exceptions.lepton_error import LeptonError
from lepton_jupyter.exceptions.prediction_errors import InvalidRecipeError
from lepton_jupyter.exceptions.preparation_errors import (
    BadPartitionError,
    NoColumnLeftError,
    PartitionCodeError,
    PreparedFolderError,
    RowConditionError,
    UnknownStepError,
)
from lepton_jupyter.exceptions.settings_errors import InvalidSettingError
from lepton_jupyter.exceptions.sql_errors import SqlUsageError
from lepton_jupyter.notebook.library import find_run, list_runs, show_run
from lepton_jupyter.notebook.prepared_table import PreparationPlan, Prepared
from lepton_jupyter.notebook.resuming import resume_run
from lepton_jupyter.notebook.session import current_session
from lepton_jupyter.notebook.tables import open_table
from lepton_jupyter.preprocessing.preparation_recipe import PreparationRecipe
from lepton_jupyter.runs.log_reading import read_log

N_ROWS = 300


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("orders")
    write_partitions(place, 4, N_ROWS)
    return place


@pytest.fixture(scope="module")
def whole():
    return pd.concat([messy_table(N_ROWS, seed) for seed in range(4)], ignore_index=True)


def last_log():
    newest = current_session().store.list()[0]
    return [logged.event for logged in read_log(newest.events).events]


class TestPlan:
    def test_a_dry_run_plans_and_reads_little(self, folder):
        before = len(current_session().store.list())
        plan = prepare(folder, target="returned", dry_run=True)
        assert isinstance(plan, PreparationPlan)
        assert plan.message.state == "planned"
        assert "price" in repr(plan)
        assert "<script" not in plan._repr_html_()
        assert set(plan.columns["step"]) >= {"numbers", "dates", "categories", "constants", "identifiers"}
        assert len(current_session().store.list()) == before

    def test_steps_can_be_left_out_of_all_columns_or_of_one(self, folder):
        plan = prepare(folder, dry_run=True, without=["dates", "age:missing"])
        becomes = plan.columns.drop_duplicates("column").set_index("column")["becomes"]
        assert becomes["day"] == "text"
        off = plan.columns[~plan.columns["on"]]
        assert set(zip(off["column"], off["step"], strict=True)) == {("day", "dates"), ("age", "missing")}


class TestRows:
    def test_a_folder_of_files_becomes_one_clean_table(self, folder, whole):
        clean = prepare(folder, target="returned")
        assert isinstance(clean, Prepared)
        assert clean.shape == (4 * N_ROWS, 7)
        frame = clean.compute()
        assert set(frame["town"].dropna()) == set(TOWNS)
        assert frame["age"].isna().sum() == (whole["age"] == -999).sum()
        assert frame["returned"].tolist() == whole["returned"].tolist()
        assert frame["returned"].dtype == np.int64
        pd.testing.assert_frame_equal(clean.recipe.transform(whole), frame)
        computed = clean.to_dask().compute(scheduler="synchronous").reset_index(drop=True)
        # An older Dask holds texts as pyarrow's strings, whatever its partitions gave.
        pd.testing.assert_frame_equal(computed.astype(frame.dtypes).fillna(np.nan), frame.fillna(np.nan))
        pd.testing.assert_frame_equal(clean.head(7), frame.head(7))

    @pytest.mark.parametrize("kind", ["csv", "frame", "dask", "pattern"])
    def test_whatever_holds_the_rows_the_result_is_the_same(self, folder, whole, kind, tmp_path):
        if kind == "csv":
            write_partitions(tmp_path, 4, N_ROWS, form="csv")
        table = {
            "csv": tmp_path,
            "frame": whole,
            "dask": dask.dataframe.from_pandas(whole, npartitions=3, sort=False),
            "pattern": str(folder / "part-*.parquet"),
        }[kind]
        found = prepare(table, target="returned").compute().reset_index(drop=True)
        pd.testing.assert_frame_equal(found, prepare(folder, target="returned").compute())

    def test_a_folder_gets_a_file_for_each_partition_and_the_recipe(self, folder, tmp_path):
        clean = prepare(folder, to=tmp_path / "clean", where="price > 50 and town in ('Ulm', 'Berlin', 'BERLIN')")
        names = sorted(path.name for path in (tmp_path / "clean").iterdir())
        assert names == ["_recipe.json", *(f"part-{place:05d}.parquet" for place in range(4))]
        frame = clean.compute()
        assert len(frame) == len(clean) > 0
        assert frame["price"].min() > 50
        pd.testing.assert_frame_equal(open_table(str(tmp_path / "clean")).frame, frame)
        loaded = PreparationRecipe.load(tmp_path / "clean" / "_recipe.json")
        assert loaded.to_json() == clean.recipe.to_json()

    def test_a_folder_is_shown_as_it_would_be_typed(self, folder, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        assert "columns in clean/all; .plan says" in repr(prepare(folder, to="clean/all")).replace("\\", "/")
        assert str(tmp_path.parent / "other") in repr(prepare(folder, to=tmp_path.parent / "other" / tmp_path.name))

    def test_a_prepared_table_is_fitted_like_any_other(self, folder):
        clean = prepare(folder, target="returned")
        run = fit(clean, target="returned", budget="1trials", folds=2, learners=["linear"], wait=True)
        assert run.message().score is not None
        assert set(open_table(clean).frame.columns) == set(clean.columns)

    def test_a_select_is_streamed(self, whole, tmp_path):
        import sqlalchemy

        address = f"sqlite:///{tmp_path / 'shop.db'}"
        engine = sqlalchemy.create_engine(address)
        whole.drop(columns="member").to_sql("orders", engine, index=False)
        engine.dispose()
        clean = prepare(sql="select * from orders where age > :least", connection=address, params={"least": 0})
        assert len(clean) == (whole["age"] > 0).sum()
        assert set(clean.compute()["town"].dropna()) == set(TOWNS)


class TestSeveralSources:
    def test_several_tables_stand_below_each_other(self, folder, whole, tmp_path):
        half = len(whole) // 2
        whole.iloc[:half].to_csv(tmp_path / "part-000.csv", index=False)
        clean = prepare([tmp_path / "part-000.csv", whole.iloc[half:]], target="returned")
        pd.testing.assert_frame_equal(clean.compute(), prepare(folder, target="returned").compute())
        again = prepare([prepare(folder), prepare(folder)], drop_repeated=True)
        assert len(again) == len(whole)
        names = [part.name for part in again.partitioned.partitions]
        assert names[::4] == [f"{folder.name} {number}: part-000.parquet" for number in (1, 2)]

    @pytest.mark.parametrize("by", ["order_id", "income", "age"])
    def test_a_select_is_asked_by_ranges_of_a_column(self, whole, by, tmp_path, monkeypatch):
        import sqlalchemy

        address = f"sqlite:///{tmp_path / 'shop.db'}"
        engine = sqlalchemy.create_engine(address)
        rows = whole.drop(columns="member").assign(age=whole["age"].replace(-999, np.nan))
        rows.to_sql("orders", engine, index=False)
        engine.dispose()
        monkeypatch.setattr("lepton_jupyter.data.sql_partitions._RANGE_ROWS", 100)
        select = {"sql": "select * from orders where order_id > :least -- all", "params": {"least": -1}}
        clean = prepare(**select, connection=address, partition_by=by, without=["identifiers"])
        n_ranges = -(-int(rows[by].notna().sum()) // 100)
        assert len(clean.partitioned.partitions) == n_ranges + rows[by].isna().any()
        assert sorted(clean.compute()["order_id"]) == whole["order_id"].tolist()
        with pytest.raises(SqlUsageError, match="'town' holds values of type str"):
            prepare(**select, connection=address, partition_by="town")
        with pytest.raises(SqlUsageError, match="--partition-by parts what --sql selects"):
            prepare(whole, partition_by="age")


class TestFeatures:
    OPTIONS = {  # noqa: RUF012
        "scale": ["standard", "income:power"], "encode": "onehot", "dates": "cyclic", "outliers": "age:flag",
    }  # fmt: skip

    def test_partitions_on_disk_are_prepared_like_the_table_in_memory(self, folder, whole, tmp_path):
        clean = prepare(folder, target="returned", to=tmp_path / "clean", **self.OPTIONS)
        found = clean.compute()
        assert found.columns.tolist() == clean.columns
        assert clean.shape == found.shape
        assert {"town = Berlin", "day month sine"} <= set(found)
        assert found["price"].mean() == pytest.approx(0, abs=1e-9)
        again = PreparationRecipe.load(tmp_path / "clean" / "_recipe.json").transform(whole)
        pd.testing.assert_frame_equal(again, found, check_exact=True)
        assert [event.phase for event in last_log() if isinstance(event, PassFinished)] == [
            "statistics", "features", "writing",
        ]  # fmt: skip

    def test_the_plan_tells_what_is_made_and_of_a_column_that_tells_the_target(self, folder, whole):
        plan = prepare(folder, target="returned", dry_run=True, pca=2, encode="count", dates="calendar").columns
        assert set(plan["step"]) >= {"components", "encoding", "calendar"}
        leaky = whole.assign(refund=whole["returned"] * 12.5)
        told = prepare(leaky, target="returned")
        assert "refund" in told.columns
        [leak] = told.plan.columns.query("step == 'leaks'").to_dict("records")
        assert (leak["column"], leak["on"]) == ("refund", False)
        assert "refund" not in prepare(leaky, target="returned", drop_leaks=True).columns

    def test_a_choice_for_a_column_that_is_not_there_is_one_sentence(self, folder):
        with pytest.raises(UnknownColumnError, match="column of --scale"):
            prepare(folder, scale="prize:robust")


class TestCopies:
    @pytest.mark.parametrize("form", ["parquet", "csv"])
    def test_rows_that_are_copies_in_every_column_are_left_out_wherever_they_are(self, whole, form, tmp_path):
        copied = pd.concat([whole, whole.iloc[::7], whole.iloc[:3]]).sample(frac=1, random_state=5)
        for place in range(20):
            part = copied.iloc[place::20]
            path = tmp_path / f"{place:02}.{form}"
            part.to_parquet(path, index=False) if form == "parquet" else part.to_csv(path, index=False)
        clean = prepare(tmp_path, drop_repeated=True, without=["identifiers"])
        assert sorted(clean.compute()["order_id"]) == whole["order_id"].tolist()
        n_repeated = len(copied) - len(whole)
        assert clean.plan.message.notes == (f"{n_repeated} rows that are copies of earlier ones were left out.",)
        assert len(prepare(tmp_path)) == len(copied)

    def test_the_first_of_equal_rows_stays(self):
        rows = pd.DataFrame({"a": [2, 1, 2, 1, 3], "b": ["x", None, "x", None, "x"]})
        assert prepare(rows, drop_repeated=True).compute()["a"].tolist() == [2, 1, 3]

    def test_copies_in_other_partitions_of_a_dask_frame_are_left_out(self, whole):
        copied = pd.concat([whole, whole.iloc[::7]], ignore_index=True)
        frame = dask.dataframe.from_pandas(copied, npartitions=9, sort=False)
        clean = prepare(frame, drop_repeated=True, without=["identifiers"])
        assert clean.compute()["order_id"].tolist() == whole["order_id"].tolist()
        assert len(clean.to_dask().compute(scheduler="synchronous")) == len(whole)


@pytest.fixture(scope="module")
def people():
    return pd.DataFrame({"order_id": range(0, 2_000, 2), "paid": [f"{n % 7},50 €" for n in range(1_000)]})


class TestNearCopies:
    @pytest.fixture
    def sold(self, whole):
        """Rows, some of them again with other spellings, by a key of their own."""
        again = whole.iloc[::40].assign(
            town=lambda rows: rows["town"].str.upper() + " ",
            income=lambda rows: rows["income"].round(2),
            order_id=lambda rows: rows["order_id"] + 5_000_000,
        )
        return pd.concat([whole, again], ignore_index=True)

    def test_they_are_left_out_and_told_with_their_places_and_no_value(self, sold, whole, tmp_path):
        by = ["town", "price", "age", "income", "day", "member"]
        plan = prepare(sold, near_by=by, dry_run=True)
        assert plan.message.notes == (
            "Near copies of earlier rows are left out, compared in 6 columns; of the first 1,230 rows 30 are.",
        )
        clean = prepare(sold, near_by=by, to=tmp_path / "clean")
        assert len(clean) == len(whole)
        [note] = clean.plan.message.notes
        assert note.startswith("30 rows that are nearly copies of earlier ones were left out")
        assert "row 1,201 of rows 1 to 1,230 is row 1 of rows 1 to 1,230 but for income" in note
        pd.testing.assert_frame_equal(clean.compute(), prepare(whole).compute(), check_exact=False)

    def test_a_key_makes_rows_different_and_that_is_told(self, sold):
        clean = prepare(sold, drop_near_repeated=True, dry_run=False)
        assert len(clean) == len(sold)
        assert clean.plan.message.notes == (
            "No row is nearly a copy of another in 9 columns; a key makes rows different: name the columns that count "
            "with --near-by.",
        )

    def test_copies_in_other_partitions_of_a_dask_frame_are_left_out(self, sold, whole):
        frame = dask.dataframe.from_pandas(sold.drop(columns="order_id"), npartitions=5, sort=False)
        clean = prepare(frame, drop_near_repeated=True, drop_repeated=True)
        assert len(clean) == len(whole)

    @pytest.mark.mistake
    def test_a_column_that_is_not_there_is_named(self, sold):
        with pytest.raises(UnknownColumnError, match="Did you mean 'town'"):
            prepare(sold, near_by="twn")


class TestFieldsOfJson:
    """A field that an object has not is missing there, in whatever file the object lies."""

    ROWS: ClassVar = [
        {"id": 1, "town": "Ulm", "bill": {"paid": 2.5}},
        {"id": 2, "bill": {"paid": 3.5, "note": "late"}},
        {"id": 3, "town": "Kiel"},
    ]

    @pytest.mark.parametrize("order", list(itertools.permutations(range(3))), ids=str)
    def test_a_file_without_an_optional_field_is_no_bad_partition(self, order, tmp_path):
        for place, number in enumerate(order):
            lines = "".join(json.dumps({**self.ROWS[number], "id": 10 * n + number}) + "\n" for n in range(30))
            (tmp_path / f"{place}.jsonl").write_text(lines, encoding="utf-8")
        frame = prepare(tmp_path).compute().reset_index(drop=True)
        town, note = [[row.get("town") for row in self.ROWS], [None, "late", None]]
        paid = [2.5, 3.5, None]
        assert sorted(frame.columns) == ["bill.note", "bill.paid", "town"]  # an identifier is left out
        for name, values in (("town", town), ("bill.paid", paid), ("bill.note", note)):
            found = frame[name].astype(object).where(frame[name].notna(), None)
            assert found.tolist() == [values[number] for number in order for _ in range(30)], name

    def test_a_parquet_file_without_a_column_stays_one(self, tmp_path):
        pd.DataFrame({"id": [1, 2], "town": ["Ulm", "Kiel"]}).to_parquet(tmp_path / "0.parquet")
        pd.DataFrame({"id": [3, 4]}).to_parquet(tmp_path / "1.parquet")
        with pytest.raises(BadPartitionError, match=r"1.parquet.*lacks the column 'town'"):
            prepare(tmp_path).compute()


class TestJoin:
    def test_columns_of_another_table_are_planned_cleaned_and_part_of_the_recipe(self, folder, whole, people, tmp_path):
        clean = prepare(folder, target="returned", join={"bills": people}, on="order_id", to=tmp_path / "clean")
        assert {"bills_count", "bills_paid_mean"} <= set(clean.columns)
        frame = clean.compute()
        paid = whole["order_id"].isin(people["order_id"])
        assert frame["bills_count"].tolist() == paid.astype(int).tolist()
        expected = np.where(paid, whole["order_id"] // 2 % 7 + 0.5, np.nan)
        np.testing.assert_array_equal(frame["bills_paid_mean"], expected)
        pd.testing.assert_frame_equal(clean.recipe.transform(whole), frame)
        pd.testing.assert_frame_equal(clean.recipe.transform(whole.iloc[[3]]), frame.iloc[[3]])
        loaded = PreparationRecipe.load(tmp_path / "clean" / "_recipe.json")
        pd.testing.assert_frame_equal(loaded.transform(whole), frame)
        assert clean.plan.columns.set_index("column").loc[["bills_count"], "step"].tolist()[0] == "joined"
        assert [event.phase for event in last_log() if isinstance(event, PassFinished)] == [
            "joining", "statistics", "writing",
        ]  # fmt: skip

    def test_many_keys_lie_beside_the_recipe(self, folder, whole, people, tmp_path):
        clean = prepare(folder, join=people.iloc[:30], on="order_id")
        text = clean.recipe.to_json()
        assert '"name": "key 0", "type": "int64", "values": [0, 2, 4, ' in text
        many = pd.concat([people, people.assign(order_id=lambda rows: rows["order_id"] + 10_000_000)])
        clean = prepare(folder, join=[many], on="order_id", where="joined_count > 0")
        clean.recipe.save(tmp_path / "recipe.json")
        assert [path.name for path in sorted(tmp_path.iterdir())] == ["recipe-joined.parquet", "recipe.json"]
        loaded = PreparationRecipe.load(tmp_path / "recipe.json")
        pd.testing.assert_frame_equal(loaded.transform(whole), clean.recipe.transform(whole))
        (tmp_path / "recipe-joined.parquet").unlink()
        with pytest.raises(InvalidRecipeError, match=r"'recipe-joined\.parquet' beside it cannot be read"):
            PreparationRecipe.load(tmp_path / "recipe.json")
        with pytest.raises(InvalidRecipeError, match="load"):
            PreparationRecipe.from_json((tmp_path / "recipe.json").read_text())

    def test_a_prepared_table_is_joined_as_it_was_prepared(self, folder, people):
        bills = prepare(people, without=["identifiers"])
        clean = prepare(folder, join={"bills": bills}, on="order_id")
        assert clean.compute()["bills_paid_max"].max() == 6.5

    def test_a_key_is_no_category_unless_it_is_named(self, whole):
        bills = pd.DataFrame({"town": ["Ulm"], "paid": [2.5]})
        options = {"join": {"bills": bills}, "on": "town", "target": "returned"}
        assert "town" in prepare(whole, **options, encode="onehot").columns
        assert "town = Ulm" in prepare(whole, **options, encode="town:onehot").columns

    @pytest.mark.mistake
    @pytest.mark.parametrize("options", [{"join": pd.DataFrame({"a": [1]})}, {"on": "a"}])
    def test_a_table_and_its_key_are_named_together(self, folder, options):
        with pytest.raises(ValueError, match="--join"):
            prepare(folder, **options)


class TestEarlierRows:
    def test_columns_of_earlier_rows_are_part_of_table_and_recipe(self, folder, whole, tmp_path):
        options = {"time": "day", "entity": "town", "lags": [1], "rolling": [3], "target": "returned"}
        clean = prepare(folder, **options, to=tmp_path / "clean", drop_repeated=True)
        made = {"age_lag_1", "age_mean_3", "income_lag_1", "income_mean_3", "member_lag_1", "member_mean_3"}
        assert made < set(clean.columns)
        frame = clean.compute()
        assert frame["age_mean_3"].min() >= 18
        pd.testing.assert_frame_equal(clean.head(len(frame)), frame)
        pd.testing.assert_frame_equal(clean.recipe.transform(whole), frame)
        loaded = PreparationRecipe.load(tmp_path / "clean" / "_recipe.json")
        pd.testing.assert_frame_equal(loaded.transform(whole), frame)
        of_dask = prepare(dask.dataframe.from_pandas(whole, npartitions=3, sort=False), **options)
        pd.testing.assert_frame_equal(of_dask.compute(), frame)
        with dask.config.set({"dataframe.convert-string": False}):  # beside pandas 2 it makes Arrow strings of texts
            new = dask.dataframe.from_pandas(whole, npartitions=2, sort=False)
            pd.testing.assert_frame_equal(loaded.transform(new).compute(), frame)
        later = whole.assign(day="01.01.2030", age=50.0)
        prepared = loaded.having_seen(later).transform(whole.iloc[[3]].assign(day="02.01.2030"))
        assert prepared["age_lag_1"].tolist() == [50]

    def test_what_tells_the_target_is_not_looked_back_at_where_leaks_are_left_out(self, whole):
        rows = whole.assign(refund=whole["returned"] * whole["age"].abs())
        options = {"time": "day", "entity": "town", "rolling": [3], "target": "returned"}
        assert "refund_mean_3" in prepare(rows, **options).columns
        assert not {"refund", "refund_mean_3"} & set(prepare(rows, **options, drop_leaks=True).columns)

    @pytest.mark.mistake
    @pytest.mark.parametrize(
        ("options", "said"),
        [
            ({"lags": [1]}, "--lags needs to know which rows are earlier. Add --time COLUMN."),
            ({"time": "dayy"}, "Did you mean 'day'?"),
            ({"time": "town"}, "'town' holds texts, which have no order in time"),
            ({"time": "day", "entity": "twn"}, "Did you mean 'town'?"),
            ({"time": "day", "lags": [0]}, "--lags takes numbers of rows from 1 to 1000, and 0 is none"),
        ],
    )
    def test_a_mistake_is_one_sentence(self, folder, options, said):
        with pytest.raises(LeptonError, match=re.escape(said)):
            prepare(folder, **options)


class TestSample:
    def test_a_sample_is_the_same_from_files_frames_and_dask_and_is_told(self, folder, whole):
        clean = prepare(folder, target="returned", sample="10%")
        assert abs(len(clean) - 0.1 * len(whole)) <= 2
        share = clean.compute()["returned"].sum() / whole["returned"].sum()
        assert abs(share - 0.1) < 0.01
        assert clean.plan.message.notes == (
            "A sample is prepared: 10 % of 1,200 rows, the same share of each class of returned.",
        )
        for table in (whole, dask.dataframe.from_pandas(whole, npartitions=3, sort=False)):
            other = prepare(table, target="returned", sample="10%", to=None)
            pd.testing.assert_frame_equal(other.compute(), clean.compute())

    def test_groups_are_drawn_whole(self, folder, whole):
        clean = prepare(folder, sample=0.3, sample_by="age", without=["missing"])
        ages = clean.compute()["age"]
        assert 0 < len(clean) < len(whole)
        assert len(clean) == whole["age"].isin(ages).sum()


class TestInFolds:
    def test_steps_are_left_to_the_folds_of_a_search_and_its_models_come_back(self, folder, whole):
        steps = ["shadows", "encode", "balance", "variance"]
        clean = prepare(folder, target="returned", in_folds=steps)
        assert clean.in_folds == ("variance", "shadows", "encode", "balance")
        assert any("Left to the folds of a search, shadows" in note for note in clean.plan.message.notes)
        pd.testing.assert_frame_equal(clean.compute(), prepare(folder, target="returned").compute())
        again = PreparationRecipe.from_json(clean.recipe.to_json())
        assert again.in_folds_ == clean.in_folds
        run = fit(clean, target="returned", budget="3trials", folds=3, learners=["linear", "lightgbm"], wait=True)
        assert run.settings.in_folds == clean.in_folds
        assert run.settings.class_weight == "balanced"
        rows = clean.head(50)
        again = show_run(run.id)
        np.testing.assert_array_equal(again.model.predict_proba(rows), run.model.predict_proba(rows))

    def test_validation_rows_are_all_there_and_copies_share_a_fold(self, whole):
        copied = pd.concat([whole, whole.iloc[::3]], ignore_index=True)
        clean = prepare(copied, target="returned", in_folds=["balance", "information"], without=["identifiers"])
        run = fit(clean, target="returned", budget="1trials", folds=2, learners=["linear"], wait=True)
        judged = run.out_of_fold()
        assert len(judged) == len(copied)
        assert np.isfinite(judged).all()
        task = run.task
        folds = task.splits.fold_of_row(task.target.y, task.target.n_classes, task.n_folds, task.seed)
        np.testing.assert_array_equal(folds[len(whole) :], folds[: len(whole) : 3])

    @pytest.mark.mistake
    def test_a_step_that_is_none_is_named(self, folder):
        with pytest.raises(FoldStepError, match="Did you mean 'shadows'"):
            prepare(folder, in_folds=["shadow"])


class TestLog:
    def test_decisions_are_logged_and_no_value_of_a_text(self, folder):
        prepare(folder, target="returned")
        events = last_log()
        drafts = [event.draft for event in events if isinstance(event, PreparationPlanned)]
        assert drafts == [True, False]
        passed = next(event for event in events if isinstance(event, PassFinished))
        assert (passed.n_partitions, passed.n_rows) == (4, 4 * N_ROWS)
        text = current_session().store.list()[0].read_text("events.jsonl")
        assert not any(town in text for town in TOWNS)
        assert "New York" in current_session().store.list()[0].read_text("recipe.json")

    def test_it_is_listed_and_shown_and_has_no_model(self, folder):
        prepare(folder, target="returned")
        summary = next(iter(list_runs()))
        assert (summary.state, summary.target, summary.table_name) == ("finished", "returned", folder.name)
        assert "prepare-o" in repr(list_runs())
        shown = show_run(summary.run_id)
        assert isinstance(shown, PreparationPlan)
        assert shown.message.state == "finished"
        with pytest.raises(NoRunError, match="prepared a table and has no model"):
            find_run(summary.run_id)
        with pytest.raises(NoRunError, match="prepared a table and has no model"):
            resume_run(summary.run_id)


class TestBadPartitions:
    @pytest.fixture
    def damaged(self, tmp_path):
        paths = write_partitions(tmp_path / "in", 5, 60)
        paths[1].write_bytes(paths[1].read_bytes()[:-200])
        messy_table(60).drop(columns="age").to_parquet(paths[3])
        return tmp_path / "in"

    def test_the_first_bad_one_ends_it_by_name(self, damaged):
        with pytest.raises(BadPartitionError, match=r"part-001\.parquet"):
            prepare(damaged)

    def test_others_go_on_without_bad_ones(self, damaged):
        clean = prepare(damaged, on_bad_partition="skip", drop_repeated=True)
        assert len(clean) == 3 * 60
        assert len(clean.compute()) == 3 * 60
        rejected = [event for event in last_log() if isinstance(event, PartitionRejected)]
        assert [event.partition for event in rejected] == ["part-001.parquet", "part-003.parquet"]
        assert "lacks the column 'age'" in rejected[1].problem

    def test_bad_ones_are_copied_aside_with_the_reason(self, damaged, tmp_path):
        clean = prepare(damaged, on_bad_partition="quarantine", to=tmp_path / "out")
        aside = sorted(path.name for path in (tmp_path / "out" / "_quarantine").iterdir())
        assert aside == ["part-001.parquet", "part-001.parquet.reason.txt", "part-003.parquet",
                         "part-003.parquet.reason.txt"]  # fmt: skip
        assert len(list(damaged.iterdir())) == 5
        assert len(clean.compute()) == len(open_table(str(tmp_path / "out")).frame) == 3 * 60


def euros(texts):
    """A function of the notebook that a cell uses."""
    return texts.where(texts.str.contains("€"))


CODE = """\
import re
from typing import ClassVar
df = df[df.member].assign(price=euros(df.price))
df["young"] = df.age.between(0, 30)
df.drop(columns="day")
"""


class TestCode:
    def test_code_of_a_cell_runs_on_each_partition_before_all_else(self, folder, whole):
        clean = prepare(folder, code=CODE, names={"euros": euros, "unused": object()}, to=None)
        assert "day" not in clean.columns
        assert len(clean) == whole["member"].sum()
        frame = clean.compute()
        assert frame["young"].sum() == (whole[whole["member"]]["age"].between(0, 30)).sum()
        pd.testing.assert_frame_equal(clean.recipe.transform(whole).reset_index(drop=True), frame)
        made = clean.recipe.transform(dask.dataframe.from_pandas(whole, npartitions=2)).compute(scheduler="synchronous")
        pd.testing.assert_frame_equal(made.reset_index(drop=True), frame)

    def test_the_partition_is_called_df_or_like_the_table(self, whole):
        own = {"df": "something of the notebook", "shop": whole}
        for text, name in (("df[df.member]", "df"), ("shop[shop.member]", "shop"), ("shop['x'] = 1", "shop")):
            clean = prepare(whole, code=text, names=own, table_name="shop")
            assert clean.recipe.code_.name == name
        with pytest.raises(PartitionCodeError, match="name 'orders' is not defined"):
            prepare(whole, code="orders", table_name="a folder/")

    def test_a_recipe_with_code_is_run_only_where_it_is_trusted(self, folder, whole, tmp_path):
        clean = prepare(folder, code=CODE, names={"euros": euros})
        clean.recipe.save(tmp_path / "recipe.json")
        with pytest.raises(InvalidRecipeError, match="trust=True"):
            PreparationRecipe.load(tmp_path / "recipe.json")
        loaded = PreparationRecipe.load(tmp_path / "recipe.json", trust=True, names={"euros": euros})
        pd.testing.assert_frame_equal(loaded.transform(whole), clean.recipe.transform(whole))

    def test_what_raises_on_the_first_rows_starts_nothing(self, folder):
        before = len(current_session().store.list())
        with pytest.raises(PartitionCodeError, match="Line 2 of the cell raised KeyError on 'the first rows of"):
            prepare(folder, code="x = 1\ndf['nothing']")
        assert len(current_session().store.list()) == before

    def test_what_raises_on_a_partition_names_it_and_shows_the_row_and_logs_no_value(self, tmp_path):
        for number in range(60):
            pd.DataFrame({"secret": [f"{number}{row}" for row in range(20)]}).to_csv(
                tmp_path / f"{number:02}.csv", index=False
            )
        pd.DataFrame({"secret": [*range(9), "hush", *range(9)]}).to_csv(tmp_path / "47.csv", index=False)
        with pytest.raises(PartitionCodeError, match=r"Line 1 of the cell raised ValueError on '47\.csv'") as caught:
            prepare(tmp_path, code="df.assign(n=df.secret.map(int))")
        assert "hush" in str(caught.value)
        assert caught.value.rows.split() == ["secret", "9", "hush"]
        assert "hush" in "\n".join(caught.value._render_traceback_())
        assert "hush" not in current_session().store.list()[0].read_text("events.jsonl")


@pytest.mark.mistake
@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"target": "returnd"}, UnknownColumnError, "Did you mean 'returned'?"),
        ({"without": ["outlier"]}, UnknownStepError, "Did you mean 'outliers'?"),
        ({"without": ["agee:outliers"]}, UnknownStepError, "Did you mean 'age'?"),
        ({"where": "agee > 3"}, RowConditionError, "Did you mean 'age'?"),
        ({"where": "age >"}, RowConditionError, "cannot be read"),
        ({"where": "__import__('os').system('ls')"}, RowConditionError, "is not understood"),
        ({"where": "age.max() > 3"}, RowConditionError, "is not understood"),
        ({"where": "town > 3"}, RowConditionError, "does not fit the table"),
        ({"where": "age"}, RowConditionError, "no comparison"),
        ({"where": "age > 500"}, RowConditionError, "No row meets"),
        ({"on_bad_partition": "ignore"}, ValueError, "fail, skip, quarantine"),
        ({"on_bad_partition": "quarantine"}, PreparedFolderError, "Add --to FOLDER"),
        ({"to": "."}, PreparedFolderError, "is not empty"),
        ({"code": "df = = 3"}, PartitionCodeError, "Line 1 of the cell cannot be read as Python"),
        ({"scale": "town:standard"}, InvalidSettingError, "It is for numbers, and the column holds texts."),
        ({"code": "len(df)"}, PartitionCodeError, "gives a int and not a DataFrame"),
        ({"code": "pd.concat([df, df], axis=1)"}, DuplicateColumnsError, "Rename the columns"),
    ],
)
def test_a_mistake_is_answered_by_one_sentence(folder, options, error, said, monkeypatch):
    monkeypatch.chdir(folder)
    with pytest.raises(error, match=re.escape(said)) as caught:
        prepare(folder, **options)
    assert "\n" not in str(caught.value)


@pytest.mark.mistake
@pytest.mark.parametrize(
    ("rows", "error", "said"),
    [
        ([0], BadPartitionError, "The table has no rows. Name one that has some."),
        ([0, 0], BadPartitionError, "The table has no rows in any of its 2 partitions."),
        ([1, 0], NoColumnLeftError, "Each of the 2 columns would be left out"),
    ],
)
def test_a_table_of_nothing_is_answered_by_one_sentence(rows, error, said):
    table = pd.DataFrame({"a": [1.5], "b": ["x"]})
    with pytest.raises(error, match=re.escape(said)):
        prepare([table.iloc[:n] for n in rows])


@pytest.mark.mistake
def test_an_empty_table_to_join_is_named():
    orders = pd.DataFrame({"id": [1, 2], "sum": [1.5, 2.5]})
    with pytest.raises(BadPartitionError, match=r"^The table 'payments' has no rows\."):
        prepare(orders, join={"payments": orders.head(0)}, on="id")


CELLS = """\
%load_ext lepton_jupyter
import pandas as pd
orders = pd.DataFrame({"price": ["12 €", "7,50 €", "N/A"] * 20, "town": ["Ulm", "ulm ", "Bonn"] * 20})
---
clean = %lepton prepare orders
---
clean
---
%lepton prepare orders orders --dry-run
---
%%lepton prepare orders --as dear
orders[orders.price != "N/A"]
---
len(dear), dear.columns
---
%%lepton prepare orders --as dear
orders.assign(n=orders.price.map(len)).loc["nothing"]
---
%lepton prepare orders --target prize"""


@pytest.mark.kernel
def test_the_magic_shows_plan_and_progress_and_gives_the_table():
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS.split("\n---\n")]
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(notebook, timeout=120, allow_errors=True).execute()
    _, assigned, alone, dry, cell, dear, raising, mistyped = notebook.cells
    [board] = assigned.outputs
    message = decode_message(board.data["application/vnd.lepton.preparation+json"])
    assert (message.state, message.n_rows) == ("finished", 60)
    assert "spellings united" in board.data["text/html"]
    assert alone.outputs[0].data["text/plain"].startswith("Prepared orders: 60 rows × 2 columns")
    assert decode_message(dry.outputs[0].data["application/vnd.lepton.preparation+json"]).state == "planned"
    assert [output.output_type for output in cell.outputs] == ["display_data"]
    assert dear.outputs[0].data["text/plain"] == "(40, ['price', 'town'])"
    assert "Line 1 of the cell raised KeyError" in json.dumps(raising.outputs)
    assert "Did you mean 'price'?" in json.dumps(mistyped.outputs)
    assert "Traceback" not in json.dumps([raising.outputs, mistyped.outputs])
