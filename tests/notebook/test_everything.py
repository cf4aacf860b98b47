"""A booster on all rows of a table of which the search saw a sample, by the workers of a real cluster."""

from __future__ import annotations

import logging
import os
import signal
import threading

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from execution.peak_memory import peak_bytes
from pyarrow import parquet

from lepton_jupyter import fit, prepare
from lepton_jupyter.events.run_events import SampleDrawn
from lepton_jupyter.exceptions.everything_errors import EverythingError
from lepton_jupyter.exceptions.execution_errors import WorkerLostError
from lepton_jupyter.execution import user_cluster
from lepton_jupyter.execution.free_memory import free_memory
from lepton_jupyter.execution.steady_workers import with_steady_workers
from lepton_jupyter.learners.distributed_boosting import BYTES_PER_VALUE, too_old
from lepton_jupyter.learners.lightgbm import LightGBMModel
from lepton_jupyter.learners.log_target import LogTargetModel
from lepton_jupyter.learners.model_layers import ModelLayers
from lepton_jupyter.notebook import tables
from lepton_jupyter.notebook.library import find_run

N_ROWS, N_FILES = 6_000, 5


def a_cluster(n_workers, **options):
    from distributed import LocalCluster

    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    quiet = {"dashboard_address": "127.0.0.1:0", "silence_logs": logging.CRITICAL, "threads_per_worker": 1}
    return LocalCluster(n_workers=n_workers, **quiet, **options)


@pytest.fixture(scope="module")
def client():
    from distributed import Client

    with a_cluster(2) as cluster, Client(cluster) as client:
        yield client


def customers(n_rows=N_ROWS, seed=0):
    random = np.random.default_rng(seed)
    frame = pd.DataFrame({
        "age": random.integers(18, 90, n_rows).astype(float),
        "income": random.lognormal(10, 1, n_rows),
        "town": random.choice(["Ulm", "Bonn", "Kiel", "Jena"], n_rows),
        "shop": random.integers(0, 300, n_rows),
        "weight": random.uniform(0.5, 2, n_rows),
    })  # fmt: skip
    frame.loc[::17, "age"] = np.nan
    signal_of_row = frame["age"].fillna(50) / 20 * (frame["town"] == "Ulm") + np.log(frame["income"]) - 10
    noisy = signal_of_row + random.normal(size=n_rows)
    frame["churn"] = np.where(noisy > 0.8, "yes", "no")
    frame["price"] = np.exp(noisy)
    frame["kind"] = np.select([noisy < -0.5, noisy < 0.5], ["low", "middle"], "high")
    return frame


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("customers")
    for number, part in enumerate(np.array_split(np.arange(N_ROWS), N_FILES)):
        customers().iloc[part].to_parquet(place / f"part-{number}.parquet", index=False)
    return place


@pytest.fixture
def sampled(monkeypatch):
    """Let a search see about a fifth of the rows."""
    monkeypatch.setattr(
        "lepton_jupyter.notebook.kernel_cluster.KernelCluster.smallest_worker_bytes", lambda _: 1_250_000
    )


def search(table, target, **options):
    options = {"learners": ["lightgbm"], "budget": "3trials", "folds": 2} | options
    drop = [name for name in ("churn", "price", "kind", "weight", "shop") if name not in (target, *options.values())]
    return fit(table, target=target, drop=drop, wait=True, **options)


