"""A recipe does the same to a table, to any part of it and to a single row, and comes back from its JSON as it was."""

from __future__ import annotations

import json
from pathlib import Path

import dask.dataframe
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from preprocessing.messy_tables import TOWNS, messy_table

from lepton_jupyter.exceptions.prediction_errors import InvalidRecipeError, MissingColumnsError
from lepton_jupyter.exceptions.preparation_errors import NoColumnLeftError
from lepton_jupyter.preprocessing.preparation_plan import STEP_KINDS
from lepton_jupyter.preprocessing.preparation_recipe import PREPARATION_VERSION, PreparationRecipe
from lepton_jupyter.preprocessing.table_features import TableFeatures

TABLE = messy_table(800)
RECIPE = PreparationRecipe(target="returned").fit(TABLE)
PREPARED = RECIPE.transform(TABLE)


def same_bits(one, other):
    assert one.columns.tolist() == other.columns.tolist()
    assert one.dtypes.tolist() == other.dtypes.tolist()
    for name in one.columns:
        first, second = one[name].to_numpy(), other[name].to_numpy()
        if first.dtype.kind in "fM":
            assert first.tobytes() == second.tobytes(), name
        else:
            assert [None if pd.isna(x) else x for x in first] == [None if pd.isna(x) else x for x in second], name


class TestWhatIsDone:
    def test_what_is_wrong_with_a_messy_table_is_put_right(self):
        assert PREPARED.columns.tolist() == ["price", "town", "age", "income", "day", "member", "returned"]
        assert PREPARED["price"].dtype == np.float64
        assert PREPARED["price"].isna().sum() == (TABLE["price"] == "N/A").sum()
        assert set(PREPARED["town"].dropna()) == set(TOWNS)
        assert PREPARED["age"].min() >= 18
        assert PREPARED["age"].isna().sum() == (TABLE["age"] == -999).sum()
        assert PREPARED["income"].max() < 1e4
        assert PREPARED["day"].iloc[0] == pd.to_datetime(TABLE["day"].iloc[0], format="%d.%m.%Y")

    def test_each_step_tells_its_column_and_reason(self):
        explained = RECIPE.explain()
        assert set(explained["step"]) - {""} == {
            "numbers",
            "dates",
            "missing",
            "outliers",
            "categories",
            "constants",
            "identifiers",
        }
        assert explained.set_index("column").loc["land", "reason"] == "the same value in every row"
        for shown in (repr(explained), explained._repr_html_(), repr(explained[explained["step"] == "outliers"])):
            assert "more than three spreads of the middle half beyond it" in shown
        assert repr(explained).splitlines()[1].startswith("order_id ")

    def test_the_target_is_read_and_nothing_else(self):
        assert PREPARED["returned"].tolist() == TABLE["returned"].tolist()

    @pytest.mark.parametrize("kind", ["outliers", "income:outliers"])
    def test_a_step_can_be_left_out(self, kind):
        recipe = PreparationRecipe(without=[kind]).fit(TABLE)
        assert recipe.transform(TABLE)["income"].max() == 1e7

    def test_with_all_steps_left_out_values_are_as_they_were(self):
        prepared = PreparationRecipe(without=list(STEP_KINDS)).fit(TABLE).transform(TABLE)
        assert prepared["town"].tolist() == TABLE["town"].tolist()
        assert prepared["age"].tolist() == TABLE["age"].tolist()

    def test_a_column_of_different_codes_names_the_rows_whatever_it_is_called(self):
        table = pd.DataFrame({"buyer": [f"C{number:06d}" for number in range(60)], "x": [1.0, 2.0] * 30})
        recipe = PreparationRecipe().fit(table)
        assert recipe.transform(table).columns.tolist() == ["x"]
        assert recipe.explain()["reason"].tolist()[0] == "a different code in nearly every row"

    def test_currencies_that_are_not_converted_stand_in_a_column_beside(self):
        table = pd.DataFrame({"price": ["12 EUR", "7 USD", "€ 3", "9 USD"] * 10, "x": np.arange(40.0) % 7})
        recipe = PreparationRecipe().fit(table)
        found = PreparationRecipe.from_json(recipe.to_json()).transform(table)
        assert found.columns.tolist() == ["price", "price unit", "x"]
        assert found["price unit"].tolist()[:4] == ["EUR", "USD", "EUR", "USD"]
        assert found["price"].tolist()[:4] == [12, 7, 3, 9]
        kept = PreparationRecipe(without=["price:units"]).fit(table).transform(table)
        assert kept["price"].tolist() == table["price"].tolist()

    def test_infinite_numbers_become_missing(self):
        recipe = PreparationRecipe().fit(pd.DataFrame({"x": [1.0, 2.0, np.inf, -np.inf]}))
        assert recipe.transform(pd.DataFrame({"x": [np.inf, 5.0]}))["x"].isna().tolist() == [True, False]

    def test_numbers_with_more_than_a_few_other_texts_stay_text(self):
        table = pd.DataFrame({"size": ["1", "2", "large", "3", "small", "4"] * 10})
        assert PreparationRecipe().fit(table).transform(table)["size"].tolist() == table["size"].tolist()


