"""What a magic line asks for, understood and checked, before anything is looked up or started."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """Root of all requests; each stands in the module of its verb, beside the verb's declaration.

    Objects are still text here: an expression is evaluated by `answer`, with the names of the notebook.
    """

    def answer(self, names: Mapping[str, Any]) -> Any:
        """Do what is asked for, by one function of ``notebook``; its module is imported here and not before.

        Parameters
        ----------
        names : mapping
            The names of the notebook.

        Returns
        -------
        value : object
            What the magic returns.
        """
        raise NotImplementedError(type(self).__name__)
