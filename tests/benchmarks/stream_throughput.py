"""What a stream costs: one row, a micro-batch, end to end between brokers, its latency at a rate, and its panel.

One LightGBM of 200 trees or more on numbers, texts and missing values; rows are JSON. Beside it on the same rows:
scikit-learn's ``predict_proba`` of a pipeline with a booster of 200 trees on a data frame, ONNX Runtime and LightGBM's
native calls on arrays that are ready, and River's ``predict_one`` where ``LEPTON_RIVER`` names a Python that has River.
Times of single rows are medians; figures per second of processor are of this process alone, which a busy machine
changes less than its clock: brokers and workers have processes of their own. Redis needs ``redis-server``, Kafka is
librdkafka's mock cluster; both need the extra ``stream``. ``LEPTON_STREAM_ROWS`` says how many rows go end to end, and
words on the command line which parts are run: ``rows``, ``ends``, ``workers``, ``latency``, ``panel``. Each goal is
printed with its figure; a quiet machine takes three minutes for all.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ["LEPTON_HOME"] = tempfile.mkdtemp(prefix="lepton-benchmark-")
os.environ["LEPTON_CLUSTER"] = "off"
sys.path.insert(0, str(Path(__file__).parents[1]))

import lightgbm
import numpy as np
import pandas as pd
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OrdinalEncoder
from streaming.redis_server import RedisServer

from lepton_jupyter.compilation.lightgbm_calls import LightGBMCalls
from lepton_jupyter.learners.lightgbm import LightGBMModel
from lepton_jupyter.notebook.champion import CompiledPredictor, compiled_scorer
from lepton_jupyter.notebook.clusters import use_cluster
from lepton_jupyter.notebook.fitting import fit
from lepton_jupyter.notebook.model_scorer import ModelScorer
from lepton_jupyter.notebook.starting_streams import stream
from lepton_jupyter.preprocessing.row_reading import RowReader
from lepton_jupyter.streaming.batch_parsing import BatchParser

N_ROWS = int(os.environ.get("LEPTON_STREAM_ROWS", "100000"))
#: So many fit into the mock cluster, which drops the oldest of a partition beyond 5 MB.
KAFKA_ROWS = min(N_ROWS, 45_000)
#: Rows of the table that is learnt from: on fewer a booster stops before its 200th tree.
TABLE_ROWS = 15_000
RIVER = Path(__file__).parent / "river_side" / "river_rows.py"


def show_goal(what, figure, *, met) -> None:
    print(f"    goal: {what}; here {figure}: {'met' if met else 'not met'}", flush=True)


def made(n_rows: int, seed: int) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    frame = pd.DataFrame(random.normal(size=(n_rows, 20)), columns=[f"x{place}" for place in range(20)])
    risk = frame["x0"] + frame["x1"] * frame["x2"] + random.logistic(size=n_rows) / 2
    frame["town"] = random.choice(["Ulm", "Bonn", "Köln", "Kiel"], n_rows)
    frame["plan"] = random.choice(["basic", "plus", "max"], n_rows)
    frame.loc[random.random(n_rows) < 0.1, "x3"] = np.nan
    return frame.assign(churn=np.where(risk > 0, "yes", "no"))


def microseconds(call, n_times=400):
    call()
    taken = []
    for _ in range(n_times):
        began = time.perf_counter()
        call()
        taken.append(time.perf_counter() - began)
    return 1e6 * float(np.median(taken))


def show_microseconds(what, call, n_rows=1):
    taken = microseconds(call, 400 if n_rows == 1 else 7) / n_rows
    print(f"  {what:<55} {taken:>10,.1f} µs" + (f" {1e6 / taken:>12,.0f} rows/s" if n_rows > 1 else ""))
    return taken


def streamed(run, source, sink, **wishes):
    began, on_clock = time.process_time(), time.monotonic()
    flowing = stream(run, source=source, sink=sink, **wishes).wait()
    cpu, clock = time.process_time() - began, time.monotonic() - on_clock
    return f"{N_ROWS / cpu:>10,.0f} rows/CPU s {N_ROWS / clock:>10,.0f} rows/s on the clock", flowing


def compare_scorers(run, table, rows) -> None:
    booster = lightgbm.LGBMClassifier(n_estimators=200, n_jobs=1, verbose=-1)
    predictor = run.best_predictor()
    plain = ModelScorer(predictor, target="churn", label=run.best_label)
    scorer, compiled = compiled_scorer(predictor, target="churn", label=run.best_label)
    pipeline = make_pipeline(
        make_column_transformer(
            (OrdinalEncoder(), make_column_selector(dtype_exclude="number")),
            (SimpleImputer(), make_column_selector(dtype_include="number")),
        ),
        booster,
    ).fit(table.drop(columns="churn"), table["churn"])
    one, frame = rows.iloc[0].to_dict(), rows.iloc[:1]
    models = [model for member in predictor.members for model in member.models]
    n_trees = sum(model.text.count("\nTree=") for model in models if isinstance(model, LightGBMModel))
    print(f"\n{run.best_label}: {len(models)} fold models, {n_trees:,} trees; {N_ROWS:,} rows of 22 columns")
    print(f"compiled in {compiled.seconds:.1f} s to {dict(compiled.how)}, {compiled.n_rows:,} rows compared: "
          f"{compiled.largest_difference or 0:.1e} away at most, {compiled.n_flipped} decided otherwise")  # fmt: skip
    print("one row of JSON's values, median:")
    own = show_microseconds("scorer of the stream", lambda: scorer.score([one]))
    show_microseconds("the same, not compiled", lambda: plain.score([one]))
    slow = show_microseconds(
        "scikit-learn's pipeline of 200 trees on a data frame", lambda: pipeline.predict_proba(frame)
    )
    show_river(table, one)
    show_goal("100 times as fast as scikit-learn's predict_proba", f"{slow / own:,.0f}", met=slow >= 100 * own)
    ready, _ = RowReader(predictor.recipe).read([one], predictor.views)
    pool = CompiledPredictor(predictor).pool
    print("the same models on a ready array of one row, median:")
    compiled_time = show_microseconds("compiled", lambda: pool.predict(ready))
    calls = [LightGBMCalls(model.text) for model in models if isinstance(model, LightGBMModel)]
    trees = [part._trees for _, part in pool._parts if hasattr(part, "_trees")]
    others = []
    if len(calls) == len(models):
        others.append(
            show_microseconds("LightGBM's own single-row calls", lambda: [c.sums(ready["tree"]) for c in calls])
        )
    if trees:
        sides = [part._sides.beside(ready["tree"]) for _, part in pool._parts if hasattr(part, "_trees")]
        others.append(show_microseconds("ONNX Runtime", lambda: [t.sums(X) for t, X in zip(trees, sides, strict=True)]))
    if others:
        times = compiled_time / min(others)
        show_goal("at most twice the faster of these", f"{times:.1f} times", met=times <= 2)
        print(f"  with the reading of the row's values: {own / min(others):.1f} times")
    many = rows.head(4096).astype(object).where(rows.head(4096).notna(), None).to_dict("records")
    ready, _ = RowReader(predictor.recipe).read(many, predictor.views)
    lines = [json.dumps(row).encode() for row in many]
    parser = BatchParser("", ())
    print("a row of micro-batches of 1,024, median:")
    show_microseconds("scorer of the stream", lambda: scorer.score(many[:1024]), 1024)
    show_microseconds("from JSON's text", lambda: scorer.score(parser.parse(lines[:1024], scorer.schema)), 1024)
    batch = {view: each[:1024] for view, each in ready.items()}
    own = show_microseconds("compiled, on a ready array", lambda: pool.predict(batch), 1024)
    print("a row of 4,096, median:")
    if len(calls) == len(models):
        bulk = show_microseconds(
            "LightGBM itself, on a ready array", lambda: [c.sums(ready["tree"]) for c in calls], 4096
        )
        show_goal("micro-batches at 80 % of LightGBM's bulk throughput", f"{bulk / own:.0%}", met=bulk >= 0.8 * own)
    show_microseconds("scikit-learn's pipeline of 200 trees", lambda: pipeline.predict_proba(rows.head(4096)), 4096)


def show_river(table, one) -> None:
    python = os.environ.get("LEPTON_RIVER")
    if not python:
        print("  River's predict_one: LEPTON_RIVER names no Python that has River")
        return
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "rows.jsonl"
        table[[*one, "churn"]].head(5_000).to_json(file, orient="records", lines=True)
        said = subprocess.run([python, str(RIVER), str(file)], check=False, capture_output=True, text=True)
    if said.returncode:
        print(f"  River's predict_one was not measured: {said.stderr.strip().splitlines()[-1:]}")
        return
    what = "River's Hoeffding adaptive tree, predict_proba_one"
    print(f"  {what:<55} {float(said.stdout):>10,.1f} µs")


def compare_ends(run, rows) -> None:
    folder = Path(tempfile.mkdtemp(prefix="lepton-benchmark-"))
    print("table → function     ", streamed(run, rows, lambda _: None)[0])
    print("table → SQLite       ", streamed(run, rows, f"sqlite:///{folder}/scored.db?table=scores")[0])
    rows.to_json(folder / "rows.jsonl", orient="records", lines=True)
    print("JSON lines → Parquet ", streamed(run, folder / "rows.jsonl", folder / "scored", until_end=True)[0])
    compare_kafka(run, rows.head(KAFKA_ROWS))
    if shutil.which("redis-server") is None:
        return
    server = RedisServer(folder)
    fill_redis(server, folder / "rows.jsonl")
    show_rate("Redis → Redis        ", between_redis(server, run))
    server.kill()


def show_rate(what, taken) -> None:
    """Rows, and seconds of this process and of the clock."""
    n_rows, cpu, clock = taken
    print(f"{what} {n_rows / cpu:>10,.0f} rows/CPU s {n_rows / clock:>10,.0f} rows/s on the clock")
    show_goal("100,000 rows/s stored and committed", f"{n_rows / clock:,.0f}", met=n_rows >= 100_000 * clock)


def fill_redis(server, file) -> None:
    lines = file.read_text().splitlines()
    with server.client() as client:
        client.flushall()
        for start in range(0, len(lines), 5_000):
            client.rpush("ready", *lines[start : start + 5_000])


#: Rows come all at once when everything is open, and no client's time is measured.
_ADD_ALL = """
for start = 0, redis.call('LLEN', KEYS[1]), 5000 do
    for _, row in ipairs(redis.call('LRANGE', KEYS[1], start, start + 4999)) do
        redis.call('XADD', KEYS[2], '*', 'row', row)
    end
