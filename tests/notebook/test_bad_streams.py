"""What can be wrong with a stream's rows: each is one sentence, and the stream waits or quarantines and never dies."""

from __future__ import annotations

import json
import time

import pandas as pd
import pytest

from lepton_jupyter import fit, stream
from lepton_jupyter.events.run_events import WarningRaised
from lepton_jupyter.events.stream_events import ConnectionLost, RowsQuarantined, StreamPaused
from lepton_jupyter.exceptions.lepton_error import LeptonError
from lepton_jupyter.exceptions.stream_errors import StreamConnectionError
from lepton_jupyter.notebook.session import current_session

PATIENCE = 60.0
GOOD = {"tenure": 3, "plan": "max", "bill": None, "since": "2024-03-01", "paperless": True}


@pytest.fixture
def run(churn):
    return fit(churn, target="churn", budget="2trials", folds=2, learners=["linear"], name="churn", wait=True)


class Feed:
    """A file that grows, and the stream that reads it."""

    def __init__(self, run, folder, **wishes):
        self.file = folder / "rows.jsonl"
        self.file.write_text("")
        self.seen = []
        self.stream = stream(run, source=self.file, sink=self.seen.extend, **wishes)

    def give(self, *rows):
        with self.file.open("a") as file:
            file.write("".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows))

    def end(self):
        self.stream.stop()
        assert self.stream.settle(PATIENCE)
        assert self.stream.stats["state"] == "stopped"

    def until(self, **figures):
        give_up = time.monotonic() + PATIENCE
        while any(self.stream.stats[name] != figure for name, figure in figures.items()):
            assert time.monotonic() < give_up, self.stream.stats
            time.sleep(0.05)

    def reasons(self):
        return {each.event.reason for each in self.stream.events if isinstance(each.event, RowsQuarantined)}

    def warnings(self):
        return [each.event.text for each in self.stream.events if isinstance(each.event, WarningRaised)]


@pytest.mark.mistake
@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ({name: value for name, value in GOOD.items() if name != "tenure"}, "column 'tenure' is missing"),
        (GOOD | {"tenure": "secret"}, "column 'tenure' is no number"),
        ("not JSON", "no JSON"),
        ("[1, 2]", "no JSON object"),
        (json.dumps(GOOD | {"note": "x" * 1_100_000}), "larger than 1 MB"),
        ({"sensor": 4, "celsius": 21.5}, "column 'paperless' is missing"),
    ],
)
def test_a_row_that_does_not_fit_is_a_dead_letter_among_good_ones(run, bad, reason, tmp_path):
    feed = Feed(run, tmp_path)
    feed.give(*[GOOD] * 20, bad, *[GOOD] * 20)
    feed.until(n_stored=40, n_dead=1)
    assert feed.stream.stats["state"] == "running"
    feed.end()
    assert feed.reasons() == {reason}
    assert not any("secret" in str(each.event) for each in feed.stream.events)


@pytest.mark.mistake
def test_a_new_column_is_said_once_and_changes_nothing(run, tmp_path):
    feed = Feed(run, tmp_path)
    feed.give(GOOD, GOOD)
    feed.until(n_stored=2)
    time.sleep(1.1)  # one row a second is looked at
    feed.give(GOOD | {"town": "Ulm"}, GOOD | {"town": "Bonn"})
    feed.until(n_stored=4)
    feed.end()
    said = "Rows have a new column 'town', which the model does not look at."
    assert [text for text in feed.warnings() if "new column" in text] == [said]
    assert len({tuple(row.items())[1:] for row in feed.seen}) == 1


@pytest.mark.mistake
def test_a_stream_of_rows_that_the_model_does_not_fit_goes_on_or_pauses_as_told(run, tmp_path):
    strangers = [{"sensor": number, "celsius": 21.5} for number in range(300)]
    feed = Feed(run, tmp_path)
    feed.give(*strangers)
    feed.until(n_dead=300, state="running")
    feed.end()
    feed = Feed(run, tmp_path, on_bad_rows="pause")
    feed.give(*strangers)
    feed.until(state="paused")
    assert StreamPaused(by="bad rows") in [each.event for each in feed.stream.events]
    [said] = [text for text in feed.warnings() if "cannot be predicted" in text]
    assert "mostly: column 'paperless' is missing. Paused" in said
    n_dead = feed.stream.stats["n_dead"]
    feed.give(*[GOOD] * 3_000)
    feed.stream.resume()
    feed.until(n_stored=3_000)
    assert feed.stream.stats["n_dead"] >= n_dead
    feed.end()


