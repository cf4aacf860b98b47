from __future__ import annotations

import sys

import pytest

from lepton_jupyter.streaming.quick_turns import quick_turns


@pytest.fixture(autouse=True)
def interval():
    before = sys.getswitchinterval()
    yield
    sys.setswitchinterval(before)


def test_the_last_of_several_streams_brings_back_what_was():
    sys.setswitchinterval(0.005)
    first, second = quick_turns(), quick_turns()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert sys.getswitchinterval() < 0.005
    second.__exit__(None, None, None)
    assert sys.getswitchinterval() == pytest.approx(0.005)


def test_turns_that_are_quicker_are_left_alone():
    sys.setswitchinterval(0.0001)
    with quick_turns():
        assert sys.getswitchinterval() == pytest.approx(0.0001)
    assert sys.getswitchinterval() == pytest.approx(0.0001)


def test_what_was_set_meanwhile_stays():
    sys.setswitchinterval(0.005)
    with quick_turns():
        sys.setswitchinterval(0.002)
    assert sys.getswitchinterval() == pytest.approx(0.002)
