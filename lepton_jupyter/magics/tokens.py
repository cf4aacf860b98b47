"""A magic line as tokens: split on blanks outside brackets and quotes, everything else kept as typed.

Neither shell rules nor Python's fit: `shlex` tears ``df[df.x > 0]`` apart and eats the backslashes of Windows paths.
Quotes follow the rule of Windows command lines, which suits both expressions and paths: a backslash stands for itself
unless it stands before a quote of the kind that is open.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lepton_jupyter.exceptions.magic_errors import MagicUsageError

_CLOSERS = {"(": ")", "[": "]", "{": "}"}
_QUOTES = "\"'"
_TYPOGRAPHIC = "“”„‘’«»–—"
_PLAIN = re.compile(r"[^\s\"'()\[\]{};,#$“”„‘’«»–—-][^\s\"'()\[\]{};,$]*")


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a magic line.

    Parameters
    ----------
    text : str
        As typed, quotes and all.
    start : int
        Where it begins in the line.
    """

    text: str
    start: int

    @property
    def quoted(self) -> bool:
        """Whether the whole token is one quoted string."""
        return _is_quoted(self.text)

    @property
    def value(self) -> str:
        """What is meant: the text without the quotes around it."""
        return unquote(self.text)


@dataclass(frozen=True, slots=True)
class Scan:
    """What a line, whole or half typed, was found to consist of.

    Parameters
    ----------
    tokens : tuple of Token
    open_marks : tuple of (str, int)
        Brackets and the quote that are still open at the end, and where they stand.
    ends_in_blank : bool
        Whether the next character would begin a new token.
    silent : bool
        Whether the line ends in a semicolon, which asks for no output.
    """

    tokens: tuple[Token, ...]
    open_marks: tuple[tuple[str, int], ...]
    ends_in_blank: bool
    silent: bool


class _Scanner:
    """Walks over a line once; lenient, since completion reads lines that are not finished."""

    def __init__(self, line: str) -> None:
        self.line = line
        self.marks: list[tuple[str, int]] = []
        self.tokens: list[Token] = []
        self.start: int | None = None
        self.silent = False

    def scan(self) -> Scan:
        for place, character in enumerate(self.line):
            if self.marks and self.marks[-1][0] in _QUOTES:
                self._within_quotes(place, character)
            elif character.isspace() and not self.marks:
                self._end_token(place)
            elif character == "#" and not self.marks and self.start is None:
                break
            elif character == ";" and not self.marks and self._ends_command(place):
                self._end_token(place)
                self.silent = True
                break
            else:
                self._within_token(place, character)
        else:
            ends_in_blank = self.start is None
            self._end_token(len(self.line))
            return self._result(ends_in_blank=ends_in_blank)
        return self._result(ends_in_blank=True)

    def _within_quotes(self, place: int, character: str) -> None:
        if character == self.marks[-1][0] and _backslashes_before(self.line, place) % 2 == 0:
            self.marks.pop()

    def _within_token(self, place: int, character: str) -> None:
        if self.start is None:
            self.start = place
        if character in _QUOTES or character in _CLOSERS:
            self.marks.append((character, place))
        elif character in _CLOSERS.values():
            if not self.marks or _CLOSERS[self.marks[-1][0]] != character:
                raise MagicUsageError.from_stray_bracket(character, self.line[:place])
            self.marks.pop()

    def _ends_command(self, place: int) -> bool:
        rest = self.line[place + 1 :].strip(" \t\r\n;")
        if not rest or rest.startswith("#"):
            return True
        if self.line[place + 1].isspace():
            raise MagicUsageError.from_second_command(rest)
        return False  # part of a path or of a name

    def _end_token(self, place: int) -> None:
        if self.start is not None:
            self.tokens.append(Token(self.line[self.start : place], self.start))
            self.start = None

    def _result(self, *, ends_in_blank: bool) -> Scan:
        return Scan(tuple(self.tokens), tuple(self.marks), ends_in_blank and not self.marks, self.silent)


def scan_line(line: str) -> Scan:
    """Tokens of a line that may not be finished, as while somebody types.

    Parameters
    ----------
    line : str
        What follows ``%lepton``.

    Returns
    -------
    scan : Scan

    Raises
    ------
    MagicUsageError
        If a bracket closes nothing, or a second command follows a semicolon.

    Examples
    --------
    >>> scan_line('fit df --target "total pr').open_marks
    (('"', 16),)
    """
    return _Scanner(line).scan()


