"""How many mistakes are answered by one sentence: the battery is spread over the tests of what they meet."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).parents[1]


def test_there_are_hundreds():
    collected = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "-m", "mistake", "-p", "no:cacheprovider",
         str(TESTS / "notebook"), str(TESTS / "magics")],
        capture_output=True, text=True, check=False, timeout=200, cwd=TESTS.parent,
    )  # fmt: skip
    found = re.search(r"^(\d+)(?:/\d+)? tests collected", collected.stdout, re.MULTILINE)
    assert found is not None, collected.stdout[-2000:] + collected.stderr[-2000:]
    assert int(found[1]) >= 400
