from __future__ import annotations

import subprocess
import sys

import pandas as pd
import pytest

from lepton_jupyter.exceptions.lepton_error import LeptonError
from lepton_jupyter.exceptions.magic_errors import MagicUsageError, ObjectLookupError
from lepton_jupyter.magics import lepton_magics


@pytest.fixture
def frame(ip):
    ip.user_ns["df"] = pd.DataFrame({"x": [-1, 1, 2], "churn": [0, 1, 0]})
    return ip.user_ns["df"]


def run(ip, cell):
    """Result of a cell; what it raised is raised."""
    outcome = ip.run_cell(cell)
    outcome.raise_error()
    return outcome.result


def test_fit_hands_over_all_that_was_said(ip, notebook, frame):
    ip.user_ns["limit"] = "5m"
    ip.user_ns["held_out"] = frame.tail(1)
    run(ip, "run = %lepton fit df[df.x > 0] --target churn --budget {limit} --trials 9 --task binary --metric roc_auc "
            "--positive 1 --drop x,y --learners ridge --folds 3 --test held_out --name mine --seed 4 --wait "
            "--keep-models front --prefer speed --groups who --learn-groups --weights w --class-weight balanced "
            "--monotone x=+1 --max-memory 2GB --trial-seconds 20s --queue --core-hour-price 0.05EUR")  # fmt: skip
    assert ip.user_ns["run"] is notebook.run
    [(name, arguments)] = notebook.calls
    assert name == "fit"
    assert len(arguments.pop("table")) == 2
    assert arguments.pop("test") is ip.user_ns["held_out"]
    assert arguments == {
        "table_name": "df[…]", "target": "churn", "budget": "5m", "trials": 9, "task": "binary", "metric": "roc_auc",
        "positive": "1", "drop": ("x", "y"), "learners": ("ridge",), "without": (), "folds": 3, "test_name": "held_out",
        "name": "mine", "seed": 4, "wait": True, "keep_models": "front", "prefer": "speed", "groups": "who",
        "time": None, "weights": "w", "class_weight": "balanced", "monotone": {"x": 1}, "max_memory": "2GB",
        "trial_seconds": "20s", "learn_groups": True, "queue": True, "core_hour_price": "0.05EUR",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("line", "call", "result"),
    [
        (
            "predict df --run a --proba",
            ("predict", {"run": "a", "trial": None, "proba": True, "threshold": None}),
            "predictions",
        ),
        (
            "profile df --target churn",
            ("profile", {"target": "churn", "against": None, "table_name": "df", "against_name": None}),
            "a profile",
        ),
        (
            "prepare df --target churn --where 'age > 3' --without-step outliers,age:missing --on-bad-partition skip",
            (
                "prepare",
                {
                    "target": "churn",
                    "dry_run": False,
                    "where": "age > 3",
                    "on_bad_partition": "skip",
                    "without": ("outliers", "age:missing"),
                    "table_name": "df",
                },
            ),
            "prepared",
        ),
        (
            "prepare df other.csv --sample-by shop --in-folds shadows,balance",
            (
                "prepare",
                {
                    "target": None,
                    "dry_run": False,
                    "where": None,
                    "on_bad_partition": "fail",
                    "without": (),
                    "table_name": None,
                    "sample_by": ("shop",),
                    "in_folds": ("shadows", "balance"),
                },
            ),
            "prepared",
        ),
        (
            "prepare df --join df, other/*.csv --on shop,day=when --time day --entity shop --lags 1,7 --sample 10%",
            (
                "prepare",
                {
                    "target": None,
                    "dry_run": False,
                    "where": None,
                    "on_bad_partition": "fail",
                    "without": (),
                    "table_name": "df",
                    "join": ["df", "other/*.csv"],
                    "on": ("shop", "day=when"),
                    "time": "day",
                    "entity": ("shop",),
                    "lags": (1, 7),
                    "sample": "10%",
                },
            ),
            "prepared",
        ),
        (
            "prepare df --scale robust,age:none --encode count --dates cyclic --text tfidf --pca 3 --outliers flag",
            (
                "prepare",
                {
                    "target": None,
                    "dry_run": False,
                    "where": None,
                    "on_bad_partition": "fail",
                    "without": (),
                    "table_name": "df",
                    "scale": ("robust", "age:none"),
                    "encode": ("count",),
                    "dates": ("cyclic",),
                    "text": ("tfidf",),
                    "pca": 3,
                    "outliers": ("flag",),
                },
            ),
            "prepared",
        ),
        (
            "predict df --threshold 0.3",
            ("predict", {"run": None, "trial": None, "proba": False, "threshold": 0.3}),
            "predictions",
        ),
        (
            "evaluate df --run a --cost-fp 1 --cost-fn 5 --train df",
            (
                "evaluate",
                {
                    "run": "a",
                    "table_name": "df",
                    "cost_fp": 1.0,
                    "cost_fn": 5.0,
                    "tune": None,
                    "threshold": None,
                    "seed": 0,
                },
            ),
            "an evaluation",
        ),
        (
            "export a --to a.zip --trial 12 --overwrite",
            ("export", {"model": "a", "file": "a.zip", "trial": 12, "overwrite": True}),
            None,
        ),
        ("compare a b --test df", ("compare", {"runs": ("a", "b"), "seed": 0}), "a comparison"),
        (
            "stream a --from df --to scored/ --rate 500/s --key id --until-end",
            (
                "stream",
                {
                    "run": "a",
                    "source_label": "df",
                    "sink": "scored/",
                    "sink_label": "scored",
                    "key": "id",
                    "labels": None,
                    "rate": "500/s",
                    "time": None,
                    "speed": None,
                    "until_end": True,
                    "entity": None,
                    "lateness": None,
                    "dead_letters": None,
                    "dead_label": None,
                    "on_drift": "warn",
                    "challenger_budget": None,
                    "on_bad_rows": "quarantine",
                    "workers": None,
                    "detach": False,
                    "learn": None,
                    "learn_label": None,
                    "name": None,
                },
            ),
            "a stream",
        ),
        ("runs", ("list_runs", {}), "all runs"),
        ("runs --remove a", ("remove_runs", {"run": "a", "older": None}), "runs left"),
        ("runs --older 30d", ("remove_runs", {"run": None, "older": "30d"}), "runs left"),
        ("leaderboard", ("find_run", {"name_or_id": None}), "the board"),
        ("cost", ("find_run", {"name_or_id": None}), "the cost"),
        ("stop a", ("find_running_run", {"name_or_id": "a"}), None),
        ("cluster local 2", ("use_cluster", {"what": "local", "n_workers": 2}), "a cluster"),
        ("cluster", ("use_cluster", {"what": None, "n_workers": None}), "a cluster"),
        ("config", ("config", {}), "the settings"),
    ],
)
def test_each_verb_calls_one_function_and_returns_its_result(ip, notebook, frame, line, call, result):
    assert run(ip, f"%lepton {line}") == result
    [(name, arguments)] = notebook.calls
    for table in ("table", "train", "test", "find_table", "source"):
        arguments.pop(table, None)
    assert (name, arguments) == call


