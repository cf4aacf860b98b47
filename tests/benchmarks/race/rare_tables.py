"""Tables that have few rows of one class to learn from, and thousands to be judged on, made of a folder of tables.

``PYTHONPATH=tests PYTHON -m benchmarks.race.rare_tables DATA OUT``, then the race with ``--data OUT``. A table of the
race with 65 rare test rows says little: one standard error of its 1 − AUC is a third of it. An AUC does not ask how
frequent a class is, so of a class that is not rare only a few rows are shown, and all others are kept to judge by.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from benchmarks.race.contest_table import write_tables


@dataclass(frozen=True)
class RareTable:
    """How one table is made of another.

    Parameters
    ----------
    source : str
        A table of the folder.
    n_rare, n_common : int
        Rows to learn from.
    rare_class : str, optional
        Rows of this class are the rare ones; without it, all but those of the most frequent class.
    above : float, optional
        Of a regression table, the values above this quantile are the rare ones.
    """

    source: str
    n_rare: int
    n_common: int
    rare_class: str | None = None
    above: float | None = None

    def is_rare(self, target: pd.Series) -> np.ndarray:
        """Which rows are rare.

        Examples
        --------
        >>> RareTable("a", 1, 1, above=0.5).is_rare(pd.Series([3.0, 1.0, 2.0])).tolist()
        [True, False, False]
        """
        if self.above is not None:
            return (target > target.quantile(self.above)).to_numpy()
        classes = target.astype(str)
        is_rare = classes != classes.mode()[0] if self.rare_class is None else classes == self.rare_class
        return is_rare.to_numpy()


TABLES = {
    "ailerons": RareTable("ailerons", 200, 6000, above=0.8),
    "cpu_small": RareTable("cpu_small", 150, 3500, above=0.7),
    "house8l": RareTable("house8l", 200, 8000, above=0.8),
    "house8l_x": RareTable("house8l", 200, 8000, above=0.96),
    "kin8nm": RareTable("kin8nm", 150, 4000, above=0.8),
    "nursery": RareTable("nursery", 150, 5000, rare_class="spec_prior"),
    "page_blocks": RareTable("page_blocks", 120, 3000),
    "puma32h": RareTable("puma32h", 150, 4000, above=0.75),
    "puma8nh": RareTable("puma8nh", 200, 3500, above=0.75),
    "spambase": RareTable("spambase", 150, 1700, rare_class="1"),
    "waveform": RareTable("waveform5000", 150, 2200, rare_class="0"),
}
_MOST_TEST_RARE, _MOST_TEST_COMMON = 3000, 6000


def parts_of(frame: pd.DataFrame, target: str, made: RareTable, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows to learn from, and rows to be judged on, with `target` as "rare" and "common"."""
    random = np.random.default_rng(seed)
    is_rare = made.is_rare(frame[target])
    rare, common = (random.permutation(np.flatnonzero(each)) for each in (is_rare, ~is_rare))
    labelled = frame.assign(**{target: np.where(is_rare, "rare", "common")})
    shown = np.concatenate([rare[: made.n_rare], common[: made.n_common]])
    kept = np.concatenate([rare[made.n_rare :][:_MOST_TEST_RARE], common[made.n_common :][:_MOST_TEST_COMMON]])
    train, test = (labelled.iloc[random.permutation(rows)].reset_index(drop=True) for rows in (shown, kept))
    return train, test


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="folder of tables: index.json, NAME.train.parquet, NAME.test.parquet")
    parser.add_argument("out", type=Path, help="folder that is made")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    about = json.loads((options.data / "index.json").read_text("utf-8"))
    tables = {}
    for name, made in TABLES.items():
        read = (pd.read_parquet(options.data / f"{made.source}.{part}.parquet") for part in ("train", "test"))
        target = about[made.source]["target"]
        train, test = parts_of(pd.concat(read, ignore_index=True), target, made, options.seed)
        tables[name] = (train, test, target, "binary")
        n_rare = (test[target] == "rare").sum()
        learnt_from = f"{made.n_rare} of {len(train):,} rows to learn from are rare"
        print(f"{name:12s} {learnt_from}, {n_rare:,} of {len(test):,} to be judged on")
    write_tables(options.out, tables)


if __name__ == "__main__":
    main()
