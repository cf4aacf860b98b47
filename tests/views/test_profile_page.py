"""The page and the text of a profile: whole, harmless, and the same story in both."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from views import example_profiles
from views.test_static_pages import Page

from lepton_jupyter.events.encoding import to_json
from lepton_jupyter.views.plain_text import width
from lepton_jupyter.views.profile_frames import columns_frame, drift_frame, suspicions_frame
from lepton_jupyter.views.profile_limits import LIMIT_BYTES, MOST_DRIFTED, within_limit
from lepton_jupyter.views.profile_page import render_profile_html
from lepton_jupyter.views.profile_sentences import (
    attention_text,
    drift_names,
    drift_text,
    fit_line,
    size_text,
    target_text,
)
from lepton_jupyter.views.profile_text import render_profile_text

if TYPE_CHECKING:
    from lepton_jupyter.events.profile_messages import ProfileMessage

PROFILES = {
    "churn": example_profiles.churn,
    "drifted": example_profiles.drifted,
    "without target": example_profiles.without_target,
    "regression": example_profiles.regression,
}
ALLOWED = {
    "div", "span", "b", "code", "style", "svg", "path", "table", "caption", "colgroup", "col", "thead", "tbody", "tr",
    "th", "td", "details", "summary", "dl", "dt", "dd", "ul", "li",
}  # fmt: skip


def page_of(message: ProfileMessage) -> Page:
    # `col` has no end: HTML closes it by itself
    return Page(re.sub(r"<col [^>]*>|<col>", "", render_profile_html(message)))


@pytest.fixture(params=list(PROFILES))
def message(request):
    return PROFILES[request.param]()


def test_html_is_whole_and_harmless(message):
    html = render_profile_html(message)
    page = page_of(message)
    assert {tag for tag, _ in page.elements} <= ALLOWED
    names = {name for _, attributes in page.elements for name in attributes}
    assert not {name for name in names if name.startswith("on")}
    assert not names & {"href", "src", "id", "xlink:href"}
    assert "url(" not in html
    assert "@import" not in html
    assert page.count("caption") == page.count("table")
    assert page.count("style") == 1
    text = "".join(page.text)
    for column in message.columns:
        assert column.name in text
        assert all(note.text in text for note in column.notes)


def test_each_rule_of_the_style_sheet_stays_below_the_root():
    [style] = re.findall(r"<style>(.*?)</style>", render_profile_html(example_profiles.churn()))
    selectors = re.findall(r"(?:^|[{}])\s*([^{}@]+)\{", style)
    assert len(selectors) > 50
    assert all(".lepton-profile" in part for selector in selectors for part in selector.split(","))


@settings(max_examples=40, deadline=None)
@given(name=st.text(alphabet=st.sampled_from("<>&\"'`=/ ai!-;\n\x1b{}"), min_size=1, max_size=40))
def test_markup_in_any_text_is_text(name):
    plain = example_profiles.drifted()

    def named(text):
        columns = tuple(
            replace(
                each, name=text, reason=text, dtype=text,
                picture=replace(each.picture, labels=(text,) * len(each.picture.labels)),
                notes=tuple(replace(note, text=text, kind=text) for note in each.notes),
            )
            for each in plain.columns
        )  # fmt: skip
        drift = replace(
            plain.drift, table=text, missing=(text,), extra=(text,), left_out=(text,),
            columns=tuple(
                replace(each, name=text, text=text, kind=text, effect_name=text) for each in plain.drift.columns
            ),
        )  # fmt: skip
        target = replace(plain.target, name=text, second_label=text, notes=(text,), metric_label=text)
        return replace(plain, table=text, columns=columns, drift=drift, target=target, notes=(text,), hidden=text)

    hostile = named(f"<i>{name}</i><script>\"'>")
    assert [tag for tag, _ in page_of(hostile).elements] == [tag for tag, _ in page_of(named("n")).elements]
    assert "\x1b" not in render_profile_text(hostile)


def test_the_head_says_what_there_is_and_what_to_look_at():
    message = example_profiles.churn()
    assert size_text(message) == "7,043 rows, 12 columns, 912 kB; no duplicate rows"
    assert attention_text(message) == (
        "8 columns to look at",
        "1 leak, 1 refused by a fit, 2 set aside, 1 with marks for missing, 1 doubtful, 2 read from text, "
        "1 in the order of time",
    )
    expected = "two classes; always answering No would be right for 73.5 %, so AUC is the score"
    assert target_text(message.target) == expected
    assert fit_line(message) == "%lepton fit telco --target churn --drop churn_reason"
    assert fit_line(replace(message, table="df[…]")) == ""
    assert fit_line(replace(message, table="my data/x.csv")).startswith('%lepton fit "my data/x.csv" --target')
    assert fit_line(replace(message, table="SQL")) == "", "a query has no name that a line could call it by"
    calm = replace(example_profiles.without_target(), n_noted=0, n_duplicate_rows=1)
    assert attention_text(calm) == ("nothing to look at", "")
    assert size_text(calm).endswith("1 duplicate row")


def test_drift_is_a_sentence():
    drift = example_profiles.DRIFT
    assert drift_text(drift) == (
        "1,200 rows; a model tells the tables apart: AUC 0.830 ±0.012 out of fold, 0.5 is chance; "
        "1 missing, 2 extra, 1 drifted far"
    )
    assert drift_names(drift)[0] == "Not in newer: senior"
    same = replace(drift, separability=0.505, n_missing=0, n_extra=0, n_large=0)
    assert "cannot tell" in drift_text(same)
    assert drift_text(same).endswith("no column drifted")


def test_text_fits_a_terminal_and_tells_the_same(message):
    text = render_profile_text(message)
    lines = text.splitlines()
    assert max(map(width, lines)) <= 100
    assert lines[0].startswith(f"{message.table}: {size_text(message)}")
    flat = " ".join(text.split())
    for column in message.columns[:3]:
        assert column.name in flat
    assert all(" ".join(note.text.split()) in flat for each in message.columns for note in each.notes)


def test_a_message_that_is_too_large_keeps_the_most_telling_columns_and_counts_the_others():
    base = example_profiles.churn()
    many = tuple(replace(base.columns[1], name=f"column {place}", alone=place / 9_000) for place in range(3_000))
    wide = replace(base, columns=(*many, *base.columns), n_columns=3_012)
    kept = within_limit(wide)
    assert len(to_json(kept).encode()) <= LIMIT_BYTES
    assert len(kept.columns) > 50
    noted = [each.name for each in base.columns if each.notes]
    assert {each.name for each in kept.columns[: len(noted)]} == set(noted)
    left = len(wide.columns) - len(kept.columns)
    assert kept.hidden.startswith(f"{left:,} columns more (")
    assert kept.hidden in "".join(page_of(kept).text)
    assert kept.hidden.split(" (")[0] in render_profile_text(kept)
    assert within_limit(base) is base


def test_long_names_never_exceed_the_limit():
    base = example_profiles.churn()
    long = "&\"'<目标" * 60
    picture = replace(base.columns[2].picture, labels=(long[:200],) * 3)
    many = tuple(replace(base.columns[2], name=long, reason=long, picture=picture) for _ in range(300))
    assert len(to_json(within_limit(replace(base, columns=many))).encode()) <= LIMIT_BYTES


def test_a_wide_comparison_keeps_the_most_drifted_columns():
    base = example_profiles.drifted()
    columns = tuple(replace(base.drift.columns[0], name=f"c{place}") for place in range(900))
    names = tuple(f"extra {place}" for place in range(700))
    wide = replace(base, drift=replace(base.drift, columns=columns, n_columns=900, extra=names, n_extra=700))
    kept = within_limit(wide)
    assert "Only in newer: extra 0, " in render_profile_text(kept)
    assert "and 692 more" in "".join(page_of(kept).text)
    assert len(kept.drift.columns) == MOST_DRIFTED
    assert f"… and {900 - MOST_DRIFTED} more" in "".join(page_of(kept).text)
    assert "… and 885 more" in render_profile_text(kept)


def test_the_frames_hold_all_of_it():
    message = example_profiles.drifted()
    columns = columns_frame(message)
    assert list(columns.index) == [each.name for each in message.columns]
    assert columns.loc["total_charges", "missing"] == 11
    assert columns.loc["signup_date", "minimum"].year == 2014
    assert columns.loc["tenure", "median"] == 29
    found = suspicions_frame(message)
    assert list(found.columns) == ["column", "kind", "level", "reason"]
    assert found["level"].is_monotonic_increasing or list(found["level"][:2]) == ["error", "error"]
    drift = drift_frame(message)
    assert drift.loc["tenure", "psi"] == 0.41
    assert drift.loc["senior", "change"] == "missing"
    assert drift.loc["region", "change"] == "extra"
    assert drift_frame(example_profiles.churn()) is None
    assert suspicions_frame(replace(message, columns=())).empty


def test_empty_tables_are_shown():
    bare = replace(example_profiles.without_target(), columns=(), n_rows=0, n_columns=0, memory_bytes=0, n_noted=0)
    assert "0 rows, 0 columns" in "".join(page_of(bare).text)
    assert render_profile_text(bare).startswith("telco: 0 rows, 0 columns")
    none = replace(example_profiles.without_target(), n_rows=0)
    assert page_of(none).count("tr") == 1 + 2 * len(none.columns)


def test_pictures_stay_inside_their_frame(message):
    for path in re.findall(r'<path class="[rto]" d="([^"]*)"', render_profile_html(message)):
        for x, y in re.findall(r"M([\d.]+) ([\d.]+)", path):
            assert 0 <= float(x) <= 108
            assert 0 <= float(y) <= 24
    assert "nan" not in json.dumps(render_profile_html(message)).lower().replace("finance", "")
