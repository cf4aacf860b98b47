"""The magic ``%lepton``: a line becomes a request, and each request calls one function of ``notebook``.

The functions are imported by the verb that calls them, so that loading the extension stays quick. Nothing is kept here
but the shell; what a run holds on to belongs to ``notebook``.
"""

from __future__ import annotations

import inspect
import linecache
from collections import ChainMap
from functools import singledispatchmethod
from typing import TYPE_CHECKING, Any

from IPython.core.magic import Magics, line_cell_magic, magics_class, needs_local_scope, no_var_expand

from lepton_jupyter.exceptions.magic_errors import MagicUsageError
from lepton_jupyter.magics import completion_matcher
from lepton_jupyter.magics.help_text import describe_verb, overview
from lepton_jupyter.magics.line_parser import parse_line
from lepton_jupyter.magics.named_objects import run_reference
from lepton_jupyter.magics.object_lookup import find_object
from lepton_jupyter.magics.requests import (
    ClusterRequest,
    FitRequest,
    HelpRequest,
    LeaderboardRequest,
    PredictRequest,
    Request,
    ResumeRequest,
    RunsRequest,
    ShowRequest,
    StopRequest,
)
from lepton_jupyter.magics.tokens import scan_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from IPython.core.interactiveshell import InteractiveShell


@magics_class
class LeptonMagics(Magics):
    """The verbs of ``%lepton``, registered with a shell by `load`."""

    @no_var_expand
    @needs_local_scope
    @line_cell_magic
    def lepton(self, line: str, cell: str | None = None, local_ns: Mapping[str, Any] | None = None) -> Any:
        """Stand in for the text of `overview`, which is what ``%lepton?`` shows."""
        if cell is not None:
            tokens = scan_line(line).tokens
            raise MagicUsageError.from_cell_body(tokens[0].value if tokens else "help")
        names = ChainMap(dict(local_ns or {}), self.shell.user_ns)
        parsed = parse_line(line, names)
        result = self._answer(parsed.request, names)
        return None if parsed.silent and _stands_alone() else result

    lepton.__doc__ = overview()

    @singledispatchmethod
    def _answer(self, request: Request, names: Mapping[str, Any]) -> Any:
        raise NotImplementedError(type(request).__name__)

    @_answer.register(FitRequest)
    def _fit(self, request: FitRequest, names: Mapping[str, Any]) -> Any:
        from lepton_jupyter.notebook.fitting import fit

        table = find_object(request.table, names)
        return fit(
            table.value,
            table_name=table.label,
            target=request.target,
            budget=request.budget,
            trials=request.trials,
            task=request.task,
            metric=request.metric,
            positive=request.positive,
            drop=request.drop,
            learners=request.learners,
            without=request.without,
            folds=request.folds,
            test=None if request.test is None else find_object(request.test, names).value,
            name=request.name,
            seed=request.seed,
            wait=request.wait,
            keep_models=request.keep_models,
        )

    @_answer.register(PredictRequest)
    def _predict(self, request: PredictRequest, names: Mapping[str, Any]) -> Any:
        from lepton_jupyter.notebook.prediction import predict

        return predict(
            find_object(request.table, names).value, run=run_reference(request.run, names), proba=request.proba
        )

    @_answer.register(RunsRequest)
    def _runs(self, request: RunsRequest, names: Mapping[str, Any]) -> Any:
        from lepton_jupyter.notebook.library import list_runs, remove_runs

        if request.remove is None and request.older is None:
            return list_runs()
        return remove_runs(run_reference(request.remove, names), older=request.older)

    @_answer.register(ShowRequest)
    def _show(self, request: ShowRequest, names: Mapping[str, Any]) -> Any:
        from lepton_jupyter.notebook.library import show_run

        return show_run(run_reference(request.run, names), trust=request.trust)

    @_answer.register(LeaderboardRequest)
    def _leaderboard(self, request: LeaderboardRequest, names: Mapping[str, Any]) -> Any:
        from lepton_jupyter.notebook.library import find_run

        return find_run(run_reference(request.run, names)).leaderboard

    @_answer.register(StopRequest)
    def _stop(self, request: StopRequest, names: Mapping[str, Any]) -> None:
        from lepton_jupyter.notebook.library import find_run

        find_run(run_reference(request.run, names)).stop(source="magic")

    @_answer.register(ResumeRequest)
    def _resume(self, request: ResumeRequest, names: Mapping[str, Any]) -> Any:
        from lepton_jupyter.notebook.resuming import resume_run

        return resume_run(
            run_reference(request.run, names),
            table=None if request.table is None else find_object(request.table, names).value,
            # By name alone: an expression from a log of the past is not evaluated.
            find_table=names.get,
            budget=request.budget,
            trust=request.trust,
            wait=request.wait,
        )

    @_answer.register(ClusterRequest)
    def _cluster(self, request: ClusterRequest, names: Mapping[str, Any]) -> Any:
        del names
        from lepton_jupyter.notebook.clusters import use_cluster

        return use_cluster(request.what, request.n_workers)

    @_answer.register(HelpRequest)
    def _help(self, request: HelpRequest, names: Mapping[str, Any]) -> None:
        del names
        # Help is text for the person who asks; a page, a terminal and nbclient all show what is printed.
        print(overview() if request.verb is None else describe_verb(request.verb))  # noqa: T201


def load(ip: InteractiveShell) -> None:
    """Give a shell the magic and its completion, and start what waits in the background; twice does it once.

    Parameters
    ----------
    ip : InteractiveShell
        Of a kernel or of a terminal.
    """
    from lepton_jupyter.notebook.extension import loaded

    ip.register_magics(LeptonMagics)
    completion_matcher.install(ip)
    loaded(ip)


def unload(ip: InteractiveShell) -> None:
    """Take the magic and its completion away and close all that was opened; harmless where nothing was loaded.

    Parameters
    ----------
    ip : InteractiveShell
    """
    from lepton_jupyter.notebook.extension import unloaded

    completion_matcher.uninstall(ip)
    for kind in ("line", "cell"):
        ip.magics_manager.magics[kind].pop("lepton", None)
    ip.magics_manager.registry.pop(LeptonMagics.__name__, None)
    unloaded(ip)


def _stands_alone() -> bool:
    """Whether the magic line is a whole statement, so that nothing but the display would take what it returns.

    ``board = %lepton leaderboard;`` must still give the board. IPython tells a magic nothing about this, but it keeps
    the source of each cell, in which the line has become a call.
    """
    frame = inspect.currentframe()
    while frame is not None and frame.f_code.co_name != "run_line_magic":
        frame = frame.f_back
    caller = frame.f_back if frame is not None else None
    if caller is None:
        return False
    source = linecache.getline(caller.f_code.co_filename, caller.f_lineno)
    return source.lstrip().startswith("get_ipython().run_line_magic(")
