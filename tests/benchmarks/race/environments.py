"""An environment for each peer, apart from this project's and from one another: they pin other versions.

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


def interpreter(peers: Path | None, system: str) -> Path | None:
    """Python that runs a system; None where its environment is missing.

    Examples
    --------
    >>> interpreter(None, "lepton") == Path(sys.executable)
    True
    >>> interpreter(None, "flaml") is None
    True
    """
    name = system.split("-", maxsplit=1)[0]
    if name in AT_HOME:
        return Path(sys.executable)
    found = peers / name / "bin" / "python" if peers is not None else None
    return found if found is not None and found.exists() else None


def make(peers: Path, names: list[str]) -> None:
    """Make the environments of `names` that are not there yet."""
    for name in names:
        if interpreter(peers, name) is not None:
            print(f"{name}: there already")
            continue
        print(f"{name}: installing {', '.join(REQUIREMENTS[name])}", flush=True)
        venv.create(peers / name, with_pip=True, clear=True)
        python = str(peers / name / "bin" / "python")
        done = subprocess.run([python, "-m", "pip", "install", "-q", *REQUIREMENTS[name]], check=False)
        if done.returncode:  # else it would be taken for whole the next time
            (peers / name / "bin" / "python").unlink()
            print(f"{name}: not installed; the race goes on without it")


if __name__ == "__main__":
    make(Path(sys.argv[1]), sys.argv[2:] or list(REQUIREMENTS))
