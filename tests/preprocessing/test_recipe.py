from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import pandas as tables

from lepton_jupyter.data.schema import understand
from lepton_jupyter.exceptions.data_errors import InfiniteValuesError
from lepton_jupyter.exceptions.prediction_errors import (
    ColumnTypeError,
    FeatureCountError,
    InvalidRecipeError,
    MissingColumnsError,
    UnusedColumnsWarning,
)
from lepton_jupyter.preprocessing import recipe as recipe_module
from lepton_jupyter.preprocessing.recipe import Recipe

N = 300


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(3)
    words = np.array([f"word{i}" for i in range(80)])
    frame = pd.DataFrame(
        {
            "customer_id": np.arange(N),
            "age": rng.integers(18, 90, N),
            "income": np.where(rng.random(N) < 0.1, np.nan, rng.lognormal(10, 1, N)),
            "town": rng.choice(["Ulm", "Bonn", "Kiel"], N, p=[0.6, 0.3, 0.1]),
            "street": [f"street {i % 280}" for i in range(N)],
            "member": rng.random(N) < 0.5,
            "since": pd.Timestamp("2019-12-30") + pd.to_timedelta(rng.integers(0, 400 * 24, N), unit="h"),
            "remark": [" ".join(rng.choice(words, 8)) for _ in range(N)],
            "constant": "x",
            "churn": rng.choice(["no", "yes"], N),
        }
    )
    frame.loc[[5, 9], "churn"] = None
    return frame


@pytest.fixture(scope="module")
def fitted(table):
    return Recipe.fit_transform(table, understand(table, target="churn", positive="no"))


@pytest.fixture(scope="module")
def recipe(fitted):
    return fitted[0]


def column(views, recipe, name, view="tree"):
    return views[view][:, recipe.feature_names(view).index(name)]


def test_rows_without_a_target_are_left_out(fitted):
    assert {len(matrix) for matrix in fitted[1].values()} == {N - 2}


def test_numbers_are_kept_as_they_are_for_trees(table, recipe):
    views = recipe.transform(table)
    np.testing.assert_array_equal(column(views, recipe, "income"), table["income"].astype(np.float32))


def test_levels_are_coded_by_frequency(table, recipe):
    codes = column(recipe.transform(table), recipe, "town")
    assert [set(codes[table["town"] == town]) for town in ("Ulm", "Bonn", "Kiel")] == [{0.0}, {1.0}, {2.0}]
    assert recipe.categorical_columns("tree") == (recipe.feature_names("tree").index("town"),)
    assert recipe.categorical_columns("linear") == ()


def test_many_levels_are_coded_and_counted(table, recipe):
    views = recipe.transform(table)
    training = table["street"][table["churn"].notna()]
    counts = column(views, recipe, "street (count)")
    np.testing.assert_array_equal(counts, table["street"].map(training.value_counts()).fillna(0))
    assert sum(name.startswith("street = ") for name in recipe.feature_names("linear")) == 31


def test_unseen_and_missing_levels(table, recipe):
    row = table.iloc[[0, 1]].assign(town=["Rome", None], street=["nowhere", None])
    views = recipe.transform(row)
    assert np.isnan(column(views, recipe, "town")).all()
    assert column(views, recipe, "street (count)").tolist() == [0, 0]
    assert column(views, recipe, "town = other", "linear").tolist() == [1, 1]


def test_only_parts_of_dates_that_vary(table, recipe):
    parts = [name for name in recipe.feature_names("tree") if name.startswith("since")]
    assert parts == [
        f"since ({part})" for part in ("year", "month", "day", "weekday", "hour", "days since the earliest")
    ]
    views = recipe.transform(table)
    for part in ("year", "month", "day", "hour"):
        np.testing.assert_array_equal(column(views, recipe, f"since ({part})"), getattr(table["since"].dt, part))
    np.testing.assert_array_equal(column(views, recipe, "since (weekday)"), table["since"].dt.day_of_week)
    assert column(views, recipe, "since (days since the earliest)").min() == 0


def test_december_lies_beside_january(table, recipe):
    rows = table.iloc[[0, 0, 0]].assign(since=pd.to_datetime(["2020-12-01", "2020-01-01", "2020-06-01"]))
    views = recipe.transform(rows)
    circle = np.column_stack(
        [column(views, recipe, f"since ({wave} of month)", "linear") for wave in ("sine", "cosine")]
    )
    assert np.linalg.norm(circle[0] - circle[1]) < np.linalg.norm(circle[0] - circle[2]) / 3


