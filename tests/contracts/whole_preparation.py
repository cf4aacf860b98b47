"""A preparation with all its phases, and ways to let something happen in one of them."""

from __future__ import annotations

import logging

import pandas as pd
from preprocessing import messy_tables

from lepton_jupyter import prepare
from lepton_jupyter.notebook.pass_progress import PassProgress

N_PARTITIONS, N_ROWS = 12, 150
PHASES = ("copies", "near copies", "earlier rows", "joining", "counting", "statistics", "features", "writing")


def write_orders(place):
    """Messy partitions, some of whose rows are copies of others."""
    messy_tables.write_partitions(place, N_PARTITIONS, N_ROWS)
    copied = pd.read_parquet(place / "part-003.parquet").head(20)
    again = copied.assign(town=copied["town"].str.upper() + " ", order_id=copied["order_id"] + 7_000_000)
    pd.concat([pd.read_parquet(place / "part-007.parquet"), copied, again]).to_parquet(place / "part-007.parquet")
    return place


def write_towns(place):
    """A table to be joined."""
    for number in range(4):
        visits = pd.DataFrame({"town": ["Berlin", "Ulm", "Köln"], "visits": [number, 2 * number, 7]})
        visits.to_parquet(place / f"visits-{number}.parquet")
    return place


def everything(folder, towns, to):
    """A preparation with all phases."""
    return prepare(
        folder, target="returned", to=to, drop_repeated=True, near_by=["town", "price", "age", "income", "day"],
        join={"towns": towns}, on="town", time="day", entity="town", lags=[1], rolling=[3], sample="50%",
        scale="robust", encode="onehot",
    )  # fmt: skip


def a_cluster(n_workers, **options):
    from distributed import LocalCluster

    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    quiet = {"dashboard_address": "127.0.0.1:0", "silence_logs": logging.CRITICAL, "threads_per_worker": 1}
    return LocalCluster(n_workers=n_workers, **quiet, **options)


def at_first_news_of(phase, do, monkeypatch):
    """Let something happen when the first partition of a phase is done; gives the phases that were heard of."""
    heard, hear = [], PassProgress.hear

    def then(progress, news):
        if progress.phase == phase and phase not in heard:
            do()
        heard.append(progress.phase)
        hear(progress, news)

    monkeypatch.setattr(PassProgress, "hear", then)
    return heard