@pytest.mark.cluster
class TestEverything:
    @pytest.mark.parametrize("target", ["churn", "price", "kind"])
    @pytest.mark.parametrize("learner", ["lightgbm", "xgboost"])
    def test_the_booster_learns_from_all_rows_but_those_held_out(self, client, folder, sampled, target, learner):
        pytest.importorskip(learner, reason=f"{learner} is not installed")
        if too_old(learner):
            pytest.skip(f"{learner} {too_old(learner)} cannot be fitted by several workers together")
        run = search(folder, target, learners=[learner])
        [drawn] = [each.event for each in run.events if isinstance(each.event, SampleDrawn)]
        assert drawn.n_table_rows == N_ROWS
        assert drawn.n_rows < N_ROWS / 2
        model = run.fit_everything()
        told = model.everything_
        assert told.n_sample == drawn.n_rows
        assert N_ROWS * 0.88 < told.n_rows < N_ROWS * 0.97
        assert np.isfinite([told.score, told.sample_score]).all()
        greater = run.message().greater_is_better
        assert told.taken == (told.score > told.sample_score if greater else told.score < told.sample_score)
        # At least as good as the sample's model, to within what a fifth of the rows can cost.
        assert told.score > 0.9 * told.sample_score if greater else told.score < 1.1 * told.sample_score
        table = customers(200, seed=1)
        assert len(model.predict(table)) == 200
        again = find_run(run.id).everything
        assert again.everything_ == told
        assert np.array_equal(again.predict(table), model.predict(table))

    def test_the_held_out_rows_are_the_same_however_the_table_is_cut(self, client, folder, sampled):
        import dask.dataframe

        whole = pd.concat([pd.read_parquet(path) for path in sorted(folder.glob("*.parquet"))], ignore_index=True)
        scores = []
        for n_parts in (3, 8):
            run = search(dask.dataframe.from_pandas(whole, npartitions=n_parts, sort=False), "churn")
            told = run.fit_everything().everything_
            scores.append((told.n_rows, told.n_held_out, told.sample_score))
        assert scores[0] == scores[1]

    def test_a_prepared_table_is_learnt_from_as_it_is_prepared(self, client, folder, sampled):
        run = search(prepare(folder, target="churn"), "churn")
        told = run.fit_everything().everything_
        assert told.n_rows + 2 * told.n_held_out == pytest.approx(N_ROWS, abs=10)

    @pytest.mark.parametrize("options", [{"groups": "shop"}, {"weights": "weight"}, {"class_weight": "balanced"}])
    def test_groups_and_weights_count_as_in_the_search(self, client, folder, sampled, options):
        told = search(folder, "churn", **options).fit_everything().everything_
        assert 0.7 < told.score < 1
        assert told.n_rows > N_ROWS * 0.85

    def test_copies_of_held_out_rows_are_not_learnt_from(self, client, tmp_path, sampled):
        once = customers(1_500)
        for number in range(4):
            once.to_parquet(tmp_path / f"{number}.parquet", index=False)
        run = search(tmp_path, "churn")
        told = run.fit_everything().everything_
        # Each row is there four times: a third of them or so has a copy among those that are held out.
        assert told.n_held_out > 100
        assert told.score < 0.95

    def test_a_worker_that_is_lost_is_one_sentence(self, folder, sampled):
        from distributed import Client

        with a_cluster(2) as cluster, Client(cluster) as client:
            began = threading.Event()

            def long_work(beside):
                futures = [beside.submit(_sleep, pure=False, workers=[each]) for each in beside.nthreads()]
                began.set()
                return beside.gather(futures)

            victim = sorted(client.run(os.getpid).values())[0]
            killer = threading.Thread(target=lambda: (began.wait(30), os.kill(victim, signal.SIGKILL)))
            killer.start()
            with pytest.raises(WorkerLostError, match="was lost during the fit, which needs all of them until it ends"):
                with_steady_workers(client, long_work, "the fit")
            killer.join()


def _sleep():
    import time

    time.sleep(600)