def test_like_texts_lie_close(table, recipe):
    remark = table["remark"].iloc[0]
    rows = table.iloc[[0, 0, 1]].assign(remark=[remark, " ".join(reversed(remark.split())), table["remark"].iloc[1]])
    views = recipe.transform(rows)
    topics = np.array([column(views, recipe, f"remark (topic {k})") for k in range(1, 33)]).T
    np.testing.assert_allclose(topics[0], topics[1], atol=1e-6)
    assert np.linalg.norm(topics[0] - topics[2]) > 0.1
    assert column(views, recipe, "remark (words)").tolist() == [8, 8, 8]


def test_the_linear_view_is_complete_and_scaled(fitted):
    recipe, views = fitted
    linear = views["linear"]
    assert np.isfinite(linear).all()
    assert np.abs(linear).max() <= 5
    age = column(views, recipe, "age", "linear")
    assert abs(age.mean()) < 1e-5
    assert age.std() == pytest.approx(1, abs=1e-5)
    normal = column(views, recipe, "income (normal)", "linear")
    known = column(views, recipe, "income is missing", "linear") == 0
    assert normal[known].std() == pytest.approx(1, abs=0.05)
    skew = np.mean(normal[known] ** 3)
    assert abs(skew) < 0.1


def test_every_column_has_a_treatment(table, recipe):
    treatments = {each.name: each for each in recipe.treatments()}
    assert list(treatments) == [name for name in table.columns if name != "churn"]
    assert treatments["customer_id"].treatment == treatments["constant"].treatment == "set aside"
    assert treatments["town"].treatment == "encoded, 3 categories"
    assert treatments["income"].treatment == "as it is, missing values flagged"
    assert treatments["remark"].treatment == "words weighted, 32 topics"
    assert treatments["since"].treatment.startswith("year, month, day")


def test_classes_live_in_the_recipe(recipe):
    reopened = Recipe.from_json(recipe.to_json())
    assert reopened.classes == ("yes", "no")
    assert reopened.target == "churn"


@pytest.mark.parametrize("labels", [(0, 1), (0.0, 1.0), (False, True), ("0", "1")])
def test_classes_keep_their_type(labels):
    frame = pd.DataFrame({"a": [1, 2, 3, 4], "y": [labels[0], labels[1]] * 2})
    recipe = Recipe.from_json(Recipe.fit(frame, understand(frame, target="y")).to_json())
    assert recipe.classes == labels
    assert [type(label) for label in recipe.classes] == [type(label) for label in labels]
    assert recipe.class_array().dtype == pd.Series(labels, dtype=object if isinstance(labels[0], str) else None).dtype


def test_a_saved_recipe_is_json_that_a_person_can_read(recipe):
    text = recipe.to_json()
    saved = json.loads(text, parse_constant=pytest.fail)
    assert saved["version"] == 1
    assert len(text.splitlines()) < 40
    assert saved["columns"][3]["prepared"]["levels"] == ["Ulm", "Bonn", "Kiel"]


def test_threads_change_no_bit(table, monkeypatch):
    schema = understand(table, target="churn")
    monkeypatch.setattr(recipe_module, "_VALUES_WORTH_THREADS", 10**9)
    alone, views = Recipe.fit_transform(table, schema)
    monkeypatch.setattr(recipe_module, "_VALUES_WORTH_THREADS", 0)
    together, views_together = Recipe.fit_transform(table, schema)
    assert together.to_json() == alone.to_json()
    assert all(np.array_equal(views_together[view], views[view], equal_nan=True) for view in views)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "JSONDecodeError"),
        ("[]", "not a recipe"),
        ("{}", "not a recipe"),
        ('{"format": "another", "version": 1}', "format is another"),
        ('{"format": "lepton recipe", "version": 99}', "version 99"),
        ('{"format": "lepton recipe", "version": 1, "columns": [{}]}', "not a recipe"),
    ],
)
def test_what_is_no_recipe_is_refused(text, sentence):
    with pytest.raises(InvalidRecipeError, match=sentence):
        Recipe.from_json(text)


def test_columns_in_any_order_and_set_aside_ones_missing(table, recipe):
    views = recipe.transform(table)
    shuffled = table[sorted(table.columns.drop(["customer_id", "constant", "churn"]))]
    for view, matrix in recipe.transform(shuffled).items():
        np.testing.assert_array_equal(matrix, views[view])


def test_a_missing_column_is_named(table, recipe):
    with pytest.raises(MissingColumnsError, match="'town'"):
        recipe.transform(table.drop(columns="town"))


def test_an_extra_column_is_ignored_with_a_warning(table, recipe):
    with pytest.warns(UnusedColumnsWarning, match="'colour'"):
        recipe.transform(table.assign(colour="red"))


