"""What the form of a bare ``%lepton`` receives: what may be chosen, what the choices mean, and the line they write.

``labextension/src/form/form_message.ts`` is the twin of this module. All names are those of the notebook; nothing here
is code.
"""

from __future__ import annotations

from dataclasses import dataclass

from lepton_jupyter.events.commands import FormChoices
from lepton_jupyter.events.messages import Message


@dataclass(frozen=True, kw_only=True, slots=True)
class FormColumn:
    """A column of the chosen table."""

    name: str
    kind: str  # "number", "text", "category", "date", "yes/no", or the library's own word


@dataclass(frozen=True, kw_only=True, slots=True)
class FormOption:
    """One option of the line that the form offers, as the verb declares it."""

    name: str  # "--metric"
    meaning: str
    kind: str  # "text" | "number" | "table" | "column" | "columns" | "choice" | "choices"
    choices: tuple[str, ...] = ()  # for "table", "choice" and "choices"; columns come on request
    excludes: tuple[str, ...] = ()  # options that cannot stand beside it


@dataclass(frozen=True, kw_only=True, slots=True)
class FormMessage(Message):
    """All that a form shows at one moment."""

    version: int = 1
    revision: int  # of the choices that this answers
    state: str  # "ready" | "queued" | "starting" | "started" | "failed"
    detail: str  # what it waits for, or why it failed; may be empty
    frames: tuple[str, ...]  # names of the tables of the notebook
    choices: FormChoices  # as they stand: a target was suggested where none was chosen
    frame_note: str  # "7,043 rows, 15 columns"
    target_note: str  # "two classes, 26.5 % Yes; AUC"
    problem: str  # why the line cannot be started as it stands; may be empty
    find: str  # the text that the columns below were looked for by
    columns: tuple[FormColumn, ...]  # the first of those that match
    n_matching: int
    n_columns: int
    options: tuple[FormOption, ...]
    budget_stops: tuple[float, ...]  # seconds
    line: str  # what Start runs
