"""Tables as people really have them: whatever can be learnt from is prepared, the rest is refused in one sentence."""

from __future__ import annotations

import datetime as dt
import decimal
import uuid
import warnings

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from lepton_jupyter.data.frames import to_pandas
from lepton_jupyter.data.schema import understand
from lepton_jupyter.exceptions.lepton_error import LeptonError
from lepton_jupyter.preprocessing.recipe import Recipe

N = 60
RNG = np.random.default_rng(7)
NUMBERS = RNG.normal(size=N)
LEVELS = [["red", "green", "blue"][i % 3] for i in range(N)]
SENTENCES = [f"the {LEVELS[i]} car number {i} was sold to a happy customer" for i in range(N)]


def gappy(values, every=7):
    return [None if i % every == 0 else value for i, value in enumerate(values)]


def frame(values, dtype=None):
    return pd.DataFrame({"a": pd.Series(values, dtype=dtype), "b": NUMBERS[: len(values)]})


# name: (maker of the table, kind of its first column)
NASTY = {
    "floats": (lambda: frame(NUMBERS), "number"),
    "floats with gaps": (lambda: frame(gappy(NUMBERS.tolist()), float), "number"),
    "float32": (lambda: frame(NUMBERS, "float32"), "number"),
    "float16": (lambda: frame(NUMBERS.astype("float16")), "number"),
    "int8": (lambda: frame(np.arange(N) % 5, "int8"), "number"),
    "uint64 beyond int64": (
        lambda: frame(np.arange(N, dtype="uint64") * np.uint64(10**7) + np.uint64(2**63)),
        "number",
    ),
    "nullable integers": (lambda: frame(gappy(range(N)), "Int64"), "number"),
    "nullable floats": (lambda: frame(gappy(NUMBERS.tolist()), "Float64"), "number"),
    "arrow integers": (lambda: frame(gappy(range(N)), "int64[pyarrow]"), "number"),
    "arrow decimals": (
        lambda: frame(gappy([decimal.Decimal(i) / 4 for i in range(N)]), pd.ArrowDtype(pa.decimal128(12, 2))),
        "number",
    ),
    "decimals": (lambda: frame(gappy([decimal.Decimal(i) / 8 for i in range(N)]), object), "number"),
    "numbers as objects": (lambda: frame(gappy(NUMBERS.tolist()), object), "number"),
    "numbers as text": (lambda: frame([f"{value:.3f}" for value in NUMBERS]), "number"),
    "numbers as text with words for missing": (
        lambda: frame(["n/a" if i % 9 == 0 else " " if i % 9 == 1 else f" {i} " for i in range(N)]),
        "number",
    ),
    "numbers as text and a stray word": (lambda: frame(["many", *[str(i) for i in range(1, N)]]), "number"),
    "numbers and a stray dict": (lambda: frame([{"foo": "bar"}, *NUMBERS[1:].tolist()], object), "number"),
    "huge numbers": (lambda: frame(NUMBERS * 1e300), "number"),
    "tiny numbers": (lambda: frame(NUMBERS * 1e-300), "number"),
    "subnormal numbers": (lambda: frame(NUMBERS * 1e-310), "number"),
    "numbers apart by less than float32 sees": (lambda: frame(1.7e18 + 1e9 * np.arange(N)), "number"),
    "one outlier": (lambda: frame([1e12, *NUMBERS[1:]]), "number"),
    "negative zero": (lambda: frame([-0.0, 0.0, 1.0] * (N // 3)), "number"),
    "one value and gaps": (lambda: frame(gappy([3.0] * N, 2), float), "number"),
    "durations": (lambda: frame(pd.to_timedelta(gappy(range(N)), unit="h")), "number"),
    "arrow durations": (
        lambda: frame(pd.Series(pd.to_timedelta(range(N), unit="h")).astype("duration[us][pyarrow]")),
        "number",
    ),
    "sparse": (lambda: frame(pd.arrays.SparseArray([0.0, 0.0, 1.0] * (N // 3))), "number"),
    "zip codes as text": (lambda: frame([f"0{1000 + i % 9}" for i in range(N)]), "category"),
    "categories": (lambda: frame(LEVELS), "category"),
    "categories as objects": (lambda: frame(gappy(LEVELS), object), "category"),
    "categories as arrow": (lambda: frame(gappy(LEVELS), "string[pyarrow]"), "category"),
    "categories as python strings": (lambda: frame(gappy(LEVELS), "string[python]"), "category"),
    "categories as large arrow strings": (
        lambda: frame(gappy(LEVELS), pd.ArrowDtype(pa.large_string())),
        "category",
    ),
    "categorical": (lambda: frame(gappy(LEVELS), "category"), "category"),
    "ordered categorical with unused levels": (
        lambda: frame(pd.Categorical(LEVELS, ["blue", "green", "red", "violet"], ordered=True)),
        "category",
    ),
    "categorical of integers": (lambda: frame(np.arange(N) % 4, "category"), "category"),
    "categorical of truths": (lambda: frame(np.arange(N) % 2 == 0, "category"), "category"),
    "arrow dictionary": (
        lambda: frame(LEVELS, pd.ArrowDtype(pa.dictionary(pa.int32(), pa.string()))),
        "category",
    ),
    "intervals": (lambda: frame(pd.cut(NUMBERS, 4)), "category"),
    "mixed numbers and words": (lambda: frame([i % 3 if i % 2 else LEVELS[i] for i in range(N)], object), "category"),
    "mixed 1, 1.0, True and '1'": (lambda: frame([1, 1.0, True, "1", "x", None] * (N // 6), object), "category"),
    "lists": (lambda: frame([[i % 3, 1] for i in range(N)], object), "category"),
    "tuples": (lambda: frame([(i % 3, 1) for i in range(N)], object), "category"),
    "bytes": (lambda: frame([level.encode() for level in LEVELS], object), "category"),
    "times of day": (lambda: frame([dt.time(i % 5) for i in range(N)], object), "category"),
    "one word and gaps": (lambda: frame(gappy(["yes"] * N, 2)), "category"),
    "empty words": (lambda: frame(["", "x"] * (N // 2)), "category"),
    "levels like markup": (lambda: frame(["<b>", "</script>", "\ud83d", "é\x00"] * (N // 4), object), "category"),
    "levels of one row each, few rows": (lambda: frame([f"v{i}" for i in range(10)]), "category"),
    "many levels": (
        lambda: pd.DataFrame({"a": [f"v{i % 300}" for i in range(900)], "b": RNG.normal(size=900)}),
        "category",
    ),
    "truths": (lambda: frame(NUMBERS > 0), "boolean"),
    "nullable truths": (lambda: frame(gappy((NUMBERS > 0).tolist()), "boolean"), "boolean"),
    "arrow truths": (lambda: frame(gappy((NUMBERS > 0).tolist()), "bool[pyarrow]"), "boolean"),
    "truths and None": (lambda: frame(gappy((NUMBERS > 0).tolist()), object), "boolean"),
    "truths as text": (lambda: frame(["True", "false", "TRUE"] * (N // 3)), "boolean"),
    "dates": (lambda: frame(pd.date_range("2020-01-01", periods=N)), "date"),
    "dates with gaps": (
        lambda: frame(pd.to_datetime(gappy(pd.date_range("2020-01-01", periods=N).tolist()))),
        "date",
    ),
    "dates in nanoseconds": (
        lambda: frame(pd.date_range("2020-01-01", periods=N, freq="h").astype("datetime64[ns]")),
        "date",
    ),
    "dates with a zone": (lambda: frame(pd.date_range("2020-03-28", periods=N, freq="h", tz="Europe/Berlin")), "date"),
    "arrow timestamps": (
        lambda: frame(pd.Series(pd.date_range("2020-01-01", periods=N)).astype("timestamp[us, UTC][pyarrow]")),
        "date",
    ),
    "arrow dates": (lambda: frame([dt.date(2020, 1, 1 + i % 28) for i in range(N)], "date32[pyarrow]"), "date"),
    "date objects": (lambda: frame(gappy([dt.date(2020, 1, 1 + i % 28) for i in range(N)]), object), "date"),
    "dates before 1970 and after 2262": (
        lambda: frame(["1850-06-01", "1969-12-31", "2021-05-05"] * (N // 3)),
        "date",
    ),
    "dates as text": (lambda: frame(gappy([f"2021-0{1 + i % 9}-11" for i in range(N)])), "date"),
    "dates and times as text": (lambda: frame([f"2021-03-11T{i % 24:02}:15:00Z" for i in range(N)]), "date"),
    "day first dates as text": (lambda: frame([f"{1 + i % 28}.3.2021" for i in range(N)]), "date"),
    "american dates as text": (lambda: frame([f"3/{1 + i % 28}/2021 4:05 PM" for i in range(N)]), "date"),
    "dates in words": (lambda: frame([f"{1 + i % 28} Mar 2021" for i in range(N)]), "date"),
    "dates as text and a stray word": (
        lambda: frame(["soon", *[f"2021-01-{1 + i % 28:02}" for i in range(1, N)]]),
        "date",
    ),
    "periods": (lambda: frame(pd.period_range("2020-01", periods=N, freq="M")), "date"),
    "text": (lambda: frame(SENTENCES), "text"),
    "text with gaps": (lambda: frame(gappy(SENTENCES), object), "text"),
    "text of signs only": (lambda: frame([f"! ? ; {'-' * i}" for i in range(N)]), "text"),
    "text without blanks": (lambda: frame([f"这辆{i}号红色的汽车卖给了一位快乐的客户朋友" for i in range(N)]), "text"),
    "all missing": (lambda: frame([None] * N, object), "constant"),
    "all nan": (lambda: frame([np.nan] * N), "constant"),
    "all NA": (lambda: frame([pd.NA] * N, "Int64"), "constant"),
    "constant number": (lambda: frame([7] * N), "constant"),
    "constant word": (lambda: frame(["x"] * N), "constant"),
    "constant date": (lambda: frame(pd.to_datetime(["2020-01-01"] * N)), "constant"),
    "uuids": (lambda: frame([str(uuid.UUID(int=i * 7919)) for i in range(N)]), "identifier"),
    "row numbers by name": (
        lambda: pd.DataFrame({"customer_id": np.arange(N)[::-1], "b": NUMBERS}),
        "identifier",
    ),
    "nothing useful": (lambda: pd.DataFrame({"id": np.arange(N), "b": "x"}), "identifier"),
    "names that are numbers": (lambda: pd.DataFrame({1: NUMBERS, 2.5: NUMBERS, None: NUMBERS}), "number"),
    "names of two levels": (
        lambda: pd.DataFrame(np.c_[NUMBERS, NUMBERS], columns=pd.MultiIndex.from_tuples([("a", "x"), ("a", "y")])),
        "number",
    ),
    "names with signs": (lambda: pd.DataFrame({'{"a": [1]}': NUMBERS, "": NUMBERS, "ü 𝄞\n": LEVELS}), "number"),
    "an index with twins": (lambda: frame(NUMBERS).set_axis([0] * N), "number"),
    "an array": (lambda: RNG.normal(size=(N, 3)), "number"),
    "an array of objects": (lambda: RNG.normal(size=(N, 3)).astype(object), "number"),
    "an array of text": (lambda: np.array([LEVELS, LEVELS]).T, "category"),
    "a read-only array in columns": (lambda: _locked(np.asfortranarray(RNG.normal(size=(N, 3)))), "number"),
    "a record array": (lambda: frame(NUMBERS).to_records(index=False), "number"),
    "rows as lists": (lambda: [[float(value), level] for value, level in zip(NUMBERS, LEVELS, strict=True)], "number"),
    "rows as dicts": (lambda: [{"a": float(value)} for value in NUMBERS], "number"),
    "columns as a dict": (lambda: {"a": NUMBERS, "b": LEVELS}, "number"),
    "polars": (lambda: pl.DataFrame({"a": gappy(LEVELS), "b": NUMBERS}), "category"),
    "polars, lazy": (lambda: pl.LazyFrame({"a": gappy(range(N)), "b": NUMBERS}), "number"),
    "polars categories and dates": (
        lambda: pl.DataFrame(
            {"a": pl.Series(LEVELS, dtype=pl.Categorical), "b": [dt.date(2020, 1, 1 + i % 28) for i in range(N)]}
        ),
        "category",
    ),
    "an arrow table": (lambda: pa.table({"a": gappy(LEVELS), "b": NUMBERS}), "category"),
    "one column": (lambda: pd.DataFrame({"a": NUMBERS}), "number"),
    "two rows": (lambda: frame([1.0, 2.0]), "number"),
    "more columns than rows": (lambda: RNG.normal(size=(12, 700)), "number"),
}  # fmt: skip


def _locked(array):
    array.flags.writeable = False
    return array


@pytest.fixture(params=list(NASTY))
def nasty(request):
    make, kind = NASTY[request.param]
    return make(), kind


def assert_same(first, second):
    assert first.keys() == second.keys()
    for view in first:
        np.testing.assert_array_equal(first[view], second[view])


def test_there_are_enough_of_them():
    assert len(NASTY) >= 60


def test_every_table_is_understood_and_prepared(nasty):
    table, kind = nasty
    frame = to_pandas(table)
    before = frame.copy()
    schema = understand(frame)
    assert schema.columns[0].kind == kind, schema.columns[0]
    assert all(column.reason for column in schema.columns)
    recipe, views = Recipe.fit_transform(frame, schema)
    for view, matrix in views.items():
        assert matrix.dtype == np.float32
        assert matrix.flags.c_contiguous
        assert matrix.shape == (len(frame), len(recipe.feature_names(view)))
        assert not np.isinf(matrix).any()
    assert not np.isnan(views["linear"]).any()
    for place in recipe.categorical_columns("tree"):
        codes = views["tree"][:, place]
        assert np.nanmin(codes) >= 0
        assert np.nanmax(codes) < 254
    assert [each.name for each in recipe.treatments()] == list(frame.columns)
    pd.testing.assert_frame_equal(frame, before)


def test_a_saved_recipe_prepares_the_same_bits(nasty):
    table, _ = nasty
    frame = to_pandas(table)
    recipe, views = Recipe.fit_transform(frame, understand(frame))
    assert_same(recipe.transform(table), views)
    saved = recipe.to_json()
    reopened = Recipe.from_json(saved)
    assert reopened.to_json() == saved
    assert reopened.treatments() == recipe.treatments()
    assert_same(reopened.transform(frame), views)


def test_rows_are_prepared_one_by_one_as_all_at_once(nasty):
    table, _ = nasty
    frame = to_pandas(table)
    recipe, views = Recipe.fit_transform(frame, understand(frame))
    for rows in (slice(0, 1), slice(1, 2), slice(1, 40), slice(len(frame) - 1, None), slice(0, 0)):
        assert_same(recipe.transform(frame.iloc[rows]), {view: matrix[rows] for view, matrix in views.items()})


TEXT = ["some words"] * N
REFUSED = {
    "infinity": (lambda: frame([np.inf, *NUMBERS[1:]]), r"Column 'a' contains infinity: one infinite value"),
    "infinity as text": (lambda: frame(["inf", *[str(i) for i in range(1, N)]]), r"infinity"),
    "infinity, nullable": (lambda: frame([-np.inf, *NUMBERS[1:]], "Float64"), r"infinity"),
    "complex numbers": (lambda: frame(NUMBERS + 1j), r"Complex data not supported: column 'a'"),
    "a complex array": (lambda: np.ones((5, 2)) * 1j, r"Complex data not supported"),
    "complex objects": (lambda: frame([1j] * N, object), r"Complex data not supported"),
    "no rows": (lambda: frame(NUMBERS).iloc[:0], r"0 sample\(s\) \(shape=\(0, 2\)\)"),
    "no columns": (lambda: pd.DataFrame(index=range(12)), r"0 feature\(s\) \(shape=\(12, 0\)\)"),
    "an empty array": (lambda: np.empty((12, 0)), r"0 feature\(s\) \(shape=\(12, 0\)\)"),
    "an empty list": (list, r"0 feature"),
    "twins": (lambda: pd.DataFrame([[1, 2]], columns=["a", "a"]), r"'a' occurs more than once"),
    "twins once they are text": (lambda: pd.DataFrame([[1, 2]], columns=["1", 1]), r"'1' occurs more than once"),
    "arrow twins": (lambda: pa.table([[1], [2]], names=["a", "a"]), r"'a' occurs more than once"),
    "one dimension": (lambda: NUMBERS, r"Reshape your data"),
    "a list of numbers": (lambda: [1.0, 2.0], r"Reshape your data"),
    "a list of words": (lambda: ["a", "b"], r"Reshape your data"),
    "a column": (lambda: pd.Series(NUMBERS), r"Reshape your data"),
    "three dimensions": (lambda: np.ones((2, 2, 2)), r"Expected 2D array, got 3D"),
    "rows of different lengths": (lambda: [[1, 2], [3]], r"different lengths"),
    "columns of different lengths": (lambda: {"a": [1, 2], "b": [3]}, r"same length|not a table"),
    "a name": (lambda: "df", r"A str is not a table"),
    "nothing": (lambda: None, r"A NoneType is not a table"),
    "a number": (lambda: 3, r"A int is not a table"),
}


@pytest.mark.parametrize("name", list(REFUSED))
def test_what_cannot_be_learnt_from_is_refused_in_a_sentence(name):
    make, sentence = REFUSED[name]
    with pytest.raises(LeptonError, match=sentence) as caught:
        understand(to_pandas(make()))
    assert str(caught.value).endswith((".", ")"))


def test_sparse_matrices_are_refused():
    sparse = pytest.importorskip("scipy.sparse")
    for matrix in (sparse.csr_matrix(np.eye(3)), sparse.coo_array(np.eye(3))):
        with pytest.raises(TypeError, match="sparse"):
            to_pandas(matrix)


def test_no_table_raises_a_warning_of_pandas(nasty):
    table, _ = nasty
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        frame = to_pandas(table)
        Recipe.fit(frame, understand(frame)).transform(frame)
