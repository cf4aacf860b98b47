"""A seeded generator of messy business tables: what people export, with everything wrong with it that is common."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from pathlib import Path

TOWNS = ("Berlin", "Ulm", "New York", "Köln")


def messy_table(n_rows: int, seed: int = 0) -> pd.DataFrame:
    """Rows of a shop: prices and dates in text, marks for missing, spellings, an outlier, a constant, a key."""
    random = np.random.default_rng(seed)
    price = np.round(random.gamma(4, 20, n_rows), 2)
    price_text = np.array([f"{value:,.2f} €".translate(str.maketrans(",.", ".,")) for value in price], dtype=object)
    price_text[random.random(n_rows) < 0.02] = "N/A"
    spellings = np.array([form(town) for town in TOWNS for form in (str, str.upper, lambda text: f"{text.lower()} ")])
    likely = np.tile([0.9, 0.06, 0.04], len(TOWNS)) / len(TOWNS)
    town = random.choice(spellings, n_rows, p=likely).astype(object)
    town[random.random(n_rows) < 0.01] = "?"
    age = random.integers(18, 90, n_rows).astype(float)
    age[random.random(n_rows) < 0.03] = -999
    income = random.normal(3_000, 500, n_rows)
    if n_rows > 300:
        income[n_rows // 2] = 1e7
    day = pd.Timestamp("2024-01-01") + pd.to_timedelta(random.integers(0, 700, n_rows), unit="D")
    return pd.DataFrame({
        "order_id": seed * 10_000_000 + np.arange(n_rows),
        "price": price_text,
        "town": town,
        "age": age,
        "income": income,
        "day": day.strftime("%d.%m.%Y").astype(object),
        "land": "de",
        "member": random.random(n_rows) < 0.4,
        "returned": (random.random(n_rows) < 0.2 + 0.2 * (price > 80)).astype(int),
    })  # fmt: skip


def write_partitions(folder: Path, n_partitions: int, n_rows: int, *, form: str = "parquet") -> list[Path]:
    """Files of a messy table, each of other rows."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number in range(n_partitions):
        table = messy_table(n_rows, seed=number)
        path = folder / f"part-{number:03d}.{form}"
        table.to_parquet(path) if form == "parquet" else table.to_csv(path, index=False)
        paths.append(path)
    return paths
