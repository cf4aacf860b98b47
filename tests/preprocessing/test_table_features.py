"""Features are scikit-learn's, have the bits of the table in any part of it, and are the same from any partitions."""

from __future__ import annotations

from itertools import pairwise

import dask.dataframe
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import preprocessing as sk
from sklearn.decomposition import PCA
from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer
from threadpoolctl import threadpool_limits

from lepton_jupyter.exceptions.data_errors import UnknownColumnError
from lepton_jupyter.exceptions.prediction_errors import InvalidRecipeError
from lepton_jupyter.exceptions.settings_errors import InvalidSettingError
from lepton_jupyter.preprocessing.canonical_tree import merge_in_tree
from lepton_jupyter.preprocessing.co_moments import CoMoments
from lepton_jupyter.preprocessing.column_look import look_at
from lepton_jupyter.preprocessing.column_summary import TableSummary
from lepton_jupyter.preprocessing.feature_choices import FeatureChoices
from lepton_jupyter.preprocessing.feature_learning import FeatureLearning
from lepton_jupyter.preprocessing.preparation_plan import plan_columns
from lepton_jupyter.preprocessing.preparation_recipe import PreparationRecipe
from lepton_jupyter.preprocessing.principal_components import ComponentWatch, PrincipalComponents, mixture_count

N = 400
RANDOM = np.random.default_rng(11)
WORDS = np.array(["late", "broken", "fine", "thanks", "never", "again", "good", "parcel"])


def a_table():
    """Numbers with gaps, categories, dates, sentences and a target."""
    height = RANDOM.normal(170, 10, N)
    weight = np.where(RANDOM.random(N) < 0.1, np.nan, 0.5 * height + RANDOM.normal(0, 4, N))
    return pd.DataFrame({
        "height": height,
        "weight": weight,
        "income": np.exp(RANDOM.normal(8, 0.5, N)),
        "town": RANDOM.choice(["Ulm", "Kiel", "Bonn"], N, p=[0.5, 0.3, 0.2]),
        "note": [" ".join(RANDOM.choice(WORDS, 6)) + f" {number}" for number in range(N)],
        "when": pd.Timestamp("2024-01-01") + pd.to_timedelta(RANDOM.integers(0, 10_000, N), unit="h"),
        "bought": RANDOM.integers(0, 2, N),
    })  # fmt: skip


TABLE = a_table()
ALL = {
    "scaled": {"scale": ["standard", "weight:robust", "income:power"]},
    "by rank": {"scale": "quantile", "dates": "calendar"},
    "one hot": {"encode": "onehot", "dates": "cyclic"},
    "ordinal": {"encode": "ordinal", "text": "hashed"},
    "counted": {"encode": "count", "text": "tfidf", "outliers": "flag"},
    "embedded": {"text": ["embeddings", "town:embeddings"]},
    "projected": {"pca": 2},
}


def fitted(**options):
    return PreparationRecipe(target="bought", **options).fit(TABLE)


def numbers_of(frame):
    return frame.select_dtypes("number").to_numpy(dtype=np.float64)


@pytest.mark.parametrize("options", ALL.values(), ids=ALL)
def test_a_part_a_dask_frame_and_the_saved_recipe_have_the_bits_of_the_table(options):
    recipe = fitted(**options)
    whole = recipe.transform(TABLE)
    assert recipe.prepared_names == whole.columns.tolist()
    assert "bought" not in recipe.get_feature_names_out()
    again = PreparationRecipe.from_json(recipe.to_json())
    assert again.to_json() == recipe.to_json()
    assert numbers_of(again.transform(TABLE)).tobytes() == numbers_of(whole).tobytes()
    for rows in ([0], [5, 3, 200], list(range(137))):
        assert numbers_of(recipe.transform(TABLE.iloc[rows])).tobytes() == numbers_of(whole.iloc[rows]).tobytes()
    frame = dask.dataframe.from_pandas(TABLE, npartitions=3)
    found = recipe.transform(frame).compute(scheduler="synchronous")
    assert found.dtypes.tolist() == whole.dtypes.tolist()
    assert numbers_of(found).tobytes() == numbers_of(whole).tobytes()