def test_types_that_changed_are_read(table, recipe):
    expected = recipe.transform(table)
    changed = table.assign(
        age=table["age"].astype(str),
        income=table["income"].astype(object),
        town=table["town"].astype("category"),
        member=table["member"].map({True: "yes", False: "no"}),
        since=table["since"].astype(str),
        street=table["street"].astype(object),
    )
    for view, matrix in recipe.transform(changed).items():
        np.testing.assert_array_equal(matrix, expected[view])


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"age": "old"}, "Column 'age' held numbers in training, and 'old' cannot be read as such"),
        ({"member": "perhaps"}, "Column 'member' held true or false in training, and 'perhaps'"),
        ({"since": "someday"}, "Column 'since' held dates in training, and 'someday'"),
        ({"since": 5}, "Column 'since' held dates in training, and 5"),
        ({"income": pd.Timestamp("2020-01-01")}, "Column 'income' held numbers in training, and Timestamp"),
    ],
)
def test_a_value_of_another_kind_is_named(table, recipe, values, sentence):
    row = table.iloc[[0]].assign(**{name: [value] for name, value in values.items()})
    with pytest.raises(ColumnTypeError, match=sentence):
        recipe.transform(row)


def test_an_infinite_number_is_refused(table, recipe):
    with pytest.raises(InfiniteValuesError, match="'income'"):
        recipe.transform(table.assign(income=np.inf))


def test_stray_words_in_training_are_missing_later_too():
    frame = pd.DataFrame({"a": ["many", *map(str, range(40))]})
    recipe = Recipe.fit(frame, understand(frame))
    assert np.isnan(recipe.transform(pd.DataFrame({"a": ["few"]}))["tree"]).all()


def test_arrays_are_prepared_by_place():
    array = np.arange(40.0).reshape(20, 2)
    frame = pd.DataFrame(array, columns=["a", "b"])
    recipe = Recipe.fit(frame, understand(frame))
    np.testing.assert_array_equal(recipe.transform(array)["tree"], array)
    np.testing.assert_array_equal(recipe.transform(array.tolist())["tree"], array)
    with pytest.raises(
        FeatureCountError, match="X has 1 features, but LeptonClassifier is expecting 2 features as input"
    ):
        recipe.transform(array[:, :1], owner="LeptonClassifier")


def test_a_table_with_nothing_to_learn_from_still_has_a_column():
    frame = pd.DataFrame({"a": [1, 1, 1]})
    recipe, views = Recipe.fit_transform(frame, understand(frame))
    assert recipe.feature_names("tree") == ("nothing",)
    assert all(matrix.shape == (3, 1) for matrix in views.values())


def test_wide_tables_lose_copies_and_indicators_but_no_column():
    rng = np.random.default_rng(0)
    numbers = pd.DataFrame(rng.normal(size=(250, 900))).add_prefix("n")
    levels = pd.DataFrame(rng.integers(0, 40, size=(250, 60)).astype(str)).add_prefix("c") + "x"
    frame = pd.concat([numbers, levels], axis=1)
    recipe = Recipe.fit(frame, understand(frame))
    names = recipe.feature_names("linear")
    assert len(names) <= recipe_module.MOST_LINEAR_COLUMNS
    assert all(any(name == column or name.startswith(f"{column} =") for name in names) for column in frame.columns)
    assert len(recipe.feature_names("tree")) == 960


def test_the_order_of_rows_does_not_matter_for_levels(table):
    schema = understand(table, drop=["remark"])
    shuffled = table.sample(frac=1, random_state=0)
    first, second = (Recipe.fit(each, schema) for each in (table, shuffled))
    assert [column.to_dict() for column in first.columns if column.schema.kind == "category"] == [
        column.to_dict() for column in second.columns if column.schema.kind == "category"
    ]


TEXTS = st.one_of(st.none(), st.text(max_size=6), st.sampled_from(["red", "blue", "1", "2020-01-02", "true"]))
FRAMES = tables.data_frames(
    [
        tables.column("number", elements=st.floats(allow_infinity=False, width=64), dtype=float),
        tables.column("integer", elements=st.integers(-(2**62), 2**62), dtype="int64"),
        tables.column("text", elements=TEXTS, dtype=object),
        tables.column("truth", elements=st.booleans(), dtype=bool),
        tables.column(
            "mixed",
            elements=st.one_of(st.none(), st.integers(0, 3), st.booleans(), st.floats(0, 3), st.text(max_size=2)),
            dtype=object,
        ),
    ],
    index=tables.range_indexes(min_size=1, max_size=60),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(frame=FRAMES, cut=st.integers(0, 60))
def test_any_table_is_prepared_alike_whole_in_parts_and_after_saving(frame, cut):
    recipe, views = Recipe.fit_transform(frame, understand(frame))
    reopened = Recipe.from_json(recipe.to_json())
    first, second = recipe.transform(frame.iloc[:cut]), reopened.transform(frame.iloc[cut:])
    for view, matrix in views.items():
        assert not np.isinf(matrix).any()
        np.testing.assert_array_equal(np.vstack([first[view], second[view]]), matrix)
    assert not np.isnan(views["linear"]).any()
