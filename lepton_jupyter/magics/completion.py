"""What the Tab key offers after ``%lepton``: verbs, options, tables, files, columns, metrics, learners, runs.

It looks up names and evaluates nothing: pressing Tab must never run a person's code.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from lepton_jupyter.exceptions.magic_errors import MagicUsageError
from lepton_jupyter.magics.named_objects import connection_names, frame_names, is_frame, is_run
from lepton_jupyter.magics.path_completion import is_path_begun, paths
from lepton_jupyter.magics.tokens import Token, quote, scan_line, split_list, unquote
from lepton_jupyter.magics.verbs import VERBS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from lepton_jupyter.magics.verb_options import Option, Verb

#: More than this no page shows, and each costs time on its way there.
MAX_SUGGESTIONS = 200
_LINE = re.compile(r"\s*(?:[^%#'\"=]+=\s*)?%{1,2}lepton\s+(?P<rest>.*)", re.DOTALL)
_TYPES = {"verbs": "keyword", "frames": "instance", "tables": "instance", "columns": "property", "options": "param"}
_NEVER_QUOTED = frozenset({"verbs", "options", "frames", "tables", "connections"})

#: Kinds of names that only `notebook` knows, each with the function that lists them.
Vocabulary = dict[str, "Callable[[], Iterable[str]]"]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One thing that may be typed.

    Parameters
    ----------
    text : str
        Takes the place of the fragment.
    type : str
        What a page shows beside it.
    """

    text: str
    type: str


@dataclass(frozen=True, slots=True)
class Suggestions:
    """All that may be typed at the cursor.

    Parameters
    ----------
    fragment : str
        What is typed of it so far.
    items : tuple of Suggestion
        The most useful first, at most `MAX_SUGGESTIONS`.
    """

    fragment: str
    items: tuple[Suggestion, ...]


def text_after_magic(lines_before_cursor: str) -> str | None:
    r"""What is typed after ``%lepton`` in the line with the cursor, or None if that is another kind of line.

    Parameters
    ----------
    lines_before_cursor : str
        The cell up to the cursor.

    Returns
    -------
    text : str or None
        Lines that go on after a backslash count as one.

    Examples
    --------
    >>> text_after_magic("import math\nrun = %lepton fit d")
    'fit d'
    >>> text_after_magic("x = y %lepton") is None
    True
    """
    joined = re.sub(r"\\\n", " ", lines_before_cursor)
    found = _LINE.fullmatch(joined.rpartition("\n")[2])
    return found["rest"] if found else None


def suggest(text: str, names: Mapping[str, Any], vocabulary: Vocabulary, *, after: str = "") -> Suggestions | None:
    """What may be typed next.

    Parameters
    ----------
    text : str
        What follows ``%lepton``, up to the cursor.
    names : mapping
        The names of the notebook.
    vocabulary : dict of callable
        Lists metrics, learners and runs.
    after : str, default=""
        What follows the cursor: pages close quotes by themselves.

    Returns
    -------
    suggestions : Suggestions or None
        None where the cursor stands within an expression, which Python's own completion knows better.

    Examples
    --------
    >>> [item.text for item in suggest("fit df --ta", {}, {}).items]
    ['--target', '--task']
    """
    try:
        scan = scan_line(text)
    except MagicUsageError:
        return None
    if scan.silent or any(mark in "([{" for mark, _ in scan.open_marks):
        return None
    finished, fragment = list(scan.tokens), ""
    if finished and not scan.ends_in_blank:
        fragment = finished.pop().text
    return _Cursor(finished, fragment, names, vocabulary, after).suggestions()


