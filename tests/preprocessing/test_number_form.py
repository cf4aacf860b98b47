"""Numbers in text are read as they are meant, each by itself, and the quick way reads what the whole pattern does."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_jupyter.preprocessing.column_look import look_at
from lepton_jupyter.preprocessing.number_form import NumberForm, sniff_number_form

FORMS = (
    NumberForm(),
    NumberForm(","),
    NumberForm(",", {"€": 1.0, "EUR": 1.0}, "€"),
    NumberForm(".", {"kg": 1.0, "g": 1e-3}, "kg"),
    NumberForm(".", {"%": 1.0}, "%"),
)
#: Texts of the pieces that numbers are made of, in any order.
PIECES = ["1", "23", "004", "567", ".", ",", " ", "-", "+", "(", ")", "€", "EUR", "kg", "g", "%", "e5", "−", "x"]
texts = st.lists(st.sampled_from(PIECES), max_size=7).map("".join)


def read(form, some):
    return form.read(pa.array(some, pa.large_string()))


@pytest.mark.parametrize(
    ("some", "numbers", "says"),
    [
        (["1.234,50 €", "12 €", "7,5 €"], [1234.5, 12, 7.5], "decimal commas, currency €"),
        (["$1,234.5", "($12)", "-$3", "$-4", "US$ 5"], [1234.5, -12, -3, -4, 5], "currency $"),
        (["12 kg", "500 g", "3 kg"], [12, 0.5, 3], "unit kg, g converted"),
        (["1e3", "2.5E-3", "−8", "+1", " 7 "], [1000, 0.0025, -8, 1, 7], ""),
        (["12%", "13.5 %"], [12, 13.5], "unit %"),
        (["1 234,5", "3", "0,25"], [1234.5, 3, 0.25], "decimal commas"),
        (["1'234.50 CHF", "2 CHF"], [1234.5, 2], "currency CHF"),
        (["1,234", "2,500", "12"], [1234, 2500, 12], ""),
    ],
)
def test_a_column_is_read_as_it_is_written(some, numbers, says):
    form = sniff_number_form(pa.array(some))
    assert form is not None
    assert read(form, some).tolist() == numbers
    assert form.says == says


@pytest.mark.parametrize(
    "some",
    [
        ["red", "1", "blue"],
        ["2024-03-01", "2024-03-02"],
        ["1.2.3.4", "10.0.0.1"],
        ["A12", "B7"],
        [None],
    ],
)
def test_what_holds_no_numbers_of_one_kind_is_left_as_text(some):
    assert sniff_number_form(pa.array(some, pa.large_string())) is None


@pytest.mark.parametrize(
    ("some", "numbers", "units"),
    [
        (["12 EUR", "€ 3", "7,5 USD", "$2", "5"], [12, 3, 7.5, 2, 5], ["EUR", "EUR", "USD", "USD", None]),
        (["12 kg", "500 g", "1 kg", "3 l", "2 l"], [12, 0.5, 1, 3, 2], ["kg", "kg", "kg", "l", "l"]),
    ],
)
def test_units_that_are_not_converted_are_kept_apart(some, numbers, units):
    form = sniff_number_form(pa.array(some))
    assert read(form, some).tolist() == numbers
    assert form.units_of(pa.array(some, pa.large_string())).to_pylist() == units
    assert read(form, ["3 CHF"]).tolist() == [pytest.approx(np.nan, nan_ok=True)]


def test_one_text_in_another_currency_is_an_error_and_no_column_of_two():
    form = sniff_number_form(pa.array([f"{number} EUR" for number in range(60)] + ["3 USD"]))
    assert (form.unit, form.apart) == ("EUR", None)


@pytest.mark.parametrize(
    "some",
    [
        ["C000123", "C000124", "C101010"],
        ["INV-0017", "INV-4711"],
        ["C4711", "C4712"],
        ["A12", "B7"],
        ["01067", "10115"],
        ["Q1", "Q4", "Q2"],
    ],
)
def test_digits_of_a_code_are_no_number(some):
    look = look_at(pa.table({"key": pa.array(some, pa.large_string())}))[0]
    assert (look.reads, look.codes) == ("text", True)


@pytest.mark.parametrize("some", [["€5", "€12"], ["EUR 7"], ["12kg", "0.5kg"], ["-7", "8"], ["0", "0.5"]])
def test_a_number_beside_its_unit_is_no_code(some):
    assert not look_at(pa.table({"x": pa.array(some, pa.large_string())}))[0].codes


@given(st.lists(texts, min_size=1, max_size=6))
@settings(max_examples=40, deadline=None)
def test_the_quick_way_reads_what_the_whole_pattern_reads(some):
    array = pa.array(some, pa.large_string())
    for form in FORMS:
        quick, whole = form._read_plain(array), form._read_any(array)
        plain = ~np.isnan(quick)
        assert quick[plain].tobytes() == whole[plain].tobytes()
        each = np.concatenate([read(form, [text]) for text in some])
        assert read(form, some).tobytes() == each.tobytes() == np.where(plain, quick, whole).tobytes()