@pytest.mark.cluster
class TestRefusals:
    def test_a_run_that_saw_all_rows_has_nothing_more_to_fit(self, client, folder):
        run = search(folder, "churn", budget="1trials")
        with pytest.raises(EverythingError, match="has learnt from all rows of its table"):
            run.fit_everything()

    def test_without_a_booster_it_says_which_would_do(self, client, folder, sampled):
        run = search(folder, "churn", learners=["linear"], budget="2trials")
        with pytest.raises(EverythingError, match="no model of LightGBM or XGBoost"):
            run.fit_everything()

    def test_a_table_that_has_changed_is_another_one(self, client, tmp_path, sampled):
        customers().to_parquet(tmp_path / "a.parquet")
        run = search(tmp_path, "churn")
        customers(50).to_parquet(tmp_path / "b.parquet")
        with pytest.raises(EverythingError, match=r"The table has 6,050 rows, and run .* drew its sample from 6,000"):
            run.fit_everything()

    def test_rows_in_order_of_time_are_left_alone(self, client, folder, sampled):
        run = search(folder, "churn", time="shop")
        with pytest.raises(EverythingError, match="lie in the order of 'shop'"):
            run.fit_everything()

    def test_what_no_worker_could_hold_is_not_begun(self, client, folder, sampled, monkeypatch):
        monkeypatch.setitem(BYTES_PER_VALUE, "lightgbm", 1e9)
        run = search(folder, "churn")
        sentence = r"LightGBM.* needs about [\de+.]+ GB on each of 2 workers for all rows, and [\d.]+ GB are left there"
        with pytest.raises(EverythingError, match=sentence):
            run.fit_everything()
        assert run.everything is None

    def test_rows_of_the_kernel_do_not_travel(self, client, folder, sampled):
        run = search(folder, "churn")
        with pytest.raises(EverythingError, match=r"cannot read '.*' by themselves"):
            run.fit_everything(customers())


def test_without_a_cluster_it_says_how_to_get_one(folder, monkeypatch):
    monkeypatch.setattr(user_cluster, "active_client", lambda: None)  # that of other tests is still open
    monkeypatch.setattr(tables, "_SHARE", 100_000 / free_memory())
    run = search(folder, "churn", budget="2trials")
    with pytest.raises(EverythingError, match="All rows are learnt by the workers of a Dask cluster together"):
        run.fit_everything()


@pytest.mark.cluster
def test_a_table_of_several_times_a_workers_memory_is_learnt_from_within_it(tmp_path):
    from distributed import Client

    limit, n_rows, n_columns, n_files = 800_000_000, 400_000, 24, 40
    random = np.random.default_rng(0)
    levels = [f"{number} {'and so on ' * 30}" for number in range(12)]
    n_bytes = 0
    for number in range(n_files):
        codes = random.integers(0, len(levels), (n_rows // n_files, n_columns), dtype=np.int32)
        noisy = codes[:, 0] % 3 + codes[:, 1] % 2 + random.normal(size=len(codes))
        columns = {
            f"c{place}": pa.DictionaryArray.from_arrays(codes[:, place], levels).cast(pa.string())
            for place in range(n_columns)
        }
        table = pa.table(columns | {"y": np.where(noisy > 1.5, "yes", "no")})
        n_bytes += table.nbytes
        parquet.write_table(table, tmp_path / f"part-{number}.parquet", row_group_size=2_500)
    assert n_bytes > 3 * limit
    with a_cluster(2, memory_limit=limit) as cluster, Client(cluster) as client:
        before = client.run(os.getpid)
        run = fit(tmp_path, target="y", learners=["lightgbm"], budget="2trials", folds=2, wait=True)
        [drawn] = [each.event for each in run.events if isinstance(each.event, SampleDrawn)]
        assert drawn.reason == "worker memory"
        assert drawn.table_bytes > 3 * limit
        told = run.fit_everything().everything_
        assert told.n_rows + told.n_held_out > 0.9 * n_rows
        assert client.run(os.getpid) == before  # nobody was ended for its memory
        assert max(client.run(peak_bytes).values()) < limit


def test_layers_are_taken_off_and_put_on_again():
    from lepton_jupyter.learners.log_target import LogScale

    model = LogTargetModel(LogScale(2.0, 9.0), LightGBMModel("text", 0, 5))
    layers, inner = ModelLayers.of(model)
    assert isinstance(inner, LightGBMModel)
    again = layers.around(LightGBMModel("other", 0, 7))
    assert isinstance(again, LogTargetModel)
    assert again.scale == model.scale
    assert layers.learnt(np.array([0.0, 2.0])).tolist() == pytest.approx([0.0, np.log(2)])
