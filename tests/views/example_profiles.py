"""Profiles to draw, made by hand: what each kind of column, note and drift looks like."""

from __future__ import annotations

from dataclasses import replace

from lepton_jupyter.events.profile_messages import (
    ColumnFigures,
    ColumnNote,
    ColumnPicture,
    DriftedColumn,
    DriftPicture,
    ProfiledColumn,
    ProfiledTarget,
    ProfileMessage,
)

MARKUP = '<img src=x onerror="alert(1)"> & "quotes"'
DAY = 86_400_000_000.0
NOTHING = ColumnPicture(style="none", counts=(), second=(), labels=())
TENURE = ColumnFigures(minimum=0, lower_quartile=9, median=29, upper_quartile=55, maximum=72, mean=32.4, deviation=24.6)
DATES = ColumnFigures(
    minimum=16_071 * DAY, lower_quartile=16_700 * DAY, median=17_200 * DAY, upper_quartile=17_800 * DAY,
    maximum=18_260 * DAY, mean=17_180 * DAY, deviation=600 * DAY,
)  # fmt: skip


def histogram(counts, second, low, high, *, cut=False):
    return ColumnPicture(style="histogram", counts=counts, second=second, labels=(), low=low, high=high, cut=cut)


def shares(counts, second, labels, rest=0, rest_second=0):
    return ColumnPicture(
        style="shares", counts=counts, second=second, labels=labels, rest=rest, rest_second=rest_second
    )


def column(name, kind, dtype="str", reason="", **rest):
    given = {"n_missing": 0, "n_distinct": 2, "picture": NOTHING, "figures": None, "alone": None, "notes": ()}
    return ProfiledColumn(name=name, kind=kind, dtype=dtype, reason=reason, **{**given, **rest})


def note(kind, level, text):
    return ColumnNote(kind=kind, level=level, text=text)


COLUMNS = (
    column(
        "customer_id", "identifier", reason="a different text in nearly every row", n_distinct=7043,
        notes=(note("identifier", "warning", "set aside: a different text in nearly every row"),),
    ),
    column(
        "tenure", "number", "int64", "whole numbers", n_distinct=73, figures=TENURE, alone=0.74,
        picture=histogram((2600, 1500, 1200, 1743), (1200, 400, 200, 69), -0.5, 72.5),
    ),
    column(
        "contract", "category", reason="3 different texts", n_distinct=3, alone=0.71,
        picture=shares((3875, 1695, 1473), (1655, 48, 166), ("Month-to-month", "Two year", "One year")),
    ),
    column(
        "senior", "boolean", "bool", "true or false", alone=0.56,
        picture=shares((5901, 1142), (1393, 476), ("False", "True")),
    ),
    column(
        "total_charges", "number", "str", "numbers stored as text", n_missing=11, n_distinct=6530, alone=0.66,
        figures=ColumnFigures(
            minimum=18.8, lower_quartile=401.4, median=1397.5, upper_quartile=3794.7, maximum=8684.8, mean=2283.3,
            deviation=2266.8,
        ),
        picture=histogram((3600, 1500, 900, 1032), (1100, 400, 200, 169), 18.8, 8684.8, cut=True),
        notes=(note("as text", "info", "blank in 11 rows read as missing"),),
    ),
    column(
        "signup_date", "date", "str", "dates stored as text (ISO 8601)", n_distinct=2190, figures=DATES, alone=0.6,
        picture=histogram((1700, 1800, 1700, 1843), (200, 400, 500, 769), 16_071 * DAY, 18_260 * DAY),
        notes=(
            note("as text", "info", "dates stored as text (ISO 8601)"),
            note("time", "info", "looks like the time of each row; for later rows: fit --time signup_date"),
        ),
    ),
    column(
        "comment", "text", reason="9 words on average, 6,120 different texts", n_missing=800, n_distinct=6120,
        picture=histogram((2000, 3000, 1243), (700, 800, 100), 4, 160), alone=0.5,
    ),
    column(
        MARKUP, "category", reason="400 different texts", n_distinct=400,
        picture=shares((40, 40), (10, 10), (MARKUP, "目标" * 30), rest=6963, rest_second=1849),
        notes=(note("marker", "warning", "“?” in 12 rows: a mark for missing? It counts as a category"),), alone=0.52,
    ),
    column(
        "country", "constant", reason="the same value in every row", n_distinct=1,
        picture=shares((7043,), (1869,), ("US",)), notes=(note("constant", "warning", "set aside: one value"),),
    ),
    column(
        "churn_reason", "category", reason="20 different texts", n_missing=5174, n_distinct=20, alone=1.0,
        picture=shares((841, 500, 528), (841, 500, 528), ("Competitor", "Price", "Moved")),
        notes=(
            note("mostly missing", "warning", "no value in 73.5 % of rows"),
            note("leak", "error", "tells churn alone: AUC 1.000 out of fold; drop it unless it is known before"),
        ),
    ),
    column(
        "ratio", "number", "float64", "numbers, some of them infinite", n_distinct=900,
        figures=TENURE, picture=histogram((7000, 43), (1860, 9), 0, 1),
        notes=(note("infinite", "error", "infinity in 3 rows: a fit refuses it; often a division by zero"),),
    ),
)  # fmt: skip