def test_a_path_and_a_select_are_handed_on_unread(ip, notebook):
    ip.user_ns["low"] = 3
    run(ip, "%lepton fit 'data/*.csv' --target churn --test held_out.csv")
    run(ip, "%lepton predict --sql 'select * from t where a > :low' --connection sqlite:///a.db --to out.csv --keep a")
    (_, fitted), (_, predicted) = notebook.calls
    assert (fitted["table"], fitted["table_name"], fitted["test"]) == ("data/*.csv", "data/*.csv", "held_out.csv")
    assert predicted.pop("params")["low"] == 3
    assert predicted == {
        "table": None, "run": None, "trial": None, "proba": False, "threshold": None,
        "sql": "select * from t where a > :low",
        "connection": "sqlite:///a.db", "to": "out.csv", "keep": ("a",),
    }  # fmt: skip


def test_show_and_resume_return_the_run(ip, notebook):
    assert run(ip, "%lepton show a --trust") is notebook.run
    assert run(ip, "%lepton resume a --budget 5m --no-wait") is notebook.run
    (_, shown), (_, resumed) = notebook.calls
    assert shown == {"run_id": "a", "trust": True}
    del resumed["find_table"]
    assert resumed == {
        "run_id": "a", "table": None, "test": None, "budget": "5m", "trust": False, "wait": False, "source": None,
        "sink": None, "dead_letters": None, "detach": None,
    }  # fmt: skip


@pytest.mark.parametrize(("option", "detach"), [("--detach", True), ("--no-detach", False)])
def test_resume_says_whether_a_stream_goes_on_by_itself(ip, notebook, option, detach):
    run(ip, f"%lepton resume orders {option}")
    assert notebook.calls[0][1]["detach"] is detach


def test_resume_finds_the_table_by_name_or_is_given_it_and_evaluates_nothing_from_the_log(ip, notebook, frame):
    run(ip, "%lepton resume a")
    find_table = notebook.calls[0][1]["find_table"]
    assert find_table("df") is frame
    assert find_table("df.head()") is None
    run(ip, "%lepton resume a --table df[df.x > 0]")
    assert len(notebook.calls[1][1]["table"]) == 2


def test_stop_stops_the_run(ip, notebook):
    run(ip, "%lepton stop")
    assert notebook.run.stops == ["magic"]


@pytest.mark.parametrize(
    "line",
    [
        "predict df --run mine",
        "evaluate df --run mine",
        "runs --remove mine",
        "show mine",
        "leaderboard mine",
        "stop mine",
        "resume mine",
    ],
)
def test_a_run_may_be_named_by_the_variable_that_holds_it(ip, notebook, frame, line):
    ip.user_ns["mine"] = notebook.run
    run(ip, f"%lepton {line}")
    [(_, arguments)] = notebook.calls
    arguments.pop("table", None)
    assert notebook.run.id in arguments.values()


def test_a_variable_that_holds_no_run_leaves_the_name_as_typed(ip, notebook, frame):
    run(ip, "%lepton leaderboard df")
    assert notebook.calls == [("find_run", {"name_or_id": "df"})]


