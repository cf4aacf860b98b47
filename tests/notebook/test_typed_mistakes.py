"""Mistakes as they are typed: one line is shown in red, and the notebook goes on."""

from __future__ import annotations

import atexit
import sys

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config


@pytest.fixture(scope="module")
def ip(tmp_path_factory):
    folder = str(tmp_path_factory.mktemp("ipython"))
    main = sys.modules["__main__"]
    shell = InteractiveShell(ipython_dir=folder, config=Config({"HistoryManager": {"enabled": False}}))
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("LEPTON_CLUSTER", "off")
        shell.run_line_magic("load_ext", "lepton_jupyter")
    yield shell
    shell.run_line_magic("unload_ext", "lepton_jupyter")
    shell.atexit_operations()
    atexit.unregister(shell.atexit_operations)
    sys.modules["__main__"] = main


@pytest.mark.mistake
@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("fit dff --target churn", "no data frame 'dff' in this notebook. Did you mean 'df'?"),
        ("fit df", "%lepton fit needs --target"),
        ("fit nothing.csv --target churn", "There is no file 'nothing.csv' in this folder"),
        ("fit 'nothing.csv' --target churn", "There is no file 'nothing.csv' in this folder"),
        ("fit nothing/*.csv --target churn", "No file matches 'nothing/*.csv'"),
        ("fit df --target churn --test nothing.csv", "In the test table: There is no file 'nothing.csv'"),
        ("fit df/0 --target churn", "'df/0' is an operation"),
        ("fit df.zzz --target churn", "'df.zzz' cannot be evaluated: AttributeError"),
        ("fit df.head(1/0) --target churn", "'df.head(1/0)' cannot be evaluated: ZeroDivisionError"),
        ("fit --sql 'select 1' --target churn", "SQL needs a database to ask: add --connection URL"),
        ("fit --sql 'delete from t' --connection sqlite:// --target churn", "'DELETE' does not read rows"),
        ("fit --sql 'select :zzz as x' --connection sqlite:// --target churn", "The SQL asks for :zzz, which has no v"),
        ("fit --sql 'select 1' --connection nobody --target churn", "There is no connection 'nobody'"),
        ("fit postgresql://ada:geheim@host/db --target churn", "'postgresql://…@host/db' is a database. Say what"),
        ("fit df --connection sqlite:// --target churn", "A connection alone reads nothing"),
        ("fit df --target chrun", "no target column 'chrun' in the table. Did you mean 'churn'?"),
        ("fit df --target churn --budget 0", "Budget '0' is not"),
        ("fit df --target churn --budget -5s", "'-5s'"),
        ("fit df --target churn --budget soon", "Budget 'soon' is not"),
        ("fit df --target churn --trials 0", "--trials needs a whole number of at least 1"),
        ("fit df --target churn --metric roc_acu", "Did you mean 'roc_auc'?"),
        ("fit df --target churn --metric r2", "Metric 'r2' does not fit a binary task"),
        ("fit df --target churn --task clasification", "'clasification'"),
        ("fit df --target churn --learners lightgmb", "Did you mean 'lightgbm'?"),
        ("fit df --target churn --drop tenur", "Did you mean 'tenure'?"),
        ("fit df --target churn --folds 1", "1"),
        ("fit df --target churn --positive maybe", "'maybe' is not a class"),
        ("fit df --target churn --test df.head(0)", "In the test table: The table is empty"),
        ("fit infinite --target churn", "Column 'bill' contains infinity"),
        ("fit df.head(0) --target churn", "The table is empty"),
        ("fit df[['churn']] --target churn", "no columns to learn from"),
        ("fti df --target churn", "There is no verb 'fti'. Did you mean 'fit'?"),
        ("fit df --tagret churn", "--tagret"),
        ("predict df", "No run was started in this kernel yet"),
        ("predict df --run nope", "There is no run 'nope'"),
        ("leaderboard", "No run was started in this kernel yet"),
        ("stop", "No run was started in this kernel yet"),
        ("show nope", "There is no run 'nope'"),
        ("resume nope", "There is no run 'nope'"),
        ("runs --remove nope", "There is no run 'nope'"),
        ("runs --older soon", "'soon' is not a duration"),
        ("cluster tcp://127.0.0.1:1", "No Dask scheduler answered at 'tcp://127.0.0.1:1'"),
        ("cluster local 0", "0"),
    ],
)
def test_a_mistake_is_one_line(ip, churn, home, capsys, line, said):
    ip.user_ns |= {"df": churn, "infinite": churn.assign(bill=np.inf)}
    result = ip.run_cell(f"%lepton {line}")
    assert result.error_in_exec is not None
    shown = [each for each in capsys.readouterr().out.splitlines() if each.strip()]
    assert len(shown) == 1, shown
    assert said in shown[0]
    assert shown[0].startswith(f"{type(result.error_in_exec).__name__}: ")
    assert not (home / "runs").exists()
    assert ip.run_cell("1 + 1").success
