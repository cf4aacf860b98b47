from __future__ import annotations

import json
import shutil
import time

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from lepton_jupyter import fit, predict, stream
from lepton_jupyter.events.run_events import StopRequested
from lepton_jupyter.exceptions.lepton_error import LeptonError
from lepton_jupyter.notebook import library
from lepton_jupyter.notebook.clusters import use_cluster
from lepton_jupyter.notebook.resuming import resume_run
from lepton_jupyter.notebook.session import current_session

PATIENCE = 60.0


@pytest.fixture
def run(churn):
    return fit(churn, target="churn", budget="2trials", folds=2, learners=["linear"], name="churn", wait=True)


def test_a_table_streams_to_what_predict_says_of_it(run, churn_table, tmp_path):
    rows = churn_table(90, seed=2)
    streamed = stream(run, source=rows, sink=tmp_path / "scored", keep=["plan"]).wait(PATIENCE)
    found = pd.concat(pd.read_parquet(each) for each in (tmp_path / "scored").iterdir())
    found = found.set_index(found["position"].astype(int)).sort_index()
    assert (found["plan"] == rows["plan"]).all()
    assert (found["predicted_churn"] == predict(rows, run=run)).all()
    proba = predict(rows, run=run, proba=True)
    assert np.array_equal(found[["probability_no", "probability_yes"]].to_numpy(), proba.to_numpy())
    assert streamed.stats["n_stored"] == 90
    assert streamed.guarantee.word == "at-least-once"
    assert len(streamed.tail()) == 5
    assert "Finished, 90 rows stored" in streamed.formats()["text/plain"]


def test_regression_rows_get_their_value(churn, tmp_path):
    table = churn.dropna(subset=["bill"])
    run = fit(table, target="bill", budget="2trials", folds=2, learners=["linear"], wait=True)
    seen = []
    stream(run, source=table.head(20), sink=seen.extend).wait(PATIENCE)
    assert [row["predicted_bill"] for row in seen] == predict(table.head(20), run=run).tolist()


def test_a_stream_is_listed_shown_stopped_and_opened_again(run, tmp_path):
    folder = tmp_path / "incoming"
    folder.mkdir()
    flowing = stream(run, source=folder, sink=tmp_path / "scored.jsonl", name="orders")
    assert library.find_running_run() is flowing
    assert [(each.name, each.state) for each in library.list_runs()][:1] == [("orders", "streaming")]
    assert "streaming" in repr(library.list_runs())
    assert library.show_run("orders") is flowing
    flowing.pause()
    assert flowing.stats["state"] == "paused"
    flowing.resume()
    library.find_running_run("orders").stop("magic")
    assert flowing.settle(PATIENCE)
    assert StopRequested(source="magic") in [each.event for each in flowing.events]
    current_session().forget(flowing.id)
    again = library.show_run("orders")
    assert again is not flowing
    assert again.stats["state"] == "stopped"
    assert [each.event for each in again.events] == [each.event for each in flowing.events]
    with pytest.raises(LeptonError, match="is a stream and has no board"):
        library.find_run("orders")
    library.remove_runs("orders")
    assert [each.name for each in library.list_runs()] == ["churn"]


def test_rows_that_do_not_fit_are_dead_letters_and_the_log_holds_no_value_of_them(run, tmp_path):
    good = {"tenure": 3, "plan": "max", "bill": None, "since": "2024-03-01", "paperless": True}
    secret = good | {"tenure": "secret-4711"}
    lines = [json.dumps(good), json.dumps(secret), "{", json.dumps({"plan": "max"})]
    (tmp_path / "rows.jsonl").write_text("".join(f"{line}\n" for line in lines))
    dead = tmp_path / "dead.jsonl"
    done = stream(
        run, source=tmp_path / "rows.jsonl", sink=tmp_path / "scored.jsonl", dead_letters=dead, until_end=True
    ).wait(PATIENCE)
    assert done.stats["n_stored"] == 1
    assert done.stats["n_dead"] == 3
    letters = [json.loads(line) for line in dead.read_text().splitlines()]
    assert [letter["payload"] for letter in letters] == lines[1:]
    assert "'secret-4711' cannot be read" in letters[0]["reason"]
    log = (done.folder.path / "events.jsonl").read_text()
    assert "4711" not in log
    assert "column 'tenure' is no number" in log


