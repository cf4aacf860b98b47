"""Where completion meets IPython: one matcher in a shell's completer, put there and taken away.

The matchers of IPython 8.6 and later serve notebooks and terminals alike; older hooks know only lines that begin with
``%lepton``, not ``run = %lepton``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lepton_jupyter.magics.completion import suggest, text_after_magic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from IPython.core.completer import CompletionContext
    from IPython.core.interactiveshell import InteractiveShell

    from lepton_jupyter.magics.completion import Vocabulary

_MATCHER_ID = "lepton"


def install(ip: InteractiveShell) -> None:
    """Add the matcher to a shell's completer, once; a shell too old for matchers is left alone.

    Parameters
    ----------
    ip : InteractiveShell
    """
    try:
        from IPython.core.completer import context_matcher
    except ImportError:  # IPython < 8.6
        return
    uninstall(ip)
    # First of all matchers: jedi takes longer than all the others, and is not asked once this one has an answer.
    matcher = context_matcher(identifier=_MATCHER_ID, priority=1000)(_matcher_for(ip))
    ip.Completer.custom_matchers.append(matcher)


def uninstall(ip: InteractiveShell) -> None:
    """Remove the matcher from a shell's completer; harmless where it is not.

    Parameters
    ----------
    ip : InteractiveShell
    """
    matchers = getattr(ip.Completer, "custom_matchers", [])
    matchers[:] = [each for each in matchers if getattr(each, "matcher_identifier", None) != _MATCHER_ID]


def _matcher_for(ip: InteractiveShell) -> Callable[[CompletionContext], dict[str, Any]]:
    def match_lepton(context: CompletionContext) -> dict[str, Any]:
        from IPython.core.completer import SimpleCompletion

        lines = context.full_text.split("\n")[: context.cursor_line + 1]
        before, after = lines[-1][: context.cursor_position], lines[-1][context.cursor_position :]
        text = text_after_magic("\n".join([*lines[:-1], before]))
        found = None if text is None else suggest(text, ip.user_ns, notebook_vocabulary(), after=after)
        if found is None:
            return {"completions": []}
        return {
            "completions": [SimpleCompletion(text=item.text, type=item.type) for item in found.items],
            "matched_fragment": found.fragment,
            "suppress": True,
            "ordered": True,
        }

    return match_lepton


def notebook_vocabulary() -> Vocabulary:
    """What ``notebook`` lists for completion, imported when the first Tab needs it.

    Returns
    -------
    vocabulary : dict of callable
        By the kinds ``metrics``, ``learners`` and ``runs``.
    """

    def metrics() -> Iterable[str]:
        from lepton_jupyter.notebook.completions import metrics as listed

        return listed()

    def learners() -> Iterable[str]:
        from lepton_jupyter.notebook.completions import learners as listed

        return listed()

    def runs() -> Iterable[str]:
        from lepton_jupyter.notebook.completions import runs as listed

        return listed()

    return {"metrics": metrics, "learners": learners, "runs": runs}
