"""Files and folders that may go on from what is typed: one look into one folder, no file opened, no network."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from itertools import islice

from lepton_jupyter.magics.tokens import quote, unquote

#: Entries of a folder that are looked at: the Tab key must answer at once in a folder of a million files too.
_MOST_ENTRIES = 5_000
_TABLES = re.compile(
    r"\.(csv|tsv|tab|txt|dat|psv|parquet|pq|parq|feather|ftr|arrow|arrows|ipc|json|jsonl|ndjson|xlsx|xlsm)"
    r"(\.(gz|zst|zstd|bz2|xz|lz4|zip))?$|\.(zip|gz|zst)$",
    re.IGNORECASE,
)


def is_path_begun(fragment: str) -> bool:
    r"""Whether what is typed is the begin of a path: it opens a quote, or holds a slash.

    Examples
    --------
    >>> is_path_begun("data/ch"), is_path_begun('"ch'), is_path_begun("df"), is_path_begun("https://host/a")
    (True, True, False, False)
    """
    return "://" not in fragment and (fragment[:1] in {"'", '"', "~"} or "/" in fragment or "\\" in fragment)


def paths(fragment: str) -> list[str]:
    """Paths that begin like `fragment`, as they must be typed: folders first, with a slash at their end.

    Parameters
    ----------
    fragment : str
        As typed, with the quote it may begin with.

    Returns
    -------
    paths : list of str
        Folders have no closing quote, so that one types on.
    """
    mark = fragment[0] if fragment[:1] in {"'", '"'} else ""
    typed = unquote(fragment).removeprefix(mark)
    cut = max(typed.rfind("/"), typed.rfind("\\")) + 1
    shown, begun = typed[:cut], typed[cut:].lower()
    folders: list[str] = []
    files: list[str] = []
    with suppress(OSError, ValueError), os.scandir(os.path.expanduser(shown) or ".") as entries:  # noqa: PTH111 (quickly)
        for entry in islice(entries, _MOST_ENTRIES):
            if entry.name.startswith(".") or not entry.name.lower().startswith(begun):
                continue
            if entry.is_dir():
                folders.append(f"{shown}{entry.name}/")
            elif _TABLES.search(entry.name):
                files.append(shown + entry.name)
    opened = [_open_quote(folder, mark) for folder in sorted(folders)]
    return [*opened, *(quote(file, mark or _needed_mark(file)) for file in sorted(files))]


def _open_quote(folder: str, mark: str) -> str:
    mark = mark or _needed_mark(folder)
    return quote(folder, mark).removesuffix(mark) if mark else folder


def _needed_mark(path: str) -> str:
    return "" if re.fullmatch(r"[\w./~:\\-]+", path) else '"'
