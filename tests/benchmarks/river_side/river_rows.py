"""What stream_throughput.py asks of the Python that has River: microseconds of ``predict_proba_one``, by the median.

python river_rows.py FILE, whose lines are JSON rows with a column "churn"
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from river import tree


def main():
    rows = [json.loads(line) for line in Path(sys.argv[1]).read_text("utf-8").splitlines()]
    labels = [row.pop("churn") for row in rows]
    # Its trees know a value that is absent, and none that is null.
    rows = [{name: value for name, value in row.items() if value is not None} for row in rows]
    model = tree.HoeffdingAdaptiveTreeClassifier(seed=1)
    for row, label in zip(rows, labels, strict=True):
        model.learn_one(row, label)
    taken = []
    for row in rows[:400]:
        began = time.perf_counter()
        model.predict_proba_one(row)
        taken.append(time.perf_counter() - began)
    print(1e6 * sorted(taken)[len(taken) // 2])


if __name__ == "__main__":
    main()
