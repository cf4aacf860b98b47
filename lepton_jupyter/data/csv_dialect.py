r"""The dialect of a file of separated values, found from how it begins.

The idea is that of van den Burg, Nazábal, Sutton, "Wrangling messy CSV files by detecting row and type patterns", Data
Mining and Knowledge Discovery 33:1799–1820, 2019: the right separator is the one under which the rows have the same
length and the cells are of clean types. Python's `csv` module does the splitting; `csv.Sniffer` looks at characters
alone and takes ``1,5;2,5`` for four columns.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

#: Rows by which separators are compared, and by which the header and the decimal mark are found.
_ROWS = 400
_MORE_ROWS = 2_000
#: Lines above the header that are passed over, such as the title of a report.
_MOST_ABOVE = 20
#: What is tried; blanks come after all others.
SEPARATORS = (",", ";", "\t", "|")
_NAMED = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars", r"\s+": "blanks", "^": "carets"}
_PLAIN_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?%?")
_COMMA_NUMBER = re.compile(r"[+-]?(\d+|\d{1,3}(\.\d{3})+),\d+")
_POINT_FRACTION = re.compile(r"[+-]?\d*\.\d+([eE][+-]?\d+)?")
_GROUPED_BY_POINT = re.compile(r"[+-]?\d{1,3}(\.\d{3})+(,\d+)?")
_GROUPED_BY_COMMA = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_DATE_LIKE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T]\d{1,2}:\d{2}.*)?|\d{1,2}:\d{2}(:\d{2})?")
_YEAR = re.compile(r"(19|20|21)\d\d")
_MISSING = frozenset({"", "na", "n/a", "nan", "null", "none", "-", "?"})


@dataclass(frozen=True, slots=True)
class CsvDialect:
    r"""How the values of a text file are separated.

    Parameters
    ----------
    separator : str
        One character, or ``\s+`` for columns that are aligned by blanks.
    quote : str
    decimal, thousands : str
        Thousands are empty where digits are not grouped.
    names : tuple of str
        Names of the columns; made where the file has no header.
    header : bool
    lines_before : int
        Lines of the file before the first row of values.
    n_above : int
        How many of them stand above the header.
    spaced : bool
        Whether blanks follow the separators, before quotes too.
    renamed : tuple of str
        Names that the file gives twice or not at all, as they are now.
    """

    separator: str
    names: tuple[str, ...]
    quote: str = '"'
    decimal: str = "."
    thousands: str = ""
    header: bool = True
    lines_before: int = 1
    n_above: int = 0
    spaced: bool = False
    renamed: tuple[str, ...] = ()

    def described(self, encoding: str) -> tuple[str, ...]:
        """What of it a person would not expect, as words for a sentence."""
        words = []
        plain = encoding.replace("-sig", "")
        if plain != "utf-8":
            words.append(f"text in {plain}")
        if self.separator != "," and len(self.names) > 1:
            words.append(f"separated by {_NAMED.get(self.separator, repr(self.separator))}")
        if self.quote != '"':
            words.append(f"quotes {self.quote}")
        if self.decimal != ".":
            words.append("decimal commas")
        if self.thousands:
            words.append(f"{self.thousands!r} between thousands")
        if not self.header:
            words.append(f"no header (its columns are {_listed(self.names)})")
        if self.n_above:
            words.append(f"{self.n_above} line{'s' if self.n_above > 1 else ''} above the header passed over")
        if self.renamed:
            words.append(f"columns without a name of their own are called {_listed(self.renamed)}")
        return tuple(words)


def find_dialect(text: str, *, tab_first: bool = False) -> CsvDialect | None:
    r"""The dialect of a text.

    Parameters
    ----------
    text : str
        How the file begins, cut at the end of a line.
    tab_first : bool, default=False
        Whether the file's name promises tabs, which decides where nothing else does.

    Returns
    -------
    dialect : CsvDialect or None
        None if there is no line with anything in it.

    Examples
    --------
    >>> dialect = find_dialect("Preis;Ort\n1,5;Ulm\n2,25;Bonn, Süd\n")
    >>> dialect.separator, dialect.decimal, dialect.names
    (';', ',', ('Preis', 'Ort'))
    """
    if not text.strip():
        return None
    told = re.match(r"sep=(.)\r?\n", text)  # Excel's own way to say it
    if told:
        separator, quote = told[1], '"'
        rows = split_rows(text, separator, quote, limit=_MORE_ROWS)[1:]
        return _from_rows(text, rows, separator, quote, n_told=1)
    separator, quote = _best_separator(text, tab_first=tab_first)
    return _from_rows(text, split_rows(text, separator, quote, limit=_MORE_ROWS), separator, quote)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a text, and the line in which it ends, counted from one."""

    cells: list[str]
    last_line: int


