"""A profile of any table adds up, agrees with the run on types, and names what is suspicious."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from preprocessing.test_nasty_tables import NASTY, REFUSED

from lepton_jupyter.data.frames import to_pandas
from lepton_jupyter.data.schema import understand
from lepton_jupyter.events.encoding import decode_message, encode
from lepton_jupyter.exceptions.data_errors import DuplicateColumnsError, InvalidTargetError, UnknownColumnError
from lepton_jupyter.inspection.table_profile import profile_table

STILL_PROFILED = {
    "infinity", "infinity as text", "infinity, nullable", "complex numbers", "complex objects", "no rows", "no columns",
    "an empty array", "an empty list",
}  # fmt: skip
TABLES = {name: make for name, (make, _) in NASTY.items()} | {name: REFUSED[name][0] for name in sorted(STILL_PROFILED)}


def column(message, name="a"):
    return next(each for each in message.columns if each.name == name)


def kinds(found):
    return [note.kind for note in found.notes]


def assert_adds_up(message, n_rows):
    assert message.n_rows == n_rows
    for each in message.columns:
        known = n_rows - each.n_missing
        assert 0 <= each.n_missing <= n_rows
        assert each.n_distinct <= known
        assert (each.n_distinct == 0) == (known == 0) or each.figures is None
        picture = each.picture
        if picture.style != "none":
            assert sum(picture.counts) + picture.rest == known
        assert len(picture.labels) <= 12
        assert all(part <= whole for part, whole in zip(picture.second, picture.counts, strict=False))


@pytest.mark.parametrize("name", list(TABLES))
def test_every_table_is_profiled_and_adds_up(name):
    frame = to_pandas(TABLES[name]())
    before = frame.copy()
    message = profile_table(frame)
    assert_adds_up(message, len(frame))
    assert encode(decode_message(encode(message))) == encode(message)
    pd.testing.assert_frame_equal(frame, before)


@pytest.mark.parametrize("name", list(NASTY))
def test_types_are_those_of_a_run(name):
    frame = to_pandas(NASTY[name][0]())
    expected = {each.name: (each.kind, each.reason) for each in understand(frame).columns}
    assert {each.name: (each.kind, each.reason) for each in profile_table(frame).columns} == expected


def test_a_column_is_understood_by_the_rows_that_have_a_target():
    frame = pd.DataFrame({"a": ["x"] * 50 + ["y"] * 50, "y": [0.0, 1.0] * 25 + [None] * 50})
    [expected] = understand(frame, target="y").columns
    found = column(profile_table(frame, target="y"))
    assert (found.kind, found.reason) == (expected.kind, expected.reason) == ("constant", "the same value in every row")
    assert found.n_distinct == 2


@pytest.mark.parametrize("name", list(NASTY))
def test_with_a_target_every_part_is_within_its_whole(name):
    frame = to_pandas(NASTY[name][0]())
    names = {*map(str, frame.columns)}
    target = "answer" if "answer" not in names else "the answer"
    message = profile_table(frame.assign(**{target: np.arange(len(frame)) % 2}), target=target)
    assert_adds_up(message, len(frame))
    assert message.target.task == "binary"
    for each in message.columns:
        assert each.alone is None or 0.5 <= each.alone <= 1.0


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(), st.text(max_size=8), st.binary(max_size=4),
    st.datetimes(), st.dates(), st.times(), st.timedeltas(), st.decimals(allow_nan=False), st.complex_numbers(),
    st.uuids(), st.just([1]), st.just({"a": 1}),
    st.sampled_from(["?", "N/A", "", " ", "-999", "2020-01-01", "1e400", "true"]),
)  # fmt: skip


@settings(deadline=None, max_examples=150)
@given(data=st.data(), n_rows=st.integers(0, 30))
def test_any_objects_are_profiled(data, n_rows):
    one_kind = st.sampled_from([*VALUES.original_strategies]).flatmap(
        lambda kind: st.lists(kind, min_size=n_rows, max_size=n_rows)
    )
    mixed = st.lists(VALUES, min_size=n_rows, max_size=n_rows)
    columns = data.draw(st.lists(st.one_of(one_kind, mixed), min_size=1, max_size=3))
    frame = pd.DataFrame({f"c{place}": pd.Series(values, dtype=object) for place, values in enumerate(columns)})
    message = profile_table(frame)
    assert_adds_up(message, n_rows)
    against = profile_table(frame, against=frame)
    assert all(not each.change and each.stability_index == 0.0 for each in against.drift.columns)
    assert (against.drift.n_missing, against.drift.n_extra) == (0, 0)


@settings(deadline=None, max_examples=40)
@given(values=st.lists(st.floats(width=64), min_size=1, max_size=200))
@example(values=[0.0, 5e-324])
@example(values=[1e-310 * place for place in range(200)] + [1e300])
def test_histograms_hold_every_number(values):
    found = column(profile_table(pd.DataFrame({"a": values})))
    known = sum(not np.isnan(value) for value in values)
    assert found.n_missing == len(values) - known
    if found.picture.style == "histogram":
        assert sum(found.picture.counts) == known


@settings(deadline=None, max_examples=25)
@given(order=st.permutations(range(7)))
def test_the_order_of_columns_does_not_matter(order):
    frame = _customers(300)
    names = [frame.columns[place] for place in order]
    plain, turned = profile_table(frame, target="paid"), profile_table(frame[names], target="paid")
    assert turned.n_duplicate_rows == plain.n_duplicate_rows
    by_name = {each.name: each for each in plain.columns}
    for each in turned.columns:
        assert each == by_name[each.name]


def _customers(n):
    rng = np.random.default_rng(3)
    age = rng.integers(18, 90, n)
    return pd.DataFrame({
        "age": age,
        "town": rng.choice(["Ulm", "Bonn", "Kiel"], n),
        "income": np.round(rng.lognormal(8, 1, n), 2),
        "since": pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 900, n), unit="D"),
        "note": [f"wrote about the {each} things on day {i}" for i, each in enumerate(rng.choice(["red", "blue"], n))],
        "member": rng.random(n) < 0.3,
        "paid": np.where(age + rng.normal(0, 25, n) > 55, "yes", "no"),
    })  # fmt: skip


def test_twins_of_names_are_refused_in_a_sentence():
    with pytest.raises(DuplicateColumnsError, match="'a' occurs more than once"):
        to_pandas(pd.DataFrame([[1, 2]], columns=["a", "a"]))


def test_polars_and_pandas_give_the_same_profile():
    frame = _customers(200)
    other = to_pandas(pl.from_pandas(frame))
    for ours, theirs in zip(profile_table(frame).columns, profile_table(other).columns, strict=True):
        assert (ours.kind, ours.n_missing, ours.n_distinct, ours.picture) == (
            theirs.kind, theirs.n_missing, theirs.n_distinct, theirs.picture,
        )  # fmt: skip


def test_a_target_that_is_none_is_told_in_a_sentence():
    frame = _customers(60)
    with pytest.raises(UnknownColumnError, match="paid"):
        profile_table(frame, target="payd")
    with pytest.raises(InvalidTargetError, match="one class or value"):
        profile_table(frame.assign(paid="no"), target="paid")


def test_the_second_colour_is_the_positive_class_the_commonest_or_the_upper_half():
    frame = _customers(400)
    binary = profile_table(frame, target="paid").target
    assert (binary.second_label, binary.picture.labels) == ("yes", ("no", "yes"))
    several = profile_table(frame, target="town").target
    assert several.second_label == several.picture.labels[0] == frame["town"].mode()[0]
    number = profile_table(frame, target="income").target
    assert sum(number.picture.second) == 200
    assert number.figures.median == pytest.approx(frame["income"].median(), rel=0.05)


def test_rows_without_a_target_are_in_the_counts_and_not_in_the_second_colour():
    frame = _customers(400)
    frame.loc[:99, "paid"] = None
    message = profile_table(frame, target="paid")
    assert message.target.n_missing == 100
    town = column(message, "town").picture
    assert sum(town.counts) == 400
    assert sum(town.second) == (frame["paid"] == "yes").sum()


def test_duplicate_rows_are_counted_once_each():
    frame = _customers(100)
    assert profile_table(frame).n_duplicate_rows == 0
    twice = pd.concat([frame, frame.head(7), frame.head(2)])
    assert profile_table(twice).n_duplicate_rows == twice.duplicated().sum() == 9
    assert profile_table(twice, target="paid").n_duplicate_rows == 9
    gaps = pd.DataFrame({"a": [np.nan, np.nan, 0.0, -0.0]})
    assert profile_table(gaps).n_duplicate_rows == 2


def test_figures_are_those_of_pandas():
    frame = _customers(999)
    found = column(profile_table(frame), "income")
    expected = frame["income"].describe()
    figures = found.figures
    assert figures.median == expected["50%"]
    assert figures.mean == pytest.approx(expected["mean"])
    assert figures.deviation == pytest.approx(frame["income"].std(ddof=0))
    assert (figures.minimum, figures.maximum) == (expected["min"], expected["max"])
    assert found.n_distinct == frame["income"].nunique()
    assert [each.n_distinct for each in profile_table(frame).columns] == frame.nunique().tolist()


def test_an_outlier_does_not_hide_the_rest():
    values = np.append(np.random.default_rng(0).normal(size=5_000), 1e9)
    picture = column(profile_table(pd.DataFrame({"a": values}))).picture
    assert picture.cut
    assert picture.high < 10
    assert np.count_nonzero(picture.counts) > 15


def test_free_text_is_drawn_by_its_length_and_never_quoted():
    message = profile_table(_customers(100))
    note = column(message, "note")
    assert note.kind == "text"
    assert note.picture.style == "histogram"
    assert note.picture.labels == ()
    assert "wrote about" not in str(encode(message))


def test_very_long_categories_are_cut():
    frame = pd.DataFrame({"a": ["x" * 5_000, "y"] * 20})
    assert [len(label) for label in column(profile_table(frame)).picture.labels] == [200, 1]


def test_keys_beyond_the_precision_of_doubles_are_told_apart():
    frame = pd.DataFrame({"key": 10**18 + np.arange(100), "b": 1})
    message = profile_table(frame)
    assert column(message, "key").n_distinct == 100
    assert message.n_duplicate_rows == 0


def test_a_very_wide_table_is_profiled_and_compared():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(300, 600))).assign(y=rng.integers(0, 2, 300))
    frame.columns = frame.columns.astype(str)
    message = profile_table(frame, target="y", against=frame + 1)
    assert len(message.columns) == 600
    assert message.drift.n_columns == 601
    assert message.drift.separability > 0.95


def test_infinite_numbers_are_values_in_the_outer_bars():
    found = column(profile_table(pd.DataFrame({"a": [np.inf, -np.inf, 1.0, 2.0, np.nan]})))
    assert (found.n_missing, found.n_distinct, sum(found.picture.counts)) == (1, 4, 4)
    assert (found.picture.counts[0], found.picture.counts[-1]) == (2, 2)
    assert kinds(found) == ["infinite"]
