"""A request written as the line that a person would type for it."""

from __future__ import annotations

import unicodedata
from dataclasses import MISSING, fields
from typing import TYPE_CHECKING, Any

from lepton_jupyter.magics.tokens import quote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lepton_jupyter.magics.request import Request
    from lepton_jupyter.magics.verb_options import Option, Verb


_UNWRITABLE = frozenset({"Cc", "Cs", "Zl", "Zp"})


def can_stand_in_line(text: str) -> bool:
    r"""Whether a text would neither end a line nor hold what no file and no page can.

    Examples
    --------
    >>> can_stand_in_line("total price"), can_stand_in_line("total\nprice")
    (True, False)
    """
    return not any(unicodedata.category(each) in _UNWRITABLE and each != "\t" for each in text)


def write_request(verb: Verb, request: Request) -> str:
    """What stands behind ``%lepton``; what is the default anyway is left out.

    Parameters
    ----------
    verb : Verb
        Whose options take texts or numbers.
    request : Request
        Of this verb.

    Returns
    -------
    line : str
        Whether it is read as it is meant is for the caller to find out: a value may hold what no line can.

    Examples
    --------
    >>> from lepton_jupyter.magics.prepare_verb import VERB, PrepareRequest
    >>> write_request(VERB, PrepareRequest(table=("df",), dry_run=True, without=("outliers", "total price:missing")))
    'prepare df --dry-run --without-step outliers,"total price:missing"'
    """
    return " ".join((verb.name, *_words(verb, request)))


def _words(verb: Verb, request: Request) -> Iterator[str]:
    defaults = {each.name: None if each.default is MISSING else each.default for each in fields(request)}
    for argument in verb.arguments:
        value = getattr(request, argument.field)
        texts = value if argument.many else (value,)
        yield from (text if argument.expression else quote(text) for text in texts if text)
    for option in verb.options:
        value = getattr(request, option.field)
        if value == defaults[option.field] or (not option.takes_value and value != option.flag_value):
            continue
        yield option.name
        if option.takes_value:
            yield _text_of(option, value)


def _text_of(option: Option, value: Any) -> str:
    if option.expression:
        return str(value)
    return ",".join(quote(str(each)) for each in value) if option.many else quote(str(value))
