"""``%lepton config``: what holds for each setting, and where it was set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lepton_jupyter.magics.request import Request
from lepton_jupyter.magics.verb_options import Verb

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True, slots=True)
class ConfigRequest(Request):
    """Look at the settings."""

    def answer(self, names: Mapping[str, Any]) -> Any:
        """Return the page of the settings."""
        del names
        from lepton_jupyter.notebook.settings_page import config

        return config()


VERB = Verb(
    name="config",
    summary="the settings that hold where a line says nothing, and where each was set",
    request=ConfigRequest,
    examples=("%lepton config", '%config Lepton.budget = "20s"', "%config Lepton"),
)
