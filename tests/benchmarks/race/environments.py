"""An environment for each system, apart from one another: peers pin other versions.

``PYTHONPATH=tests python -m benchmarks.race.environments PEERS [PEER ...]`` makes those that are missing. H2O needs a
Java runtime beside it (Debian: ``apt install openjdk-17-jre-headless``).
"""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

#: What is installed for each peer: the newest versions when these lines were written (November 2026).
REQUIREMENTS: dict[str, tuple[str, ...]] = {
    "ag": ("autogluon.tabular[lightgbm,catboost,xgboost]==1.6.3",),
    "h2o": ("h2o==3.46.0.12", "pandas", "pyarrow", "polars", "scikit-learn"),
    "flaml": ("flaml[automl]==2.7.0", "pandas", "pyarrow"),
    "lama": ("lightautoml==0.4.2", "pyarrow"),
    "mljar": ("mljar-supervised==1.3.2", "pyarrow"),
    "tpot": ("tpot==1.1.0", "pyarrow"),
}
#: Those that need nothing beyond this project's own environment.
AT_HOME = ("lepton", "sklearn")
#: What a user of this project installs: its own environment holds much else, some of which its libraries import when it
#: is there (polars, by CatBoost), which would count as memory of this project.
_AS_USED = f"{Path(__file__).parents[3]}[boosting]"


def interpreter(peers: Path | None, system: str) -> Path | None:
    """Python that runs a system; None where a peer's environment is missing.

    Examples
    --------
    >>> interpreter(None, "lepton") == Path(sys.executable)
    True
    >>> interpreter(None, "flaml") is None
    True
    """
    name = system.split("-", maxsplit=1)[0]
    found = peers / name / "bin" / "python" if peers is not None else None
    if found is not None and found.exists():
        return found
    return Path(sys.executable) if name in AT_HOME else None


def make(peers: Path, names: list[str]) -> None:
    """Make the environments of `names` that are not there yet."""
    for name in names:
        python = peers / name / "bin" / "python"
        if python.exists():
            print(f"{name}: there already")
            continue
        wanted = ("--editable", _AS_USED) if name == "lepton" else REQUIREMENTS[name]
        print(f"{name}: installing {', '.join(wanted)}", flush=True)
        venv.create(peers / name, with_pip=True, clear=True)
        done = subprocess.run([str(python), "-m", "pip", "install", "-q", *wanted], check=False)
        if done.returncode:  # else it would be taken for whole the next time
            python.unlink()
            print(f"{name}: not installed; the race goes on without it")


if __name__ == "__main__":
    make(Path(sys.argv[1]), sys.argv[2:] or ["lepton", *REQUIREMENTS])
