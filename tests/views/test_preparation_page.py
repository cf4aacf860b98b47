"""How a preparation stands is told by its events alone, as text and as a page in which nothing runs."""

from __future__ import annotations

import json
from dataclasses import replace

from views import example_preparations
from views.example_runs import MARKUP

from lepton_jupyter.events.encoding import encode
from lepton_jupyter.views.preparation_board import preparation_message
from lepton_jupyter.views.preparation_page import (
    plan_sentence,
    progress_sentence,
    render_preparation_html,
    render_preparation_text,
)


class TestSentences:
    def test_a_plan_says_what_would_be_done_and_from_how_much_it_was_made(self):
        message = preparation_message(example_preparations.planned())
        assert message.state == "planned"
        assert plan_sentence(message) == "1 of 4 columns cleaned, 1 left out; planned from the first 20,000 rows"
        assert progress_sentence(message) == "40 partitions, not begun"

    def test_a_pass_says_how_far_it_is_how_fast_and_how_large(self):
        message = preparation_message(example_preparations.running())
        assert message.state == "running"
        assert progress_sentence(message) == (
            "Looking at all rows: 12 of 40 partitions · 12,000,000 rows · 24,000,000 rows/s"
            " · at most 410 MB in a worker · 4 workers of the cluster · 0.6 s"
        )

    def test_the_end_names_what_was_left_out(self):
        text = render_preparation_text(preparation_message(example_preparations.finished()))
        assert "39,000,000 rows in 39 partitions" in text
        assert "part-007.parquet was left out: 'part-007.parquet' is cut short." in text
        assert "The log can no longer be written." in text

    def test_a_failure_is_one_sentence(self):
        message = preparation_message(example_preparations.failed())
        assert message.state == "failed"
        assert plan_sentence(message) == "Partition 'part-007.parquet' is bad: it is cut short."

    def test_a_stop_says_that_nothing_is_kept_and_how_far_it_was(self):
        message = preparation_message(example_preparations.stopped())
        assert (message.state, message.phase) == ("stopped", "statistics")
        assert plan_sentence(message) == "stopped; nothing of it is kept"
        assert progress_sentence(message).startswith("Looking at all rows: 12 of 40 partitions · 12,000,000 rows")


class TestPages:
    def test_text_is_at_most_a_hundred_columns_wide(self):
        text = render_preparation_text(preparation_message(example_preparations.finished()))
        assert max(map(len, text.splitlines())) <= 100
        assert "price     text → number, 1.9 % missing, 9,129 different" in text
        assert "          not done, outliers: about 14 of 14,722 values" in text

    def test_markup_in_names_is_text(self):
        log = example_preparations.finished()
        column = replace(example_preparations.COLUMNS[1], name=MARKUP)
        log[7] = replace(log[7], event=replace(log[7].event, columns=(column,)))
        page = render_preparation_html(preparation_message(log))
        assert "<script" not in page
        assert "<img" not in page
        assert "&lt;script&gt;" in page

    def test_a_very_wide_table_is_cut_and_counted(self):
        log = example_preparations.finished()
        columns = tuple(replace(example_preparations.COLUMNS[place % 4], name=f"c{place}") for place in range(5_000))
        log[7] = replace(log[7], event=replace(log[7].event, columns=columns))
        message = preparation_message(log)
        assert message.n_columns == 5_000
        assert message.n_hidden == 4_880
        assert all(column.steps for column in message.columns)
        assert len(json.dumps(encode(message))) <= 64 * 1024
        assert "… and 4,880 more columns" in render_preparation_text(message)
