from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from lepton_jupyter.widgets.publisher import Publisher
from lepton_jupyter.widgets.run_widget import RunWidget


@pytest.fixture
def source(message):
    """A run whose sequence number is what was last asked for."""

    class Source:
        sequence = 10
        made = 0

        def __call__(self):
            self.made += 1
            return replace(message, sequence=self.sequence)

    return Source()


def sequences(widget):
    return [head["sequence"] for head in widget.comm.heads]


def test_the_first_message_goes_at_once_and_the_newest_wins(clock, widget, source):
    publisher = Publisher(clock=clock)
    panel = publisher.enlist(widget, source)
    assert publisher.publish_due() is None
    for source.sequence in range(11, 40):
        panel.changed()
    assert publisher.publish_due() == pytest.approx(0.2)
    clock.now += 0.2
    publisher.publish_due()
    assert sequences(widget) == [10, 39]
    assert source.made == 2


def test_at_most_five_messages_a_second(clock, widget, source):
    publisher = Publisher(clock=clock)
    panel = publisher.enlist(widget, source)
    for step in range(1000):
        clock.now = 1000.0 + step / 1000
        source.sequence += 1
        panel.changed()
        publisher.publish_due()
    assert len(sequences(widget)) == 5


def test_nothing_is_built_when_nothing_changed(clock, widget, source):
    publisher = Publisher(clock=clock)
    publisher.enlist(widget, source)
    publisher.publish_due()
    clock.now += 5
    assert publisher.publish_due() is None
    assert source.made == 1


def test_nobody_looks_nothing_is_sent_until_somebody_does(clock, widget, source):
    publisher = Publisher(clock=clock)
    panel = publisher.enlist(widget, source)
    publisher.publish_due()
    clock.now += 31
    source.sequence = 11
    panel.changed()
    assert publisher.publish_due() is None
    assert source.made == 1

    widget.comm.receive({"type": "KeepAlive"})
    publisher.publish_due()
    assert sequences(widget) == [10, 11]


def test_a_page_that_keeps_looking_keeps_hearing(clock, widget, source):
    publisher = Publisher(clock=clock)
    panel = publisher.enlist(widget, source)
    for _ in range(12):
        clock.now += 10
        widget.comm.receive({"type": "KeepAlive"})
        source.sequence += 1
        panel.changed()
        publisher.publish_due()
    assert len(sequences(widget)) == 12


def test_the_last_state_is_sent_even_when_nobody_looks(clock, widget, source):
    publisher = Publisher(clock=clock)
    panel = publisher.enlist(widget, source)
    publisher.publish_due()
    clock.now += 100
    source.sequence = 99
    panel._is_ending = True
    publisher.publish_due()
    assert sequences(widget) == [10, 99]
    panel.changed()
    assert publisher.publish_due() is None


def test_one_panel_does_not_slow_another(clock, message, source):
    publisher = Publisher(clock=clock)
    widgets = [RunWidget(message) for _ in range(3)]
    panels = [publisher.enlist(each, source) for each in widgets]
    publisher.publish_due()
    clock.now += 0.1
    source.sequence = 11
    late = RunWidget(message)
    publisher.enlist(late, source)
    panels[0].changed()
    assert publisher.publish_due() == pytest.approx(0.1)
    assert [sequences(each) for each in [*widgets, late]] == [[10], [10], [10], [11]]


def test_an_error_in_one_panel_leaves_the_others(clock, message, source):
    def broken():
        raise RuntimeError("no state")

    publisher = Publisher(clock=clock)
    first, second = RunWidget(message), RunWidget(message)
    publisher.enlist(first, broken)
    publisher.enlist(second, source)
    publisher.publish_due()
    assert sequences(first) == []
    assert sequences(second) == [10]


def test_no_state_yet_is_no_message(clock, widget):
    publisher = Publisher(clock=clock)
    publisher.enlist(widget, lambda: None)
    publisher.publish_due()
    assert sequences(widget) == []


def test_the_thread_sends_flushes_and_ends(widget, source):
    publisher = Publisher()
    sent = threading.Event()
    writers = set()

    def note(_change):
        writers.add(threading.current_thread().name)
        sent.set()

    widget.observe(note, "head")
    panel = publisher.watch(widget, source)
    thread = publisher._thread
    assert sent.wait(20)
    source.sequence = 77
    assert panel.finish(20)
    assert sequences(widget)[-1] == 77
    assert writers == {"lepton-publisher"}
    publisher.close()
    assert not thread.is_alive()


def test_a_closed_publisher_can_be_used_again(message, source):
    publisher = Publisher()
    publisher.close()
    panel = publisher.watch(RunWidget(message), source)
    assert panel.finish(20)
    publisher.close()


def test_finishing_an_abandoned_panel_does_not_wait(widget, source):
    publisher = Publisher()
    panel = publisher.watch(widget, source)
    publisher.close()
    assert panel.finish(20)
