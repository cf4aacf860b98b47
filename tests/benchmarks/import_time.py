"""How long it takes until lepton can be used, in whole processes: import, `%load_ext`, and the estimators.

Each line is the time of a process beyond that of one that does nothing but start (for the extension: beyond one that
makes an IPython shell). Targets: `import lepton_jupyter` 1 s, `%load_ext lepton_jupyter` 1.2 s.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time

REPEATS = 7
SHELL = "from IPython.core.interactiveshell import InteractiveShell; shell = InteractiveShell.instance()"
LOAD = f"{SHELL}; shell.run_line_magic('load_ext', 'lepton_jupyter')"
NOTEBOOK = f"import numpy, pandas; {SHELL}"
#: With a cluster the process goes on after the call has returned, so the call itself is timed.
WITH_CLUSTER = (
    f"import time; {NOTEBOOK}; began = time.perf_counter(); shell.run_line_magic('load_ext', 'lepton_jupyter'); "
    "print(time.perf_counter() - began); shell.run_line_magic('unload_ext', 'lepton_jupyter')"
)
CASES = (
    ("nothing", "pass", None, None),
    ("import lepton_jupyter", "import lepton_jupyter", "nothing", 1.0),
    ("from lepton_jupyter import LeptonClassifier", "from lepton_jupyter import LeptonClassifier", "nothing", None),
    ("import pandas", "import pandas", "nothing", None),
    ("import sklearn.ensemble (rival)", "import sklearn.ensemble", "nothing", None),
    ("IPython shell", SHELL, None, None),
    ("%load_ext lepton_jupyter, no cluster", LOAD, "IPython shell", 1.2),
    ("IPython shell with numpy and pandas", NOTEBOOK, None, None),
    ("%load_ext there", f"import numpy, pandas; {LOAD}", "IPython shell with numpy and pandas", 1.2),
)


def measure(code: str) -> tuple[float, float]:
    """Wall and processor seconds of one process that runs `code`."""
    cpu_before, began = os.times(), time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ, "LEPTON_CLUSTER": "off"})
    wall, cpu_after = time.perf_counter() - began, os.times()
    cpu = cpu_after.children_user + cpu_after.children_system - cpu_before.children_user - cpu_before.children_system
    return wall, cpu


def main() -> None:
    found: dict[str, list[tuple[float, float]]] = {name: [] for name, *_ in CASES}
    for _ in range(REPEATS + 1):  # in turn, so that a busy machine is busy for all; the first round only warms up
        for name, code, _, _ in CASES:
            found[name].append(measure(code))
    inside = [
        float(subprocess.run([sys.executable, "-c", WITH_CLUSTER], check=True, capture_output=True).stdout)
        for _ in range(REPEATS)
    ]
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    print(f"seconds beyond the process they are added to: median of {REPEATS} (least), load {load:.1f}\n")
    print(f"{'':46s} {'wall':>14s} {'processor':>14s}  target")
    for name, _, beyond, target in CASES:
        columns = []
        for place in (0, 1):
            base = [each[place] for each in found[beyond][1:]] if beyond else [0.0] * REPEATS
            own = [each[place] for each in found[name][1:]]
            columns.append(f"{statistics.median(own) - statistics.median(base):6.3f} ({min(own) - min(base):5.3f})")
        print(f"{name:46s} {columns[0]:>14s} {columns[1]:>14s}  {'' if target is None else f'≤ {target} s'}")

    print(
        f"{'%load_ext there, a cluster starting behind it':46s}"
        f" {statistics.median(inside):6.3f} ({min(inside):5.3f}) {'':>14s}  ≤ 1.2 s"
    )


if __name__ == "__main__":
    main()
