"""What needs no page code: HTML, text, progress, tables. Whole, small, and never a way in for markup."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from views import example_runs

from lepton_jupyter.events.encoding import decode_message
from lepton_jupyter.events.messages import BaselineLine, RunPanelMessage
from lepton_jupyter.views.board_state import BoardState
from lepton_jupyter.views.header_sentence import header_sentence
from lepton_jupyter.views.leaderboard_frame import leaderboard
from lepton_jupyter.views.plain_text import width
from lepton_jupyter.views.progress_line import progress_fraction, progress_sentence
from lepton_jupyter.views.run_panel import extract
from lepton_jupyter.views.runs_table import render_runs_html, render_runs_text, summarise
from lepton_jupyter.views.static_html import render_html
from lepton_jupyter.views.static_text import render_text

GOLDEN = Path(__file__).parent.parent / "golden"
PANELS = sorted(path.stem for path in GOLDEN.glob("RunPanelMessage*.json"))
TABLE = {"table", "caption", "thead", "tbody", "tr", "th", "td"}
ALLOWED = TABLE | {"div", "span", "b", "code", "svg", "path", "text", "details", "summary"}


class Page(HTMLParser):
    """Collects elements, attributes and text, and checks that elements are closed in order."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def count(self, tag: str) -> int:
        return sum(each == tag for each, _ in self.elements)


def golden(stem: str) -> RunPanelMessage:
    message = decode_message(json.loads((GOLDEN / f"{stem}.json").read_text(encoding="utf-8")))
    assert isinstance(message, RunPanelMessage)
    return message


def assert_harmless(html: str) -> Page:
    page = Page(html)
    assert {tag for tag, _ in page.elements} <= ALLOWED
    names = {name for _, attributes in page.elements for name in attributes}
    assert not {name for name in names if name.startswith("on")}
    assert not names & {"href", "src", "id", "xlink:href"}
    return page


@pytest.mark.parametrize("stem", PANELS)
def test_html_is_whole_small_and_harmless(stem: str) -> None:
    message = golden(stem)
    html = render_html(message)
    page = assert_harmless(html)
    assert len(json.dumps(html, ensure_ascii=False).encode()) <= 42 * 1024
    text = "".join(page.text)
    assert message.metric_label in text
    assert message.target in text
    if message.rows:
        assert page.count("caption") == 1
        scopes = [attributes["scope"] for tag, attributes in page.elements if tag == "th"]
        assert scopes.count("row") >= len(message.rows[:24])
        assert all(row.label in text for row in message.rows[:24])


def test_thirty_rows_are_shown_and_the_others_counted() -> None:
    message = golden("RunPanelMessage")
    page = Page(render_html(message))
    assert page.count("tr") == 1 + 30 + 1
    assert page.count("code") == 1 + message.n_columns
    assert f"… and {message.n_rows - 30} more" in page.text


def test_the_table_alone_tells_the_story() -> None:
    message = golden("RunPanelMessage")
    without = re.sub(r"<svg.*?</svg>", "", render_html(message), flags=re.DOTALL)
    bare = " ".join("".join(Page(re.sub(r' style="[^"]*"', "", without)).text).split())
    assert bare.startswith(
        "0.866 ±0.009 AUC on churn +0.018 ±0.004 over linear, 5 of 5 folds 7 s left of 30 s, 44 trials"
    )
    row = message.rows[1]
    assert f"{row.label} {row.description}" in bare
    assert f"{row.score:.4f}" in bare


