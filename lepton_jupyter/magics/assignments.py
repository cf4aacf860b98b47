"""Values that are given by name in one option, such as ``--monotone age=+1,income=-1``."""

from __future__ import annotations

from lepton_jupyter.exceptions.magic_errors import MagicUsageError
from lepton_jupyter.magics.tokens import split_list, unquote

_SIGNS = {"+1": 1, "1": 1, "-1": -1}


def read_assignments(text: str, option: str) -> dict[str, str]:
    """Values by name, both as text.

    Parameters
    ----------
    text : str
        ``name=value`` pairs in a comma list; a name that holds a comma or an equals sign goes in quotes.
    option : str
        For messages.

    Returns
    -------
    values : dict of str to str

    Raises
    ------
    MagicUsageError
        If a pair has no name or no value, or a name comes twice.

    Examples
    --------
    >>> read_assignments('age=+1,"total, net"=-1', "--monotone")
    {'age': '+1', 'total, net': '-1'}
    """
    found: dict[str, str] = {}
    for piece in split_list(text):
        name, equals, value = piece.rpartition("=")
        name, value = unquote(name.strip()), value.strip()
        if not (name and equals and value):
            raise MagicUsageError.from_no_assignment(option, piece.strip())
        if name in found:
            raise MagicUsageError.from_second_assignment(option, name)
        found[name] = value
    return found


def read_numbers_by_name(text: str, option: str) -> dict[str, float]:
    """Numbers by name.

    Raises
    ------
    MagicUsageError
        As for `read_assignments`, or if a value is no number.

    Examples
    --------
    >>> read_numbers_by_name("yes=5,no=.5", "--class-weight")
    {'yes': 5.0, 'no': 0.5}
    """
    found = {}
    for name, value in read_assignments(text, option).items():
        try:
            found[name] = float(value)
        except ValueError:
            raise MagicUsageError.from_no_number(option, name, value) from None
    return found


def read_signs_by_name(text: str, option: str) -> dict[str, int]:
    """Directions by name: 1 or -1.

    Raises
    ------
    MagicUsageError
        As for `read_assignments`, or if a value is neither.

    Examples
    --------
    >>> read_signs_by_name("age=+1,income=-1", "--monotone")
    {'age': 1, 'income': -1}
    """
    found = {}
    for name, value in read_assignments(text, option).items():
        if value not in _SIGNS:
            raise MagicUsageError.from_no_sign(option, name, value)
        found[name] = _SIGNS[value]
    return found