class TestAsInScikitLearn:
    @pytest.mark.parametrize(
        ("how", "scaler", "tolerance"),
        [
            ("standard", sk.StandardScaler(), 1e-9),
            ("robust", sk.RobustScaler(), 0.02),  # another convention for quartiles between two values
            ("quantile", sk.QuantileTransformer(n_quantiles=N), 0.01),
            ("power", sk.PowerTransformer(), 0.05),
        ],
    )
    @pytest.mark.parametrize("name", ["height", "weight", "income"])
    def test_scales(self, how, scaler, tolerance, name):
        found = fitted(scale=how, without=["outliers"]).transform(TABLE)[name]
        assert found.to_numpy() == pytest.approx(scaler.fit_transform(TABLE[[name]])[:, 0], abs=tolerance, nan_ok=True)

    def test_components(self):
        recipe = fitted(pca=2, without=["outliers"])
        found = recipe.transform(TABLE)
        assert found.columns.tolist()[-2:] == ["component 1", "component 2"]
        assert "height" not in found
        columns = ["height", "weight", "income"]
        complete = TABLE[columns].fillna({"weight": TABLE["weight"].quantile(0.5, interpolation="lower")})
        model = PCA(2).fit(sk.StandardScaler().fit_transform(complete))
        expected = model.transform(sk.StandardScaler().fit_transform(complete))
        for place in range(2):
            mine = found[f"component {place + 1}"].to_numpy()
            sign = np.sign(mine @ expected[:, place])
            assert mine == pytest.approx(sign * expected[:, place], abs=1e-9)
        assert recipe.features_.components.explained == pytest.approx(tuple(model.explained_variance_ratio_))

    def test_components_of_very_many_columns_are_found_from_random_mixtures_of_them(self):
        random = np.random.default_rng(0)
        n_rows, n_columns = 400, 1_200
        values = random.normal(size=(n_rows, 3)) * [3, 2, 1] @ random.normal(size=(3, n_columns))
        values = 1e6 + values + random.normal(size=values.shape)
        names = tuple(f"x{place}" for place in range(n_columns))
        table = pa.table(dict(zip(names, values.T, strict=True)))
        n_mixtures = mixture_count(n_columns, 3)
        assert 0 < n_mixtures < n_columns / 8
        watch = ComponentWatch(names, (1e6,) * n_columns, (1.0,) * n_columns, n_mixtures)
        parts = [watch.of(table.slice(0, 10)), watch.of(table.slice(10, 300)), watch.of(table.slice(310))]
        found = PrincipalComponents.of(watch, CoMoments.merged(parts), 3)
        exact = PCA(3, svd_solver="full").fit(sk.StandardScaler().fit_transform(values))
        assert found.explained == pytest.approx(tuple(exact.explained_variance_ratio_), rel=0.02)
        alike = np.abs((np.array(found.directions) * exact.components_).sum(axis=1))
        assert alike == pytest.approx(1, abs=1e-3)

    def test_co_moments_have_the_same_bits_with_any_number_of_native_threads(self):
        random = np.random.default_rng(0)
        names = tuple(f"x{place}" for place in range(30))
        table = pa.table({name: random.normal(size=65_536) for name in names})
        watch = ComponentWatch(names, (0.0,) * 30, (1.0,) * 30, 148)
        found = set()
        for n_threads in (1, 2):
            with threadpool_limits(n_threads):
                found.add(watch.of(table).products.tobytes())
        assert len(found) == 1

    def test_weighted_words(self):
        found = fitted(text="tfidf").transform(TABLE).filter(like="note #").to_numpy()
        hashed = HashingVectorizer(n_features=64, ngram_range=(1, 2), alternate_sign=False, norm=None)
        expected = TfidfTransformer().fit_transform(hashed.transform(TABLE["note"])).toarray()
        assert found == pytest.approx(expected, abs=1e-12)

    def test_dates(self):
        found = fitted(dates="calendar").transform(TABLE)
        assert found["when weekday"].tolist() == TABLE["when"].dt.day_of_week.tolist()
        assert found["when hour"].tolist() == TABLE["when"].dt.hour.tolist()
        cyclic = fitted(dates="cyclic").transform(TABLE)
        angle = 2 * np.pi * (TABLE["when"].dt.month - 1) / 12
        assert cyclic["when month sine"].to_numpy() == pytest.approx(np.sin(angle).to_numpy())