end
"""


def between_redis(server, run, **wishes):
    """From all rows being there to all of them stored and acknowledged."""
    with server.client() as client:
        flowing = stream(run, source=f"{server.address}/orders", sink=f"{server.address}/scored?as=hash", **wishes)
        client.config_set("lua-time-limit", 60_000)  # beyond it others are told that it is busy, instead of waiting
        client.eval(_ADD_ALL, 2, "ready", "orders")
        cpu, clock = time.process_time(), time.monotonic()
        while client.xinfo_groups("orders")[0]["entries-read"] != N_ROWS or client.xinfo_groups("orders")[0]["pending"]:
            time.sleep(0.02)
        cpu, clock = time.process_time() - cpu, time.monotonic() - clock
        assert client.hlen("scored") == N_ROWS
        flowing.stop()
        flowing.settle()
    return N_ROWS, cpu, clock


def compare_kafka(run, rows) -> None:
    try:
        import confluent_kafka as kafka
    except ImportError:
        print("Kafka → SQLite         confluent-kafka is not installed")
        return
    producer = kafka.Producer({"test.mock.num.brokers": 1, "log_level": 0})
    [broker] = producer.list_topics(timeout=10).brokers.values()
    producer.list_topics("orders", timeout=10)
    for place, line in enumerate(rows.to_json(orient="records", lines=True).splitlines()):
        producer.produce("orders", line, partition=place % 4)
        if place % 10_000 == 0:
            producer.flush()
    producer.flush()
    folder = Path(tempfile.mkdtemp(prefix="lepton-benchmark-"))
    # Looked at through the broker: whoever asked SQLite would hold its lock, for which the sink would wait.
    asking = kafka.Consumer({"bootstrap.servers": f"{broker.host}:{broker.port}", "group.id": "lepton-kafka"})
    partitions = [kafka.TopicPartition("orders", each) for each in range(4)]

    def n_committed():
        return sum(max(0, each.offset) for each in asking.committed(partitions, timeout=10))

    flowing = stream(
        run, source=f"kafka://{broker.host}:{broker.port}/orders?assign=all",
        sink=f"sqlite:///{folder}/scored.db?table=scores", name="kafka",
    )  # fmt: skip
    while not (before := n_committed()):
        time.sleep(0.001)
    cpu, clock = time.process_time(), time.monotonic()
    while n_committed() < len(rows):
        time.sleep(0.01)
    cpu, clock = time.process_time() - cpu, time.monotonic() - clock
    with closing(sqlite3.connect(folder / "scored.db")) as database:
        assert database.execute("select count(*) from scores").fetchone()[0] == len(rows)
    show_rate("Kafka → SQLite, the mock broker in this process", (len(rows) - before, cpu, clock))
    flowing.stop()
    flowing.settle()
    asking.close()


def compare_workers(run, rows) -> None:
    if shutil.which("redis-server") is None:
        return
    folder = Path(tempfile.mkdtemp(prefix="lepton-benchmark-"))
    rows.to_json(folder / "rows.jsonl", orient="records", lines=True)
    server = RedisServer(folder)
    use_cluster("local", 2)
    for n_workers in (1, 2):
        fill_redis(server, folder / "rows.jsonl")
        n_rows, _, clock = between_redis(server, run, workers=n_workers, name=f"workers{n_workers}")
        name = "worker" if n_workers == 1 else "workers"
        print(f"Redis → Redis, {n_workers} {name} of Dask {n_rows / clock:>10,.0f} rows/s on the clock")
        if n_workers == 2:
            show_goal("100,000 rows/s on two cores", f"{n_rows / clock:,.0f}", met=n_rows >= 100_000 * clock)
    use_cluster("off")
    server.kill()


#: Adds rows at a rate, each with the time when it was sent; Linux has one monotonic clock for all processes.
_SENDER = """
import json, sys, time, redis
port, rate, seconds, file = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), sys.argv[4]
lines = [line.rstrip()[:-1] for line in open(file)][:10_000]
client, began, n_sent = redis.Redis(port=port), time.monotonic(), 0
while (now := time.monotonic()) < began + seconds:
    n_due = int((now - began) * rate) - n_sent
    if n_due > 0:
        pipe = client.pipeline(transaction=False)
        for place in range(n_sent, n_sent + n_due):
            pipe.xadd("orders", {"row": f'{lines[place % len(lines)]},"sent":{now:.6f}}}'}, maxlen=500_000)
        pipe.execute()
        n_sent += n_due
    time.sleep(0.002)
