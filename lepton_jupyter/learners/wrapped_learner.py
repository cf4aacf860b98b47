"""What learners have in common that stand for another one which they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lepton_jupyter.learners.learner import Learner

if TYPE_CHECKING:
    from lepton_jupyter.learners.training_data import TableShape

_AS_HELD = ("name", "label", "family", "view", "cooperative", "baseline", "keeps_monotone", "learns_quantiles",
            "by_name_only", "exports")  # fmt: skip


class WrappedLearner(Learner):
    """A learner that goes by the name of the one it holds, and suits the same tables.

    Parameters
    ----------
    learner : Learner
    """

    def __init__(self, learner: Learner) -> None:
        self.learner = learner
        # Set on the instance: it stands for the learner that it holds.
        for name in _AS_HELD:
            setattr(self, name, getattr(learner, name))

    def missing_package(self) -> str | None:
        """Name of the package that must be installed first, or None."""
        return self.learner.missing_package()

    @property
    def weighs_rows(self) -> bool:
        """Whether weights of rows count when it is fitted."""
        return self.learner.weighs_rows

    def supports(self, shape: TableShape) -> bool:
        """Whether it can be fitted on such a table at a sensible cost."""
        return self.learner.supports(shape)