@pytest.mark.parametrize(
    ("without", "said"), [([], "3 directions are kept"), (["weight:components", "income:components"], "1 direction is")]
)
def test_a_plan_tells_how_many_components_there_will_be_where_more_were_asked_for(without, said):
    recipe = fitted(pca=50, without=without)
    told = [reason for step, reason in recipe.explain()[["step", "reason"]].to_numpy() if step == "components"]
    assert told
    assert all(said in reason and "50 were asked for" in reason for reason in told)
    assert f"{len(recipe.features_.components.directions)} direction" in told[0]


class TestEncodings:
    def test_each_category_gets_a_column_and_new_ones_none(self):
        recipe = fitted(encode="onehot")
        found = recipe.transform(TABLE.assign(town=["Ulm", "Rom", None, "Kiel"] * (N // 4)))
        assert [name for name in found.columns if name.startswith("town")] == [
            "town = Ulm",
            "town = Kiel",
            "town = Bonn",
        ]
        assert found.filter(like="town").head(4).to_numpy().tolist() == [[1, 0, 0], [0, 0, 0], [0, 0, 0], [0, 1, 0]]

    def test_numbers_of_categories(self):
        assert set(fitted(encode="ordinal").transform(TABLE)["town"]) == {0.0, 1.0, 2.0}
        counts = TABLE["town"].map(TABLE["town"].value_counts())
        assert fitted(encode="count").transform(TABLE)["town"].tolist() == counts.tolist()

    def test_a_column_may_be_told_apart_by_its_name(self):
        found = fitted(scale=["standard", "height:none"], encode=["onehot", "town:none"]).transform(TABLE)
        assert found["height"].tolist() == TABLE["height"].tolist()
        assert abs(found["weight"].mean()) < 1e-9
        assert set(found["town"]) == {"Ulm", "Kiel", "Bonn"}

    def test_outliers_are_told_by_a_column_instead_of_brought_to_a_bound(self):
        table = TABLE.assign(height=TABLE["height"].where(TABLE.index != 7, 1e6))
        found = PreparationRecipe(outliers="flag").fit(table).transform(table)
        assert found["height"][7] == 1e6
        assert found.index[found["height is outlier"] == 1].tolist() == [7]


@given(st.lists(st.integers(0, N), max_size=12), st.sampled_from(["by rank", "one hot", "ordinal", "counted"]))
@settings(max_examples=6, deadline=None)
def test_any_parts_teach_the_same_to_the_bit(cuts, which):
    assert learnt(cuts, ALL[which]) == learnt([], ALL[which])


@given(st.lists(st.integers(0, N), max_size=12))
@settings(max_examples=4, deadline=None)
def test_any_parts_teach_the_same_components_to_a_tolerance(cuts):
    parted, whole = learnt(cuts, {"pca": 2}).components, learnt([], {"pca": 2}).components
    assert np.array(parted.directions) == pytest.approx(np.array(whole.directions), abs=1e-9)
    assert parted.centres == pytest.approx(whole.centres, rel=1e-10)


def learnt(cuts, options):
    rows = pa.Table.from_pandas(TABLE, preserve_index=False)
    pieces = [rows.slice(start, end - start) for start, end in pairwise([0, *sorted(cuts), N])]
    looks = look_at(rows)
    summary = merge_in_tree([TableSummary.of(piece, looks) for piece in pieces], TableSummary.merged)
    plans = plan_columns(looks, summary, target="bought", choices=FeatureChoices.of(**options))
    recipe = PreparationRecipe.of_plans(plans, summary)
    learning = FeatureLearning.of(plans, summary, options.get("pca", 0))
    found = [TableSummary.of(recipe.clean_arrow(piece), learning.looks, learning.watches) for piece in pieces]
    return learning.learn(merge_in_tree(found, TableSummary.merged))


@pytest.mark.parametrize(
    "options", [{"scale": how} for how in ("standard", "robust", "quantile", "power")] + [{"pca": 9}]
)
def test_nasty_numbers_give_finite_features(options):
    table = pd.DataFrame({
        "huge": RANDOM.normal(size=60) * 1e300, "tiny": RANDOM.normal(size=60) * 1e-300, "two": [0.0, 1.0] * 30,
        "mostly": [0.0] * 58 + [1.0, np.nan], "gap": [None] * 60,
    })  # fmt: skip
    found = PreparationRecipe(**options).fit(table).transform(table)
    assert np.isinf(found.to_numpy(dtype=np.float64)).sum() == 0


class TestMistakes:
    @pytest.mark.parametrize(
        ("options", "said"),
        [
            ({"scale": "minmax"}, "Use one of standard, robust, quantile, power"),
            ({"encode": ["town:hot"]}, "Use one of onehot, ordinal, count"),
            ({"pca": -1}, "whole number of components"),
            ({"outliers": "none"}, "Use one of winsorise, flag"),
        ],
    )
    def test_a_choice_that_does_not_exist_is_named(self, options, said):
        with pytest.raises(InvalidSettingError, match=said):
            fitted(**options)

    def test_a_column_that_does_not_exist_is_named(self):
        with pytest.raises(UnknownColumnError, match="heigth"):
            fitted(scale="heigth:robust")

    @pytest.mark.parametrize(
        ("options", "said"),
        [
            ({"scale": "town:robust"}, "It is for numbers, and the column holds texts"),
            ({"dates": "number:cyclic"}, "It is for dates, and the column holds numbers"),
            ({"encode": "at:onehot"}, "It is for texts, and the column holds dates"),
            ({"outliers": "truth:flag"}, "It is for numbers, and the column holds truths"),
        ],
    )
    def test_a_choice_for_a_column_of_another_kind_is_refused(self, options, said):
        at = pd.date_range("2024-01-01", periods=6)
        table = pd.DataFrame({"town": list("abcabc"), "number": np.arange(6.0), "at": at, "truth": [True, False] * 3})
        with pytest.raises(InvalidSettingError, match=said):
            PreparationRecipe(**options).fit(table)
        [(option, choice)] = options.items()
        column = choice.partition(":")[0]
        if option != "outliers":  # which is left as it is by its step
            PreparationRecipe(**{option: f"{column}:none"}).fit(table)

    def test_a_choice_for_all_columns_is_none_for_one_without_a_name(self):
        table = pd.DataFrame({"": np.arange(6.0) ** 2, "town": list("abcabc")})
        assert "town = a" in PreparationRecipe(encode="onehot").fit(table).prepared_names

    def test_a_choice_for_texts_holds_where_numbers_are_left_texts(self):
        table = pd.DataFrame({"size": ["1", "2", "1", "3"] * 3, "n": np.arange(12) / 7})
        recipe = PreparationRecipe(without=["size:numbers"], encode="size:onehot").fit(table)
        assert "size = 1" in recipe.prepared_names

    def test_a_feature_of_another_version_is_refused(self):
        text = fitted(scale="standard").to_json().replace('"make": "scaled"', '"make": "shaken"')
        with pytest.raises(InvalidRecipeError, match="makes no 'shaken'"):
            PreparationRecipe.from_json(text)
