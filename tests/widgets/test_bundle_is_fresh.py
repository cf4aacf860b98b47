"""What is built and committed is what its sources give: an install needs no Node, so nothing else would notice."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXTENSION = ROOT / "labextension"
PACKAGE = ROOT / "lepton_jupyter"
STATIC = PACKAGE / "widgets" / "static"
PREBUILT = PACKAGE / "labextension"
#: Each panel's module, and a rule that its style sheet must bring: in a bundle "^" stands for ".lepton-" (build.mjs).
BUNDLES = {"run.js": "^head", "form.js": "^form", "stream.js": "^flow", "plan.js": "^kinds"}


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
    assert {each.name for each in STATIC.glob("*.js")} == set(BUNDLES)
    for built, committed in ((tmp_path / "widgets" / "static", STATIC), (tmp_path / "labextension", PREBUILT)):
        assert files_below(built) == files_below(committed), "Run `npm run build` in labextension and commit its files."


def files_below(root: Path) -> dict[str, bytes]:
    """Bytes of each file by its path below `root`."""
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_jupyterlab_finds_the_extension_by_its_two_files():
    package = json.loads((PREBUILT / "package.json").read_text(encoding="utf-8"))
    assert package["name"] == json.loads((PREBUILT / "install.json").read_text(encoding="utf-8"))["packageName"]
    static = PREBUILT / "static"
    [script] = static.glob("remoteEntry.*.js")
    [module] = static.glob("extension.*.js")
    assert package["jupyterlab"]["_build"]["load"] == f"static/{script.name}"
    assert f"./{module.name}" in script.read_text(encoding="utf-8")
    # What every page loads, and each part that is loaded when it is shown.
    at_start = [script, module, *(static / name for name in imported_by(module))]
    assert sum(each.stat().st_size for each in at_start) <= 80_000
    for panel in static.glob("mounted_*.js"):
        parts = {panel, *(static / name for name in imported_by(panel))}.difference(at_start)
        assert sum(each.stat().st_size for each in parts) <= 80_000, panel.name


def imported_by(module: Path) -> set[str]:
    """Names of the files that a built module loads with itself, and these with themselves."""
    found = set(re.findall(r"""(?:from|^import|;import)\s*"\./([^"]+)\"""", module.read_text(encoding="utf-8")))
    return found.union(*(imported_by(module.parent / name) for name in found))


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
