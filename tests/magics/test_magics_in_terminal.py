from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SETUP = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parents[1])!r})
from magics.notebook_stand_in import NotebookStandIn
NotebookStandIn().put_in_place(lambda modules, name, module: modules.__setitem__(name, module))
from lepton_jupyter.magics import lepton_magics
lepton_magics.load(get_ipython())
df = [1]
"""


@pytest.fixture
def terminal(tmp_path, monkeypatch):
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))

    def terminal(*lines):
        """What IPython in a terminal prints for lines typed one after the other."""
        command = [sys.executable, "-m", "IPython", "--simple-prompt", "--no-banner", "--no-confirm-exit"]
        typed = "\n".join([*SETUP.strip().splitlines(), *lines, "exit", ""])
        done = subprocess.run(command, input=typed, capture_output=True, text=True, timeout=120, check=True)
        return done.stdout

    return terminal


def test_values_help_and_refusals_look_right_in_a_terminal(terminal):
    shown = terminal("%lepton leaderboard", "board = %lepton leaderboard;", "%lepton fti df", "%lepton help stop")
    assert shown.count("'the board'") == 1
    assert "MagicUsageError: There is no verb 'fti'. Did you mean 'fit'?\n" in shown
    assert "Usage: %lepton stop [RUN] [--run RUN]" in shown
    assert "Traceback" not in shown


def test_a_verb_with_a_question_mark_is_described_in_a_terminal(terminal):
    shown = terminal("%lepton stop?", "%config Lepton.seed = 'x'", "%config Lepton.sede = 1")
    assert "Usage: %lepton stop [RUN] [--run RUN]" in shown
    assert "not found" not in shown


def test_a_refused_line_fails_a_script(tmp_path, monkeypatch):
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    script = tmp_path / "script.ipy"
    script.write_text(SETUP + "%lepton fti df\nprint('af' + 'ter')\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "IPython", str(script)], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode != 0
    assert "Did you mean 'fit'?" in done.stdout + done.stderr
    assert "after" not in done.stdout
