"""Write the golden files anew from the example runs; a changed file is a changed protocol and goes into the CHANGELOG.

``.venv/bin/python tests/golden/write_golden.py``, from the root of the checkout.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

GOLDEN = Path(__file__).parent
if __name__ == "__main__":
    sys.path[:0] = [str(GOLDEN.parent), str(GOLDEN.parent.parent)]

from views import (  # noqa: E402  # the path comes first in a script
    example_evaluations,
    example_preparations,
    example_profiles,
    example_runs,
    example_streams,
)

from lepton_jupyter.events.commands import (  # noqa: E402  # as above
    AskBoardPage,
    AskForms,
    AskListedPage,
    AskRows,
    ChooseInForm,
    ChooseInPlan,
    ContinueStream,
    ExtendBudget,
    ExtendListedRun,
    FormChoices,
    KeepAlive,
    LineStarted,
    PauseStream,
    StartForm,
    StartPreparation,
    StopListedRun,
    StopRun,
    WatchRuns,
)
from lepton_jupyter.events.configuration_messages import (  # noqa: E402  # as above
    ConfigurationMessage,
    OverriddenValue,
    SettingRow,
)
from lepton_jupyter.events.encoding import encode  # noqa: E402  # as above
from lepton_jupyter.events.form_messages import (  # noqa: E402  # as above
    FormColumn,
    FormMessage,
    FormOption,
)
from lepton_jupyter.events.preparation_events import PlanEdited  # noqa: E402  # as above
from lepton_jupyter.events.runs_messages import RunBoardMessage, RunBoardPageMessage, RunsMessage  # noqa: E402  # as above
from lepton_jupyter.views.board_rows import board_page  # noqa: E402  # as above
from lepton_jupyter.views.board_state import BoardState  # noqa: E402  # as above
from lepton_jupyter.views.preparation_board import preparation_message  # noqa: E402  # as above
from lepton_jupyter.views.preparation_page import render_preparation_text  # noqa: E402  # as above
from lepton_jupyter.views.run_lines import preparation_line, search_line, stream_line  # noqa: E402  # as above
from lepton_jupyter.views.run_panel import extract, saved_document  # noqa: E402  # as above
from lepton_jupyter.views.stream_state import StreamState, extract_stream  # noqa: E402  # as above


def events() -> dict[str, object]:
    """One example of each event: of those that happened in the runs, the last is the richest."""
    runs = [example_runs.failed(), example_runs.diamonds(), example_runs.wine(), example_runs.stopped()]
    runs = [
        example_streams.taken_up(),
        example_streams.shared(),
        example_streams.stalled(),
        example_streams.contested(),
        example_runs.widened(),
        example_runs.chosen("balanced", 2),
        *runs,
        example_runs.sharing(),
    ]
    return {
        type(logged.event).__name__: encode(logged.event)
        for run in runs
        for logged in run.log
        if example_runs.MARKUP not in str(logged.event)
    }


def panels() -> dict[str, object]:
    """The panel in six states, and a page of its board."""

    def panel(run: example_runs.ExampleRun, now: float, *, live: bool) -> dict[str, object]:
        return encode(extract(BoardState.from_events(run.log), live=live, now_elapsed=now))

    diamonds = extract(BoardState.from_events(example_runs.diamonds().log), live=True, now_elapsed=35.5)
    return {
        "RunPanelMessage": panel(example_runs.churn(), 23.412, live=True),
        "RunPanelMessage.finished-multiclass": panel(example_runs.wine(), 20.0, live=False),
        "RunPanelMessage.failed": panel(example_runs.failed(), 0.3, live=False),
        "RunPanelMessage.starting": panel(example_runs.starting(), 0.07, live=True),
        "RunPanelMessage.waiting": panel(example_runs.waiting(), 0.3, live=True),
        "RunPanelMessage.saved-regression": saved_document(diamonds),
        "BoardPageMessage": encode(board_page(BoardState.from_events(example_runs.churn().log), 20, max_rows=6)),
    }


def profiles() -> dict[str, object]:
    """A profile with everything in it, and one without a target."""
    return {
        "ProfileMessage": encode(example_profiles.drifted()),
        "ProfileMessage.without-target": encode(example_profiles.without_target()),
    }


def preparations() -> dict[str, object]:
    """The events of a preparation, and its page in each state."""
    happened = (*example_preparations.stopped(), *example_preparations.finished())
    events = {type(each.event).__name__: encode(each.event) for each in happened}
    for name in ("WarningRaised", "StopRequested"):  # the runs have one
        events.pop(name)
    chosen = example_preparations.CHOICES
    edited = PlanEdited(source="panel", without=chosen.without, options=chosen.options, drop_leaks=chosen.drop_leaks)
    events["PlanEdited"] = encode(edited)
    events["PreparationMessage.edited"] = encode(example_preparations.edited())
    pages = {
        "PreparationMessage": example_preparations.finished(),
        "PreparationMessage.planned": example_preparations.planned(),
        "PreparationMessage.running": example_preparations.running(),
        "PreparationMessage.stopped": example_preparations.stopped(),
        "PreparationMessage.failed": example_preparations.failed(),
    }
    return {**events, **{stem: encode(preparation_message(log)) for stem, log in pages.items()}}


def evaluations() -> dict[str, object]:
    """Evaluations of each task, and comparisons that are paired and that are not."""
    return {
        "EvaluationMessage": encode(example_evaluations.binary()),
        "EvaluationMessage.multiclass": encode(example_evaluations.multiclass()),
        "EvaluationMessage.regression": encode(example_evaluations.regression()),
        "ComparisonMessage": encode(example_evaluations.paired()),
        "ComparisonMessage.unpaired": encode(example_evaluations.unpaired()),
    }


def pages() -> dict[str, object]:
    """The pages of verbs that show no run."""
    settings = ConfigurationMessage(
        settings=(
            SettingRow(
                name="budget", value="20s", origin="%config", place="", meaning="what a search may spend",
                variable="LEPTON_BUDGET",
                overridden=(OverriddenValue(value="45s", origin="project file", place="pyproject.toml, line 5"),),
            ),
            SettingRow(
                name="seed", value="0", origin="built-in", place="", meaning="seed of everything random",
                variable="LEPTON_SEED", overridden=(),
            ),
        ),
        problems=(
            "folds cannot be 'many' in ~/churn/pyproject.toml, line 7: it can be a whole number from 2 to 1000.",
        ),
        project_file="~/churn/pyproject.toml",
        user_file="~/.config/lepton/lepton.toml",
        user_file_exists=False,
    )  # fmt: skip
    flowing, ended, contested = example_streams.flowing(), example_streams.stalled(), example_streams.contested()
    return {
        "ConfigurationMessage": encode(settings),
        "StreamMessage": encode(extract_stream(StreamState.from_events(flowing.log), live=True, now_elapsed=4.2)),
        "StreamMessage.contested": encode(extract_stream(StreamState.from_events(contested.log), live=True)),
        "StreamMessage.failed": encode(extract_stream(StreamState.from_events(ended.log), live=False)),
    }


def lists() -> dict[str, object]:
    """Lists of runs of a kernel and of a disk, and the board of one."""
    churn = search_line(
        BoardState.from_events(example_runs.churn().log), alive=True, now_elapsed=23.412, stoppable=True
    )
    flowing = stream_line(
        StreamState.from_events(example_streams.flowing().log), alive=True, now_elapsed=4.2, stoppable=True
    )
    ended = {"wine": example_runs.wine(), "stopped": example_runs.stopped(), "failed": example_runs.failed()}
    others = [
        replace(search_line(BoardState.from_events(run.log), alive=False), run_id=f"20251121-143144-{name}-3f0b")
        for name, run in {**ended, "interrupted": example_runs.churn()}.items()
    ]
    prepared = example_preparations.finished()
    prepared_line = preparation_line(preparation_message(prepared), "telco", prepared[0].at, alive=False)
    board = encode(extract(BoardState.from_events(example_runs.wine().log), live=False))
    return {
        "RunsMessage": encode(RunsMessage(place="kernel", lines=(flowing, churn), n_runs=2, n_unread=0)),
        "RunsMessage.disk": encode(
            RunsMessage(place="disk", lines=(*others, prepared_line), n_runs=140, n_unread=3)
        ),
        "RunBoardPageMessage": encode(
            RunBoardPageMessage(
                run_id="20261121-143207-churn-7a1f",
                page=board_page(BoardState.from_events(example_runs.churn().log), 20, max_rows=2),
            )
        ),
        "RunBoardMessage": encode(
            RunBoardMessage(
                run_id=str(board["run_id"]), kind="search", goes_on=False, problem="",
                forms={"application/vnd.lepton.run+json": json.dumps(board, ensure_ascii=False)},
            )
        ),
        "RunBoardMessage.preparation": encode(
            RunBoardMessage(
                run_id=prepared_line.run_id, kind="preparation", goes_on=False, problem="",
                forms={"text/plain": render_preparation_text(preparation_message(prepared))},
            )
        ),
    }  # fmt: skip


CHOSEN = FormChoices(
    frame="telco",
    is_path=False,
    target="churn",
    budget_seconds=30.0,
    options={"--drop": ("customer_id", "总 价"), "--folds": ("5",)},
)
LINE = 'run = %lepton fit telco --target churn --budget 30s --drop customer_id,"总 价" --folds 5'


def commands() -> dict[str, object]:
    """One of each command."""
    examples = (
        StopRun(),
        PauseStream(),
        ContinueStream(),
        AskForms(),
        AskRows(),
        AskBoardPage(after_rank=100),
        ExtendBudget(seconds=30.0),
        KeepAlive(),
        ChooseInForm(revision=3, choices=CHOSEN, find="ch"),
        StartForm(revision=3, choices=CHOSEN),
        LineStarted(line=LINE),
        ChooseInPlan(revision=2, choices=example_preparations.CHOICES, find="pr"),
        StartPreparation(revision=2, choices=example_preparations.CHOICES),
        WatchRuns(page="5f1c", disk=True, boards=("20261121-143207-churn-7a1f",)),
        StopListedRun(run_id="20261121-143207-churn-7a1f"),
        ExtendListedRun(run_id="20261121-143207-churn-7a1f", seconds=30.0),
        AskListedPage(run_id="20261121-143207-churn-7a1f", after_rank=100),
    )
    return {type(each).__name__: encode(each) for each in examples}


def forms() -> dict[str, object]:
    """The form of a notebook with two tables, and of one with none."""
    options = (
        FormOption(
            name="--metric", meaning="what is optimised", kind="choice", choices=("roc_auc", "neg_log_loss", "accuracy")
        ),
        FormOption(name="--test", meaning="table held out for the final score", kind="table", choices=("later",)),
        FormOption(name="--drop", meaning="columns to leave out", kind="columns"),
        FormOption(name="--groups", meaning="column whose rows stay together", kind="column"),
        FormOption(
            name="--learners",
            meaning="try these learners only",
            kind="choices",
            choices=("linear", "lightgbm"),
            excludes=("--without",),
        ),
        FormOption(
            name="--without",
            meaning="try all learners but these",
            kind="choices",
            choices=("linear", "lightgbm"),
            excludes=("--learners",),
        ),
        FormOption(name="--folds", meaning="folds of the cross-validation", kind="number"),
        FormOption(name="--name", meaning="what to call the run", kind="text"),
    )
    columns = {"customer_id": "text", "总 价": "number", "הכנסה": "number", "churn": "yes/no"}
    form = FormMessage(
        revision=3,
        state="ready",
        detail="",
        frames=("later", "telco"),
        choices=CHOSEN,
        frame_note="7,043 rows, 4 columns",
        target_note="two classes, 26.5 % Yes; AUC",
        problem="",
        find="",
        columns=tuple(FormColumn(name=name, kind=kind) for name, kind in columns.items()),
        n_matching=4,
        n_columns=4,
        options=options,
        budget_stops=(10.0, 30.0, 60.0, 120.0, 300.0, 600.0),
        line=LINE,
    )
    empty = replace(
        form,
        revision=0,
        frames=(),
        choices=FormChoices(frame="", is_path=True, target="", budget_seconds=30.0, options={}),
        frame_note="",
        target_note="",
        problem="Choose a table: make one by df = pd.read_csv(…), or type the path of a file.",
        columns=(),
        n_matching=0,
        n_columns=0,
        line="run = %lepton fit … --target … --budget 30s",
    )
    return {"FormMessage": encode(form), "FormMessage.empty": encode(empty)}


def documents() -> dict[str, object]:
    """All golden documents by the stem of their file."""
    everything = (events(), commands(), forms(), panels(), profiles(), preparations(), evaluations(), pages(), lists())
    return {stem: document for part in everything for stem, document in part.items()}


def text_of(document: object) -> str:
    """The file of a document: readable, small enough to be read in a change."""
    return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


if __name__ == "__main__":
    for stem, document in documents().items():
        (GOLDEN / f"{stem}.json").write_text(text_of(document), encoding="utf-8", newline="\n")
