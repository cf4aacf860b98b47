"""A plan that is changed in its panel: choices of the page in, the new plan and its line out.

The panel's choices are the values of the options of one line, ``%lepton prepare …``: what is switched off, and what is
chosen for a column. Each change is an event and is planned anew, from the statistics that are there; nothing is read.
Prepare runs the line as the form runs its own, see `form`: in a cell of its own where the page can make one, else by
the kernel as soon as it is idle, so that a notebook holds what was done.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from weakref import WeakSet

from lepton_jupyter.events.commands import ChooseInPlan, LineStarted, PlanChoices, StartPreparation
from lepton_jupyter.events.preparation_events import PlanEdited
from lepton_jupyter.events.preparation_messages import OfferedOptions, PlanEditing
from lepton_jupyter.exceptions.lepton_error import LeptonError
from lepton_jupyter.preprocessing.feature_choices import CHOICES, NONE
from lepton_jupyter.preprocessing.preparation_plan import STEP_KINDS
from lepton_jupyter.runs.event_log import EventLog
from lepton_jupyter.views.plain_text import one_line
from lepton_jupyter.views.preparation_board import preparation_message

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lepton_jupyter.events.commands import Command
    from lepton_jupyter.events.logged_event import LoggedEvent
    from lepton_jupyter.events.preparation_events import PreparationPlanned
    from lepton_jupyter.events.preparation_messages import PreparationMessage
    from lepton_jupyter.notebook.opened_cell import OpenedCell
    from lepton_jupyter.widgets.plan_widget import PlanWidget

_QUEUED = "Starts when the cell that is running has ended."
#: Kinds of steps that are chosen, not switched.
_CHOSEN = frozenset({"scaling", "encoding", "calendar", "words"})
_KINDS = tuple(kind for kind in STEP_KINDS if kind not in _CHOSEN)
_OFFERED = {option: tuple(known) if option == "outliers" else (NONE, *known) for option, known in CHOICES.items()}

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PlanLanguage:
    """What the magics know of lines, handed down.

    Parameters
    ----------
    write : callable
        ``write(choices)`` is the text of a cell that prepares so; raises a `LeptonError` if it cannot be written.
    """

    write: Callable[[PlanChoices], str]


@dataclass(frozen=True, slots=True)
class Replanned:
    """What is done to each column for some choices, and what may be chosen of which.

    Parameters
    ----------
    planned : PreparationPlanned
    offered : tuple of OfferedOptions
    """

    planned: PreparationPlanned
    offered: tuple[OfferedOptions, ...]


class PlanEditor:
    """What is changed in one plan; commands may arrive on any thread.

    Parameters
    ----------
    events : sequence of LoggedEvent
        Of the preparation, so far.
    choices : PlanChoices
        What it was planned with.
    replan : callable
        ``replan(choices)`` plans again, or raises a `LeptonError`.
    language : PlanLanguage
    """

    def __init__(
        self,
        events: Sequence[LoggedEvent],
        choices: PlanChoices,
        replan: Callable[[PlanChoices], Replanned],
        language: PlanLanguage,
    ) -> None:
        self._events = tuple(events)
        self._replan, self._language = replan, language
        self._choices = self._began_with = choices
        self._offered = replan(choices).offered
        # The page's subshell and the kernel's main thread both answer: ipywidgets wants one at a time.
        self._lock = threading.RLock()
        self.log = EventLog()
        self._revision, self._find = 0, ""
        self._state, self._detail, self._problem = "ready", "", ""
        # Each place where the plan was shown has a panel of its own, until that is closed.
        self._widgets: WeakSet[PlanWidget] = WeakSet()
        self._cell: OpenedCell | None = None

    @property
    def choices(self) -> PlanChoices:
        """What is chosen now."""
        return self._choices

    def message(self) -> PreparationMessage:
        """The plan as it now is, for whatever cannot change it."""
        return preparation_message([*self._events, *self.log.events()])

    def panel_message(self) -> PreparationMessage:
        """The plan as it now is, what may be changed in it, and its line."""
        message = preparation_message([*self._events, *self.log.events()], find=self._find)
        line, problem = "", self._problem
        try:
            line = self._language.write(self._choices)
        except LeptonError as error:
            problem = problem or str(error)
        shown = {column.name for column in message.columns}
        editing = PlanEditing(
            revision=self._revision,
            state=self._state,
            detail=self._detail,
            problem=problem,
            line=line,
            choices=self._choices,
            began_with=self._began_with,
            kinds=_KINDS,
            offered=_OFFERED,
            columns=tuple(each for each in self._offered if each.column in shown),
        )
        return replace(message, editing=editing)

    def attach(self, widget: PlanWidget, cell: OpenedCell) -> None:
        """Hear the commands of a panel, which is shown by a cell."""
        self._widgets.add(widget)
        self._cell = cell
        widget.on_command(self.obey)

    def obey(self, command: Command) -> None:
        """Do what a page asks for; what goes wrong is shown in the panel."""
        with self._lock:
            try:
                self._obey(command)
            except Exception as error:  # noqa: BLE001  a handler's traceback is lost
                _log.debug("The plan could not answer", exc_info=True)
                self._problem = one_line(f"{type(error).__name__}: {error}", 300)
                self._show()

    def choose(self, choices: PlanChoices, source: str = "panel") -> None:
        """Plan again with these choices; those that make no sense are told of and change nothing."""
        self._problem = ""
        if choices == self._choices:
            return
        self._choices = choices
        try:
            found = self._replan(choices)
        except LeptonError as error:
            self._problem = str(error)
            return
        self._offered = found.offered
        self.log.append(
            PlanEdited(source=source, without=choices.without, options=choices.options, drop_leaks=choices.drop_leaks)
        )
        self.log.append(found.planned)

    def _obey(self, command: Command) -> None:
        if isinstance(command, ChooseInPlan):
            self._revision, self._find = command.revision, command.find
            if self._state in {"started", "failed"}:
                self._state, self._detail = "ready", ""
            self.choose(command.choices)
            self._show()
        elif isinstance(command, StartPreparation):
            self._revision = command.revision
            self.choose(command.choices)
            message = self._show()
            editing = message.editing
            if editing is None or editing.problem or self._cell is None:
                return
            self._state, self._detail = "queued", _QUEUED
            self._show()
            self._cell.run_when_idle(editing.line, before=self._starting, after=self._ended)
        elif isinstance(command, LineStarted):
            self._state, self._detail = "started", ""
            self._show()

    def _starting(self) -> None:
        with self._lock:
            self._state, self._detail = "starting", ""
            self._show()

    def _ended(self, error: BaseException | None) -> None:
        with self._lock:
            self._state, self._detail = ("started", "") if error is None else ("failed", one_line(str(error), 300))
            self._show()

    def _show(self) -> PreparationMessage:
        message = self.panel_message()
        for widget in tuple(self._widgets):
            widget.show(message)
        return message