def split_rows(text: str, separator: str, quote: str, *, limit: int) -> list[Row]:
    """Rows of a text that are not blank.

    Parameters
    ----------
    text : str
    separator, quote : str
    limit : int
        Most rows.

    Returns
    -------
    rows : list of Row
    """
    if separator == r"\s+":
        lines = text.splitlines()[:limit]
        return [Row(line.split(), place) for place, line in enumerate(lines, start=1) if line.strip()]
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=separator, quotechar=quote, skipinitialspace=f"{separator} " in text
    )
    rows: list[Row] = []
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append(Row(cells, reader.line_num))
                if len(rows) >= limit:
                    break
    except csv.Error:  # a cell of more than 128 kB: a quote that never closes
        pass
    return rows


def _best_separator(text: str, *, tab_first: bool) -> tuple[str, str]:
    head = text[:200_000]
    order = ("\t", *SEPARATORS) if tab_first else SEPARATORS
    quotes = ['"'] if not re.search(r"(?m)(^|[,;\t|])'[^'\n]*'([,;\t|\r\n])", head) else ['"', "'"]
    best, chosen = 0.0, (",", '"')
    for separator in order:
        for quote in quotes:
            score = _score([row.cells for row in split_rows(head, separator, quote, limit=_ROWS)])
            if score > best * 1.001:
                best, chosen = score, (separator, quote)
    if best < 0.3:
        rows = [row.cells for row in split_rows(head, r"\s+", '"', limit=_ROWS)]
        # Words of one column of text have blanks between them too: only a table has as many in every line.
        if len(rows) > 1 and len({len(cells) for cells in rows}) == 1 and len(rows[0]) > 1:
            return r"\s+", '"'
    return chosen


def _score(rows: Sequence[list[str]]) -> float:
    if not rows:
        return 0.0
    counts = Counter(len(cells) for cells in rows)
    width = max(counts, key=lambda each: (counts[each], each))
    if width == 1:
        return 0.0
    begins = next((place for place, cells in enumerate(rows) if len(cells) == width), 0)
    above = sum(len(cells) != width for cells in rows[:begins])
    share = counts[width] / max(1, len(rows) - min(above, _MOST_ABOVE))
    regular = min(1.0, share) ** 4 * (1.0 if begins == 0 else 0.2)
    cells = [cell for row in rows if len(row) == width for cell in row][:4000]
    clean = sum(_is_clean(cell) for cell in cells) / len(cells)
    return regular * (0.2 + 0.8 * clean) * (1 - 1 / (width + 1))


def _is_clean(cell: str) -> bool:
    stripped = cell.strip()
    if not stripped or _PLAIN_NUMBER.fullmatch(stripped) or _COMMA_NUMBER.fullmatch(stripped):
        return True
    return bool(_DATE_LIKE.fullmatch(stripped)) or not any(mark in stripped for mark in SEPARATORS)


