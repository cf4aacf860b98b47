"""The committed page module is what its sources give: an install needs no Node, so nothing else would notice."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXTENSION = ROOT / "labextension"
STATIC = ROOT / "lepton_jupyter" / "widgets" / "static"
#: Each panel's module, and a class that its style sheet must bring.
BUNDLES = {"run.js": ".lepton-head", "form.js": ".lepton-form"}


@pytest.fixture(scope="module")
def npm():
    """npm with the locked packages installed."""
    found = shutil.which("npm")
    if found is None or shutil.which("node") is None:
        pytest.skip("node and npm are not installed: the page module cannot be built again")
    lock = json.loads((EXTENSION / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    installed = EXTENSION / "node_modules" / ".package-lock.json"
    have = json.loads(installed.read_text(encoding="utf-8"))["packages"] if installed.exists() else {}
    needed = ("node_modules/esbuild", "node_modules/preact")
    if any(have.get(name, {}).get("version") != lock[name]["version"] for name in needed):
        done = subprocess.run([found, "ci"], cwd=EXTENSION, capture_output=True, text=True, timeout=280, check=False)
        if done.returncode:
            pytest.skip(f"npm ci failed, perhaps without a network: {done.stderr[-200:]}")
    return found


def test_the_bundles_are_what_the_sources_give(npm, tmp_path):
    subprocess.run(
        [npm, "run", "--silent", "build", "--", str(tmp_path)],
        cwd=EXTENSION,
        capture_output=True,
        timeout=120,
        check=True,
    )
    assert {each.name for each in tmp_path.iterdir()} == set(BUNDLES) == {each.name for each in STATIC.glob("*.js")}
    for name in BUNDLES:
        fresh, committed = (tmp_path / name).read_bytes(), (STATIC / name).read_bytes()
        assert fresh == committed, f"Run `npm run build` in labextension and commit {name}."


@pytest.mark.parametrize("name", BUNDLES)
def test_a_bundle_is_small_and_whole(name):
    code = (STATIC / name).read_bytes()
    assert len(code) <= 80_000
    assert BUNDLES[name] in code.decode("utf-8")  # the style sheet is part of the module


def test_no_source_asks_for_markup():
    sources = [
        path.read_text(encoding="utf-8") for path in (EXTENSION / "src").rglob("*.ts*") if ".test." not in path.name
    ]
    assert sources
    assert not any("innerhtml" in each.casefold() or "dangerouslyset" in each.casefold() for each in sources)
