"""Pages of evaluations and comparisons: self-contained, escaped, small, and telling the same as their text."""

from __future__ import annotations

import dataclasses
import re
from html.parser import HTMLParser

import pytest
from views import example_evaluations as examples

from lepton_jupyter.views.comparison_page import render_comparison_html
from lepton_jupyter.views.comparison_sentence import comparison_sentence
from lepton_jupyter.views.comparison_text import render_comparison_text
from lepton_jupyter.views.evaluation_page import render_evaluation_html
from lepton_jupyter.views.evaluation_sentence import evaluation_sentence
from lepton_jupyter.views.evaluation_text import render_evaluation_text

MESSAGES = {
    "binary": examples.binary(),
    "multiclass": examples.multiclass(),
    "12 classes": examples.multiclass(12),
    "30 classes": examples.multiclass(30),
    "regression": examples.regression(),
    "paired": examples.paired(),
    "unpaired": examples.unpaired(),
}
_VOID = {"br"}


def html_of(message):
    return (render_evaluation_html if hasattr(message, "confusion") else render_comparison_html)(message)


def text_of(message):
    return (render_evaluation_text if hasattr(message, "confusion") else render_comparison_text)(message)


class Nesting(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.seen, self.words = [], set(), []

    def handle_starttag(self, tag, attrs):
        self.seen.add(tag)
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


@pytest.mark.parametrize("message", MESSAGES.values(), ids=MESSAGES)
class TestAnyPage:
    def test_it_is_whole_and_self_contained(self, message):
        html = html_of(message)
        parser = Nesting()
        parser.feed(html)
        assert parser.open == []
        assert not parser.seen & {"script", "style", "link", "img", "iframe"}
        assert "http" not in html.replace("http://www.w3.org/2000/svg", "")
        assert len(html.encode()) <= 96 * 1024

    def test_text_from_data_is_never_markup(self, message):
        texts = {field.name for field in dataclasses.fields(message) if field.type == "str"} - {"task", "source"}
        hostile = dataclasses.replace(message, **dict.fromkeys(texts, "<script>alert(1)</script>"))
        assert "<script" not in html_of(hostile)
        assert "\x1b" not in text_of(dataclasses.replace(message, target="\x1b[31mred\n"))

    def test_text_fits_a_terminal(self, message):
        lines = text_of(message).splitlines()
        assert lines
        assert all(len(line) <= 100 for line in lines)

    def test_no_colour_says_something_alone(self, message):
        # what is chosen or weak is a word or a figure in colour, never a bare mark
        assert not re.search(r'style="color:[^"]+"></', html_of(message))

    def test_pictures_say_a_sentence(self, message):
        html = html_of(message)
        assert html.count("<svg") == html.count('role="img"') + html.count('aria-hidden="true"')
        assert 'aria-label=""' not in html


def test_the_head_says_how_good_how_sure_and_whether_that_was_expected():
    words = evaluation_sentence(examples.binary())
    assert (words.score, words.interval) == ("0.853", "0.834 … 0.870")
    assert words.expected == "as good as out of fold, 0.860 ±0.009"
    assert words.rows == "1,761 rows of test"
    worse = evaluation_sentence(dataclasses.replace(examples.binary(), score=0.70, low=0.68, high=0.72))
    assert worse.verdict == "worse"
    assert worse.expected.startswith("worse than out of fold")
    own = evaluation_sentence(examples.multiclass())
    assert own.rows == "the run's own 198 rows, each scored by models that have not seen it"
    assert own.expected == ""


def test_a_loss_below_the_boards_is_better_not_worse():
    message = dataclasses.replace(examples.regression(), score=300.0, low=290.0, high=310.0)
    assert evaluation_sentence(message).expected.startswith("better than out of fold")


def test_the_decision_is_a_sentence_with_its_saving():
    text = render_evaluation_text(examples.binary())
    assert "Called Yes from a probability of 0.172, a false Yes costs 1, a missed one 5." in text
    assert "saves 266 ±58" in text.replace("\n", " ")


def test_weak_slices_are_written_and_their_absence_too():
    assert "contract = Month-to-month and tenure &lt; 7" in render_evaluation_html(examples.binary())
    assert "nowhere that chance does not explain" in render_evaluation_html(examples.multiclass())


def test_a_comparison_names_the_better_whichever_came_first():
    message = examples.paired()
    assert comparison_sentence(message).verdict == "churn is better than linear-only"
    turned = dataclasses.replace(
        message,
        differences=tuple(
            dataclasses.replace(
                each, first=each.second, second=each.first, mean=-each.mean, parts=tuple(-part for part in each.parts)
            )
            for each in message.differences
        ),
    )
    assert comparison_sentence(turned) == comparison_sentence(message)
    assert comparison_sentence(message).how == "fold by fold, better in 5 of 5 folds"


def test_runs_that_score_the_same_are_not_called_tied():
    message = examples.paired()
    same = dataclasses.replace(message.differences[0], mean=0.0, error=0.0, tied=True, parts=(0.0,) * 5)
    words = comparison_sentence(dataclasses.replace(message, differences=(same,)))
    assert words.verdict == "churn and linear-only score the same"
    assert words.how == "fold by fold, 5 folds"


def test_runs_of_different_metrics_are_not_given_a_difference():
    message = dataclasses.replace(
        examples.unpaired(), differences=(), reason="The runs are judged by different metrics."
    )
    assert comparison_sentence(message).verdict == "The scores cannot be compared"
    assert "Not paired." in render_comparison_html(message)
    assert "different metrics" in render_comparison_text(message)
