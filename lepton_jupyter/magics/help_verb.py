"""``%lepton help``: all verbs, or one in full. The magic answers it, since only that knows every verb."""

from __future__ import annotations

from dataclasses import dataclass

from lepton_jupyter.magics.request import Request
from lepton_jupyter.magics.verb_options import Argument, Verb


@dataclass(frozen=True, kw_only=True, slots=True)
class HelpRequest(Request):
    """Read about all verbs, or about one."""

    verb: str | None = None


VERB = Verb(
    name="help",
    summary="this table, or one verb in full",
    request=HelpRequest,
    arguments=(Argument(field="verb", placeholder="VERB", meaning="a verb", suggests="verbs"),),
    examples=("%lepton help fit",),
)
