"""Errors about what was typed after ``%lepton``: each a sentence that ends with what to type instead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from lepton_jupyter.exceptions.lepton_error import LeptonError, did_you_mean, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)


class MagicUsageError(LeptonError, ValueError):
    """A ``%lepton`` line cannot be understood; nothing was started.

    Examples
    --------
    >>> str(MagicUsageError.from_unknown_verb("fti", ["fit", "help"]))
    "There is no verb 'fti'. Did you mean 'fit'?"
    """

    @classmethod
    def from_unclosed(cls, mark: str, rest: str) -> Self:
        """Build from the quote or bracket that is never closed, and the text that follows it."""
        kind = "quote" if mark in "\"'" else "bracket"
        return cls(f"The {kind} {mark} before {rest[:30]!r} is never closed; a name that holds one goes in quotes.")

    @classmethod
    def from_stray_bracket(cls, bracket: str, before: str) -> Self:
        """Build from a closing bracket that closes nothing, and the text before it."""
        return cls(
            f"The bracket {bracket} after {before[-30:]!r} closes nothing; a name that holds one goes in quotes."
        )

    @classmethod
    def from_second_command(cls, rest: str) -> Self:
        """Build from the text after a semicolon in the middle of a line."""
        return cls(f"A line holds one command: put {rest.strip()[:40]!r} on a line of its own.")

    @classmethod
    def from_typographic_mark(cls, token: str) -> Self:
        """Build from a token that begins with a curly quote or a long dash, as word processors write them."""
        return cls(f'{token[:40]} begins with a typographic mark: write straight quotes " and two hyphens --.')

    @classmethod
    def from_unknown_verb(cls, verb: str, known: Iterable[str]) -> Self:
        """Build from the verb typed and those that exist."""
        return cls(f"There is no verb {verb!r}. {did_you_mean(verb, known, limit=12)}")

    @classmethod
    def from_future_verb(cls, verb: str, present: Iterable[str]) -> Self:
        """Build from a verb that is planned and those that work today."""
        return cls(f"%lepton {verb} is planned and not here yet; today there are {_listed(present)}.")

    @classmethod
    def from_gone_table(cls, table: str, known: Iterable[str]) -> Self:
        """Build from a table chosen in a form that the notebook does not hold, and those that it does."""
        return cls(f"There is no table {table!r} in this notebook. {did_you_mean(table, known)}".rstrip())

    @classmethod
    def from_unwritable(cls, value: str) -> Self:
        """Build from a name that cannot stand in a line of a notebook, such as one with a line break."""
        return cls(f"{value[:80]!r} cannot be written in one line of a notebook: rename the column first.")

    @classmethod
    def from_cell_body(cls, verb: str) -> Self:
        """Build from a verb that was given a cell body it has no use for."""
        return cls(f"{verb!r} takes no cell body: write it on one line, as %lepton {verb} …, with a single %.")

    @classmethod
    def from_as_in_line(cls, verb: str, name: str) -> Self:
        """Build from a line that names its result as only a cell need do."""
        return cls(f"--as is for a cell with code: %%lepton {verb} …. Here write {name} = %lepton {verb} …")

    @classmethod
    def from_no_name(cls, option: str, text: str) -> Self:
        """Build from what cannot be the name of a variable."""
        return cls(f"{option} needs the name of a variable, and {text[:60]!r} is none. Write {option} clean.")

    @classmethod
    def from_body_syntax(cls, said: str, line: int | None) -> Self:
        """Build from what Python said of the body of a cell, and the line of it."""
        where = "" if line is None else f" in line {line} of the body"
        return cls(f"The body of %%lepton stream is no Python{where}: {said}.")

    @classmethod
    def from_body_without_yield(cls) -> Self:
        """Build for a body of a stream that gives no rows."""
        return cls("The body of %%lepton stream gives no rows: yield each as a dictionary, such as yield {'age': 31}.")

    @classmethod
    def from_unknown_option(cls, option: str, verb: str, known: Iterable[str]) -> Self:
        """Build from the option typed and those of the verb."""
        hint = did_you_mean(option, known) or f"%lepton {verb} has no options."
        return cls(f"%lepton {verb} has no option {option!r}. {hint}")

    @classmethod
    def from_repeated_option(cls, option: str) -> Self:
        """Build from an option given twice."""
        return cls(f"{option} is given twice; give it once.")

    @classmethod
    def from_missing_value(cls, option: str, placeholder: str, remedy: str = "") -> Self:
        """Build from an option at the end of its line or before another one."""
        return cls(f"{option} needs a value: {option} {placeholder}{remedy}.")

    @classmethod
    def from_needless_value(cls, option: str, value: str) -> Self:
        """Build from a flag that was given a value."""
        return cls(f"{option} takes no value, and {value!r} was given; write {option} alone.")

    @classmethod
    def from_invalid_choice(cls, option: str, value: str, choices: Iterable[str]) -> Self:
        """Build from a value outside the few an option knows."""
        return cls(f"{option} cannot be {value!r}. {did_you_mean(value, choices)}")

    @classmethod
    def from_invalid_integer(cls, option: str, value: str, least: int) -> Self:
        """Build from what was typed where a whole number is needed."""
        return cls(f"{option} needs a whole number of at least {least}, and {value!r} is none.")

    @classmethod
    def from_no_assignment(cls, option: str, piece: str) -> Self:
        """Build from a piece that gives no value to a name."""
        return cls(f"{option} gives values to names, as in a=1,b=2, and {piece[:40]!r} gives none.")

    @classmethod
    def from_second_assignment(cls, option: str, name: str) -> Self:
        """Build from a name that was given two values."""
        return cls(f"{option} gives {name!r} two values; give it one.")

    @classmethod
    def from_no_number(cls, option: str, name: str, value: str) -> Self:
        """Build from what was given to a name where a number is needed."""
        return cls(f"{option} gives {name!r} the value {value[:40]!r}, which is no number: write {name}=1.")

    @classmethod
    def from_no_sign(cls, option: str, name: str, value: str) -> Self:
        """Build from what was given to a name where a direction is needed."""
        return cls(f"{option} gives {name!r} the value {value[:40]!r}: write {name}=+1 or {name}=-1.")

    @classmethod
    def from_empty_value(cls, option: str) -> Self:
        """Build from an option whose value holds an empty name."""
        return cls(f"{option} holds an empty name; write names separated by commas, such as a,b.")

    @classmethod
    def from_conflict(cls, first: str, second: str) -> Self:
        """Build from two options that exclude each other."""
        return cls(f"{first} and {second} exclude each other; give one of them.")

    @classmethod
    def from_trial(cls, option: str, value: str) -> Self:
        """Build from what was typed where a trial is meant."""
        return cls(f"{option} needs the number of a trial, and {value[:40]!r} is none. The board's rows have it.")

    @classmethod
    def from_missing_option(cls, verb: str, option: str, example: str) -> Self:
        """Build from a verb without an option it cannot do without."""
        return cls(f"%lepton {verb} needs {option}: {example}")

    @classmethod
    def from_missing_argument(cls, verb: str, argument: str, example: str) -> Self:
        """Build from a verb without what it works on."""
        return cls(f"%lepton {verb} needs {argument}: {example}")

    @classmethod
    def from_left_over(cls, verb: str, text: str, after: str | None) -> Self:
        """Build from a word that belongs to nothing, and the option whose value it follows, if any."""
        if after is not None:
            return cls(f'{text!r} after {after} belongs to nothing; a name with blanks goes in quotes: {after} "… …".')
        return cls(f"{text!r} is left over: %lepton {verb} has no place for it (see %lepton help {verb}).")

    @classmethod
    def from_operator(cls, text: str) -> Self:
        """Build from an operation where a name, attribute, subscript or call is read."""
        return cls(
            f"{text[:60]!r} is an operation, and only names, attributes, subscripts and calls are read here: "
            "give the result a name on a line of its own first (a path goes in quotes)."
        )

    @classmethod
    def from_cluster(cls, text: str) -> Self:
        """Build from what was typed where a cluster is named."""
        return cls(
            f"{text[:60]!r} is no cluster: write local, local 4, off, or an address such as tcp://10.0.0.5:8786."
        )

    @classmethod
    def from_expansion(cls, text: str, reason: str) -> Self:
        """Build from a ``{variable}`` or ``$variable`` that has no value."""
        return cls(f"{text!r} has no value here ({reason}); text that is meant as it stands goes in quotes.")


class ObjectLookupError(LeptonError, LookupError):
    """What was typed names no table of this notebook.

    Examples
    --------
    >>> str(ObjectLookupError.from_unknown_name("dff", ["df", "test"]))
    "There is no data frame 'dff' in this notebook. Did you mean 'df'?"
    """

    @classmethod
    def from_unknown_name(cls, name: str, frames: Iterable[str], file: str | None = None) -> Self:
        """Build from the name typed, the data frames that exist, and the nearest file of the folder, if any is near."""
        known = list(frames)
        if file is not None and (nearest(name, known) is None or file.partition(".")[0].rstrip("/") == name):
            kind = "folder" if file.endswith("/") else "file"
            return cls(f"There is no data frame {name!r} in this notebook. Did you mean the {kind} {file!r}?")
        hint = (
            did_you_mean(name, known) or 'Name a file, such as "table.csv", or load a table: df = pandas.read_csv(…).'
        )
        return cls(f"There is no data frame {name!r} in this notebook. {hint}")

    @classmethod
    def from_syntax(cls, text: str) -> Self:
        """Build from text that is neither an expression nor a path."""
        return cls(f"{text[:60]!r} is neither a name nor a path: write the name of a data frame, such as df.")

    @classmethod
    def from_refused(cls, text: str, what: str) -> Self:
        """Build from an expression that holds what is not evaluated from a magic line."""
        return cls(
            f"{text[:60]!r} holds {what}, which is not read here: give the result a name on a line of its own first."
        )

    @classmethod
    def from_failure(cls, text: str, error: BaseException) -> Self:
        """Build from an expression that raised while it was evaluated."""
        said = str(error).splitlines() or [""]
        return cls(f"{text[:60]!r} cannot be evaluated: {type(error).__name__}: {said[0][:200].rstrip('.')}.")
