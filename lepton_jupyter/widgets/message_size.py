"""The size limit of a message: what is left out, and in which order, when a run has much to tell.

A message is the whole state of a panel and is sent several times a second, through a server that keeps it in memory
while no page listens. So it is bounded, and what matters least is left out first: old log lines, then candidates that
never led, then rows far down the board. What is left out is counted by the message (`n_rows`, `n_columns`, `n_trials`).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from lepton_jupyter.events.encoding import encode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lepton_jupyter.events.messages import BoardPageMessage, RunPanelMessage
    from lepton_jupyter.events.preparation_messages import PreparationMessage
    from lepton_jupyter.events.stream_messages import StreamMessage

#: Bytes of a message on the wire; the last KiB is left to the envelope that Jupyter puts around it.
MESSAGE_LIMIT_BYTES = 64 * 1024
_DOCUMENT_LIMIT_BYTES = MESSAGE_LIMIT_BYTES - 1024
#: Bytes of what is sent once, because a page has asked for it.
PAGE_LIMIT_BYTES = 256 * 1024

#: Rows that are sent even when log and history have given way.
_BOARD_ROWS = 100
_LOG_LINES = 8
_FEW_SECONDS = 30
_LONG_TEXT = 160

_Document = dict[str, Any]
_Shrink = Callable[[_Document], _Document | None]


def document_bytes(document: _Document) -> int:
    """Bytes that a document takes as Jupyter writes it.

    Examples
    --------
    >>> document_bytes({"type": "StopRun"})
    19
    """
    # Blanks after separators, UTF-8: the form of jupyter_client's session.
    return len(json.dumps(document, ensure_ascii=False).encode("utf-8", "replace"))


def bounded_document(message: RunPanelMessage, *, limit_bytes: int = _DOCUMENT_LIMIT_BYTES) -> _Document:
    """Encode a message, leaving out what does not fit.

    Parameters
    ----------
    message : RunPanelMessage
        The state of the panel.
    limit_bytes : int, default=64512
        Bytes of the JSON text that must not be exceeded.

    Returns
    -------
    document : dict
        The encoded message. In need it loses, in this order and no more than needed: old log lines, history points
        that did not improve, old history points, rows beyond the first 100, columns, steps of the paths, further
        rows, and the ends of long texts. It never raises for size.
    """
    return _shrunk(encode(message), _SHRINKS, limit_bytes)


def bounded_page(message: BoardPageMessage, *, limit_bytes: int = PAGE_LIMIT_BYTES - 1024) -> _Document:
    """Encode a page of a board: its first rows, as many as fit.

    Parameters
    ----------
    message : BoardPageMessage
    limit_bytes : int, default=261120
        Bytes of the JSON text that must not be exceeded.

    Returns
    -------
    document : dict
        Whoever wants the other rows asks for those after the last one of these.
    """
    document = encode(message)
    rows = document["rows"]
    room = limit_bytes - document_bytes({**document, "rows": []})
    sizes = accumulate(document_bytes(row) + len(", ") for row in rows)
    return {**document, "rows": rows[: sum(size <= room for size in sizes)]}


def bounded_stream(message: StreamMessage, *, limit_bytes: int = _DOCUMENT_LIMIT_BYTES) -> _Document:
    """Encode a stream's message, leaving out what does not fit.

    Parameters
    ----------
    message : StreamMessage
    limit_bytes : int, default=64512

    Returns
    -------
    document : dict
        In need it loses the oldest points of its charts, then the oldest notes, then the ends of long texts.
    """
    return _shrunk(encode(message), _STREAM_SHRINKS, limit_bytes)


def bounded_preparation(message: PreparationMessage, *, limit_bytes: int = _DOCUMENT_LIMIT_BYTES) -> _Document:
    """Encode a preparation's message, leaving out what does not fit.

    Parameters
    ----------
    message : PreparationMessage
    limit_bytes : int, default=64512

    Returns
    -------
    document : dict
        In need it loses the ends of long texts, then its last columns, which are counted as hidden.
    """
    return _shrunk(encode(message), _PREPARATION_SHRINKS, limit_bytes)


def _shrunk(document: _Document, shrinks: Sequence[_Shrink], limit_bytes: int) -> _Document:
    for shrink in shrinks:
        while document_bytes(document) > limit_bytes:
            smaller = shrink(document)
            if smaller is None:
                break
            document = smaller
    return document


def _halved_seconds(document: _Document) -> _Document | None:
    return _newest_half(document, "seconds", least=_FEW_SECONDS)


def _few_notes(document: _Document) -> _Document | None:
    notes = document["notes"]  # the newest first
    return {**document, "notes": notes[:_LOG_LINES]} if len(notes) > _LOG_LINES else None


def _cut_reasons(document: _Document) -> _Document | None:
    # Names and lines stay whole: they are what is chosen by.
    columns = [
        {**column, "steps": [_with_cut_texts(step) for step in column["steps"]]} for column in document["columns"]
    ]
    cut = {**document, "columns": columns, "notes": _with_cut_texts(document["notes"])}
    return cut if document_bytes(cut) < document_bytes(document) else None


def _fewer_planned_columns(document: _Document) -> _Document | None:
    columns, editing = document["columns"], document["editing"]
    if not columns:
        return None
    kept = columns[: len(columns) * 3 // 4]
    names = {column["name"] for column in kept}
    if editing is not None:
        editing = {**editing, "columns": [each for each in editing["columns"] if each["column"] in names]}
    n_hidden = document["n_hidden"] + len(columns) - len(kept)
    return {**document, "columns": kept, "editing": editing, "n_hidden": n_hidden}


def _halved_log(document: _Document) -> _Document | None:
    return _newest_half(document, "log", least=_LOG_LINES)


def _history_that_improved(document: _Document) -> _Document | None:
    others = [index for index, point in enumerate(document["history"]) if not point["improved"]]
    if not others:
        return None
    gone = set(others[: max(1, len(others) // 2)])
    kept = [point for index, point in enumerate(document["history"]) if index not in gone]
    return {**document, "history": kept}


def _halved_history(document: _Document) -> _Document | None:
    return _newest_half(document, "history", least=16)


def _board_of_a_hundred(document: _Document) -> _Document | None:
    rows = document["rows"]
    return {**document, "rows": rows[:_BOARD_ROWS]} if len(rows) > _BOARD_ROWS else None


def _halved_columns(document: _Document) -> _Document | None:
    columns = document["columns"]
    return {**document, "columns": columns[: len(columns) // 2]} if columns else None


def _halved_paths(document: _Document) -> _Document | None:
    if all(len(path["points"]) <= 2 for path in document["paths"]):
        return None
    # The start stays: it is what a path is read from.
    paths = [
        {**path, "points": [*path["points"][:1], *path["points"][1 + len(path["points"]) // 2 :]]}
        for path in document["paths"]
    ]
    return {**document, "paths": paths}


def _halved_rows(document: _Document) -> _Document | None:
    rows = document["rows"]
    return {**document, "rows": rows[: len(rows) // 2]} if len(rows) > 1 else None


def _cut_texts(document: _Document) -> _Document | None:
    cut: _Document = _with_cut_texts(document)
    return cut if document_bytes(cut) < document_bytes(document) else None


def _emptied(document: _Document) -> _Document | None:
    lists = ("log", "history", "paths", "rows", "columns", "notices", "baselines")
    if not any(document[name] for name in lists):
        return None
    return {**document, **{name: [] for name in lists}}


def _newest_half(document: _Document, name: str, *, least: int) -> _Document | None:
    values = document[name]
    if len(values) <= least:
        return None
    return {**document, name: values[-max(least, len(values) // 2) :]}


def _with_cut_texts(value: Any) -> Any:
    if isinstance(value, str):
        return value if len(value) <= _LONG_TEXT else f"{value[: _LONG_TEXT - 1]}…"
    if isinstance(value, list):
        return [_with_cut_texts(each) for each in value]
    if isinstance(value, dict):
        return {name: _with_cut_texts(each) for name, each in value.items()}
    return value


_SHRINKS: tuple[_Shrink, ...] = (
    _halved_log,
    _history_that_improved,
    _halved_history,
    _board_of_a_hundred,
    _cut_texts,
    _halved_columns,
    _halved_paths,
    _halved_rows,
    _emptied,
)
_STREAM_SHRINKS: tuple[_Shrink, ...] = (_halved_seconds, _few_notes, _cut_texts)
_PREPARATION_SHRINKS: tuple[_Shrink, ...] = (_cut_reasons, _fewer_planned_columns)
