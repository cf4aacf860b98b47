"""Pictures of an evaluation to keep, as matplotlib figures for papers and slides."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from lepton_jupyter.exceptions.picture_errors import NothingToDrawError
from lepton_jupyter.notebook.figure_place import check_most, draw_into

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from lepton_jupyter.events.evaluation_messages import EvaluationMessage, LiftCurve, ResidualPicture

_T = TypeVar("_T")

_CLASSES = "Classes have one"
_TWO_CLASSES = "A target with two classes has one"
_NUMBERS = "A target of numbers has one"


class EvaluationPlots:
    """Figures of an evaluation, in the style that your matplotlib has.

    Each method draws into the axes given as `ax`, or into a figure of its own, and returns the axes. A cell whose value
    they are shows them; ``.figure.savefig("roc.pdf")`` keeps them.

    Parameters
    ----------
    message : EvaluationMessage

    Examples
    --------
    >>> evaluation.plot.roc()  # doctest: +SKIP
    >>> evaluation.plot.confusion(ax=axes[0])  # doctest: +SKIP
    """

    def __init__(self, message: EvaluationMessage) -> None:
        self._message = message

    def confusion(self, ax: Axes | None = None) -> Axes:
        """Rows by true and by predicted class, shaded by the share of the true class."""
        from lepton_jupyter.views.confusion_figure import draw_confusion

        table = self._known(self._message.confusion, "confusion matrix", _CLASSES)
        return draw_into(ax, draw_confusion, table)

    def roc(self, ax: Axes | None = None) -> Axes:
        """Recall against false alarms, one line for each class; the thresholds in question are marked."""
        from lepton_jupyter.views.ranking_figures import draw_roc

        curves = self._known(self._message.roc or None, "ROC curve", _CLASSES)
        return draw_into(ax, draw_roc, curves, self._message.threshold)

    def precision_recall(self, ax: Axes | None = None) -> Axes:
        """Precision against recall, one line for each class; the thresholds in question are marked."""
        from lepton_jupyter.views.ranking_figures import draw_precision_recall

        curves = self._known(self._message.precision_recall or None, "precision-recall curve", _CLASSES)
        return draw_into(ax, draw_precision_recall, curves, self._message.threshold)

    def calibration(self, ax: Axes | None = None) -> Axes:
        """Share that came true against the probability predicted, with 95 % intervals."""
        from lepton_jupyter.views.calibration_figure import draw_calibration

        curve = self._known(self._message.calibration, "calibration curve", _CLASSES)
        return draw_into(ax, draw_calibration, curve)

    def lift(self, ax: Axes | None = None) -> Axes:
        """How many times more positive rows are found among the most likely ones than at random."""
        from lepton_jupyter.views.ranking_figures import draw_lift

        curve = self._lift()
        return draw_into(ax, draw_lift, curve)

    def gain(self, ax: Axes | None = None) -> Axes:
        """Share of all positive rows that is found among the most likely ones."""
        from lepton_jupyter.views.ranking_figures import draw_gain

        curve = self._lift()
        return draw_into(ax, draw_gain, curve)

    def threshold(self, ax: Axes | None = None) -> Axes:
        """What each threshold costs or scores, on the rows it was chosen on."""
        from lepton_jupyter.views.threshold_figure import draw_threshold

        choice = self._message.threshold
        chosen = self._known(choice if choice and choice.thresholds else None, "choice of a threshold", _TWO_CLASSES)
        return draw_into(ax, draw_threshold, chosen)

    def residuals(self, ax: Axes | None = None) -> Axes:
        """True minus predicted by what was predicted: the median, half of the rows, and 90 % of them."""
        from lepton_jupyter.views.residual_figures import draw_residuals

        picture = self._residuals()
        return draw_into(ax, draw_residuals, picture, self._message.target)

    def residual_histogram(self, ax: Axes | None = None) -> Axes:
        """How large the errors are, and their mean with its 95 % interval."""
        from lepton_jupyter.views.residual_figures import draw_residual_histogram

        picture = self._residuals()
        return draw_into(ax, draw_residual_histogram, picture)

    def predictions(self, ax: Axes | None = None) -> Axes:
        """True against predicted values, shaded by how many rows have them."""
        from lepton_jupyter.views.residual_figures import draw_predictions

        picture = self._residuals()
        return draw_into(ax, draw_predictions, picture, self._message.target)

    def importance(self, n: int = 15, ax: Axes | None = None) -> Axes:
        """How much worse the score becomes when one column is shuffled, the `n` largest with 95 % intervals."""
        from lepton_jupyter.views.importance_figure import draw_importance

        check_most(n)
        lines = self._known(self._message.importance or None, "importance of columns", self._message.importance_note)
        return draw_into(ax, draw_importance, lines[:n], self._message.metric_label)

    def slices(self, ax: Axes | None = None) -> Axes:
        """Score on rows under conditions where the model is weak, with 95 % intervals, beside all rows."""
        from lepton_jupyter.views.importance_figure import draw_slices

        self._known(self._message.slices or None, "weak slice", self._message.slices_note)
        return draw_into(ax, draw_slices, self._message)

    def _lift(self) -> LiftCurve:
        return self._known(self._message.lift, "lift curve", _TWO_CLASSES)

    def _residuals(self) -> ResidualPicture:
        return self._known(self._message.residuals, "picture of residuals", _NUMBERS)

    def _known(self, part: _T | None, name: str, needs: str) -> _T:
        if part is None:
            raise NothingToDrawError.from_part(name, self._message.target, needs)
        return part
