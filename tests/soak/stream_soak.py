"""A stream under all that goes wrong, and an audit of every key: ``python -m soak.stream_soak --rows 10000000``.

Rows go from a Redis through a compiled model on two workers of a Dask cluster to another Redis, both with AOF always.
Meanwhile workers, the kernel and both brokers are killed with SIGKILL and come back, the sink stalls, and the kernel's
wall clock jumps by hours. Rows come out of order, some twice, some cannot be read, parsed or predicted, and a few are
giants. At the end every key is in the sink with the value that `predict` gives, or a dead letter; nothing is pending.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from itertools import cycle, islice
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
from streaming.redis_server import RedisServer

N_WORKERS = 2
#: Rows that wait in the source at most, so that a soak of any length fits into memory.
MOST_WAITING = 300_000
_BLOCK = 5_000
_NUMBERS = [f"x{place}" for place in range(8)]
_TOWNS = ["Ulm", "Bonn", "Köln", "Kiel"]
#: What goes wrong, in this order, again and again; the clock jumps whenever a kernel begins.
FAULTS = ("worker", "kernel", "source broker", "stalled sink", "sink broker")
_STALL_SECONDS = 2.0


def made_table(n_rows, seed):
    """Rows with numbers, texts and missing values, and what is to be learnt."""
    random = np.random.default_rng(seed)
    frame = pd.DataFrame(random.normal(size=(n_rows, len(_NUMBERS))).round(4), columns=_NUMBERS)
    frame["town"] = random.choice(_TOWNS, n_rows)
    frame.loc[random.random(n_rows) < 0.1, "x3"] = np.nan
    risk = frame["x0"] + frame["x1"] * frame["x2"] + (frame["town"] == "Ulm") + random.logistic(size=n_rows) / 2
    return frame.assign(churn=np.where(risk > 0, "yes", "no"))


def made_block(start, stop):
    """Rows of some keys, the same whenever they are made."""
    return made_table(stop - start, 1_000_003 + start).drop(columns="churn").assign(id=range(start, stop))


def is_poison(key):
    """Whether the row of a key cannot be scored."""
    return key % 997 == 5


def poison(key):
    """A row that cannot be scored: torn JSON, a text for a number, a missing column, or a giant."""
    kind = key // 997 % 4
    if kind == 0:
        return f'{{"id": {key}, "x0": '
    if kind == 1:
        return json.dumps({"id": key, **dict.fromkeys(_NUMBERS, "much"), "town": "Ulm"})
    if kind == 2 or key % 7:
        return json.dumps({"id": key, "town": "Ulm"})
    return json.dumps({"id": key, "note": "x" * 2**21})


class Soak:
    """One soak.

    Parameters
    ----------
    folder : Path
    n_rows : int
        Keys.
    n_faults : int
    appends : bool
        Whether results are appended, where a row that is scored again is there twice.
    repeated : float
        Share of rows that come twice.
    name : str
        Of the stream.
    say : callable
    """

    def __init__(self, folder, n_rows, *, n_faults, appends=False, repeated=0.01, name="soak", say=print):
        self.folder, self.n_rows, self.n_faults, self.appends, self.say = folder, n_rows, n_faults, appends, say
        self.repeated, self.name = repeated, name
        self.n_sent_twice = 0
        self.faults = []
        self.most_pending_in_a_stall = 0
        self._sent_all = threading.Event()
        self._failed = None
        self._kernel = None
        self._lives = 0

    def run(self):
        """Everything; returns the figures of the audit."""
        from distributed import Client, LocalCluster

        for name in ("orders", "scored"):
            (self.folder / name).mkdir()
        self.orders, self.scored = RedisServer(self.folder / "orders"), RedisServer(self.folder / "scored")
        options = {"threads_per_worker": 1, "host": "127.0.0.1", "protocol": "tcp", "dashboard_address": "127.0.0.1:0"}
        try:
            with LocalCluster(n_workers=N_WORKERS, **options) as cluster, Client(cluster) as self.client:
                self._fit()
                began = self._began = time.monotonic()
                self._start_kernel()
                sending = threading.Thread(target=self._send_all, daemon=True)
                sending.start()
                self._make_trouble()
                self.say(f"  {time.monotonic() - self._began:>8.1f} s")
                self._wait_for_all()
                seconds = time.monotonic() - began
                self._stop()
                return self._audit(seconds)
        finally:
            if self._kernel is not None:
                self._kernel.kill()
                self._kernel.wait()
                for pipe in (self._kernel.stdin, self._kernel.stdout):
                    pipe.close()
            for server in (self.orders, self.scored):
                with suppress(ProcessLookupError):
                    server.process.send_signal(signal.SIGCONT)
                server.kill()

    # The model and its kernel ----------------------------------------------------------------------------------------

    def _fit(self):
        from lepton_jupyter import fit

        self.model = fit(
            made_table(3_000, 0), target="churn", budget="2trials", learners=["lightgbm"], folds=2, name="model",
            prefer="speed", seed=1, wait=True,
        )  # fmt: skip

    def _start_kernel(self):
        # An hour back, and two on: clocks that jump while nothing else is said about them.
        offset = (0, -3600, 7200)[self._lives % 3]
        self._lives += 1
        with (self.folder / "kernel.log").open("ab") as log:
            self._kernel = subprocess.Popen(
                [sys.executable, "-m", "soak.soak_kernel"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
                cwd=Path(__file__).parents[1],
                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "LEPTON_CLUSTER": "off"},
            )  # fmt: skip
        asked = {
            "name": self.name, "cluster": self.client.scheduler.address, "workers": N_WORKERS, "clock_offset": offset,
            "source": f"{self.orders.address}/orders",
            "sink": f"{self.scored.address}/scored" + ("" if self.appends else "?as=hash"),
        }  # fmt: skip
        self._kernel.stdin.write(json.dumps(asked).encode() + b"\n")
        self._kernel.stdin.flush()
        self.stream_id = self._kernel.stdout.readline().decode().strip()
        assert self.stream_id, (self.folder / "kernel.log").read_text()

    def _end_kernel(self):
        self._kernel.send_signal(signal.SIGKILL)
        self._kernel.wait()
        for pipe in (self._kernel.stdin, self._kernel.stdout):
            pipe.close()

    def _stream_folder(self):
        from lepton_jupyter.notebook.library import find_folder

        return find_folder(self.stream_id)

    def _stop(self):
        from lepton_jupyter.streaming.left_wishes import LeftWishes

        LeftWishes(self._stream_folder()).stop()
        self._kernel.wait(60)

    # What comes in ---------------------------------------------------------------------------------------------------

    def _send_all(self):
        try:
            random = np.random.default_rng(9)
            for start in range(0, self.n_rows, _BLOCK):
                while start > self._may_be_sent():
                    time.sleep(0.05)
                stop = min(self.n_rows, start + _BLOCK)
                lines = made_block(start, stop).to_json(orient="records", lines=True, force_ascii=False).splitlines()
                lines = [poison(start + at) if is_poison(start + at) else line for at, line in enumerate(lines)]
                again = random.integers(0, len(lines), round(len(lines) * self.repeated))
                order = random.permutation(np.concatenate([np.arange(len(lines)), again]))
                self.n_sent_twice += sum(not is_poison(start + int(at)) for at in again)
                self._send([lines[at] for at in order])
            self._sent_all.set()
        except BaseException as error:
            self._failed = error
            raise

    def _may_be_sent(self):
        """Keys before the middle between the next fault and the one after it: each fault finds rows to come."""
        return self.n_rows * (len(self.faults) + 1.5) / (self.n_faults + 1)

    def _send(self, lines):
        while True:
            try:
                with self.orders.client() as client:
                    while self._waiting(client) > MOST_WAITING:
                        time.sleep(0.2)
                    # Whole or not at all: a block that was sent when the broker died is not sent again in part.
                    pipe = client.pipeline(transaction=True)
                    for line in lines:
                        pipe.xadd("orders", {"row": line})
                    pipe.execute()
                return
            except OSError:
                pass
            except Exception as error:
                if not re.search("onnect|Loading|Busy|Timeout", type(error).__name__):
                    raise
            self.n_sent_twice += len(lines)  # it may have been answered in vain
            time.sleep(0.2)

    def _waiting(self, client):
        """Entries that are kept; those that everybody has acknowledged go."""
        groups = client.xinfo_groups("orders") if client.exists("orders") else []
        if groups:
            pending = client.xpending("orders", groups[0]["name"])
            done = pending["min"] if pending["pending"] else groups[0]["last-delivered-id"]
            if done != "0-0":
                client.xtrim("orders", minid=done, approximate=False)
        return client.xlen("orders")

    # What goes wrong -------------------------------------------------------------------------------------------------

    def _make_trouble(self):
        for place, fault in enumerate(islice(cycle(FAULTS), self.n_faults), start=1):
            self._wait_until(lambda place=place: self.n_stored() >= self.n_rows * place / (self.n_faults + 1))
            self.faults.append(fault)
            self.say(f"  {time.monotonic() - self._began:>8.1f} s {self.n_stored():>12,} rows stored: {fault}")
            getattr(self, f"_trouble_{fault.replace(' ', '_')}")()

    def _trouble_worker(self):
        processes = self.client.run(os.getpid)
        os.kill(sorted(processes.values())[len(self.faults) % len(processes)], signal.SIGKILL)

    def _trouble_kernel(self):
        self._end_kernel()
        self._start_kernel()

    def _trouble_source_broker(self):
        self.orders.kill()
        time.sleep(0.5)
        self.orders.start()

    def _trouble_sink_broker(self):
        self.scored.kill()
        time.sleep(0.5)
        self.scored.start()

    def _trouble_stalled_sink(self):
        self.scored.process.send_signal(signal.SIGSTOP)
        time.sleep(_STALL_SECONDS)
        with self.orders.client() as client:
            self.most_pending_in_a_stall = max(
                self.most_pending_in_a_stall, client.xpending("orders", f"lepton-{self.name}")["pending"]
            )
        self.scored.process.send_signal(signal.SIGCONT)

    # The audit -------------------------------------------------------------------------------------------------------

    def n_stored(self):
        """Results in the sink, whoever's they are."""
        try:
            with self.scored.client() as client:
                return client.xlen("scored") if self.appends else client.hlen("scored")
        except Exception:  # noqa: BLE001  it is killed and started meanwhile, and says so in many ways
            return 0

    def _wait_until(self, holds):
        give_up = time.monotonic() + 300 + self.n_rows / 500
        while not holds():
            if self._failed is not None:
                raise self._failed
            assert self._kernel.poll() is None, (self.folder / "kernel.log").read_text()[-2000:]
            assert time.monotonic() < give_up, f"only {self.n_stored():,} of {self.n_rows:,} rows are stored"
            time.sleep(0.1)

    def _wait_for_all(self):
        self._wait_until(self._sent_all.is_set)
        self._wait_until(self._all_done)

    def _all_done(self):
        try:
            with self.orders.client() as client:
                [group] = client.xinfo_groups("orders")
                newest = client.xinfo_stream("orders")["last-generated-id"]
                return group["last-delivered-id"] == newest and group["pending"] == 0
        except OSError:
            return False

    def _audit(self, seconds):
        from lepton_jupyter import predict
        from lepton_jupyter.runs.log_reading import read_log
        from lepton_jupyter.views.stream_state import StreamState

        folder = self._stream_folder()
        dead = {
            int(re.match(r'\{"id": ?(\d+)', json.loads(line)["payload"])[1])
            for path in folder.path.glob("dead_letters-*.jsonl")
            for line in path.read_text("utf-8").splitlines()
        }
        n_results, values = self._results()
        wanted = {key for key in range(self.n_rows) if not is_poison(key)}
        assert values.keys() == wanted, f"{len(wanted - values.keys()):,} keys are lost"
        assert dead == set(range(self.n_rows)) - wanted
        for start in range(0, self.n_rows, max(_BLOCK, self.n_rows // 20 // _BLOCK * _BLOCK)):
            rows = made_block(start, min(self.n_rows, start + _BLOCK))
            rows = rows[[not is_poison(key) for key in rows["id"]]]
            expected = predict(rows.drop(columns="id"), run=self.model, proba=True)["yes"].to_numpy()
            found = np.array([values[key] for key in rows["id"]])
            assert np.abs(found - expected).max() <= 1e-5
        with self.orders.client() as client:
            assert client.xpending("orders", f"lepton-{self.name}")["pending"] == 0
        events = read_log(folder.events).events
        state = StreamState.from_events(events)
        largest = max(psutil.Process(each).memory_info().rss for each in self.client.run(os.getpid).values())
        return {
            "rows": self.n_rows, "seconds": round(seconds, 1), "rows a second": round(self.n_rows / seconds),
            "faults": {fault: self.faults.count(fault) for fault in dict.fromkeys(self.faults)},
            "sent twice": self.n_sent_twice, "lost": 0, "dead letters": len(dead),
            "results": n_results, "twice in the sink": n_results - len(values),
            "stored, by the log": state.n_stored,
            "pending while the sink stood still": self.most_pending_in_a_stall,
            "largest worker, MB": round(largest / 1e6), "events in the log": len(events),
        }  # fmt: skip

    def _results(self):
        values = {}
        with self.scored.client() as client:
            if not self.appends:
                for key, row in client.hscan_iter("scored", count=10_000):
                    values[int(key)] = json.loads(row)["probability_yes"]
                return len(values), values
            n_results, after = 0, "-"
            while entries := client.xrange("scored", min=after, count=10_000):
                for _, fields in entries:
                    row = json.loads(fields["row"])
                    values[int(row["id"])] = row["probability_yes"]
                n_results, after = n_results + len(entries), f"({entries[-1][0]}"
            return n_results, values


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--faults", type=int, help="default: one for each 200,000 rows, at least five")
    parser.add_argument("--append", action="store_true", help="results in a Redis stream, in place of a hash by key")
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="lepton-soak-"))
    os.environ["LEPTON_HOME"], os.environ["LEPTON_CLUSTER"] = str(folder / "home"), "off"
    try:
        figures = Soak(
            folder, asked.rows, n_faults=asked.faults or max(5, asked.rows // 200_000), appends=asked.append
        ).run()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    for what, figure in figures.items():
        print(f"{what:<36}{figure:,}" if isinstance(figure, int) else f"{what:<36}{figure}")


if __name__ == "__main__":
    main()
