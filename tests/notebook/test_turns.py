"""Who works, who shares and who waits is decided by the order of launch alone."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lepton_jupyter.notebook.turns import Place, Turns, standings


@given(queues=st.lists(st.booleans(), min_size=1, max_size=8))
def test_somebody_always_works_and_nobody_waits_for_a_later_run(queues):
    places = [Place(str(index), str(index), each) for index, each in enumerate(queues)]
    decided = standings(places)
    assert set(decided) == {each.run_id for each in places}
    assert not decided["0"].waits_for
    for place in places:
        standing = decided[place.run_id]
        assert all(int(other) < int(place.run_id) for other in standing.waits_for)
        assert not (standing.waits_for and standing.shares_with)
        assert bool(standing.waits_for) == (place.queues and place.run_id != "0")


@given(queues=st.lists(st.booleans(), min_size=1, max_size=8), data=st.data())
def test_a_run_that_works_never_waits_again(queues, data):
    places = [Place(str(index), str(index), each) for index, each in enumerate(queues)]
    working = set()
    while places:
        decided = standings(places)
        assert working & {each.run_id for each in places} <= {i for i, each in decided.items() if not each.waits_for}
        working |= {i for i, each in decided.items() if not each.waits_for}
        places.pop(data.draw(st.integers(0, len(places) - 1)))


class Ear:
    def __init__(self):
        self.heard = []

    def __call__(self, standing):
        self.heard.append((standing.waits_for, standing.shares_with))


def test_each_run_hears_what_changes_for_it_and_nothing_else():
    turns, (a, b, c) = Turns(), (Ear() for _ in range(3))
    turns.join("1", "a", a)
    turns.join("2", "b", b)
    turns.join("3", "c", c, queues=True)
    assert a.heard == [((), ()), ((), ("b",))]
    assert b.heard == [((), ("a",))]
    assert c.heard == [(("a", "b"), ())]
    turns.leave("1")
    assert (a.heard[-1], b.heard[-1], c.heard[-1]) == (((), ("b",)), ((), ()), (("b",), ()))
    turns.leave("2")
    turns.leave("2")
    assert c.heard[-1] == ((), ())
    assert len(a.heard) == 2


def test_runs_of_one_name_are_told_apart():
    turns, (a, b) = Turns(), (Ear() for _ in range(2))
    turns.join("20240101-y-1", "y", a)
    turns.join("20240101-y-2", "y", b)
    assert a.heard[-1] == ((), ("20240101-y-2",))
    assert b.heard[-1] == ((), ("y",))
