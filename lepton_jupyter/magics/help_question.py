"""``%lepton fit?`` describes the verb, as ``%lepton?`` describes the magic.

IPython takes a line that ends in a question mark for a question about its last name, ``fit``, before any magic hears of
it. So the line is made ``%lepton help fit`` first, by a transformer of its kind, which sees tokens and leaves the
question marks of texts and comments alone.
"""

from __future__ import annotations

import tokenize
from typing import TYPE_CHECKING, Self

from IPython.core.inputtransformer2 import HelpEnd, TokenTransformBase

if TYPE_CHECKING:
    from collections.abc import Sequence

    from IPython.core.interactiveshell import InteractiveShell


class VerbQuestion(TokenTransformBase):
    """A line ``%lepton VERB … ?``; parameters as `find` gives them."""

    #: Before IPython's own answer to a question mark at the same place.
    priority = HelpEnd.priority - 1

    def __init__(self, start: tuple[int, int], end: tuple[int, int], verb: str) -> None:
        super().__init__(start)
        self._last_line = end[0] - 1
        self._verb = verb

    @classmethod
    def find(cls, tokens_by_line: Sequence[Sequence[tokenize.TokenInfo]]) -> Self | None:
        """Find the first such line of a cell."""
        for line in tokens_by_line:
            if len(line) < 3 or line[-2].string != "?":
                continue
            said = [each for each in line[:-1] if each.type not in {tokenize.INDENT, tokenize.DEDENT}]
            words = [each.string for each in said]
            if len(words) > 2 and words[1] == "=" and said[0].type == tokenize.NAME:
                words = words[2:]  # run = %lepton fit?
            while words[:1] == ["%"]:
                words = words[1:]
            if words[0] == "lepton" and len(words) < len(said) and words[1].isidentifier():
                return cls(said[0].start, said[-1].start, words[1])
        return None

    def transform(self, lines: list[str]) -> list[str]:
        """Put the call of the help in the place of the line."""
        indent = lines[self.start_line][: self.start_col]
        call = f"{indent}get_ipython().run_line_magic('lepton', 'help {self._verb}')\n"
        return [*lines[: self.start_line], call, *lines[self._last_line + 1 :]]


def install(ip: InteractiveShell) -> None:
    """Let a shell understand such lines."""
    uninstall(ip)
    ip.input_transformer_manager.token_transformers.append(VerbQuestion)


def uninstall(ip: InteractiveShell) -> None:
    """Leave such lines to IPython."""
    transformers = ip.input_transformer_manager.token_transformers
    transformers[:] = [each for each in transformers if each is not VerbQuestion]
