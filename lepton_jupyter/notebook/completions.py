"""Names that completion offers beside those of the namespace; quick, and never waiting for anything."""

from __future__ import annotations


def metrics() -> tuple[str, ...]:
    """Names of metrics of all tasks."""
    from lepton_jupyter.evaluation.metrics import metric_names

    names = dict.fromkeys(name for task in ("binary", "multiclass", "regression") for name in metric_names(task))
    return tuple(names)


def learners() -> tuple[str, ...]:
    """Names of the learners that are installed."""
    from lepton_jupyter.learners.registry import available_learners

    return tuple(available_learners())


def runs() -> tuple[str, ...]:
    """Names and ids of the runs on this disk, the newest first."""
    from lepton_jupyter.notebook.session import current_session

    folders = current_session().store.list()
    return (*dict.fromkeys(folder.name for folder in folders), *(folder.run_id for folder in folders))
