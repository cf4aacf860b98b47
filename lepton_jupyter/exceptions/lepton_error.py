"""The root of all errors and warnings of the package, and the nearest-name hint they share."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class LeptonError(Exception):
    """Root of every error that lepton raises on purpose.

    Subclasses also inherit the built-in error a caller would expect (`ValueError`, `KeyError`, …). They are built
    by named constructors from the values at hand, so that the wording of all errors of one kind lives in one place.
    The message is the only argument: errors raised on a worker reach the notebook by pickle unchanged.

    Examples
    --------
    >>> str(LeptonError("Nothing to fit: the table has no rows."))
    'Nothing to fit: the table has no rows.'
    """

    # KeyError quotes its message when printed; every error here prints its sentence as it is.
    def __str__(self) -> str:
        return str(self.args[0]) if self.args else ""

    def _render_traceback_(self) -> list[str]:
        # IPython asks the error itself how to show it: a sentence is what helps here, not a wall of frames.
        return [f"{type(self).__name__}: {self}"]


class LeptonWarning(UserWarning):
    """Root of every warning that lepton gives."""


def shown(value: object) -> str:
    """A value as an error says it, cut where it is long.

    Examples
    --------
    >>> shown("soon"), shown("x" * 70)[-3:]
    ("'soon'", 'xx…')
    """
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Name in `known` that was probably meant by `name`, or None.

    Parameters
    ----------
    name : str
        What was typed.
    known : iterable of str
        The names that exist.

    Returns
    -------
    name : str or None
        The closest name by difflib's ratio, at least .6, letters' case ignored.

    Examples
    --------
    >>> nearest("chrun", ["churn", "tenure"])
    'churn'
    >>> nearest("colour", ["size"]) is None
    True
    """
    by_lower = {candidate.lower(): candidate for candidate in known}
    matches = get_close_matches(name.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[matches[0]] if matches else None


def did_you_mean(name: str, known: Iterable[str], *, limit: int = 6) -> str:
    """Closing words of an error about an unknown name: the nearest one, else the first few that exist.

    Parameters
    ----------
    name : str
        What was typed.
    known : iterable of str
        The names that exist.
    limit : int, default=6
        How many names are listed when none is near.

    Returns
    -------
    hint : str
        A sentence, or an empty string when nothing exists.

    Examples
    --------
    >>> did_you_mean("chrun", ["churn", "tenure"])
    "Did you mean 'churn'?"
    >>> did_you_mean("colour", ["size", "price"])
    "There are: 'size', 'price'."
    """
    names = list(known)
    if not names:
        return ""
    match = nearest(name, names)
    if match is not None:
        return f"Did you mean {match!r}?"
    listed = ", ".join(repr(each) for each in names[:limit])
    return f"There are: {listed}{', …' if len(names) > limit else ''}."