print(n_sent)
"""


def compare_latency(run, rows) -> None:
    if shutil.which("redis-server") is None:
        return
    folder = Path(tempfile.mkdtemp(prefix="lepton-benchmark-"))
    rows.head(10_000).to_json(folder / "rows.jsonl", orient="records", lines=True)
    print("\nfrom sent to stored, Redis → function:")
    for rate in (1_000, 10_000, 50_000):
        show_latency(run, folder, rate)
    print("the same while a cell computes in Python all the time:")
    for rate in (1_000, 10_000):
        show_latency(run, folder, rate, busy=True)


def show_latency(run, folder, rate, *, busy=False) -> None:
    server = RedisServer(Path(tempfile.mkdtemp(prefix="lepton-benchmark-")))
    taken = []

    def take(results):
        now = time.monotonic()
        taken.extend(now - row["sent"] for row in results)

    flowing = stream(
        run, source=f"{server.address}/orders", sink=take, keep=["sent"], name=f"rate{rate}{'-busy' * busy}"
    )
    sender = subprocess.Popen(
        [sys.executable, "-c", _SENDER, str(server.port), str(rate), "6", str(folder / "rows.jsonl")],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    while busy and sender.poll() is None:
        sum(number * number for number in range(100_000))
    n_sent, give_up = int(sender.communicate()[0]), time.monotonic() + 60
    while len(taken) < n_sent and time.monotonic() < give_up:
        time.sleep(0.05)
    late = np.array(taken[len(taken) // 6 :]) * 1e3  # without the first second
    figures = " ".join(f"p{share:g} {np.percentile(late, share):>8.1f}" for share in (50, 90, 99, 99.9))
    print(f"  {rate:>7,} rows/s wished, {n_sent / 6:>8,.0f} sent: {figures} ms")
    flowing.stop()
    flowing.settle()
    server.kill()


def compare_panel(run, rows) -> None:
    """With a panel that is kept up to date as a page's is, and without: in turns, and the least of each counts."""
    from lepton_jupyter.widgets.publisher import Publisher
    from lepton_jupyter.widgets.stream_widget import StreamWidget

    taken: dict[bool, list[float]] = {False: [], True: []}
    for turn in range(12):
        shown, began = turn % 2 == 1, time.process_time()
        flowing = stream(run, source=rows, sink=lambda _: None, name=f"panel{turn}")
        if shown:
            publisher = Publisher()
            panel = publisher.watch(StreamWidget(flowing.message(), other_formats=flowing.formats), flowing.message)
            unsubscribe = flowing.subscribe(lambda _, panel=panel: panel.changed())
        flowing.wait()
        taken[shown].append(time.process_time() - began)
        if shown:
            unsubscribe()
            panel.finish()
            publisher.close()
    without, with_panel = (min(taken[shown]) for shown in (False, True))
    print(f"\npanel: {N_ROWS / without:,.0f} rows/CPU s without, {N_ROWS / with_panel:,.0f} with one")
    more = with_panel / without - 1
    show_goal("at most 2 % more processor time with a panel", f"{more:+.1%}", met=more <= 0.02)


def main() -> None:
    table, rows = made(TABLE_ROWS, 0), made(N_ROWS, 1).drop(columns="churn")
    run = fit(table, target="churn", budget="2trials", learners=["lightgbm"], prefer="speed", folds=2, wait=True)
    models = [model for member in run.best_predictor().members for model in member.models]
    assert sum(model.text.count("\nTree=") for model in models) >= 200
    parts = sys.argv[1:] or ["rows", "ends", "workers", "latency", "panel"]
    if "rows" in parts:
        compare_scorers(run, table, rows)
    if "ends" in parts:
        compare_ends(run, rows)
    if "workers" in parts:
        compare_workers(run, rows)
    if "latency" in parts:
        compare_latency(run, rows)
    if "panel" in parts:
        compare_panel(run, rows)


if __name__ == "__main__":
    main()