@given(name=st.text(alphabet=st.sampled_from("<>&\"'`=/ ai!-;\n\x1b{}"), min_size=1, max_size=40))
@settings(max_examples=60, deadline=None)
def test_markup_in_any_name_is_text(name: str) -> None:
    hostile = f"<i>{name}</i><script>\"'>"
    plain = golden("RunPanelMessage.starting")
    full = golden("RunPanelMessage")
    rows = tuple(replace(row, label=hostile, description=hostile, family=hostile) for row in full.rows[:4])
    columns = tuple(
        replace(each, name=hostile, kind=hostile, treatment=hostile, reason=hostile) for each in full.columns
    )
    message = replace(
        full, name=hostile, run_id=hostile, target=hostile, metric_label=hostile, detail=hostile, best_label=hostile,
        columns_summary=hostile, notices=(hostile,), rows=rows, columns=columns, state=hostile, executor=hostile,
        history=tuple(replace(each, family=hostile) for each in full.history[:9]),
        baselines=(BaselineLine(label=hostile, score=0.85),), gain=replace(full.gain, baseline=hostile),  # type: ignore[type-var]  # it has one
    )  # fmt: skip
    shape = [tag for tag, _ in assert_harmless(render_html(message)).elements]
    benign = replace(
        message, name="n", target="t", metric_label="m", detail="d", columns_summary="c", notices=("n",), state="s",
        rows=tuple(replace(row, label="l", description="d", family="f") for row in rows),
        columns=tuple(replace(each, name="n", kind="k", treatment="t", reason="r") for each in columns),
        history=tuple(replace(each, family="f") for each in full.history[:9]),
        baselines=(BaselineLine(label="b", score=0.85),),
    )  # fmt: skip
    assert shape == [tag for tag, _ in Page(render_html(benign)).elements], "names add no element"
    assert_harmless(render_html(replace(plain, target=hostile, detail=hostile)))
    for text in (render_text(message), progress_sentence(message)):
        assert "\x1b" not in text


def test_long_names_never_exceed_40_kib() -> None:
    full = golden("RunPanelMessage")
    long = "&\"'<>" * 60
    rows = tuple(replace(row, label=long, description=long) for row in full.rows)
    columns = tuple(replace(full.columns[0], name=long, treatment=long, reason=long) for _ in range(200))
    message = replace(full, rows=rows, columns=columns, n_columns=200, target=long, detail=long, notices=(long,) * 6)
    assert len(json.dumps(render_html(message), ensure_ascii=False).encode()) <= 42 * 1024


@pytest.mark.parametrize("stem", PANELS)
def test_text_fits_a_terminal(stem: str) -> None:
    message = golden(stem)
    lines = render_text(message).splitlines()
    assert max(map(width, lines)) <= 100
    assert header_sentence(message).text.split(" · ")[0].split()[0] == lines[0].split()[0]
    if message.rows:
        assert lines[-1] == f"… and {message.n_rows - 10} more"
        assert sum(row.label in line for row, line in zip(message.rows[:10], lines[-11:-1], strict=True)) == 10


def test_text_aligns_wide_characters() -> None:
    full = golden("RunPanelMessage")
    rows = tuple(replace(row, label="模型" * 20) for row in full.rows[:3])
    lines = render_text(replace(full, rows=rows, n_rows=3, metric_label="指标")).splitlines()
    assert len({width(line) for line in lines[-5:]} - {0}) == 1


def test_scores_of_many_digits_leave_the_names_some_room() -> None:
    full = golden("RunPanelMessage")
    far = 18_229_900_000.0
    rows = tuple(replace(row, score=far, train_score=far, train_error=far, difference=-far) for row in full.rows[:3])
    lines = render_text(replace(full, rows=rows, n_rows=3)).splitlines()
    assert all(row.label[:20] in line for row, line in zip(rows, lines[-3:], strict=True))


def test_the_head_is_a_sentence() -> None:
    running = "0.866 ±0.009 AUC on churn · +0.018 ±0.004 over linear, 5 of 5 folds · 7 s left of 30 s, 44 trials"
    assert header_sentence(golden("RunPanelMessage")).text == running
    starting = "AUC on churn · Reading the table · 7,043 rows, 14 columns; first score in about 1 s"
    assert header_sentence(golden("RunPanelMessage.starting")).text == starting
    failed = (
        "AUC on churn · No model · The target 'churn' has one value, 'No', in all 7,043 rows. Choose another target."
    )
    assert header_sentence(golden("RunPanelMessage.failed")).text == failed