class TestSameBits:
    @given(st.lists(st.integers(0, len(TABLE) - 1), min_size=1, max_size=40))
    @settings(max_examples=15, deadline=None)
    def test_a_micro_batch_has_the_bits_of_the_table(self, rows):
        same_bits(RECIPE.transform(TABLE.iloc[rows]), PREPARED.iloc[rows])

    def test_a_dask_frame_has_the_bits_of_the_table(self):
        frame = dask.dataframe.from_pandas(TABLE, npartitions=5)
        same_bits(RECIPE.transform(frame).compute(scheduler="synchronous"), PREPARED)

    def test_arrow_and_polars_come_back_as_what_they_were(self):
        import polars

        table = pa.Table.from_pandas(TABLE, preserve_index=False)
        same_bits(RECIPE.transform(table).to_pandas(), PREPARED)
        found = RECIPE.transform(polars.from_pandas(TABLE))
        assert isinstance(found, polars.DataFrame)
        assert found["price"].to_numpy().tobytes() == PREPARED["price"].to_numpy().tobytes()

    def test_moments_of_another_zone_are_told_on_the_clock_of_the_table(self):
        at = pd.date_range("2024-03-30 20:00", periods=40, freq="h", tz="Europe/Berlin")
        recipe = PreparationRecipe().fit(pd.DataFrame({"at": at}))
        prepared = recipe.transform(pd.DataFrame({"at": at}))
        assert prepared["at"][5] == pd.Timestamp("2024-03-31 01:00")
        loaded = PreparationRecipe.from_json(recipe.to_json())
        for others in (at.tz_convert("Asia/Tokyo"), at.tz_convert("UTC").astype(str)):  # texts as a stream brings them
            same_bits(loaded.transform(pd.DataFrame({"at": others})), prepared)

    @pytest.mark.parametrize(
        "values",
        [
            [pd.Timestamp("2024-01-01", tz=zone) for zone in ("Asia/Tokyo", "UTC")] * 20,
            [True, None, "maybe", 2.0] * 10,
            [10**30, 5, 2**64, 7] * 10,
            [b"ab", "a word", None, b"cd"] * 10,
            [{"k": 1, "more": 2}, {"k": 2}, None, {"k": 3, "more": None}] * 10,
        ],
        ids=["zones", "types", "long numbers", "bytes", "records"],
    )
    def test_a_row_of_an_odd_column_has_the_bits_that_it_has_among_others(self, values):
        table = pd.DataFrame({"odd": pd.Series(values, dtype=object), "n": np.arange(len(values)) / 7})
        recipe = PreparationRecipe().fit(table)
        rows = pd.concat([recipe.transform(table.iloc[[place]]) for place in range(len(table))])
        same_bits(rows, recipe.transform(table))

    def test_a_column_stored_in_another_way_is_read_alike(self):
        stored = TABLE.assign(age=TABLE["age"].astype(str), member=TABLE["member"].map({True: "yes", False: "no"}))
        same_bits(RECIPE.transform(stored), PREPARED)

    def test_the_json_brings_back_the_same_bits(self, tmp_path):
        RECIPE.save(tmp_path / "recipe.json")
        loaded = PreparationRecipe.load(tmp_path / "recipe.json")
        same_bits(loaded.transform(TABLE), PREPARED)
        assert loaded.to_json() == RECIPE.to_json()
        assert loaded.explain().equals(RECIPE.explain())


class TestOlderVersions:
    def test_the_first_is_read_and_does_what_it_did(self):
        """A file as the first version wrote it: nothing was added or made then, and units were never kept apart."""
        first = PreparationRecipe.load(Path(__file__).parent / "recipe_version_1.json")
        rows = messy_table(400)
        same_bits(first.transform(rows), PreparationRecipe(target="returned").fit(rows).transform(rows))
        assert (first.added_, first.code_, first.in_folds_, first.features_) == ((), None, (), TableFeatures())
        again = PreparationRecipe.from_json(first.to_json())
        assert json.loads(again.to_json())["version"] == PREPARATION_VERSION
        same_bits(again.transform(rows), first.transform(rows))


class TestMistakes:
    def test_a_missing_column_is_named(self):
        with pytest.raises(MissingColumnsError, match="lacks the column 'age' that the recipe prepares"):
            RECIPE.transform(TABLE.drop(columns="age"))

    def test_only_fields_of_records_may_be_missing(self):
        recipe = PreparationRecipe().fit(pd.DataFrame({"at.lat": [1.5, 2.5], "at.long": [3.5, 4.5]}))
        with pytest.raises(MissingColumnsError, match=r"lacks the column 'at\.long'"):
            recipe.transform(pd.DataFrame({"at.lat": [1.5]}))
        found = recipe.transform(pa.table({"at": [{"lat": 1.5}]})).to_pylist()
        assert found == [{"at.lat": 1.5, "at.long": None}]

    def test_a_table_of_which_nothing_would_be_left_is_refused(self):
        table = pd.DataFrame({"a": [7], "b": ["x"]})
        with pytest.raises(NoColumnLeftError, match=r"Each of the 2 columns .* --without-step constants,identifiers"):
            PreparationRecipe().fit(table)
        assert len(PreparationRecipe(without=["constants"]).fit(table).transform(table)) == 1

    def test_the_target_may_be_missing(self):
        assert "returned" not in RECIPE.transform(TABLE.drop(columns="returned"))
        assert RECIPE.get_feature_names_out().tolist() == ["price", "town", "age", "income", "day", "member"]

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("{", "JSONDecodeError"),
            ('{"format": "x"}', "its format is another"),
            (
                RECIPE.to_json().replace('"version": 2', '"version": 9'),
                "version 9, and .* reads up to version 2. Update",
            ),
            (RECIPE.to_json().replace('"version": 2', '"version": 0'), "its version is '0'"),
            (RECIPE.to_json().replace('"version": 2', '"version": "2"'), "its version is '2'"),
            (RECIPE.to_json().replace('"version": 2', '"version": true'), "its version is 'True'"),
            (RECIPE.to_json().replace('"do": "winsorised"', '"do": "os.system"'), "has no step 'os.system'"),
            ("[]", "TypeError"),
        ],
    )
    def test_what_is_no_recipe_is_refused_in_one_sentence(self, text, said):
        with pytest.raises(InvalidRecipeError, match=said):
            PreparationRecipe.from_json(text)
