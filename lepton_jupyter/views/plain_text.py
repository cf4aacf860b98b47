"""Text from data, made fit to stand in one line of a page, a terminal or a message."""

from __future__ import annotations

import unicodedata
from html import escape

# Marks that turn the direction of what follows: a name must not be able to rewrite its neighbours.
_DIRECTION_MARKS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def one_line(text: str, limit: int = 120) -> str:
    r"""`text` in one line without control characters, cut at the end with an ellipsis.

    Escape sequences would colour or move a terminal, line breaks would tear a table.

    Parameters
    ----------
    text : str
        A name, label or message from data.
    limit : int, default=120
        Most characters.

    Returns
    -------
    line : str

    Examples
    --------
    >>> one_line("income\n(net)"), one_line("\x1b[31mred"), one_line("a long name", 6)
    ('income (net)', ' [31mred', 'a lon…')
    """
    if not text.isprintable():
        text = "".join(" " if unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} else c for c in text)
        text = "".join(c for c in text if c not in _DIRECTION_MARKS)
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"


def safe(text: str, limit: int = 200) -> str:
    """`text` in one line, fit to stand in HTML, in an attribute too.

    Examples
    --------
    >>> safe('<b>"x"</b>')
    '&lt;b&gt;&quot;x&quot;&lt;/b&gt;'
    """
    return escape(one_line(text, limit), quote=True)


def width(text: str) -> int:
    """Columns of a terminal that `text` takes: East Asian wide characters take two, combining ones none.

    Examples
    --------
    >>> width("churn"), width("目标")
    (5, 4)
    """
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in {"W", "F"} else 1 for c in text
    )


def fitted(text: str, columns: int, *, right: bool = False) -> str:
    """`text` cut or padded to exactly so many columns of a terminal.

    Examples
    --------
    >>> fitted("Perceptron 64–32", 8), fitted("0.86", 6, right=True)
    ('Percept…', '  0.86')
    """
    if width(text) > columns:
        while text and width(text) > columns - 1:
            text = text[:-1]
        text = f"{text}…"[: max(0, columns)]
    blanks = " " * (columns - width(text))
    return blanks + text if right else text + blanks
