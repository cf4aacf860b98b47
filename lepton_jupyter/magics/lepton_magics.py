"""The magic ``%lepton``: a line becomes a request, and the request is answered.

Nothing is kept here but the shell; what a run holds on to belongs to ``notebook``.
"""

from __future__ import annotations

from collections import ChainMap
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from IPython.core.magic import Magics, line_cell_magic, magics_class, needs_local_scope, no_var_expand

from lepton_jupyter.exceptions.magic_errors import MagicUsageError
from lepton_jupyter.magics import completion_matcher, help_question, lepton_config
from lepton_jupyter.magics.calling_statement import stands_alone
from lepton_jupyter.magics.form_request import FormRequest
from lepton_jupyter.magics.help_text import describe_verb, overview
from lepton_jupyter.magics.help_verb import HelpRequest
from lepton_jupyter.magics.line_parser import parse_line
from lepton_jupyter.magics.prepare_verb import PrepareRequest
from lepton_jupyter.magics.tokens import scan_line
from lepton_jupyter.magics.verbs import VERBS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from IPython.core.interactiveshell import InteractiveShell


@magics_class
class LeptonMagics(Magics):
    """The verbs of ``%lepton``, registered with a shell by `load`."""

    @no_var_expand
    @needs_local_scope
    @line_cell_magic
    def lepton(self, line: str, cell: str | None = None, local_ns: Mapping[str, Any] | None = None) -> Any:
        """Stand in for the text of `overview`, which is what ``%lepton?`` shows."""
        names = ChainMap(dict(local_ns or {}), self.shell.user_ns)
        if cell is not None:
            return self._answer_cell(line, cell, names)
        parsed = parse_line(line, names)
        if isinstance(parsed.request, FormRequest) and _form_is_shown(self.shell.user_ns):
            return None
        if isinstance(parsed.request, FormRequest | HelpRequest):
            # Help is text for the person who asks; a page, a terminal and nbclient all show what is printed.
            verb = parsed.request.verb if isinstance(parsed.request, HelpRequest) else None
            print(overview() if verb is None else describe_verb(verb))  # noqa: T201
            return None
        result = _with_language(parsed.request, names).answer(names)
        return None if parsed.silent and stands_alone() else result

    def _answer_cell(self, line: str, cell: str, names: Mapping[str, Any]) -> Any:
        tokens = scan_line(line).tokens
        verb = VERBS.get(tokens[0].value) if tokens else None
        if verb is None or verb.body_stands_for is None:
            raise MagicUsageError.from_cell_body(tokens[0].value if tokens else "help")
        parsed = parse_line(f"{line} {verb.body_stands_for}", names)
        if isinstance(parsed.request, HelpRequest):
            print(describe_verb(verb.name))  # noqa: T201  as in `lepton`
            return None
        request: Any = parsed.request  # of a verb that takes a body, so it has both fields
        request = _with_language(replace(request, body=self.shell.transform_cell(cell)), names)
        result = request.answer(names)
        name = request.result_name
        if name is None:
            return None if parsed.silent else result
        self.shell.user_ns[name] = result
        return None

    lepton.__doc__ = overview()


def load(ip: InteractiveShell) -> None:
    """Give a shell the magic and its completion, and start what waits in the background; twice does it once.

    Parameters
    ----------
    ip : InteractiveShell
        Of a kernel or of a terminal.
    """
    from lepton_jupyter.notebook.extension import loaded

    ip.register_magics(LeptonMagics)
    completion_matcher.install(ip)
    lepton_config.install(ip)
    help_question.install(ip)
    loaded(ip)


def unload(ip: InteractiveShell) -> None:
    """Take the magic and its completion away and close all that was opened; harmless where nothing was loaded.

    Parameters
    ----------
    ip : InteractiveShell
    """
    from lepton_jupyter.notebook.extension import unloaded

    completion_matcher.uninstall(ip)
    lepton_config.uninstall(ip)
    help_question.uninstall(ip)
    for kind in ("line", "cell"):
        ip.magics_manager.magics[kind].pop("lepton", None)
    ip.magics_manager.registry.pop(LeptonMagics.__name__, None)
    unloaded(ip)


def _with_language(request: Any, names: Mapping[str, Any]) -> Any:
    """The same request; one for a preparation knows how its plan is written as a line."""
    if not isinstance(request, PrepareRequest):
        return request
    from lepton_jupyter.magics.prepare_line import plan_language

    return replace(request, language=plan_language(request, names))


def _form_is_shown(names: Mapping[str, Any]) -> bool:
    # The notebook's own dict, no copy: cells go on changing it under the form, and the line is run at its top level.
    from lepton_jupyter.magics.form_line import check_line, offered_options, table_names, variable_for, write_line
    from lepton_jupyter.notebook.form import open_form
    from lepton_jupyter.notebook.form_state import FormLanguage

    language = FormLanguage(
        tables=table_names, options=offered_options, variable=variable_for, write=write_line, check=check_line
    )
    return open_form(names, language)
