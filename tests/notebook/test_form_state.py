from __future__ import annotations

import json

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from lepton_jupyter.events.commands import FormChoices
from lepton_jupyter.events.encoding import encode
from lepton_jupyter.magics.form_line import check_line, offered_options, table_names, variable_for, write_line
from lepton_jupyter.notebook.form_state import FormLanguage, first_choices, form_message, suggested_target

LANGUAGE = FormLanguage(
    tables=table_names, options=offered_options, variable=variable_for, write=write_line, check=check_line
)
COLUMNS = {
    "客户": ["a", "b", "c", "d"] * 10,
    "fee": np.linspace(1, 40, 40),
    "day": pd.date_range("2026-01-01", periods=40),
    "churn": [True, False, False, False] * 10,
    "note": ["x"] * 40,
}
CHURN = pd.DataFrame(COLUMNS)


def chosen(target="", frame="df", is_path=False, budget_seconds=30.0, options=None):
    return FormChoices(
        frame=frame, is_path=is_path, target=target, budget_seconds=budget_seconds, options=options or {}
    )


def shown(choices, names=None, **more):
    return form_message(choices, {"df": CHURN} if names is None else names, LANGUAGE, **more)


def test_a_form_begins_with_the_newest_table_and_a_suggested_target():
    names = {"first": CHURN, "df": CHURN, "x": 3}
    message = form_message(first_choices(names, LANGUAGE), names, LANGUAGE)
    assert message.frames == ("first", "df")
    assert message.line == "run = %lepton fit df --target churn --budget 30s"
    assert message.frame_note == "40 rows, 5 columns"
    assert message.target_note == "two classes, 25.0 % True; AUC"
    assert message.problem == ""


def test_a_notebook_without_tables_is_told_what_to_do():
    message = form_message(first_choices({}, LANGUAGE), {}, LANGUAGE)
    assert message.frames == ()
    assert message.choices.is_path
    assert "df = pd.read_csv(…)" in message.problem
    assert message.columns == ()


@pytest.mark.parametrize(
    ("columns", "target"),
    [
        (("y", "x"), "y"),
        (("Label", "class", "x"), "Label"),
        (("TARGET", "target", "x"), "TARGET"),
        (("a", "b"), "b"),
        (("目标", "特征"), "目标"),
    ],
)
def test_the_suggested_target(columns, target):
    assert suggested_target(columns) == target


@pytest.mark.parametrize(
    ("target", "options", "note"),
    [
        ("客户", {}, "4 classes, 25.0 % a; log loss"),
        ("fee", {}, "a number, 1 … 40; RMSE"),
        ("fee", {"--metric": ("r2",)}, "a number, 1 … 40; R²"),
        ("churn", {"--positive": ("False",)}, "two classes, 75.0 % False; AUC"),
    ],
)
def test_what_is_said_of_a_target(target, options, note):
    message = shown(chosen(target, options=options))
    assert (message.target_note, message.problem) == (note, "")


@pytest.mark.parametrize(
    ("choices", "said"),
    [
        (chosen("note"), "'note'"),
        (chosen("day"), "'day'"),
        (chosen("gone"), "df has no column 'gone'"),
        (chosen("fee", options={"--metric": ("roc_auc",)}), "roc_auc"),
        (chosen("churn", options={"--positive": ("maybe",)}), "maybe"),
        (chosen("churn", options={"--folds": ("x",)}), "--folds"),
        (chosen("churn", frame="gone"), "There is no table 'gone'"),
        (chosen("", frame="data.csv", is_path=True), "Type the name of the column"),
    ],
)
def test_what_cannot_be_started_says_why(choices, said):
    assert said in shown(choices).problem


def test_metrics_are_those_of_the_task():
    options = {each.name: each for each in shown(chosen("fee")).options}
    assert "r2" in options["--metric"].choices
    assert "roc_auc" not in options["--metric"].choices
    assert "lightgbm" in options["--learners"].choices
    assert "majority" not in options["--learners"].choices


@pytest.mark.parametrize(
    "table",
    [CHURN, pl.DataFrame(COLUMNS), pa.table(COLUMNS), CHURN.convert_dtypes(dtype_backend="pyarrow")],
    ids=["pandas", "polars", "arrow", "pandas with arrow"],
)
def test_every_kind_of_table_is_described_alike(table):
    message = shown(chosen(), {"df": table})
    assert [(each.name, each.kind) for each in message.columns] == [
        ("客户", "text"), ("fee", "number"), ("day", "date"), ("churn", "yes/no"), ("note", "text"),
    ]  # fmt: skip
    assert message.frame_note == "40 rows, 5 columns"
    assert message.target_note.startswith("two classes, 25.0 % ")


def test_a_lazy_table_is_offered_and_never_computed():
    message = shown(chosen("fee"), {"df": pl.LazyFrame(COLUMNS)})
    assert message.frame_note == "5 columns"
    assert (message.target_note, message.problem) == ("", "")


def test_names_that_are_no_text_are_written_as_the_fit_reads_them():
    levels = pd.DataFrame(np.zeros((4, 2)), columns=pd.MultiIndex.from_tuples([("a", "x"), ("a", "y")]))
    numbers = pd.DataFrame({0: [1, 2], 1: [0, 1]})
    assert [each.name for each in shown(chosen("a_x"), {"df": levels}).columns] == ["a_x", "a_y"]
    assert shown(chosen(), {"df": numbers}).line == "run = %lepton fit df --target 1 --budget 30s"


@pytest.mark.parametrize("name", ["column {}", "列" * 400 + "{}", "\u05d0 {}" * 60, "<b>{}</b>\n" * 30])
def test_a_message_stays_small_with_thousands_of_columns(name):
    wide = pd.DataFrame(np.zeros((3, 5000)), columns=[name.replace("{}", str(place)) for place in range(5000)])
    message = shown(chosen(), {"df": wide})
    assert message.n_columns == message.n_matching == 5000
    assert 0 < len(message.columns) <= 200
    assert len(json.dumps(encode(message))) <= 64 * 1024
    found = shown(chosen(), {"df": wide}, find="4321", revision=7)
    assert [each.name for each in found.columns] == [name.replace("{}", "4321")]
    assert (found.find, found.revision) == ("4321", 7)


def test_names_that_begin_with_what_is_typed_come_first():
    table = pd.DataFrame(columns=["net price", "Price", "day", "price_gross"])
    assert [each.name for each in shown(chosen("day"), {"df": table}, find="pRi").columns] == [
        "Price", "price_gross", "net price",
    ]  # fmt: skip


@pytest.mark.parametrize("library", [pd.DataFrame, pl.DataFrame, pa.table])
def test_a_large_table_is_sampled(library):
    values = np.arange(200_000) % 4 == 0
    message = shown(chosen("y"), {"df": library({"y": values})})
    assert message.target_note.startswith("two classes, about ")