def test_the_head_counts_trials_where_trials_are_the_budget() -> None:
    message = replace(golden("RunPanelMessage"), budget_seconds=None, budget_trials=60)
    assert (header_sentence(message).state, header_sentence(message).when) == ("44 of 60 trials", "23 s")
    baseline = replace(message, gain=None)
    assert header_sentence(baseline).over == "linear baseline, nothing better yet"


def test_progress_is_one_line_and_a_share() -> None:
    message = golden("RunPanelMessage")
    assert progress_sentence(message) == "7 s left of 30 s, 44 trials · 0.866 ±0.009 AUC · Ensemble of 4"
    assert progress_fraction(message) == pytest.approx(message.elapsed_seconds / 30)
    assert progress_fraction(replace(message, budget_trials=44)) == 1.0
    assert progress_fraction(golden("RunPanelMessage.failed")) == 1.0
    assert progress_fraction(replace(message, elapsed_seconds=31.0)) == 1.0


def test_leaderboard_is_a_frame_of_unrounded_scores() -> None:
    run = example_runs.churn(8.0)
    state = BoardState.from_events(run.log)
    frame = leaderboard(state)
    assert list(frame.columns) == [
        "rank", "model", "learner", "description", "score", "score_error", "difference", "train_score", "train_error",
        "test_score", "test_error", "parted", "fit_seconds", "cpu_seconds", "row_milliseconds", "size_bytes", "trial",
        "origin", "folds",
    ]  # fmt: skip
    assert len(frame) == len(run.finished) + 1
    assert frame["model"][0] == "Ensemble of 4"
    assert frame["trial"].isna().tolist() == [True] + [False] * len(run.finished)
    for trial, score, folds in zip(frame["trial"][1:], frame["score"][1:], frame["folds"][1:], strict=True):
        assert score == run.finished[int(trial)].score
        assert folds == run.finished[int(trial)].fold_scores
    assert frame["rank"].dropna().tolist() == list(range(1, len(run.finished)))
    assert frame["score"].dtype == "float64"


def test_leaderboard_before_the_first_model_is_empty() -> None:
    frame = leaderboard(BoardState())
    assert frame.empty
    assert frame["rank"].dtype == "Int64"


def test_runs_are_summed_up_and_listed() -> None:
    runs = [example_runs.finished(), example_runs.diamonds(), example_runs.failed(), example_runs.starting()]
    summaries = [summarise(BoardState.from_events(run.log), 48_300_000, alive=False) for run in runs]
    assert [each.state for each in summaries] == ["finished", "interrupted", "failed", "interrupted"]
    assert summaries[0].score is not None
    assert summaries[2].score is None
    assert summarise(BoardState.from_events(runs[1].log), 1, alive=True).state == "running"
    lines = render_runs_text(summaries).splitlines()
    assert len(lines) == 5
    assert "48.3 MB" in lines[1]
    page = assert_harmless(render_runs_html(summaries))
    assert page.count("tr") == 5
    assert any("<img src=x" in text for text in page.text)


def test_the_picture_holds_a_run_of_one_score_and_a_flat_one() -> None:
    full = golden("RunPanelMessage")
    assert "viewBox" not in render_html(replace(full, history=full.history[:1]))
    flat = tuple(replace(each, score=0.5, best_score=0.5, best_error=float("nan")) for each in full.history)
    assert_harmless(render_html(replace(full, history=flat, baselines=())))
    assert "nan" not in render_html(replace(full, history=flat, baselines=()))


def test_drawing_is_inside_the_picture() -> None:
    for stem in PANELS:
        message = golden(stem)
        for match in re.finditer(r'<text x="([\d.-]+)" y="([\d.-]+)"', render_html(message)):
            assert 0 <= float(match[1]) <= 860
            assert 0 <= float(match[2]) <= 190


def test_messages_without_gain_or_error_are_shown() -> None:
    state = BoardState.from_events(example_runs.churn(0.4).log)
    message = extract(state, live=True)
    assert render_text(message)
    assert_harmless(render_html(message))
