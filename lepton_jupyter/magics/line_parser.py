"""From a magic line to a request: tokens are given to the arguments and options that a verb declares.

Own code instead of `argparse`, whose values may not begin with a hyphen once their quotes are gone, whose messages are
several lines and name no nearest option, and whose declarations the completion could not read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lepton_jupyter.exceptions.magic_errors import MagicUsageError
from lepton_jupyter.magics.form_request import FormRequest
from lepton_jupyter.magics.help_verb import HelpRequest
from lepton_jupyter.magics.tokens import Token, split_line
from lepton_jupyter.magics.value_expansion import expand_list, expand_value
from lepton_jupyter.magics.verb_options import Argument, Option, Verb, read_text
from lepton_jupyter.magics.verbs import find_verb

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lepton_jupyter.magics.request import Request

_HELP_OPTIONS = frozenset({"-h", "--help"})
_OPERATORS = frozenset({"+", "-", "*", "/", "//", "%", "@", "**", "==", "!=", "<", ">", "<=", ">=", "&", "|", "^", "~",
                        "and", "or", "not", "in", "is", "if", "=", ":="})  # fmt: skip


@dataclass(frozen=True, slots=True)
class ParsedLine:
    """A line that was understood.

    Parameters
    ----------
    request : Request
    silent : bool
        Whether it ends in a semicolon: what it returns should not be shown.
    """

    request: Request
    silent: bool


def parse_line(line: str, names: Mapping[str, Any] | None = None) -> ParsedLine:
    """Understand a whole magic line.

    Parameters
    ----------
    line : str
        What follows ``%lepton``; an empty line asks for the form.
    names : mapping, optional
        The names of the notebook, for ``{variable}`` and ``$variable`` in values.

    Returns
    -------
    parsed : ParsedLine

    Raises
    ------
    MagicUsageError
        If it cannot be understood; one sentence says what to type instead.
    InvalidBudgetError, InvalidQuantityError
        If a budget or a duration cannot be read.

    Examples
    --------
    >>> parse_line("stop --run churn-1;")
    ParsedLine(request=StopRequest(run='churn-1'), silent=True)
    """
    scan = split_line(line)
    if not scan.tokens:
        return ParsedLine(FormRequest(), scan.silent)
    first, *rest = scan.tokens
    if first.text in _HELP_OPTIONS:
        return ParsedLine(HelpRequest(), scan.silent)
    if not rest and first.text.endswith("?"):
        return ParsedLine(HelpRequest(verb=find_verb(first.text.rstrip("?")).name), scan.silent)
    verb = find_verb(first.value)
    if any(token.text in _HELP_OPTIONS for token in rest):
        return ParsedLine(HelpRequest(verb=verb.name), scan.silent)
    return ParsedLine(_LineReader(verb, rest, names or {}).read(), scan.silent)


@dataclass(slots=True)
class _LineReader:
    """Hands the tokens of one line to the declarations of its verb."""

    verb: Verb
    tokens: list[Token]
    names: Mapping[str, Any]
    fields: dict[str, Any] = field(default_factory=dict)
    given: dict[str, Option] = field(default_factory=dict)
    words: int = 0
    last_option: str | None = None  # the option whose value was read just before, if any

    def read(self) -> Request:
        while self.tokens:
            token = self.tokens.pop(0)
            if _is_option(token):
                self._read_option(token.text)
            else:
                self._read_word(token)
                self.last_option = None
        self._refuse_what_is_missing()
        request: Request = self.verb.request(**self.fields)
        return request

    def _read_option(self, text: str) -> None:
        name, equals, attached = text.partition("=")
        option = self._declared(name)
        self._refuse_conflicts(option)
        self.given[name] = option
        if not option.takes_value:
            if equals:
                raise MagicUsageError.from_needless_value(name, attached)
            self.fields[option.field] = option.flag_value
            self.last_option = None
            return
        self.fields[option.field] = self._value_of(option, attached if equals else self._next_text(option))
        self.last_option = name

    def _declared(self, name: str) -> Option:
        option = self.verb.option(name)
        if option is None:
            known = [each.name for each in self.verb.options]
            raise MagicUsageError.from_unknown_option(name, self.verb.name, known)
        return option

    def _refuse_conflicts(self, option: Option) -> None:
        if option.name in self.given:
            raise MagicUsageError.from_repeated_option(option.name)
        for other in self.given.values():
            # Two options of one field would overwrite each other unseen.
            if other.name in option.excludes or other.field == option.field:
                raise MagicUsageError.from_conflict(other.name, option.name)
        if option.field in self.fields:
            raise MagicUsageError.from_conflict(repr(self.fields[option.field]), option.name)

    def _next_text(self, option: Option) -> str:
        if not self.tokens or _is_option(self.tokens[0]):
            raise MagicUsageError.from_missing_value(option.name, option.placeholder, option.remedy)
        text = self.tokens.pop(0).text
        while option.many and self.tokens and (text.endswith(",") or self.tokens[0].text.startswith(",")):
            if _is_option(self.tokens[0]):
                break
            text += self.tokens.pop(0).text  # somebody wrote a blank after a comma
        return text

    def _value_of(self, option: Option, text: str) -> Any:
        if not text:
            raise MagicUsageError.from_missing_value(option.name, option.placeholder, option.remedy)
        if option.expression:
            return text
        read = option.read or read_text
        if option.many:
            return tuple(read(each, option.name) for each in expand_list(text, self.names))
        return read(expand_value(text, self.names), option.name)

    def _read_word(self, token: Token) -> None:
        if re.match(r"-[^\W\d]", token.text):
            self._declared(token.text)  # one hyphen where two are needed
        if self.words >= len(self.verb.arguments):
            self._read_further_word(token)
            return
        argument = self.verb.arguments[self.words]
        self.words += 1
        if argument.instead and argument.instead == self.last_option:
            self._refuse_left_over(token)
        if argument.field in self.fields:
            given = next(each.name for each in self.given.values() if each.field == argument.field)
            raise MagicUsageError.from_conflict(given, repr(token.text))
        text = self._text_of(argument, token)
        self.fields[argument.field] = (text,) if argument.many else text

    def _read_further_word(self, token: Token) -> None:
        argument = self.verb.arguments[-1] if self.verb.arguments else None
        # Behind the value of an option it is rather a part of that, which lacks its quotes.
        if argument is None or not argument.many or self.last_option is not None or token.text in _OPERATORS:
            self._refuse_left_over(token)
        else:
            self.fields[argument.field] += (self._text_of(argument, token),)

    def _text_of(self, argument: Argument, token: Token) -> str:
        if argument.expression:
            return token.text
        return read_text(expand_value(token.text, self.names), argument.placeholder)

    def _refuse_left_over(self, token: Token) -> None:
        if token.text in _OPERATORS and self.words and self.verb.arguments[self.words - 1].expression:
            typed = self.fields[self.verb.arguments[self.words - 1].field]
            raise MagicUsageError.from_operator(f"{typed[-1] if isinstance(typed, tuple) else typed} {token.text} …")
        raise MagicUsageError.from_left_over(self.verb.name, token.text, self.last_option)

    def _refuse_what_is_missing(self) -> None:
        for argument in self.verb.arguments:
            if argument.instead in self.given:
                if argument.field in self.fields:
                    raise MagicUsageError.from_conflict(repr(self.fields[argument.field]), argument.instead)
            elif argument.required and argument.field not in self.fields:
                raise MagicUsageError.from_missing_argument(self.verb.name, argument.meaning, self.verb.examples[0])
        for option in self.verb.options:
            if option.required and option.field not in self.fields:
                raise MagicUsageError.from_missing_option(self.verb.name, option.usage, self.verb.examples[0])


def _is_option(token: Token) -> bool:
    # A quoted value may begin with hyphens, and a single hyphen may be a minus: --budget -5s deserves its own sentence.
    return token.text.startswith("--") or token.text in _HELP_OPTIONS
