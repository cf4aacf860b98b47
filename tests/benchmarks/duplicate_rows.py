"""How long it takes to find copies of rows on a million rows of fifty columns, beside pandas' own ``duplicated``.

Run: ``python tests/benchmarks/duplicate_rows.py``.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from lepton_jupyter.data.duplicate_rows import duplicate_groups

if TYPE_CHECKING:
    from collections.abc import Callable

N_ROWS, N_COLUMNS = 1_000_000, 50


def seconds(call: Callable[[], Any]) -> float:
    """Time that one call keeps the processor busy."""
    began = time.process_time()
    call()
    return time.process_time() - began


def main() -> None:
    """Print both times and their ratio, on three tables."""
    random = np.random.default_rng(0)
    numbers = pd.DataFrame(random.normal(size=(N_ROWS, N_COLUMNS)))
    words = np.array([f"word {i}" for i in range(1000)], dtype=object)
    mixed = pd.DataFrame({i: words[random.integers(0, 1000, N_ROWS)] for i in range(N_COLUMNS - 10)})
    for i in range(10):
        mixed[f"n{i}"] = random.integers(0, 20, N_ROWS)
    copied = pd.concat([mixed.head(N_ROWS // 2)] * 2, ignore_index=True)
    for name, table in {"numbers": numbers, "words, no copies": mixed, "words, each twice": copied}.items():
        ours, theirs = seconds(lambda: duplicate_groups(table)), seconds(lambda: table.duplicated(keep=False))  # noqa: B023  called at once
        print(f"{name:20s} lepton {ours:6.2f} s   pandas {theirs:6.2f} s   ratio {theirs / ours:5.1f}")


if __name__ == "__main__":
    main()