def test_a_closing_semicolon_shows_nothing_but_an_assignment_still_gets_the_value(ip):
    assert run(ip, "%lepton leaderboard;") is None
    assert run(ip, "for _ in range(1):\n    board = %lepton leaderboard;\nboard") == "the board"
    run(ip, "board2 = %lepton leaderboard ;  # quietly")
    assert ip.user_ns["board2"] == "the board"


def test_names_of_a_function_come_before_those_of_the_notebook(ip, notebook, frame):
    run(ip, "def f():\n    df = [1]\n    %lepton predict df\nf()")
    assert notebook.calls[0][1]["table"] == [1]


def test_the_line_is_not_expanded_before_it_is_read(ip, notebook, frame):
    ip.user_ns["x"] = "oops"
    run(ip, "%lepton predict df.assign(**{'x': 1})")
    assert list(notebook.calls[0][1]["table"]["x"]) == [1, 1, 1]


def test_a_line_goes_on_after_a_backslash(ip, notebook, frame):
    run(ip, "run = %lepton fit df \\\n    --target churn \\\n    --seed 3")
    assert notebook.calls[0][1]["seed"] == 3


@pytest.mark.parametrize(
    ("cell", "error"),
    [
        ("%lepton fti df", MagicUsageError),
        ("%lepton fit dff --target churn", ObjectLookupError),
        ("%lepton fit df --target churn --test dff", ObjectLookupError),
        ("%%lepton fit df --target churn\nbudget: 5s", MagicUsageError),
        ("%%lepton\nbudget: 5s", MagicUsageError),
        ("%%lepton fit 'open\nbody", MagicUsageError),
    ],
)
def test_a_line_that_is_refused_starts_nothing(ip, notebook, frame, cell, error, capsys):
    outcome = ip.run_cell(cell)
    assert type(outcome.error_in_exec) is error
    assert notebook.calls == []
    shown = capsys.readouterr()
    assert (shown.out + shown.err).strip().splitlines() == [f"{error.__name__}: {outcome.error_in_exec}"]


def test_an_error_of_lepton_passes_through_as_one_line(ip, notebook, frame, capsys):
    notebook.error = LeptonError("The target 'churn' is constant.")
    outcome = ip.run_cell("%lepton fit df --target churn")
    assert outcome.error_in_exec is notebook.error
    assert capsys.readouterr().out.strip() == "LeptonError: The target 'churn' is constant."


def test_any_other_error_keeps_its_traceback(ip, notebook, frame, capsys):
    notebook.error = ZeroDivisionError("a defect")
    ip.run_cell("%lepton fit df --target churn")
    assert "Traceback" in capsys.readouterr().out


def test_help_is_printed_and_the_docstring_says_the_same(ip, capsys):
    run(ip, "%lepton")
    bare = capsys.readouterr().out
    run(ip, "%lepton help")
    assert capsys.readouterr().out == bare
    assert bare.strip() == ip.find_line_magic("lepton").__doc__
    run(ip, "%lepton fit --help")
    assert "--keep-models" in capsys.readouterr().out


def test_load_twice_is_once_and_unload_leaves_nothing(ip):
    lepton_magics.load(ip)
    matchers = [getattr(each, "matcher_identifier", None) for each in ip.Completer.custom_matchers]
    assert matchers.count("lepton") == 1
    lepton_magics.unload(ip)
    assert "lepton" not in [getattr(each, "matcher_identifier", None) for each in ip.Completer.custom_matchers]
    assert ip.find_line_magic("lepton") is None
    assert ip.find_cell_magic("lepton") is None
    lepton_magics.unload(ip)


def test_heavy_libraries_wait_until_they_are_needed():
    code = (
        "import sys, lepton_jupyter.magics.lepton_magics; "
        "print([name for name in ('pandas', 'sklearn', 'dask', 'distributed', 'anywidget', 'lightgbm', 'numpy') "
        "if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"


def test_a_cell_body_is_code_and_its_result_gets_the_name(ip, notebook, frame):
    assert run(ip, "%%lepton prepare df --as clean\ndf.dropna()\n") is None
    name, said = notebook.calls[-1]
    assert (name, said["code"], said["table_name"]) == ("prepare", "df.dropna()\n", "df")
    assert ip.user_ns["clean"] == "prepared"


@pytest.mark.mistake
@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("%%lepton fit df --target churn\nx", "'fit' takes no cell body"),
        ("%%lepton\nx", "takes no cell body"),
        ("%%lepton prepare df --as 3x\nx", "needs the name of a variable"),
        ("%lepton prepare df --as clean", "Here write clean = %lepton prepare"),
        ("%lepton stream a --from df --to scored", "There is no function 'scored' in this notebook to write to."),
        ("%lepton stream a --from df --to s/ --labels y --learn linnear", "No online learner is called 'linnear'. Did"),
        ("%%lepton stream a --to scored\nyield {}", "Write scored/ for a folder, scored.jsonl for a file"),
    ],
)
def test_a_cell_that_is_refused_starts_nothing(ip, notebook, frame, cell, said):
    outcome = ip.run_cell(cell)
    assert said in str(outcome.error_in_exec)
    assert notebook.calls == []
