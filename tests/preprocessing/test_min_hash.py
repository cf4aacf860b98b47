"""Min-hash embeddings of texts."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import CountVectorizer

from lepton_jupyter.preprocessing.min_hash import min_hashes

TEXTS = st.lists(st.none() | st.text(max_size=30), min_size=1, max_size=40)


def hashes(texts, n_columns=8):
    return min_hashes(pa.array(texts, pa.large_string()), n_columns)


@given(texts=TEXTS, cut=st.integers(0, 40))
def test_a_text_has_the_same_bits_wherever_it_stands(texts, cut):
    whole = hashes(texts)
    assert whole.shape == (len(texts), 8)
    assert np.array_equal(np.isnan(whole).all(axis=1), [each is None for each in texts])
    for part, of_whole in ((texts[:cut], whole[:cut]), (texts[cut:], whole[cut:]), (texts[::-1], whole[::-1])):
        assert hashes(part).tobytes() == np.ascontiguousarray(of_whole).tobytes()


@pytest.mark.parametrize(
    ("one", "other"),
    [("Berlin Mitte", "Berlin Mite"), ("senior software engineer", "software engineer"), ("Ulm", "Kiel"), ("a", "a")],
)
def test_the_share_of_equal_numbers_estimates_the_share_of_common_runs(one, other):
    runs = CountVectorizer(analyzer="char_wb", ngram_range=(2, 4), binary=True).fit_transform([one, other]).toarray()
    jaccard = runs.all(axis=0).sum() / runs.any(axis=0).sum()
    n_columns = 4000
    found = hashes([one, other], n_columns)
    error = np.sqrt(jaccard * (1 - jaccard) / n_columns)
    assert (found[0] == found[1]).mean() == pytest.approx(jaccard, abs=4 * error + 1e-9)


def test_a_text_without_characters_is_neither_missing_nor_like_another():
    blank, empty, missing, word = hashes(["  ", "", None, "Ulm"])
    assert np.array_equal(blank, np.ones(8))
    assert np.array_equal(empty, blank)
    assert np.isnan(missing).all()
    assert (word < 1).all()


def test_more_texts_than_are_hashed_at_once_are_the_same_as_few():
    texts = [f"customer {number}" for number in range(9000)]
    assert hashes(texts)[-3:].tobytes() == hashes(texts[-3:]).tobytes()
