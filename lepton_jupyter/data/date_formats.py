"""How dates are written in a column of texts, found on a sample."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

# A quick look before any parsing: most columns of texts hold no dates, and parsing is slow.
_LIKE_A_DATE = re.compile(
    r"\s*(\d{4}-?\d{2}-?\d{2}([T ]|$)|\d{4}-\d{2}$|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|"
    r"\d{1,2}[-/. ]?[A-Za-zäéû]{3,9}\.?[-/., ]+\d{2,4}|[A-Za-z]{3,9}\.? \d{1,2},? \d{4})"
)
_DAYS = (
    "%m/%d/%Y", "%d/%m/%Y", "%Y/%m/%d", "%d.%m.%Y", "%m-%d-%Y", "%d-%m-%Y", "%m/%d/%y", "%d/%m/%y", "%d.%m.%y",
    "%d-%b-%Y", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%b %d %Y", "%B %d %Y", "%d-%b-%y", "%Y.%m.%d",
)  # fmt: skip
_TIMES = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p", " %H:%M:%S.%f")
#: Share of the sample that must be readable for a column to hold dates, or numbers.
READABLE_SHARE = 0.95


def sniff_date_format(texts: pd.Series[Any]) -> str | None:
    """Format in which nearly all of `texts` are dates, or None.

    ISO 8601 is preferred, then the format that reads most; where month and day could be either, the month is first,
    as in the United States, unless a day above 12 tells otherwise.

    Parameters
    ----------
    texts : pandas.Series
        A sample of the column without missing values.

    Returns
    -------
    text_format : str or None
        ``"ISO8601"`` or a format of ``strptime``.

    Examples
    --------
    >>> import pandas as pd
    >>> sniff_date_format(pd.Series(["3/4/2021", "25/4/2021"]))
    '%d/%m/%Y'
    >>> sniff_date_format(pd.Series(["2021-03-04 10:00", "2021-03-05 11:30"]))
    'ISO8601'
    >>> sniff_date_format(pd.Series(["red", "blue"])) is None
    True
    """
    few = texts.iloc[:20]
    if not len(few) or sum(bool(_LIKE_A_DATE.match(text)) for text in few) < READABLE_SHARE * len(few):
        return None
    if _share_read(texts, "ISO8601") >= READABLE_SHARE:
        return "ISO8601"
    best, best_share = None, 0.0
    for day in _DAYS:
        for time in _TIMES:
            text_format = day + time
            # Two dozen values dismiss most formats; the whole sample tells 3/4 from 4/3.
            if _share_read(few, text_format) < 0.4:
                continue
            share = _share_read(texts, text_format)
            if share > best_share:
                best, best_share = text_format, share
    return best if best_share >= READABLE_SHARE else None


def _share_read(texts: pd.Series[Any], text_format: str) -> float:
    import pandas as pd

    read = pd.to_datetime(texts.str.strip(), format=text_format, errors="coerce", utc=True)
    return float(np.mean(read.notna().to_numpy()))
