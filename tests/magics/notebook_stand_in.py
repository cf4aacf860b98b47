"""The package `notebook` as the magics know it: the same functions, which only note how they were called."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any


@dataclass
class Run:
    id: str = "2026-churn-1"
    leaderboard: str = "the board"
    cost: str = "the cost"
    stops: list[str] = field(default_factory=list)

    def stop(self, source: str = "python") -> None:
        self.stops.append(source)


# The magics know a run by its type's name and package.
Run.__module__ = "lepton_jupyter.notebook.run_handle"


@dataclass
class NotebookStandIn:
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    run: Run = field(default_factory=Run)
    error: Exception | None = None

    def put_in_place(self, setitem: Any) -> None:
        for module, functions in self._modules().items():
            stand_in = ModuleType(f"lepton_jupyter.notebook.{module}")
            vars(stand_in).update(functions)
            setitem(sys.modules, stand_in.__name__, stand_in)

    def _note(self, name: str, arguments: dict[str, Any]) -> None:
        said = {key: value for key, value in arguments.items() if key != "self"}
        # A line without SQL is told by what it says of the rest.
        unsaid = {"sql", "connection", "params", "to", "keep", "replace", "interval", "quantiles", "label_set",
                  "code", "names", "window"}  # fmt: skip
        if name == "prepare":
            unsaid |= {"drop_repeated", "join", "on", "entity", "time", "lags", "rolling", "sample", "sample_by",
                       "in_folds", "partition_by", "drop_near_repeated", "near_by",
                       "scale", "encode", "dates", "text", "pca", "outliers",
                       "drop_leaks"}  # fmt: skip
        self.calls.append((name, {key: value for key, value in said.items() if key not in unsaid or value}))
        if self.error is not None:
            raise self.error

    def _modules(self) -> dict[str, dict[str, Any]]:
        return {
            "fitting": {"fit": self.fit},
            "prediction": {"predict": self.predict},
            "exporting": {"export": self.export},
            "profiling": {"profile": self.profile},
            "preparing": {"prepare": self.prepare},
            "evaluating": {"evaluate": self.evaluate},
            "comparing": {"compare": self.compare},
            "starting_streams": {"stream": self.stream},
            "library": {
                "list_runs": self.list_runs,
                "remove_runs": self.remove_runs,
                "show_run": self.show_run,
                "find_run": self.find_run,
                "find_running_run": self.find_running_run,
            },
            "resuming": {"resume_run": self.resume_run},
            "clusters": {"use_cluster": self.use_cluster},
            "settings_page": {"config": self.config},
            "extension": {"loaded": lambda _: None, "unloaded": lambda _: None},
            "completions": {
                "metrics": lambda: ["roc_auc", "neg_log_loss", "r2"],
                "learners": lambda: ["lightgbm", "ridge", "logistic"],
                "runs": lambda: ["churn-1", "total price"],
            },
        }

    def fit(
        self, table=None, *, target, sql=None, connection=None, params=None, table_name=None,
        budget=None, trials=None, task=None, metric=None, positive=None,
        drop=(), learners=None, without=(), folds=None, test=None, test_name=None, name=None, seed=None, wait=None,
        keep_models=None, prefer=None, groups=None, time=None, weights=None, class_weight=None, monotone=None,
        max_memory=None, trial_seconds=None, learn_groups=False, queue=False, core_hour_price=None,
    ):  # fmt: skip
        self._note("fit", dict(locals()))
        return self.run

    def predict(
        self, table, *, run=None, trial=None, proba=False, threshold=None, interval=None, quantiles=None,
        label_set=None, sql=None, connection=None, params=None, to=None, keep=(), replace=False,
    ):  # fmt: skip
        self._note("predict", dict(locals()))
        return "predictions"

    def export(self, model=None, *, to, trial=None, overwrite=False):
        # What is called `to` is left out of other notes where a line does not say it.
        self._note("export", {"model": model, "file": to, "trial": trial, "overwrite": overwrite})

    def profile(
        self, table=None, target=None, against=None, *, sql=None, connection=None, params=None, table_name=None,
        against_name=None,
    ):  # fmt: skip
        self._note("profile", dict(locals()))
        return "a profile"

    def prepare(
        self, table=None, *, target=None, dry_run=False, where=None, to=None, on_bad_partition="fail", without=(),
        drop_repeated=False, drop_near_repeated=False, near_by=(),
        join=None, on=(), entity=(), time=None, lags=(), rolling=(), sample=None,
        sample_by=(), in_folds=(),
        scale=(), encode=(), dates=(), text=(), pca=0, outliers=(), drop_leaks=False,
        sql=None, connection=None, params=None, partition_by=None,
        code=None, names=None, table_name=None, language=None,
    ):  # fmt: skip
        names = None
        join = None if join is None else list(join)
        self._note("prepare", {name: value for name, value in locals().items() if name != "language"})
        return "prepared"

    def evaluate(
        self, table=None, *, run=None, train=None, find_table=None, table_name=None, sql=None, connection=None,
        params=None, cost_fp=None, cost_fn=None, tune=None, threshold=None, seed=0,
    ):  # fmt: skip
        self._note("evaluate", dict(locals()))
        return "an evaluation"

    def compare(self, *runs, test=None, find_table=None, seed=0):
        self._note("compare", dict(locals()))
        return "a comparison"

    def stream(
        self, run=None, *, source, sink, key=None, keep=(), labels=None, rate=None, time=None, speed=None,
        until_end=False, window=(), entity=None, lateness=None, dead_letters=None, on_drift="warn",
        challenger_budget=None, learn=None, on_bad_rows="quarantine", workers=None, detach=False, name=None,
        source_label=None, sink_label=None, dead_label=None, learn_label=None,
    ):  # fmt: skip
        self._note("stream", dict(locals()))
        return "a stream"

    def list_runs(self):
        self._note("list_runs", {})
        return "all runs"

    def remove_runs(self, run=None, *, older=None):
        self._note("remove_runs", dict(locals()))
        return "runs left"

    def show_run(self, run_id, *, trust=False):
        self._note("show_run", dict(locals()))
        return self.run

    def find_run(self, name_or_id=None):
        self._note("find_run", dict(locals()))
        return self.run

    def find_running_run(self, name_or_id=None):
        self._note("find_running_run", dict(locals()))
        return self.run

    def resume_run(
        self, run_id, *, table=None, test=None, sql=None, connection=None, params=None, find_table=None, budget=None,
        trust=False, wait=None, source=None, sink=None, dead_letters=None, detach=None,
    ):  # fmt: skip
        self._note("resume_run", dict(locals()))
        return self.run

    def config(self):
        self._note("config", {})
        return "the settings"

    def use_cluster(self, what, n_workers):
        self._note("use_cluster", dict(locals()))
        return "a cluster"