CHURN = ProfiledTarget(
    name="churn",
    task="binary",
    n_classes=2,
    reason="text",
    metric_label="AUC",
    n_missing=0,
    second_label="Yes",
    picture=shares((5174, 1869), (0, 1869), ("No", "Yes")),
    figures=None,
    alone_label="AUC",
    notes=(),
)

DRIFT = DriftPicture(
    table="newer",
    n_rows=1200,
    compared_rows=0,
    separability=0.83,
    separability_error=0.012,
    missing=("senior",),
    n_missing=1,
    extra=(MARKUP, "region"),
    n_extra=2,
    left_out=("customer_id",),
    n_left_out=1,
    columns=(
        DriftedColumn(
            name="tenure", kind="number", change="", level="large", stability_index=0.41, effect=0.27, effect_name="KS",
            p_value=1e-30,            text="shifted upwards: median 29 … 41", labels=(), shares=(0.4, 0.3, 0.2, 0.1),
            other_shares=(0.1, 0.2, 0.3, 0.4),
        ),
        DriftedColumn(
            name="contract", kind="category", change="", level="", stability_index=0.02, effect=0.05,
            effect_name="Cramér's V",
            p_value=0.2, text="", labels=("Month-to-month", "Two year", "One year"), shares=(0.55, 0.24, 0.21),
            other_shares=(0.53, 0.25, 0.22),
        ),
    ),
    n_columns=2,
    n_retyped=0,
    n_large=1,
    n_moderate=0,
)  # fmt: skip


def churn() -> ProfileMessage:
    return ProfileMessage(
        table="telco",
        n_rows=7043,
        n_columns=12,
        memory_bytes=912_000,
        n_duplicate_rows=0,
        target=CHURN,
        columns=COLUMNS,
        n_noted=8,
        hidden="",
        judged_rows=7043,
        drift=None,
        notes=(),
    )


def drifted() -> ProfileMessage:
    return replace(churn(), drift=DRIFT)


def without_target() -> ProfileMessage:
    plain = tuple(
        replace(each, alone=None, picture=replace(each.picture, second=(), rest_second=0)) for each in COLUMNS[:4]
    )
    return replace(churn(), target=None, columns=plain, n_columns=4, n_noted=1, judged_rows=0)


def regression() -> ProfileMessage:
    price = replace(
        CHURN,
        name="price",
        task="regression",
        n_classes=0,
        metric_label="RMSE",
        second_label="upper half of price",
        picture=histogram((3000, 2000, 2043), (0, 1500, 2043), 0, 72),
        figures=TENURE,
        alone_label="R²",
    )
    return replace(churn(), target=price)
