"""A stream as a page in which nothing runs, and as text."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from lepton_jupyter.views.number_format import (
    MISSING,
    count,
    counted,
    milliseconds_cell,
    number,
    table_decimals,
)
from lepton_jupyter.views.page_parts import NUMBERS, RULE, code, header, panel, quiet, section, strong
from lepton_jupyter.views.plain_text import one_line, safe
from lepton_jupyter.views.text_table import wrapped

if TYPE_CHECKING:
    from lepton_jupyter.events.stream_messages import StreamMessage

_WORDS = {
    "running": "Running",
    "paused": "Paused",
    "waiting": "Waiting",
    "stopped": "Stopped",
    "exhausted": "Finished",
    "failed": "Failed",
    "interrupted": "Interrupted",
}
_NOTES_SHOWN = 8
_DRIFTS_SHOWN = 6
_WIDTH, _HEIGHT = 560, 56


def stream_sentence(message: StreamMessage) -> str:
    """How a stream stands, in one line.

    Examples
    --------
    >>> from lepton_jupyter.views.stream_state import StreamState, extract_stream
    >>> stream_sentence(extract_stream(StreamState(), live=True))
    'Running, 0 rows stored, 0 rows/s'
    """
    word = _WORDS.get(message.state, message.state)
    parts = [word, f"{counted(message.n_stored, 'row')} stored", f"{count(round(message.rows_per_second))} rows/s"]
    if message.n_dead:
        parts.append(counted(message.n_dead, "dead letter"))
    if message.drifts:
        parts.append(f"drift of {_drifting(message)}")
    return ", ".join(parts)


def _drifting(message: StreamMessage) -> str:
    """What drifts, in few words."""
    names = ["errors" if each.subject == "errors" else repr(each.column) for each in message.drifts]
    return one_line(", ".join(names[:3]), 60) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _figures(message: StreamMessage) -> list[tuple[str, str]]:
    p50, p99 = (milliseconds_cell(each) for each in (message.p50_milliseconds, message.p99_milliseconds))
    lag = MISSING if message.lag is None else f"{count(message.lag)} rows"
    figures = [
        ("Rows a second", count(round(message.rows_per_second))),
        ("Latency p50 / p99", f"{p50} / {p99} ms"),
        ("Lag", lag),
        ("In hand", f"{count(message.n_waiting)} rows"),
        ("Rows stored", count(message.n_stored)),
    ]
    if message.watermark:
        figures += [("Watermark", message.watermark), ("Late rows", count(message.n_late))]
    if message.n_labels:
        decimals = table_decimals([message.score])
        figures.insert(
            0, (f"{message.metric_label}, {count(message.n_labels)} labels", number(message.score, decimals))
        )
    return figures


def render_stream_text(message: StreamMessage) -> str:
    """Write a stream in lines of at most 100 columns; no escape sequences.

    Examples
    --------
    >>> from lepton_jupyter.views.stream_state import StreamState, extract_stream
    >>> print(render_stream_text(extract_stream(StreamState(), live=True)).splitlines()[0])
    Running, 0 rows stored, 0 rows/s
    """
    lines = wrapped(stream_sentence(message))
    flow = (one_line(each, 60) for each in (message.source, message.model_label, message.sink) if each)
    lines += wrapped(" → ".join(flow))
    if message.sentence:
        lines += wrapped(message.sentence, limit=300)
    if message.guarantee:
        lines += wrapped(f"{message.guarantee}: {message.promise}", limit=300)
    if message.challenger:
        lines += wrapped(f"Challenger: {message.challenger}", limit=300)
    lines += wrapped(" · ".join(f"{name} {figure}" for name, figure in _figures(message)))
    for reason in message.dead_reasons:
        lines.append(f"  {count(reason.n_rows)} × {one_line(reason.reason, 80)}")
    lines += [line for each in message.drifts[:_DRIFTS_SHOWN] for line in wrapped(f"Drift: {each.sentence}", limit=300)]
    lines += [f"  {note.at} {one_line(note.sentence, 88)}" for note in message.notes[:_NOTES_SHOWN]]
    return "\n".join(lines)


def render_stream_html(message: StreamMessage) -> str:
    """Write a stream as HTML with inline styles only; all text from data is escaped.

    Examples
    --------
    >>> from lepton_jupyter.views.stream_state import StreamState, extract_stream
    >>> "Running" in render_stream_html(extract_stream(StreamState(), live=True))
    True
    """
    flow = " → ".join(
        strong(safe(text, 60)) if text == message.model_label else code(text)
        for text in (message.source, message.model_label, message.sink)
        if text
    )
    promise = f'<span title="{safe(message.promise, 400)}">{quiet(escape(message.guarantee))}</span>'
    head = header([strong(escape(_WORDS.get(message.state, message.state))), flow, promise])
    notice = f'<div style="padding:0 16px 10px">{safe(message.sentence, 400)}</div>' if message.sentence else ""
    return panel(
        [
            head,
            notice,
            _figure_row(message),
            _charts(message),
            _drifts(message),
            _dead_letters(message),
            _notes(message),
        ],
        name="stream",
    )


def _figure_row(message: StreamMessage) -> str:
    cells = "".join(
        f'<div style="padding:6px 16px"><div style="font-size:11px;opacity:.72">{escape(name)}</div>'
        f'<div style="font-size:15px;{NUMBERS}">{escape(figure)}</div></div>'
        for name, figure in _figures(message)
    )
    return f'<div style="display:flex;flex-wrap:wrap;{RULE}">{cells}</div>'


def _charts(message: StreamMessage) -> str:
    rates = [each.rows_per_second for each in message.seconds]
    slow = [each.p99_milliseconds for each in message.seconds]
    times = [each.at for each in message.seconds]
    parts = [
        _line("Rows a second", times, rates, f"most {count(round(max(rates, default=0)))}"),
        _line("p99 latency, ms", times, slow, f"most {milliseconds_cell(max((v for v in slow if v), default=None))}"),
    ]
    if message.n_labels:
        parts.insert(0, _line(message.metric_label, times, [each.score for each in message.seconds], ""))
    return "".join(parts)


def _line(title: str, times: list[float], values: list[float | None] | list[float], said: str) -> str:
    """A small line over time; a second without a value is a gap, never a guess."""
    known = [value for value in values if value is not None]
    if len(known) < 2 or times[-1] <= times[0]:
        return ""
    top = max(known) or 1.0
    low = min(0.0, *known)
    pieces: list[list[str]] = [[]]
    for at, value in zip(times, values, strict=True):
        if value is None:
            pieces.append([])
            continue
        x = _WIDTH * (at - times[0]) / (times[-1] - times[0])
        y = _HEIGHT - (_HEIGHT - 4) * (value - low) / (top - low) - 2
        pieces[-1].append(f"{x:.1f} {y:.1f}")
    path = " ".join(f"M{'L'.join(piece)}" for piece in pieces if len(piece) > 1)
    picture = (
        f'<svg role="img" aria-label="{safe(title, 100)}" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        f'style="width:100%;max-width:{_WIDTH}px;height:{_HEIGHT}px" preserveAspectRatio="none">'
        f'<path d="{path}" fill="none" stroke="currentColor" stroke-width="1.2" opacity=".8"/></svg>'
    )
    return section(title, escape(said), picture)


def _challenger(message: StreamMessage) -> str:
    return section("Challenger", "", safe(message.challenger, 300)) if message.challenger else ""


def _drifts(message: StreamMessage) -> str:
    if not message.drifts:
        return ""
    lines = "".join(
        f"<div>{quiet(escape(each.at))} {safe(each.sentence, 300)}</div>" for each in message.drifts[:_DRIFTS_SHOWN]
    )
    hidden = len(message.drifts) - _DRIFTS_SHOWN
    return section("Drift", f"and {hidden} more" if hidden > 0 else "", lines)


def _dead_letters(message: StreamMessage) -> str:
    if not message.n_dead:
        return ""
    reasons = "".join(
        f'<div style="{NUMBERS}">{count(each.n_rows)} {quiet(safe(each.reason, 200))}</div>'
        for each in message.dead_reasons
    )
    return section(f"{counted(message.n_dead, 'dead letter')}", f"in {code(message.dead_letters)}", reasons)


def _notes(message: StreamMessage) -> str:
    lines = "".join(
        f"<div>{quiet(escape(note.at))} {strong(safe(note.sentence, 300)) if note.severe else safe(note.sentence, 300)}"
        "</div>"
        for note in message.notes[:_NOTES_SHOWN]
    )
    return section("Events", "", lines)