def split_line(line: str) -> Scan:
    r"""Tokens of a whole line.

    Parameters
    ----------
    line : str
        What follows ``%lepton``; a comment at the end and a closing semicolon are left out of the tokens.

    Returns
    -------
    scan : Scan

    Raises
    ------
    MagicUsageError
        If a quote or bracket is never closed, a bracket closes nothing, a second command follows a semicolon, or a
        token begins with a curly quote or a long dash.

    Examples
    --------
    >>> [token.text for token in split_line('fit df[df.x > 0] --target "total price"  # try').tokens]
    ['fit', 'df[df.x > 0]', '--target', '"total price"']
    >>> [token.text for token in split_line(r"fit C:\data\new.csv").tokens]
    ['fit', 'C:\\data\\new.csv']
    >>> split_line("runs;").silent
    True
    """
    scan = scan_line(line)
    if scan.open_marks:
        # An open quote swallows what follows, so it is the one to name; among brackets it is the innermost.
        mark, place = scan.open_marks[-1]
        raise MagicUsageError.from_unclosed(mark, line[place + 1 :])
    for token in scan.tokens:
        if token.text[0] in _TYPOGRAPHIC:
            raise MagicUsageError.from_typographic_mark(token.text)
    return scan


def split_list(text: str) -> tuple[str, ...]:
    """Pieces of a comma list, as typed; commas within quotes and brackets do not split.

    Parameters
    ----------
    text : str

    Returns
    -------
    pieces : tuple of str
        Quotes are kept; a quote that is still open lasts to the end.

    Examples
    --------
    >>> split_list('a,"b, c",d')
    ('a', '"b, c"', 'd')
    """
    pieces = [""]
    quote = ""
    depth = 0
    for place, character in enumerate(text):
        if quote:
            if character == quote and _backslashes_before(text, place) % 2 == 0:
                quote = ""
        elif character in _QUOTES:
            quote = character
        elif character in _CLOSERS:
            depth += 1
        elif character in _CLOSERS.values():
            depth -= 1
        elif character == "," and depth == 0:
            pieces.append("")
            continue
        pieces[-1] += character
    return tuple(pieces)


def quote(value: str, mark: str = "") -> str:
    r"""`value` as it must be typed to be read back as one token, in quotes where it needs them.

    Parameters
    ----------
    value : str
    mark : {"", '"', "'"}, default=""
        Quote to write in any case; empty to choose.

    Returns
    -------
    text : str

    Examples
    --------
    >>> print(quote("churn"), quote("total price"), quote('12" pipe'))
    churn "total price" '12" pipe'
    """
    # At the end of a line IPython reads a backslash as "goes on" and a question mark as "help".
    if not mark and _PLAIN.fullmatch(value) and not value.endswith(("\\", "?")):
        return value
    mark = mark or ("'" if '"' in value and "'" not in value else '"')
    # Backslashes before a quote, or before the closing one, are doubled; all others stand for themselves.
    escaped = re.sub(rf"(\\*)({mark}|\Z)", lambda found: found[1] * 2 + (f"\\{mark}" if found[2] else ""), value)
    return f"{mark}{escaped}{mark}"


def unquote(text: str) -> str:
    r"""What a token means: itself, or what stands between its quotes.

    Parameters
    ----------
    text : str

    Returns
    -------
    value : str

    Examples
    --------
    >>> unquote('"total price"'), unquote("churn")
    ('total price', 'churn')
    """
    if not _is_quoted(text):
        return text
    mark, inside = text[0], text[1:-1]
    return re.sub(
        rf"(\\+)({mark}|\Z)",
        lambda found: found[1][: len(found[1]) // 2] + found[2],
        inside,
    )


def _is_quoted(text: str) -> bool:
    if len(text) < 2 or text[0] not in _QUOTES:
        return False
    ends = (
        place for place in range(1, len(text)) if text[place] == text[0] and _backslashes_before(text, place) % 2 == 0
    )
    return next(ends, None) == len(text) - 1


def _backslashes_before(text: str, place: int) -> int:
    before = text[:place]
    return len(before) - len(before.rstrip("\\"))
