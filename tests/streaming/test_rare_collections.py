from __future__ import annotations

import gc

import pytest

from lepton_jupyter.streaming.rare_collections import rare_collections


@pytest.fixture(autouse=True)
def thresholds():
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


def test_the_last_of_several_streams_brings_back_what_was():
    gc.set_threshold(700, 10, 10)
    first, second = rare_collections(), rare_collections()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert gc.get_threshold()[0] > 700
    second.__exit__(None, None, None)
    assert gc.get_threshold()[0] == 700


@pytest.mark.parametrize("wished", [0, 1_000_000])
def test_a_collector_that_searches_more_rarely_or_never_is_left_alone(wished):
    gc.set_threshold(wished, 10, 10)
    with rare_collections():
        assert gc.get_threshold()[0] == wished
    assert gc.get_threshold()[0] == wished


def test_what_was_set_meanwhile_stays():
    gc.set_threshold(700, 10, 10)
    with rare_collections():
        gc.set_threshold(5_000, 10, 10)
    assert gc.get_threshold()[0] == 5_000
