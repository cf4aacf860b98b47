"""What a verb may be told: declared once, read by the parser, the help page and the completion."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from keyword import iskeyword
from typing import TYPE_CHECKING, Any, Protocol

from lepton_jupyter.events.quantities import Budget
from lepton_jupyter.exceptions.budget_errors import UnpricedBudgetError
from lepton_jupyter.exceptions.magic_errors import MagicUsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class Reader(Protocol):
    """Turns the text given to an option into its value, or says in one sentence why it cannot."""

    def __call__(self, text: str, option: str) -> Any:
        """Value of `text`, given to `option`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One ``--option`` of a verb.

    Parameters
    ----------
    name : str
        As typed, with both hyphens.
    field : str
        Field of the request that it fills.
    placeholder : str
        What stands for its value in the help; empty for a flag.
    meaning : str
        One line for the help.
    read : Reader
        How its text becomes a value.
    many : bool
        Whether the value is a comma list.
    expression : bool
        Whether the value is kept as typed, because it is an expression of the notebook.
    flag_value : object
        What a flag puts in its field.
    required : bool
    suggests : str
        What completion offers as values: a kind known to `completion`, or one of the words separated by blanks.
    excludes : tuple of str
        Options that cannot stand beside it.
    remedy : str
        Said after the sentence about a missing value, where the placeholder is not enough.
    """

    name: str
    field: str
    placeholder: str = ""
    meaning: str
    read: Reader | None = None
    many: bool = False
    expression: bool = False
    flag_value: object = True
    required: bool = False
    suggests: str = ""
    excludes: tuple[str, ...] = ()
    remedy: str = ""

    @property
    def takes_value(self) -> bool:
        """Whether a value follows it."""
        return bool(self.placeholder)

    @property
    def usage(self) -> str:
        """The option as written in a usage line, with its value."""
        return f"{self.name} {self.placeholder}" if self.takes_value else self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """One word of a verb that has its place instead of a name.

    Parameters
    ----------
    field : str
        Field of the request that it fills.
    placeholder : str
        What stands for it in the help.
    meaning : str
        How a person calls it: "a data frame".
    required : bool
    expression : bool
        Whether the text is kept as typed, because it is an expression of the notebook.
    suggests : str
        As for `Option`.
    instead : str
        Name of the option that may stand in its place, and then excludes it.
    many : bool
        Whether several words may stand one after the other: its field is then a tuple of them. Of the last one only.
    """

    field: str
    placeholder: str
    meaning: str
    required: bool = False
    expression: bool = False
    suggests: str = ""
    instead: str = ""
    many: bool = False

    @property
    def usage(self) -> str:
        """The argument as written in a usage line."""
        word = f"{self.placeholder} …" if self.many else self.placeholder
        return word if self.required else f"[{word}]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """One verb of ``%lepton``: what it does, what it takes and how it is used.

    Parameters
    ----------
    name : str
    summary : str
        One line for the table of verbs.
    request : callable
        Builds the frozen request from fields by name.
    arguments : tuple of Argument
    options : tuple of Option
    examples : tuple of str
        Whole lines; the first one closes the errors about what is missing.
    body_stands_for : str or None
        What the body of a cell stands for on its line, such as an option; None where there is no cell magic. The
        request then has the fields `body` and `result_name`.
    """

    name: str
    summary: str
    request: Callable[..., Any]
    arguments: tuple[Argument, ...] = ()
    options: tuple[Option, ...] = ()
    examples: tuple[str, ...]
    body_stands_for: str | None = None

    def option(self, name: str) -> Option | None:
        """Option called `name`, or None."""
        return next((each for each in self.options if each.name == name), None)

    @property
    def usage(self) -> str:
        """The verb with all it takes, in one line."""
        words = ["%lepton", self.name]
        words += [each.usage for each in self.arguments]
        words += [each.usage if each.required else f"[{each.usage}]" for each in self.options]
        return " ".join(words)


def read_text(text: str, option: str) -> str:
    """Text as it is; empty text is refused.

    Raises
    ------
    MagicUsageError
        If the text is blank.
    """
    if not text.strip():
        raise MagicUsageError.from_empty_value(option)
    return text


def read_name(text: str, option: str) -> str:
    """Name of a variable.

    Raises
    ------
    MagicUsageError
        If Python would not take it.
    """
    if not text.isidentifier() or iskeyword(text):
        raise MagicUsageError.from_no_name(option, text)
    return text


def read_budget(text: str, option: str) -> str:
    """Budget, checked and kept as typed, since that is how a run shows it.

    Raises
    ------
    InvalidBudgetError
        If the text is not a budget.
    """
    del option
    with suppress(UnpricedBudgetError):  # the price stands beside it, or in the configuration
        Budget.parse(text)
    return text


def checked_by(parse: Callable[[str], object]) -> Reader:
    """Reader that keeps a text as typed, once a parser has taken it.

    Parameters
    ----------
    parse : callable
        Raises what is to be said of a text that it does not take.

    Returns
    -------
    read : Reader

    Examples
    --------
    >>> from lepton_jupyter.events.quantities import parse_duration
    >>> checked_by(parse_duration)("30d", "--older")
    '30d'
    """

    def read(text: str, option: str) -> str:
        del option
        parse(text)
        return text

    return read


def one_of(choices: Iterable[str]) -> Reader:
    """Reader that knows a few words.

    Parameters
    ----------
    choices : iterable of str

    Returns
    -------
    read : Reader
        Raises `MagicUsageError` for another word.

    Examples
    --------
    >>> one_of(["best", "all"])("best", "--keep-models")
    'best'
    """
    words = tuple(choices)

    def read(text: str, option: str) -> str:
        if text not in words:
            raise MagicUsageError.from_invalid_choice(option, text, words)
        return text

    return read


def whole_number(least: int) -> Reader:
    """Reader of whole numbers.

    Parameters
    ----------
    least : int
        The smallest that makes sense.

    Returns
    -------
    read : Reader
        Raises `MagicUsageError` for anything else.

    Examples
    --------
    >>> whole_number(2)("5", "--folds")
    5
    """

    def read(text: str, option: str) -> int:
        # int() alone would also take "1_000" and " 5 "; isdecimal alone would take "５", which int() reads as well.
        number = int(text) if text.isdecimal() else None
        if number is None or number < least:
            raise MagicUsageError.from_invalid_integer(option, text, least)
        return number

    return read
