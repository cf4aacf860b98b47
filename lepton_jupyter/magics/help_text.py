"""What ``%lepton help`` says: the table of verbs, and each verb in full, made from the declarations."""

from __future__ import annotations

import re
from textwrap import fill
from typing import TYPE_CHECKING

from lepton_jupyter.magics.verbs import VERBS, find_verb

if TYPE_CHECKING:
    from lepton_jupyter.magics.verb_options import Verb

_WIDTH = 100
_KEPT_BLANK = "\N{NO-BREAK SPACE}"


def overview() -> str:
    """All verbs with their meaning, and how to read on.

    Returns
    -------
    text : str

    Examples
    --------
    >>> print(overview().splitlines()[0])
    %lepton VERB …: one line finds a good model, live, within the seconds you have.
    """
    width = max(map(len, VERBS))
    lines = [f"  {verb.name:<{width}}  {verb.summary}" for verb in VERBS.values()]
    examples = [VERBS[name].examples[0] for name in ("fit", "leaderboard", "predict")]
    return "\n".join([
        "%lepton VERB …: one line finds a good model, live, within the seconds you have.",
        "",
        *lines,
        "",
        *(f"  {example}" for example in examples),
        "",
        "In a notebook %lepton alone opens a form that writes such a line and runs it.",
        "%lepton help VERB, or %lepton VERB -h, says all about one. A closing ; shows nothing, # begins a comment,",
        "and {variable} or $variable in an option's value stands for its value.",
    ])  # fmt: skip


def describe_verb(name: str) -> str:
    """One verb in full: usage, options and examples.

    Parameters
    ----------
    name : str

    Returns
    -------
    text : str

    Raises
    ------
    MagicUsageError
        If there is no such verb, or not yet.

    Examples
    --------
    >>> print(describe_verb("stop"))
    %lepton stop: end a search now and keep the best so far, or end a stream or a preparation
    <BLANKLINE>
    Usage: %lepton stop [RUN] [--run RUN]
    <BLANKLINE>
      RUN        the name or id of a run
      --run RUN  name or id of the run; else the only or the last one
    <BLANKLINE>
    Examples:
      %lepton stop
      %lepton stop churn-1
    """
    verb = find_verb(name)
    usage = fill(_kept_together(verb.usage), _WIDTH, subsequent_indent=" " * 9, break_on_hyphens=False)
    examples = [f"  {example}" for example in verb.examples]
    heading = f"%lepton {verb.name}: {verb.summary}"
    return "\n".join(
        [heading, "", usage.replace(_KEPT_BLANK, " "), "", *_entries(verb), "", "Examples:", *examples],
    )


def _kept_together(usage: str) -> str:
    # An option and its value stay on one line.
    return "Usage: " + re.sub(r"\[[^\]]*\]|--\S+ [A-Z]+", lambda found: found[0].replace(" ", _KEPT_BLANK), usage)


def _entries(verb: Verb) -> list[str]:
    entries = [(each.placeholder, each.meaning) for each in verb.arguments]
    entries += [(each.usage, each.meaning) for each in verb.options]
    width = min(20, max((len(usage) for usage, _ in entries), default=0))
    lines = []
    for usage, meaning in entries:
        if len(usage) > width:  # too long for its column: the meaning goes below
            lines += [f"  {usage}", f"  {'':<{width}}  {meaning}"]
        else:
            lines.append(f"  {usage:<{width}}  {meaning}")
    return lines
