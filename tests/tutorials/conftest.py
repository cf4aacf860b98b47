"""The script that runs tutorials, as a module: their folder is no package."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def run_tutorial():
    script = Path(__file__).parents[2] / "tutorials" / "run_tutorial.py"
    spec = importlib.util.spec_from_file_location("run_tutorial", script)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
