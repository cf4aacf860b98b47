"""A bare ``%lepton``: the form that writes a line. The magic answers it, since only that knows every verb."""

from __future__ import annotations

from dataclasses import dataclass

from lepton_jupyter.magics.request import Request


@dataclass(frozen=True, kw_only=True, slots=True)
class FormRequest(Request):
    """Open the form, or print the table of verbs where nobody could use one."""