def test_a_stream_is_stopped_by_a_kernel_that_does_not_hold_it(run, tmp_path):
    (tmp_path / "incoming").mkdir()
    flowing = stream(run, source=tmp_path / "incoming", sink=tmp_path / "scored.jsonl", name="orders")
    current_session().forget(flowing.id)  # as another kernel, which knows of it only by its folder
    seen = library.show_run("orders")
    assert seen is not flowing
    seen.stop()
    assert flowing.settle(PATIENCE)
    assert flowing.stats["state"] == "stopped"
    resume_run("orders", sink=tmp_path / "scored.jsonl").stop()


def test_labels_are_joined_at_once_or_later_by_key_and_never_change_a_prediction(run, churn_table):
    rows = churn_table(80, seed=5).astype(object).where(lambda frame: frame.notna(), None)
    rows["id"] = [f"c{number}" for number in range(80)]
    rows["since"] = rows["since"].astype(str)
    features = [name for name in rows if name != "churn"]
    at_once = rows.head(40).to_dict("records")
    later = rows.tail(40)[features].to_dict("records"), rows.tail(40)[["id", "churn"]].to_dict("records")
    unknown = [{"id": "c99", "churn": "yes"}]
    seen = []
    done = stream(
        run, source=iter([*at_once, *later[0], *unknown, *later[1]]), sink=seen.extend, key="id", labels="churn"
    ).wait(PATIENCE)
    proba = predict(rows.drop(columns="id"), run=run, proba=True)
    assert [row["probability_yes"] for row in seen] == proba["yes"].tolist()
    assert done.stats["n_labels"] == 80
    assert done.stats["score"] == pytest.approx(roc_auc_score(rows["churn"] == "yes", proba["yes"]))
    assert (done.stats["n_stored"], done.stats["n_dead"], done.stats["n_waiting"]) == (80, 0, 0)
    assert "AUC, 80 labels" in done.formats()["text/plain"]


def test_a_stream_goes_on_from_its_committed_offsets_with_the_model_it_had(run, churn_table, tmp_path):
    def add(n_rows, seed):
        rows = churn_table(n_rows, seed=seed).drop(columns="churn")
        with (tmp_path / "rows.jsonl").open("a") as file:
            file.write(rows.assign(since=rows["since"].astype(str)).to_json(orient="records", lines=True))

    add(30, 7)
    place = tmp_path / "scored.jsonl"
    stream(run, source=tmp_path / "rows.jsonl", sink=place, until_end=True, name="orders", keep=["plan"]).wait(PATIENCE)
    add(12, 8)
    again = resume_run("orders").wait(PATIENCE)
    stored = [json.loads(line) for line in place.read_text().splitlines()]
    assert len({row["position"] for row in stored}) == len(stored) == 42
    assert all(row["plan"] for row in stored)
    assert again.stats["n_stored"] == 42
    assert "goes on from the committed offsets" in again.formats()["text/plain"]
    assert [each.name for each in library.list_runs()] == ["orders", "churn"]


