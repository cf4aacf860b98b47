"""Names that completion offers beside those of the namespace; quick, and never waiting for anything."""

from __future__ import annotations


def metrics() -> tuple[str, ...]:
    """Names of metrics of all tasks."""
    from lepton_jupyter.evaluation.metrics import metric_names

    names = dict.fromkeys(name for task in ("binary", "multiclass", "regression") for name in metric_names(task))
    return tuple(names)


def learners() -> tuple[str, ...]:
    """Names of the learners that are installed."""
    from lepton_jupyter.learners.registry import available_learners

    return tuple(available_learners())


def runs() -> tuple[str, ...]:
    """Names and ids of the runs on this disk, the newest first."""
    from lepton_jupyter.notebook.session import current_session

    folders = current_session().store.list()
    return (*dict.fromkeys(folder.name for folder in folders), *(folder.run_id for folder in folders))


def columns_of_file(path: str) -> tuple[str, ...]:
    """Names of the columns of a file of this machine, from its first kilobytes; none where that is not quick.

    Parameters
    ----------
    path : str

    Returns
    -------
    names : tuple of str
    """
    from pathlib import Path

    from lepton_jupyter.data.csv_dialect import find_dialect
    from lepton_jupyter.data.file_kinds import look_into
    from lepton_jupyter.data.text_encoding import find_encoding

    place = Path(path).expanduser()
    if not place.is_file():
        return ()
    file = look_into(place, place.name)
    if file.kind == "parquet" and file.compression is None:
        from pyarrow import parquet

        return tuple(parquet.read_schema(place).names)
    if file.kind != "csv":
        return ()
    sample = file.head(1 << 16)
    text = sample[: sample.rfind(b"\n") + 1].decode(find_encoding(sample) or "utf-8", "ignore").removeprefix("\ufeff")
    dialect = find_dialect(text)
    return () if dialect is None else dialect.names