class _Cursor:
    """The place of the cursor within a line: what stands before it, and so what may come."""

    def __init__(
        self, finished: list[Token], fragment: str, names: Mapping[str, Any], vocabulary: Vocabulary, after: str
    ) -> None:
        self.finished = finished
        self.fragment = fragment
        self.names = names
        self.vocabulary = vocabulary
        self.after = after
        self.values: dict[str, str] = {}  # text of the options given
        self.words: list[str] = []
        self.pending: Option | None = None  # the option whose value comes next

    def suggestions(self) -> Suggestions | None:
        if not self.finished:
            return self._offer("verbs", VERBS)
        verb = VERBS.get(self.finished[0].value)
        if verb is None:
            return None
        for token in self.finished[1:]:
            self._pass(verb, token)
        if self.pending is not None:
            return self._values_of(self.pending)
        name, equals, value = self.fragment.partition("=")
        if name.startswith("--") and equals:
            self.fragment = value
            option = verb.option(name)
            return self._values_of(option) if option else None
        if self.fragment.startswith("-"):
            return self._offer("options", self._free_options(verb))
        return self._words_and_options(verb)

    def _pass(self, verb: Verb, token: Token) -> None:
        if self.pending is not None:
            self.values[self.pending.name] += token.text
            if not (self.pending.many and token.text.endswith(",")):
                self.pending = None
        elif token.text.startswith("--"):
            name, equals, value = token.text.partition("=")
            self.values[name] = value
            option = verb.option(name)
            self.pending = option if option and option.takes_value and not equals else None
        else:
            self.words.append(token.text)

    def _words_and_options(self, verb: Verb) -> Suggestions | None:
        offered: list[Suggestion] = []
        # Of several words another is offered once it is begun; options are what is likelier to follow.
        further = bool(self.fragment and verb.arguments and verb.arguments[-1].many)
        if len(self.words) < len(verb.arguments) or further:
            argument = verb.arguments[min(len(self.words), len(verb.arguments) - 1)]
            filled = {option.field for option in verb.options if option.name in self.values}
            if argument.field not in filled:
                offered += self._matching(argument.suggests, self._known(argument.suggests))
        if not self.fragment:
            offered += self._matching("options", self._free_options(verb))
        return Suggestions(self.fragment, tuple(offered[:MAX_SUGGESTIONS]))

    def _free_options(self, verb: Verb) -> Iterator[str]:
        given = [option for option in verb.options if option.name in self.values]
        barred = {name for option in given for name in option.excludes}
        fields = {option.field for option in given}
        fields |= {argument.field for argument in verb.arguments[: len(self.words)]}
        return (each.name for each in verb.options if each.field not in fields and each.name not in barred)

    def _values_of(self, option: Option) -> Suggestions | None:
        taken: set[str] = set()
        if option.many:
            *before, self.fragment = split_list(self.values.get(option.name, "") + self.fragment)
            taken = {unquote(each) for each in before}
        if option.suggests == "columns":
            # A column is either the target or dropped.
            for name in ("--target", "--drop"):
                taken |= {unquote(each) for each in split_list(self.values.get(name, "")) if name != option.name}
        return self._offer(option.suggests, (each for each in self._known(option.suggests) if each not in taken))

    def _known(self, kind: str) -> Iterable[str]:
        if kind in {"frames", "tables"}:
            return frame_names(self.names)
        known: dict[str, Callable[[], Iterable[str]]] = {
            "connections": lambda: connection_names(self.names),
            "files": tuple,  # they are looked up where a path is begun
            "columns": lambda: _column_names(self.words, self.names),
            "verbs": lambda: VERBS,
        }
        if kind in known:
            return known[kind]()
        if kind == "runs":
            return [*(name for name, value in list(self.names.items()) if is_run(value)), *self._listed("runs")]
        return self._listed(kind) if kind in self.vocabulary else kind.split()

    def _listed(self, kind: str) -> list[str]:
        with suppress(Exception):  # Tab must not print a traceback into the line somebody is typing
            return list(self.vocabulary[kind]())
        return []

    def _offer(self, kind: str, known: Iterable[str]) -> Suggestions:
        return Suggestions(self.fragment, tuple(self._matching(kind, known)))

    def _matching(self, kind: str, known: Iterable[str]) -> list[Suggestion]:
        if kind in {"tables", "files"} and is_path_begun(self.fragment):
            found = paths(self.fragment)
            closes = self.fragment[:1] in {"'", '"'} and self.after.startswith(self.fragment[0])
            return [
                Suggestion(each.removesuffix(self.fragment[0]) if closes else each, "path")
                for each in found[:MAX_SUGGESTIONS]
            ]
        mark = self.fragment[0] if self.fragment[:1] in {"'", '"'} else ""
        typed = unquote(self.fragment).removeprefix(mark).lower()
        matching = (each for each in known if each.lower().startswith(typed))
        # Options, verbs and expressions are no values: quotes would change what they mean.
        chosen = matching if kind in _NEVER_QUOTED else (quote(each, mark) for each in matching)
        if mark and self.after.startswith(mark):
            chosen = (each[:-1] for each in chosen)
        return [Suggestion(each, _TYPES.get(kind, "text")) for each in islice(chosen, MAX_SUGGESTIONS)]


def _column_names(words: list[str], names: Mapping[str, Any]) -> list[str]:
    """Columns of the table a line names, also when it names a part of it, as in ``df[df.x > 0]``."""
    found = re.match(r"[^\W\d]\w*", words[0]) if words else None
    table = names.get(found[0]) if found else None
    if words and table is None and not any(mark in unquote(words[0]) for mark in ("*", "?", "://")):
        with suppress(Exception):  # Tab must not print a traceback into the line somebody is typing
            from lepton_jupyter.notebook.completions import columns_of_file

            return list(columns_of_file(unquote(words[0])))
    if table is None or not is_frame(table) or type(table).__name__ == "LazyFrame":
        return []  # a lazy frame would have to be computed to know its columns
    with suppress(Exception):  # a subclass may answer as it likes
        return [str(each) for each in getattr(table, "column_names", None) or table.columns]
    return []