def test_a_stream_into_a_file_of_sqlite_goes_on_without_naming_it_again(run, churn_table, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = churn_table(30, seed=7).drop(columns="churn").astype(str)
    lines = rows.drop(columns=["tenure", "bill"]).assign(tenure=3, bill=5.0, paperless=True)
    (tmp_path / "rows.jsonl").write_text(lines.to_json(orient="records", lines=True))
    begun = stream(run, source="rows.jsonl", sink="sqlite:///scored.db?table=scores", until_end=True, name="orders")
    assert begun.wait(PATIENCE).stats["lag"] in (0, None)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    again = resume_run("orders").wait(PATIENCE)
    assert again.stats["n_stored"] == 30
    # It is called as it was then, though it is found by its whole path.
    assert "rows.jsonl → " in again.formats()["text/plain"]
    assert str(tmp_path) not in again.formats()["text/plain"]


def test_an_end_that_only_a_variable_held_is_found_by_its_name_or_asked_for(run, churn_table):
    seen = []
    rows = churn_table(20, seed=3)
    flowing = stream(run, source=rows, source_label="rows", sink=seen.extend, sink_label="take", name="orders")
    flowing.wait(PATIENCE)
    with pytest.raises(LeptonError, match=r"sink of .*, extend\(\), is not here.*--to"):
        resume_run("orders", find_table={"rows": rows}.get)
    more = resume_run("orders", sink=seen.extend, find_table={"rows": pd.concat([rows, rows])}.get).wait(PATIENCE)
    assert len(seen) == more.stats["n_stored"] == 40


class TestAddressesOfAStreamThatGoesOn:
    @pytest.fixture
    def orders(self, redis_orders, churn_table):
        with redis_orders.client() as client:
            client.flushall()
            rows = churn_table(20, seed=3)
            for line in rows.assign(since=rows["since"].astype(str)).to_json(orient="records", lines=True).splitlines():
                client.xadd("orders", {"row": line})
            client.xadd("orders", {"row": "{"})
            yield client

    @staticmethod
    def streamed(run, *ends):
        source, sink, dead_letters = ends
        flowing = stream(run, source=source, sink=sink, dead_letters=dead_letters, name="orders")
        give_up = time.monotonic() + PATIENCE
        while flowing.stats["n_stored"] + flowing.stats["n_dead"] < 21:
            assert time.monotonic() < give_up
            time.sleep(0.05)
        flowing.stop()
        assert flowing.settle(PATIENCE)
        return flowing

    def test_addresses_without_a_secret_are_kept_those_of_dead_letters_too(self, run, orders, redis_orders):
        address = redis_orders.address
        self.streamed(run, f"{address}/orders", f"{address}/scored?as=hash", f"{address}/dead")
        assert (orders.hlen("scored"), orders.xlen("dead")) == (20, 1)
        current_session.cache_clear()  # as another kernel finds it
        again = resume_run("orders")
        orders.xadd("orders", {"row": "]"})
        give_up = time.monotonic() + PATIENCE
        while orders.xlen("dead") < 2:
            assert time.monotonic() < give_up
            time.sleep(0.05)
        again.stop()
        assert again.settle(PATIENCE)
        assert again.stats["n_stored"] == 20
        assert again.message().dead_letters == f"{address}/dead"

    def test_one_with_a_login_is_neither_kept_nor_guessed(self, run, orders, redis_orders):
        orders.config_set("requirepass", "s3cret")
        try:
            place = redis_orders.address.removeprefix("redis://")
            source, sink = f"redis://:s3cret@{place}/orders", f"redis://:s3cret@{place}/scored"
            flowing = self.streamed(run, source, sink, f"redis://:s3cret@{place}/dead")
            files = [each for each in flowing.folder.path.rglob("*") if each.is_file()]
            assert not any(b"s3cret" in each.read_bytes() for each in files)
            with pytest.raises(LeptonError) as caught:
                resume_run("orders")
            assert f"redis://{place}/orders, was not kept, since an address may hold a secret." in str(caught.value)
            assert str(caught.value).endswith(
                f"Name them: %lepton resume {flowing.id} --from redis://{place}/orders --to redis://{place}/scored "
                f"--dead-letters redis://{place}/dead"
            )
            again = resume_run("orders", source=source, sink=sink, dead_letters=f"redis://:s3cret@{place}/dead")
            again.stop()
            assert again.settle(PATIENCE)
        finally:
            orders.config_set("requirepass", "")

    @pytest.mark.parametrize("place", ["source_place", "sink_place", "dead_place"])
    def test_an_address_that_somebody_else_wrote_is_not_asked(self, run, orders, redis_orders, place):
        address = redis_orders.address
        flowing = self.streamed(run, f"{address}/orders", f"{address}/scored?as=hash", f"{address}/dead")
        saved = json.loads(flowing.folder.read_text("stream.json"))
        saved[place] = f"{address}/elsewhere"
        flowing.folder.write_text_atomically("stream.json", json.dumps(saved))
        with pytest.raises(LeptonError, match="was not kept, since an address may hold a secret"):
            resume_run("orders")
        assert not orders.exists("elsewhere")

    def test_the_folder_of_another_home_names_no_address_here(self, run, orders, redis_orders, monkeypatch, tmp_path):
        address = redis_orders.address
        self.streamed(run, f"{address}/orders", f"{address}/scored?as=hash", f"{address}/dead")
        home = current_session().store.home
        shutil.copytree(home / "runs", tmp_path / "other" / "runs")
        monkeypatch.setenv("LEPTON_HOME", str(tmp_path / "other"))
        current_session.cache_clear()
        with pytest.raises(LeptonError, match="was not kept, since an address may hold a secret"):
            resume_run("orders")


def test_the_session_ends_the_streams_that_go_on(run, tmp_path):
    folder = tmp_path / "incoming"
    folder.mkdir()
    flowing = stream(run, source=folder, sink=tmp_path / "scored")
    current_session().close()
    assert not flowing.running
    assert flowing.stats["state"] == "stopped"


@pytest.mark.cluster
def test_workers_predict_what_predict_says_of_the_same_rows(run, churn_table, redis_orders):
    use_cluster("local", 2)
    rows = churn_table(600, seed=4).drop(columns="churn").assign(id=[f"c{place}" for place in range(600)])
    lines = rows.assign(since=rows["since"].astype(str)).to_json(orient="records", lines=True).splitlines()
    with redis_orders.client() as client:
        for line in [*lines, "{"]:
            client.xadd("orders", {"row": line})
        address = redis_orders.address
        flowing = stream(
            run, source=f"{address}/orders", sink=f"{address}/scored?as=hash", key="id", workers=2, name="orders"
        )
        assert flowing.guarantee.word == "effectively-once"
        give_up = time.monotonic() + PATIENCE
        while flowing.stats["n_stored"] + flowing.stats["n_dead"] < 601:
            assert time.monotonic() < give_up
            time.sleep(0.1)
        while len(flowing.tail()) < 5:  # asked of workers, who may be busy
            assert time.monotonic() < give_up, [note.sentence for note in flowing.message().notes]
        flowing.pause()
        assert flowing.stats["state"] == "paused"
        flowing.stop()
        assert flowing.settle(PATIENCE)
        stored = {key: json.loads(row) for key, row in client.hgetall("scored").items()}
    proba = predict(rows.drop(columns="id"), run=run, proba=True)
    assert [stored[each]["probability_yes"] for each in rows["id"]] == proba["yes"].tolist()
    assert flowing.stats["state"] == "stopped"
    [letters] = [json.loads(each.read_text()) for each in flowing.folder.path.glob("dead_letters-*.jsonl")]
    assert letters["payload"] == "{"


@pytest.mark.mistake
def test_what_workers_cannot_share_is_one_sentence(run):
    there = {"source": "redis://127.0.0.1:1/orders", "sink": "redis://127.0.0.1:1/scored", "workers": 2}
    for wish, said in (
        ({}, "--workers 2 needs a Dask cluster"),
        ({"workers": 0}, "0 workers cannot run anything"),
        ({"source": "mqtt://127.0.0.1/orders"}, "Name a topic of Kafka or a stream of Redis"),
        ({"source": pd.DataFrame({"a": [1]})}, "Name a topic of Kafka or a stream of Redis"),
        ({"sink": print}, "The sink cannot be shared by workers. Name an address"),
        ({"window": "10m", "time": "t"}, "--window does not go with --workers"),
        ({"labels": "churn", "on_drift": "challenger"}, "--on-drift challenger does not go with --workers"),
    ):
        with pytest.raises(LeptonError) as caught:
            stream(run, **{**there, **wish})
        assert said in str(caught.value)


@pytest.mark.mistake
def test_what_cannot_be_streamed_leaves_no_run_behind(run, tmp_path):
    before = len(library.list_runs())
    for wish, said in (
        ({"source": "nowhere/rows.jsonl", "sink": print}, "no folder 'nowhere'"),
        ({"source": pd.DataFrame({"a": [1]}), "sink": print, "speed": "10x"}, "--speed needs --time"),
        ({"source": pd.DataFrame({"a": [1]}), "sink": print, "rate": "fast"}, "is not a rate"),
        ({"source": pd.DataFrame({"a": [1]}), "sink": f"sqlite:///{tmp_path}/no/x.db?table=t"}, "does not answer"),
    ):
        with pytest.raises(LeptonError) as caught:
            stream(run, **wish)
        assert said in str(caught.value)
    assert len(library.list_runs()) == before
