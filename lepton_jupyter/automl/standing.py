"""Where a run stands among the others of its kernel: which it waits for, and which it shares the workers with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lepton_jupyter.execution.executor import Resources


@dataclass(frozen=True, slots=True)
class Standing:
    """A run among others; whoever knows of all runs decides it and tells each.

    Parameters
    ----------
    waits_for : tuple of str
        Runs that must end first, as a person calls them; empty: it may work.
    shares_with : tuple of str
        Other runs that work now.
    place : int, default=0
        Its place among those that work, the oldest first; an odd worker goes to an older run.

    Examples
    --------
    >>> Standing(shares_with=("churn-1",), place=1).part_of(5)
    2
    """

    waits_for: tuple[str, ...] = ()
    shares_with: tuple[str, ...] = ()
    place: int = 0

    def part_of(self, n_workers: int) -> int:
        """Its fair part of some workers; never less than one."""
        each, odd = divmod(n_workers, len(self.shares_with) + 1)
        return max(1, each + (self.place < odd))

    def share_of(self, resources: Resources) -> Resources:
        """What is left of an executor's resources for this run."""
        return replace(resources, n_workers=self.part_of(resources.n_workers)) if self.shares_with else resources


#: That of a run which is alone.
ALONE = Standing()
