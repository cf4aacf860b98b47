"""Runs as a comparison sees them: whether they can be compared, on what, and in what they differ."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.automl.history import best_so_far
from lepton_jupyter.events.comparison_messages import ComparedModel, ComparedRun, SettingLine
from lepton_jupyter.events.run_events import RunFailed, RunFinished
from lepton_jupyter.exceptions.evaluation_errors import ComparisonError
from lepton_jupyter.exceptions.run_errors import DamagedRunError
from lepton_jupyter.notebook.judged_rows import started_event
from lepton_jupyter.preprocessing.recipe import Recipe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lepton_jupyter.notebook.run_handle import Run

_MOST_MODELS = 5
#: Settings that say what a run is called or where it is kept, not what it does.
_NAMES = frozenset({"name", "target", "keep_models", "table_name", "table_place", "test_name", "test_place", "queue"})
#: What is said of a setting that was left to the run.
_LEFT_OPEN = {"learners": "all", "n_workers": "all cores"} | dict.fromkeys(
    ("without", "drop", "groups", "time", "weights"), "none"
)


def check_comparable(runs: Sequence[Run]) -> None:
    """Refuse runs between which a comparison says nothing.

    Raises
    ------
    ComparisonError
        If one is named twice, goes on, has no model, or predicts something else.
    """
    seen: set[str] = set()
    for run in runs:
        if run.id in seen:
            raise ComparisonError.from_same(run.id)
        seen.add(run.id)
    for run in runs:
        if run.running:
            raise ComparisonError.from_running(run.id)
        events = [logged.event for logged in run.events]
        if best_so_far(events) is None:
            failed = next((each.sentence for each in reversed(events) if isinstance(each, RunFailed)), "")
            raise ComparisonError.from_no_model(run.id, failed)
    first = started_event(runs[0])
    for other in map(started_event, runs[1:]):
        if other.target != first.target:
            raise ComparisonError.from_targets(first.target, other.target)
        if other.task != first.task:
            raise ComparisonError.from_tasks(first.task, other.task)
    classes = {Recipe.from_json(run.folder.read_text("recipe.json")).classes for run in runs}
    if len(classes) > 1:
        raise ComparisonError.from_classes()


def compared_names(runs: Sequence[Run]) -> list[str]:
    """What the page calls the runs: their names, or their ids where two share a name."""
    plain = [run.name for run in runs]
    return [run.id if plain.count(run.name) > 1 else run.name for run in runs]


def why_unpaired(one: Run, other: Run) -> tuple[str, str]:
    """Why two runs cannot be compared fold by fold, and what to do; both empty if they can."""
    first, second = started_event(one), started_event(other)
    asked, again = one.settings, other.settings
    found = (
        (first.metric != second.metric, "The runs are judged by different metrics.", "--metric"),
        (asked.weights != again.weights, "The runs weigh their rows differently.", "--weights"),
        (not same_rows(one, other), "The runs did not learn from the same rows.", "table"),
        (asked.groups != again.groups, "The runs keep different groups of rows together.", "--groups"),
        (asked.time != again.time, "The runs order their rows differently.", "--time"),
        (first.n_folds != second.n_folds, "The runs have different numbers of folds.", "--folds"),
        (first.seed != second.seed, "The runs dealt rows to folds by different seeds.", "--seed"),
    )
    for differs, reason, setting in found:
        if differs:
            return reason, f"Start them with one {setting}, or give rows with the target that none has seen: --test df"
    return "", ""


def same_rows(one: Run, other: Run) -> bool:
    """Whether two runs learnt from the same rows, even if one left some columns out.

    Their fingerprints say so where the columns are the same as well; else the tables themselves, where both are still
    in this kernel.
    """
    if started_event(one).n_rows != started_event(other).n_rows:
        return False
    prints = [_fingerprint(run) for run in (one, other)]
    if None not in prints and prints[0] == prints[1]:
        return True
    if one.task is None or other.task is None or not np.array_equal(one.task.target.y, other.task.target.y):
        return False
    frame, again = one.task.frame, other.task.frame
    shared = [name for name in frame.columns if name in again.columns]
    return bool(frame[shared].equals(again[shared]))


def _fingerprint(run: Run) -> str | None:
    try:
        return str(json.loads(run.folder.read_text("data.json"))["fingerprint"])
    except (DamagedRunError, ValueError, KeyError):
        return None


def described(run: Run, name: str) -> ComparedRun:
    """What a run found and what that cost."""
    started, message = started_event(run), run.message()
    events = [logged.event for logged in run.events]
    finished = next((each for each in reversed(events) if isinstance(each, RunFinished)), None)
    best = best_so_far(events)
    rows = message.rows
    row = rows[0]
    if best is not None and best.label != "ensemble":
        row = next((each for each in rows if each.trial_id in best.weights), row)
    singles = [each for each in rows if each.rank is not None][:_MOST_MODELS]
    return ComparedRun(
        run_id=run.id,
        name=name,
        best_label=run.best_label,
        score=row.score,
        score_error=row.score_error,
        fold_scores=row.fold_scores,
        table_name=started.table_name,
        n_rows=started.n_rows,
        n_columns=started.n_columns,
        n_folds=started.n_folds,
        seed=started.seed,
        n_tried=message.n_trials,
        elapsed_seconds=message.elapsed_seconds,
        fit_seconds=run.fit_seconds,
        row_milliseconds=row.row_milliseconds,
        size_bytes=row.size_bytes,
        disk_bytes=finished.disk_bytes if finished else run.folder.disk_bytes(),
        executor=message.executor,
        n_workers=message.n_workers,
        models=tuple(
            ComparedModel(
                family=each.family,
                label=each.label,
                description=each.description,
                score=each.score,
                score_error=each.score_error,
            )
            for each in singles
        ),
    )


def differing_settings(runs: Sequence[Run]) -> tuple[tuple[SettingLine, ...], int]:
    """Settings and versions of packages in which runs differ, and how many were compared."""
    documents = [json.loads(run.settings.to_json()) for run in runs]
    names = [name for name in documents[0] if name not in _NAMES]
    lines = []
    for name in names:
        values = [_said(name, document.get(name), run) for document, run in zip(documents, runs, strict=True)]
        if len(set(values)) > 1:
            lines.append(SettingLine(name=name.removeprefix("n_"), values=tuple(values)))
    versions = [dict(started_event(run).versions) for run in runs]
    for package in dict.fromkeys(name for each in versions for name in each):
        found = tuple(each.get(package, "–") for each in versions)
        if len(set(found)) > 1:
            lines.append(SettingLine(name=f"{package} version", values=found))
    return tuple(lines), len(names) + len({name for each in versions for name in each})


def _said(name: str, value: Any, run: Run) -> str:
    if name == "budget":
        return str(run.settings.budget)
    if name == "n_folds":
        return str(started_event(run).n_folds)
    if name == "metric":
        return started_event(run).metric
    if value is None or value == []:
        return _LEFT_OPEN.get(name, "chosen")
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
