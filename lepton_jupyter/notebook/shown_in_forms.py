"""What a result is to a notebook, a page without a kernel and a terminal: one form for each."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any


class ShownInForms(ABC):
    """A result whose output carries the forms that `formats` gives.

    Examples
    --------
    >>> class Greeting(ShownInForms):
    ...     def formats(self):
    ...         return {"text/html": "<b>Hello</b>", "text/plain": "Hello"}
    >>> Greeting()
    Hello
    """

    @abstractmethod
    def formats(self) -> dict[str, Any]:
        """What an output of it carries, by MIME type; HTML and plain text are among them."""

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        del include, exclude  # IPython itself leaves out what was not asked for
        return self.formats()

    def _repr_html_(self) -> str:
        return str(self.formats()["text/html"])

    def __repr__(self) -> str:
        return str(self.formats()["text/plain"])