def _from_rows(text: str, rows: list[Row], separator: str, quote: str, *, n_told: int = 0) -> CsvDialect | None:
    if not rows:
        return None
    width = Counter(len(row.cells) for row in rows).most_common(1)[0][0]
    above = 0
    if width > 1:
        begins = next(place for place, row in enumerate(rows) if len(row.cells) == width)
        if begins <= _MOST_ABOVE and all(len(row.cells) < width for row in rows[:begins]):
            above = begins
    first, below = rows[above], [row.cells for row in rows[above + 1 :] if len(row.cells) == width]
    header = _is_header([cell.strip() for cell in first.cells], below)
    names, renamed = (
        unique_names(first.cells) if header else (tuple(f"x{place}" for place in range(len(first.cells))), ())
    )
    decimal, thousands = _marks(below if header else [first.cells, *below], separator)
    lines_above = rows[above - 1].last_line if above else n_told
    return CsvDialect(
        separator=separator,
        names=names,
        quote=quote,
        decimal=decimal,
        thousands=thousands,
        header=header,
        lines_before=first.last_line if header else lines_above,
        n_above=above,
        spaced=separator not in {" ", r"\s+"} and f'{separator} {quote}' in text,
        renamed=renamed,
    )  # fmt: skip


def _is_header(first: Sequence[str], below: Sequence[list[str]]) -> bool:
    if not below:
        return not any(_is_number(cell) for cell in first)
    numbers = [place for place, cell in enumerate(first) if _is_number(cell)]
    if not numbers:
        return True
    # The years of a wide table are names, though they are numbers.
    if len(numbers) < len(first) or len(first) == 1:
        years = [first[place] for place in numbers]
        if all(_YEAR.fullmatch(year) for year in years) and len(set(years)) == len(years) and len(years) < len(first):
            return True
    return not any(
        sum(place < len(cells) and _is_number(cells[place].strip()) for cells in below) > 0.8 * len(below)
        for place in numbers
    )  # fmt: skip


def _is_number(cell: str) -> bool:
    return bool(_PLAIN_NUMBER.fullmatch(cell) or _COMMA_NUMBER.fullmatch(cell))


def unique_names(cells: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names that are unique, as pandas makes them: blanks are counted, twins numbered."""
    taken: set[str] = {cell.strip() for cell in cells}
    seen: set[str] = set()
    names, renamed = [], []
    for place, cell in enumerate(cells):
        name = wished = cell.strip() or f"Unnamed: {place}"
        number = 0
        while name in seen or (number and name in taken):
            number += 1
            name = f"{wished}.{number}"
        seen.add(name)
        if name != cell.strip():
            renamed.append(name)
        names.append(name)
    return tuple(names), tuple(renamed)


def _marks(rows: Sequence[list[str]], separator: str) -> tuple[str, str]:
    """Decimal mark and the mark between thousands."""
    columns = [[cell for each in column if (cell := each.strip()).lower() not in _MISSING]
               for column in zip(*rows, strict=False)]  # fmt: skip
    numeric = [cells for cells in columns if cells and all(_looks_numeric(cell) for cell in cells)]
    commas = [cells for cells in numeric if any("," in cell for cell in cells)]
    if not commas:
        return ".", ""
    grouped = [cells for cells in commas if all(_GROUPED_BY_COMMA.fullmatch(cell) for cell in cells if "," in cell)]
    point_fractions = any(_POINT_FRACTION.fullmatch(cell) for cells in numeric for cell in cells)
    sure = any(cell.count(",") > 1 or re.search(r",\d{3}\.", cell) for cells in grouped for cell in cells)
    if len(grouped) == len(commas) and (sure or point_fractions or separator == ","):
        return ".", ","
    if point_fractions and not any(_GROUPED_BY_POINT.fullmatch(c) for cells in numeric for c in cells if "." in c):
        return ".", ""  # both marks among the columns: those with commas are read as text, and as numbers later
    points = any("." in cell for cells in numeric for cell in cells)
    return ",", "." if points else ""


def _looks_numeric(cell: str) -> bool:
    patterns = (_PLAIN_NUMBER, _COMMA_NUMBER, _GROUPED_BY_COMMA, _GROUPED_BY_POINT)
    return any(pattern.fullmatch(cell) for pattern in patterns)


def _listed(names: Iterable[str], limit: int = 3) -> str:
    named = list(names)
    shown = ", ".join(named[:limit])
    return shown if len(named) <= limit else f"{shown}, …"
