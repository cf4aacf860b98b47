"""Pieces of a page in which nothing runs: sections, quiet words and tables, by inline styles and the host's own ink."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from lepton_jupyter.views.plain_text import safe

if TYPE_CHECKING:
    from collections.abc import Sequence

#: What you can act on, what is chosen, what is new: the host's colour, or one that holds on light and dark.
ACCENT = "var(--jp-brand-color1,#2a86c8)"
RULE = "border-top:1px solid rgba(128,128,128,.25)"
NUMBERS = "font-variant-numeric:tabular-nums"
_FACE = "13px/1.4 system-ui,-apple-system,'Segoe UI',helvetica,arial,sans-serif"
_PANEL = f"border:1px solid rgba(128,128,128,.4);border-radius:6px;max-width:900px;color:inherit;font:{_FACE}"
_PADDING = "padding:10px 16px"
_QUIET = "opacity:.72"


def quiet(html: str) -> str:
    """Secondary words; `html` is escaped already."""
    return f'<span style="{_QUIET}">{html}</span>' if html else ""


def strong(html: str) -> str:
    """Words that carry the sentence; `html` is escaped already."""
    return f'<b style="font-weight:600">{html}</b>'


def code(text: str, limit: int = 60) -> str:
    """A name from data, with the whole of it in its tooltip where it is cut."""
    whole = f' title="{safe(text, 400)}"' if len(text) > limit else ""
    return f'<code{whole} style="background:none;padding:0;color:inherit">{safe(text, limit)}</code>'


def panel(parts: Sequence[str], *, name: str) -> str:
    """The whole page."""
    return f'<div class="lepton-static lepton-{name}" style="{_PANEL}">{"".join(parts)}</div>'


def header(groups: Sequence[str]) -> str:
    """One sentence of several groups, which may wrap between them."""
    spans = " ".join(f'<span style="margin-right:14px;{NUMBERS}">{each}</span>' for each in groups if each)
    return f'<div style="padding:12px 16px">{spans}</div>'


def big(score: str, error: str) -> str:
    """The one number of a page and how sure it is."""
    number = f'<b style="font-size:24px;font-weight:600;line-height:1.2">{score}</b>'
    return f'<span style="white-space:nowrap">{number} {quiet(error)}</span>'


def section(title: str, said: str, body: str, *, closed: bool = False) -> str:
    """A part of a page under a title and a sentence; empty without a body.

    Parameters
    ----------
    title : str
        Plain words; empty where the pictures have titles of their own.
    said, body : str
        HTML.
    closed : bool, default=False
        Whether it is opened by whoever reads.
    """
    if not body:
        return ""
    head = f"{strong(escape(title))} {quiet(said)}" if title else ""
    if closed:
        return f'<details style="{_PADDING};{RULE}"><summary>{head}</summary>{body}</details>'
    return f'<div style="{_PADDING};{RULE}">{f"<div>{head}</div>" if head else ""}{body}</div>'


def pictures(parts: Sequence[str]) -> str:
    """Pictures side by side, one under the other where there is no room."""
    shown = "".join(f'<div style="flex:1 1 330px;max-width:434px;min-width:0">{each}</div>' for each in parts if each)
    return f'<div style="display:flex;flex-wrap:wrap;gap:12px 0">{shown}</div>' if shown else ""


def beside(parts: Sequence[str]) -> str:
    """Tables side by side, one under the other where there is no room."""
    shown = "".join(f'<div style="min-width:0;max-width:100%">{each}</div>' for each in parts if each)
    return f'<div style="display:flex;flex-wrap:wrap;gap:8px 32px">{shown}</div>' if shown else ""


def captioned(title: str, said: str, svg: str) -> str:
    """A picture under its own title and what it says; title and sentence are escaped already."""
    return f'<div style="padding-right:12px">{strong(title)} {quiet(said)}</div>{svg}' if svg else ""


def notices(sentences: Sequence[str]) -> str:
    """Sentences that should be read first."""
    lines = "".join(f"<div>{safe(each, 400)}</div>" for each in sentences)
    return f'<div style="padding:0 16px 10px">{lines}</div>' if lines else ""


def table(caption: str, heads: Sequence[str], rows: Sequence[Sequence[str]], *, left: frozenset[int]) -> str:
    """A real table that may be scrolled where it is too wide.

    Parameters
    ----------
    caption : str
        For those who hear the page.
    heads : sequence of str
        HTML of the heads.
    rows : sequence of sequence of str
        HTML of the cells; the first names its row.
    left : frozenset of int
        Columns of words; the others are numbers, on the right.
    """
    head = "".join(_cell("th", "col", each, index, left, quiet_head=True) for index, each in enumerate(heads))
    body = "".join(
        f'<tr style="{RULE};background:none">'
        + "".join(_cell("td" if index else "th", "row", each, index, left) for index, each in enumerate(row))
        + "</tr>"
        for row in rows
    )
    hidden = "position:absolute;width:1px;height:1px;overflow:hidden;clip:rect(0 0 0 0)"
    return (
        '<div style="overflow-x:auto"><table cellpadding="5" style="min-width:min(100%,560px);margin:4px 0 0;border:0;'
        f'border-collapse:collapse;color:inherit;font-size:12px;{NUMBERS}"><caption style="{hidden}">{escape(caption)}'
        f'</caption><thead><tr style="background:none">{head}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def _cell(tag: str, scope: str, html: str, index: int, left: frozenset[int], *, quiet_head: bool = False) -> str:
    align = "left" if index in left else "right"
    opacity = ";opacity:.72" if quiet_head else ""
    kind = f' scope="{scope}"' if tag == "th" else ""
    wrap = "" if index in left and not quiet_head else ";white-space:nowrap"
    return f'<{tag}{kind} align="{align}" style="text-align:{align};font-weight:400{opacity}{wrap}">{html}</{tag}>'