@pytest.mark.mistake
def test_a_word_that_says_nothing_about_bad_rows_is_refused(run):
    with pytest.raises(LeptonError, match="on_bad_rows"):
        stream(run, source=[GOOD], sink=print, on_bad_rows="panic")


@pytest.mark.mistake
def test_a_broker_that_does_not_answer_at_the_start_is_said_and_nothing_begins(run):
    pytest.importorskip("redis")
    before = len(current_session().streams)
    with pytest.raises(StreamConnectionError) as caught:
        stream(run, source="redis://127.0.0.1:1/orders", sink=print)
    assert str(caught.value).startswith("redis://127.0.0.1:1/orders does not answer: ")
    assert str(caught.value).endswith(". Nothing was started: let it answer, or correct its address.")
    assert len(current_session().streams) == before


@pytest.mark.mistake
def test_a_sink_that_stalls_is_said_to_be_waited_for(run, tmp_path):
    refuses = [True]

    def take(rows):
        if refuses:
            raise StreamConnectionError.from_error("sink", OSError("stalled"))

    flowing = stream(run, source=[GOOD] * 20, sink=take)
    give_up = time.monotonic() + PATIENCE
    while not (lost := [each.event for each in flowing.events if isinstance(each.event, ConnectionLost)]):
        assert time.monotonic() < give_up
        time.sleep(0.05)
    assert lost[0].sentence == "sink does not answer: stalled. The stream waits for it."
    refuses.clear()
    assert flowing.wait(PATIENCE).stats["n_stored"] == 20


@pytest.mark.mistake
def test_what_a_generator_yields_that_is_no_row_is_a_dead_letter(run, tmp_path):
    table = pd.DataFrame([GOOD] * 2)
    holds_itself = {**GOOD, "note": []}
    holds_itself["note"].append(holds_itself)
    odd = [5, None, [GOOD], object(), ("a", 1), b"\xff", "{", {**GOOD, "tenure": "soon", (1, 2): 3}]

    def rows():
        yield from (json.dumps(GOOD).encode() for _ in range(30))
        yield from odd
        yield from table.itertuples(index=False)
        yield from (row for _, row in table.iterrows())
        yield from ({**GOOD, (1, 2): 3}, holds_itself, json.dumps(GOOD))
        yield {**holds_itself, "tenure": "soon"}

    seen = []
    done = stream(run, source=rows, sink=seen.extend, dead_letters=tmp_path / "dead.jsonl").wait(PATIENCE)
    assert (done.stats["n_read"], done.stats["n_stored"], done.stats["n_dead"]) == (46, 37, 9)
    letters = [json.loads(line) for line in (tmp_path / "dead.jsonl").read_text().splitlines()]
    assert letters[0]["reason"] == "It is of type int, and a row is a dictionary, or a JSON object as text."
    assert letters[0]["payload"] == "5"
    assert "(1, 2): 3" in letters[7]["payload"]


@pytest.mark.mistake
@pytest.mark.parametrize(
    ("wishes", "said"),
    [
        ({"key": "tenur"}, "The table has no column 'tenur' for --key. Did you mean 'tenure'?"),
        ({"labels": "churn"}, "The table has no column 'churn' for --labels."),
        ({"keep": ["plan", "blan"]}, "The table has no column 'blan' for --keep. Did you mean 'plan'?"),
        ({"entity": "who", "time": "since", "window": "1d"}, "The table has no column 'who' for --entity."),
    ],
)
def test_a_column_that_the_replayed_table_does_not_have_is_said_before_anything_begins(run, wishes, said):
    with pytest.raises(LeptonError) as caught:
        stream(run, source=[GOOD], sink=print, **wishes)
    assert str(caught.value).startswith(said)
    assert len(current_session().streams) == 0


@pytest.mark.mistake
@pytest.mark.parametrize("scheme", ["redis", "nats", "ws", "kafka", "mqtt", "amqp", "postgresql"])
@pytest.mark.parametrize("host", [":pass/word@h", "h:abc", "h:70000", "[::1"])
def test_an_address_that_cannot_be_read_is_not_repeated_where_it_may_hold_a_password(run, scheme, host):
    address = f"{scheme}://{host}/orders?table=orders"
    for ends in ({"source": address, "sink": print}, {"source": [GOOD], "sink": address}):
        with pytest.raises(LeptonError) as caught:
            stream(run, **ends)
        assert "can be read" in str(caught.value)
        assert "pass" not in str(caught.value).replace("password", "").replace(":pass@", "")
